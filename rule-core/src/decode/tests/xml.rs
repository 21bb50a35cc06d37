//! Named XML records.

use super::{All, Nothing, One, lines};
use crate::decode::{MAX_PATH_BYTES, xml};
use alloc::{format, vec};

const EVENT: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event">
  <System>
    <Provider Name="MSExchange CmdletLogs" Guid='{1}'></Provider>
    <EventID Qualifiers="16384">6</EventID>
    <Level>2</Level>
    <TimeCreated SystemTime="2022-01-02T03:04:05.1234567Z"/>
    <Correlation/>
    <Execution ProcessID="0" ThreadID="0"/>
    <Channel>MSExchange Management</Channel>
    <Computer>EX01</Computer>
    <Security UserID="S-1-5-18"/>
  </System>
  <EventData>
    <Data>Install-TransportAgent</Data>
    <Data Name="Target">a &amp; b</Data>
    <Data/>
    <Data Name="Empty"></Data>
    <Binary>00FF</Binary>
  </EventData>
  <RenderingInfo Culture="en-US">
    <Message>Cmdlet failed.</Message>
    <Keywords><Keyword>Classic</Keyword><Keyword>Audit</Keyword></Keywords>
    <Opcode></Opcode>
  </RenderingInfo>
</Event>
"#;

#[test]
fn an_event_has_the_fields_of_its_sections() {
    let found = lines("event", |sink| xml(EVENT.as_bytes(), sink));
    let expected = [
        "System.Provider.Name=MSExchange CmdletLogs",
        "System.Provider.Guid={1}",
        "System.EventID.Qualifiers=16384",
        "System.EventID=6",
        "System.Level=2",
        "System.TimeCreated.SystemTime=2022-01-02T03:04:05.1234567Z",
        "System.Execution.ProcessID=0",
        "System.Execution.ThreadID=0",
        "System.Channel=MSExchange Management",
        "System.Computer=EX01",
        "System.Security.UserID=S-1-5-18",
        "EventData.param1=Install-TransportAgent",
        "EventData.Target=a & b",
        "EventData.param3=",
        "EventData.Empty=",
        "EventData.Binary=00FF",
        "RenderingInfo.Message=Cmdlet failed.",
        "RenderingInfo.Keywords.Keyword=Classic",
        "RenderingInfo.Keywords.Keyword=Audit",
    ];
    assert_eq!(found, expected);
}

#[test]
fn fields_are_named_and_written_as_xml_says() {
    let cases: [(&str, &str, &[&str]); 14] = [
        ("an empty event", "<Event/>", &[]),
        (
            "user data, by the names of its leaves",
            "<Event><UserData><A x='1' xmlns='n'><B>1</B><C><D/><E>2</E></C></A><F>3</F></UserData></Event>",
            &[
                "UserData.B=1",
                "UserData.D=",
                "UserData.E=2",
                "UserData.F=3",
            ],
        ),
        (
            "prefixes",
            "<e:Event xmlns:e='n'><e:System><e:EventID e:Qualifiers='0' xmlns:x='n'>1</e:EventID></e:System></e:Event>",
            &["System.EventID.Qualifiers=0", "System.EventID=1"],
        ),
        (
            "text in pieces",
            "<Event><EventData><Data>a<!-- b -->c<![CDATA[<&amp;>]]>&lt;<?x y?>d</Data></EventData></Event>",
            &["EventData.param1=ac<&amp;><d"],
        ),
        (
            "references",
            "<Event><System><A B='&quot;&apos;&#65;&#x1F600;'>&amp;&lt;&gt;&#x41;&#0;&#xD800;&#99999999999;</A></System></Event>",
            &["System.A.B=\"'A😀", "System.A=&<>A\u{fffd}\u{fffd}\u{fffd}"],
        ),
        (
            "line breaks",
            "<Event><System><A B='a\r\nb\tc&#10;d'>a\r\nb\rc&#13;\n</A><C><![CDATA[\r\n]]></C></System></Event>",
            &["System.A.B=a b c\nd", "System.A=a\nb\nc\r\n", "System.C=\n"],
        ),
        (
            "blanks are a value in a leaf and nothing between elements",
            "<Event> <EventData> <Data Name='A'>  x </Data> <Data Name='B'> </Data> </EventData> </Event>",
            &["EventData.A=  x ", "EventData.B= "],
        ),
        (
            "text beside elements is nothing",
            "<Event><System><A>x<B>y</B>z</A></System></Event>",
            &["System.A.B=y"],
        ),
        (
            "a name that is empty, and one with a reference",
            "<Event><EventData><Data Name=''>1</Data><Data Name='a&amp;b'>2</Data></EventData></Event>",
            &["EventData.param1=1", "EventData.a&b=2"],
        ),
        (
            "elements in EventData that are no Data",
            "<Event><EventData><A>1</A><B><Data>2</Data></B><Data>3</Data></EventData></Event>",
            &["EventData.A=1", "EventData.B.Data=2", "EventData.param1=3"],
        ),
        (
            "no text where only sections stand",
            "<Event><System>x</System><Y>z</Y></Event>",
            &[],
        ),
        (
            "attributes in other sections are nothing",
            "<Event><EventData Name='A'><Data Name='B' x='1'>2</Data></EventData></Event>",
            &["EventData.B=2"],
        ),
        (
            "an attribute with `>` and a slash",
            "<Event><System><A B='/>' C = \"'\"/></System></Event >",
            &["System.A.B=/>", "System.A.C='"],
        ),
        (
            "control characters",
            "<Event><System><A>\u{1}&#1;</A></System></Event>",
            &["System.A=\u{1}\u{1}"],
        ),
    ];
    for (name, record, expected) in cases {
        let found = lines(name, |sink| xml(record.as_bytes(), sink));
        assert_eq!(found, expected, "{name}");
    }
}

#[test]
fn what_is_not_well_formed_is_malformed_whoever_asks() {
    let cases: [(&str, &str, usize); 26] = [
        ("nothing", "", 0),
        ("blanks", " \n", 2),
        ("another element", "<Events/>", 0),
        ("text before it", "x<Event/>", 0),
        ("text behind it", "<Event/>x", 8),
        ("an element behind it", "<Event/><Event/>", 8),
        ("not closed", "<Event><A></A>", 14),
        ("a tag not closed", "<Event", 0),
        ("an attribute not closed", "<Event a='", 9),
        (
            "an end tag that does not match",
            "<Event><A></B></Event>",
            10,
        ),
        ("an end tag without a start", "</Event>", 0),
        ("an end tag not closed", "<Event></Event", 14),
        ("an end tag with another prefix", "<a:Event></Event>", 9),
        ("a comment not closed", "<Event><!-- </Event>", 7),
        ("CDATA not closed", "<Event><![CDATA[ </Event>", 7),
        ("an instruction not closed", "<Event><? </Event>", 7),
        ("a document type", "<!DOCTYPE Event><Event/>", 0),
        ("an entity", "<Event>&nbsp;</Event>", 7),
        ("a bare ampersand", "<Event>a & b</Event>", 9),
        ("a reference that is not closed", "<Event a='&amp'/>", 10),
        ("a character without a number", "<Event>&#;</Event>", 7),
        ("a character that is no number", "<Event>&#x1G;</Event>", 7),
        ("no quotes", "<Event a=1/>", 9),
        ("no value", "<Event a/>", 8),
        ("`<` in an attribute", "<Event a='<'/>", 10),
        ("a name that is none", "<Event><1/></Event>", 8),
    ];
    for (name, record, offset) in cases {
        let error = xml(record.as_bytes(), &mut Nothing).expect_err(name);
        assert_eq!(error.offset, offset, "{name}: {error}");
        let all = xml(record.as_bytes(), &mut All::default());
        assert_eq!(all, Err(error), "{name}");
    }
}

#[test]
fn text_without_references_is_borrowed() {
    let mut all = All::default();
    let record = "<Event><System><A B='x'>y</A><C>\n<![CDATA[z]]></C></System></Event>";
    xml(record.as_bytes(), &mut all).unwrap();
    assert_eq!((all.fields.len(), all.owned), (3, 1), "C is in two pieces");
}

#[test]
fn only_what_is_wanted_is_given() {
    let mut one = One {
        path: "System.EventID",
        values: vec![],
    };
    xml(EVENT.as_bytes(), &mut one).unwrap();
    assert_eq!(one.values, ["6"]);
}

#[test]
fn bytes_that_are_no_utf8_are_replaced_and_flagged() {
    let mut all = All::default();
    let record = b"<Event><System><A B='\xff'>\xc3&lt;</A></System></Event>";
    assert!(xml(record, &mut all).unwrap().invalid_utf8);
    let values = all.fields.iter().map(|field| field.1.as_str());
    assert!(values.eq(["\u{fffd}", "\u{fffd}<"]));
}

#[test]
fn elements_go_256_levels_deep() {
    let nested = |levels: usize| {
        let (open, close) = ("<a>".repeat(levels - 1), "</a>".repeat(levels - 1));
        format!("<Event>{open}{close}</Event>")
    };
    assert!(xml(nested(256).as_bytes(), &mut All::default()).is_ok());
    assert!(xml(nested(257).as_bytes(), &mut All::default()).is_err());
    assert!(xml(nested(200_000).as_bytes(), &mut All::default()).is_err());
}

#[test]
fn a_path_that_is_too_long_is_given_to_nobody_and_the_next_is() {
    let name = "n".repeat(MAX_PATH_BYTES - "System.".len());
    let record = format!(
        "<Event><System><{name} a='1'>2</{name}><{name}n><b>3</b></{name}n><c>4</c></System></Event>"
    );
    let found = lines("long", |sink| xml(record.as_bytes(), sink));
    assert_eq!(found, [format!("System.{name}=2"), "System.c=4".into()]);
}
