"""The detection module under wasmtime.

`RuleModule` is the module, compiled once. Each `Session` is an instance of it with
one open session: they share nothing, so each may have a thread of its own.

    module = RuleModule.load("rule.wasm")
    with module.open() as session:
        if session.push(b'{"EventCode":1}\\n') > 0:
            print(session.alerts().decode(), end="")

ABI.md says what each call means, and the form of all JSON.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from wasmtime import Engine, Func, Instance, Memory, Module, Store

T = TypeVar("T")

ABI_MAJOR = 1
"""The version of the interface that this host knows."""

MEMORY_LIMIT = 64 << 20
"""The bytes of memory that an instance may have: enough for the default limits.
`Session.describe` says under `memory.needed` what other limits take."""


class RuleError(Exception):
    """The module refused a call. The session is as it was before.

    What else can happen is wasmtime's: no module, or a trap, after which a session
    is of no more use.
    """

    def __init__(self, error: bytes) -> None:
        said = json.loads(error)
        self.code: str = said["code"]
        """Which error it is, such as `unknown_key`."""
        self.message: str = said["message"]
        """What is wrong, where, and what to do."""
        self.json = error
        """All that `rule_last_error` gave, which may say more."""
        super().__init__(f"{self.code}: {self.message}")


class RuleModule:
    """The module, compiled."""

    def __init__(self, wasm: bytes, memory_limit: int = MEMORY_LIMIT) -> None:
        """Compiles `wasm`; each instance may have `memory_limit` bytes of memory."""
        engine = Engine()
        self._hold(engine, Module(engine, wasm), memory_limit)

    def _hold(self, engine: Engine, module: Module, memory_limit: int) -> None:
        self._engine = engine
        self._module = module
        self._memory_limit = memory_limit

    @classmethod
    def load(cls, path: str | Path) -> RuleModule:
        """Reads and compiles the module at `path`."""
        return cls(Path(path).read_bytes())

    @classmethod
    def from_compiled(cls, code: bytes, memory_limit: int = MEMORY_LIMIT) -> RuleModule:
        """Takes what `compiled` gave, of whom one trusts: it is run as it is. To compile
        takes seconds, this milliseconds.

        Raises `WasmtimeError` where it is for another processor or version of wasmtime.
        """
        engine = Engine()
        module = cls.__new__(cls)
        module._hold(engine, Module.deserialize(engine, code), memory_limit)
        return module

    def compiled(self) -> bytes:
        """The machine code, to be kept or sent to other processes."""
        return bytes(self._module.serialize())

    def open(self, config: bytes = b"") -> Session:
        """Opens a session with a configuration in JSON; an empty one runs the
        detections that the module carries.

        Raises `RuleError` where the module refuses the configuration.
        """
        store = Store(self._engine)
        store.set_limits(memory_size=self._memory_limit)
        return Session(store, Instance(store, self._module, []), config)


class Session:
    """An open session. Each call that the module refuses raises `RuleError`."""

    def __init__(self, store: Store, instance: Instance, config: bytes) -> None:
        """Used by `RuleModule.open`."""
        self._store = store
        self._exports = instance.exports(store)
        memory = self._exports["memory"]
        assert isinstance(memory, Memory)
        self._memory = memory
        major = self._call("rule_abi_version") >> 16
        if major != ABI_MAJOR:
            raise ValueError(f"the module's interface is version {major}, not {ABI_MAJOR}")
        # While nothing is open the handle is 0, that of `rule_open`'s errors.
        self._handle = 0
        self._handle = self._with_bytes(
            config, lambda pointer, length: self._number("rule_open", pointer, length)
        )

    def input(self, settings: bytes) -> None:
        """Begins an input, such as `{"name":"a.xml","format":"xml"}`."""
        self._give("rule_input", settings)

    def push(self, data: bytes | memoryview) -> int:
        """Bytes of the input, cut anywhere; the number of alerts that wait."""
        return self._give("rule_push", data)

    def advance(self, now_ms: int) -> int:
        """Tells the time, in milliseconds since 1970; the number of alerts that wait."""
        return self._number("rule_advance", self._handle, now_ms)

    def finish(self) -> int:
        """The end of all input and of time; the number of alerts that wait."""
        return self._number("rule_finish", self._handle)

    def alerts(self) -> bytes:
        """Alerts that wait, as lines of JSON, taken. There may be more than are given
        at once: none wait any more when nothing is given."""
        return self._take("rule_alerts")

    def counters(self) -> bytes:
        """What was read, matched and left out, as JSON."""
        return self._take("rule_counters")

    def describe(self) -> bytes:
        """The rules, limits and memory, as JSON."""
        return self._take("rule_describe")

    def explain(self, record: bytes) -> bytes:
        """Which part of each search holds for a record, as JSON."""
        return self._with_bytes(
            record,
            lambda pointer, length: self._take("rule_explain", pointer, length),
        )

    def snapshot(self) -> bytes:
        """The whole state, to be kept."""
        return self._take("rule_snapshot")

    def restore(self, snapshot: bytes) -> None:
        """Goes on from a state that was kept, of the same rules and settings."""
        self._give("rule_restore", snapshot)

    def merge(self, snapshot: bytes) -> int:
        """Joins the state of a session that read another part of the same events; the
        number of alerts that wait."""
        return self._give("rule_merge", snapshot)

    def close(self) -> None:
        """Gives back the instance and all that it held."""
        self._store.close()

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _call(self, export: str, *arguments: int) -> int:
        function = self._exports[export]
        assert isinstance(function, Func)
        result = function(self._store, *arguments)
        return result if result is not None else 0

    def _number(self, export: str, *arguments: int) -> int:
        """A number from the module: below 0 it is an error."""
        number = self._call(export, *arguments)
        if number < 0:
            raise self._last_error()
        return number

    def _give(self, export: str, data: bytes | memoryview) -> int:
        """Calls `export` with bytes, and checks the number that it gives."""
        return self._with_bytes(
            data,
            lambda pointer, length: self._number(export, self._handle, pointer, length),
        )

    def _take(self, export: str, *arguments: int) -> bytes:
        """Calls `export`, and copies the bytes that it gives: 0 is an error."""
        packed = self._call(export, self._handle, *arguments)
        if packed == 0:
            raise self._last_error()
        return self._copy(packed)

    def _last_error(self) -> RuleError:
        return RuleError(self._copy(self._call("rule_last_error", self._handle)))

    def _with_bytes(self, data: bytes | memoryview, call: Callable[[int, int], T]) -> T:
        """Runs `call` while a copy of `data` is in the module's memory."""
        if not data:
            return call(0, 0)
        pointer = self._call("malloc", len(data)) & 0xFFFFFFFF
        if pointer == 0:
            raise _no_room(len(data))
        try:
            self._memory.write(self._store, bytearray(data), pointer)
            return call(pointer, len(data))
        finally:
            self._call("free", pointer)

    def _copy(self, packed: int) -> bytes:
        """Copies what a result points to: the module's next call may overwrite it."""
        start, length = packed >> 32 & 0xFFFFFFFF, packed & 0xFFFFFFFF
        return bytes(self._memory.read(self._store, start, start + length))


def _no_room(length: int) -> RuleError:
    message = f"the module has no memory for {length} bytes"
    return RuleError(json.dumps({"code": "out_of_memory", "message": message}).encode())
