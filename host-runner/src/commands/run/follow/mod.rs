//! Inputs that go on: read as they grow, their windows closed by this machine's
//! clock, until the program is stopped.

mod turns;

use std::collections::HashMap;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use super::super::keeping::{Keeper, output_state, start};
use super::super::open::open_rules;
use super::results::{Results, Tally};
use super::{Rules, check_stdin, conclude, is_target};
use crate::checkpoint::Header;
use crate::cli::Run;
use crate::failure::{Failure, warn};
use crate::follow::{Books, Clock, Stdin, Stop, Tail, find};
use crate::module::Session;
use crate::output::Start;
use crate::progress::Progress;
use crate::rules::InputSettings;

/// How often is looked whether there is more, where there was nothing.
const POLL: Duration = Duration::from_millis(250);

/// How often folders and patterns are looked through for new files.
const FIND: Duration = Duration::from_secs(2);

pub(super) fn execute(options: &Run, rules: &Rules<'_>) -> Result<u8, Failure> {
    let events = options.events.settings()?;
    let mut names = options.inputs.clone();
    if names.is_empty() {
        names.push(PathBuf::from("-"));
    }
    let found = find(&names);
    if found.stdin {
        check_stdin(options)?;
    }
    for path in &found.files {
        if options.inputs.contains(path) && is_target(options, path) {
            return Err(Failure::Usage(format!(
                "`{}` is among the inputs; write the alerts elsewhere",
                path.display()
            )));
        }
    }
    let mut keeper = Keeper::lock(options.checkpoint.as_deref(), options.checkpoint_interval)?;
    let module = options.module.load()?;
    let mut instance = module.instantiate()?;
    let mut session = open_rules(&mut instance, rules.configuration, rules.settings)?;

    let names_text = names.iter().map(|name| name.display().to_string());
    let mut fresh = Header::new(true, names_text.collect());
    fresh.output = output_state(options.to.as_ref());
    let resumed = match &keeper {
        Some(keeper) => keeper.resume(&mut session, &fresh)?,
        None => None,
    };
    let at = start(resumed.as_ref(), Start::AtEnd);
    let results = Results::open(options, at, Progress::new(None, false))?;
    let mut header = resumed.unwrap_or(fresh);
    if let Some(keeper) = &mut keeper {
        keeper.begin(&mut session, &results, &mut header)?;
    }
    for (name, reason) in &found.failed {
        warn(&format!("cannot read `{name}`: {reason}"));
    }
    if !options.quiet {
        for name in &found.waiting {
            warn(&format!("`{name}` is not there yet; it is waited for"));
        }
    }
    let stop = Stop::on_signals()
        .map_err(|error| Failure::Usage(format!("cannot listen to signals: {error}")))?;
    let by_host = rules.configuration.get("clock") == Some(&json!("host"));
    let mut following = Following {
        options,
        events: &events,
        session,
        results: &results,
        tally: Tally {
            unread: header.unread,
            damaged: header.damaged,
        },
        books: Books::new(std::mem::take(&mut header.read)),
        tails: Vec::new(),
        stdin: found.stdin.then(|| Stdin::open(options.format)),
        stdin_begun: false,
        current: header.current.take(),
        told: HashMap::new(),
        keeper,
        header,
        names,
        found: Instant::now(),
        clock: by_host.then(Clock::default),
        stop,
    };
    following.resume()?;
    following.add(found.files);
    following.run()?;
    following.end()
}

/// A run that goes on.
struct Following<'s, 'r> {
    options: &'r Run,
    events: &'r InputSettings,
    session: Session<'s>,
    results: &'r Results,
    tally: Tally,
    books: Books,
    tails: Vec<Tail>,
    /// Standard input, until it ends.
    stdin: Option<Stdin>,
    stdin_begun: bool,
    /// The input that the module reads at the moment.
    current: Option<String>,
    /// What the user was told last of each input.
    told: HashMap<String, String>,
    keeper: Option<Keeper>,
    header: Header,
    names: Vec<PathBuf>,
    /// When names were looked for.
    found: Instant,
    /// The clock by which windows close, where it is this machine's.
    clock: Option<Clock>,
    stop: Stop,
}

impl Following<'_, '_> {
    /// Goes on with the inputs of a checkpoint.
    fn resume(&mut self) -> Result<(), Failure> {
        for state in std::mem::take(&mut self.header.inputs) {
            match Tail::resume(&state, self.options.format, &mut self.books) {
                Ok(tail) => self.tails.push(tail),
                Err(error) => {
                    return Err(Failure::Usage(format!(
                        "cannot go on with `{}`: {error}",
                        state.name
                    )));
                }
            }
        }
        Ok(())
    }

    /// Follows these files too.
    fn add(&mut self, files: Vec<PathBuf>) {
        for path in files {
            if self.tails.iter().all(|tail| tail.path() != path) && !is_target(self.options, &path)
            {
                self.tails.push(Tail::new(path, self.options.format));
            }
        }
    }

    /// Reads until it is told to stop, or all that there is has ended.
    fn run(&mut self) -> Result<(), Failure> {
        let had_stdin = self.stdin.is_some();
        loop {
            self.tick()?;
            let mut busy = self.hear()?;
            for index in 0..self.tails.len() {
                busy |= self.turn(index)?;
                if self.stop.is_told() {
                    return Ok(());
                }
            }
            let only_stdin = self.names.iter().all(|name| name.as_os_str() == "-");
            if self.stop.is_told() || had_stdin && only_stdin && self.stdin.is_none() {
                return Ok(());
            }
            if self.found.elapsed() >= FIND && !only_stdin {
                self.found = Instant::now();
                let found = find(&self.names);
                self.add(found.files);
            }
            if !busy {
                thread::park_timeout(POLL);
            }
        }
    }

    /// What is due by now: the module's time, a checkpoint.
    fn tick(&mut self) -> Result<(), Failure> {
        if let Some(now) = self.clock.as_mut().and_then(Clock::due)
            && self.session.advance(now).map_err(Failure::Midway)? > 0
        {
            self.results.take(&mut self.session)?;
        }
        match self.keeper.as_ref().is_some_and(Keeper::is_due) {
            true => self.save(),
            false => Ok(()),
        }
    }

    fn save(&mut self) -> Result<(), Failure> {
        let Some(keeper) = &mut self.keeper else {
            return Ok(());
        };
        self.header.inputs = self.tails.iter_mut().map(Tail::state).collect();
        self.header.current.clone_from(&self.current);
        self.header.read = self.books.done();
        self.header.unread = self.tally.unread;
        self.header.damaged = self.tally.damaged;
        keeper.save(&mut self.session, self.results, &mut self.header)?;
        Ok(())
    }

    /// Ends in order: with a checkpoint the windows stay open in it, else they give
    /// what they hold. Answers the exit code.
    fn end(mut self) -> Result<u8, Failure> {
        if self.keeper.is_some() {
            self.save()?;
        } else {
            self.session.finish().map_err(Failure::Midway)?;
            self.results.take(&mut self.session)?;
        }
        self.results.finish()?;
        let mut tally = self.tally;
        tally.unread |= self.keeper.as_ref().is_some_and(Keeper::is_behind);
        conclude(self.options, &mut self.session, tally)
    }
}
