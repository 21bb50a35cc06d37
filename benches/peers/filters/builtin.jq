# The built-in detection: `jq -n -c -f builtin.jq FILE`.
def texts: [
  "new-mailboxexportrequest", "new-managementroleassignment", "new-mailboxsearch",
  "get-recipient", "search-mailbox"
];

reduce (
  inputs
  | select(.Channel == "MSExchange Management" and .EventID == 1)
  | select(.Message | ascii_downcase as $message
      | any(texts[]; . as $text | $message | contains($text)))
) as $event ({};
  (.[$event.Hostname + "\t" + $event.Message]) |= {
    dest: $event.Hostname,
    message: $event.Message,
    count: ((.count // 0) + 1),
    first: ([.first // $event.TimeCreated[:19], $event.TimeCreated[:19]] | min),
    last: ([.last // $event.TimeCreated[:19], $event.TimeCreated[:19]] | max)
  }
)
| [.[]]
| {matches: (map(.count) | add // 0), groups: .}
