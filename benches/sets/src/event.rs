//! One event as a JSON line, as NXLog writes the events of Windows.

use crate::random::Random;
use crate::time::Moment;

/// As long as each line of an ordinary set is, its line end counted.
pub const LINE: usize = 1024;

/// An event's fields, in their order.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub(crate) host: String,
    pub(crate) event_id: u32,
    line: String,
}

impl Event {
    /// An event with what every event has.
    pub(crate) fn new(about: &About<'_>, host: &str, at: Moment, message: &str) -> Self {
        let mut line = String::with_capacity(LINE);
        line.push('{');
        let mut event = Self {
            host: host.to_owned(),
            event_id: about.event_id,
            line,
        };
        event.text("SourceName", about.provider);
        event.text("ProviderGuid", about.provider_guid);
        event.text("Level", "4");
        event.text("Keywords", about.keywords);
        event.text("Channel", about.channel);
        event.text("Hostname", host);
        event.text("TimeCreated", &at.to_string());
        event.number("EventID", about.event_id);
        event.text("Message", message);
        event
    }

    pub(crate) fn text(&mut self, name: &str, value: &str) {
        self.name(name);
        self.line.push('"');
        escape(value, &mut self.line);
        self.line.push('"');
    }

    /// A value that is JSON already.
    pub(crate) fn json(&mut self, name: &str, value: &str) {
        self.name(name);
        self.line.push_str(value);
    }

    fn number(&mut self, name: &str, value: u32) {
        self.json(name, &value.to_string());
    }

    fn name(&mut self, name: &str) {
        if self.line.len() > 1 {
            self.line.push(',');
        }
        self.line.push('"');
        self.line.push_str(name);
        self.line.push_str("\":");
    }

    /// The line, a last field making it [`LINE`] bytes long.
    ///
    /// # Panics
    /// When the event is longer without it: a mistake in this crate.
    pub(crate) fn finish(mut self, random: &mut Random) -> String {
        self.name("CallTrace");
        let room = LINE.checked_sub(self.line.len() + "\"\"}\n".len());
        let room = room.unwrap_or_else(|| panic!("an event is too long: {}", self.line));
        self.line.push('"');
        filler(room, random, &mut self.line);
        self.line.push_str("\"}\n");
        self.line
    }

    /// The line as it is.
    pub(crate) fn end(mut self) -> String {
        self.line.push_str("}\n");
        self.line
    }
}

/// What an event says of its kind.
#[derive(Debug, Clone, Copy)]
pub(crate) struct About<'a> {
    pub(crate) provider: &'a str,
    pub(crate) provider_guid: &'a str,
    pub(crate) keywords: &'a str,
    pub(crate) channel: &'a str,
    pub(crate) event_id: u32,
}

pub(crate) fn escape(text: &str, line: &mut String) {
    for c in text.chars() {
        match c {
            '"' => line.push_str("\\\""),
            '\\' => line.push_str("\\\\"),
            '\n' => line.push_str("\\n"),
            '\r' => line.push_str("\\r"),
            '\t' => line.push_str("\\t"),
            other => line.push(other),
        }
    }
}

/// Addresses in libraries, as a call trace lists them: text that needs no escapes.
pub(crate) fn filler(length: usize, random: &mut Random, line: &mut String) {
    let end = line.len() + length;
    while line.len() < end {
        line.push_str(random.pick(&LIBRARIES));
        line.push_str(".dll+");
        line.push_str(&random.hex(5));
        line.push('|');
    }
    line.truncate(end);
}

const LIBRARIES: [&str; 24] = [
    "ntdll",
    "KERNELBASE",
    "KERNEL32",
    "ADVAPI32",
    "clr",
    "mscorlib.ni",
    "System.ni",
    "System.Core.ni",
    "sechost",
    "RPCRT4",
    "combase",
    "ole32",
    "SHELL32",
    "USER32",
    "wbemcomn",
    "fastprox",
    "iphlpapi",
    "WS2_32",
    "netfxperf",
    "perfcounter",
    "pdh",
    "pla",
    "bcrypt",
    "CRYPT32",
];
