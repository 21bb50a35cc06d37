//! What a scan looks for: the texts of the searches, and what could hide one.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

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

/// Each of so many texts can be compared with each.
const FEW: usize = 256;

/// All that is looked for.
#[derive(Clone, Debug)]
pub(super) struct Needles {
    all: Vec<Needle>,
    /// The characters of ASCII whose escapes hide something.
    hiding: [bool; 128],
}

/// One text that is looked for, in letters of either case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Needle {
    /// In lower case.
    pub(super) bytes: Vec<u8>,
    pub(super) kind: Kind,
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
        let needle = |bytes: Vec<u8>, kind| Needle { bytes, kind };
        let has = |letter: char| texts.iter().any(|text| text.contains(letter));
        let variants = VARIANTS.iter().filter(|(letter, _)| has(*letter));
        let variants: Vec<&[u8]> = variants.flat_map(|(_, variants)| *variants).collect();
        let mut all: Vec<Needle> = MARKUP
            .into_iter()
            .chain(variants)
            .map(|bytes| needle(bytes.to_vec(), Kind::Hiding))
            .collect();
        all.push(needle(ESCAPE.to_vec(), Kind::Escape));
        let texts = texts.into_iter().map(String::into_bytes);
        all.extend(texts.map(|bytes| needle(bytes, Kind::Text)));
        Needles { all, hiding }
    }

    /// These texts, in lower case, where nothing hides one but a letter that is not ASCII
    /// and has a variant that is.
    pub(super) fn unescaped(mut texts: BTreeSet<String>) -> Self {
        keep_shortest(&mut texts);
        let variants = VARIANTS.iter().map(|(_, [variant, _])| Needle {
            bytes: variant.to_vec(),
            kind: Kind::Hiding,
        });
        let texts = texts.into_iter().map(|text| Needle {
            bytes: text.into_bytes(),
            kind: Kind::Text,
        });
        Needles {
            all: variants.chain(texts).collect(),
            hiding: [false; 128],
        }
    }

    pub(super) fn all(&self) -> &[Needle] {
        &self.all
    }

    /// Those that searches ask for.
    pub(super) fn texts(&self) -> impl Iterator<Item = &[u8]> {
        let texts = self.all.iter().filter(|needle| needle.kind == Kind::Text);
        texts.map(|needle| needle.bytes.as_slice())
    }

    /// Does the needle stand at the begin of `rest`, and mean something there?
    pub(super) fn stands_before(&self, needle: &Needle, rest: &[u8]) -> bool {
        let Some((bytes, after)) = rest.split_at_checked(needle.bytes.len()) else {
            return false;
        };
        bytes.eq_ignore_ascii_case(&needle.bytes)
            && (needle.kind != Kind::Escape || self.hides(after))
    }

    /// Does an escape whose last two digits begin `after` hide something? The brackets
    /// and ampersands of XML do with what follows them.
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

/// Leaves out texts that hold another: they say nothing more.
fn keep_shortest(texts: &mut BTreeSet<String>) {
    if texts.len() <= FEW {
        let all = texts.clone();
        texts.retain(|text| !all.iter().any(|one| one != text && text.contains(one)));
    }
}
