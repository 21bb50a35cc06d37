//! Commands that make columns of a row's: `spath`, `replace`, `addtotals`, and those
//! over several values.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::Planner;
use super::arguments::Given;
use crate::rows::{
    AddTotals, Command, Extract, FromJson, MakeMv, Parting, Path, Replace, Spath, Sums,
};
use crate::search::NamePattern;
use crate::spl::ast::Name;
use crate::spl::{Code, Error};

impl Planner<'_> {
    /// `spath input=f output=g path=a.b`, or the path alone.
    pub(super) fn spath(&self, given: &Given<'_>) -> Result<Command, Error> {
        let (mut input, mut output, mut path) = (None, None, None);
        for setting in &given.settings {
            match setting.key.text.to_lowercase().as_str() {
                "input" => input = Some(self.no_wildcard(given.command, &setting.value)?),
                "output" => output = Some(self.no_wildcard(given.command, &setting.value)?),
                "path" => path = Some(&setting.value),
                _ => return Err(self.unsupported_option("spath", &setting.key)),
            }
        }
        for (word, _) in &given.words {
            match path {
                None => path = Some(word),
                Some(_) => return Err(self.unexpected(given, word)),
            }
        }
        let path = match (path, output) {
            (None, None) => None,
            (None, Some(output)) => {
                let message = "`output` needs a path beside it: write `path=...`";
                return Err(self.error(Code::Syntax, message, None, output.span));
            }
            (Some(path), output) => {
                let parsed = Path::parse(&path.text).ok_or_else(|| {
                    let what = format!("the path `{}`", path.text);
                    self.unsupported(&what, path.span)
                })?;
                let output = output.unwrap_or(path);
                Some((parsed, output.text.clone()))
            }
        };
        Ok(Command::Spath(Spath {
            input: input.map_or_else(|| String::from("_raw"), |name| name.text.clone()),
            path,
        }))
    }

    /// `xmlkv field`; how many events it takes at once changes nothing.
    pub(super) fn xmlkv(&self, given: &Given<'_>) -> Result<Command, Error> {
        for setting in &given.settings {
            match setting.key.text.to_lowercase().as_str() {
                "maxinputs" => {}
                _ => return Err(self.unsupported_option("xmlkv", &setting.key)),
            }
        }
        let field = match given.words.is_empty() {
            true => String::from("_raw"),
            false => self.one_field(given)?.text.clone(),
        };
        Ok(Command::XmlKv(field))
    }

    /// `fromjson field prefix=p`
    pub(super) fn fromjson(&self, given: &Given<'_>) -> Result<Command, Error> {
        let mut prefix = String::new();
        for setting in &given.settings {
            match setting.key.text.to_lowercase().as_str() {
                "prefix" => prefix = setting.value.text.clone(),
                _ => return Err(self.unsupported_option("fromjson", &setting.key)),
            }
        }
        let field = self.one_field(given)?.text.clone();
        Ok(Command::FromJson(FromJson { field, prefix }))
    }

    /// `replace "x" WITH "y", ... IN f g`
    pub(super) fn replace(&self, given: &Given<'_>) -> Result<Command, Error> {
        if let Some(setting) = given.settings.first() {
            return Err(self.unsupported_option("replace", &setting.key));
        }
        let mut replace = Replace {
            pairs: Vec::new(),
            fields: Vec::new(),
        };
        let mut words = given.words.as_slice();
        while let [(from, _), (with, false), (to, _), rest @ ..] = words {
            if !is(with, "with") {
                break;
            }
            let (from, to) = (pattern(from), pattern_of(to));
            if to.0.wildcards() > 0 && to.0.wildcards() != from.wildcards() {
                let message = "both texts of a `replace` need equally many wildcards, or the second \
                               none";
                return Err(self.error(Code::Syntax, message, None, to.1.span));
            }
            replace.pairs.push((from, to.0));
            words = rest;
        }
        if let [(word, false), fields @ ..] = words
            && is(word, "in")
            && !fields.is_empty()
        {
            replace.fields = fields.iter().map(|(field, _)| pattern(field)).collect();
            words = &[];
        }
        match (replace.pairs.is_empty(), words.first()) {
            (false, None) => Ok(Command::Replace(replace)),
            (_, word) => {
                let span = word.map_or(given.command.span, |(word, _)| word.span);
                let message = "`replace` is written `replace \"x\" WITH \"y\" IN field`";
                Err(self.error(Code::Syntax, message, None, span))
            }
        }
    }

    /// `addtotals fieldname=Total f g`
    pub(super) fn addtotals(&self, given: &Given<'_>) -> Result<Command, Error> {
        let mut name = String::from("Total");
        let (mut row, mut col) = (true, false);
        let mut sums = Sums {
            label_field: None,
            label: String::from("Total"),
        };
        for setting in &given.settings {
            match setting.key.text.to_lowercase().as_str() {
                "fieldname" => name = setting.value.text.clone(),
                "row" => row = self.switch(setting)?,
                "col" => col = self.switch(setting)?,
                "labelfield" => sums.label_field = Some(setting.value.text.clone()),
                "label" => sums.label = setting.value.text.clone(),
                _ => return Err(self.unsupported_option("addtotals", &setting.key)),
            }
        }
        let fields = given.words.iter().map(|(field, _)| pattern(field));
        Ok(Command::AddTotals(AddTotals {
            name: row.then_some(name),
            fields: fields.collect(),
            sums: col.then_some(sums),
        }))
    }

    /// `mvexpand field limit=10`
    pub(super) fn mvexpand(&self, given: &Given<'_>) -> Result<Command, Error> {
        let mut limit = None;
        for setting in &given.settings {
            match setting.key.text.to_lowercase().as_str() {
                "limit" => limit = self.limit(&setting.value)?,
                _ => return Err(self.unsupported_option("mvexpand", &setting.key)),
            }
        }
        let field = self.one_field(given)?.text.clone();
        Ok(Command::MvExpand { field, limit })
    }

    /// `makemv delim="," allowempty=true field`
    pub(super) fn makemv(&self, given: &Given<'_>) -> Result<Command, Error> {
        let mut parting = Parting::Delimiter(String::from(" "));
        let mut allow_empty = false;
        for setting in &given.settings {
            match setting.key.text.to_lowercase().as_str() {
                "delim" if !setting.value.text.is_empty() => {
                    parting = Parting::Delimiter(setting.value.text.clone());
                }
                "tokenizer" => {
                    let (text, span) = (&setting.value.text, setting.value.span);
                    let regex = self.regex(text, span)?;
                    if regex.groups() < 2 {
                        let message = "a `tokenizer` needs a group, which is a value: `([^,]+),?`";
                        return Err(self.error(Code::Syntax, message, None, span));
                    }
                    parting = Parting::Tokenizer(regex);
                }
                "allowempty" => allow_empty = self.switch(setting)?,
                _ => return Err(self.unsupported_option("makemv", &setting.key)),
            }
        }
        Ok(Command::MakeMv(MakeMv {
            field: self.one_field(given)?.text.clone(),
            parting,
            allow_empty,
        }))
    }

    /// `mvcombine field`
    pub(super) fn mvcombine(&self, given: &Given<'_>) -> Result<Command, Error> {
        if let Some(setting) = given.settings.first() {
            return Err(self.unsupported_option("mvcombine", &setting.key));
        }
        Ok(Command::MvCombine(self.one_field(given)?.text.clone()))
    }

    /// `extract pairdelim=";" kvdelim=":"`
    pub(super) fn extract(&self, given: &Given<'_>) -> Result<Command, Error> {
        let mut extract = Extract {
            pair_ends: String::from(Extract::PAIR_ENDS),
            name_ends: String::from("="),
            limit: 50,
            longest: 10_240,
            several: false,
            clean: true,
        };
        for setting in &given.settings {
            match setting.key.text.to_lowercase().as_str() {
                "pairdelim" => extract.pair_ends = setting.value.text.clone(),
                "kvdelim" => extract.name_ends = setting.value.text.clone(),
                "limit" => extract.limit = self.count(&setting.value)?,
                "maxchars" => extract.longest = self.count(&setting.value)?,
                "mv_add" => extract.several = self.switch(setting)?,
                "clean_keys" => extract.clean = self.switch(setting)?,
                _ => return Err(self.unsupported_option("extract", &setting.key)),
            }
        }
        match given.words.first() {
            None => Ok(Command::Extract(extract)),
            Some((word, _)) => {
                let what = format!("`extract` with the extraction `{}`", word.text);
                Err(self.unsupported(&what, word.span))
            }
        }
    }

    /// `nomv field`
    pub(super) fn nomv(&self, given: &Given<'_>) -> Result<Command, Error> {
        if let Some(setting) = given.settings.first() {
            return Err(self.unsupported_option("nomv", &setting.key));
        }
        Ok(Command::NoMv(self.one_field(given)?.text.clone()))
    }
}

pub(super) fn is(word: &Name, wanted: &str) -> bool {
    word.text.eq_ignore_ascii_case(wanted)
}

fn pattern(name: &Name) -> NamePattern {
    NamePattern::new(&name.text)
}

fn pattern_of<'n>(name: &&'n Name) -> (NamePattern, &'n Name) {
    (pattern(name), name)
}
