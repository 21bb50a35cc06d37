"""Runs the module over a file: `python detect.py RULE.wasm EVENTS [CONFIG.json]`.

Alerts go to standard output as lines of JSON, the counters to standard error.
"""

import sys
from pathlib import Path

from rule_module import RuleError, RuleModule, Session
from wasmtime import Trap, WasmtimeError

PIECE = 64 * 1024
"""How many bytes are read, and given to the module, at once."""


def main(arguments: list[str]) -> int:
    if len(arguments) not in (2, 3):
        print("usage: detect.py RULE.wasm EVENTS [CONFIG.json]", file=sys.stderr)
        return 1
    module, events, *config = arguments
    try:
        detect(module, events, Path(config[0]).read_bytes() if config else b"")
    except (OSError, ValueError, RuleError, Trap, WasmtimeError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def detect(module: str, events: str, config: bytes) -> None:
    with RuleModule.load(module).open(config) as session, open(events, "rb") as file:
        while piece := file.read(PIECE):
            if session.push(piece) > 0:
                print_alerts(session)
        if session.finish() > 0:
            print_alerts(session)
        print(session.counters().decode(), file=sys.stderr)


def print_alerts(session: Session) -> None:
    while lines := session.alerts():
        sys.stdout.buffer.write(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
