//! Rules that between them have part of every station, the settings they run with, and
//! sessions of them.
//!
//! Most of a short run would be opening. So a session that has done its part is kept, and
//! begins again from the state that it was opened with.

use std::cell::RefCell;
use std::collections::BTreeMap;

use rule_core::session::Session;
use serde_json::{Value, json};

/// The search whose alerts can be reckoned up against what matched.
const ACCOUNTED: usize = 0;

/// Searches: those of one line run together.
const SEARCHES: [&[&str]; 9] = [
    &["* | stats count"],
    &[
        "a=* NOT a=x* (b>5 OR b!=\"?\" OR word) | eval k=if(like(b,\"a%\"),1,b.\"-\") \
         | stats count min(_time) as first max(_time) as last values(b) as b list(b) as l \
           sum(b) as s avg(b) as m latest(c.d) as d dc(a) as n by a k \
         | where count<5 | convert ctime(first) | rename a as A | fillnull value=none",
        "EventCode=1 OR \"two words\" OR c.d{}=1 | table _time host a b c.d{} Message",
    ],
    &[
        "* | stats count earliest(b) as e latest(b) as l first(b) as f last(b) as z mode(b) as m \
           range(b) as r rate(b) as t sumsq(b) as q stdev(b) as s varp(b) as v median(b) as p \
           perc95(b) as p95 exactperc99(b) as x dc(eval(len(b))) as d \
           count(eval(b>1)) as c values(*) as * by a",
    ],
    &[
        "* | rex field=_raw \"(?<k>[a-z]+)\\W+(?<v>\\d+)\" | eval n=tonumber(v), t=strftime(_time, \
           \"%F %T.%3N %z\"), w=mvjoin(mvsort(split(k,\"a\")),\"-\"), h=sha256(k), \
           r=replace(_raw,\"([a-c])(.)\",\"\\2\\1\"), x=relative_time(_time,\"-1d@w1\") \
         | where isnotnull(k) OR match(_raw,\"^[^\\\"]*$\") | bin _time span=15m \
         | stats count values(r) as r max(n) as n by _time w | sort - count w | head 5",
    ],
    &[
        "* | spath | mvexpand a{} | eventstats count as all avg(b) as m by a \
         | streamstats count as n sum(b) as s by a | dedup 2 a sortby -b | sort num(b) -a \
         | foreach a b [eval <<FIELD>>_len=len('<<FIELD>>')] | table a b* all m n s *_len",
        "* | xmlkv | top limit=3 a by b",
    ],
    &[
        "EventCode IN (1, 4688, 4103) OR EventID=1 \
         | stats count values(CommandLine) as cmd min(_time) as first by host Image user \
         | `security_content_ctime(first)`",
        "Message=*Mailbox* OR Message=\"*a b*\" OR param1=*e* \
         | stats count by host Message param1 | eval risk=case(count>3,\"high\",1=1,\"low\")",
        "Image=\"*\\\\evil.exe\" OR CommandLine IN (*whoami*, *net1*, *tasklist*)",
    ],
    &[
        "| tstats count min(_time) as first from datamodel=Endpoint.Processes \
           where Processes.process_name=*e* by Processes.dest Processes.user Processes.process \
         | `drop_dm_object_name(Processes)`",
        "src=10.0.0.0/8 OR dest=::1 OR a<=1.5e3 OR b=CASE(Ab) OR TERM(a.b) | timechart span=1h count by a",
    ],
    &[
        "a=1 OR \"b\" | stats count by host | append [search x] ",
        "a=* | chart count over a by b",
    ],
    &[
        "a=* OR b=* | lookup t k as a output v as c | eval d=coalesce(c,b) | stats values(d) as d by a",
    ],
];

/// How many sets of searches there are.
pub const COUNT: usize = SEARCHES.len();

/// How many settings there are.
pub const SETTINGS: usize = 12;

/// What the module carries of its own: macros and name tables.
pub fn bundle() -> &'static [u8] {
    rules::BUNDLE.as_bytes()
}

/// A little of that, which is opened sooner.
pub const LITTLE: &[u8] = br#"{
    "macros": {
        "security_content_ctime(1)": {"definition": "convert ctime($field$)", "arguments": ["field"]},
        "drop_dm_object_name(1)": {"definition": "rename $name$.* as *", "arguments": ["name"]}
    },
    "lookups": {"t": {"columns": ["k", "v"], "rows": [["a", "x"], ["1", "y"]]}}
}"#;

/// A configuration: a set of searches with some settings.
pub fn config(set: usize, settings: usize) -> Value {
    let searches = SEARCHES[set % COUNT];
    let detections: Vec<Value> = searches
        .iter()
        .enumerate()
        .map(|(number, search)| {
            json!({
                "name": format!("n{number}"), "id": format!("i{number}"), "search": search,
                "rba": {
                    "message": "$a$: $b$ of $host$",
                    "risk_objects": [{"field": "a", "type": "user", "score": 50}],
                    "threat_objects": [{"field": "b", "type": "process"}]
                },
            })
        })
        .collect();
    let mut config = some_settings(settings);
    if set % COUNT == ACCOUNTED && config["early"] == "running" {
        config["early"] = json!(true);
    }
    config["detections"] = json!(detections);
    config["refused"] = json!("skip");
    config["lookups"] = json!({"t": {
        "columns": ["k", "v"], "rows": [["a*", "x"], ["1", "y"], ["*", "z"]],
        "match": {"k": "wildcard"}, "case": false
    }});
    config
}

fn some_settings(number: usize) -> Value {
    let amends = || json!({"mode": "amend", "keep": "1h"});
    let small = || json!({"record": 1024, "groups": 3, "windows": 2, "state": 65536, "key": 16});
    let zone = || json!({"timezone": "CET-1CEST,M3.5.0,M10.5.0/3", "host": "h", "sourcetype": "s"});
    let every = || json!({"every": "1h", "delay": "5m"});
    match number % SETTINGS {
        0 => json!({"window": "all"}),
        1 => json!({"window": "all", "samples": 2, "defaults": zone()}),
        2 => json!({"window": "all", "limits": small()}),
        3 => json!({"window": "all", "early": "running", "samples": 1}),
        4 => json!({"window": "schedule"}),
        5 => json!({"window": "schedule", "clock": "record", "defaults": zone()}),
        6 => json!({"window": "schedule", "clock": "record", "late": amends(), "early": true}),
        7 => json!({"window": every(), "clock": "record", "limits": small()}),
        8 => json!({"window": every(), "clock": "record", "late": amends(), "early": "running"}),
        9 => json!({"window": every(), "samples": 2, "early": "running", "limits": small()}),
        10 => json!({"window": every(), "clock": "record", "late": amends(), "limits": small()}),
        _ => {
            json!({"window": "schedule", "clock": "record", "samples": 1, "limits": {"future": 60}})
        }
    }
}

/// Which session: of which rules, with which settings, with every record decoded or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kind {
    set: usize,
    settings: usize,
    pub strict: bool,
}

/// Sessions of a kind, and the state that they begin with.
struct Kept {
    begin: Vec<u8>,
    sessions: Vec<Session>,
}

thread_local! {
    /// None of those that cannot be opened.
    static KEPT: RefCell<BTreeMap<Kind, Option<Kept>>> = const { RefCell::new(BTreeMap::new()) };
}

impl Kind {
    /// By two numbers, whatever they are.
    pub fn new(set: u8, settings: u8) -> Self {
        Kind {
            set: usize::from(set) % COUNT,
            settings: usize::from(settings) % SETTINGS,
            strict: false,
        }
    }

    /// Do the alerts stand for each match once?
    pub fn is_accounted(self) -> bool {
        self.set == ACCOUNTED
    }

    /// A session; none where none of the rules can run.
    pub fn open(self) -> Option<Session> {
        KEPT.with_borrow_mut(|all| {
            let kept = all.entry(self).or_insert_with(|| {
                let session = self.open_anew()?;
                Some(Kept {
                    begin: session.snapshot(),
                    sessions: vec![session],
                })
            });
            let kept = kept.as_mut()?;
            let Some(mut session) = kept.sessions.pop() else {
                return self.open_anew();
            };
            session
                .restore(&kept.begin)
                .expect("a state of these rules");
            Some(session)
        })
    }

    fn open_anew(self) -> Option<Session> {
        let mut config = config(self.set, self.settings);
        config["strict"] = json!(self.strict);
        Session::open(config.to_string().as_bytes(), &[bundle()]).ok()
    }

    /// Takes a session back that has done its part.
    pub fn keep(self, session: Session) {
        KEPT.with_borrow_mut(|all| {
            if let Some(Some(kept)) = all.get_mut(&self) {
                kept.sessions.push(session);
            }
        });
    }
}
