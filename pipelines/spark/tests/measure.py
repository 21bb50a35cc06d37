"""What it costs: `measure.py EVENTS [ROUNDS]`, with the variables of the tests.

Events are generated once, then in each round `host-runner run` reads them, a cluster of one
executor does, and one of two. All have to find the same. Printed are the least times of the
rounds, in seconds by the clock and of the processor: of the executors with their Python.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import cluster
import pyarrow as pa
from events import events
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from rule_spark import detect, parts
from rule_spark.inputs import Inputs
from rule_spark.rules import Rules, fixed

FILES = 128


def main(count: int, rounds: int = 3) -> None:
    folder = cluster.folder() / "measured"
    least: dict[str, tuple[float, float]] = {}
    found: set[str] = set()

    def note(what: str, wall: float, cpu: float) -> None:
        print(f"{what}: {wall:.2f} s, of the processor {cpu:.2f} s", flush=True)
        before = least.get(what, (wall, cpu))
        least[what] = (min(wall, before[0]), min(cpu, before[1]))

    for number in range(rounds):
        for executors in (1, 2):
            spark = started(executors)
            if not folder.exists():
                events(spark, count, FILES).write.text(str(folder))
            files = sorted(folder.glob("part-*"))
            if executors == 1:
                found.add(program(files, note))
            table = spark.read.option("lineSep", "\n").text(str(folder))
            # The first tasks of an executor start its Python.
            detect(table.limit(1000), cluster.MODULE).collect()
            name = f"{executors} executor{'s' if executors > 1 else ''}"
            timed(
                f"{name}, rows counted by Python",
                note,
                lambda: table.mapInArrow(_count, "rows long").collect(),
            )
            alerts = timed(
                f"{name}, detect", note, lambda: cluster.alerts(detect(table, cluster.MODULE))
            )
            found.add("".join(f"{alert}\n" for alert in alerts))
            whole = spark.read.format("binaryFile").load(str(folder))
            of_files = partial(
                detect, whole, cluster.MODULE, "content", files=True, format="json"
            )
            alerts = timed(
                f"{name}, detect, a file a row", note, lambda: cluster.alerts(of_files())
            )
            found.add("".join(f"{alert}\n" for alert in alerts))
            if number == 0 and executors == 1:
                print(
                    f"{len(files)} files, {sum(file.stat().st_size for file in files)} bytes, {len(alerts)} alerts"
                )
                number_of, total, largest = states(table)
                print(
                    f"states of the first stage: {number_of}, of {total} bytes, {largest} at most"
                )
            spark.stop()
    print("the same alerts" if len(found) == 1 else "DIFFERENT ALERTS")
    for what, (wall, cpu) in least.items():
        print(
            f"{what}: {count / wall:,.0f} events a second, {count / cpu:,.0f} a second of the processor"
        )


def started(executors: int) -> SparkSession:
    os.environ.update(cluster.environment())
    builder = SparkSession.builder
    for key, value in cluster.settings(f"local-cluster[{executors},1,1024]").items():
        # The JVM as it is shipped.
        builder = builder if "JavaOptions" in key else builder.config(key, value)
    return builder.getOrCreate()


def program(files: list[Path], note: Callable[[str, float, float], None]) -> str:
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    ran = subprocess.run(
        [cluster.HOST_RUNNER, "run", "--quiet", *files],
        capture_output=True,
        text=True,
        check=True,
    )
    wall, after = time.monotonic() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    note(
        "host-runner",
        wall,
        after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
    )
    return ran.stdout


def timed(what: str, note: Callable[[str, float, float], None], run: Callable[[], Any]) -> Any:
    processes = cluster.executors()
    before, begin = sum(map(spent, processes)), time.monotonic()
    result = run()
    note(what, time.monotonic() - begin, sum(map(spent, processes)) - before)
    return result


def spent(process: int) -> float:
    """The seconds of the processor of a process and all that it started."""
    ticks = 0
    for one in [process, *cluster.descendants(process)]:
        # Behind the name, which may have blanks: of its own, and of those that ended.
        words = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        ticks += sum(map(int, words[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def states(table: DataFrame) -> tuple[int, int, int]:
    rules = Rules(table.sparkSession, cluster.MODULE, fixed({}, clock="end"))
    inputs = Inputs()
    read = inputs.of(table).mapInArrow(partial(parts.read, rules, inputs), parts.STATES)
    size = F.length("state")
    return tuple(read.agg(F.count("*"), F.sum(size), F.max(size)).collect()[0])


def _count(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    yield pa.RecordBatch.from_pydict({"rows": [sum(batch.num_rows for batch in batches)]})


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
