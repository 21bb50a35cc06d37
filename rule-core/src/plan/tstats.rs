//! `tstats` over a data model: a search over the events of a dataset, and a `stats`.
//!
//! Nothing is summarised here, so the options that say whether summaries are read change
//! nothing: the events are always read [Search Reference, "tstats"].

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Plan, Planner};
use crate::names::Dataset;
use crate::rows::{Bin, Command, Size};
use crate::search::Test;
use crate::spl::ast::{self, CompareOp, Name, SearchValue};
use crate::spl::{Code, Error, nearest};
use crate::stats::Aggregate;

/// Which events a dataset of a name takes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node<'p> {
    name: &'p str,
    dataset: &'p Dataset,
}

/// The options that change nothing where nothing is summarised.
const OF_SUMMARIES: [&str; 2] = ["summariesonly", "allow_old_summaries"];

impl Planner<'_> {
    /// The plan that the command begins.
    pub(super) fn tstats(
        &self,
        command: &ast::Command,
        tstats: &ast::Tstats,
    ) -> Result<Plan, Error> {
        let Some(datamodel) = &tstats.datamodel else {
            return Err(self.unsupported("`tstats` without a data model", command.name.span));
        };
        let (node, child) = self.node(datamodel)?;
        let planner = Planner {
            source: self.source,
            context: self.context,
            node: Some(node),
        };
        // What is asked of the fields tells most events apart sooner than what a dataset has.
        let mut filters = alloc::vec![planner.predicate(&tstats.filter, true)?];
        if let Some(child) = child {
            filters.push(planner.below(node, child, datamodel)?);
        }
        filters.push(self.defined_search(&node.dataset.search)?);
        let written = ast::Stats {
            settings: Vec::new(),
            aggregates: tstats.aggregates.clone(),
            by: tstats.by.clone(),
        };
        let is_eval =
            |one: &&ast::Aggregate| matches!(one.argument, ast::AggregateArgument::Eval(_));
        if let Some(aggregate) = tstats.aggregates.iter().find(is_eval) {
            return Err(self.unsupported("`eval` in `tstats`", aggregate.span));
        }
        let (mut stats, _) = planner.stats(&written)?;
        if let Some(at) = stats.aggregates.iter().position(Aggregate::is_over_each) {
            let span = tstats
                .aggregates
                .get(at)
                .map_or(command.span, |one| one.span);
            return Err(self.unsupported("a wildcard in `tstats`", span));
        }
        let mut before = Vec::new();
        for setting in &tstats.settings {
            match setting.key.text.as_str() {
                "fillnull_value" => stats.missing = Some(setting.value.text.clone()),
                "span" if tstats.by.iter().any(|name| name.text == "_time") => {
                    before.push(Command::Bin(Bin {
                        field: String::from("_time"),
                        alias: None,
                        size: Size::Span(self.span(&setting.value)?),
                    }));
                }
                key if OF_SUMMARIES.contains(&key) => {}
                _ => return Err(self.unsupported_option("tstats", &setting.key)),
            }
        }
        Ok(Plan {
            before,
            stats: Some(stats),
            ..Plan::of(Test::And(filters))
        })
    }

    /// The dataset that `datamodel=` names, and the one below it, if it names one.
    fn node<'n>(&self, datamodel: &'n Name) -> Result<(Node<'_>, Option<&'n str>), Error> {
        let models = self.context.sources.models();
        let (model, named) = match datamodel.text.split_once('.') {
            Some((model, named)) => (model, Some(named)),
            None => (datamodel.text.as_str(), None),
        };
        let mut datasets = models.of_model(model);
        let found = match named {
            // Datasets are named by themselves, or by those above them.
            Some(named) => {
                let named = named.rsplit('.').next().unwrap_or(named);
                datasets.find_map(|(name, dataset)| {
                    let child = dataset.children.contains_key(named).then_some(named);
                    (name == named || child.is_some()).then_some((name, dataset, child))
                })
            }
            None => match (datasets.next(), datasets.next()) {
                (Some((name, dataset)), None) => Some((name, dataset, None)),
                (Some((name, _)), Some(_)) => {
                    let message = format!(
                        "`{model}` has several datasets: write which one, as in `{model}.{name}`"
                    );
                    return Err(self.error(Code::Syntax, message, None, datamodel.span));
                }
                _ => None,
            },
        };
        let Some((name, dataset, child)) = found else {
            let known: Vec<String> = models.paths().collect();
            let nearest = nearest(&datamodel.text, known.iter().map(String::as_str));
            let hint = nearest.map_or_else(String::new, |name| format!(": did you mean `{name}`?"));
            let what = datamodel.text.as_str();
            let message = format!("no table says which events the data model `{what}` has{hint}");
            let code = Code::UnsupportedFeature;
            return Err(self.error(code, message, Some(what), datamodel.span));
        };
        Ok((Node { name, dataset }, child))
    }

    /// `nodename=X`: the dataset itself, or one below it.
    pub(super) fn nodename(
        &self,
        node: Node<'_>,
        op: CompareOp,
        value: &SearchValue,
    ) -> Result<Test, Error> {
        let last = value.text.rsplit('.').next().unwrap_or_default();
        let name = Name {
            text: value.text.clone(),
            span: value.span,
        };
        let test = match last == node.name {
            true => Test::All,
            false => self.below(node, last, &name)?,
        };
        match op {
            CompareOp::Eq => Ok(test),
            CompareOp::Ne => Ok(Test::Not(Box::new(test))),
            _ => Err(self.unsupported("an order of `nodename`", value.span)),
        }
    }

    /// What a dataset below one takes of its events.
    fn below(&self, node: Node<'_>, child: &str, written: &Name) -> Result<Test, Error> {
        let Some(definition) = node.dataset.children.get(child) else {
            let names = node.dataset.children.keys().map(String::as_str);
            let hint = nearest(child, names)
                .map_or_else(String::new, |name| format!(": did you mean `{name}`?"));
            let message = format!(
                "no table says which events of `{}` are in `{child}`{hint}",
                node.name
            );
            let code = Code::UnsupportedFeature;
            return Err(self.error(code, message, Some(&written.text), written.span));
        };
        self.defined_search(definition)
    }
}
