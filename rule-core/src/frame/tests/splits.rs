//! The same bytes give the same frames, however they are split.

use super::{Format, frames, whole};
use alloc::string::String;
use alloc::vec::Vec;
use proptest::prelude::*;

/// Pieces of the formats, so that random inputs reach every state of the
/// scanners, and whole records between them.
const PIECES: [&str; 50] = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "\n",
    "\r\n",
    " ",
    "  ",
    "a",
    "1",
    "null",
    "\u{feff}",
    "{\"a\":1}",
    "{\"a\":{\"b\":[1,2]}}",
    "\"a\":",
    "{\"x\":\"",
    "é",
    "😀",
    "<",
    ">",
    "/",
    "'",
    "=",
    "<Event>",
    "</Event>",
    "<Event",
    "<Event/>",
    "</",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?",
    "?>",
    "<!",
    "<a b=\"",
    "Record 12\n",
    "Record ",
    "11/14/2024 11:10:32 AM\n",
    "1/2/2024 23:10:32.5\r\n",
    "LogName=",
    "LogName=A\nMessage=x\n",
    "11/14/2024 11:",
    "\"\"",
    "a,b\n",
    "\"x\ny\",1\n",
];

pub(super) fn inputs() -> impl Strategy<Value = Vec<u8>> {
    let pieces = prop::collection::vec(prop::sample::select(PIECES.as_slice()), 0..40);
    let text = pieces.prop_map(|pieces| pieces.concat().into_bytes());
    prop_oneof![4 => text, 1 => prop::collection::vec(any::<u8>(), 0..60)]
}

pub(super) fn formats() -> impl Strategy<Value = Format> {
    prop::sample::select(
        [
            Format::Auto,
            Format::Json,
            Format::Xml,
            Format::Text,
            Format::Csv,
        ]
        .as_slice(),
    )
}

fn cut<'i>(input: &'i [u8], sizes: &[usize]) -> Vec<&'i [u8]> {
    let mut rest = input;
    let mut pushes = Vec::new();
    for &size in sizes.iter().cycle().take(input.len() + 1) {
        let (push, after) = rest.split_at(size.min(rest.len()));
        pushes.push(push);
        rest = after;
    }
    pushes.push(rest);
    pushes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_split_gives_the_same_frames(
        input in inputs(),
        format in formats(),
        sizes in prop::collection::vec(0_usize..12, 1..8),
        max in prop_oneof![Just(1 << 20), 0_usize..60],
    ) {
        let expected = frames(format, max, [input.as_slice()]);
        let found = frames(format, max, cut(&input, &sizes));
        prop_assert_eq!(found, expected.clone(), "cut by {:?}", sizes);
        prop_assert_eq!(frames(format, max, input.chunks(1)), expected, "byte by byte");
    }

    #[test]
    fn frames_come_in_order_and_cut_no_byte_twice(input in inputs(), format in formats()) {
        let mut behind = 0;
        for line in whole(format, &input) {
            let fields: Vec<&str> = line.trim_start_matches("! ").splitn(3, ' ').collect();
            let offset: u64 = fields[1].parse().unwrap();
            prop_assert!(offset >= behind, "{line}");
            behind = offset + 1;
        }
    }

    #[test]
    fn json_lines_between_broken_ones_are_found(
        broken in prop::collection::vec("[a-z{}\\[\\]\",:\\\\ 1]{0,12}", 0..6),
    ) {
        // Each broken line is one that could go on, were it not for the rule that
        // a line of JSON lines begins a record. A `[` may open an array, of which
        // the records are elements; both ways they are found.
        let mut input = String::from("{\"n\":0}\n");
        for line in &broken {
            input.push_str("{\"a\":");
            input.push_str(line);
            input.push_str("\n{\"n\":1}\n");
        }
        let found = whole(Format::Json, input.as_bytes());
        let records = found.iter().filter(|line| line.ends_with("{\"n\":1}"));
        prop_assert_eq!(records.count(), broken.len(), "{:?}", found);
    }
}
