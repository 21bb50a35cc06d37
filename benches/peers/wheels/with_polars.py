"""Polars over a file of JSON lines, in one thread: `with_polars.py RULES FILE`.

Prints what it found as one JSON line, and the CPU time until it began to read. The
variable POLARS_MAX_THREADS has to be 1.
"""

import json
import sys
import time

import polars as pl

SCHEMA = {
    "Channel": pl.String,
    "EventID": pl.Int64,
    "Hostname": pl.String,
    "TimeCreated": pl.String,
    "Message": pl.String,
}

TEXTS = [
    "New-MailboxExportRequest",
    "New-ManagementRoleAssignment",
    "New-MailboxSearch",
    "Get-Recipient",
    "Search-Mailbox",
]


def builtin(events: pl.LazyFrame) -> pl.LazyFrame:
    hits = events.filter(
        pl.col("Channel") == "MSExchange Management",
        pl.col("EventID") == 1,
        pl.col("Message").str.contains_any(TEXTS, ascii_case_insensitive=True),
    )
    return hits.group_by(dest="Hostname", message="Message").agg(
        count=pl.len(),
        first=pl.col("TimeCreated").min().str.slice(0, 19),
        last=pl.col("TimeCreated").max().str.slice(0, 19),
    )


def no_literals(events: pl.LazyFrame) -> pl.LazyFrame:
    hits = events.filter(pl.col("EventID") > 4000)
    return hits.group_by(dest="Hostname").agg(count=pl.len())


def main() -> None:
    rules, file = sys.argv[1:]
    query = {"builtin": builtin, "no-literals": no_literals}[rules]
    start = time.process_time()
    events = pl.scan_ndjson(file, schema=SCHEMA)
    groups = query(events).collect(engine="streaming").to_dicts()
    matches = sum(group["count"] for group in groups)
    print(json.dumps({"matches": matches, "groups": groups, "start": start}))


main()
