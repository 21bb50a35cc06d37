"""The detection module on Apache Spark: the same rows from many machines.

    from rule_spark import detect

    alerts = detect(spark.read.text("s3a://logs/2021/*.gz"), "rule-simd.wasm")
    alerts.write.text("s3a://alerts/2021")

`detect` is for what is there, `detect_stream` for what still comes. README.md says how
both work, ABI.md what the module takes and gives.
"""

from rule_module import RuleError

from .batch import detect
from .rules import Rules
from .stream import detect_stream

__all__ = ["RuleError", "Rules", "detect", "detect_stream"]
