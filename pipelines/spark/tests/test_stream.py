"""`detect_stream` beside one session that is told the same times and events."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
import threading
import time
import unittest
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import cluster
from rule_module import RuleModule
from rule_spark.cli import main
from streamed import CONFIG, start, written

START = 1615723200
"""The first second, 2021-03-14T12:00:00Z."""

TICK = 1500
"""Seconds between two batches."""

BEHIND = [10, 100, 1000, 5000, 9000]
AHEAD = [-1000, -5000, -50000]

Batch = tuple[int, list[str]]
"""The second of a batch, and its events."""


def batches(count: int, size: int, seed: int) -> list[Batch]:
    """Events in time, late, and from ahead."""
    some = random.Random(seed)
    made = []
    for number in range(1, count + 1):
        now = START + number * TICK
        events = [
            {
                "a": 1,
                "b": some.choice("xyz"),
                "_time": moment(now - some.choice(BEHIND + AHEAD)),
                "now": moment(now),
            }
            for _ in range(size)
        ]
        made.append((now, [json.dumps(event) for event in events]))
    return made


def moment(second: int) -> str:
    return datetime.fromtimestamp(second, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def put(folder: Path, batches: list[Batch]) -> None:
    """A file a batch, in their order."""
    folder.mkdir(parents=True)
    for number, (_, events) in enumerate(batches):
        file = folder / f"{number:03}.json"
        file.write_text("".join(f"{event}\n" for event in events))
        os.utime(file, (START + number, START + number))


def numberless(alerts: list[str]) -> list[str]:
    """The alerts without the numbers of what is given apart: a session counts its own."""
    return [re.sub(r'"part":[1-9]\d*,', '"part":0,', alert) for alert in alerts]


def of_kind(alerts: list[str], *kinds: str) -> list[str]:
    return [alert for alert in alerts if json.loads(alert)["kind"] in kinds]


class Stream(unittest.TestCase):
    maxDiff = 2000

    @classmethod
    def setUpClass(cls) -> None:
        cls.spark = cluster.spark()
        cls.module = RuleModule(Path(cluster.MODULE).read_bytes(), 1 << 30)
        cls.partitions = cls.spark.conf.get("spark.sql.shuffle.partitions")
        cls.spark.conf.set("spark.sql.shuffle.partitions", "1")

    @classmethod
    def tearDownClass(cls) -> None:
        cls.spark.conf.set("spark.sql.shuffle.partitions", cls.partitions)

    def in_one(self, config: dict[str, Any], batches: list[Batch]) -> tuple[list[str], str]:
        """The alerts and counters of one session."""
        given = b""
        with self.module.open(json.dumps({**config, "clock": "host"}).encode()) as session:
            for now, events in batches:
                session.advance(now * 1000)
                for event in events:
                    session.push(event.encode() + b"\n")
                session.input(b"")
                while some := session.alerts():
                    given += some
            return given.decode().split("\n")[:-1], session.counters().decode()

    def run_through(
        self, name: str, config: dict[str, Any], batches: list[Batch]
    ) -> tuple[list[str], str]:
        """The alerts and counters of a stream that ends."""
        place = cluster.folder() / name
        put(place / "in", batches)
        query = (
            start(self.spark, place, config)
            .trigger(availableNow=True)
            .start(str(place / "out"))
        )
        query.awaitTermination()
        self.assertIsNone(query.exception())
        return written(place / "out"), query.lastProgress["observedMetrics"]["rule"][
            "counters"
        ]

    def test_late_events(self) -> None:
        for late in ("report", "amend"):
            with self.subTest(late):
                config = {**CONFIG, "late": late}
                events = batches(6, 40, seed=5)
                wanted, wanted_counters = self.in_one(config, events)
                found, counters = self.run_through(f"late-{late}", config, events)
                self.assertEqual(counters, wanted_counters)
                own = ("final", "amended", "late")
                self.assertEqual(
                    numberless(of_kind(found, *own)), numberless(of_kind(wanted, *own))
                )
                apart = (
                    sorted(numberless(of_kind(alerts, "partial")))
                    for alerts in (found, wanted)
                )
                self.assertEqual(next(apart), next(apart))
                self.assertEqual(
                    {json.loads(alert)["kind"] for alert in found},
                    {json.loads(alert)["kind"] for alert in wanted},
                )
                ids = [
                    (alert["id"], alert["part"], alert["revision"])
                    for alert in map(json.loads, found)
                ]
                self.assertEqual(len(ids), len(set(ids)), "no two alerts have one name")

    def test_a_clock_that_goes_back(self) -> None:
        # The fourth batch is told a time before that of the third, over the end of a window.
        events = batches(6, 40, seed=6)
        back = [json.loads(event) | {"now": moment(START + TICK)} for event in events[3][1]]
        events[3] = (events[3][0], [json.dumps(event) for event in back])
        # In the end all windows close.
        end = START + 100 * TICK
        events.append((end, [json.dumps({"now": moment(end)})]))
        found, counters = self.run_through("back", CONFIG, events)
        alerts = [json.loads(alert) for alert in found]
        highest = {(alert["id"], alert["part"]): alert["row"]["count"] for alert in alerts}
        self.assertEqual(json.loads(counters)["matches"], 240)
        self.assertEqual(sum(highest.values()), 240, "each event is in one row")
        names = [(alert["id"], alert["part"], alert["revision"]) for alert in alerts]
        self.assertEqual(len(names), len(set(names)), "no two alerts have one name")
        apart = [
            alert for alert in alerts if alert["part"] > 1 << 31 and alert["kind"] == "late"
        ]
        self.assertGreater(len(apart), 0)

    def test_a_window_closes_where_no_event_comes(self) -> None:
        # By the command, which goes on until it is stopped.
        place = cluster.folder() / "idle"
        (place / "in").mkdir(parents=True)
        event = {"a": 1, "b": "x", "_time": moment(int(time.time()))}
        (place / "in" / "0.json").write_text(json.dumps(event) + "\n")
        asked = ["--module", cluster.MODULE, "--search", "a=1 | stats count by b"]
        asked += ["--window", "every=1s,delay=0s", "--stream", "--trigger", "1 second"]
        asked += ["--checkpoint", str(place / "checkpoint"), "--output", str(place / "out")]
        command = threading.Thread(
            target=main, args=([*asked, str(place / "in")],), daemon=True
        )
        command.start()
        # It does not take that long: without an end, a fault would have none.
        for _ in range(3000):
            if not command.is_alive() or written(place / "out"):
                break
            time.sleep(0.1)
        for query in self.spark.streams.active:
            query.stop()
        command.join()
        rows = [json.loads(alert)["row"] for alert in written(place / "out")]
        self.assertEqual(rows, [{"b": "x", "count": 1}])

    def test_a_restart_gives_each_alert_once(self) -> None:
        events = batches(8, 30, seed=7)
        wanted, _ = self.run_through("whole", CONFIG, events)
        place = cluster.folder() / "killed"
        put(place / "in", events)
        child = self.query(place)
        while (
            child.poll() is None
            and len(list((place / "checkpoint" / "commits").glob("[0-9]*"))) < 3
        ):
            time.sleep(0.02)
        self.assertIsNone(child.poll(), "it was done before it was killed")
        cluster.kill(child.pid)
        child.wait()
        before = written(place / "out")
        self.assertLess(len(before), len(wanted))
        self.assertEqual(self.query(place).wait(), 0)
        self.assertEqual(written(place / "out"), wanted)

    def query(self, place: Path) -> subprocess.Popen[bytes]:
        """A process that goes on with the stream to its end."""
        words = [
            sys.executable,
            "-B",
            "-W",
            "ignore",
            str(cluster.HERE / "streamed.py"),
            str(place),
        ]
        return subprocess.Popen(words, env=cluster.environment())


if __name__ == "__main__":
    sys.exit(unittest.main())
