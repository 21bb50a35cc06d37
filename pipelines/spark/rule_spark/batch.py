"""Detection over what is there: each task reads its part, and the states are joined.

events ── read ──┐
events ── read ──┼── join ──┐
events ── read ──┘          ├── finish ── alerts
events ── read ───── join ──┘
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from pyspark.sql import DataFrame, Observation
from pyspark.sql import functions as F

from . import parts
from .inputs import Inputs
from .rules import MEMORY_LIMIT, Rules, fixed

WIDTH = 32
"""At most so many tasks join states before the last one, and so many times as many before
them."""


def detect(
    df: DataFrame,
    module: str | Path | bytes,
    column: str | None = "value",
    *,
    config: dict[str, Any] | None = None,
    format: str = "json",
    files: bool = False,
    name: str | None = None,
    settings: dict[str, Any] | None = None,
    counters: Observation | str | None = None,
    levels: int = 1,
    memory_limit: int = MEMORY_LIMIT,
) -> DataFrame:
    """The alerts of a table of events: one column, `alert`, a line of JSON a row, in one
    partition and in the order of `host-runner run`.

    `column`, `format`, `files`, `name` and `settings` say how the table is read, see
    `Inputs`; `config` is the configuration, see `Rules`. With `counters`, an observation,
    what was read, matched and left out is its metric `counters`, as JSON, once the alerts
    were taken. Between reading and the last task are so many `levels` of tasks that join
    states: one will do for some thousand tasks that read, two for a hundred thousand.

    Raises `RuleError` where the module refuses the configuration, and `ValueError` for
    what cannot be meant.
    """
    inputs = Inputs(column, format, files, name, settings or {})
    rules = Rules(df.sparkSession, module, fixed(config, clock="end"), memory_limit)
    join = partial(parts.join, rules)
    states = inputs.of(df).mapInArrow(partial(parts.read, rules, inputs), parts.STATES)
    for level in range(levels, 0, -1):
        key = F.spark_partition_id() % WIDTH**level
        states = states.repartition(key).mapInArrow(join, parts.STATES)
    found = states.repartition(1).mapInArrow(partial(parts.finish, rules), parts.ALERTS)
    if counters is not None:
        found = found.observe(counters, F.max("counters").alias("counters"))
    return found.where("alert IS NOT NULL").select("alert")
