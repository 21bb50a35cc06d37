//! Ordinary events of Windows: logons, processes, handles, connections, Sysmon,
//! PowerShell, services. None of them is a hit of any rule of the race.

use crate::event::{About, Event};
use crate::names::{CMDLETS, FAMILY, GIVEN, PROGRAMS, SERVICE_NAMES};
use crate::random::Random;
use crate::time::Moment;

/// The names that events speak of: as many as a company of some size has.
#[derive(Debug)]
pub(crate) struct World {
    hosts: Vec<String>,
    users: Vec<String>,
    sids: Vec<String>,
}

impl World {
    pub(crate) fn new(random: &mut Random) -> Self {
        let hosts = (0..400).map(|number| {
            let role = random.pick(&["EX", "DC", "SRV", "SQL", "WKS", "LAP", "VDI", "WEB"]);
            format!("{role}{number:04}.corp.example.com")
        });
        let hosts = hosts.collect();
        let users = (0..3000).map(|number| {
            let given = random.pick(&GIVEN);
            format!("{given}.{}{}", random.pick(&FAMILY), number % 97)
        });
        let users = users.collect();
        let domain = random.next();
        let sids = (0..3000).map(|number| {
            format!(
                "S-1-5-21-{}-{}-{}-{}",
                domain >> 34,
                (domain >> 8) & 0x3FFF_FFFF,
                domain & 0x0FFF_FFFF,
                1000 + number
            )
        });
        let sids = sids.collect();
        World { hosts, users, sids }
    }

    pub(crate) fn host(&self, random: &mut Random) -> &str {
        &self.hosts[random.below(self.hosts.len())]
    }

    /// One of the first hosts.
    pub(crate) fn host_among(&self, first: usize, random: &mut Random) -> &str {
        &self.hosts[random.below(first.min(self.hosts.len()))]
    }

    /// The name of an account and its security identifier.
    pub(crate) fn user(&self, random: &mut Random) -> (&str, &str) {
        let number = random.below(self.users.len());
        (&self.users[number], &self.sids[number])
    }
}

/// An ordinary event, without the field that fills it up.
pub(crate) fn event(world: &World, at: Moment, random: &mut Random) -> Event {
    match random.below(20) {
        0..=4 => process_accessed(world, at, random),
        5..=7 => handle_closed(world, at, random),
        8..=9 => connection(world, at, random),
        10..=11 => logon(world, at, random),
        12..=13 => process_created(world, at, random),
        14 => sysmon_process(world, at, random, None),
        15 => image_loaded(world, at, random),
        16 => registry(world, at, random),
        17..=18 => script(world, at, random, None),
        _ => service(world, at, random),
    }
}

const SECURITY: About<'static> = About {
    provider: "Microsoft-Windows-Security-Auditing",
    provider_guid: "{54849625-5478-4994-A5BA-3E3B0328C30D}",
    keywords: "0x8020000000000000",
    channel: "Security",
    event_id: 0,
};

const SYSMON: About<'static> = About {
    provider: "Microsoft-Windows-Sysmon",
    provider_guid: "{5770385F-C22A-43E0-BF4C-06F5698FFBD9}",
    keywords: "0x8000000000000000",
    channel: "Microsoft-Windows-Sysmon/Operational",
    event_id: 0,
};

const POWERSHELL: About<'static> = About {
    provider: "Microsoft-Windows-PowerShell",
    provider_guid: "{A0C1853B-5C40-4B15-8766-3CF1C58F985A}",
    keywords: "0x0",
    channel: "Microsoft-Windows-PowerShell/Operational",
    event_id: 4104,
};

const SERVICES: About<'static> = About {
    provider: "Service Control Manager",
    provider_guid: "{555908D1-A6D7-4695-8E1E-26931D2012F4}",
    keywords: "0x8080000000000000",
    channel: "System",
    event_id: 7036,
};

fn process_accessed(world: &World, at: Moment, random: &mut Random) -> Event {
    let about = About {
        event_id: 10,
        ..SYSMON
    };
    let [source, target] = [random.pick(&PROGRAMS), random.pick(&PROGRAMS)];
    let [source_guid, target_guid] = [random.guid(), random.guid()];
    let message = format!(
        "Process accessed:\r\nRuleName: -\r\nUtcTime: {at}\r\nSourceProcessGUID: {source_guid}\r\n\
         SourceImage: {source}\r\nTargetImage: {target}\r\nGrantedAccess: 0x1400"
    );
    let mut event = Event::new(&about, world.host(random), at, &message);
    event.text("SourceProcessGUID", &source_guid);
    event.text("SourceImage", source);
    event.text("TargetProcessGUID", &target_guid);
    event.text("TargetImage", target);
    event
}

fn handle_closed(world: &World, at: Moment, random: &mut Random) -> Event {
    let about = About {
        event_id: 4658,
        ..SECURITY
    };
    let (user, sid) = world.user(random);
    let [handle, logon] = [random.hex(4), random.hex(6)];
    let program = random.pick(&PROGRAMS);
    let message = format!(
        "The handle to an object was closed.\r\n\r\nSubject :\r\n\tSecurity ID:\t\t{sid}\r\n\t\
         Account Name:\t\t{user}\r\n\tLogon ID:\t\t0x{logon}\r\n\r\nObject:\r\n\t\
         Handle ID:\t\t0x{handle}\r\n\r\nProcess Information:\r\n\tProcess Name:\t\t{program}"
    );
    let mut event = Event::new(&about, world.host(random), at, &message);
    event.text("SubjectUserSid", sid);
    event.text("SubjectUserName", user);
    event.text("SubjectLogonId", &format!("0x{logon}"));
    event.text("HandleId", &format!("0x{handle}"));
    event.text("ProcessName", program);
    event
}

fn connection(world: &World, at: Moment, random: &mut Random) -> Event {
    let about = About {
        event_id: 5156,
        ..SECURITY
    };
    let [source, target] = [address(random), address(random)];
    let ports = [1024 + random.below(60_000), 443];
    let program = random.pick(&PROGRAMS).to_lowercase();
    let message = format!(
        "The Windows Filtering Platform has permitted a connection.\r\n\r\n\
         Application Information:\r\n\tApplication Name:\t{program}\r\n\r\n\
         Network Information:\r\n\tDirection:\t\tOutbound\r\n\tSource Address:\t\t{source}\r\n\t\
         Source Port:\t\t{}\r\n\tDestination Address:\t{target}\r\n\tDestination Port:\t\t{}",
        ports[0], ports[1]
    );
    let mut event = Event::new(&about, world.host(random), at, &message);
    event.text("Application", &program);
    event.text("SourceAddress", &source);
    event.text("SourcePort", &ports[0].to_string());
    event.text("DestAddress", &target);
    event.text("DestPort", &ports[1].to_string());
    event
}

fn logon(world: &World, at: Moment, random: &mut Random) -> Event {
    let about = About {
        event_id: 4624,
        ..SECURITY
    };
    let (user, sid) = world.user(random);
    let from = address(random);
    let logon = random.hex(7);
    let message = format!(
        "An account was successfully logged on.\r\n\r\nLogon Information:\r\n\tLogon Type:\t\t3\r\n\
         \r\nNew Logon:\r\n\tSecurity ID:\t\t{sid}\r\n\tAccount Name:\t\t{user}\r\n\t\
         Account Domain:\t\tCORP\r\n\tLogon ID:\t\t0x{logon}\r\n\r\nNetwork Information:\r\n\t\
         Source Network Address:\t{from}"
    );
    let mut event = Event::new(&about, world.host(random), at, &message);
    event.text("TargetUserSid", sid);
    event.text("TargetUserName", user);
    event.text("TargetDomainName", "CORP");
    event.text("LogonType", "3");
    event.text(
        "AuthenticationPackageName",
        random.pick(&["NTLM", "Kerberos", "Negotiate"]),
    );
    event.text("IpAddress", &from);
    event
}

fn process_created(world: &World, at: Moment, random: &mut Random) -> Event {
    let command = command_line(random);
    process_with(world, at, random, &command)
}

/// A process of the channel Security that was started with this command line.
pub(crate) fn process_with(world: &World, at: Moment, random: &mut Random, command: &str) -> Event {
    let about = About {
        event_id: 4688,
        ..SECURITY
    };
    let (user, _) = world.user(random);
    let program = random.pick(&PROGRAMS);
    let message = format!(
        "A new process has been created.\r\n\r\nCreator Subject:\r\n\tAccount Name:\t\t{user}\r\n\
         \r\nProcess Information:\r\n\tNew Process Name:\t{program}\r\n\t\
         Process Command Line:\t{command}"
    );
    let mut event = Event::new(&about, world.host(random), at, &message);
    event.text("SubjectUserName", user);
    event.text("NewProcessName", program);
    event.text("CommandLine", command);
    event
}

/// A process that Sysmon saw; the command line is an ordinary one where none is given.
pub(crate) fn sysmon_process(
    world: &World,
    at: Moment,
    random: &mut Random,
    command: Option<&str>,
) -> Event {
    let about = About {
        event_id: 1,
        ..SYSMON
    };
    let (user, _) = world.user(random);
    let program = random.pick(&PROGRAMS);
    let command = command.map_or_else(|| command_line(random), str::to_owned);
    let message = format!(
        "Process Create:\r\nRuleName: -\r\nUtcTime: {at}\r\nImage: {program}\r\n\
         CommandLine: {command}\r\nUser: CORP\\{user}"
    );
    let mut event = Event::new(&about, world.host(random), at, &message);
    event.text("ProcessGuid", &random.guid());
    event.text("Image", program);
    event.text("CommandLine", &command);
    event.text("User", &format!("CORP\\{user}"));
    event.text("Hashes", &format!("MD5={}", random.hex(32)));
    event
}

fn image_loaded(world: &World, at: Moment, random: &mut Random) -> Event {
    let about = About {
        event_id: 7,
        ..SYSMON
    };
    let program = random.pick(&PROGRAMS);
    let library = format!(
        "C:\\Windows\\System32\\{}.dll",
        random.hex(6).to_lowercase()
    );
    let message = format!(
        "Image loaded:\r\nRuleName: -\r\nUtcTime: {at}\r\nImage: {program}\r\n\
         ImageLoaded: {library}\r\nSigned: true\r\nSignature: Microsoft Windows"
    );
    let mut event = Event::new(&about, world.host(random), at, &message);
    event.text("Image", program);
    event.text("ImageLoaded", &library);
    event.text("Hashes", &format!("MD5={}", random.hex(32)));
    event
}

fn registry(world: &World, at: Moment, random: &mut Random) -> Event {
    let about = About {
        event_id: 13,
        ..SYSMON
    };
    let program = random.pick(&PROGRAMS);
    let key = format!(
        "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Explorer\\{}\\LastUpdate",
        random.guid()
    );
    let message = format!(
        "Registry value set:\r\nRuleName: -\r\nEventType: SetValue\r\nUtcTime: {at}\r\n\
         Image: {program}\r\nTargetObject: {key}\r\nDetails: DWORD (0x00000001)"
    );
    let mut event = Event::new(&about, world.host(random), at, &message);
    event.text("EventType", "SetValue");
    event.text("Image", program);
    event.text("TargetObject", &key);
    event
}

/// A script block; its text is of ordinary cmdlets where none is given.
pub(crate) fn script(world: &World, at: Moment, random: &mut Random, text: Option<&str>) -> Event {
    let host = world.host(random);
    let text = text.map_or_else(
        || {
            let cmdlets = (0..4).map(|_| {
                let (user, _) = world.user(random);
                format!("{} -Identity \"{user}\" | Out-Null", random.pick(&CMDLETS))
            });
            cmdlets.collect::<Vec<_>>().join("\r\n")
        },
        str::to_owned,
    );
    let message = format!("Creating Scriptblock text (1 of 1):\r\n{text}\r\n\r\nPath: ");
    let mut event = Event::new(&POWERSHELL, host, at, &message);
    event.text("ScriptBlockText", &text);
    event
}

fn service(world: &World, at: Moment, random: &mut Random) -> Event {
    let name = random.pick(&SERVICE_NAMES);
    let state = random.pick(&["running", "stopped"]);
    let message = format!("The {name} service entered the {state} state.");
    let mut event = Event::new(&SERVICES, world.host(random), at, &message);
    event.text("param1", name);
    event.text("param2", state);
    event
}

/// A command line as administrators and programs write them.
pub(crate) fn command_line(random: &mut Random) -> String {
    let program = random.pick(&PROGRAMS);
    match random.below(4) {
        0 => format!(
            "\"{program}\" -pipe:{} -session {}",
            random.below(9999),
            random.below(40)
        ),
        1 => format!("cmd.exe /c \"{program}\" > C:\\Temp\\{}.log", random.hex(8)),
        2 => format!(
            "powershell.exe -NoProfile -Command {}",
            random.pick(&CMDLETS)
        ),
        _ => format!("{program} -k {} -p", random.pick(&SERVICE_NAMES)),
    }
}

fn address(random: &mut Random) -> String {
    format!(
        "10.{}.{}.{}",
        random.below(32),
        random.below(256),
        1 + random.below(254)
    )
}
