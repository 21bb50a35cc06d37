//! Named inputs of each format.

use super::{Format, check};

#[test]
fn json_records() {
    check(
        Format::Json,
        &[
            ("nothing", "", &[]),
            ("blanks alone", " \r\n\t\n", &[]),
            (
                "lines",
                "{\"a\":1}\n{\"a\":2}\n",
                &[r#"Json 0 {"a":1}"#, r#"Json 8 {"a":2}"#],
            ),
            (
                "crlf, blank lines, no line break at the end",
                "{\"a\":1}\r\n\r\n  {}",
                &[r#"Json 0 {"a":1}"#, "Json 13 {}"],
            ),
            (
                "one after another",
                r#"{"a":1}{"a":2} , {"a":3},"#,
                &[
                    r#"Json 0 {"a":1}"#,
                    r#"Json 7 {"a":2}"#,
                    r#"Json 17 {"a":3}"#,
                ],
            ),
            (
                "brackets, quotes and backslashes in strings",
                r#"{"a{":"}]\"}","b":"\\"}{"c":[{},[]]}"#,
                &[
                    r#"Json 0 {"a{":"}]\"}","b":"\\"}"#,
                    r#"Json 23 {"c":[{},[]]}"#,
                ],
            ),
            ("an array", "[{},{}]", &["Json 1 {}", "Json 4 {}"]),
            (
                "several arrays, pretty-printed",
                "[\n  {\n    \"a\": [\n      1\n    ]\n  }\n]\n[{}]",
                &[r#"Json 4 {\n    "a": [\n      1\n    ]\n  }"#, "Json 38 {}"],
            ),
            ("an empty array", "[]{}", &["Json 2 {}"]),
            (
                "an array that the input leaves open",
                "[{},",
                &["Json 1 {}"],
            ),
            (
                "a nested object on a line of its own, at column 0",
                "{\"a\":\n{\"b\":1}}",
                &[r#"Json 0 {"a":\n{"b":1}}"#],
            ),
            (
                "scalars are the decoder's",
                r#"{"a":NaN,"b":01,"c":tru}"#,
                &[r#"Json 0 {"a":NaN,"b":01,"c":tru}"#],
            ),
        ],
    );
}

#[test]
fn json_malformed() {
    check(
        Format::Json,
        &[
            (
                "cut off at the end of the input",
                r#"{"a":1}{"a":"#,
                &[r#"Json 0 {"a":1}"#, r#"! Truncated 7 {"a":"#],
            ),
            (
                "cut off in a string at the end of the input",
                r#"{"a":"x"#,
                &[r#"! Truncated 0 {"a":"x"#],
            ),
            (
                "cut off after a value, then a new line",
                "{\"a\":1\n{\"b\":2}\n",
                &[r#"! Truncated 0 {"a":1"#, r#"Json 7 {"b":2}"#],
            ),
            (
                "cut off after a comma",
                "{\"a\":1,\r\n  {\"b\":2}",
                &[r#"! Truncated 0 {"a":1,"#, r#"Json 11 {"b":2}"#],
            ),
            (
                "cut off before a value, in an input of lines",
                "{}\n{\"a\":\n{\"b\":2}\n",
                &["Json 0 {}", r#"! Truncated 3 {"a":"#, r#"Json 9 {"b":2}"#],
            ),
            (
                "before a value, in an input of lines, but indented",
                "{}\n{\"a\":\n {\"b\":2}}\n",
                &["Json 0 {}", r#"Json 3 {"a":\n {"b":2}}"#],
            ),
            (
                "cut off in a string, then a new line",
                "{\"a\":\"x\n{\"b\":2}",
                &[r#"! LineBreakInString 0 {"a":"x"#, r#"Json 8 {"b":2}"#],
            ),
            (
                "a backslash does not escape a line break",
                "{\"a\":\"\\\n{}",
                &[r#"! LineBreakInString 0 {"a":"\"#, "Json 8 {}"],
            ),
            (
                "lines that are no JSON",
                "# log {}\n{}\nok\n",
                &["! NotJson 0 # log {}", "Json 9 {}", "! NotJson 12 ok"],
            ),
            (
                "brackets that are not closed in order",
                r#"[{"a":[}],"b":1},{}]"#,
                &[
                    r#"! Structure 1 {"a":[}]"#,
                    r#"! NotAnObject 10 "b":1}"#,
                    "Json 17 {}",
                ],
            ),
            (
                "a missing comma, pretty-printed, is one record",
                "[\n  {\n    \"a\": 1\n    \"b\": {\"c\": [\"}\"]},\n    \"d\": [\n      {}\n    ]\n  },\n  {}\n]",
                &[
                    r#"! Structure 4 {\n    "a": 1\n    "b": {"c": ["}"]},\n    "d": [\n      {}\n    ]\n  }"#,
                    "Json 73 {}",
                ],
            ),
            (
                "a record broken on its line ends before the next line of any indent",
                "{\"a\" 1, \"b\":\n   {\"c\":1}",
                &[r#"! Structure 0 {"a" 1, "b":"#, r#"Json 16 {"c":1}"#],
            ),
            (
                "a broken record of several lines ends before a line no further right",
                "  {\n    \"a\" 1,\n    \"b\": [\n    {\"c\":1}\n  {\"d\":1}",
                &[
                    r#"! Structure 2 {\n    "a" 1,\n    "b": [\n    {"c":1}"#,
                    r#"Json 40 {"d":1}"#,
                ],
            ),
            (
                "elements that are no objects, in lines",
                "[1\n2,\n[[\n{}]],\n\n[3]\n[\"x\n{}",
                &[
                    "! NotAnObject 1 1",
                    "! NotAnObject 3 2",
                    "! NotAnObject 7 [",
                    "Json 9 {}",
                    "! NotJson 12 ],",
                    "! NotAnObject 17 3",
                    "! NotAnObject 21 \"x",
                    "Json 24 {}",
                ],
            ),
            (
                "elements that are no objects",
                r#"[1,"a,]{",[{},[{}]],null,{}]"#,
                &[
                    "! NotAnObject 1 1",
                    r#"! NotAnObject 3 "a,]{""#,
                    "! NotAnObject 10 [{},[{}]]",
                    "! NotAnObject 20 null",
                    "Json 25 {}",
                ],
            ),
            (
                "an array that is cut off before the next",
                "[{},{\"a\"\n[{}]",
                &["Json 1 {}", r#"! Truncated 4 {"a""#, "Json 10 {}"],
            ),
            (
                "an array that ends too early",
                "[{},\n[{}]\n",
                &["Json 1 {}", "Json 6 {}"],
            ),
            (
                "a bracket too much",
                "{}]\n{}",
                &["Json 0 {}", "! NotJson 2 ]", "Json 4 {}"],
            ),
        ],
    );
}

#[test]
fn xml_records() {
    check(
        Format::Xml,
        &[
            ("one", "<Event/>", &["Xml 0 <Event/>"]),
            (
                "in Events, with a prolog and comments",
                "<?xml version=\"1.0\"?>\n<Events>\n<!-- <Event> --><Event a='>'>1</Event>\n</Events>",
                &["Xml 47 <Event a='>'>1</Event>"],
            ),
            (
                "what evtx_dump writes",
                "Record 1\n<?xml?>\n<Event>1</Event>\n\nRecord 22 \r\n<?xml?><Event></Event >",
                &["Xml 17 <Event>1</Event>", "Xml 54 <Event></Event >"],
            ),
            (
                "only the element Event",
                "<Event><EventData><EventID/></EventData></Event>",
                &["Xml 0 <Event><EventData><EventID/></EventData></Event>"],
            ),
            (
                "end tags in CDATA, comments and instructions",
                "<Event><![CDATA[</Event>]] >]]]><!--</Event>- ->---><?c </Event>? ??></Event>",
                &[
                    "Xml 0 <Event><![CDATA[</Event>]] >]]]><!--</Event>- ->---><?c </Event>? ??></Event>",
                ],
            ),
            (
                "a `<` in an attribute, which XML does not have",
                "<Event><a b=\"</a>\"/></Event>",
                &["Xml 0 <Event><a b=\"</a>\"/></Event>"],
            ),
            (
                "a prefix",
                "<e:Events><e:Event>1</e:Event></e:Events>",
                &["Xml 10 <e:Event>1</e:Event>"],
            ),
            (
                "another element around it",
                "<Envelope>\n<Body><Event/><Event/></Body></Envelope>",
                &["Xml 17 <Event/>", "Xml 25 <Event/>"],
            ),
        ],
    );
}

#[test]
fn xml_malformed() {
    check(
        Format::Xml,
        &[
            (
                "cut off at the end",
                "<Event/><Event><System>",
                &["Xml 0 <Event/>", "! Truncated 8 <Event><System>"],
            ),
            (
                "cut off before the next",
                "<Event><System>\n<Event>2</Event>",
                &["! Truncated 0 <Event><System>", "Xml 16 <Event>2</Event>"],
            ),
            (
                "cut off in a tag, and in an attribute",
                "<Event><Sys<Event a=\"1 <Event/>",
                &[
                    "! Truncated 0 <Event><Sys",
                    "! Truncated 11 <Event a=\"1",
                    "Xml 23 <Event/>",
                ],
            ),
            (
                "text between events, once",
                "<Event/> Record x <b>y</b> 1 < 2 z <Event/>\nRecord <Event/>",
                &[
                    "Xml 0 <Event/>",
                    "! TextBetweenEvents 9 Record x <b>y</b> 1 < 2 z",
                    "Xml 35 <Event/>",
                    "! TextBetweenEvents 44 Record",
                    "Xml 51 <Event/>",
                ],
            ),
            (
                "no event",
                "<?xml version=\"1.0\"?><html><body>Hello</body></html>",
                &["! NoEvent 21 <html><body>Hello</body></html>"],
            ),
            (
                "no event, no text",
                "<a><b/></a>",
                &["! NoEvent 0 <a><b/></a>"],
            ),
            (
                "a comment without an end",
                "<Event/>\n<!-- <Event/>",
                &["Xml 0 <Event/>", "! NoEvent 9 <!-- <Event/>"],
            ),
            ("a tag without an end", "<Ev", &["! NoEvent 0 <Ev"]),
        ],
    );
}

#[test]
fn text_records() {
    check(
        Format::Text,
        &[
            (
                "lines",
                "one\r\n\n  \ntwo",
                &["TextLine 0 one", "TextLine 9 two"],
            ),
            (
                "two events",
                "11/14/2024 11:10:32 AM\nLogName=A\n\nMessage=x\n\n11/14/2024 11:10:33.125 PM\r\nLogName=B\r\n\r\n",
                &[
                    "ClassicText 0 11/14/2024 11:10:32 AM\\nLogName=A\\n\\nMessage=x",
                    "ClassicText 45 11/14/2024 11:10:33.125 PM\\r\\nLogName=B",
                ],
            ),
            (
                "a time of 24 hours, and lines before the first event",
                "header\n1/2/2024 23:10:32\nLogName=A\nX=1",
                &[
                    "TextLine 0 header",
                    "ClassicText 7 1/2/2024 23:10:32\\nLogName=A\\nX=1",
                ],
            ),
            (
                "a date without LogName is a line, or part of an event",
                "1/2/2024 23:10:32\n1/2/2024 23:10:33\nLogName=A\n1/2/2024 23:10:34\nLogger\n1/2/2024 23:10:35",
                &[
                    "TextLine 0 1/2/2024 23:10:32",
                    "ClassicText 18 1/2/2024 23:10:33\\nLogName=A\\n1/2/2024 23:10:34\\nLogger\\n1/2/2024 23:10:35",
                ],
            ),
            (
                "a blank line after the date",
                "1/2/2024 23:10:32\n\nLogName=A",
                &["TextLine 0 1/2/2024 23:10:32", "TextLine 19 LogName=A"],
            ),
            (
                "a date at the end, and a begin of LogName",
                "1/2/2024 23:10:32\nLogNa",
                &["TextLine 0 1/2/2024 23:10:32", "TextLine 18 LogNa"],
            ),
            (
                "what looks like a date and is none",
                "1/2/24 23:10:32\nLogName=A\n1/2/2024 23:10:32 XM\n1/2/2024 23:10:32.\n1/2/2024 2:1:3\n10/200/2024 1",
                &[
                    "TextLine 0 1/2/24 23:10:32",
                    "TextLine 16 LogName=A",
                    "TextLine 26 1/2/2024 23:10:32 XM",
                    "TextLine 47 1/2/2024 23:10:32.",
                    "TextLine 66 1/2/2024 2:1:3",
                    "TextLine 81 10/200/2024 1",
                ],
            ),
        ],
    );
}

#[test]
fn csv_records() {
    check(
        Format::Csv,
        &[
            (
                "header and rows",
                "\r\na,b\r\n1,2\r\n\r\n3,4",
                &["CsvHeader 2 a,b", "CsvRow 7 1,2", "CsvRow 14 3,4"],
            ),
            (
                "quotes, doubled quotes and line breaks in quotes",
                "a\n\"x\ny\"\"\r\n,\",\"\"\n\"\"\n",
                &[
                    "CsvHeader 0 a",
                    "CsvRow 2 \"x\\ny\"\"\\r\\n,\",\"\"",
                    "CsvRow 16 \"\"",
                ],
            ),
            (
                "a quote inside a value opens nothing",
                "a\nx\"y\n\"a\" \"\nz",
                &[
                    "CsvHeader 0 a",
                    "CsvRow 2 x\"y",
                    "CsvRow 6 \"a\" \"",
                    "CsvRow 12 z",
                ],
            ),
            (
                "a quote without its end",
                "a\n\"x\n1\n",
                &["CsvHeader 0 a", "! OpenQuote 2 \"x\\n1"],
            ),
        ],
    );
}

#[test]
fn auto_tells_by_the_first_byte() {
    check(
        Format::Auto,
        &[
            ("nothing", " \n", &[]),
            ("json", " \r\n{}", &["Json 3 {}"]),
            ("array", "[{}]", &["Json 1 {}"]),
            ("xml", "\n<Event/>", &["Xml 1 <Event/>"]),
            ("text", " a,b", &["TextLine 1 a,b"]),
            ("a byte order mark", "\u{feff} {}", &["Json 1 {}"]),
        ],
    );
}
