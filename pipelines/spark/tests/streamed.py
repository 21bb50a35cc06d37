"""The stream of the tests: a file a batch, whose events say the time of the batch. As a
program, `streamed.py FOLDER`, it runs the stream to its end, to be killed."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import cluster
from pyspark.sql import SparkSession
from pyspark.sql import functions as F
from pyspark.sql.streaming import DataStreamWriter
from rule_spark import detect_stream

CONFIG = {"detections": {"name": "a", "id": "a", "search": "a=1 | stats count by b"}}


def start(spark: SparkSession, place: Path, config: dict[str, Any]) -> DataStreamWriter:
    """The stream of the files in a folder, each a batch, over three tasks."""
    lines = (
        spark.readStream.option("maxFilesPerTrigger", 1).text(str(place / "in")).repartition(3)
    )
    clock = F.to_timestamp(F.get_json_object("value", "$.now"))
    alerts = detect_stream(lines, cluster.MODULE, config=config, clock=clock, counters="rule")
    writer = alerts.writeStream.format("text")
    return writer.option("checkpointLocation", str(place / "checkpoint"))


def written(folder: Path) -> list[str]:
    """What the sink has of the batches that are done, in their order."""
    log = folder / "_spark_metadata"
    lines = []
    for batch in sorted(log.glob("[0-9]*"), key=lambda file: int(file.stem)):
        # One that ends so has all that were before.
        if batch.suffix == ".compact":
            lines.clear()
        for entry in batch.read_text().splitlines()[1:]:
            file = json.loads(entry)["path"].removeprefix("file://")
            lines += Path(file).read_text().split("\n")[:-1]
    return lines


def main(place: Path) -> None:
    builder = SparkSession.builder
    for key, value in cluster.settings("local[2]").items():
        builder = builder.config(key, value)
    spark = builder.config("spark.sql.shuffle.partitions", "1").getOrCreate()
    query = start(spark, place, CONFIG).trigger(availableNow=True).start(str(place / "out"))
    query.awaitTermination()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
