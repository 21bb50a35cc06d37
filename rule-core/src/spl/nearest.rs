//! The known name that an unknown one was probably meant to be.

use alloc::vec::Vec;

/// Names longer than this are not compared: the work is the product of two
/// lengths.
const LONGEST: usize = 96;

/// The name of `known` that is fewest edits from `name`, if it is near enough to
/// be a slip: at most a third of its characters, case aside. Of two equally near,
/// the one that comes first.
#[must_use]
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = folded(name)?;
    let limit = (wanted.len() / 3).max(1);
    let mut best: Option<(usize, &'a str)> = None;
    for candidate in known {
        let Some(letters) = folded(candidate) else {
            continue;
        };
        if letters.len().abs_diff(wanted.len()) > limit {
            continue;
        }
        let edits = distance(&wanted, &letters);
        if edits <= limit && best.is_none_or(|(least, _)| edits < least) {
            best = Some((edits, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

fn folded(name: &str) -> Option<Vec<char>> {
    if name.len() > LONGEST {
        return None;
    }
    Some(name.chars().flat_map(char::to_lowercase).collect())
}

/// Edits between two texts: a letter put in, left out, changed, or swapped with
/// its neighbour.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "a distance is no more than both lengths together, a cell that is missing is below \
              the largest number, and a column is not 0"
)]
fn distance(left: &[char], right: &[char]) -> usize {
    // Three rows of the usual table: a swap looks two rows back.
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=right.len()).collect();
    let mut previous = None;
    for (row, &letter) in left.iter().enumerate() {
        let mut line = Vec::with_capacity(above.len());
        line.push(row + 1);
        let mut behind = None;
        for (column, &other) in right.iter().enumerate() {
            let cell =
                |cells: &[usize], at: usize| cells.get(at).copied().unwrap_or(usize::MAX - 1);
            let mut least = (cell(&above, column + 1) + 1)
                .min(cell(&line, column) + 1)
                .min(cell(&above, column) + usize::from(letter != other));
            if column > 0 && previous == Some(other) && behind == Some(letter) {
                least = least.min(cell(&before, column - 1) + 1);
            }
            line.push(least);
            behind = Some(other);
        }
        previous = Some(letter);
        before = core::mem::replace(&mut above, line);
    }
    above.last().copied().unwrap_or(0)
}
