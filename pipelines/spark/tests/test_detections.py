"""Published files are for the module what they are with `host-runner`."""

from __future__ import annotations

import json
import subprocess
import unittest
from pathlib import Path

import cluster
from rule_module import RuleModule
from rule_spark.cli import _window
from rule_spark.detections import configuration, read, timezone

CONTENT = cluster.ROOT.parent / "shared" / "data" / "escu"


class Detections(unittest.TestCase):
    def file(self, name: str, text: str) -> Path:
        file = cluster.folder() / name
        file.write_text(text, encoding="utf-8")
        return file

    def digest(self, config: dict[str, object]) -> str:
        module = RuleModule(Path(cluster.MODULE).read_bytes(), 1 << 30)
        with module.open(json.dumps(config).encode()) as session:
            return json.loads(session.describe())["digest"]

    def described(self, *arguments: str | Path) -> str:
        command = [cluster.HOST_RUNNER, "describe", "--output", "json", *map(str, arguments)]
        ran = subprocess.run(command, capture_output=True, text=True, check=True)
        return json.loads(ran.stdout)["digest"]

    def test_the_built_in_rules(self) -> None:
        rules = cluster.ROOT / "rules" / "detections"
        self.assertEqual(self.digest(configuration([rules])), self.described("--rule", rules))

    def test_published_content(self) -> None:
        if not CONTENT.is_dir():
            self.skipTest(f"there is no {CONTENT}")
        rules, macros = CONTENT / "detections", CONTENT / "macros"
        wanted = self.described("--rule", rules, "--macros", macros)
        self.assertEqual(self.digest(configuration([rules], macros=[macros])), wanted)

    def test_a_bare_search(self) -> None:
        search = " EventCode=1 | stats count by host\n"
        wanted = self.described("--search", search)
        self.assertEqual(self.digest(configuration(search=search)), wanted)
        file = self.file("mine.spl", search)
        found = configuration([file])["detections"][0]
        self.assertEqual((found["name"], found["search"]), ("mine", search.strip()))

    def test_yaml_keeps_its_types(self) -> None:
        text = (
            "version: 3\nday: 2024-05-12\nat: 12:30\nwords: [yes, no, on, true, null, ~]\n"
            "numbers: [1e3, 0x1f, 08, 1.5, T1059]\nversion: 4\n"
        )
        wanted = {
            "version": 4,
            "day": "2024-05-12",
            "at": "12:30",
            "words": ["yes", "no", "on", True, None, None],
            "numbers": [1000.0, 31, 8, 1.5, "T1059"],
        }
        self.assertEqual(read(self.file("types.yml", text)), wanted)

    def test_files_that_are_none(self) -> None:
        for name, text, said in [
            ("a.yml", "name: A\n", "has no key `search`"),
            ("b.yml", "name: [A\nsearch: b\n", "line 2"),
            ("c.json", '{"name": "A",}', "line 1"),
        ]:
            with self.subTest(name), self.assertRaisesRegex(ValueError, said):
                configuration([self.file(name, text)])
        with self.assertRaisesRegex(ValueError, "`definition`"):
            configuration(macros=[self.file("d.yml", "name: d\n")])

    def test_time_zones(self) -> None:
        for name in ("UTC", "+02:00", "CET-1CEST,M3.5.0,M10.5.0/3"):
            self.assertEqual(timezone(name), name)
        self.assertEqual(timezone("Europe/Berlin")["name"], "Europe/Berlin")
        config = configuration(base={"defaults": {"timezone": "Europe/Berlin"}})
        self.assertTrue(self.digest(config))
        with self.assertRaisesRegex(ValueError, "no such time zone"):
            timezone("Europe/Nowhere")

    def test_windows(self) -> None:
        self.assertEqual(_window("all"), "all")
        wanted = {"every": "1h", "offset": "50m"}
        self.assertEqual(_window("every=1h, offset=50m"), wanted)
        for wrong in ("hourly", "every", "every=1h,at=2h"):
            with self.subTest(wrong), self.assertRaisesRegex(ValueError, "--window"):
                _window(wrong)


if __name__ == "__main__":
    unittest.main()
