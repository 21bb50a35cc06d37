"""DuckDB over a file of JSON lines, in one thread: `with_duckdb.py RULES FILE`.

Prints what it found as one JSON line, and the CPU time until it began to read.
"""

import json
import sys
import time

import duckdb

COLUMNS = """{Channel: 'VARCHAR', EventID: 'INTEGER', Hostname: 'VARCHAR',
              TimeCreated: 'VARCHAR', Message: 'VARCHAR'}"""

# The extension for JSON is in the wheel. The longest record has 7 MiB, and a buffer
# holds at least one.
READ = f"read_ndjson(?, columns = {COLUMNS}, maximum_object_size = 16777216)"

QUERIES = {
    "builtin": f"""
        SELECT Hostname, Message, count(*), min(TimeCreated)[:19], max(TimeCreated)[:19]
        FROM {READ}
        WHERE Channel = 'MSExchange Management' AND EventID = 1 AND (
            contains(lower(Message), 'new-mailboxexportrequest')
            OR contains(lower(Message), 'new-managementroleassignment')
            OR contains(lower(Message), 'new-mailboxsearch')
            OR contains(lower(Message), 'get-recipient')
            OR contains(lower(Message), 'search-mailbox'))
        GROUP BY Hostname, Message""",
    "no-literals": f"""
        SELECT Hostname, '', count(*), '', '' FROM {READ}
        WHERE EventID > 4000 GROUP BY Hostname""",
}


def main() -> None:
    rules, file = sys.argv[1:]
    connection = duckdb.connect(config={"threads": 1})
    start = time.process_time()
    rows = connection.execute(QUERIES[rules], [file]).fetchall()
    names = ("dest", "message", "count", "first", "last")
    groups = [dict(zip(names, row)) for row in rows]
    matches = sum(group["count"] for group in groups)
    print(json.dumps({"matches": matches, "groups": groups, "start": start}))


main()
