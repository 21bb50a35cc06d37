use super::*;
use crate::scan::Search;
use crate::scan::look::{Clear, Lines, Record};
use crate::scan::needles::Kind;
use alloc::collections::BTreeSet;
use proptest::prelude::*;
use std::string::{String, ToString};
use std::vec::Vec;
use std::{format, vec};

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
        .map(|(index, needle)| (needle.kind == Kind::Text).then_some(index))
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
    let count = prop_oneof![9 => 0..40_usize, 1 => 200..700_usize];
    count
        .prop_flat_map(move |count| prop::collection::vec(piece.clone(), count))
        .prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    /// Each search finds what the definition says is there.
    #[test]
    #[cfg_attr(miri, ignore = "takes a minute a case")]
    fn all_searches_agree_with_the_definition(
        input in pieces(),
        texts in prop::sample::subsequence(
            vec!["get-recipient", "new-mailboxexport", "abcd", "-rec", "0123456789abcdef0123456789ab", "et-r", "x}y{", "-search", "kkkk"], 0..9),
        many in prop_oneof![2 => Just(0), 1 => 30..50_usize, 1 => Just(300)],
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

/// Whatever the length, and whatever is at the end: all of the input is looked at, and in
/// memory no byte before or behind it.
#[test]
fn input_of_any_length() {
    let text = b"get-recipient";
    // Less than some vectors, and about as much as some blocks.
    let lengths = (0..100).chain([499, 512, 1531, 1536]);
    let lengths = lengths.filter(|length| !cfg!(miri) || length % 3 == 0);
    for many in [0, 12] {
        let more = (0..many).map(|number| format!("number-of-{number}.exe"));
        let needles = Needles::new(more.chain(["get-recipient".to_string()]).collect());
        let linear = Linear::new(&needles);
        for kernel in kernels(&needles) {
            for length in lengths.clone() {
                let other = vec![b'g'; length];
                for (parts, wanted) in [
                    ([&other[..], text], true),
                    ([text, &other], true),
                    ([&other, &text[..text.len() - 1]], false),
                    ([&text[1..], &other], false),
                ] {
                    let input = parts.concat().into_boxed_slice();
                    let ended = kernel.look(&needles, &linear, &input, &mut Record);
                    assert_eq!(ended == Ended::Found, wanted, "{kernel:?} {parts:?}");
                }
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
