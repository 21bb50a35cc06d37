"""Detection over a stream: one state for all time, which Spark keeps.

A micro-batch is read as a table is, by tasks that know nothing of what was before, and
each tells its session the time of the batch. One operator with one key has the state:

    the state of the batch before ── the time of the batch ── the parts of the batch
                                       windows close            in any order

So the batch's time comes first, then its events, as if one session had been told both.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.streaming.state import GroupState, GroupStateTimeout

from . import parts
from .inputs import Inputs
from .rules import MEMORY_LIMIT, Rules, fixed

if TYPE_CHECKING:
    from rule_module import Session

PARTS = "key int, now long, state binary, alert string"
"""What a batch was read to: in each row a state, or an alert that a task gave."""

KEPT = "state binary, now long, apart long"
"""What Spark keeps: the state, the time that it was told, and how many alerts were given
apart."""

APART = 1 << 32
"""The parts that are given apart are numbered from here on, so that no other alert of
the same id has their number: the module counts its own from 1."""

LATE_LIMIT = 32 << 20
"""The bytes of late events that a task may hold, whatever `limits.late` says: what they
belong to, the task does not know."""


def detect_stream(
    df: DataFrame,
    module: str | Path | bytes,
    column: str | None = "value",
    *,
    clock: Column | str | None = None,
    config: dict[str, Any] | None = None,
    format: str = "json",
    files: bool = False,
    name: str | None = None,
    settings: dict[str, Any] | None = None,
    counters: str | None = None,
    memory_limit: int = MEMORY_LIMIT,
) -> DataFrame:
    """The alerts of a stream of events: one column, `alert`, a line of JSON a row.

    Windows close by the time of the micro-batches, also by that of batches without
    events. With `clock`, a column of timestamps, they close by what it says instead:
    events that say one time are read at that time, and times come in their order.
    `counters` names the observation whose metric `counters` is what was read up to the
    batch. The rest is as for `detect`.

    Raises `RuleError` where the module refuses the configuration, and `ValueError` for
    what cannot be meant.
    """
    inputs = Inputs(column, format, files, name, settings or {})
    config = fixed(config, clock="host")
    limits = config.get("limits", {})
    roomy = {**config, "limits": {**limits, "late": max(limits.get("late", 0), LATE_LIMIT)}}
    spark = df.sparkSession
    told = (
        F.current_timestamp()
        if clock is None
        else F.col(clock)
        if isinstance(clock, str)
        else clock
    )
    # A timeout that is always due has Spark run a batch where no event came.
    timeout = (
        GroupStateTimeout.ProcessingTimeTimeout
        if clock is None
        else GroupStateTimeout.NoTimeout
    )
    events = inputs.of(df, F.unix_millis(told).alias("now"))
    read = partial(_read, Rules(spark, module, roomy, memory_limit), inputs)
    go_on = partial(_go_on, Rules(spark, module, config, memory_limit), clock is None)
    found = (
        events.mapInArrow(read, PARTS)
        .groupBy("key")
        .applyInPandasWithState(go_on, parts.ALERTS, KEPT, "append", timeout)
    )
    if counters is not None:
        found = found.observe(counters, F.max("counters").alias("counters"))
    return found.where("alert IS NOT NULL").select("alert")


def _read(
    rules: Rules, inputs: Inputs, batches: Iterable[pa.RecordBatch]
) -> Iterator[pa.RecordBatch]:
    """The parts of a task: of the events that stand together and say one time, one."""
    for now, some in groupby(_runs(batches), key=lambda run: run[0]):
        with rules.session() as session:
            session.advance(now)
            for waiting in inputs.push(session, (batch for _, batch in some)):
                if waiting > 0:
                    # An event from far ahead, which no window holds, or a limit was met.
                    alerts = parts.all_lines(session)
                    yield _parts(now, [None] * len(alerts), alerts)
            yield _parts(now, [session.snapshot()], [None])


def _runs(batches: Iterable[pa.RecordBatch]) -> Iterator[tuple[int, pa.RecordBatch]]:
    """The rows that stand together and say one time, with that; it is the last column."""
    for batch in batches:
        if batch.num_rows == 0:
            continue
        runs = pc.run_end_encode(batch.column(batch.num_columns - 1))
        start = 0
        for end, now in zip(runs.run_ends.to_pylist(), runs.values.to_pylist()):
            if now is None:
                raise ValueError(
                    "an event has no time in the column that tells it: fill it before"
                )
            yield now, batch.slice(start, end - start)
            start = end


def _parts(
    now: int, states: Sequence[bytes | None], alerts: Sequence[str | None]
) -> pa.RecordBatch:
    size = len(states)
    columns = [
        pa.array([0] * size, pa.int32()),
        pa.array([now] * size, pa.int64()),
        pa.array(states, pa.binary()),
        pa.array(alerts, pa.string()),
    ]
    return pa.RecordBatch.from_arrays(columns, ["key", "now", "state", "alert"])


Part = tuple[int, bytes, str]
"""The time that it was told, and its state or an alert; the other is empty."""


def _go_on(
    rules: Rules,
    by_batches: bool,
    _key: tuple[Any, ...],
    frames: Iterable[pd.DataFrame],
    kept: GroupState,
) -> Iterator[pd.DataFrame]:
    """The state of the batch before goes on with the parts of this one."""
    # A batch that is run again has to give the same, and its parts come in any order.
    came: list[Part] = sorted(
        (int(row.now), row.state or b"", row.alert or "")
        for frame in frames
        for row in frame.itertuples(index=False)
    )
    with rules.session() as session:
        stream = _Stream(rules, session, *(kept.get if kept.exists else (None, None, 0)))
        for now, some in groupby(came, key=lambda part: part[0]):
            yield from stream.advance(now)
            for _, state, alert in some:
                yield from stream.take(now, state, alert)
        if by_batches:
            # There was no event, or this is the time that they came with.
            yield from stream.advance(kept.getCurrentProcessingTimeMs())
        kept.update(stream.kept())
        counters = session.counters().decode()
    if by_batches:
        kept.setTimeoutDuration(1)
    yield _rows([None], [counters])


class _Stream:
    """The session that has the state of the stream."""

    def __init__(
        self, rules: Rules, session: Session, state: bytes | None, now: int | None, apart: int
    ) -> None:
        self._rules = rules
        self._session = session
        self._now = now
        self._apart = apart
        if state is not None:
            session.restore(bytes(state))

    def kept(self) -> tuple[bytes, int | None, int]:
        """What Spark is to keep."""
        return self._session.snapshot(), self._now, self._apart

    def advance(self, now: int) -> Iterator[pd.DataFrame]:
        """Time goes on, and never back."""
        if self._now is None or now > self._now:
            self._session.advance(now)
            self._now = now
            yield from self._given()

    def take(self, now: int, state: bytes, alert: str) -> Iterator[pd.DataFrame]:
        """A part of the batch of that time."""
        if alert:
            yield self._given_apart([alert])
            return
        if self._now is not None and now < self._now:
            state, given = self._caught_up(now, self._now, state)
            yield self._given_apart(given)
        self._session.merge(state)
        yield from self._given()

    def _caught_up(self, told: int, now: int, state: bytes) -> tuple[bytes, list[str]]:
        """A part that was told an earlier time than the stream, as it is at the stream's
        time, and what it gives on the way: the clock went back, and what is in windows
        that are closed by now is late."""
        with self._rules.session() as part:
            part.advance(told)
            part.merge(state)
            given = parts.all_lines(part)
            part.advance(now)
            given += parts.all_lines(part)
            return part.snapshot(), given

    def _given(self) -> Iterator[pd.DataFrame]:
        for some in parts.lines(self._session):
            yield _rows(some, [None] * len(some))

    def _given_apart(self, alerts: list[str]) -> pd.DataFrame:
        """Alerts of parts, as alerts of the stream."""
        first = APART + self._apart
        self._apart += len(alerts)
        lines = [apart(alert, first + index) for index, alert in enumerate(alerts)]
        return _rows(lines, [None] * len(lines))


HEAD = re.compile(
    r'^(\{"schema":"[^"]*","kind":")(\w+)(","id":"\w*","part":)\d+(,"revision":)\d+,'
)
"""The first keys of an alert, which are always these."""


def apart(alert: str, part: int) -> str:
    """An alert of a part, as one that the stream gives apart, with a number of its own.

    What a part gives of a window that is closed is of late events alone, and no row that
    takes the place of the window's own.
    """

    def changed(head: re.Match[str]) -> str:
        kind = "partial" if head[2] == "partial" else "late"
        return f"{head[1]}{kind}{head[3]}{part}{head[4]}0,"

    return HEAD.sub(changed, alert)


def _rows(alerts: Sequence[str | None], counters: Sequence[str | None]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "alert": pd.Series(alerts, dtype=object),
            "counters": pd.Series(counters, dtype=object),
        }
    )
