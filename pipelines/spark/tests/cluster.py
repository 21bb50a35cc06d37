"""The cluster of the tests: two executors, each a process of its own, on this machine.

`HOST_RUNNER` names the program, and `RULE_MODULE` the module; Spark is that of the
wheel. All tests of a run share one cluster, since to start one takes longer than a test.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pyspark

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
MODULE = os.environ["RULE_MODULE"]
HOST_RUNNER = os.environ["HOST_RUNNER"]

sys.path.insert(0, str(HERE.parent))
sys.path.insert(0, str(ROOT / "examples" / "python"))

import pack  # noqa: E402
from pyspark.sql import DataFrame, Observation, SparkSession  # noqa: E402

# What a JVM spends on its own speed is more than the tests are worth.
JVM = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"

FOLDER = "RULE_SPARK_FOLDER"
"""The variable that names the folder of a run."""


@functools.cache
def folder() -> Path:
    """A folder for what the tests write. A process that a test starts, and may kill, has
    that of the test."""
    given = os.environ.get(FOLDER)
    if given is not None:
        return Path(given)
    made = tempfile.TemporaryDirectory(prefix="rule-spark-")
    atexit.register(made.cleanup)
    return Path(made.name)


def environment() -> dict[str, str]:
    """The environment of whatever starts Spark."""
    return {
        **os.environ,
        FOLDER: str(folder()),
        "SPARK_HOME": str(Path(pyspark.__file__).parent),
        "PYSPARK_PYTHON": sys.executable,
        "PYSPARK_DRIVER_PYTHON": sys.executable,
        "SPARK_LOCAL_IP": "127.0.0.1",
        # Where the executors' folders are made.
        "SPARK_WORKER_DIR": str(folder() / "work"),
    }


def package() -> str:
    """What the executors are given."""
    file = folder() / "rule_spark.zip"
    if not file.exists():
        pack.pack(file)
    return str(file)


def settings(master: str) -> dict[str, str]:
    java = folder() / "java"
    java.mkdir(exist_ok=True)
    return {
        "spark.master": master,
        "spark.submit.pyFiles": package(),
        "spark.driver.extraJavaOptions": f"{JVM} -Djava.io.tmpdir={java}",
        "spark.executor.extraJavaOptions": JVM,
        "spark.driver.host": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.shuffle.partitions": "4",
        "spark.sql.warehouse.dir": str(folder() / "warehouse"),
        "spark.local.dir": str(folder() / "local"),
        # What goes wrong is in the exceptions; what is killed on purpose is not of interest.
        "spark.log.level": "FATAL",
    }


@functools.cache
def spark() -> SparkSession:
    """The session of the tests."""
    os.environ.update(environment())
    builder = SparkSession.builder
    for key, value in settings("local-cluster[2,1,1024]").items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    atexit.register(session.stop)
    return session


def host_runner(*arguments: str | Path) -> list[str]:
    """The alerts that the program gives."""
    command = [HOST_RUNNER, "run", "--quiet", *map(str, arguments)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    if ran.returncode != 0:
        raise AssertionError(f"{command}: {ran.stderr}")
    return ran.stdout.split("\n")[:-1]


def executors() -> list[int]:
    """The processes of the executors of the cluster that runs."""
    application = SparkSession.active().sparkContext.applicationId
    running = []
    for process in Path("/proc").iterdir():
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if (
            b"org.apache.spark.executor.CoarseGrainedExecutorBackend" in words
            and application.encode() in words
        ):
            running.append(int(process.name))
    return running


def descendants(process: int) -> list[int]:
    """The processes that a process started, and those that they did."""
    found = []
    # What ends meanwhile has started nothing that is of interest.
    with contextlib.suppress(OSError):
        for thread in list(Path(f"/proc/{process}/task").iterdir()):
            with contextlib.suppress(OSError):
                for child in map(int, (thread / "children").read_text().split()):
                    found += [child, *descendants(child)]
    return found


def kill(process: int) -> None:
    """Ends a process and all that it started, at once and without a word."""
    for one in [process, *descendants(process)]:
        # It may have ended with the one that started it.
        with contextlib.suppress(ProcessLookupError):
            os.kill(one, signal.SIGKILL)


def alerts(found: DataFrame) -> list[str]:
    return [row.alert for row in found.collect()]


def counted(found: functools.partial[DataFrame]) -> tuple[list[str], str]:
    """The alerts and the counters of a call of `detect` that lacks `counters`."""
    counters = Observation()
    return alerts(found(counters=counters)), counters.get["counters"]
