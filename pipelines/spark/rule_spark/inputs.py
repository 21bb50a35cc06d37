"""What of a table the module reads, and how.

There are three ways. A row is a record, in one column; a row is a record, and its
columns are the record's fields; or a row is a whole file.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from rule_module import Session

from . import columns, event_log, packed

TIMES = {
    "timestampFormat": "yyyy-MM-dd'T'HH:mm:ss.SSSSSSXXX",
    "timestampNTZFormat": "yyyy-MM-dd'T'HH:mm:ss.SSSSSS",
}
"""How Spark writes times in JSON: with all of their digits."""

EVTX = "evtx"
"""The format that is not the module's own."""


@dataclass(frozen=True)
class Inputs:
    """How a table is read."""

    column: str | None = "value"
    """The column that has the records or files, of text or of bytes; with none, all
    columns are the fields of a record."""
    format: str = "json"
    """`json`, `xml` or `text`; of files `auto`, `csv` or `evtx` as well."""
    files: bool = False
    """Is each row a whole file?"""
    name: str | None = None
    """The column that has the names of the files."""
    settings: dict[str, Any] = field(default_factory=dict)
    """What else `rule_input` takes: `sourcetype`, `host`, `source`, `timezone`."""

    def __post_init__(self) -> None:
        known = (
            ("json", "xml", "text", "auto", "csv", EVTX)
            if self.files
            else ("json", "xml", "text")
        )
        if self.format not in known:
            raise ValueError(
                f"`{self.format}` is no format here; take one of {', '.join(known)}"
            )
        if self.column is None and (self.files or self.format != "json"):
            raise ValueError(
                "where columns are fields, records are `json`: name a `column` for another format"
            )
        if self.name is not None and not self.files:
            raise ValueError(
                "`name` is the column with the names of files: say `files=True` with it"
            )

    def of(self, df: DataFrame, *beside: Column) -> DataFrame:
        """The columns that `push` wants, and others beside them."""
        if self.column is None:
            return df.select(F.to_json(F.struct("*"), TIMES).alias("value"), *beside)
        return df.select(self.column, *([] if self.name is None else [self.name]), *beside)

    def push(self, session: Session, batches: Iterable[pa.RecordBatch]) -> Iterator[int]:
        """Gives all to a session, and the number of alerts that wait each time. In the
        end no record is in progress."""
        if not self.files:
            session.input(self._about())
        for batch in batches:
            if self.files:
                yield from self._push_files(session, batch)
                continue
            for piece in columns.lines(batch.column(0)):
                yield session.push(piece)
        # The last record may have no end.
        session.input(b"")
        yield 1

    def _push_files(self, session: Session, batch: pa.RecordBatch) -> Iterator[int]:
        for index, value in enumerate(batch.column(0)):
            name = None if self.name is None else batch.column(1)[index].as_py()
            session.input(self._about(name))
            # The input before may have ended with a record.
            yield 1
            pieces = packed.unpacked(columns.pieces(value))
            try:
                if self.format == EVTX:
                    pieces = event_log.events(b"".join(pieces))
                for piece in pieces:
                    yield session.push(piece)
            except (zlib.error, EOFError) as error:
                raise ValueError(
                    f"`{name or 'a file'}` cannot be unpacked: {error}"
                ) from error

    def _about(self, name: str | None = None) -> bytes:
        about = {**self.settings, "format": "xml" if self.format == EVTX else self.format}
        if name is not None:
            about["name"] = name
        return json.dumps(about).encode()
