"""What a task does: events to a state, states to one, and that to alerts.

A state is what `rule_snapshot` gives, or the `state` of a partial alert: what a group
held that had to make room. `rule_merge` takes both.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa
from rule_module import Session

from . import columns
from .rules import Rules

STATES = "state binary"
"""The form of what stages give one another."""

ALERTS = "alert string, counters string"
"""The form of what the last stage gives: the alerts, and then the counters alone."""


def read(rules: Rules, input: dict[str, Any], batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The states of what is read from batches of one column, a record a row; `input` is
    what `rule_input` takes."""
    with rules.session() as session:
        session.input(_json(input))
        for batch in batches:
            for piece in columns.lines(batch.column(0)):
                if session.push(piece) > 0:
                    yield _states(_partial_states(session))
        # The last record may have no end.
        session.input(b"")
        yield _states([*_partial_states(session), session.snapshot()])


def join(rules: Rules, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """States joined to one; what it has no room for are states of their own."""
    with rules.session() as session:
        for state in _each(batches):
            if session.merge(state) > 0:
                yield _states(_partial_states(session))
        yield _states([session.snapshot()])


def finish(rules: Rules, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """States joined to one, and the alerts of that; the counters at the end."""
    with rules.session() as session:
        for state in _each(batches):
            if session.merge(state) > 0:
                yield from _alerts(session)
        session.finish()
        yield from _alerts(session)
        counters = session.counters().decode()
    yield _rows([None], [counters])


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()


def _each(batches: Iterable[pa.RecordBatch]) -> Iterator[bytes]:
    for batch in batches:
        for state in batch.column(0):
            yield state.as_py()


def _lines(session: Session) -> Iterator[list[str]]:
    """The alerts that wait, some at a time."""
    while lines := session.alerts():
        yield lines.decode().split("\n")[:-1]


def _partial_states(session: Session) -> list[bytes]:
    """The states of the partial alerts that wait. With the clock `end` there are no
    other alerts before the end."""
    states = (json.loads(line)["state"] for lines in _lines(session) for line in lines)
    return [base64.b64decode(state) for state in states]


def _alerts(session: Session) -> Iterator[pa.RecordBatch]:
    for lines in _lines(session):
        yield _rows(lines, [None] * len(lines))


def _states(states: list[bytes]) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([pa.array(states, pa.binary())], ["state"])


def _rows(alerts: list[str | None], counters: list[str | None]) -> pa.RecordBatch:
    texts = [pa.array(alerts, pa.string()), pa.array(counters, pa.string())]
    return pa.RecordBatch.from_arrays(texts, ["alert", "counters"])
