"""What a task does: events to a state, states to one, and that to alerts.

A state is what `rule_snapshot` gives, or the `state` of a partial alert, which is what a
group held that had to make room. `rule_merge` takes both.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Sequence

import pyarrow as pa
from rule_module import Session

from .inputs import Inputs
from .rules import Rules

STATES = "state binary"
"""What the stages give one another."""

ALERTS = "alert string, counters string"
"""What the last stage gives: the alerts, and behind them the counters alone."""

Batches = Iterable[pa.RecordBatch]


def read(rules: Rules, inputs: Inputs, batches: Batches) -> Iterator[pa.RecordBatch]:
    """The states of what is read."""
    with rules.session() as session:
        for waiting in inputs.push(session, batches):
            if waiting > 0:
                yield _states(_partial_states(session))
        yield _states([session.snapshot()])


def join(rules: Rules, batches: Batches) -> Iterator[pa.RecordBatch]:
    """States joined to one; of what it has no room for, states of their own."""
    with rules.session() as session:
        for state in _each(batches):
            if session.merge(state) > 0:
                yield _states(_partial_states(session))
        yield _states([session.snapshot()])


def finish(rules: Rules, batches: Batches) -> Iterator[pa.RecordBatch]:
    """States joined to one, its alerts, and the counters."""
    with rules.session() as session:
        for state in _each(batches):
            if session.merge(state) > 0:
                yield from _alerts(session)
        session.finish()
        yield from _alerts(session)
        yield _rows([None], [session.counters().decode()])


def lines(session: Session) -> Iterator[list[str]]:
    """The alerts that wait, some at a time, taken."""
    while some := session.alerts():
        yield some.decode().split("\n")[:-1]


def all_lines(session: Session) -> list[str]:
    """The alerts that wait, where they are few: those of what a limit left no room for."""
    return [line for some in lines(session) for line in some]


def _each(batches: Batches) -> Iterator[bytes]:
    for batch in batches:
        for state in batch.column(0):
            yield state.as_py()


def _partial_states(session: Session) -> list[bytes]:
    """The states of the alerts that wait. With the clock `end` none but partial ones
    are given before the end."""
    alerts = map(json.loads, all_lines(session))
    return [base64.b64decode(alert["state"]) for alert in alerts]


def _alerts(session: Session) -> Iterator[pa.RecordBatch]:
    for some in lines(session):
        yield _rows(some, [None] * len(some))


def _states(states: list[bytes]) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([pa.array(states, pa.binary())], ["state"])


def _rows(alerts: Sequence[str | None], counters: Sequence[str | None]) -> pa.RecordBatch:
    texts = [pa.array(alerts, pa.string()), pa.array(counters, pa.string())]
    return pa.RecordBatch.from_arrays(texts, ["alert", "counters"])
