//! Expressions of eval and where.

use super::check;

#[test]
fn precedence() {
    check(&[
        (
            "and before or",
            "| where a OR b AND c",
            "where (or a (and b c))",
        ),
        (
            "or before xor",
            "| where a XOR b OR c",
            "where (xor a (or b c))",
        ),
        (
            "not before and",
            "| where NOT a AND b",
            "where (and (not a) b)",
        ),
        (
            "not of a comparison",
            "| where NOT a=1",
            "where (not (= a #1))",
        ),
        (
            "words in any case",
            "| where not a And b oR c",
            "where (or (and (not a) b) c)",
        ),
        ("flat", "| where a AND b AND c", "where (and a b c)"),
        (
            "parentheses",
            "| where (a OR b) AND c",
            "where (and (or a b) c)",
        ),
        (
            "product before sum",
            "| eval x=a+b*c",
            "eval x:=(a + (b * c))",
        ),
        ("from the left", "| eval x=a-b+c", "eval x:=(a - b + c)"),
        ("one chain", "| eval x=a*b/c%d", "eval x:=(a * b / c % d)"),
        (
            "sum before join",
            "| eval x=\"n \".a+b",
            "eval x:=('n ' . (a + b))",
        ),
        (
            "sum before comparison",
            "| where a+1>b",
            "where (> (a + #1) b)",
        ),
        (
            "sign before product",
            "| eval x=-a*b",
            "eval x:=((neg a) * b)",
        ),
        (
            "subtract a negative",
            "| eval x=a - -1",
            "eval x:=(a - (neg #1))",
        ),
        (
            "bang",
            "| where !match(a, \"b\") AND c!=1",
            "where (and (not match(a 'b')) (!= c #1))",
        ),
        ("no blanks", "| where (a>1)AND(b)", "where (and (> a #1) b)"),
    ]);
}

#[test]
fn operands() {
    check(&[
        (
            "numbers",
            "| eval x=1, y=1.5, z=.5, w=1e-3, v=2E5",
            "eval x:=#1, y:=#1.5, z:=#.5, w:=#1e-3, v:=#2E5",
        ),
        ("number then join", "| eval x=1.\"a\"", "eval x:=(#1 . 'a')"),
        ("dot is join", "| eval x=a.b", "eval x:=(a . b)"),
        (
            "quoted field",
            "| where 'process.name'=\"x\"",
            "where (= process.name 'x')",
        ),
        ("braces in quotes", "| eval x='a{}.b'", "eval x:=a{}.b"),
        ("pipe in a quoted field", "| eval x='a|b'", "eval x:=a|b"),
        ("dollars", "| eval x=$user$", "eval x:=$user$"),
        (
            "call",
            "| eval x=if(a=b, \"y\", null())",
            "eval x:=if((= a b) 'y' null())",
        ),
        (
            "function in capitals",
            "| eval x=CASE (a, b)",
            "eval x:=case(a b)",
        ),
        (
            "like as a function",
            "| where like(a, \"b%\")",
            "where like(a 'b%')",
        ),
        (
            "like as an operator",
            "| where a LIKE \"b%\" OR a like c",
            "where (or (like a 'b%') (like a c))",
        ),
        (
            "not like",
            "| where a NOT LIKE \"b\"",
            "where (not (like a 'b'))",
        ),
        ("in", "| where a IN (1, \"b\", c)", "where (in a #1 'b' c)"),
        (
            "in as a function",
            "| where in(a, \"b\")",
            "where in(a 'b')",
        ),
        (
            "not in",
            "| where a not in (1) and b",
            "where (and (not (in a #1)) b)",
        ),
        (
            "constants are fields",
            "| where true AND null",
            "where (and true null)",
        ),
        (
            "comparisons",
            "| where a==1 OR b!=2 OR c<=3",
            "where (or (= a #1) (!= b #2) (<= c #3))",
        ),
        (
            "escapes",
            r#"| eval x="a\\b\"c\td\ne\rf""#,
            "eval x:='a\\b\"c\td\ne\rf'",
        ),
        (
            "other escapes stay",
            r#"| eval x="\d\|\w""#,
            r"eval x:='\d\|\w'",
        ),
        (
            "regex with three backslashes",
            r#"| eval x="(.*\\\)""#,
            r"eval x:='(.*\\)'",
        ),
        ("subsearch", "| eval x=[search a]", "eval x:=[...]"),
    ]);
}

#[test]
fn assignments() {
    check(&[
        (
            "commas",
            "| eval a=1,b = 2 , c=a=b",
            "eval a:=#1, b:=#2, c:=(= a b)",
        ),
        ("plain name with braces", "| eval a{}.b=1", "eval a{}.b:=#1"),
        (
            "quotes",
            "| eval \"my field\"=1, 'your field'=2",
            "eval my field:=#1, your field:=#2",
        ),
        (
            "name made from a field",
            "| eval {name}_x=1",
            "eval {name}_x:=#1",
        ),
        ("command in capitals", "| EVAL a=1", "eval a:=#1"),
    ]);
}
