"""Generated events, as many as are asked for: the same for the same numbers."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

START = 1615680000
"""The first second, 2021-03-14T00:00:00Z."""

HOURS = 24


def events(spark: SparkSession, count: int, tasks: int, *, skew: bool = False) -> DataFrame:
    """Lines of JSON, as NXLog writes the events of Windows: one of a hundred is a hit of
    the built-in detection, of 20 hosts and 5 messages. With `skew`, nine of ten hits are
    of one host and one message."""
    hit = _number("hit", 100) == 0
    rare = (_number("skew", 10) == 0) if skew else F.lit(True)
    host = F.format_string(
        "EX%02d.example.com", F.when(rare, _number("host", 20)).otherwise(F.lit(7))
    )
    user = F.when(rare, _number("user", 5)).otherwise(F.lit(3))
    found = F.format_string(
        'Cmdlet suceeded. Cmdlet New-MailboxExportRequest, parameters -Mailbox "user%d" -FilePath "\\\\127.0.0.1\\c$\\%d.aspx".',
        user,
        user,
    )
    other = F.format_string(
        "An account was successfully logged on.\r\n\r\nSubject:\r\n\tSecurity ID:\t\tS-1-5-18\r\n\tLogon ID:\t\t0x%x\r\n\r\nLogon Type:\t\t\t%d",
        _number("logon", 1 << 30),
        _number("type", 10),
    )
    millis = F.lit(START * 1000) + _number("time", HOURS * 3600 * 1000)
    fields = {
        "EventTime": F.date_format(F.timestamp_millis(millis), "yyyy-MM-dd HH:mm:ss"),
        "Hostname": host,
        "EventType": F.lit("INFO"),
        "EventID": F.when(hit, 1).otherwise(4624),
        "SourceName": F.when(hit, "MSExchange CmdletLogs").otherwise(
            "Microsoft-Windows-Security-Auditing"
        ),
        "Channel": F.when(hit, "MSExchange Management").otherwise("Security"),
        "RecordNumber": F.col("id"),
        "TimeCreated": F.date_format(
            F.timestamp_millis(millis), "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'"
        ),
        "Message": F.when(hit, found).otherwise(other),
    }
    record = F.struct(*(value.alias(name) for name, value in fields.items()))
    return spark.range(0, count, 1, tasks).select(F.to_json(record).alias("value"))


def _number(of: str, below: int) -> Column:
    """A number that looks random, of an event."""
    return F.pmod(F.xxhash64("id", F.lit(of)), F.lit(below))
