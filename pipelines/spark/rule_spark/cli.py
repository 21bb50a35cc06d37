"""The command: events in, alerts out, as a job of Spark's."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, Observation, SparkSession
from rule_module import RuleError

from .batch import detect
from .detections import configuration, read, timezone
from .stream import detect_stream

EXAMPLES = """\
examples:
  spark-submit --py-files rule_spark.zip detect.py --module rule-simd.wasm 's3a://logs/2021/*.gz' --output s3a://alerts/2021
  spark-submit --py-files rule_spark.zip detect.py --module rule-simd.wasm --rule transport.yml --from parquet s3a://lake/windows
  spark-submit --py-files rule_spark.zip detect.py --module rule-simd.wasm --stream --checkpoint s3a://state/exchange s3a://logs/incoming --output s3a://alerts/exchange
"""


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        _check(options)
        config = _config(options)
        spark = SparkSession.builder.getOrCreate()
        if options.stream:
            _stream(spark, options, config)
        else:
            _batch(spark, options, config)
    except (RuleError, ValueError, OSError, PySparkException) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="detect.py",
        description="Runs detections over tables and files of events with Apache Spark.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "inputs",
        nargs="+",
        metavar="INPUT",
        help="files, folders or patterns, as Spark reads them",
    )
    parser.add_argument(
        "--module",
        required=True,
        metavar="FILE",
        help="the module, `rule-simd.wasm` or a packed one",
    )
    rules = parser.add_argument_group("rules")
    rules.add_argument(
        "--rule",
        action="append",
        default=[],
        metavar="PATH",
        help="a detection's YAML, or a folder of them; without, the rules in the module",
    )
    rules.add_argument("--search", metavar="TEXT", help="a bare search")
    rules.add_argument(
        "--macros",
        action="append",
        default=[],
        metavar="PATH",
        help="a macro's YAML, or a folder of them",
    )
    rules.add_argument("--config", metavar="FILE", help="a configuration, YAML or JSON")
    rules.add_argument(
        "--window",
        metavar="WINDOW",
        help="`schedule`, `all`, or `every=1h,offset=50m,delay=10m`",
    )
    rules.add_argument(
        "--late",
        choices=["report", "amend"],
        help="what becomes of events that come after their windows, with `--stream`",
    )
    events = parser.add_argument_group("events")
    events.add_argument(
        "--from",
        dest="source",
        default="lines",
        metavar="SOURCE",
        help="`lines`: a record a line; `files`: whole files; `evtx`; or a table: `parquet`, `delta`, or another that Spark knows",
    )
    events.add_argument(
        "--column",
        metavar="NAME",
        help="of a table: the column that has the records; without, the columns are their fields",
    )
    events.add_argument(
        "--format",
        metavar="FORMAT",
        help="of the records: `json`, `xml`, `text`; of files `auto` and `csv` as well",
    )
    for name in ("sourcetype", "host", "source", "timezone"):
        events.add_argument(
            f"--{name}",
            dest=f"of_{name}",
            metavar="TEXT",
            help=f"the {name} of events that say none",
        )
    results = parser.add_argument_group("results")
    results.add_argument(
        "--output", metavar="PATH", help="where the alerts go; without, to standard output"
    )
    results.add_argument(
        "--to",
        default="text",
        metavar="FORMAT",
        help="`text`, a line of JSON each; or a table: `parquet`, `delta`",
    )
    stream = parser.add_argument_group("streams")
    stream.add_argument(
        "--stream",
        action="store_true",
        help="goes on with what comes; windows close by the clock",
    )
    stream.add_argument(
        "--checkpoint",
        metavar="PATH",
        help="where Spark keeps what it has read, and the state",
    )
    stream.add_argument(
        "--trigger", default="1 minute", metavar="TIME", help="how often it looks (1 minute)"
    )
    return parser


def _check(options: argparse.Namespace) -> None:
    if options.stream and not (options.checkpoint and options.output):
        raise ValueError("`--stream` needs `--checkpoint` and `--output`")
    if not options.stream and (options.checkpoint or options.late):
        raise ValueError("`--checkpoint` and `--late` are for streams: say `--stream`")
    if options.column and options.source in ("lines", "files", "evtx"):
        raise ValueError("`--column` is of a table: say which by `--from`")


def _config(options: argparse.Namespace) -> dict[str, Any]:
    base = read(options.config) if options.config else {}
    if not isinstance(base, dict):
        raise ValueError(f"`{options.config}`: a configuration is a mapping of keys to values")
    config = configuration(options.rule, options.search, options.macros, base)
    if options.window:
        config["window"] = _window(options.window)
    if options.late:
        config["late"] = options.late
    return config


def _window(text: str) -> str | dict[str, str]:
    if text in ("schedule", "all"):
        return text
    parts = [part.partition("=") for part in text.split(",")]
    for key, _, value in parts:
        if key.strip() not in ("every", "offset", "delay") or not value.strip():
            raise ValueError(
                f"`--window`: `{text}` is none of `schedule`, `all`, `every=1h,offset=50m,delay=10m`"
            )
    return {key.strip(): value.strip() for key, _, value in parts}


def _inputs(options: argparse.Namespace) -> dict[str, Any]:
    """What `detect` is told of the events."""
    settings = {
        name: getattr(options, f"of_{name}")
        for name in ("sourcetype", "host", "source", "timezone")
    }
    settings = {name: value for name, value in settings.items() if value is not None}
    if "timezone" in settings:
        settings["timezone"] = timezone(settings["timezone"])
    if options.source in ("files", "evtx"):
        format = "evtx" if options.source == "evtx" else options.format or "auto"
        return {
            "column": "content",
            "files": True,
            "name": "path",
            "format": format,
            "settings": settings,
        }
    column = "value" if options.source == "lines" else options.column
    return {"column": column, "format": options.format or "json", "settings": settings}


def _events(spark: SparkSession, options: argparse.Namespace) -> DataFrame:
    reader = spark.readStream if options.stream else spark.read
    if options.source == "lines":
        # A line ends where it does for the module.
        reader = reader.format("text").option("lineSep", "\n")
    elif options.source in ("files", "evtx"):
        reader = reader.format("binaryFile")
    else:
        reader = reader.format(options.source)
    if options.stream:
        if len(options.inputs) > 1:
            raise ValueError("a stream has one input: a folder, a pattern, or a table")
        if options.source in ("files", "evtx"):
            reader = reader.schema(
                "path string, modificationTime timestamp, length long, content binary"
            )
        else:
            spark.conf.set("spark.sql.streaming.schemaInference", "true")
        return reader.load(options.inputs[0])
    return reader.load(options.inputs)


def _batch(spark: SparkSession, options: argparse.Namespace, config: dict[str, Any]) -> None:
    counters = Observation()
    alerts = detect(
        _events(spark, options),
        options.module,
        config=config,
        counters=counters,
        **_inputs(options),
    )
    if options.output:
        alerts.write.format(options.to).save(options.output)
    else:
        # Not `toLocalIterator`: it has nothing observed.
        for row in alerts.collect():
            print(row.alert)
    print(counters.get["counters"], file=sys.stderr)


def _stream(spark: SparkSession, options: argparse.Namespace, config: dict[str, Any]) -> None:
    # One state has one key: of more partitions all others would be empty.
    spark.conf.set("spark.sql.shuffle.partitions", "1")
    alerts = detect_stream(
        _events(spark, options),
        options.module,
        config=config,
        counters="rule",
        **_inputs(options),
    )
    writer = alerts.writeStream.format(options.to)
    writer = writer.option("checkpointLocation", options.checkpoint)
    writer.trigger(processingTime=options.trigger).start(options.output).awaitTermination()
