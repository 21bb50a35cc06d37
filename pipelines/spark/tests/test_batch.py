"""`detect` beside `host-runner run`, over the same files."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import sys
import unittest
from functools import partial
from pathlib import Path

import cluster
from events import events
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from rule_spark import detect

EVENTS = int(os.environ.get("RULE_SPARK_EVENTS", "300000"))
"""How many events are generated."""

RULES = cluster.ROOT / "rules" / "detections"
SAMPLES = cluster.ROOT / "samples" / "logs"
LOGS = cluster.ROOT.parent / "shared" / "data" / "windows" / "evtx"


class Batch(unittest.TestCase):
    maxDiff = 2000

    def generated(self, name: str, **how: bool) -> Path:
        """A folder of generated events."""
        folder = cluster.folder() / name
        if not folder.exists():
            events(cluster.spark(), EVENTS, 8, **how).write.text(str(folder))
        return folder

    def lines(self, folder: Path) -> DataFrame:
        return cluster.spark().read.option("lineSep", "\n").text(str(folder))

    def test_the_executors_are_processes_of_their_own(self) -> None:
        processes = cluster.executors()
        self.assertEqual(len(processes), 2)
        self.assertNotIn(os.getpid(), processes)

    def test_generated_events(self) -> None:
        folder = self.generated("events")
        wanted = cluster.host_runner(*sorted(folder.glob("part-*")))
        self.assertGreater(len(wanted), 100)
        found, counters = cluster.counted(partial(detect, self.lines(folder), cluster.MODULE))
        self.assertEqual(found, wanted)
        self.assertEqual(json.loads(counters)["records"], EVENTS)
        self.assertEqual(json.loads(counters)["partial"], 0)

    def test_most_events_are_of_one_host(self) -> None:
        folder = self.generated("skewed", skew=True)
        wanted = cluster.host_runner(*sorted(folder.glob("part-*")))
        self.assertEqual(cluster.alerts(detect(self.lines(folder), cluster.MODULE)), wanted)
        # So are those that come to a task by their host.
        by_host = self.lines(folder).repartition(4, "value")
        self.assertEqual(cluster.alerts(detect(by_host, cluster.MODULE, levels=2)), wanted)

    def test_what_limits_leave_no_room_for(self) -> None:
        folder = self.generated("events")
        limits = {"window": "all", "limits": {"groups": 10}}
        found, counters = cluster.counted(
            partial(detect, self.lines(folder), cluster.MODULE, config=limits)
        )
        alerts = [json.loads(alert) for alert in found]
        self.assertIn("partial", {alert["kind"] for alert in alerts})
        total = sum(alert["row"]["count"] for alert in alerts)
        self.assertEqual(total, json.loads(counters)["matches"])

    def test_files_of_every_format(self) -> None:
        files = cluster.spark().read.format("binaryFile").load(str(SAMPLES))
        found = detect(
            files, cluster.MODULE, "content", files=True, format="auto", name="path"
        )
        self.assertEqual(cluster.alerts(found), cluster.host_runner(SAMPLES))

    def test_packed_files(self) -> None:
        file = SAMPLES / "exchange-nxlog.ndjson"
        packed = cluster.folder() / "events.json.gz"
        packed.write_bytes(gzip.compress(file.read_bytes()))
        lines = self.lines(packed)
        self.assertEqual(
            cluster.alerts(detect(lines, cluster.MODULE)), cluster.host_runner(packed)
        )
        files = cluster.spark().read.format("binaryFile").load(str(packed))
        found = detect(files, cluster.MODULE, "content", files=True)
        self.assertEqual(cluster.alerts(found), cluster.host_runner(file))

    def test_columns_are_fields(self) -> None:
        file = SAMPLES / "exchange-nxlog.ndjson"
        table = cluster.spark().read.json(str(file)).repartition(3)
        self.assertEqual(
            cluster.alerts(detect(table, cluster.MODULE, None)), cluster.host_runner(file)
        )
        # A time may be one, and the table one that was written.
        place = str(cluster.folder() / "table")
        table.withColumn("TimeCreated", F.to_timestamp("TimeCreated")).write.parquet(place)
        written = cluster.spark().read.parquet(place)
        self.assertEqual(
            cluster.alerts(detect(written, cluster.MODULE, None)), cluster.host_runner(file)
        )

    def test_what_a_module_refuses_in_a_task_is_said(self) -> None:
        broken = cluster.spark().createDataFrame([(b"{}",)], "value binary")
        found = detect(broken, cluster.MODULE, settings={"timezone": "nowhere"})
        with self.assertRaises(PySparkException) as raised:
            cluster.alerts(found)
        self.assertIn("bad_configuration", str(raised.exception))

    def test_what_cannot_be_meant(self) -> None:
        table = cluster.spark().createDataFrame([("{}",)], "value string")
        for wrong, said in [
            ({"config": {"clock": "record"}}, "`clock`"),
            ({"config": {"early": True}}, "`early`"),
            ({"format": "csv"}, "`csv`"),
            ({"column": None, "format": "xml"}, "`column`"),
            ({"name": "path"}, "`name`"),
        ]:
            with self.subTest(said), self.assertRaisesRegex(ValueError, said):
                detect(table, cluster.MODULE, **wrong)

    def test_event_logs(self) -> None:
        if not LOGS.is_dir():
            self.skipTest(f"there is no {LOGS}")
        search = "EventCode=* | stats count by host EventCode Message"
        config = {"detections": {"name": "search", "id": "x", "search": search}}
        config_file = cluster.folder() / "logs.json"
        config_file.write_text(json.dumps(config))
        files = cluster.spark().read.format("binaryFile").load(str(LOGS))
        found = detect(
            files,
            cluster.MODULE,
            "content",
            config=config,
            files=True,
            format="evtx",
            name="path",
        )
        wanted = cluster.host_runner("--config", config_file, LOGS)
        self.assertGreater(len(wanted), 0)
        self.assertEqual(cluster.alerts(found), wanted)

    def test_an_event_log_that_is_damaged_is_counted(self) -> None:
        head = b"ElfFile\0"
        for name, file, malformed in [
            ("no log", bytes(4096 + 65536), 1),
            ("a log that is cut", head + bytes(4096 + 65536 - 100), 2),
            ("nothing", b"", 0),
        ]:
            table = cluster.spark().createDataFrame([(file,)], "content binary")
            found = partial(
                detect, table, cluster.MODULE, "content", files=True, format="evtx"
            )
            with self.subTest(name):
                alerts, counters = cluster.counted(found)
                self.assertEqual(alerts, [])
                self.assertEqual(json.loads(counters)["malformed"], malformed)

    def test_the_command_prints_alerts_and_counters(self) -> None:
        said = self.command()
        alerts = [line for line in said if line.startswith('{"schema"')]
        self.assertEqual(alerts, cluster.host_runner("--rule", RULES, SAMPLES))

    def test_the_command_writes_alerts(self) -> None:
        output = cluster.folder() / "command"
        shutil.rmtree(output, ignore_errors=True)
        self.command("--output", output)
        written = "".join(part.read_text() for part in sorted(output.glob("part-*")))
        self.assertEqual(
            written.split("\n")[:-1], cluster.host_runner("--rule", RULES, SAMPLES)
        )

    def command(self, *asked: str | Path) -> list[str]:
        """What the command says of the samples, the counters among it."""
        submit = Path(cluster.environment()["SPARK_HOME"]) / "bin" / "spark-submit"
        given = [
            option
            for key, value in cluster.settings("local[2]").items()
            for option in ("--conf", f"{key}={value}")
        ]
        script = cluster.HERE.parent / "detect.py"
        how = ["--module", cluster.MODULE, "--rule", RULES, "--from", "files"]
        ran = subprocess.run(
            [submit, *given, script, *how, *asked, SAMPLES],
            env=cluster.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertEqual(ran.returncode, 0, ran.stderr)
        # `spark-submit` writes all that a program says to one place.
        said = (ran.stdout + ran.stderr).splitlines()
        counters = next(line for line in said if line.startswith('{"bytes"'))
        self.assertEqual(json.loads(counters)["records"], 40)
        return said


if __name__ == "__main__":
    sys.exit(unittest.main())
