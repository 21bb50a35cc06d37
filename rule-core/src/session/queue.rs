//! Alerts that wait to be taken.
//!
//! An alert waits as what it is made of and is written when it is taken: the
//! lines of a full window can take several times what the window did.

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use super::engine::PARTIAL;
use super::rule::Rule;
use crate::alert::{self, Body, Change, Head, Id, Kind};
use crate::rows::Row;
use crate::snapshot::{self, Damaged, Digest, Reader, Writer};
use crate::window::{Bounds, State};

/// No more is written at once than this many bytes and one line.
const AT_ONCE: usize = 256 << 10;

/// Bytes that an alert is reckoned with besides what it says.
const ENTRY: usize = 128;

#[derive(Clone, Debug, Default)]
pub(super) struct Queue {
    waiting: VecDeque<Waiting>,
    bytes: usize,
    /// Bytes that the longest of the lines may take.
    longest_line: usize,
}

/// An alert that waits.
#[derive(Clone, Debug)]
pub(super) struct Waiting {
    pub(super) window: Bounds,
    /// The rule's place among the rules.
    pub(super) rule: usize,
    pub(super) kind: Kind,
    pub(super) part: u64,
    pub(super) revision: u64,
    pub(super) says: Says,
}

/// What an alert says.
#[derive(Clone, Debug)]
pub(super) enum Says {
    /// A row, with its id.
    Row(Id, Row),
    /// The row of this id does not come out of the search any more.
    Gone(Id),
    /// A group that made room.
    Group(State),
}

impl Queue {
    pub(super) fn push(&mut self, waiting: Waiting, rules: &[Rule]) {
        self.bytes = self.bytes.saturating_add(waiting.says.bytes());
        let rule = rules.get(waiting.rule);
        let line = rule.map_or(0, |rule| waiting.says.line_length(rule));
        self.longest_line = self.longest_line.max(line);
        self.waiting.push_back(waiting);
    }

    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Bytes of the lines of one taking without the last, and of the longest line.
    pub(super) fn taken_at_once(&self) -> (usize, usize) {
        (AT_ONCE, self.longest_line)
    }

    /// Takes alerts, as JSON lines, up to about [`AT_ONCE`].
    pub(super) fn take(&mut self, rules: &[Rule], digest: &Digest) -> Vec<u8> {
        let mut lines = Vec::new();
        while lines.len() < AT_ONCE {
            let Some(waiting) = self.waiting.pop_front() else {
                break;
            };
            self.bytes = self.bytes.saturating_sub(waiting.says.bytes());
            if let Some(rule) = rules.get(waiting.rule) {
                waiting.write_line(rule, digest, &mut lines);
            }
        }
        if self.waiting.is_empty() {
            self.longest_line = 0;
        }
        lines
    }

    /// Takes the early alerts among those from the one at `from` on, each as JSON.
    pub(super) fn take_early(
        &mut self,
        from: usize,
        rules: &[Rule],
        digest: &Digest,
    ) -> Vec<Vec<u8>> {
        let mut lines = Vec::new();
        let newest = self.waiting.split_off(from.min(self.waiting.len()));
        for waiting in newest {
            match rules.get(waiting.rule) {
                Some(rule) if waiting.kind == Kind::Early => {
                    self.bytes = self.bytes.saturating_sub(waiting.says.bytes());
                    let mut line = Vec::new();
                    waiting.write_line(rule, digest, &mut line);
                    line.pop();
                    lines.push(line);
                }
                _ => self.waiting.push_back(waiting),
            }
        }
        lines
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.list(self.waiting.iter(), |writer, waiting| waiting.write(writer));
    }

    pub(super) fn read(reader: &mut Reader<'_>, rules: &[Rule]) -> Result<Self, Damaged> {
        let mut queue = Queue::default();
        for waiting in reader.list(|reader| Waiting::read(reader, rules))? {
            queue.push(waiting, rules);
        }
        Ok(queue)
    }
}

impl Waiting {
    /// A row that is given, or that is gone.
    pub(super) fn of(rule: usize, window: Bounds, kind: Kind, part: u64, change: Change) -> Self {
        Waiting {
            window,
            rule,
            kind,
            part,
            revision: change.revision,
            says: match change.row {
                Some(row) => Says::Row(change.id, row),
                None => Says::Gone(change.id),
            },
        }
    }

    fn write_line(self, rule: &Rule, digest: &Digest, out: &mut Vec<u8>) {
        let head = |id| Head {
            kind: self.kind,
            id,
            part: self.part,
            revision: self.revision,
        };
        let mut write = |head: Head, body: Body<'_>| {
            alert::write(&rule.detection, self.window, &head, &body, out);
        };
        match self.says {
            Says::Row(id, row) => write(
                head(id),
                Body {
                    row: Some(&row),
                    state: None,
                },
            ),
            Says::Gone(id) => write(
                head(id),
                Body {
                    row: None,
                    state: None,
                },
            ),
            Says::Group(state) => {
                let snapshot = snapshot::seal(PARTIAL, digest, |writer| {
                    writer.count(self.rule);
                    self.window.write(writer);
                    state.write(writer);
                });
                for row in state.into_rows(rule.plan.stats.as_ref()) {
                    write(
                        head(Id::of(&rule.detection.id, self.window, &row)),
                        Body {
                            row: Some(&row),
                            state: Some(&snapshot),
                        },
                    );
                }
            }
        }
    }

    fn write(&self, writer: &mut Writer) {
        self.window.write(writer);
        writer.count(self.rule);
        writer.byte(match self.kind {
            Kind::Final => 0,
            Kind::Early => 1,
            Kind::Late => 2,
            Kind::Amended => 3,
            Kind::Partial => 4,
        });
        writer.number(self.part);
        writer.number(self.revision);
        match &self.says {
            Says::Row(_, row) => {
                writer.byte(0);
                row.write(writer);
            }
            Says::Gone(id) => {
                writer.byte(1);
                id.write(writer);
            }
            Says::Group(state) => {
                writer.byte(2);
                state.write(writer);
            }
        }
    }

    fn read(reader: &mut Reader<'_>, rules: &[Rule]) -> Result<Self, Damaged> {
        let window = Bounds::read(reader)?;
        let rule = reader.count()?;
        let of = rules.get(rule).ok_or(Damaged)?;
        Ok(Waiting {
            window,
            rule,
            kind: match reader.byte()? {
                0 => Kind::Final,
                1 => Kind::Early,
                2 => Kind::Late,
                3 => Kind::Amended,
                4 => Kind::Partial,
                _ => return Err(Damaged),
            },
            part: reader.number()?,
            revision: reader.number()?,
            says: match reader.byte()? {
                0 => {
                    let row = Row::read(reader)?;
                    Says::Row(Id::of(&of.detection.id, window, &row), row)
                }
                1 => Says::Gone(Id::read(reader)?),
                2 => Says::Group(State::read(reader, of.plan.stats.as_ref())?),
                _ => return Err(Damaged),
            },
        })
    }
}

impl Says {
    fn bytes(&self) -> usize {
        let own = match self {
            Says::Row(_, row) => row.bytes(),
            Says::Gone(_) => 0,
            Says::Group(state) => state.bytes(),
        };
        own.saturating_add(ENTRY)
    }

    /// Bytes that the alert's line may take: the row, and its values again in the
    /// message and as risk and threat objects; of a group the row, and its state in
    /// base64.
    fn line_length(&self, rule: &Rule) -> usize {
        let own = match self {
            Says::Row(_, row) => {
                let again = rule.detection.risk.as_ref().map_or(0, |risk| {
                    let in_message = risk.message.matches('$').count() / 2;
                    in_message
                        .saturating_add(risk.objects.len())
                        .saturating_add(risk.threats.len())
                });
                row.json_length().saturating_mul(again.saturating_add(1))
            }
            Says::Gone(_) => 0,
            Says::Group(state) => {
                let rows = state.clone().into_rows(rule.plan.stats.as_ref());
                let row = rows.first().map_or(0, Row::json_length);
                row.saturating_add(state.bytes().saturating_mul(2))
            }
        };
        own.saturating_add(1024)
    }
}
