"""The events of an .evtx file as Event XML, by the wheel `evtx`.

The wheel cuts times to microseconds, and the files have a digit more: see README.md.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

HEADER = 4096
CHUNK = 65536


def events(file: bytes) -> Iterator[bytes]:
    """Each event; in the place of one that cannot be read the begin of one that says why,
    which the module counts as malformed, and shows."""
    if not file:
        return
    try:
        from evtx import PyEvtxParser
    except ImportError as error:
        raise ImportError(
            "to read .evtx files, install the wheel `evtx` where the executors run"
        ) from error
    if (len(file) - HEADER) % CHUNK != 0:
        # The wheel passes over a chunk that is cut, and does not say so.
        yield _damage("the file does not end with a chunk")
    try:
        records = PyEvtxParser(io.BytesIO(file)).records()
    except (OSError, RuntimeError) as error:
        yield _damage(error)
        return
    while True:
        try:
            record = next(records, None)
        except RuntimeError as error:
            yield _damage(error)
            continue
        if record is None:
            return
        yield str(record["data"]).encode() + b"\n"


def _damage(why: object) -> bytes:
    said = " ".join(str(why).replace("<", " ").split())
    return f"<Event>damaged: {said}\n".encode()
