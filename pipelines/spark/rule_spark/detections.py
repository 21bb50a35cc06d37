"""Detections and macros in their published form, as the module takes them: YAML files to
the configuration that ABI.md describes.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import yaml


class _Loader(yaml.SafeLoader):  # type: ignore[misc]
    """YAML as the published content means it, by the core schema of YAML 1.2: a date is
    a text, and so are `yes` and `12:30`."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}


for _tag, _form, _first in [
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", list("-+0123456789")),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", list("-+.0123456789")),
    ("merge", r"<<", ["<"]),
]:
    _Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(f"(?:{_form})$"), _first
    )


def _int(loader: _Loader, node: yaml.ScalarNode) -> int:
    text = node.value
    return int(text, 0) if text[:2] in ("0o", "0x") else int(text)


_Loader.add_constructor("tag:yaml.org,2002:int", _int)


def configuration(
    rules: Iterable[str | Path] = (),
    search: str | None = None,
    macros: Iterable[str | Path] = (),
    base: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """A configuration: the detections of files and folders, a bare search, and macros,
    over a configuration that there is.

    A detection's file is YAML, or ends in `.spl` and is a bare search. Of a folder those
    run that can, and what is no detection is passed over. Of a key that stands twice the
    last counts.

    Raises `ValueError` and `OSError` where a file is not what it should be.
    """
    config = dict(base or {})
    found: list[dict[str, Any]] = []
    for path in map(Path, rules):
        if path.is_dir():
            inside = [_detection(file) for file in _files(path, (".yml", ".yaml", ".spl"))]
            found += [detection for detection in inside if detection is not None]
            config["refused"] = "skip"
            continue
        detection = _detection(path)
        if detection is None:
            raise ValueError(f"`{path}`: this is no detection: it has no key `search`")
        found.append(detection)
    if search is not None:
        found.append(_bare("search", search))
    if found:
        config["detections"] = found
    known = dict(config.get("macros", {}))
    for path in map(Path, macros):
        for file in _files(path, (".yml", ".yaml")) if path.is_dir() else [path]:
            known.update(_macro(file))
    if known:
        config["macros"] = known
    defaults = config.get("defaults", {})
    if isinstance(defaults.get("timezone"), str):
        config["defaults"] = {**defaults, "timezone": timezone(defaults["timezone"])}
    return config


def read(path: str | Path) -> Any:
    """A file of YAML; one that ends in `.json` is read as JSON.

    Raises `ValueError` where it is none, with the place.
    """
    text = Path(path).read_text(encoding="utf-8")
    try:
        if Path(path).suffix.lower() == ".json":
            return json.loads(text)
        return yaml.load(text, _Loader)
    except (yaml.YAMLError, json.JSONDecodeError) as error:
        raise ValueError(f"`{path}`: {' '.join(str(error).split())}") from error


def timezone(name: str) -> str | dict[str, str]:
    """A time zone as the module takes it: a name such as `Europe/Berlin` with its data,
    which the module does not carry; anything else as it is."""
    if name == "UTC" or not re.fullmatch(r"[A-Za-z_]+(/[A-Za-z0-9_+-]+)*", name):
        return name
    data = resources.files("tzdata").joinpath("zoneinfo", *name.split("/"))
    if not data.is_file():
        raise ValueError(
            f"`{name}`: there is no such time zone; give a name such as `Europe/Berlin`"
        )
    return {"name": name, "tzif": base64.b64encode(data.read_bytes()).decode()}


def _files(folder: Path, endings: tuple[str, ...]) -> Iterator[Path]:
    # By their parts, as a walk that sorts each folder comes to them.
    for path in sorted(folder.rglob("*"), key=lambda path: path.parts):
        if path.suffix.lower() in endings and path.is_file():
            yield path


def _detection(path: Path) -> dict[str, Any] | None:
    if path.suffix.lower() == ".spl":
        return _bare(path.stem, path.read_text(encoding="utf-8"))
    body = read(path)
    return body if isinstance(body, dict) and "search" in body else None


def _bare(name: str, search: str) -> dict[str, Any]:
    """A detection around a search: the same search has the same id, as in `host-runner`."""
    search = search.strip()
    return {
        "name": name,
        "id": hashlib.sha256(search.encode()).hexdigest()[:32],
        "search": search,
    }


def _macro(path: Path) -> dict[str, Any]:
    body = read(path)
    if not isinstance(body, dict) or not {"name", "definition"} <= body.keys():
        raise ValueError(f"`{path}`: a macro's file has the keys `name` and `definition`")
    return {
        body["name"]: {
            "definition": body["definition"],
            "arguments": body.get("arguments") or [],
        }
    }
