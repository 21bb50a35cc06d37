//! The functions of expressions: the name of each, how many arguments it takes, and which.

use crate::rows::eval::{
    Calculation, Check, Choice, Clock, Computed, Conversion, Function, Regex, TextFunction,
    ValuesFunction,
};

/// A function by its name.
pub(super) struct Known {
    pub(super) least: usize,
    pub(super) most: usize,
    /// What it takes, to be said where it is given something else.
    pub(super) takes: &'static str,
    pub(super) make: Make,
}

/// How a function is made of its arguments.
pub(super) enum Make {
    /// As it is.
    Plain(Function),
    /// Of a pattern, the second argument: compiled, or computed from each row.
    Pattern(fn(Regex) -> Function, fn(Computed) -> Function),
    /// `in(x, y, ...)`
    In,
    /// Of a search in a text.
    Search,
    /// Of the one field of a condition.
    Filter,
    /// Of a field, and an expression of its values.
    Map,
}

const ANY: usize = usize::MAX;

/// [Search Reference, "Evaluation functions"]
pub(super) fn known(name: &str) -> Option<Known> {
    use Make::{Filter, In, Map, Pattern, Search};
    let (least, most, takes, make) = match name {
        // choosing
        "if" => (3, 3, "a condition and two values", plain(Choice::If)),
        "case" => (
            2,
            ANY,
            "pairs of a condition and a value",
            plain(Choice::Case),
        ),
        "validate" => (
            2,
            ANY,
            "pairs of a condition and a value",
            plain(Choice::Validate),
        ),
        "coalesce" => (1, ANY, "one value or more", plain(Choice::Coalesce)),
        "nullif" => (2, 2, "two values", plain(Choice::NullIf)),
        "null" => (0, 0, "nothing", plain(Choice::Null)),
        "typeof" => (1, 1, "one value", plain(Choice::TypeOf)),
        // conditions
        "true" => (0, 0, "nothing", plain(Check::True)),
        "false" => (0, 0, "nothing", plain(Check::False)),
        "isnull" => (1, 1, "one value", plain(Check::IsNull)),
        "isnotnull" => (1, 1, "one value", plain(Check::IsNotNull)),
        "isnum" => (1, 1, "one value", plain(Check::IsNumber)),
        "isint" => (1, 1, "one value", plain(Check::IsInteger)),
        "isstr" => (1, 1, "one value", plain(Check::IsText)),
        "isbool" => (1, 1, "one value", plain(Check::IsBoolean)),
        "like" => (2, 2, "a text and a pattern", plain(Check::Like)),
        "match" => {
            let make = Pattern(
                |regex| Check::Match(regex).into(),
                |it| Check::MatchComputed(it).into(),
            );
            (2, 2, "a text and a regular expression", make)
        }
        "cidrmatch" => (2, 2, "a network and an address", plain(Check::Cidr)),
        "searchmatch" => (1, 1, "a search in quotes", Search),
        "in" => (2, ANY, "a value and those it may be", In),
        // texts
        "lower" => (1, 1, "one value", plain(TextFunction::Lower)),
        "upper" => (1, 1, "one value", plain(TextFunction::Upper)),
        "len" => (1, 1, "one value", plain(TextFunction::Length)),
        "trim" => (
            1,
            2,
            TRIMS,
            plain(TextFunction::Trim {
                left: true,
                right: true,
            }),
        ),
        "ltrim" => (
            1,
            2,
            TRIMS,
            plain(TextFunction::Trim {
                left: true,
                right: false,
            }),
        ),
        "rtrim" => (
            1,
            2,
            TRIMS,
            plain(TextFunction::Trim {
                left: false,
                right: true,
            }),
        ),
        "substr" => (
            2,
            3,
            "a text, a start and perhaps a length",
            plain(TextFunction::Part),
        ),
        "replace" => {
            let make = Pattern(
                |regex| TextFunction::Replace(regex).into(),
                |it| TextFunction::ReplaceComputed(it).into(),
            );
            (3, 3, "a text, a regular expression and a replacement", make)
        }
        "split" => (2, 2, "a text and a delimiter", plain(TextFunction::Split)),
        "urldecode" => (1, 1, "one value", plain(TextFunction::UrlDecode)),
        "sha256" => (1, 1, "one value", plain(TextFunction::Sha256)),
        // texts and numbers
        "tonumber" => (
            1,
            2,
            "a text and perhaps a base",
            plain(Conversion::ToNumber),
        ),
        "tostring" => (
            1,
            2,
            "a value and perhaps a form",
            plain(Conversion::ToText),
        ),
        // several values
        "mvappend" => (1, ANY, "one value or more", plain(ValuesFunction::Append)),
        "mvcount" => (1, 1, "one value", plain(ValuesFunction::Count)),
        "mvdedup" => (1, 1, "one value", plain(ValuesFunction::Dedup)),
        "mvfilter" => (1, 1, "a condition", Filter),
        "mvfind" => {
            let make = Pattern(
                |regex| ValuesFunction::Find(regex).into(),
                |it| ValuesFunction::FindComputed(it).into(),
            );
            (2, 2, "a value and a regular expression", make)
        }
        "mvindex" => (
            2,
            3,
            "a value, a place and perhaps a last place",
            plain(ValuesFunction::Index),
        ),
        "mvjoin" => (2, 2, "a value and a delimiter", plain(ValuesFunction::Join)),
        "mvmap" => (2, 2, "a field and an expression", Map),
        "mvrange" => (
            2,
            3,
            "a first number, an end and perhaps a step",
            plain(ValuesFunction::Range),
        ),
        "mvsort" => (1, 1, "one value", plain(ValuesFunction::Sort)),
        "mvzip" => (
            2,
            3,
            "two values and perhaps a delimiter",
            plain(ValuesFunction::Zip),
        ),
        // numbers
        "abs" => (1, 1, "one number", plain(Calculation::Absolute)),
        "ceil" | "ceiling" => (1, 1, "one number", plain(Calculation::Ceiling)),
        "floor" => (1, 1, "one number", plain(Calculation::Floor)),
        "round" => (
            1,
            2,
            "a number and perhaps a count of digits",
            plain(Calculation::Round),
        ),
        "sqrt" => (1, 1, "one number", plain(Calculation::SquareRoot)),
        "pow" => (2, 2, "two numbers", plain(Calculation::Power)),
        "exp" => (1, 1, "one number", plain(Calculation::Exponential)),
        "ln" => (1, 1, "one number", plain(Calculation::NaturalLogarithm)),
        "log" => (
            1,
            2,
            "a number and perhaps a base",
            plain(Calculation::Logarithm),
        ),
        "pi" => (0, 0, "nothing", plain(Calculation::Pi)),
        "min" => (1, ANY, "one value or more", plain(Calculation::Least)),
        "max" => (1, ANY, "one value or more", plain(Calculation::Greatest)),
        "sum" => (1, ANY, "one number or more", plain(Calculation::Sum)),
        "avg" => (1, ANY, "one number or more", plain(Calculation::Average)),
        // times
        "now" | "time" => (0, 0, "nothing", plain(Clock::Now)),
        "relative_time" => (
            2,
            2,
            "a time and a text such as `-1d@d`",
            plain(Clock::Relative),
        ),
        "strftime" => (2, 2, "a time and a format", plain(Clock::Format)),
        "strptime" => (2, 2, "a text and a format", plain(Clock::Parse)),
        _ => return None,
    };
    Some(Known {
        least,
        most,
        takes,
        make,
    })
}

const TRIMS: &str = "a text and perhaps the characters to take off";

fn plain(function: impl Into<Function>) -> Make {
    Make::Plain(function.into())
}
