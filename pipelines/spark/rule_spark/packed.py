"""Files that are packed by gzip, told by their first bytes."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from itertools import chain

from .columns import PIECE

GZIP = b"\x1f\x8b"

WITH_HEADER = 31
"""That zlib is to read the headers of gzip."""


def unpacked(pieces: Iterable[bytes | memoryview]) -> Iterator[bytes | memoryview]:
    """The pieces of a file, unpacked where it is packed.

    Raises `zlib.error` where it is damaged, and `EOFError` where it is cut.
    """
    pieces = iter(pieces)
    first = next(pieces, b"")
    whole = chain([first], pieces)
    return _members(whole) if first[:2] == GZIP else whole


def _members(pieces: Iterator[bytes | memoryview]) -> Iterator[bytes]:
    """What is in a file of one packed part after the other."""
    part = zlib.decompressobj(WITH_HEADER)
    begun = False
    for piece in pieces:
        rest = bytes(piece)
        while rest:
            if not begun:
                # What fills the last block of a tape is nothing.
                rest = rest.lstrip(b"\0")
            begun = begun or rest != b""
            yield part.decompress(rest, PIECE)
            rest = part.unconsumed_tail or part.unused_data
            if part.eof:
                part, begun = zlib.decompressobj(WITH_HEADER), False
    if begun:
        raise EOFError("a file that is packed by gzip is cut")
