"""The module and its configuration, on their way to the executors.

The driver compiles the module, some seconds, and opens it once, so that a rule that
cannot run is an error before any task. What it compiled is broadcast: an executor
takes it up in milliseconds, and compiles only where its processor or its wasmtime is
another. Each Python process of an executor keeps what it has opened, so that a task
opens nothing.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rule_module import RuleModule, Session
from wasmtime import WasmtimeError

if TYPE_CHECKING:
    from pyspark import Broadcast
    from pyspark.sql import SparkSession

MEMORY_LIMIT = 1 << 30
"""The bytes of memory that the module may have in a task. It takes what it needs: under
64 MiB with the default limits, and what is given to it at once."""


class Rules:
    """A module with a configuration, ready to be sent to the executors."""

    def __init__(
        self,
        spark: SparkSession,
        module: str | Path | bytes,
        config: dict[str, Any] | None = None,
        memory_limit: int = MEMORY_LIMIT,
    ) -> None:
        """Takes the module, its path or its bytes, and the configuration that ABI.md
        describes; with none, the rules inside the module run.

        Raises `RuleError` where the module refuses the configuration.
        """
        wasm = module if isinstance(module, bytes) else Path(module).read_bytes()
        self._module = _Shared.of(spark, wasm, memory_limit)
        self._config = json.dumps(config or {}).encode()
        self._key = self._module.key + hashlib.sha256(self._config).digest()
        with self.session():
            # Rules that cannot run are an error here, and not in every task.
            pass

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session in which nothing was read. It goes back to where it came from."""
        with _LOCK:
            found = next((idle for idle in _IDLE if idle[0] == self._key), None)
            if found is not None:
                _IDLE.remove(found)
        if found is not None:
            _, session, empty = found
            session.restore(empty)
        else:
            session = self._module.load().open(self._config)
            empty = session.snapshot()
        yield session
        # Not where something was raised: after a trap a session is of no more use.
        with _LOCK:
            _IDLE.append((self._key, session, empty))
            if len(_IDLE) > MOST_IDLE:
                _IDLE.pop(0)[1].close()


MOST_IDLE = 2
"""So many sessions stay open in a process, each with the memory that it once needed."""

_IDLE: list[tuple[bytes, Session, bytes]] = []
"""Of this process: sessions that nobody uses, the last used last, each with what it was
opened with and the state that it began with."""

_LOCK = threading.Lock()
"""Of the idle sessions: a driver may have several threads."""

_LOADED: dict[bytes, RuleModule] = {}
"""Of this process: the modules that are compiled."""


def fixed(config: dict[str, Any] | None, clock: str) -> dict[str, Any]:
    """A configuration with what it cannot choose here.

    Raises `ValueError` where it says otherwise.
    """
    config = dict(config or {})
    if config.get("clock", clock) != clock:
        raise ValueError(
            f"`clock` is `{clock}` here: with another, the order of the events would count"
        )
    if config.get("early", False):
        raise ValueError(
            "`early` cannot be had: events are read in parts, and no part has the whole row"
        )
    return {**config, "clock": clock, "early": False}


class _Shared:
    """A module that is compiled once, by the driver."""

    def __init__(
        self, key: bytes, memory_limit: int, wasm: Broadcast[bytes], compiled: Broadcast[bytes]
    ) -> None:
        self.key = key
        self._memory_limit = memory_limit
        self._wasm = wasm
        self._compiled = compiled

    @classmethod
    def of(cls, spark: SparkSession, wasm: bytes, memory_limit: int) -> _Shared:
        """Compiles and broadcasts a module, where this application has not yet."""
        key = hashlib.sha256(b"%d " % memory_limit + wasm).digest()
        context = spark.sparkContext
        shared = _BROADCAST.get((context.applicationId, key))
        if shared is None:
            if key not in _LOADED:
                _LOADED[key] = RuleModule(wasm, memory_limit)
            compiled = context.broadcast(_LOADED[key].compiled())
            shared = cls(key, memory_limit, context.broadcast(wasm), compiled)
            _BROADCAST[context.applicationId, key] = shared
        return shared

    def load(self) -> RuleModule:
        """The module in this process."""
        if self.key not in _LOADED:
            _LOADED[self.key] = self._loaded()
        return _LOADED[self.key]

    def _loaded(self) -> RuleModule:
        try:
            return RuleModule.from_compiled(self._compiled.value, self._memory_limit)
        except WasmtimeError:
            # Made for another processor, or by another version of wasmtime.
            return RuleModule(self._wasm.value, self._memory_limit)


_BROADCAST: dict[tuple[str, bytes], _Shared] = {}
"""Of the driver: what was broadcast, by application and module."""
