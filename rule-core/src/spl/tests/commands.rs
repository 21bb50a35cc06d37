//! Every command but search, where and eval.

use super::check;

#[test]
fn stats() {
    check(&[
        ("count", "| stats count", "stats count by []"),
        (
            "the published form",
            "| stats count min(_time) as firstTime max(_time) as lastTime by host Message",
            "stats count min<_time>->firstTime max<_time>->lastTime by [host,Message]",
        ),
        (
            "commas",
            "| stats count, dc(a) AS b, values(*) as *, by c, d",
            "stats count dc<a>->b values<*>->* by [c,d]",
        ),
        (
            "empty parentheses",
            "| stats count() as n",
            "stats count->n by []",
        ),
        (
            "eval",
            "| stats count(eval(a=1 OR b>2)) as n sum( eval( a*2 ) )",
            "stats count<eval (or (= a #1) (> b #2))>->n sum<eval (a * #2)> by []",
        ),
        (
            "a field called eval",
            "| stats max(eval)",
            "stats max<eval> by []",
        ),
        (
            "quoted",
            "| stats values(\"a b\") as \"c d\" by \"e f\" 'g.h'",
            "stats values<a b>->c d by [e f,g.h]",
        ),
        ("blanks", "| stats max ( a ) by b", "stats max<a> by [b]"),
        (
            "alias after a parenthesis",
            "| stats dc(x)as y",
            "stats dc<x>->y by []",
        ),
        (
            "percentile",
            "| stats perc95.5(x) P90(y)",
            "stats perc95.5<x> p90<y> by []",
        ),
        (
            "options",
            "| streamstats window=2 Current=f last(x) as y by z",
            "streamstats window=\"2\" current=\"f\" last<x>->y by [z]",
        ),
        (
            "option after by",
            "| stats count by a dedup_splitvals=true",
            "stats dedup_splitvals=\"true\" count by [a]",
        ),
        (
            "sparkline",
            "| stats sparkline(count(x), 1h) as s count",
            "stats sparkline<...>->s count by []",
        ),
        (
            "function as a word",
            "| eventstats avg(x), c as n BY a{}.b",
            "eventstats avg<x> c->n by [a{}.b]",
        ),
        (
            "column of an earlier stats",
            "| stats count by max(x)",
            "stats count by [max(x)]",
        ),
    ]);
}

#[test]
fn fields() {
    check(&[
        (
            "table",
            "| table a, b c \"d e\" *f count(x)",
            "table [a,b,c,d e,*f,count(x)]",
        ),
        ("fields", "| fields a b", "fields +[a,b]"),
        ("fields plus", "| fields + a, b", "fields +[a,b]"),
        ("fields minus", "| fields - _raw, x*", "fields -[_raw,x*]"),
        ("fields minus without a blank", "| fields -a", "fields -[a]"),
        (
            "rename",
            "| rename a as b, \"c d\" AS \"e f\" g.* As *",
            "rename a->b, c d->e f, g.*->*",
        ),
        (
            "rename, no commas",
            "| rename host AS dest user as src",
            "rename host->dest, user->src",
        ),
        (
            "a word goes on after parentheses",
            "| table f(a)(b).c, d",
            "table [f(a)(b).c,d]",
        ),
        (
            "rename a column",
            "| rename values(x) as y",
            "rename values(x)->y",
        ),
        ("fillnull", "| fillnull", "fillnull None []"),
        (
            "fillnull with a value",
            "| fillnull value=\"not there\" a, b",
            "fillnull Some(\"not there\") [a,b]",
        ),
        (
            "fillnull, value last",
            "| fillnull a VALUE=0",
            "fillnull Some(\"0\") [a]",
        ),
        (
            "convert",
            "| convert timeformat=\"%Y-%m-%dT%H:%M:%S\" ctime(firstTime)",
            "convert timeformat=\"%Y-%m-%dT%H:%M:%S\" ctime<firstTime>",
        ),
        (
            "convert several",
            "| convert CTIME( a ) as b, num(c) auto(*)",
            "convert ctime<a>->b num<c> auto<*>",
        ),
    ]);
}

#[test]
fn others() {
    check(&[
        ("no arguments", "| addtotals", "addtotals"),
        ("capitals", "| LookUp x", "lookup x"),
        (
            "words and commas",
            "| lookup update=true t a AS b, c OUTPUT d",
            "lookup {update=\"true\"} t a AS b , c OUTPUT d",
        ),
        (
            "regex",
            "| rex field=x max_match=0 \"(?<a>\\w+)|b\"",
            "rex {field=\"x\"} {max_match=\"0\"} \"(?<a>\\\\w+)|b\"",
        ),
        (
            "tstats",
            "| tstats summariesonly=t count(x) as n, max(_time) from datamodel=D.E where (D.a=\"x y\" OR NOT D.b IN (1, 2)) \"D.c\"!=3 by _time, D.d span=1h",
            "tstats summariesonly=\"t\" span=\"1h\" count<x>->n max<_time> from D.E where (and (or D.a='x y' (not (in D.b 1 2))) D.c!=3) by [_time,D.d]",
        ),
        (
            "tstats in capitals",
            "| tstats count FROM datamodel = D WHERE D.by=1 GROUPBY \"D.e\"",
            "tstats count from D where D.by=1 by [D.e]",
        ),
        (
            "tstats of all",
            "| tstats count where by x",
            "tstats count from - where all by [x]",
        ),
        (
            "groups",
            "| mstats count(x) as n where (D.a=\"x y\" OR NOT D.b IN (1, 2)) by _time span=1h",
            "mstats count(x) as n where ({D.a=\"x y\"} OR NOT D.b IN (1 , 2)) by _time {span=\"1h\"}",
        ),
        (
            "operators",
            "| mstats count where a!=1 b >= 2 c==d",
            "mstats count where a != 1 b >= 2 c == d",
        ),
        (
            "blanks around equals",
            "| bin span = 5m _time",
            "bin {span=\"5m\"} _time",
        ),
        (
            "group as a value",
            "| transaction a startswith=(b=1) endswith=eval(c=2) d=",
            "transaction a startswith = ({b=\"1\"}) endswith = eval({c=\"2\"}) d =",
        ),
        (
            "subsearches",
            "| multisearch [search a] [search b|table c]",
            "multisearch [...] [...]",
        ),
        (
            "join",
            "a | join type=left x [| inputlookup y] | append [search z]",
            "search term:a | join {type=\"left\"} x [...] | append [...]",
        ),
        (
            "map",
            "| map maxsearches=5 search=\"search a=\\\"$x$\\\" | stats count\"",
            "map {maxsearches=\"5\"} {search=\"search a=\\\"$x$\\\" | stats count\"}",
        ),
        (
            "foreach",
            "| foreach a* [eval <<FIELD>>=1]",
            "foreach a* [1]",
        ),
        (
            "sort",
            "| sort 0 - count, +x num(y)",
            "sort 0 - count , +x num(y)",
        ),
    ]);
}
