//! One case for each line of semantics.md's table that the predicate settles.

use super::*;
use std::vec;

struct Event(Vec<(&'static str, Vec<&'static str>)>, &'static str);

impl Fields for Event {
    fn any(&self, field: &Field, test: &mut dyn FnMut(&str) -> bool) -> Option<bool> {
        let (_, values) = self.0.iter().find(|(name, _)| *name == field.name)?;
        Some(values.iter().any(|value| test(value)))
    }

    fn raw(&self) -> Cow<'_, str> {
        Cow::Borrowed(self.1)
    }
}

fn field(name: &str) -> Field {
    Field {
        name: String::from(name),
        slot: 0,
    }
}

fn leaf(condition: Condition) -> Test {
    Test::Leaf {
        condition,
        text: String::from("as written"),
    }
}

fn equals(name: &str, value: &str) -> Test {
    leaf(Condition::In(field(name), vec![Wanted::new(value, false)]))
}

fn differs(name: &str, value: &str) -> Test {
    leaf(Condition::Differs(field(name), Wanted::new(value, false)))
}

fn order(name: &str, comparison: Comparison, bound: &str) -> Test {
    leaf(Condition::Order(field(name), comparison, Bound::new(bound)))
}

fn event() -> Event {
    Event(
        vec![
            ("EventCode", vec!["1"]),
            (
                "Message",
                vec!["Cmdlet suceeded.\nCmdlet New-MailboxSearch"],
            ),
            ("src", vec!["10.1.2.3", "192.168.0.9"]),
            ("src6", vec!["2001:db8::7"]),
            ("port", vec!["80"]),
            ("empty", vec![""]),
            ("net", vec!["10.0.0.0/8"]),
        ],
        "raw text of it",
    )
}

#[test]
fn conditions() {
    use Comparison::*;
    for (name, test, wanted) in [
        ("equal text", equals("EventCode", "1"), true),
        ("1 is not 1.0", equals("EventCode", "1.0"), false),
        ("field names have case", equals("eventcode", "1"), false),
        (
            "values have none",
            equals("Message", "*new-MAILBOXsearch*"),
            true,
        ),
        (
            "a star goes across lines",
            equals("Message", "Cmdlet*search"),
            true,
        ),
        ("any of several values", equals("src", "192.168.0.9"), true),
        ("a network", equals("src", "10.0.0.0/8"), true),
        ("another network", equals("src", "172.16.0.0/12"), false),
        ("a network of IPv6", equals("src6", "2001:DB8::/32"), true),
        ("a network as text", equals("net", "10.0.0.0/8"), true),
        ("exists", equals("port", "*"), true),
        ("an empty value exists", equals("empty", "*"), true),
        ("an empty value", equals("empty", ""), true),
        ("exists not", equals("nothing", "*"), false),
        ("!= where it differs", differs("port", "81"), true),
        ("!= where it is equal", differs("port", "80"), false),
        ("!= without the field", differs("nothing", "80"), false),
        (
            "!= where one of several differs",
            differs("src", "10.1.2.3"),
            true,
        ),
        (
            "NOT without the field",
            Test::Not(Box::new(equals("nothing", "80"))),
            true,
        ),
        (
            "NOT where one of several is equal",
            Test::Not(Box::new(equals("src", "10.1.2.3"))),
            false,
        ),
        ("as numbers", order("port", Greater, "9"), true),
        (
            "as numbers, with a fraction",
            order("port", LessOrEqual, "80.0"),
            true,
        ),
        ("as text where one is none", order("port", Less, "9x"), true),
        (
            "an order without the field",
            order("nothing", Less, "9"),
            false,
        ),
        (
            "where events are stored",
            leaf(Condition::Stored(
                field("index"),
                Box::new(Condition::Never),
            )),
            true,
        ),
        (
            "where this event says it is stored",
            leaf(Condition::Stored(field("port"), Box::new(Condition::Never))),
            false,
        ),
        (
            "a word",
            leaf(Condition::Term(Term::new("TEXT", false, false))),
            true,
        ),
        ("never", leaf(Condition::Never), false),
        (
            "and",
            Test::And(vec![equals("port", "80"), equals("port", "81")]),
            false,
        ),
        (
            "or",
            Test::Or(vec![equals("port", "80"), equals("port", "81")]),
            true,
        ),
        ("all", Test::All, true),
    ] {
        assert_eq!(test.matches(&event()), wanted, "{name}");
        assert_eq!(
            test.explain(&event(), &mut 1000).held,
            wanted,
            "{name}, explained"
        );
    }
}

#[test]
fn case_counts_in_case() {
    let test = |value| {
        leaf(Condition::In(
            field("Message"),
            vec![Wanted::new(value, true)],
        ))
    };
    assert!(test("*New-MailboxSearch").matches(&event()));
    assert!(!test("*new-mailboxsearch").matches(&event()));
}

#[test]
fn an_explanation_shows_every_part_and_its_values() {
    let test = Test::And(vec![
        equals("nothing", "1"),
        Test::Not(Box::new(equals("src", "1.1.1.1"))),
    ]);
    let json = serde_json::to_string(&test.explain(&event(), &mut 1000)).unwrap();
    assert_eq!(
        json,
        concat!(
            r#"{"kind":"and","held":false,"parts":[{"kind":"compare","text":"as written","held":false},"#,
            r#"{"kind":"not","held":true,"parts":[{"kind":"compare","text":"as written","held":false,"#,
            r#""values":["10.1.2.3","192.168.0.9"]}]}]}"#
        )
    );
}
