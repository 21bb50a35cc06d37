//! Events of an Exchange server's management log: hits of the built-in detection,
//! others that are none, and texts that are nearly those it looks for.

use crate::event::{About, Event};
use crate::random::Random;
use crate::time::Moment;
use crate::windows::World;

/// The channel.
pub(crate) const CHANNEL: &str = "MSExchange Management";

/// What the built-in detection looks for in the message.
pub(crate) const TEXTS: [&str; 5] = [
    "New-MailboxExportRequest",
    "New-ManagementRoleAssignment",
    "New-MailboxSearch",
    "Get-Recipient",
    "Search-Mailbox",
];

/// A hit comes from so many hosts, with so many messages: a row each.
const HOSTS: usize = 48;
const MESSAGES: usize = 64;

/// The messages of the hits.
pub(crate) fn messages(world: &World, random: &mut Random) -> Vec<String> {
    let message = |number: usize| {
        let cmdlet = TEXTS[number % TEXTS.len()];
        // Values are compared without case, and people write them so.
        let cmdlet = match number % 4 {
            0 => cmdlet.to_lowercase(),
            _ => cmdlet.to_owned(),
        };
        let (user, _) = world.user(random);
        let folder = random.hex(8);
        format!(
            "Cmdlet suceeded. Cmdlet {cmdlet}, parameters -Identity \"{user}@corp.example.com\" \
             -FilePath \"\\\\localhost\\c$\\inetpub\\{folder}\\{number}.aspx\"."
        )
    };
    (0..MESSAGES).map(message).collect()
}

/// A hit: its host, its message, and the event.
pub(crate) fn hit<'a>(
    world: &'a World,
    messages: &'a [String],
    at: Moment,
    random: &mut Random,
) -> (&'a str, &'a str, Event) {
    let host = world.host_among(HOSTS, random);
    let message = &messages[random.below(messages.len())];
    (
        host,
        message,
        management(1, host, at, message, world, random),
    )
}

/// An event of the log that is no hit: another cmdlet, or one that failed.
pub(crate) fn other(world: &World, at: Moment, random: &mut Random) -> Event {
    let (user, _) = world.user(random);
    let host = world.host_among(HOSTS, random);
    let cmdlets = [
        "Get-Mailbox",
        "Set-OabVirtualDirectory",
        "Get-ExchangeServer",
        "Set-Mailbox",
    ];
    let cmdlet = random.pick(&cmdlets);
    let message = format!(
        "Cmdlet suceeded. Cmdlet {cmdlet}, parameters -Identity \"{user}@corp.example.com\"."
    );
    management(1, host, at, &message, world, random)
}

fn management(
    event_id: u32,
    host: &str,
    at: Moment,
    message: &str,
    world: &World,
    random: &mut Random,
) -> Event {
    let about = About {
        provider: "MSExchange CmdletLogs",
        provider_guid: "{ED8B5B4D-0C57-4B4F-9A1E-7E6A6B6F0C11}",
        keywords: "0x80000000000000",
        channel: CHANNEL,
        event_id,
    };
    let mut event = Event::new(&about, host, at, message);
    let (user, sid) = world.user(random);
    event.text("Caller", &format!("corp.example.com/Users/{user}"));
    event.text("CallerSid", sid);
    event.text("Session", &random.guid());
    event
}

/// Text that is full of what is nearly one of the texts: a byte cut off, taken out or
/// changed, or another cmdlet that begins or ends alike.
pub(crate) fn near_misses(length: usize, random: &mut Random) -> String {
    const ALIKE: [&str; 8] = [
        "New-MailboxImportRequest",
        "New-ManagementRoleEntry",
        "Add-MailboxSearch",
        "Get-ReceiveConnector",
        "Set-Recipient",
        "Research-Mailbax",
        "Get-MailboxExportRequest",
        "Get-ManagementRoleAssignment",
    ];
    // A line break before the text is written `\n`: without this, its `n` and a text
    // whose first byte is cut off would be a hit for whoever looks at bytes alone.
    let mut text = ";".to_owned();
    while text.len() < length {
        let whole = random.pick(&TEXTS);
        let at = 1 + random.below(whole.len() - 2);
        match random.below(5) {
            0 => text.push_str(&whole[1..]),
            1 => text.push_str(&whole[..whole.len() - 1]),
            2 => text.push_str(&[&whole[..at], &whole[at + 1..]].concat()),
            3 => text.push_str(&[&whole[..at], "#", &whole[at + 1..]].concat()),
            _ => text.push_str(random.pick(&ALIKE)),
        }
        text.push(';');
    }
    text.truncate(length);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_miss_is_none_of_the_texts() {
        let mut random = Random::new(1);
        for _ in 0..2000 {
            let text = near_misses(300, &mut random).to_lowercase();
            for hit in TEXTS {
                assert!(!text.contains(&hit.to_lowercase()), "{hit} in {text}");
            }
        }
    }
}
