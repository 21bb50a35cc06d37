# The rule without literals: `jq -n -c -f no-literals.jq FILE`.
reduce (inputs | select(.EventID > 4000)) as $event ({};
  .[$event.Hostname] += 1
)
| to_entries
| map({dest: .key, count: .value})
| {matches: (map(.count) | add // 0), groups: .}
