"""The cases of `tests/cases`, their records spread over two executors: the alerts are
those of one session that reads all of them, byte for byte, and what the case expects."""

from __future__ import annotations

import json
import unittest
from multiprocessing.pool import ThreadPool
from pathlib import Path
from typing import Any

import cluster
import pyarrow as pa
from cases import Case, collection
from pyspark.sql import DataFrame
from rule_module import RuleError, RuleModule
from rule_spark import detect

AT_ONCE = 6
"""So many cases are played at a time."""


class Cases(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.module = RuleModule(Path(cluster.MODULE).read_bytes(), 1 << 30)
        cls.cases = list(collection())

    def test_rules_that_cannot_run(self) -> None:
        refused = 0
        for case in self.cases:
            try:
                self.module.open(json.dumps(case.config).encode()).close()
            except RuleError as error:
                refused += 1
                with self.subTest(case.name), self.assertRaises(RuleError) as raised:
                    table(case)
                self.assertEqual(raised.exception.json, error.json)
        self.assertGreater(refused, 50)

    def test_alerts(self) -> None:
        cases = [case for case in self.cases if "error" not in case.expected]
        self.assertGreater(len(cases), 300)
        # One after the other, the driver would have more to do than the executors.
        with ThreadPool(AT_ONCE) as pool:
            found = pool.map(lambda case: cluster.alerts(table(case)), cases)
        for case, alerts in zip(cases, found):
            with self.subTest(case.name):
                self.check(case, alerts)

    def check(self, case: Case, alerts: list[str]) -> None:
        self.assertEqual(alerts, self.in_one(case))
        got = [json.loads(alert) for alert in alerts]
        wanted = dict(case.expected.get("members", {}))
        if "rows" in case.expected:
            wanted["row"] = case.expected["rows"]
        for key, values in wanted.items():
            self.assertEqual(
                [alert.get(key) for alert in got],
                [json.loads(value) if value else None for value in values],
            )
        if "alerts" in case.expected:
            self.assertEqual(alerts, case.expected["alerts"])

    def in_one(self, case: Case) -> list[str]:
        """The alerts of one session."""
        about: dict[str, Any] = {**case.settings, "format": case.how["format"]}
        if "name" in case.how:
            about["name"] = case.how["name"]
        with self.module.open(json.dumps(case.config).encode()) as session:
            for bytes in (
                case.rows
                if case.rows[0] is not case.whole and "files" in case.how
                else [case.whole]
            ):
                session.input(json.dumps(about).encode())
                session.push(bytes)
            session.finish()
            lines = b""
            while some := session.alerts():
                lines += some
        return lines.decode().split("\n")[:-1]


def table(case: Case) -> DataFrame:
    """What `detect` makes of a case."""
    how = dict(case.how)
    columns = {"value": pa.array(case.rows, pa.binary())}
    if "name" in how:
        columns["name"] = pa.array([how["name"]] * len(case.rows), pa.string())
        how["name"] = "name"
    events = cluster.spark().createDataFrame(pa.table(columns))
    return detect(
        events, cluster.MODULE, config=case.config, settings=case.settings, levels=0, **how
    )
