"""The cases of `tests/cases`, as far as they are of what is there: no clock, no stream.

`tests/src/case.rs` says what a case is. Here its records become the rows of a table, or,
where it cannot be said what a record is, the whole input one row.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[3] / "tests" / "cases"


@dataclass
class Case:
    """A case, and how it is read."""

    name: str
    config: dict[str, Any]
    rows: list[bytes] = field(default_factory=list)
    whole: bytes = b""
    how: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    expected: dict[str, Any] = field(default_factory=dict)


def collection() -> Iterator[Case]:
    """The cases that can be played."""
    for file in sorted(FOLDER.glob("*.toml")):
        subject = tomllib.loads(file.read_text(encoding="utf-8"))
        for one in subject["case"]:
            name = f"{file.stem}::{one['name']}"
            config = _config(subject.get("config", {}), one)
            if config is None or config.get("clock", "end") != "end" or config.get("early"):
                continue
            if case := _played(name, config, one):
                yield case
            probes = [(text, True) for text in one.get("hits", [])] + [
                (text, False) for text in one.get("misses", [])
            ]
            if probes:
                rows = [text.encode() for text, _ in probes]
                matches = sum(hits for _, hits in probes)
                how = {"files": True, "format": "auto"}
                yield Case(
                    f"{name}, hits",
                    config,
                    rows,
                    b"",
                    how,
                    {},
                    {"counters": {"matches": matches}},
                )


def _config(common: dict[str, Any], one: dict[str, Any]) -> dict[str, Any] | None:
    own = one.get("config", {})
    if isinstance(own, str):
        # It is there for how it is written, which is lost here.
        return None
    config = {**common, **own}
    if "search" in one:
        config["detections"] = {"name": "Case", "id": "case", "search": one["search"]}
    return config


def _played(name: str, config: dict[str, Any], one: dict[str, Any]) -> Case | None:
    steps = [{"text": one["input"]}] if "input" in one else list(one.get("steps", []))
    settings: dict[str, Any] = {}
    # A step that is a text is the end, or looks at what waits.
    if not all(isinstance(step, dict) for step in steps):
        return None
    if steps and "input" in steps[0]:
        settings = dict(steps.pop(0)["input"])
    if (
        not all(step.keys() <= {"text", "hex", "repeat"} for step in steps)
        or "stream" in settings
    ):
        return None
    if not steps and "error" not in one:
        return None
    whole = b"".join(map(_bytes, steps))
    kept = {
        key: one[key]
        for key in ("alerts", "rows", "members", "windows", "error")
        if key in one
    }
    rest = {
        key: settings[key]
        for key in ("sourcetype", "host", "source", "timezone")
        if key in settings
    }
    if set(settings) - set(rest) - {"format", "name"}:
        return None
    records = _records(whole) if settings.get("format", "auto") in ("auto", "json") else None
    if records is not None and "samples" not in config:
        return Case(name, config, records, whole, {"format": "json"}, rest, kept)
    how = {"files": True, "format": settings.get("format", "auto")}
    if "name" in settings:
        how["name"] = settings["name"]
    return Case(name, config, [whole], whole, how, rest, kept)


def _bytes(step: dict[str, Any]) -> bytes:
    if "text" in step:
        return step["text"].encode()
    if "hex" in step:
        return bytes.fromhex(step["hex"])
    text, count = step["repeat"]
    return text.encode() * count


def _records(whole: bytes) -> list[bytes] | None:
    """JSON objects one after the other, each as it is written; none where it is anything
    else."""
    try:
        text = whole.decode()
    except UnicodeDecodeError:
        return None
    decoder, records, at = json.JSONDecoder(), [], 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        if text[at] != "{":
            return None
        try:
            _, end = decoder.raw_decode(text, at)
        except (json.JSONDecodeError, RecursionError):
            return None
        records.append(text[at:end].encode())
        at = end
    return records or None
