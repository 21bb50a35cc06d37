"""An executor that is killed changes nothing."""

from __future__ import annotations

import threading
import time
import unittest

import cluster
from events import events
from rule_spark import detect

TASKS = 40


class Faults(unittest.TestCase):
    def test_an_executor_is_killed_among_its_tasks(self) -> None:
        spark = cluster.spark()
        folder = cluster.folder() / "faults"
        events(spark, 80_000, TASKS).write.text(str(folder))
        # A file is a task.
        spark.conf.set("spark.sql.files.openCostInBytes", str(1 << 30))
        try:
            table = spark.read.text(str(folder))
            found: list[str] = []
            reading = threading.Thread(
                target=lambda: found.extend(cluster.alerts(detect(table, cluster.MODULE)))
            )
            before = cluster.executors()
            reading.start()
            done = self.wait_for_tasks(4, reading)
            victim = before[0]
            cluster.kill(victim)
            reading.join()
        finally:
            spark.conf.unset("spark.sql.files.openCostInBytes")
        self.assertLess(done, TASKS, "it was killed when all was done")
        self.assertNotIn(victim, cluster.executors())
        wanted = cluster.host_runner(*sorted(folder.glob("part-*")))
        self.assertGreater(len(wanted), 100)
        self.assertEqual(found, wanted)

    def wait_for_tasks(self, count: int, reading: threading.Thread) -> int:
        """Waits until so many tasks of a stage of `TASKS` are done; how many are."""
        tracker = cluster.spark().sparkContext.statusTracker()
        while reading.is_alive():
            stages = [tracker.getStageInfo(stage) for stage in tracker.getActiveStageIds()]
            done = [
                stage.numCompletedTasks
                for stage in stages
                if stage and stage.numTasks == TASKS
            ]
            if done and max(done) >= count:
                return max(done)
            time.sleep(0.01)
        return TASKS
