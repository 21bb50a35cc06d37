"""What the module is given of columns and files."""

from __future__ import annotations

import gzip
import unittest
import zlib

import cluster  # noqa: F401
import pyarrow as pa
from rule_spark import columns, packed


class Columns(unittest.TestCase):
    def test_a_row_is_a_line(self) -> None:
        for values, wanted in [
            ([], b""),
            (["a", "b"], b"a\nb\n"),
            (["a", None, ""], b"a\n\n\n"),
            ([None], b"\n"),
            (["\u00e4\u2028", "x\ny"], "\u00e4\u2028\nx\ny\n".encode()),
        ]:
            for kind in (pa.string(), pa.large_string(), pa.binary()):
                given = [
                    value.encode() if value is not None and kind == pa.binary() else value
                    for value in values
                ]
                # A part of an array has the whole one's bytes behind it.
                array = pa.array(
                    [given[0] if given else "x", *given], kind if given else pa.string()
                ).slice(1)
                with self.subTest(values=values, kind=kind):
                    self.assertEqual(b"".join(columns.lines(array)), wanted)

    def test_much_is_joined_in_parts(self) -> None:
        whole, columns.JOINED, columns.PIECE = (columns.JOINED, columns.PIECE), 100, 7
        try:
            values = [f"{number:030}" for number in range(50)]
            pieces = list(columns.lines(pa.array(values)))
        finally:
            columns.JOINED, columns.PIECE = whole
        self.assertEqual(b"".join(pieces), "".join(f"{value}\n" for value in values).encode())
        self.assertLessEqual(max(map(len, pieces)), 7)

    def test_the_bytes_of_a_value(self) -> None:
        value = bytes(range(256))
        (piece,) = columns.pieces(pa.scalar(value, pa.binary()))
        self.assertEqual(piece, value)
        self.assertEqual(list(columns.pieces(pa.scalar(None, pa.binary()))), [])

    def test_packed_files(self) -> None:
        text = b"0123456789" * 500_000
        once, twice = gzip.compress(text), gzip.compress(b"a") + gzip.compress(b"b" * 9)
        for name, file, wanted in [
            ("plain", b"abc", b"abc"),
            ("empty", b"", b""),
            ("packed", once, text),
            ("two parts", twice, b"abbbbbbbbb"),
            ("filled up", twice + bytes(512), b"abbbbbbbbb"),
            ("nothing", gzip.compress(b""), b""),
        ]:
            for size in (1 << 20, 5):
                with self.subTest(name, size=size):
                    pieces = [
                        file[at : at + size] for at in range(0, min(len(file), 6000), size)
                    ]
                    if size == 5 and len(file) > 6000:
                        continue
                    self.assertEqual(b"".join(packed.unpacked(pieces)), wanted)
        with self.assertRaises(EOFError):
            b"".join(packed.unpacked([once[:-20]]))
        with self.assertRaises(zlib.error):
            b"".join(packed.unpacked([once[:-8], bytes(8)]))


if __name__ == "__main__":
    unittest.main()
