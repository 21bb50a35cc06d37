use super::needles::Needle;
use super::*;
use crate::plan::{Context, Plan};
use crate::session::Session;
use crate::spl::{Macros, parse};
use proptest::prelude::*;
use std::string::ToString;
use std::vec::Vec;
use std::{format, vec};

const SOURCES: &str = r#"{
    "fields": {"EventCode": ["EventID", "System.EventID"], "Message": ["message"], "SourceName": ["System.Provider.Name"]},
    "data_prefixes": ["EventData."], "inserts": ["EventData."],
    "messages": [{"provider": "Some Provider", "event_code": "1", "template": "began %1 ended"}]
}"#;

fn sources() -> Sources {
    Sources::from_json(&serde_json::from_str(SOURCES).unwrap()).unwrap()
}

fn scan_of(searches: &[&str]) -> Scan {
    let macros = Macros::new();
    let sources = sources();
    let context = Context {
        bounds: &crate::plan::Bounds::new(0, &|_| true),
        sources: &sources,
        macros: &macros,
        lookups: &Default::default(),
    };
    let plan = |search: &&str| Plan::new(&parse(search, &macros).unwrap(), &context).unwrap();
    let plans: Vec<Plan> = searches.iter().map(plan).collect();
    Scan::new(plans.iter().map(|plan| &plan.filter), &sources, &[])
}

fn scan(search: &str) -> Scan {
    scan_of(&[search])
}

fn texts_of(needles: &Needles) -> Vec<String> {
    let text = |needle: &Needle| String::from_utf8(needle.bytes.clone()).unwrap();
    needles.texts().map(|(_, needle)| text(needle)).collect()
}

fn texts(search: &str) -> Option<Vec<String>> {
    let scan = scan(search);
    scan.tells_apart().then(|| texts_of(&scan.search.needles))
}

/// Does a session count the record as a match?
fn matches(search: &str, record: &str) -> bool {
    let detection = serde_json::json!({"name": "n", "id": "i", "search": search});
    let config = format!(r#"{{"detections":{detection},"window":"all","sources":{SOURCES}}}"#);
    let mut session = Session::open(config.as_bytes(), &[]).unwrap();
    session.push(record.as_bytes()).unwrap();
    session.finish().unwrap();
    session.counters().matches > 0
}

#[test]
fn which_texts_are_looked_for() {
    for (search, wanted) in [
        ("a=hello", Some(vec!["hello"])),
        ("a=\"*Hello*\" b=*longertext*", Some(vec!["longertext"])),
        ("a IN (hello, *world)", Some(vec!["hello", "world"])),
        ("a=hello OR b=world", Some(vec!["hello", "world"])),
        ("a=hello OR b=*", None),
        ("NOT a=hello", None),
        ("a!=hello", None),
        ("a>5000", None),
        ("*", None),
        ("a=abc", None),
        ("eventtype=nobody", Some(vec![])),
        // What may be written otherwise is cut off.
        ("a=\"C:\\Windows\\Temp\"", Some(vec!["windows"])),
        ("a=mailboxsearch", Some(vec!["mailboxsearch"])),
        ("a=\u{e4}hello", Some(vec!["hello"])),
        // What tables and settings fill stands in no record.
        ("host=hello", None),
        ("sourcetype=hello b=world", Some(vec!["world"])),
        ("index=hello b=world", Some(vec!["world"])),
        // What a message's template may put together needs its provider.
        ("Message=*hello*", Some(vec!["hello"])),
        ("Message=*ended*", Some(vec!["provider", "ended"])),
        ("Message=\"*began*\"", Some(vec!["provider", "began"])),
        ("a=\"hello my worlds\"", Some(vec!["worlds"])),
        ("hello", Some(vec!["hello"])),
        ("CASE(Hello)", Some(vec!["hello"])),
        ("a=10.0.0.0/8", None),
    ] {
        let wanted: Option<BTreeSet<String>> =
            wanted.map(|texts| texts.into_iter().map(ToString::to_string).collect());
        let found = texts(search).map(BTreeSet::from_iter);
        assert_eq!(found, wanted, "{search}");
    }
}

#[test]
fn what_could_hide_a_text_is_no_reason_to_pass() {
    let scan = scan("a=*get-recipient*");
    for (record, may_match) in [
        (r#"{"a":"x get-recipient y"}"#, true),
        (r#"{"a":"GET-Recipient"}"#, true),
        (r#"{"b":"get-recipient"}"#, true),
        (r#"{"a":"get-recipien"}"#, false),
        (r#"{"a":"-----get-rec-recipient"}"#, false),
        ("", false),
        ("t-recipient", false),
        (r#"{"a":"get\u002drecipient"}"#, true),
        (r#"{"event":"<Data>get&#45;recipient</Data>"}"#, true),
        (r#"{"event":"<Data>get<?x?>-recipient</Data>"}"#, true),
        (r#"{"a":"get&#45;recipient"}"#, true),
        // Escapes that writers like, and that hide nothing.
        (
            r#"{"a":"\u003cb\u003e it\u0027s \u0026amp; \u0022x\u0022 \u002f\u002b\u003d\u0060"}"#,
            false,
        ),
        (r#"{"a":"\u003c!--x--\u003e"}"#, true),
        (r#"{"a":"\u003c?x?\u003e"}"#, true),
        (r#"{"a":"\u0026#45;"}"#, true),
        (r#"{"a":"\u0026\u0023"}"#, true),
        // What makes an escape of a text in a text.
        (
            r#"{"event":"{\u0022a\u0022:\u0022get\u005cu002drecipient\u0022}"}"#,
            true,
        ),
        (r#"{"a":"\u002"}"#, false),
        (r#"{"a":"<Data>get<![CDATA[-]]>recipient</Data>"}"#, true),
        (r#"{"a":"C:\\temp\n"}"#, false),
        (
            r#"{"a":"C:\\users\\u00e4 \u00e4 \u0007 \ud83d\ude00"}"#,
            false,
        ),
        (r#"{"event":"{\"a\":\"get\\u002drecipient\"}"}"#, true),
    ] {
        assert_eq!(scan.may_match(record.as_bytes()), may_match, "{record}");
    }
}

/// Each character of a text as itself or as one of the escapes that JSON has for it.
fn in_json(text: &str, choices: &[u8]) -> String {
    let mut choices = choices.iter().cycle();
    let mut out = String::new();
    for c in text.chars() {
        match (choices.next(), c) {
            (Some(0), _) => out.push_str(&format!("\\u{:04x}", c as u32)),
            (_, '"' | '\\') => out.extend(['\\', c]),
            (Some(1), '/') => out.push_str("\\/"),
            (_, '\n') => out.push_str("\\n"),
            _ => out.push(c),
        }
    }
    out
}

const WORDS: [&str; 9] = [
    "Get-Recipient",
    "get-recipient",
    "\u{17f}earch",
    "Search",
    "abcd",
    "/etc/",
    "a\"b",
    "\n",
    "\u{212a}ey",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    /// The scan passes nothing that matches.
    #[test]
    fn nothing_that_matches_is_passed(
        search in prop::sample::select(vec![
            "a=*get-recipient*", "a IN (*search*, *key*) b=*", "a=*abcd* OR b=*etc*", "abcd",
            "a=\"*get-recipientabcd*\"", "NOT b=abcd a=*earch*", "Message=*recip*", "Message=\"began *abcd*\"",
            "EventCode=1 Message=\"*get-recipient*\"", "eventtype=nobody",
        ]),
        a in prop::collection::vec(prop::sample::select(&WORDS[..]), 0..4),
        b in prop::collection::vec(prop::sample::select(&WORDS[..]), 0..2),
        key in prop::sample::select(vec!["a", "Message", "message", "Data{}"]),
        built in any::<bool>(),
        carried in any::<bool>(),
        choices in prop::collection::vec(0..6u8, 1..8),
    ) {
        let mut record = format!(
            r#"{{"{key}":"{}","b":"{}"{}}}"#,
            in_json(&a.concat(), &choices),
            in_json(&b.concat(), &choices),
            if built { r#","SourceName":"Some Provider","EventID":1"# } else { "" },
        );
        if carried {
            let event = in_json(&record, &choices);
            record = format!(r#"{{"event":"{event}","time":1}}"#);
        }
        if matches(search, &record) {
            prop_assert!(scan(search).may_match(record.as_bytes()), "{search} on {record}");
        }
    }

    /// Nor where the record carries XML, whose text and attributes can be written in
    /// many ways.
    #[test]
    fn nothing_that_matches_is_passed_in_carried_xml(
        search in prop::sample::select(vec![
            "Foo=*get-recipient*", "Foo=\"get me it now\"", "SourceName=\"one provider\"", "Message=\"began*ended\"",
        ]),
        parts in prop::collection::vec(prop::sample::select(vec![
            "get", "-recipient", "<?x?>", "<!--c-->", "<![CDATA[-]]>", "&#45;", " me", "\t", "\n", " it ", "now", "recipient",
        ]), 0..7),
        provider in prop::sample::select(vec!["one provider", "one\tprovider", "one\nprovider", "Some Provider", "Some\nProvider"]),
    ) {
        let xml = format!(
            "<Event><System><Provider Name=\"{provider}\"/><EventID>1</EventID></System><EventData><Data Name=\"Foo\">{}</Data></EventData></Event>",
            parts.concat(),
        );
        let record = serde_json::json!({"event": xml, "time": 1}).to_string();
        if matches(search, &record) {
            prop_assert!(scan(search).may_match(record.as_bytes()), "{search} on {record}");
        }
    }

    /// No search that could match by itself is left out, however many there are.
    #[test]
    fn all_searches_that_may_match_are_asked(
        picked in prop::sample::subsequence((0..SEARCHES.len()).collect::<Vec<_>>(), 0..SEARCHES.len()),
        many in prop_oneof![Just(0_usize), Just(70)],
        words in prop::collection::vec(prop::sample::select(&WORDS[..]), 0..4),
        choices in prop::collection::vec(0..90_u8, 1..8),
    ) {
        let others: Vec<String> = (0..many).map(|number| format!("a=\"*key{number:03}*\"")).collect();
        let searches = picked.iter().map(|index| SEARCHES[*index]);
        let searches: Vec<&str> = others.iter().map(String::as_str).chain(searches).collect();
        let record = format!(r#"{{"a":"{}key003"}}"#, in_json(&words.concat(), &choices));
        let all = scan_of(&searches);
        let asked = all.asked(record.as_bytes());
        for (index, search) in searches.iter().enumerate().skip(many.saturating_sub(1)) {
            let may_match = scan(search).may_match(record.as_bytes());
            prop_assert!(asked.asks(index) || !may_match, "{search} on {record}");
        }
        if many > 0 && !record.contains('\\') && !record.contains(['\u{17f}', '\u{212a}']) {
            prop_assert!(asked.asks(3) && !asked.asks(4), "{record}");
        }
        prop_assert!(all.may_match(record.as_bytes()) || asked.iter().next().is_none());
    }

    /// The texts are found where a search for each in turn finds one.
    #[test]
    fn finds_what_a_naive_search_finds(record in "[-getrcipnxEq ]{0,40}", more in any::<bool>()) {
        let search = if more { "a IN (*get-reci*, *pint*, *exex*, *nnnq*, *gree*)" } else { "a=*t-re*" };
        let naive = texts(search).unwrap().iter().any(|text| record.to_lowercase().contains(text));
        prop_assert_eq!(scan(search).may_match(record.as_bytes()), naive);
    }
}

const SEARCHES: [&str; 9] = [
    "a=*get-recipient*",
    "b=*recipient*",
    "a=*search* OR b=*-key*",
    "c=*",
    "NOT a=abcd",
    "a IN (*abcd*, *-key*)",
    "eventtype=nobody",
    "a=\"*get-recipientabcd*\"",
    "Message=*began*",
];

#[test]
fn a_record_is_asked_the_searches_whose_texts_it_holds() {
    let scan = scan_of(&SEARCHES[..6]);
    assert!(!scan.tells_apart());
    for (record, wanted) in [
        ("{}", vec![3, 4]),
        (r#"{"a":"Get-Recipient"}"#, vec![0, 1, 3, 4]),
        (r#"{"a":"a recipient"}"#, vec![1, 3, 4]),
        (r#"{"a":"abcd search"}"#, vec![2, 3, 4, 5]),
        (r#"{"a":"abc\u0064"}"#, vec![0, 1, 2, 3, 4, 5]),
    ] {
        let asked = scan.asked(record.as_bytes());
        let found: Vec<usize> = asked.iter().collect();
        // Of few texts, one that holds another is not told from it.
        let wanted: Vec<usize> = match wanted.contains(&1) {
            true => BTreeSet::from_iter(wanted.into_iter().chain([0]))
                .into_iter()
                .collect(),
            false => wanted,
        };
        assert_eq!(found, wanted, "{record}");
        assert!((0..70).all(|search| asked.asks(search) == found.contains(&search)));
    }
}
