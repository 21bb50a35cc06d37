//! What to write instead of a command that cannot run, where there is something.

/// The hint for a command; None where nothing else does what it does.
pub(super) fn instead(command: &str) -> Option<&'static str> {
    Some(match command {
        "transaction" => "`stats min(_time) max(_time) values(x) by y` groups events as well",
        "join" | "selfjoin" => {
            "one search for the events of both, `a=1 OR b=2`, and `stats ... by` what joins them"
        }
        "append" | "appendcols" | "multisearch" | "union" | "set" => {
            "one search for the events of all, `a=1 OR b=2`, and `case` to tell them apart"
        }
        "inputlookup" => "`lookup` takes the values of a table to the events",
        "outputlookup" | "collect" | "sendemail" | "sendalert" => {
            "leave it out: an alert says what is found, and goes where the host sends it"
        }
        "timechart" | "chart" => "`bin _time span=1h` and `stats ... by _time x`",
        "mstats" | "mcatalog" => "metrics are no events: `stats` over events that carry them",
        "iplocation" => "`lookup` with a table whose networks match by `cidr`",
        "from" | "datamodel" | "pivot" => "`tstats ... from datamodel=X` asks a data model",
        "map" => "write out what is done for each",
        _ => return None,
    })
}
