//! Records that somebody wrote to do harm: none stops Fluent Bit, none is lost, and the
//! hits among them are found.

use serde_json::{Value, json};

use crate::desk::{Desk, hit};
use crate::forward::{self, pair, text};
use crate::pipeline::{FluentBit, configuration, free_port, kept, program, set, take_alerts};
use crate::{desk, seconds};

/// A record with a value that is nested in as many objects.
fn nested(levels: usize) -> String {
    format!(
        "{{\"x\":{}1{}}}",
        "{\"x\":".repeat(levels),
        "}".repeat(levels)
    )
}

/// What comes out of a file's lines, with the module in the configuration or without it.
fn through(
    desk: &Desk,
    program: &std::path::Path,
    configuration: &str,
    lines: usize,
) -> Vec<Value> {
    let files = desk.path("events.ndjson");
    let settings = [("log_files", files.to_str().expect("text"))];
    let mut fluent_bit = FluentBit::start(desk, program, &set(configuration, &settings));
    fluent_bit.until_events(lines);
    fluent_bit.stop();
    desk.lines("events/events.ndjson")
}

/// A configuration without its module, which is its first filter.
fn without_module(configuration: &str) -> String {
    let mut text = configuration.to_owned();
    let start = text.find("    - name: wasm\n").expect("it is there");
    let end = text
        .find("    - name: rewrite_tag\n")
        .expect("it is behind");
    text.replace_range(start..end, "");
    text
}

#[test]
fn lines_come_through_as_without_the_module() {
    let Some(program) = program() else { return };
    let good = hit("EX01", "2021-03-16T18:00:00.000Z");
    let deep = [nested(60), nested(1000), format!("[{}", "[".repeat(1000))];
    let long = format!("{{\"long\":\"{}\"}}", "y".repeat(10_000_000));
    let long_hit = good.replace("parameters .", &"z".repeat(1_000_000));
    let wide: String = (0..5000).map(|key| format!("\"k{key}\":{key},")).collect();
    let lines: Vec<&[u8]> = vec![
        good.trim_end().as_bytes(),
        b"no JSON at all: Cmdlet New-MailboxExportRequest",
        b"{\"cut\":",
        b"[1,2]",
        b"null",
        b"{\"two\":1}{\"objects\":2}",
        b"{\"not a number\":NaN}",
        b"{\"too large\":1e999}",
        b"{\"large\":123456789012345678901234567890,\"small\":5e-324,\"minus\":-0.0}",
        b"{\"largest\":18446744073709551615,\"least\":-9223372036854775808}",
        b"{}",
        b"{\"\":{\"\":[]}}",
        b"{\"twice\":1,\"twice\":2}",
        b"{\"nul\":\"a\0b\"}",
        b"{\"nul\":\"a\\u0000b\",\"k\\u0000\":1}",
        b"\0\0\0",
        b"{\"control\":\"\\u0001\\u001f\\u007f\\b\\f\",\"backslash\":\"\\\\x41\\\\\"}",
        b"{\"half\":\"\\ud800\",\"pair\":\"\\ud83d\\ude00\",\"line\":\"\\u2028\"}",
        b"{\"not UTF-8\":\"\xff\xfe\xc3(\"}",
        b"{\"Channel\":\"MSExchange Management\",\"EventID\":1,\"Message\":[\"Get-Recipient\",{}]}",
        b"{\"rule_alert\":{\"id\":\"00ff\",\"kind\":\"final\"},\"rule_alerts\":[{\"id\":\"00ff\"}],\"x\":1}",
        deep[0].as_bytes(),
        deep[1].as_bytes(),
        deep[2].as_bytes(),
        long.as_bytes(),
        long_hit.trim_end().as_bytes(),
        b"{\"last\":true}",
    ];
    let wide = format!("{{{wide}\"end\":1}}");
    let mut file = wide.into_bytes();
    for line in &lines {
        file.push(b'\n');
        file.extend_from_slice(line);
    }
    file.push(b'\n');

    let alone = Desk::new();
    alone.file("events.ndjson", &file);
    let count = lines.len() + 1;
    let mut expected = through(
        &alone,
        &program,
        &without_module(&configuration("tail.yaml")),
        count,
    );
    let desk = desk("annotate");
    desk.file("events.ndjson", &file);
    let mut events = through(&desk, &program, &configuration("tail.yaml"), count);

    let alerts: Vec<Value> = events.iter_mut().flat_map(take_alerts).collect();
    expected
        .iter_mut()
        .for_each(|record| drop(take_alerts(record)));
    assert_eq!(events.len(), expected.len());
    for (event, expected) in events.iter().zip(&expected) {
        assert!(
            event == expected,
            "{:.200} is not {:.200}",
            event.to_string(),
            expected.to_string()
        );
    }
    let rows = kept(alerts);
    // The longest message is more than a window holds: its row goes out as a part.
    let hits = rows
        .values()
        .filter(|alert| alert["row"].to_string().contains("\"EX01\""));
    assert_eq!(hits.count(), 2, "{:.2000}", format!("{rows:?}"));
    assert!(!rows.values().any(|alert| alert["id"] == "00ff"));
}

#[test]
fn records_that_no_json_can_say_are_not_lost() {
    let Some(program) = program() else { return };
    let desk = desk("annotate");
    let port = free_port();
    let settings = [("listen_port", &*port.to_string())];
    let mut fluent_bit = FluentBit::start(
        &desk,
        &program,
        &set(&configuration("forward.yaml"), &settings),
    );

    let double = |value: f64| [&[0xcb][..], &value.to_be_bytes()].concat();
    let string = |bytes: &[u8]| {
        let mut to = Vec::new();
        text(bytes, &mut to);
        to
    };
    let bytes = |bytes: &[u8]| [&[0xc4, u8::try_from(bytes.len()).expect("few")], bytes].concat();
    // An extension type of two bytes, and the time that agents send.
    let extension = [0xd5, 0x05, 0x01, 0xff];
    let time = [0xd7, 0x00, 0x60, 0x50, 0x9d, 0x40, 0x00, 0x00, 0x00, 0x07];
    let odd: Vec<Vec<u8>> = vec![
        pair(&string(b"x"), &double(f64::NAN)),
        pair(&string(b"x"), &double(-f64::NAN)),
        pair(&string(b"x"), &double(f64::INFINITY)),
        pair(&string(b"x"), &double(f64::NEG_INFINITY)),
        pair(&string(b"x"), &pair(&string(b"y"), &double(f64::NAN))),
        pair(
            &string(b"x"),
            &[&[0x92], &*double(f64::NAN), &[0x01]].concat(),
        ),
        pair(&[0x05], &string(b"a number is the key")),
        pair(&[0xc0], &string(b"nothing is the key")),
        pair(&[0xc3], &string(b"true is the key")),
        pair(&double(1.5), &string(b"a fraction is the key")),
        pair(&double(f64::NAN), &string(b"no number is the key")),
        pair(&[0x91, 0x01], &string(b"an array is the key")),
        pair(&pair(&[0x01], &[0x02]), &string(b"a map is the key")),
        pair(&string(b"x"), &pair(&[0x05], &[0xc0])),
        pair(&extension, &string(b"an extension is the key")),
        pair(&string(b"x"), &extension),
        pair(&string(b"x"), &time),
        pair(&string(b"x"), &bytes(b"\x00\xff\xfe\\x41")),
        pair(&bytes(b"\x00\xff"), &[0x01]),
        pair(
            &string(b"x"),
            &string(b"\xff\xfe\xc3(\xed\xa0\x80\xf4\x90\x80\x80"),
        ),
        pair(&string(b"\xff\0"), &string(b"a\0b")),
        pair(&string(b"x"), &string(&vec![b'\\'; 100_000])),
    ];
    let good: Value = serde_json::from_str(&hit("EX01", "2021-03-16T18:00:00.000Z")).expect("JSON");
    let now = seconds(&good);
    let mut records = Vec::new();
    for (number, record) in odd.iter().enumerate() {
        // Each beside a good one, in one message: what one does may hit the other.
        records.push((now, forward::packed(&good)));
        records.push((now, record.clone()));
        records.push((now, forward::packed(&json!({"number": number}))));
    }
    forward::send(port, "agent", &records);
    fluent_bit.until_events(records.len());

    // Deeper than Fluent Bit reads: it refuses the message, and the next one comes.
    let deep = (0..1000).fold(vec![0x01], |inner, _| pair(&string(b"x"), &inner));
    forward::send(port, "agent", &[(now, deep)]);
    let large = json!({"large": "y".repeat(10_000_000)});
    forward::send(
        port,
        "agent",
        &[
            (now, forward::packed(&large)),
            (now, forward::packed(&good)),
        ],
    );
    fluent_bit.until_events(records.len() + 2);
    fluent_bit.stop();

    let mut events = desk.lines("events/events.ndjson");
    let alerts: Vec<Value> = events.iter_mut().flat_map(take_alerts).collect();
    assert_eq!(events.len(), records.len() + 2);
    for (number, three) in events[..records.len()].chunks(3).enumerate() {
        assert_eq!(three[0], good, "{number}");
        assert!(three[1].is_object(), "{number}");
        assert_eq!(three[2], json!({"number": number}));
    }
    assert_eq!(events[records.len()], large);
    desk.file("good.ndjson", format!("{good}\n").repeat(odd.len() + 1));
    let expected = desk.run(&["run", "good.ndjson"]).alerts();
    let found = kept(alerts);
    assert_eq!(found.len(), 1);
    assert_eq!(
        found.values().next().expect("one")["row"],
        expected[0]["row"]
    );
}
