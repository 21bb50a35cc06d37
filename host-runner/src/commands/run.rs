//! `run`: events in, alerts out.

use std::io::{self, IsTerminal};

use serde_json::json;

use crate::cli::Run;
use crate::failure::{ALERT, DONE, Failure, UNREAD, warn};
use crate::input::{self, Format, Found, Location, Stream};
use crate::module::{Counters, ModuleError, PushError, Session};
use crate::output::{Output, visible};
use crate::progress::Progress;
use crate::rules::InputSettings;

/// The limits of a run in bytes, where the configuration says nothing else.
///
/// By itself the module keeps to what an agent can give it; the program has more to
/// give, and whole archives to read. What these need stays under
/// [`MEMORY_LIMIT`](crate::module::MEMORY_LIMIT).
const LIMITS: [(&str, u64); 2] = [("record", 8 << 20), ("state", 128 << 20)];

/// As many malformed records are shown.
const SAMPLES: usize = 3;

pub(super) fn execute(options: &Run) -> Result<u8, Failure> {
    let mut settings = options.common.settings()?;
    let events = options.events.settings()?;
    settings.window.clone_from(&options.window);
    settings.samples = options.samples;
    // A module of the user's was made with limits of its own.
    if !options.common.has_module() {
        settings.limits = LIMITS
            .map(|(key, bytes)| (key.to_owned(), json!(bytes)))
            .into_iter()
            .collect();
    }
    let configuration = settings.to_json()?;

    let found = inputs(options)?;
    let module = options.common.module()?;
    let mut instance = module.instantiate()?;
    let session = instance
        .open(&configuration)
        .map_err(|error| Failure::at_open(error, &settings))?;

    for (name, reason) in &found.failed {
        warn(&format!("cannot read `{name}`: {reason}"));
    }
    if found.passed_over > 0 && !options.quiet {
        warn(&format!(
            "passed over {} whose names are not those of logs; name a file to have it read",
            counted(found.passed_over, "file")
        ));
    }
    let sizes: Option<u64> = found.inputs.iter().map(Location::size).sum();
    let mut reading = Reading {
        session,
        events,
        format: options.format,
        output: options.output.to_stdout(),
        progress: Progress::new(sizes, !options.quiet),
        unread: !found.failed.is_empty(),
        damaged: 0,
    };
    for location in &found.inputs {
        reading.read(location)?;
    }
    let waiting = reading.session.finish().map_err(Failure::Midway)?;
    reading.progress.finish();
    reading.write_alerts(waiting)?;
    reading.output.finish().map_err(Failure::Output)?;

    let counters = reading.session.counters().map_err(Failure::Midway)?;
    if !options.quiet {
        summary(&counters, reading.damaged);
    }
    Ok(if options.fail_on_alert && counters.alerts > 0 {
        ALERT
    } else if reading.unread {
        UNREAD
    } else {
        DONE
    })
}

/// The inputs that the command line names; standard input where it names none.
fn inputs(options: &Run) -> Result<Found, Failure> {
    if !options.inputs.is_empty() {
        return Ok(input::find(&options.inputs));
    }
    if io::stdin().is_terminal() {
        return Err(Failure::Usage(
            "no input: name files, folders or patterns, or send events to standard input"
                .to_owned(),
        ));
    }
    Ok(Found {
        inputs: vec![Location::Stdin],
        ..Found::default()
    })
}

/// A run while it reads its inputs.
struct Reading<'a> {
    session: Session<'a>,
    events: InputSettings,
    format: Format,
    output: Box<dyn Output>,
    progress: Progress,
    /// Whether some input could not be read to its end.
    unread: bool,
    /// Records and chunks of event logs that could not be decoded.
    damaged: u64,
}

impl Reading<'_> {
    /// Reads an input to its end; what cannot be read is told, and the run goes on.
    fn read(&mut self, location: &Location) -> Result<(), Failure> {
        let progress = &self.progress;
        let mut stream = match input::open(location, self.format, |from| progress.watch(from)) {
            Ok(stream) => stream,
            Err(error) => {
                self.cannot_read(location, 0, &error);
                return Ok(());
            }
        };
        let about = self.events.of_input(&location.name(), stream.format());
        self.session.input(&about).map_err(Failure::Midway)?;
        let mut at: u64 = 0;
        loop {
            let pushed = self.session.push_from(&mut stream);
            self.tell_damage(location, &mut stream);
            match pushed {
                Ok((waiting, read)) => {
                    self.write_alerts(waiting)?;
                    if read == 0 {
                        return Ok(());
                    }
                    at += read as u64;
                }
                Err(PushError::Input(error)) => {
                    self.cannot_read(location, at, &error);
                    return Ok(());
                }
                // It refused these bytes and is as it was before: the other inputs may do.
                Err(PushError::Module(ModuleError::Refused(refusal))) => {
                    self.cannot_read(location, at, &refusal);
                    return Ok(());
                }
                Err(PushError::Module(error)) => return Err(Failure::Midway(error)),
            }
            self.progress.step();
        }
    }

    fn cannot_read(&mut self, location: &Location, at: u64, why: &dyn std::fmt::Display) {
        self.unread = true;
        let name = location.name();
        self.progress.aside(|| match at {
            0 => warn(&format!("cannot read `{name}`: {why}")),
            at => warn(&format!(
                "cannot read `{name}` beyond byte {at} of its content: {why}; the events before it count"
            )),
        });
    }

    fn tell_damage(&mut self, location: &Location, stream: &mut Stream) {
        for damage in stream.take_damage() {
            self.damaged += 1;
            self.unread |= damage.cut;
            let name = location.name();
            self.progress
                .aside(|| warn(&format!("`{name}` is damaged: {}", damage.what)));
        }
    }

    fn write_alerts(&mut self, waiting: u32) -> Result<(), Failure> {
        if waiting == 0 {
            return Ok(());
        }
        loop {
            let lines = self.session.alerts().map_err(Failure::Midway)?;
            if lines.is_empty() {
                return Ok(());
            }
            let output = &mut self.output;
            self.progress
                .aside(|| output.alerts(lines))
                .map_err(Failure::Output)?;
        }
    }
}

/// What was read and found, on standard error.
fn summary(counters: &Counters, damaged: u64) {
    let mut lines = String::new();
    for sample in counters.malformed_samples.iter().take(SAMPLES) {
        lines += &format!(
            "malformed: `{}` at byte {}: {}: {}\n",
            sample.input,
            sample.offset,
            sample.reason,
            sample.text.replace('\n', " "),
        );
    }
    let places: Vec<String> = [
        (counters.no_time, "without a usable time"),
        (counters.outside, "in no window"),
        (counters.late, "late"),
        (counters.future, "too far in the future"),
        (counters.combinations, "combinations of by-values too many"),
        (counters.fields, "fields too many"),
        (counters.overflow, "without room"),
    ]
    .iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, what)| format!("{count} {what}"))
    .collect();
    if !places.is_empty() {
        lines += &format!("not in a result: {}\n", places.join(", "));
    }
    if counters.invalid_utf8 > 0 {
        lines += &format!(
            "in another encoding than UTF-8, read with replacements: {}\n",
            counters.invalid_utf8
        );
    }
    if damaged > 0 {
        lines += &format!("damaged parts of event logs: {damaged}\n");
    }
    anstream::eprint!("{}", visible(&lines));
    anstream::eprintln!(
        "read {}, {} matched, {} malformed, {}",
        counted(counters.records, "event"),
        counters.matches,
        counters.malformed,
        counted(counters.alerts, "alert"),
    );
}

fn counted(count: u64, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}
