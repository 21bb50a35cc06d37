//! The search command: terms, comparisons, and how they are joined.

use super::check;

#[test]
fn precedence() {
    check(&[
        ("nothing", "", "search all"),
        ("blanks", " \n\t", "search all"),
        ("star", "*", "search term:*"),
        ("implied and", "a=1 b=2", "search (and a=1 b=2)"),
        ("and", "a=1 AND b=2", "search (and a=1 b=2)"),
        (
            "or before and",
            "A=1 B=2 OR C=3",
            "search (and A=1 (or B=2 C=3))",
        ),
        (
            "or before written and",
            "A=1 OR B=2 AND C=3",
            "search (and (or A=1 B=2) C=3)",
        ),
        ("flat or", "a OR b OR c", "search (or term:a term:b term:c)"),
        ("not takes one", "NOT a=1 b=2", "search (and (not a=1) b=2)"),
        (
            "not before or",
            "NOT a OR b",
            "search (or (not term:a) term:b)",
        ),
        ("not not", "NOT NOT a", "search (not (not term:a))"),
        (
            "not of a group",
            "NOT (a OR b) c",
            "search (and (not (or term:a term:b)) term:c)",
        ),
        (
            "group",
            "(a b) OR c",
            "search (or (and term:a term:b) term:c)",
        ),
        (
            "groups side by side",
            "(a)(b)",
            "search (and term:a term:b)",
        ),
        (
            "no blanks at brackets",
            "NOT(a)OR(b)",
            "search (or (not term:a) term:b)",
        ),
        (
            "lower case words are terms",
            "a or b and not c",
            "search (and term:a term:or term:b term:and term:not term:c)",
        ),
        ("keyword in quotes", "\"AND\"", "search term:'AND'"),
        (
            "keyword as a value",
            "country=\"IN\" state=OR",
            "search (and country='IN' state=OR)",
        ),
        ("keyword as a field", "OR=1", "search OR=1"),
        ("the command's name", "search a=1", "search a=1"),
        ("the command's name, upper case", "SEARCH a=1", "search a=1"),
        (
            "a field called search, blanks",
            "search = 1",
            "search search=1",
        ),
        ("a field called search", "search=1", "search search=1"),
        (
            "a word that begins like it",
            "searching",
            "search term:searching",
        ),
    ]);
}

#[test]
fn comparisons() {
    check(&[
        (
            "operators",
            "a=1 b!=2 c<3 d<=4 e>5 f>=6",
            "search (and a=1 b!=2 c<3 d<=4 e>5 f>=6)",
        ),
        ("double equals", "a==1", "search a=1"),
        (
            "blanks around",
            "Image = \"*\\calc.exe\"",
            "search Image='*\\calc.exe'",
        ),
        ("line breaks around", "a\n=\n1", "search a=1"),
        ("empty text", "a=\"\" b=1", "search (and a='' b=1)"),
        ("quoted field", "\"Field Name\"=x", "search Field Name=x"),
        (
            "dots and braces",
            "a.b{}.c-d@e:f=1",
            "search a.b{}.c-d@e:f=1",
        ),
        ("slash in a name", "k8s.io/name=x", "search k8s.io/name=x"),
        (
            "colons",
            "sourcetype=aws:cloudtrail",
            "search sourcetype=aws:cloudtrail",
        ),
        (
            "channel",
            "source=WinEventLog:Microsoft-Windows-Sysmon/Operational",
            "search source=WinEventLog:Microsoft-Windows-Sysmon/Operational",
        ),
        (
            "equals in a value",
            "url=http://x/?a=b&c=d",
            "search url=http://x/?a=b&c=d",
        ),
        ("comma in a value", "cn=a,b", "search cn=a,b"),
        ("value up to a parenthesis", "(a=b)", "search a=b"),
        (
            "value up to a pipe",
            "a=b|table c",
            "search a=b | table [c]",
        ),
        (
            "quote right after a quote",
            "a=\"x\"AND b=\"y\"",
            "search (and a='x' b='y')",
        ),
        (
            "case",
            "a=CASE(Foo) CASE(\"x y\")",
            "search (and a=CASE(Foo) term:CASE(x y))",
        ),
        (
            "term",
            "TERM(10.0.0.1) OR a=TERM( x )",
            "search (or term:TERM(10.0.0.1) a=TERM(x))",
        ),
        (
            "case without parentheses",
            "CASE a",
            "search (and term:CASE term:a)",
        ),
        (
            "time",
            "earliest=-7d@d latest=now()",
            "search (and earliest=-7d@d latest=now())",
        ),
        (
            "bang inside a word",
            "a!b=1 c!",
            "search (and a!b=1 term:c!)",
        ),
        (
            "apostrophe",
            "user=O'Brien it's",
            "search (and user=O'Brien term:it's)",
        ),
        (
            "letters of other scripts",
            "имя=Ёж 名=値",
            "search (and имя=Ёж 名=値)",
        ),
    ]);
}

#[test]
fn lists() {
    check(&[
        ("commas", "a IN (1, 2,3)", "search (in a 1 2 3)"),
        ("blanks", "a IN (1 2 \"b c\")", "search (in a 1 2 'b c')"),
        ("no blanks", "a IN(1)", "search (in a 1)"),
        ("wildcards", "a IN (*x*, y*)", "search (in a *x* y*)"),
        ("comma at the end", "a IN (1, 2,)", "search (in a 1 2)"),
        ("quoted field", "\"a b\" IN (1)", "search (in a b 1)"),
        ("negated before", "NOT a IN (1)", "search (not (in a 1))"),
        (
            "negated inside",
            "a NOT IN (1) b",
            "search (and (not (in a 1)) term:b)",
        ),
        (
            "case inside",
            "a IN (CASE(X), y)",
            "search (in a CASE(X) y)",
        ),
        (
            "without a list",
            "made IN china",
            "search (and term:made term:IN term:china)",
        ),
        (
            "a term and a negated one",
            "a NOT b",
            "search (and term:a (not term:b))",
        ),
    ]);
}

#[test]
fn quotes_and_backslashes() {
    check(&[
        ("phrase", "\"foo bar\"", "search term:'foo bar'"),
        ("escaped quote", r#"a="say \"x\"""#, r#"search a='say "x"'"#),
        (
            "doubled",
            r#"a="C:\\Windows\\*""#,
            r"search a='C:\Windows\*'",
        ),
        ("single", r#"a="C:\Windows\*""#, r"search a='C:\Windows\*'"),
        (
            "doubled at the end",
            r#"a="*\\*" b="x\\""#,
            r"search (and a='*\*' b='x\')",
        ),
        (
            "unknown sequences stay",
            r#"a="\t\n\d""#,
            r"search a='\t\n\d'",
        ),
        ("escaped pipe", r#"a="x\|y""#, "search a='x|y'"),
        ("pipe in quotes", "a=\"x|y\"", "search a='x|y'"),
        (
            "bare, doubled",
            r"a=C:\\Windows\\x",
            r"search a=C:\Windows\x",
        ),
        ("bare, single", r"a=C:\Windows", r"search a=C:\Windows"),
        ("bare quote", r#"a=x\"y b=1"#, r#"search (and a=x"y b=1)"#),
        ("bare pipe", r"a=x\|y", "search a=x|y"),
        ("backslash at the end", r"a=x\", r"search a=x\"),
        ("line break in quotes", "a=\"x\ny\"", "search a='x\ny'"),
    ]);
}

#[test]
fn subsearches() {
    check(&[
        (
            "implied",
            "[search a | fields b] c",
            "search (and [...] term:c)",
        ),
        (
            "with a pipe",
            "a=1 NOT[| inputlookup x.csv]",
            "search (and a=1 (not [...]))",
        ),
        ("nested", "[a [b] c]", "search [...]"),
        (
            "a bare escaped quote",
            r#"[a=\" b] c"#,
            "search (and [...] term:c)",
        ),
        (
            "brackets in quotes",
            "[a=\"]\" b=\"\\\"]\"]",
            "search [...]",
        ),
    ]);
}
