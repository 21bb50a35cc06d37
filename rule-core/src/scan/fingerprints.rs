//! The search with vectors for a few needles: three bytes at each second place of the input are looked up
//! in tables, for all needles at once.
//!
//! A needle of four bytes or more has two runs of three bytes next to each other, its
//! fingerprints; wherever it stands, one of them begins at an even place. So the places
//! between need no look: the bytes at even and at odd places are split into vectors of
//! their own, and a run is one byte of the even ones, one of the odd ones, and the next of
//! the even ones. As in the search called Teddy [Hyperscan; the crate aho-corasick], each
//! half of a byte is looked up in a table of 16 whose bits are groups of needles, and what
//! all tables agree in may begin there. Letters differ from their capitals in the upper
//! half alone, so that both cases cost nothing.
//!
//! Of each text that run is taken, and put to that group, which makes the fewest places of
//! a log stand out.

use alloc::vec::Vec;

use super::budget::Budget;
use super::frequency;
use super::linear::Linear;
use super::look::{Ended, Look};
use super::needles::{Kind, Needle, Needles};
use super::stop::Stop;
use super::vector::Vector;

/// Groups of needles, each with a bit.
const GROUPS: usize = 8;

/// The groups of an escape, and of markup that begins with a bracket, at even places and
/// at odd ones, or with an ampersand. Where more share a group, the tables mix the halves of
/// their bytes, and those of markup mixed are commas, slashes and digits.
const ESCAPE: usize = 0;
const BRACKET: [usize; 2] = [1, 2];
const AMPERSAND: usize = 3;
/// The group of what is not ASCII, where that can hide a text; the groups behind it are
/// those of texts.
const NOT_ASCII: usize = 4;

/// A comparison with a needle in so many bytes takes less time than the linear search.
const PLACES: usize = 12;

#[derive(Clone, Debug)]
pub(super) struct Fingerprints {
    /// For each byte of a run: the groups by its lower half, and by its upper half.
    tables: [[[u8; 16]; 2]; 3],
    groups: [Group; GROUPS],
}

/// Needles that share a bit.
#[derive(Clone, Debug, Default)]
struct Group {
    members: Vec<Member>,
    accepted: Accepted,
}

/// A needle in its group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Member {
    needle: usize,
    /// Where in the needle its first run begins. One whose second byte is the needle's
    /// first begins one before it.
    run: usize,
}

/// The bytes that may stand at a place of a run; none for any.
type Run = [Option<u8>; 3];

/// The runs that a group takes for one of its own: for each byte its lower halves and its
/// upper halves, a bit each.
#[derive(Clone, Copy, Debug, Default)]
struct Accepted([[u16; 2]; 3]);

impl Accepted {
    fn with(mut self, run: Run) -> Self {
        for ([low, high], byte) in self.0.iter_mut().zip(run) {
            match byte {
                None => (*low, *high) = (u16::MAX, u16::MAX),
                Some(byte) => {
                    for byte in [byte, byte.to_ascii_uppercase()] {
                        *low |= 1 << (byte & 0x0f);
                        *high |= 1 << (byte >> 4);
                    }
                }
            }
        }
        self
    }

    /// How many runs of a log it accepts, of 2 to the power of 48, were the bytes of a run
    /// independent of one another.
    fn share(self) -> u64 {
        let accepts = |[low, high]: [u16; 2], byte: u8| {
            low >> (byte & 0x0f) & 1 == 1 && high >> (byte >> 4) & 1 == 1
        };
        let shares = self.0.map(|halves| {
            let bytes = (b' '..=b'~').filter(|byte| accepts(halves, *byte));
            bytes.map(frequency::of).sum::<u64>()
        });
        shares.iter().product()
    }
}

impl Fingerprints {
    /// A search for what could hide a text, and for these texts.
    pub(super) fn new(needles: &Needles, texts: &[usize]) -> Self {
        let mut fingerprints = Fingerprints {
            tables: [[[0; 16]; 2]; 3],
            groups: Default::default(),
        };
        let mut first = NOT_ASCII;
        for (index, needle) in needles.all().iter().enumerate() {
            let groups = match (needle.kind, needle.bytes.first()) {
                (Kind::Text, _) => continue,
                (_, Some(b'\\')) => [ESCAPE; 2],
                (_, Some(b'<')) => BRACKET,
                (_, Some(b'&')) => [AMPERSAND; 2],
                _ => {
                    first = NOT_ASCII + 1;
                    [NOT_ASCII; 2]
                }
            };
            let member = Member {
                needle: index,
                run: 0,
            };
            fingerprints.add(groups, needle, member);
        }
        for &index in texts {
            let Some(needle) = needles.all().get(index) else {
                continue;
            };
            let (group, run) = fingerprints.best_place(first, needle);
            let member = Member { needle: index, run };
            fingerprints.add([group; 2], needle, member);
        }
        for (group, bit) in fingerprints
            .groups
            .iter()
            .zip((0..8).map(|place| 1 << place))
        {
            for (tables, halves) in fingerprints.tables.iter_mut().zip(group.accepted.0) {
                for (table, halves) in tables.iter_mut().zip(halves) {
                    for (place, groups) in table.iter_mut().enumerate() {
                        if halves >> place & 1 == 1 {
                            *groups |= bit;
                        }
                    }
                }
            }
        }
        fingerprints
    }

    /// The group, from `first` on, and the run of a text in which it makes the fewest places
    /// of a log stand out that did not before.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "a group accepts no fewer runs with another needle"
    )]
    fn best_place(&self, first: usize, needle: &Needle) -> (usize, usize) {
        let runs = 0..=needle.bytes.len().saturating_sub(4);
        let groups = self.groups.iter().enumerate().skip(first);
        let places = groups.flat_map(|(group, one)| {
            runs.clone().map(move |run| {
                let [a, b] = runs_of(needle, run);
                let more = one.accepted.with(a).with(b).share() - one.accepted.share();
                (more, group, run)
            })
        });
        places
            .min()
            .map_or((first, 0), |(_, group, run)| (group, run))
    }

    /// Adds a needle to the groups of its first and of its second run.
    fn add(&mut self, groups: [usize; 2], needle: &Needle, member: Member) {
        for (run, group) in runs_of(needle, member.run).into_iter().zip(groups) {
            if let Some(group) = self.groups.get_mut(group) {
                group.accepted = group.accepted.with(run);
                if group.members.last() != Some(&member) {
                    group.members.push(member);
                }
            }
        }
    }

    /// Looks at what stands around a run that begins at `run`, of needles of these groups.
    /// Gives where one begins that ends the look.
    #[inline]
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "a word that has a bit is not 0; members are in memory, and runs are places in \
                  the bytes or in a needle"
    )]
    fn look_around<L: Look>(
        &self,
        run: usize,
        groups: u8,
        needles: &Needles,
        bytes: &[u8],
        budget: &mut Budget,
        look: &mut L,
    ) -> Result<(), Stop> {
        let mut compared = 1;
        let mut groups = usize::from(groups);
        while groups != 0 {
            let group = self.groups.get(groups.trailing_zeros() as usize);
            groups &= groups - 1;
            let members = group.map_or(&[][..], |group| &group.members);
            compared += members.len();
            for member in members {
                let Some(needle) = needles.all().get(member.needle) else {
                    continue;
                };
                // As its first run, or its second one; of two bytes, the second begins before.
                let [first, second] = match needle.bytes.len() {
                    2 => [1, 0],
                    _ => [member.run + 1, member.run + 2],
                };
                for back in [first, second] {
                    if let Some(start) = (run + 1).checked_sub(back)
                        && let Some(rest) = bytes.get(start..)
                        && needles.stands_before(needle, rest)
                        && (needle.kind != Kind::Text || !look.text(member.needle))
                    {
                        return Err(Stop::At(start));
                    }
                }
            }
        }
        match budget.is_spent(run, compared) {
            true => Err(Stop::Dense),
            false => Ok(()),
        }
    }

    /// Looks closer at a block in which something stands out, as far as `end`.
    #[inline(never)]
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "a word that has a bit is not 0, and places are those of a block that is in the \
                  bytes, or zeros behind them"
    )]
    fn settle<L: Look>(
        &self,
        block: &Special,
        end: usize,
        needles: &Needles,
        bytes: &[u8],
        budget: &mut Budget,
        look: &mut L,
    ) -> Option<Ended> {
        let mut ended = None;
        let mut end = end;
        let mut places = block.places;
        while places != 0 {
            let place = places.trailing_zeros() as usize;
            places &= places - 1;
            let groups = block.found.get(place).copied().unwrap_or_default();
            // A run that ends with the first byte of the block began before it.
            let run = (block.at + 2 * place).saturating_sub(2);
            if let Err(stop) = self.look_around(run, groups, needles, bytes, budget, look) {
                if let Stop::At(start) = stop {
                    end = end.min(start);
                }
                ended = Some(Ended::from(stop));
                break;
            }
        }
        if L::LINES {
            let mut line_breaks = block.line_breaks;
            while line_breaks != 0 {
                let at = block.at + line_breaks.trailing_zeros() as usize;
                line_breaks &= line_breaks - 1;
                if at >= end {
                    break;
                }
                if !look.line_break(bytes, at) {
                    return Some(Ended::Stopped);
                }
            }
        }
        ended
    }
}

/// A search on its way, so many bytes at once as a vector has.
pub(super) struct Search<'a, V> {
    fingerprints: &'a Fingerprints,
    needles: &'a Needles,
    tables: Tables<V>,
    line_break: V,
    before: V,
    at: usize,
    budget: Budget,
}

impl<'a, V: Vector> Search<'a, V> {
    #[inline(always)]
    pub(super) fn new(
        fingerprints: &'a Fingerprints,
        needles: &'a Needles,
        linear: &Linear,
    ) -> Self {
        Search {
            fingerprints,
            needles,
            tables: Tables::new(&fingerprints.tables),
            line_break: V::splat(b'\n'),
            before: V::splat(0),
            at: 0,
            budget: Budget::new(PLACES, linear),
        }
    }

    /// Looks at the whole blocks of two vectors from where it is on, as far as `to`; what
    /// stands behind `end` is none of its business.
    #[inline(always)]
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "it goes on by blocks that are there, of two vectors of 32 bytes at the most"
    )]
    pub(super) fn blocks<L: Look>(
        &mut self,
        bytes: &[u8],
        to: usize,
        end: usize,
        look: &mut L,
    ) -> Option<Ended> {
        // Copies stay in the registers of the processor.
        let (tables, line_break) = (self.tables, self.line_break);
        let (mut before, mut at) = (self.before, self.at);
        let part = bytes.get(at..to).unwrap_or_default();
        for block in part.chunks_exact(2 * V::BYTES) {
            let (found, left, right) = tables.look_up(block, &mut before);
            let (left, right) = (left.same(line_break), right.same(line_break));
            let special = match L::LINES {
                true => found.or(left).or(right),
                false => found,
            };
            if !special.is_zero() {
                let special = Special::new(at, found, left, right);
                let (needles, budget) = (self.needles, &mut self.budget);
                let search = self.fingerprints;
                let ended = search.settle(&special, end, needles, bytes, budget, look);
                if ended.is_some() {
                    return ended;
                }
            }
            at += 2 * V::BYTES;
        }
        (self.before, self.at) = (before, at);
        None
    }

    /// Looks at the bytes behind the last whole block, and zeros behind them: a run may
    /// have begun with the last bytes.
    #[inline(always)]
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "two vectors of 32 bytes at the most"
    )]
    pub(super) fn rest<L: Look>(
        &mut self,
        bytes: &[u8],
        end: usize,
        look: &mut L,
    ) -> Option<Ended> {
        let mut last = [0; 64];
        let rest = bytes.get(self.at..).unwrap_or_default();
        for (to, from) in last.iter_mut().zip(rest) {
            *to = *from;
        }
        let last = last.get(..2 * V::BYTES).unwrap_or_default();
        let (found, left, right) = self.tables.look_up(last, &mut self.before);
        let (left, right) = (left.same(self.line_break), right.same(self.line_break));
        let special = Special::new(self.at, found, left, right);
        let (needles, budget) = (self.needles, &mut self.budget);
        self.fingerprints
            .settle(&special, end, needles, bytes, budget, look)
    }
}

/// The tables as vectors.
///
/// Its functions are always inlined, for only then are they compiled for the feature of the
/// processor that their caller is.
#[derive(Clone, Copy)]
struct Tables<V> {
    tables: [[V; 2]; 3],
    lower: V,
}

impl<V: Vector> Tables<V> {
    #[inline(always)]
    fn new(tables: &[[[u8; 16]; 2]; 3]) -> Self {
        let [first, second, third] = tables;
        let [[a, b], [c, d], [e, f]] = [first, second, third];
        Tables {
            tables: [
                [V::repeated(a), V::repeated(b)],
                [V::repeated(c), V::repeated(d)],
                [V::repeated(e), V::repeated(f)],
            ],
            lower: V::splat(0x0f),
        }
    }

    /// The groups of the runs that end with the bytes at even places of a block of two
    /// vectors, and these two. `before` is what the block before it has left of the last of
    /// its runs.
    #[inline(always)]
    fn look_up(&self, block: &[u8], before: &mut V) -> (V, V, V) {
        let (left, right) = block.split_at_checked(V::BYTES).unwrap_or_default();
        let (left, right) = (V::load(left), V::load(right));
        let (even, odd) = left.split(right);
        let [first, second, third] = self.tables;
        let two = self.groups(first, even).and(self.groups(second, odd));
        let found = two.behind(*before).and(self.groups(third, even));
        *before = two;
        (found, left, right)
    }

    #[inline(always)]
    fn groups(&self, [low, high]: [V; 2], bytes: V) -> V {
        let by_low = low.at(bytes.and(self.lower));
        by_low.and(high.at(bytes.high()))
    }
}

/// A block of input in which something stands out.
struct Special {
    /// Where it begins.
    at: usize,
    /// Which of its bytes at even places a run may end with.
    places: u32,
    /// For each of these the groups.
    found: [u8; 32],
    /// The line breaks among its bytes, a bit each.
    line_breaks: u64,
}

impl Special {
    #[inline(always)]
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "a vector has 32 bytes at the most"
    )]
    fn new<V: Vector>(at: usize, found: V, left: V, right: V) -> Self {
        let all = u32::MAX >> (32 - V::BYTES);
        let places = !found.same(V::splat(0)).bits() & all;
        Special {
            at,
            places,
            found: match places {
                0 => [0; 32],
                _ => found.to_array(),
            },
            line_breaks: u64::from(left.bits()) | u64::from(right.bits()) << V::BYTES,
        }
    }
}

/// The two runs of a needle, of which the first begins at `from`.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "places in a needle, and three behind them"
)]
fn runs_of(needle: &Needle, from: usize) -> [Run; 2] {
    let byte = |place: usize| needle.bytes.get(place).copied();
    match needle.bytes.len() {
        // With any other byte behind them, or before them.
        2 => [[byte(0), byte(1), None], [None, byte(0), byte(1)]],
        _ => [0, 1].map(|more| [0, 1, 2].map(|place| byte(from + more + place))),
    }
}
