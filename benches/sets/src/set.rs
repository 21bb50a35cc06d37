//! The sets: their names, and their events one after the other.

use std::io::{self, Write};

use crate::event::LINE;
use crate::exchange;
use crate::found::{Found, Groups};
use crate::giant;
use crate::random::Random;
use crate::rules::RuleSet;
use crate::table::{self, Rule};
use crate::time::Moment;
use crate::windows::{self, World};

/// A file of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Set {
    /// One event of a thousand is a hit of the built-in detection.
    Hits01,
    /// Every event is a hit of it.
    Hits100,
    /// Every event is full of texts that are nearly those it looks for.
    Near,
    /// Every event has escapes that could hide a text, and none does.
    Escapes,
    /// Records of 7 MiB that are no hits, each before a short one that is.
    Giant,
    /// Ordinary events, for a rule that has no text to look for.
    NoLiterals,
    /// One event of a thousand is a hit of one of 250 rules.
    Rules250,
    /// Short events of so many users, all of them hits.
    Users(u32),
}

/// Every so-manieth event is a hit, where some are.
const RARE: usize = 1000;

impl Set {
    /// Those that competitors run over.
    pub const RACED: [Set; 7] = [
        Set::Hits01,
        Set::Hits100,
        Set::Near,
        Set::Escapes,
        Set::Giant,
        Set::NoLiterals,
        Set::Rules250,
    ];

    /// The name, also of the row in the results.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Set::Hits01 => "hits-0.1".to_owned(),
            Set::Hits100 => "hits-100".to_owned(),
            Set::Near => "near".to_owned(),
            Set::Escapes => "escapes".to_owned(),
            Set::Giant => "giant".to_owned(),
            Set::NoLiterals => "no-literals".to_owned(),
            Set::Rules250 => "rules-250".to_owned(),
            Set::Users(users) => format!("users-{users}"),
        }
    }

    /// What is looked for in it.
    #[must_use]
    pub fn rules(self) -> RuleSet {
        match self {
            Set::NoLiterals => RuleSet::NoLiterals,
            Set::Rules250 => RuleSet::Rules250,
            Set::Users(_) => RuleSet::Users,
            _ => RuleSet::Builtin,
        }
    }
}

/// Writes the first `bytes` bytes, or a record more, of the set that is made `size`
/// bytes long; gives what is to be found in them.
///
/// # Errors
/// When `to` cannot be written to.
pub fn write(set: Set, size: u64, bytes: u64, to: &mut impl Write) -> io::Result<Found> {
    let mut maker = Maker::new(set, size);
    let mut written = 0;
    while written < bytes {
        let line = maker.line();
        to.write_all(line.as_bytes())?;
        written += line.len() as u64;
    }
    Ok(maker.found.finish())
}

/// Makes the lines of a set.
struct Maker {
    set: Set,
    random: Random,
    world: World,
    messages: Vec<String>,
    rules: Vec<Rule>,
    number: u64,
    all: u64,
    found: Groups,
}

impl Maker {
    fn new(set: Set, size: u64) -> Self {
        let mut random = Random::new(0x5EED);
        let world = World::new(&mut random);
        let messages = exchange::messages(&world, &mut random);
        let line = match set {
            Set::Giant => giant::RECORD / 2,
            _ => LINE,
        };
        Self {
            set,
            world,
            messages,
            rules: table::rules(),
            random,
            number: 0,
            all: size / line as u64,
            found: Groups::default(),
        }
    }

    fn line(&mut self) -> String {
        let at = Moment::of(self.number, self.all);
        let rare = self.random.one_in(RARE);
        self.number += 1;
        match self.set {
            Set::Hits01 if rare => self.hit(at),
            Set::Hits01 if self.random.one_in(RARE) => {
                let event = exchange::other(&self.world, at, &mut self.random);
                event.finish(&mut self.random)
            }
            Set::Hits100 => self.hit(at),
            Set::Near => {
                let text = exchange::near_misses(260, &mut self.random);
                let event = windows::script(&self.world, at, &mut self.random, Some(&text));
                event.finish(&mut self.random)
            }
            Set::Escapes => {
                let mut event = windows::event(&self.world, at, &mut self.random);
                event.json("Details", r#""\u003cb\u003e\u0027C:\\Temp\u0027\u002dall""#);
                event.finish(&mut self.random)
            }
            Set::Giant if self.number.is_multiple_of(2) => self.hit(at),
            Set::Giant => giant::record(&self.world, at, &mut self.random),
            Set::NoLiterals => self.any_of_many(at),
            Set::Rules250 if rare => self.hit_of_a_rule(at),
            Set::Users(users) => self.user(users, at),
            Set::Hits01 | Set::Rules250 => {
                let event = windows::event(&self.world, at, &mut self.random);
                event.finish(&mut self.random)
            }
        }
    }

    /// A hit of the built-in detection.
    fn hit(&mut self, at: Moment) -> String {
        let (host, message, event) =
            exchange::hit(&self.world, &self.messages, at, &mut self.random);
        let time = at.to_string();
        self.found.add(["", host, message], 1, &time, &time);
        event.finish(&mut self.random)
    }

    /// An ordinary event, counted where its code is above 4000.
    fn any_of_many(&mut self, at: Moment) -> String {
        let event = windows::event(&self.world, at, &mut self.random);
        if event.event_id > 4000 {
            self.found.add(["", &event.host, ""], 1, "", "");
        }
        event.finish(&mut self.random)
    }

    fn hit_of_a_rule(&mut self, at: Moment) -> String {
        let rule = &self.rules[self.random.below(self.rules.len())];
        let event = rule.event(&self.world, at, &mut self.random);
        self.found.add([&rule.name, &event.host, ""], 1, "", "");
        event.finish(&mut self.random)
    }

    /// A short event of one of the users, each of whom comes in turn.
    fn user(&mut self, users: u32, at: Moment) -> String {
        let user = format!("user{:07}", (self.number - 1) % u64::from(users.max(1)));
        self.found.add(["", &user, ""], 1, "", "");
        format!("{{\"TimeCreated\":\"{at}\",\"EventID\":4624,\"user\":\"{user}\"}}\n")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn made(set: Set) -> (Vec<u8>, Found) {
        let mut text = Vec::new();
        let size = 8 << 20;
        let found = write(set, size, size, &mut text).unwrap();
        (text, found)
    }

    #[test]
    fn each_line_is_an_event() {
        for set in Set::RACED {
            let (text, found) = made(set);
            let lines = text.split_inclusive(|byte| *byte == b'\n');
            let mut count = 0;
            for line in lines {
                let event: Value = serde_json::from_slice(line).unwrap();
                assert!(event["Channel"].is_string(), "{set:?}");
                assert!(line.len() == LINE || set == Set::Giant, "{set:?}");
                count += 1;
            }
            let expected = match set {
                Set::Hits100 => count..=count,
                Set::Near | Set::Escapes => 0..=0,
                Set::Giant => 0..=1,
                Set::NoLiterals => count / 4..=count * 3 / 4,
                _ => 1..=count / 100,
            };
            assert!(
                expected.contains(&found.matches),
                "{set:?} {}",
                found.matches
            );
        }
    }

    #[test]
    fn a_set_is_the_same_each_time() {
        for set in Set::RACED {
            assert!(made(set) == made(set), "{set:?}");
        }
    }

    #[test]
    fn a_part_of_a_set_is_its_beginning() {
        let (text, _) = made(Set::Hits01);
        let mut part = Vec::new();
        write(Set::Hits01, 8 << 20, 1 << 20, &mut part).unwrap();
        assert_eq!(part.len(), 1 << 20);
        assert!(text.starts_with(&part));
    }
}
