//! What a scan looks for: the texts of the searches, and what could hide one.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use memchr::memmem;

/// What JSON's numeric escapes of characters that are of one byte begin with.
pub(super) const ESCAPE: &[u8] = b"\\u00";

/// What a record may hide a text with besides, where it carries XML: a numeric reference,
/// a comment or CDATA section, a processing instruction.
const MARKUP: [&[u8]; 3] = [b"<!", b"<?", b"&#"];

/// The letters that are not ASCII and whose case variants are, and how JSON escapes them:
/// where a text has the letter of ASCII, these hide it [`search::fold`].
const VARIANTS: [(char, [&[u8]; 2]); 2] = [
    ('s', ["\u{17f}".as_bytes(), b"\\u017f"]),
    ('k', ["\u{212a}".as_bytes(), b"\\u212a"]),
];

/// Characters that JSON writers like to escape though they need not. No text goes over
/// one that XML would write otherwise; those that are in a text hide it, escaped.
const HARMLESS: &[u8] = b"\"&'+/<=>`";

/// So many texts can be looked for by their fingerprints alone, and each of them be compared
/// with each: more have a place nearly everywhere.
pub(super) const FEW: usize = 8;

/// All that is looked for.
#[derive(Clone, Debug)]
pub(super) struct Needles {
    all: Vec<Needle>,
    /// Where the texts begin among all; they are the last, in the order of their bytes.
    first_text: usize,
    /// The characters of ASCII whose escapes hide something.
    hiding: [bool; 128],
}

/// One text that is looked for, in letters of either case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Needle {
    /// In lower case.
    pub(super) bytes: Vec<u8>,
    pub(super) kind: Kind,
    begin: Begin,
}

/// The first bytes of a needle as a number, which tells most places without one at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Begin {
    folded: u64,
    /// Which of its bytes the needle has.
    mask: u64,
}

/// Letters of either case are the same with this bit, and so are a few other characters.
pub(super) const FOLD: u64 = 0x2020_2020_2020_2020;

/// The first eight bytes, with zeros where there are fewer.
#[inline(always)]
pub(super) fn eight(bytes: &[u8]) -> u64 {
    match bytes.first_chunk() {
        Some(eight) => u64::from_le_bytes(*eight),
        None => {
            let mut eight = [0; 8];
            for (to, from) in eight.iter_mut().zip(bytes) {
                *to = *from;
            }
            u64::from_le_bytes(eight)
        }
    }
}

impl Needle {
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "fewer than eight bytes, so a power of two that fits and is not 0"
    )]
    fn new(bytes: Vec<u8>, kind: Kind) -> Self {
        let mask = match bytes.len() {
            length @ 0..8 => (1 << (8 * length)) - 1,
            _ => u64::MAX,
        };
        let folded = (eight(&bytes) | FOLD) & mask;
        Needle {
            bytes,
            kind,
            begin: Begin { folded, mask },
        }
    }
}

/// What it means where a needle stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A search asks for it.
    Text,
    /// The begin of an escape: it depends on the character.
    Escape,
    /// A text can be hidden there.
    Hiding,
}

impl Needles {
    /// These texts, in lower case, and what could hide them.
    pub(super) fn new(mut texts: BTreeSet<String>) -> Self {
        keep_shortest(&mut texts);
        let mut hiding = [false; 128];
        for (byte, hides) in (0_u8..).zip(&mut hiding) {
            let is_in_a_text = || texts.iter().any(|text| text.as_bytes().contains(&byte));
            *hides = (b' '..=b'~').contains(&byte) && (!HARMLESS.contains(&byte) || is_in_a_text());
        }
        let has = |letter: char| texts.iter().any(|text| text.contains(letter));
        let variants = VARIANTS.iter().filter(|(letter, _)| has(*letter));
        let variants: Vec<&[u8]> = variants.flat_map(|(_, variants)| *variants).collect();
        let mut all: Vec<Needle> = MARKUP
            .into_iter()
            .chain(variants)
            .map(|bytes| Needle::new(bytes.to_vec(), Kind::Hiding))
            .collect();
        all.push(Needle::new(ESCAPE.to_vec(), Kind::Escape));
        Self::with_texts(all, texts, hiding)
    }

    /// These texts, in lower case, where nothing hides one but a letter that is not ASCII
    /// and has a variant that is.
    pub(super) fn unescaped(mut texts: BTreeSet<String>) -> Self {
        keep_shortest(&mut texts);
        let variants = VARIANTS.iter().map(|(_, [variant, _])| *variant);
        let all = variants.map(|bytes| Needle::new(bytes.to_vec(), Kind::Hiding));
        Self::with_texts(all.collect(), texts, [false; 128])
    }

    fn with_texts(mut all: Vec<Needle>, texts: BTreeSet<String>, hiding: [bool; 128]) -> Self {
        let first_text = all.len();
        let texts = texts.into_iter().map(String::into_bytes);
        all.extend(texts.map(|bytes| Needle::new(bytes, Kind::Text)));
        Needles {
            all,
            first_text,
            hiding,
        }
    }

    pub(super) fn all(&self) -> &[Needle] {
        &self.all
    }

    /// Those that searches ask for, with their places among all.
    #[expect(clippy::arithmetic_side_effects, reason = "a place among all")]
    pub(super) fn texts(&self) -> impl ExactSizeIterator<Item = (usize, &Needle)> {
        let texts = self.all.get(self.first_text..).unwrap_or_default();
        let first = self.first_text;
        let with_place = move |(place, text)| (first + place, text);
        texts.iter().enumerate().map(with_place)
    }

    /// Which needles stand for a text that was asked for: itself, or those that it holds.
    #[expect(clippy::arithmetic_side_effects, reason = "a place among all")]
    pub(super) fn of_text(&self, text: &str) -> Vec<usize> {
        let first = self
            .texts()
            .next()
            .map_or(self.all.len(), |(index, _)| index);
        let sorted = self.all.get(first..).unwrap_or_default();
        let by_text = |needle: &Needle| needle.bytes.as_slice().cmp(text.as_bytes());
        match sorted.binary_search_by(by_text) {
            Ok(place) => alloc::vec![first + place],
            Err(_) => {
                let holds = |needle: &Needle| memmem::find(text.as_bytes(), &needle.bytes);
                let held = self.texts().filter(|(_, needle)| holds(needle).is_some());
                held.map(|(index, _)| index).collect()
            }
        }
    }

    /// Does the needle stand at the begin of `rest`, and mean something there?
    #[inline]
    pub(super) fn stands_before(&self, needle: &Needle, rest: &[u8]) -> bool {
        (eight(rest) | FOLD) & needle.begin.mask == needle.begin.folded
            && self.is_whole(needle, rest)
    }

    fn is_whole(&self, needle: &Needle, rest: &[u8]) -> bool {
        let Some((bytes, after)) = rest.split_at_checked(needle.bytes.len()) else {
            return false;
        };
        bytes.eq_ignore_ascii_case(&needle.bytes)
            && (needle.kind != Kind::Escape || self.hides(after))
    }

    /// Does an escape whose last two digits begin `after` hide something? The brackets
    /// and ampersands of XML do with what follows them.
    #[inline]
    #[expect(
        clippy::arithmetic_side_effects,
        clippy::cast_possible_truncation,
        reason = "two hexadecimal digits are one byte"
    )]
    pub(super) fn hides(&self, after: &[u8]) -> bool {
        let Some(([high, low], after)) = after.split_first_chunk() else {
            return false;
        };
        let digit = |byte: &u8| char::from(*byte).to_digit(16);
        let (Some(high), Some(low)) = (digit(high), digit(low)) else {
            return false;
        };
        let byte = (high * 16 + low) as u8;
        self.hiding.get(usize::from(byte)).copied().unwrap_or(false)
            || matches!(
                (byte, after.first()),
                (b'<', Some(b'!' | b'?')) | (b'&', Some(b'#'))
            )
    }
}

/// Of a few texts, leaves out those that hold another: they say nothing more.
fn keep_shortest(texts: &mut BTreeSet<String>) {
    if texts.len() <= FEW {
        let all = texts.clone();
        texts.retain(|text| !all.iter().any(|one| one != text && text.contains(one)));
    }
}
