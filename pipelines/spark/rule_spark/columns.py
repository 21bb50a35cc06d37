"""A column's values as the bytes that the module reads.

Where a value is a record, none becomes an object of Python's: Arrow joins a whole batch,
and the module is given views of that.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

PIECE = 1 << 20
"""How many bytes the module is given at once."""

JOINED = 256 << 20
"""About how many bytes are joined at once: Arrow's offsets have 31 bits."""

BREAK = b"\n"


def lines(values: pa.Array) -> Iterator[memoryview]:
    """The values of a column of texts or bytes, each with a line break behind it, in
    pieces. Null is an empty line."""
    if values.null_count > 0:
        values = pc.fill_null(values, _like(b"", values))
    rows = len(values) // (values.nbytes // JOINED + 1) + 1
    for start in range(0, len(values), rows):
        some = values.slice(start, rows)
        whole = pa.ListArray.from_arrays(pa.array([0, len(some)], pa.int32()), some)
        yield from pieces(pc.binary_join(whole, _like(BREAK, values))[0])
        yield memoryview(BREAK)


def pieces(value: pa.Scalar) -> Iterator[memoryview]:
    """The bytes of one value, in pieces; none where it is null."""
    buffer = value.as_buffer()
    if buffer is None:
        return
    # Arrow's bytes have a sign, which those of Python have not.
    view = memoryview(buffer).cast("B")
    for start in range(0, len(view), PIECE):
        yield view[start : start + PIECE]


def _like(value: bytes, values: pa.Array) -> pa.Scalar:
    return pa.scalar(value, pa.binary()).cast(values.type)
