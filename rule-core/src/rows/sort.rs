//! `sort`: rows by their fields.

use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Ordering;
use core::net::IpAddr;

use super::row::Row;
use crate::entries;
use crate::value::{Number, Value, parse_number};

/// `sort 10 -count +ip(src)`: a row without the field comes last in both
/// directions; rows that are equal stay as they came [Search Reference, "sort"].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sort {
    /// How many rows stay; None for all.
    pub limit: Option<usize>,
    /// What it sorts by: the first that tells two rows apart.
    pub keys: Vec<SortKey>,
    /// `desc` at the end: each key the other way round.
    pub reversed: bool,
}

/// A field to sort by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SortKey {
    /// The field.
    pub field: String,
    /// From the greatest to the least.
    pub descending: bool,
    /// As what its values are compared.
    pub kind: SortKind,
}

/// As what values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortKind {
    /// `auto`: as numbers and addresses where they begin as such, else as text.
    Auto,
    /// `num`
    Number,
    /// `str`
    Text,
    /// `ip`
    Address,
}

/// What a value is sorted by. Splunk decides pair by pair whether two values are
/// numbers; for an order that any list can be brought into, numbers come before
/// addresses of version 6, and those before text `[U]`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Number(Number, Option<u32>),
    Address(u128),
    Text(String),
}

impl Sort {
    pub(super) fn apply(&self, rows: Vec<Row>) -> Vec<Row> {
        let keyed = rows.into_iter().map(|row| {
            let keys = self.keys.iter().map(|key| key.of(&row));
            (keys.collect::<Vec<_>>(), row)
        });
        let mut keyed: Vec<(Vec<Option<Key>>, Row)> = keyed.collect();
        entries::sort(&mut keyed, |(left, _), (right, _)| self.order(left, right));
        let kept = keyed.into_iter().take(self.limit.unwrap_or(usize::MAX));
        kept.map(|(_, row)| row).collect()
    }

    fn order(&self, left: &[Option<Key>], right: &[Option<Key>]) -> Ordering {
        let pairs = self.keys.iter().zip(left.iter().zip(right));
        let mut orders = pairs.map(|(key, values)| match values {
            (Some(left), Some(right)) if key.descending != self.reversed => right.cmp(left),
            (Some(left), Some(right)) => left.cmp(right),
            // Missing last, whatever the direction.
            (left, right) => left.is_none().cmp(&right.is_none()),
        });
        orders
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    }
}

impl SortKey {
    /// Of several values the first counts `[U]`.
    fn of(&self, row: &Row) -> Option<Key> {
        let value = row.get(&self.field).each().first()?;
        let text = value.text()?.into_owned();
        Some(match self.kind {
            SortKind::Text => Key::Text(text),
            SortKind::Number => match value.number().or_else(|| leading_number(&text)) {
                Some(number) => Key::Number(number, None),
                None => Key::Text(text),
            },
            SortKind::Address => match text.parse::<IpAddr>() {
                Ok(IpAddr::V4(address)) => Key::Number(Number::Int(0), Some(address.to_bits())),
                Ok(IpAddr::V6(address)) => Key::Address(address.to_bits()),
                Err(_) => Key::Text(text),
            },
            SortKind::Auto => auto(value, text),
        })
    }
}

fn auto(value: &Value, text: String) -> Key {
    if let Some(number) = value.number() {
        return Key::Number(number, None);
    }
    match text.parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => {
            let [first, ..] = address.octets();
            Key::Number(Number::Int(i64::from(first)), Some(address.to_bits()))
        }
        Ok(IpAddr::V6(address)) => Key::Address(address.to_bits()),
        Err(_) => match leading_number(&text) {
            Some(number) => Key::Number(number, None),
            None => Key::Text(text),
        },
    }
}

/// The number that a text begins with: digits, and a point with digits behind it.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "lengths of what stands there, one behind the other"
)]
fn leading_number(text: &str) -> Option<Number> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let sign = usize::from(text.starts_with('-'));
    let whole = sign + digits(text.get(sign..)?);
    if whole == sign {
        return None;
    }
    let fraction = match text.get(whole..).and_then(|rest| rest.strip_prefix('.')) {
        Some(rest) if digits(rest) > 0 => 1 + digits(rest),
        _ => 0,
    };
    parse_number(text.get(..whole + fraction)?)
}
