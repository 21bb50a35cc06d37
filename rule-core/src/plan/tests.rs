//! What runs, what is refused and how, and which fields of events a plan asks
//! for.

use super::*;
use crate::spl;
use serde_json::json;
use std::string::ToString;
use std::vec;

fn plan(text: &str) -> Result<Plan, Error> {
    let mut macros = Macros::new();
    macros.insert("renamed", "rename x AS y", vec![]);
    let sources = json!({"eventtypes": {"known": "a=1 b=2", "itself": "eventtype=itself"}});
    let sources = Sources::from_json(&sources).unwrap();
    let search = spl::parse(text, &macros)?;
    Plan::new(
        &search,
        &Context {
            sources: &sources,
            macros: &macros,
            lookups: &Default::default(),
            bounds: &Bounds::new(text.len(), &|_| true),
        },
    )
}

#[test]
fn what_cannot_run_is_named() {
    use Code::*;
    for (text, code, what, at) in [
        (
            "x=1 | transaction host",
            UnsupportedCommand,
            "transaction",
            "transaction",
        ),
        (
            "| tstats count from datamodel=Endpoint.Processes",
            UnsupportedFeature,
            "Endpoint.Processes",
            "Endpoint.Processes",
        ),
        (
            "| tstats count where index=x",
            UnsupportedFeature,
            "`tstats` without a data model",
            "tstats",
        ),
        (
            "x=1 | streamstats count by y",
            UnsupportedFeature,
            "`streamstats` over events: count them with `stats` first",
            "streamstats",
        ),
        (
            "x=1 [search y=2 | fields z]",
            UnsupportedFeature,
            "a subsearch",
            "[search y=2 | fields z]",
        ),
        (
            "x=1 earliest=-7d",
            UnsupportedFeature,
            "earliest",
            "earliest",
        ),
        (
            "x*=1",
            UnsupportedFeature,
            "a wildcard in the name of a field",
            "x*",
        ),
        (
            "x=1 | stats perc200(y)",
            UnsupportedFunction,
            "perc200",
            "perc200",
        ),
        (
            "x=1 | bin y span=3 aligntime=@d",
            UnsupportedOption,
            "bin aligntime",
            "aligntime",
        ),
        (
            "x=1 | bin y span=10log10",
            UnsupportedFeature,
            "the span `10log10`",
            "10log10",
        ),
        (
            "x=1 | rex field=y offset_field=z \"(?<a>b)\"",
            UnsupportedOption,
            "rex offset_field",
            "offset_field",
        ),
        (
            "x=1 | spath path=a{@b}.c",
            UnsupportedFeature,
            "the path `a{@b}.c`",
            "a{@b}.c",
        ),
        (
            "x=1 | mvcombine delim=\",\" a",
            UnsupportedOption,
            "mvcombine delim",
            "delim",
        ),
        (
            "x=1 | stats count by y | streamstats allnum=t count",
            UnsupportedOption,
            "streamstats allnum",
            "allnum",
        ),
        (
            "x=1 | makemv setsv=true y",
            UnsupportedOption,
            "makemv setsv",
            "setsv",
        ),
        (
            "x=1 | dedup keepevents=true y",
            UnsupportedOption,
            "dedup keepevents",
            "keepevents",
        ),
        (
            "x=1 | stats count by *",
            UnsupportedFeature,
            "a wildcard in a by-clause",
            "*",
        ),
        (
            "x=1 | stats allnum=true count",
            UnsupportedOption,
            "stats allnum",
            "allnum",
        ),
        (
            "x=1 | eval y=random()",
            UnsupportedFunction,
            "random",
            "random",
        ),
        ("x=1 | eval y=md5(z)", UnsupportedFunction, "md5", "md5"),
        ("x=1 | where md5(y)=z", UnsupportedFunction, "md5", "md5"),
        (
            "x=1 | where match(y, \"a(?=b)\")",
            UnsupportedFeature,
            "look-around",
            "\"a(?=b)\"",
        ),
        (
            "x=1 | where searchmatch(z)",
            UnsupportedFeature,
            "`searchmatch` with a search that is no text",
            "z",
        ),
        ("x=1 | convert sum(y)", UnsupportedFunction, "sum", "sum"),
        (
            "x=1 | convert ctime(*) AS y",
            UnsupportedFeature,
            "`AS` behind a wildcard",
            "*",
        ),
        (
            "x=1 | dedup a*",
            UnsupportedFeature,
            "a wildcard in `dedup`",
            "a*",
        ),
    ] {
        let error = plan(text).unwrap_err();
        assert_eq!(
            (error.code, error.what.as_deref()),
            (code, Some(what)),
            "{text}"
        );
        let place = &error.location.place;
        let start = place.offset as usize;
        assert_eq!(&text[start..start + place.length as usize], at, "{text}");
    }
}

#[test]
fn what_means_nothing_is_an_error() {
    for (text, wanted) in [
        (
            "x=1 | stats count AS f BY f",
            "`stats` would give two columns the name `f`: give this one another with `AS`",
        ),
        (
            "x=1 | where y",
            "`y` is a value, where a condition is needed: compare it with something",
        ),
        (
            "x=1 | eval y=(a=b)",
            "a field can't be a condition: use `if(condition, 1, 0)`",
        ),
        (
            "x=1 | eval y=if(a=b, 1)",
            "`if` takes a condition and two values, and is given 2 arguments",
        ),
        (
            "x=1 | eval y=case(a=b, 1, c=d)",
            "`case` takes pairs of a condition and a value, and is given 3 arguments",
        ),
        ("x=1 | stats min", "`min` needs a field: write `min(field)`"),
        (
            "x=1 | rename a* AS b",
            "both names of a `rename` need equally many wildcards",
        ),
        (
            "x=1 | where match(y, \"a(\")",
            "`a(` is no regular expression: unclosed group",
        ),
        (
            "x=1 | where match(y, \"a\n(\")",
            "`a\u{fffd}(` is no regular expression: unclosed group",
        ),
        (
            "eventtype=itself",
            "`itself` is defined by itself, or deeper than 8 levels",
        ),
    ] {
        assert_eq!(plan(text).unwrap_err().message, wanted, "{text}");
    }
}

#[test]
fn an_error_points_into_the_macro() {
    let error = plan("x=1 | stats count by x | `renamed` | outlier").unwrap_err();
    assert_eq!(
        error.picture(),
        [
            "1 | x=1 | stats count by x | `renamed` | outlier",
            "  |                                      ^^^^^^^"
        ]
        .join("\n")
    );
}

#[test]
fn fields_that_events_are_asked_for() {
    for (text, fields, all) in [
        (
            "a=1 b=2 | stats count min(_time) by c",
            "a b c _time",
            false,
        ),
        ("a=1 | search b=2 | stats count", "a b", false),
        (
            "a=1 | eval x=lower(b) | where x=\"q\" | stats count by x d",
            "a b d",
            false,
        ),
        ("a=1 | rename b AS c | stats count by c", "a b", false),
        ("a=1 | stats count(eval(b>1)) AS n by c", "a b c", false),
        (
            "a=1 | stats count by b | where z=1 | eval y=q",
            "a b",
            false,
        ),
        (
            "a=1 | where searchmatch(\"b=1 word\") | stats count by c",
            "a _raw b c",
            false,
        ),
        (
            "a=1 | eval x=mvmap(b, b.c) | stats count by x",
            "a b c",
            false,
        ),
        ("a=1 | table b c", "a b c", false),
        (
            "a=1",
            "a _time host source sourcetype Channel SourceName EventCode Message",
            true,
        ),
        (
            "a=1 | table b *",
            "a b _time host source sourcetype Channel SourceName EventCode Message",
            true,
        ),
        (
            "a=1 | rename n.* AS * | stats count by c",
            "a c _time host source sourcetype Channel SourceName EventCode Message",
            true,
        ),
        (
            "index=main sourcetype=x \"some words\"",
            "index sourcetype _time host source Channel SourceName EventCode Message",
            true,
        ),
        ("eventtype=known | stats count", "a b", false),
    ] {
        let plan = plan(text).unwrap();
        assert_eq!(
            (plan.fields.join(" "), plan.all_fields),
            (fields.to_string(), all),
            "{text}"
        );
    }
}

/// Before `stats`, `fillnull` without a list fills what the search asks for.
#[test]
fn fillnull_before_stats() {
    let plan = plan("a=1 | fillnull value=none | stats count by b _time").unwrap();
    let Some(Command::FillNull { value, fields }) = plan.before.first() else {
        panic!("{:?}", plan.before);
    };
    let fields: Vec<&str> = fields.iter().filter_map(NamePattern::literal).collect();
    assert_eq!(
        (value.as_str(), fields.join(" ")),
        ("none", "a b".to_string())
    );
}

#[test]
fn each_command_asks_for_what_it_reads() {
    for (command, asked) in [
        ("bin span=5m _time", &["x", "_time"][..]),
        ("rex field=a \"(?<b>.)\"", &["x", "a"]),
        ("rex \"(?<b>.)\"", &["x", "_raw"]),
        ("rex field=a mode=sed \"s/a/b/\"", &["x", "a"]),
        ("regex a!=\"b\"", &["x", "a"]),
        ("regex \"b\"", &["x", "_raw"]),
        ("spath", &["x", "_raw"]),
        ("spath input=a path=b output=c", &["x", "a"]),
        ("mvexpand a", &["x", "a"]),
        ("makemv delim=\",\" a", &["x", "a"]),
        ("xmlkv", &["x", "_raw"]),
        ("fromjson prefix=p a", &["x", "a"]),
        ("nomv a", &["x", "a"]),
        ("replace b WITH c IN a", &["x", "a"]),
        ("addtotals a b", &["x", "a", "b"]),
        ("dedup 2 a b sortby -c", &["x", "a", "b", "c"]),
        ("sort 0 -a +num(b)", &["x", "a", "b"]),
        ("head 3", &["x"]),
        ("head a>b", &["x", "a", "b"]),
        ("extract", &["x", "_raw"]),
        (
            "foreach a b [eval c=c+'n_<<FIELD>>']",
            &["x", "a", "c", "n_a", "b", "n_b"],
        ),
        ("appendpipe [where a>1 | eval b=1]", &["x", "a"]),
        ("tail", &["x"]),
        ("reverse", &["x"]),
        ("eventstats dc(a) as n by b", &["x", "b", "a"]),
    ] {
        let text = std::format!("x=1 | {command} | stats count");
        let plan = plan(&text).unwrap();
        assert_eq!(plan.fields, asked, "{text}");
        assert!(!plan.all_fields, "{text}");
    }
    for command in [
        "replace b WITH c",
        "addtotals",
        "addtotals a*",
        "mvcombine a",
        "foreach a* [eval b=1]",
        "appendpipe [addtotals]",
        "eventstats values(a*)",
    ] {
        let text = std::format!("x=1 | {command} | stats count");
        assert!(plan(&text).unwrap().all_fields, "{text}");
    }
    // What rex finds nothing of may be there.
    let made = plan("x=1 | rex field=a \"(?<b>.)\" | stats count by b").unwrap();
    assert_eq!(made.fields, ["x", "a", "b"]);
    let made = plan("x=1 | eventstats count as n | table n").unwrap();
    assert_eq!(made.fields, ["x"]);
}

#[test]
fn what_needs_all_rows_waits_for_the_end_of_the_window() {
    for (command, waits) in [
        ("bin span=5m _time", false),
        ("bin span=2log10 a", false),
        ("bin a", true),
        ("bin _time minspan=1m", true),
        ("rex field=a \"(?<b>.)\"", false),
        ("regex a=\"b\"", false),
        ("spath", false),
        ("xmlkv", false),
        ("fromjson a", false),
        ("mvexpand a", false),
        ("makemv a", false),
        ("nomv a", false),
        ("replace b WITH c IN a", false),
        ("addtotals a", false),
        ("dedup a", true),
        ("sort a", true),
        ("head", true),
        ("tail", true),
        ("reverse", true),
        ("eventstats count", true),
    ] {
        let text = std::format!("x=1 | {command} | stats count");
        let plan = plan(&text).unwrap();
        assert_eq!(plan.stats.is_none(), waits, "{text}");
        let commands = if waits { &plan.after } else { &plan.before };
        assert_eq!(commands[0].needs_all_rows(), waits, "{text}");
    }
    for command in ["top a", "rare limit=3 a by b"] {
        let plan = plan(&std::format!("x=1 | {command}")).unwrap();
        assert!(plan.stats.is_some() && !plan.after[0].is_row_by_row());
    }
    let text = "x=1 | stats count by a | streamstats sum(count) as n";
    assert!(!plan(text).unwrap().after[0].is_row_by_row());
}
