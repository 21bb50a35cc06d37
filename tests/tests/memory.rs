//! At the cap of its memory a module answers an error and goes on; it never traps.
//!
//! The hosts here panic on a trap, so that a test which ends has seen none.

use rule_tests::host::Host;
use rule_tests::host::abi::{Argument, Client, Guest};
use rule_tests::host::wasmtime::Guest as Wasmtime;
use serde_json::{Value, json};

const OUT_OF_MEMORY: i64 = -2;
const PAGE: usize = 64 * 1024;

/// A rule whose state grows with each event.
fn growing(limits: &Value) -> String {
    let search = "a=* | stats count values(b) as b list(b) as l by a";
    json!({
        "detections": {"name": "n", "id": "i", "search": search},
        "window": "all",
        "limits": limits,
    })
    .to_string()
}

/// Lines of events, each of a group of its own.
fn events(from: usize, count: usize) -> String {
    (from..from + count)
        .map(|n| {
            format!(
                "{{\"a\":\"group {n:012}\",\"b\":\"{}\"}}\n",
                "x".repeat(n % 300)
            )
        })
        .collect()
}

fn json_of(answer: &[u8]) -> Value {
    serde_json::from_slice(answer).unwrap()
}

/// Takes alerts for as long as there are any, and memory for them.
fn drain(client: &mut Client<Wasmtime>) {
    while client.guest().call("rule_alerts", &[Argument::I32(1)]) as u32 > 0 {}
}

/// The code of the last error of the session.
fn code_of(client: &mut Client<Wasmtime>) -> String {
    let error = json_of(&client.last_error(1));
    error["code"].as_str().unwrap().to_owned()
}

/// `rule_open` in an instance whose memory may be too small for the bytes too.
fn open(client: &mut Client<Wasmtime>, config: &str) -> Option<i64> {
    let bytes = client.put(config.as_bytes())?;
    let handle = client.guest().call("rule_open", &bytes);
    client.take_back(bytes);
    Some(handle)
}

#[test]
fn an_instance_that_is_too_small_says_so_at_open() {
    let config = growing(&json!({}));
    let mut refused = 0;
    let mut opened = 0;
    for megabytes in [2, 3, 4, 8, 16, 32, 64, 96, 128] {
        let mut client = Client::new(Wasmtime::start(Some(megabytes << 20)));
        for _ in 0..3 {
            match open(&mut client, &config) {
                None => refused += 1,
                Some(OUT_OF_MEMORY) => {
                    let error = json_of(&client.last_error(0));
                    assert_eq!(error["code"], "out_of_memory");
                    assert!(
                        error["message"]
                            .as_str()
                            .unwrap()
                            .contains("`limits.state`")
                    );
                    refused += 1;
                }
                Some(handle) => {
                    assert!(handle > 0, "{handle}");
                    let closed = client
                        .guest()
                        .call("rule_close", &[Argument::I32(handle as i32)]);
                    assert_eq!(closed, 0);
                    opened += 1;
                }
            }
        }
    }
    assert!(
        refused > 0 && opened > 0,
        "{refused} refused, {opened} opened"
    );
}

#[test]
fn an_instance_that_was_too_small_opens_with_lower_limits() {
    let mut client = Client::new(Wasmtime::start(Some(16 << 20)));
    assert_eq!(open(&mut client, &growing(&json!({}))), Some(OUT_OF_MEMORY));
    let low = growing(&json!({"record": 4096, "state": 65536}));
    client.open(low.as_bytes()).unwrap();
    client.push(events(0, 3).as_bytes()).unwrap();
    assert_eq!(client.finish().unwrap(), 3);
}

/// Pushes until alerts wait that leave no room for more, and gives how many events
/// it took.
fn fill(client: &mut Client<Wasmtime>) -> (usize, Vec<u8>) {
    let mut taken = 0;
    loop {
        match client.push(events(taken, 100).as_bytes()) {
            Ok(_) => taken += 100,
            Err(error) => return (taken, error),
        }
    }
}

/// The counts of alerts together.
fn counted(alerts: &[u8]) -> u64 {
    let lines = alerts.split(|byte| *byte == b'\n');
    let lines = lines.filter(|line| !line.is_empty());
    lines
        .map(|line| json_of(line)["row"]["count"].as_u64().unwrap())
        .sum()
}

/// What `rule_describe` says is enough: with as much memory and no page more, the
/// state can be filled and alerts pile up as far as they may, the longest record
/// be pushed, the state put aside and taken up, and all windows be closed.
#[test]
fn the_memory_that_it_asks_for_is_enough() {
    for limits in [
        json!({}),
        json!({"record": 65536, "state": 1 << 20}),
        json!({"record": 1024, "state": 65536}),
        json!({"record": 4 << 20, "state": 65536}),
    ] {
        let config = growing(&limits);
        let mut ample = Client::new(Wasmtime::start(None));
        ample.open(config.as_bytes()).unwrap();
        let description = json_of(&ample.describe());
        let needed = description["memory"]["needed"].as_u64().unwrap() as usize;
        let record = description["limits"]["record"].as_u64().unwrap() as usize;

        let limit = needed.next_multiple_of(PAGE);
        let mut client = Client::new(Wasmtime::start(Some(limit)));
        client.open(config.as_bytes()).unwrap();
        let long = format!("{{\"a\":\"{}\"}}", "y".repeat(record - 16));
        for piece in long.as_bytes().chunks(PAGE) {
            client.push(piece).unwrap();
        }
        let (taken, error) = fill(&mut client);
        let error = json_of(&error);
        assert_eq!(error["code"], "out_of_memory", "{limits}");
        assert!(error["message"].as_str().unwrap().contains("take them"));

        // Nothing of what was refused is in, and nothing of what was taken is lost.
        let before = client.counters();
        client.push(events(taken, 1).as_bytes()).unwrap_err();
        assert_eq!(client.counters(), before, "{limits}");
        let mut alerts = client.alerts();
        let snapshot = client.snapshot().unwrap();
        client.restore(&snapshot).unwrap();
        client.finish().unwrap();
        alerts.append(&mut client.alerts());
        let counters = json_of(&client.counters());
        assert_eq!(counters["records"], taken + 1, "{limits}");
        assert_eq!(counters["matches"], taken + 1, "{limits}");
        assert_eq!(counted(&alerts), taken as u64 + 1, "{limits}");
    }
}

/// Regular expressions that take as much as they may: with what `rule_describe` says they
/// are opened, run and finished, and with less `rule_open` says so and does not trap.
#[test]
fn expressions_as_large_as_they_may_be_are_reckoned() {
    let config = |count: usize| {
        let expressions: String = (0..count)
            .map(|at| format!(" | regex a!=\"\\w{{45}}{at}\""))
            .collect();
        let search = format!("a=* | stats count by a{expressions}");
        json!({
            "detections": {"name": "n", "id": "i", "search": search},
            "window": "all",
            "limits": {"record": 1024, "state": 65536, "late": 0},
        })
        .to_string()
    };
    let opens = |count: usize| {
        let mut client = Client::new(Wasmtime::start(None));
        open(&mut client, &config(count)).is_some_and(|handle| handle > 0)
    };
    let most = (1..100).take_while(|count| opens(*count)).count();
    assert!((1..99).contains(&most), "{most}");
    let config = config(most);

    let mut ample = Client::new(Wasmtime::start(None));
    ample.open(config.as_bytes()).unwrap();
    let needed = json_of(&ample.describe())["memory"]["needed"].as_u64();
    let limit = (needed.unwrap() as usize).next_multiple_of(PAGE);
    let mut client = Client::new(Wasmtime::start(Some(limit)));
    client.open(config.as_bytes()).unwrap();
    client.push(events(0, 3).as_bytes()).unwrap();
    assert_eq!(client.finish().unwrap(), 3);

    let least = Wasmtime::start(None).memory().len() / PAGE;
    for pages in least..limit / PAGE {
        let mut client = Client::new(Wasmtime::start(Some(pages * PAGE)));
        let handle = open(&mut client, &config);
        assert!(
            handle.is_none_or(|handle| handle > 0 || handle == OUT_OF_MEMORY),
            "with {pages} pages: {handle:?}"
        );
    }
}

/// Regular expressions that take more while they are compiled than they come to: they are
/// opened, refused, or there is no memory, at each cap, and none traps.
#[test]
fn no_expression_makes_it_trap_while_it_is_compiled() {
    let least = Wasmtime::start(None).memory().len() / PAGE;
    for class in [r"\W", r"\w", r"\D", r"[\w-\d]", r"(?i)\W"] {
        for count in [70, 140, 280] {
            let search = format!("a=* | regex a!=\"{}\"", class.repeat(count));
            let config =
                json!({"detections": {"name": "n", "id": "i", "search": search}, "window": "all"});
            for pages in (least..240).step_by(3) {
                let mut client = Client::new(Wasmtime::start(Some(pages * PAGE)));
                let _ = open(&mut client, &config.to_string());
            }
        }
    }
}

/// All of an input in pieces, and its end, with the alerts taken where there is no room
/// for more. What there is no memory for is left.
fn run_through(client: &mut Client<Wasmtime>, input: &[u8]) {
    let handle = Argument::I32(1);
    for piece in input.chunks(PAGE) {
        let Some([at, length]) = client.put(piece) else {
            return;
        };
        let mut answer = client.guest().call("rule_push", &[handle, at, length]);
        if answer == OUT_OF_MEMORY {
            drain(client);
            answer = client.guest().call("rule_push", &[handle, at, length]);
        }
        client.take_back([at, length]);
        assert!(answer >= 0 || answer == OUT_OF_MEMORY, "{answer}");
    }
    drain(client);
    if client.guest().call("rule_finish", &[handle]) == OUT_OF_MEMORY {
        drain(client);
        let answer = client.guest().call("rule_finish", &[handle]);
        assert!(answer >= 0 || answer == OUT_OF_MEMORY, "{answer}");
    }
    drain(client);
}

/// What is counted grows out of all proportion to the events: functions by the hundred over
/// each row, an event in a thousand groups, copies of it for many rules. With what
/// `rule_describe` says it needs, and with less, the module does not trap.
#[test]
fn nothing_that_is_counted_makes_it_trap() {
    let functions = |over: &str| -> String {
        let all = (0..600).map(|at| format!(" stdev({over}{}) AS c{at}", at / 19));
        all.collect()
    };
    let (of_rows, missing) = (functions("n"), functions("m"));
    let first: String = (0..32).map(|at| format!(" max(n{at}) AS n{at}")).collect();
    let rows = format!("a=* | stats max(b) AS b{first} by a");
    let copies: Vec<String> = vec!["a=* | stats values(b) AS b values(x) AS x".to_owned(); 40];
    let expanded = "a=* | rename h{} AS h | mvexpand h | fields a h n* x";
    let searches = [
        vec![format!("{rows} | eventstats {missing} by a")],
        vec![format!("{rows} | eventstats {of_rows} by a")],
        vec![format!("{rows} | streamstats {missing} by a")],
        vec![format!("{rows} | streamstats {of_rows} by a")],
        vec![format!("{rows} | streamstats window=500 {of_rows} by a")],
        vec![format!(
            "{rows} | streamstats window=500 global=f {of_rows} by a"
        )],
        vec![format!("{rows} | streamstats window=500 dc(a) values(b)")],
        vec![format!("{rows} | stats {of_rows} by a")],
        vec![format!("a=* | stats {of_rows} by h{{}}")],
        vec![format!("{expanded} | stats {of_rows} by h")],
        vec!["a=* | stats values(*) AS * by h{}".to_owned()],
        vec!["a=* | stats values(x) AS x by h{} a".to_owned()],
        copies,
    ];
    let floats: String = (0..32)
        .map(|at| format!("\"n{at}\":0.1234567890123{at},"))
        .collect();
    let long = "x".repeat(6000);
    let input: String = (0..60)
        .map(|at| {
            let many = json!((0..(at % 7) * 100).collect::<Vec<_>>());
            format!(
                "{{\"a\":\"group {at:012}\",\"b\":{at},{floats}\"x\":\"{long}\",\"h\":{many}}}\n"
            )
        })
        .collect();
    // And as many small ones as make rows for which the functions come to more than all.
    let input: String = (0..1500)
        .map(|at| format!("{{\"a\":\"small {at}\",\"b\":{at},\"n0\":0.1234567890123{at}}}\n"))
        .fold(input, |all, one| all + &one);
    let least = Wasmtime::start(None).memory().len() / PAGE;
    for searches in &searches {
        let detections: Vec<Value> = searches
            .iter()
            .enumerate()
            .map(|(at, search)| json!({"name": "n", "id": at.to_string(), "search": search}))
            .collect();
        for limits in [json!({}), json!({"record": 16384, "state": 65536})] {
            let config =
                json!({"detections": detections, "window": "all", "limits": limits}).to_string();
            let mut ample = Client::new(Wasmtime::start(None));
            ample.open(config.as_bytes()).unwrap();
            let needed = json_of(&ample.describe())["memory"]["needed"].as_u64();
            let needed = (needed.unwrap() as usize).div_ceil(PAGE);
            for pages in (least..needed).step_by(29).chain([needed]) {
                let mut client = Client::new(Wasmtime::start(Some(pages * PAGE)));
                let Some(1..) = open(&mut client, &config) else {
                    assert!(pages < needed, "{:.80}", searches[0]);
                    continue;
                };
                run_through(&mut client, input.as_bytes());
            }
        }
    }
}

/// What a session took is there for the next one: the memory does not grow.
#[test]
fn closing_gives_all_of_it_back() {
    let config = growing(&json!({"state": 4 << 20}));
    let mut client = Client::new(Wasmtime::start(None));
    let mut sizes = Vec::new();
    for _ in 0..60 {
        client.open(config.as_bytes()).unwrap();
        client.push(events(0, 2000).as_bytes()).unwrap();
        client.push(b"{\"a\":\"unfinished").unwrap();
        client.open(b"{\"x\":1}").unwrap_err();
        sizes.push(client.guest().memory().len());
    }
    assert_eq!(sizes[30], sizes[59], "{sizes:?}");
}

/// The state as bytes, where there is memory for them.
fn snapshot(client: &mut Client<Wasmtime>) -> Option<Vec<u8>> {
    let answer = client.guest().call("rule_snapshot", &[Argument::I32(1)]);
    if answer == 0 {
        assert_eq!(code_of(client), "out_of_memory");
        return None;
    }
    let [at, length] = [answer as u64 >> 32, answer as u64 & 0xffff_ffff];
    let memory = client.guest().memory();
    Some(memory[at as usize..][..length as usize].to_vec())
}

/// Whatever cap a host sets, from what an instance begins with on, and wherever in its work
/// the module meets it: it says so, its state is as it was, and with memory it goes on.
#[test]
fn no_cap_makes_it_trap() {
    let config = growing(&json!({"record": 16384, "state": 65536}));
    let least = Wasmtime::start(None).memory().len() / PAGE;
    let (mut never_opened, mut met, mut compared) = (0, 0, 0);
    for pages in least..200 {
        let mut client = Client::new(Wasmtime::start(Some(pages * PAGE)));
        // The host itself takes memory away, more with each round.
        let mut held = Vec::new();
        let Some(1..) = open(&mut client, &config) else {
            never_opened += 1;
            continue;
        };
        let handle = Argument::I32(1);
        for round in 0..40 {
            held.push(client.put(&[b'.'; 100_000]));
            let Some([at, length]) = client.put(events(round * 20, 20).as_bytes()) else {
                break;
            };
            let before = snapshot(&mut client);
            let answer = client.guest().call("rule_push", &[handle, at, length]);
            client.take_back([at, length]);
            assert!(answer >= 0 || answer == OUT_OF_MEMORY, "{answer}");
            let after = snapshot(&mut client);
            if answer == OUT_OF_MEMORY {
                met += 1;
                if let (Some(before), Some(after)) = (before, after) {
                    assert!(before == after, "with {pages} pages the state has changed");
                    compared += 1;
                }
            }
        }
        drain(&mut client);
        let answer = client.guest().call("rule_finish", &[handle]);
        assert!(answer >= 0 || answer == OUT_OF_MEMORY, "{answer}");
        for bytes in held.into_iter().flatten() {
            client.take_back(bytes);
        }
        if answer == OUT_OF_MEMORY {
            drain(&mut client);
            assert!(client.guest().call("rule_finish", &[handle]) >= 0);
        }
    }
    println!(
        "{least} to 199 pages: {never_opened} too small to open, the cap met in {met} pushes, \
         the state compared in {compared} of them"
    );
    assert!(never_opened > 0 && met > 0 && compared > 0);
}
