//! `search` to a predicate.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Planner, TOO_MANY_PARTS, TOO_MUCH_TEXT};
use crate::names::Kind;
use crate::search::{Bound, Comparison, Condition, Field, Pattern, Term, Test, Wanted};
use crate::spl::ast::{Body, CompareOp, Name, Predicate, SearchValue, Span, ValueForm};
use crate::spl::{Code, Error, parse};

/// How deep eventtypes may be defined by one another.
const MAX_EVENTTYPE_DEPTH: usize = 8;

impl Planner<'_> {
    /// A predicate. Over events (not rows) `index`, `eventtype` and `tag` mean
    /// more than a field's value.
    pub(super) fn predicate(&self, predicate: &Predicate, events: bool) -> Result<Test, Error> {
        self.predicate_at(predicate, events, 0)
    }

    fn predicate_at(
        &self,
        predicate: &Predicate,
        events: bool,
        depth: usize,
    ) -> Result<Test, Error> {
        let several = |parts: &[Predicate]| {
            parts
                .iter()
                .map(|part| self.predicate_at(part, events, depth))
                .collect::<Result<_, _>>()
        };
        let (parts, span) = match predicate {
            Predicate::Compare { field, .. } => (1, field.span),
            Predicate::In { field, values } => (values.len(), field.span),
            Predicate::Term(value) => (1, value.span),
            _ => (0, Span::default()),
        };
        if !self.context.bounds.take_parts(parts) {
            return Err(self.error(Code::Syntax, TOO_MANY_PARTS, None, span));
        }
        Ok(match predicate {
            Predicate::All => Test::All,
            Predicate::And(parts) => Test::And(several(parts)?),
            Predicate::Or(parts) => Test::Or(several(parts)?),
            Predicate::Not(part) => Test::Not(Box::new(self.predicate_at(part, events, depth)?)),
            Predicate::Compare { field, op, value } => {
                let span = Span {
                    start: field.span.start,
                    end: value.span.end,
                };
                let text = String::from(self.source.text(span));
                if let Some(node) = self.node
                    && field.text == "nodename"
                {
                    return self.nodename(node, *op, value);
                }
                if events && is_defined(&field.text) && matches!(op, CompareOp::Eq | CompareOp::Ne)
                {
                    let test = self.defined(field, value, text, depth)?;
                    let differs = *op == CompareOp::Ne;
                    return Ok(if differs {
                        Test::Not(Box::new(test))
                    } else {
                        test
                    });
                }
                self.compare(field, *op, value, text, events)?
            }
            Predicate::In { field, values } => {
                let end = values.last().map_or(field.span.end, |value| value.span.end);
                let span = Span {
                    start: field.span.start,
                    end,
                };
                let text = format!("{})", self.source.text(span));
                if events && is_defined(&field.text) {
                    let tests = values
                        .iter()
                        .map(|value| {
                            let text = format!("{}={}", field.text, self.source.text(value.span));
                            self.defined(field, value, text, depth)
                        })
                        .collect::<Result<_, _>>()?;
                    return Ok(Test::Or(tests));
                }
                let wanted = values.iter().map(wanted).collect();
                let condition = Condition::In(self.field(field)?, wanted);
                Test::Leaf {
                    condition: stored(field, condition, events),
                    text,
                }
            }
            Predicate::Term(value) => {
                let text = String::from(self.source.text(value.span));
                if Pattern::new(&value.text, false).matches_all() {
                    return Ok(Test::All);
                }
                let major_only = value.form == ValueForm::Term;
                let term = Term::new(&value.text, major_only, value.form == ValueForm::Case);
                Test::Leaf {
                    condition: Condition::Term(term),
                    text,
                }
            }
            Predicate::Subsearch(span) => return Err(self.unsupported("a subsearch", *span)),
        })
    }

    fn compare(
        &self,
        field: &Name,
        op: CompareOp,
        value: &SearchValue,
        text: String,
        events: bool,
    ) -> Result<Test, Error> {
        let name = field.text.as_str();
        if events
            && matches!(
                name,
                "earliest" | "latest" | "_index_earliest" | "_index_latest"
            )
        {
            let message = format!(
                "can't run `{name}` in a search: the range of time is the schedule's, or the \
                 setting `window`"
            );
            return Err(self.error(Code::UnsupportedFeature, message, Some(name), field.span));
        }
        let at = self.field(field)?;
        let order = |comparison| Condition::Order(at.clone(), comparison, Bound::new(&value.text));
        let condition = match op {
            CompareOp::Eq => Condition::In(at, alloc::vec![wanted(value)]),
            CompareOp::Ne => Condition::Differs(at, wanted(value)),
            CompareOp::Lt => order(Comparison::Less),
            CompareOp::Le => order(Comparison::LessOrEqual),
            CompareOp::Gt => order(Comparison::Greater),
            CompareOp::Ge => order(Comparison::GreaterOrEqual),
        };
        Ok(Test::Leaf {
            condition: stored(field, condition, events),
            text,
        })
    }

    /// A field to compare. Its slot is told when the session knows all fields.
    fn field(&self, name: &Name) -> Result<Field, Error> {
        if name.text.contains('*') {
            return Err(self.unsupported("a wildcard in the name of a field", name.span));
        }
        Ok(Field {
            name: name.text.clone(),
            slot: 0,
        })
    }

    /// `eventtype=x` and `tag=x`: the searches that the tables define them by.
    /// What no table defines no event has.
    fn defined(
        &self,
        field: &Name,
        value: &SearchValue,
        text: String,
        depth: usize,
    ) -> Result<Test, Error> {
        let sources = self.context.sources;
        let pattern = Pattern::new(&value.text, value.form == ValueForm::Case);
        let mut tests = Vec::new();
        if field.text == "eventtype" {
            for (_, definition) in sources
                .eventtypes()
                .filter(|(name, _)| pattern.matches(name))
            {
                tests.push(self.definition(definition, value, depth)?);
            }
        } else {
            for (_, definition) in sources.tags().filter(|(name, _)| pattern.matches(name)) {
                tests.push(self.definition(definition, value, depth)?);
            }
            let is_tagged = |kind: &&Kind| kind.tags.iter().any(|tag| pattern.matches(tag));
            tests.extend(sources.kinds().iter().filter(is_tagged).map(of_kind));
            // An event may say itself what it was tagged with.
            tests.push(Test::Leaf {
                condition: Condition::In(self.field(field)?, alloc::vec![wanted(value)]),
                text: text.clone(),
            });
        }
        Ok(match tests.len() {
            0 => Test::Leaf {
                condition: Condition::Never,
                text,
            },
            1 => tests.pop().unwrap_or(Test::All),
            _ => Test::Or(tests),
        })
    }

    /// The search that defines an eventtype or a tag.
    fn definition(
        &self,
        definition: &str,
        value: &SearchValue,
        depth: usize,
    ) -> Result<Test, Error> {
        if depth >= MAX_EVENTTYPE_DEPTH {
            let message = format!(
                "`{}` is defined by itself, or deeper than {MAX_EVENTTYPE_DEPTH} levels",
                value.text
            );
            return Err(self.error(Code::Syntax, message, Some(&value.text), value.span));
        }
        self.defined_search_at(definition, depth.saturating_add(1))
    }

    /// A search over events that a table has.
    pub(super) fn defined_search(&self, definition: &str) -> Result<Test, Error> {
        self.defined_search_at(definition, 0)
    }

    fn defined_search_at(&self, definition: &str, depth: usize) -> Result<Test, Error> {
        let search = parse(definition, self.context.macros)?;
        if !self
            .context
            .bounds
            .take_text(search.source.expanded().len())
        {
            return Err(self.error(Code::Syntax, TOO_MUCH_TEXT, None, Span::default()));
        }
        let inner = Planner {
            source: &search.source,
            context: self.context,
            node: None,
        };
        let mut tests = Vec::new();
        for command in &search.pipeline.commands {
            let Body::Search(predicate) = &command.body else {
                return Err(inner.unsupported_command(command));
            };
            tests.push(inner.predicate_at(predicate, true, depth)?);
        }
        Ok(if tests.len() == 1 {
            tests.pop().unwrap_or(Test::All)
        } else {
            Test::And(tests)
        })
    }
}

/// The events of a kind.
fn of_kind(kind: &Kind) -> Test {
    let when = kind.when.iter().map(|(field, values)| Test::Leaf {
        condition: Condition::In(
            Field {
                name: field.clone(),
                slot: 0,
            },
            values.iter().map(|value| Wanted::text(value)).collect(),
        ),
        text: match values.as_slice() {
            [value] => format!("{field}=\"{value}\""),
            _ => format!("{field} IN (\"{}\")", values.join("\", \"")),
        },
    });
    Test::And(when.collect())
}

fn wanted(value: &SearchValue) -> Wanted {
    Wanted::new(&value.text, value.form == ValueForm::Case)
}

/// Is this a field whose values are names of searches?
fn is_defined(field: &str) -> bool {
    field == "eventtype" || field == "tag" || field.starts_with("tag::")
}

/// `index` and `splunk_server` are about where events are stored.
fn stored(field: &Name, condition: Condition, events: bool) -> Condition {
    if !events || !matches!(field.text.as_str(), "index" | "splunk_server") {
        return condition;
    }
    Condition::Stored(
        Field {
            name: field.text.clone(),
            slot: 0,
        },
        Box::new(condition),
    )
}
