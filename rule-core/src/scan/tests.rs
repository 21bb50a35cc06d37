use super::blocks::Blocks;
use super::lines::LineByLine;
use super::needles::Needle;
use super::*;
use crate::plan::{Context, Plan};
use crate::session::Session;
use crate::spl::{Macros, parse};
use proptest::prelude::*;
use std::string::ToString;
use std::vec::Vec;
use std::{format, vec};

/// So many cases, and few under Miri, where each takes hundreds of times longer.
pub(super) fn cases(count: u32) -> u32 {
    match cfg!(miri) {
        true => count / 250,
        false => count,
    }
}

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
        bounds: &crate::plan::Bounds::of(0),
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
    #![proptest_config(ProptestConfig::with_cases(cases(1500)))]

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

/// Every quick search that this machine has.
fn kernels(needles: &Needles) -> Vec<Kernel> {
    let mut kernels = vec![Kernel::Lines(LineByLine::new(needles))];
    #[cfg(target_arch = "x86_64")]
    {
        if std::is_x86_feature_detected!("ssse3") {
            kernels.push(Kernel::Ssse3(Blocks::new(needles).into()));
        }
        if std::is_x86_feature_detected!("avx2") {
            kernels.push(Kernel::Avx2(Blocks::new(needles).into()));
        }
    }
    kernels
}

/// Is there anything that is looked for, by the definition?
fn naive(needles: &Needles, bytes: &[u8]) -> bool {
    (0..bytes.len()).any(|at| {
        let rest = &bytes[at..];
        needles
            .all()
            .iter()
            .any(|needle| needles.stands_before(needle, rest))
    })
}

/// The lines that are passed, by the definition.
fn naive_lines(needles: &Needles, bytes: &[u8], longest: usize) -> Clear {
    let mut clear = Clear::default();
    while let Some(length) = bytes[clear.length..].iter().position(|byte| *byte == b'\n') {
        let rest = &bytes[clear.length..];
        let (line, behind) = (&rest[..length], &rest[length + 1..]);
        let end = line.strip_suffix(b"\r").unwrap_or(line);
        let end = end.strip_suffix(b",").unwrap_or(end);
        let is_object = end.len() > 1 && end.starts_with(b"{") && end.ends_with(b"}");
        if !is_object || length >= longest || !behind.starts_with(b"{") || naive(needles, line) {
            break;
        }
        clear.length += length + 1;
        clear.lines += 1;
    }
    clear
}

/// All texts that are there, by their places among the needles; none where something could
/// hide one.
fn naive_texts(needles: &Needles, bytes: &[u8]) -> Option<BTreeSet<usize>> {
    let all = needles.all().iter().enumerate();
    let stands = |needle| (0..bytes.len()).any(|at| needles.stands_before(needle, &bytes[at..]));
    let standing = all.filter(|(_, needle)| stands(needle));
    standing
        .map(|(index, needle)| (needle.kind == needles::Kind::Text).then_some(index))
        .collect()
}

/// A look at all texts.
#[derive(Default)]
struct Texts(BTreeSet<usize>);

impl Look for Texts {
    const LINES: bool = false;

    fn line_break(&mut self, _: &[u8], _: usize) -> bool {
        true
    }

    fn text(&mut self, needle: usize) -> bool {
        self.0.insert(needle);
        true
    }

    fn start(&self) -> usize {
        0
    }
}

/// Input out of what needles are made of.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => prop::sample::select(vec![
            "get-recipient", "GET-Recipient", "get-recipien", "et-recipient", "get-rget-r", "-", "x",
            "new-mailbox", "search", "\u{17f}earch", "\\u017F", "\\u212a", "\u{212a}", "\\u00", "2d", "41", "3c", "26", "\\u003c!", "\\", "<", "!", "&#", "&", "?",
            "\n", "}\n{", "},\r\n{", "{", "}", "\u{e4}", "        ", "number-of-7.exe", "NUMBER-of-17.ex", "umber-of-29.exe", "z01", "Z007", ".exe", "0123456789abcdef0123456789abcdef",
        ]).prop_map(String::from),
        1 => "[ -~]{0,6}",
    ];
    // Of more than one block, and of several that grow; the latter are too long for Miri.
    let long = if cfg!(miri) { 80..100 } else { 200..700_usize };
    let count = prop_oneof![9 => 0..40_usize, 1 => long];
    count
        .prop_flat_map(move |count| prop::collection::vec(piece.clone(), count))
        .prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases(4000)))]

    /// Each search finds what the definition says is there.
    #[test]
    fn all_searches_agree_with_the_definition(
        input in pieces(),
        texts in prop::sample::subsequence(
            vec!["get-recipient", "new-mailboxexport", "abcd", "-rec", "0123456789abcdef0123456789ab", "et-r", "x}y{", "-search", "kkkk"], 0..9),
        many in prop_oneof![2 => Just(0), 1 => 30..50_usize, 1 => Just(if cfg!(miri) { 60 } else { 300 })],
        short in any::<bool>(),
        longest in prop_oneof![Just(usize::MAX), 1..60_usize],
    ) {
        let mut texts: BTreeSet<String> = texts.into_iter().map(String::from).collect();
        // So many that the searches for many texts take over, long ones or short ones too.
        let more = |number: usize| if short { format!("z{number:03}") } else { format!("number-of-{number}.exe") };
        texts.extend((0..many).map(more));
        let needles = Needles::new(texts);
        let bytes = input.as_bytes();
        let wanted = naive(&needles, bytes);
        let wanted_lines = naive_lines(&needles, bytes, longest);
        let wanted_texts = naive_texts(&needles, bytes);
        let clear_of = |look: &mut dyn FnMut(&mut Lines)| {
            let mut lines = Lines::new(longest);
            look(&mut lines);
            lines.clear
        };
        for kernel in kernels(&needles) {
            let search = Search { kernel, linear: Linear::new(&needles), needles: needles.clone() };
            prop_assert_eq!(search.look(bytes, &mut Record), wanted);
            let mut all = Texts::default();
            prop_assert_eq!(search.look(bytes, &mut all), wanted_texts.is_none());
            if let Some(wanted_texts) = &wanted_texts {
                prop_assert_eq!(&all.0, wanted_texts);
            }
            if bytes.starts_with(b"{") {
                prop_assert_eq!(clear_of(&mut |lines| { search.look(bytes, lines); }), wanted_lines);
            }
        }
        for linear in [Linear::new(&needles), Linear::without_table(&needles)] {
            prop_assert_eq!(linear.look(&needles, bytes, &mut Record) == Ended::Found, wanted);
            let mut all = Texts::default();
            let ended = linear.look(&needles, bytes, &mut all);
            prop_assert_eq!(ended == Ended::Found, wanted_texts.is_none());
            if let Some(wanted_texts) = &wanted_texts {
                prop_assert_eq!(&all.0, wanted_texts);
            }
            if bytes.starts_with(b"{") {
                prop_assert_eq!(clear_of(&mut |lines| { linear.look(&needles, bytes, lines); }), wanted_lines);
            }
        }
    }
}

/// What a quick search would look at too often it leaves to the linear one.
#[test]
#[cfg_attr(miri, ignore = "what is too often shows in long input alone")]
fn near_misses_do_not_change_the_answer() {
    let mut input = "{".to_string();
    for _ in 0..5000 {
        input.push_str("aaaaaaaaaa}\n{");
    }
    let mut dense = Vec::new();
    for text in ["aaaaaaab", "baaaaaaa"] {
        for many in [false, true] {
            let more = (0..60).map(|number| format!("aaaaaaaa{number}"));
            let more = more.filter(|_| many);
            let needles = Needles::new(more.chain([text.to_string()]).collect());
            let clear = naive_lines(&needles, input.as_bytes(), usize::MAX);
            assert_eq!(clear.lines, 5000);
            for (index, kernel) in kernels(&needles).into_iter().enumerate() {
                let mut lines = Lines::new(usize::MAX);
                if kernel.look(
                    &needles,
                    &Linear::new(&needles),
                    input.as_bytes(),
                    &mut lines,
                ) == Ended::Dense
                {
                    dense.push((index, many));
                }
                let search = Search {
                    kernel,
                    linear: Linear::new(&needles),
                    needles: needles.clone(),
                };
                let mut lines = Lines::new(usize::MAX);
                search.look(input.as_bytes(), &mut lines);
                assert_eq!(lines.clear, clear);
            }
        }
    }
    let kernels = kernels(&Needles::new(BTreeSet::new())).len();
    let mut all = (0..kernels).flat_map(|index| [(index, false), (index, true)]);
    assert!(all.all(|one| dense.contains(&one)), "{dense:?}");
}
