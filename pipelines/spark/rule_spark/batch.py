"""Detection over what is there: each task reads its part, and the states are joined."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from pyspark.sql import DataFrame, Observation
from pyspark.sql import functions as F

from . import parts
from .rules import Rules

WIDTH = 32
"""So many states are joined by one task."""


def detect(
    df: DataFrame,
    module: str | Path | bytes,
    column: str = "value",
    *,
    config: dict[str, Any] | None = None,
    format: str = "json",
    levels: int = 1,
    counters: Observation | None = None,
) -> DataFrame:
    config = {"clock": "end", **(config or {})}
    rules = Rules(df.sparkSession, module, config)
    read = partial(parts.read, rules, {"format": format})
    join = partial(parts.join, rules)
    finish = partial(parts.finish, rules)
    states = df.select(column).mapInArrow(read, parts.STATES)
    for level in range(levels, 0, -1):
        key = F.spark_partition_id() % WIDTH**level
        states = states.withColumn("key", key).repartition("key").select("state").mapInArrow(join, parts.STATES)
    found = states.repartition(1).mapInArrow(finish, parts.ALERTS)
    if counters is not None:
        found = found.observe(counters, F.max("counters").alias("counters"))
    return found.where("alert IS NOT NULL").select("alert")
