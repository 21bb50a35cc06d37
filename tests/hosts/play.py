"""Answers what tests/src/host/child.rs asks, over the host of examples/python.

`play.py RULE.wasm`
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import BinaryIO

sys.path.insert(0, str(Path(__file__).parents[2] / "examples" / "python"))

from rule_module import RuleError, RuleModule, Session


def main() -> None:
    module = RuleModule.load(sys.argv[1])
    session: Session | None = None
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    while line := requests.readline():
        verb, length = line.split()
        data = requests.read(int(length))
        try:
            if verb == b"open":
                if session is not None:
                    session.close()
                session = module.open(data)
                write(answers, b"ok", b"")
            else:
                assert session is not None
                write(answers, b"ok", answer(session, verb.decode(), data))
        except RuleError as error:
            write(answers, b"refused", error.json)


def answer(session: Session, verb: str, data: bytes) -> bytes:
    if verb in ("push", "merge"):
        return b"%d" % getattr(session, verb)(data)
    if verb == "advance":
        return b"%d" % session.advance(int(data))
    if verb == "finish":
        return b"%d" % session.finish()
    if verb in ("input", "restore"):
        getattr(session, verb)(data)
        return b""
    if verb == "explain":
        return session.explain(data)
    if verb in ("alerts", "counters", "describe", "snapshot"):
        return bytes(getattr(session, verb)())
    raise ValueError(verb)


def write(answers: BinaryIO, kind: bytes, data: bytes) -> None:
    answers.write(b"%s %d\n%s" % (kind, len(data), data))
    answers.flush()


main()
