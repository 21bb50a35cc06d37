//! One record of many megabytes, as an export writes that has put a log into one
//! object.

use crate::event::{About, Event, escape};
use crate::random::Random;
use crate::time::Moment;
use crate::windows::{self, World};

/// As long as such a record is, or an event longer: below the limit of a record.
pub(crate) const RECORD: usize = 7 << 20;

/// A record: half of it is one message, half a list of events.
pub(crate) fn record(world: &World, at: Moment, random: &mut Random) -> String {
    let about = About {
        provider: "Export",
        provider_guid: "{3E9C9C7B-6E4F-4E8E-9C39-0F6C0D6E5A10}",
        keywords: "0x0",
        channel: "Application",
        event_id: 1000,
    };
    let mut message = String::with_capacity(RECORD);
    while message.len() < RECORD / 2 {
        message += &windows::command_line(random);
        message += "\r\n";
    }
    let mut length = 0;
    let mut text = String::new();
    escape(&message, &mut text);
    length += text.len();
    let mut event = Event::new(&about, world.host(random), at, &message);
    let mut events = String::from("[");
    while length + events.len() < RECORD {
        if events.len() > 1 {
            events.push(',');
        }
        let one = windows::event(world, at, random).end();
        events.push_str(one.trim_end());
    }
    events.push(']');
    event.json("Events", &events);
    event.end()
}
