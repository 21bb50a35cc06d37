//! The text of a search, up to the first zero, with macros whose definitions are the texts
//! between the zeros that follow: `m0(x)`, `m1(x)` ... and `m0`, `m1` ...
//!
//! It is a search, or an error whose place is in the text. The text that its macros expand
//! to is the same search.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rule_core::names::Sources;
use rule_core::plan::{Bounds, Context, Plan};
use rule_core::spl::{Error, Macros, parse};

/// The place is one of the text, the message is a line.
fn assert_shown(error: &Error, text: &str) {
    let place = &error.location.place;
    let start = place.offset as usize;
    let shown = text.get(start..start + place.length as usize);
    assert!(shown.is_some(), "{place:?}");
    let lines = text.get(..start).unwrap_or_default().matches('\n').count();
    assert_eq!(place.line as usize, lines + 1, "{place:?}");
    let picture = error.picture();
    assert!(picture.contains('^'), "{picture}");
    let is_hidden = |next: char| next.is_control() && next != '\n';
    assert!(!picture.contains(is_hidden), "{picture:?}");
    assert!(!error.to_string().contains('\n'), "{error}");
    assert!(
        !error.message.is_empty() && !error.message.ends_with('.'),
        "{error}"
    );
}

fuzz_target!(|data: &[u8]| {
    let data = String::from_utf8_lossy(data);
    let mut parts = data.split('\0');
    let Some(text) = parts.next() else {
        return;
    };
    let mut macros = Macros::new();
    for (number, definition) in parts.enumerate() {
        macros.insert(&format!("m{number}"), definition, Vec::new());
        macros.insert(&format!("m{number}"), definition, vec!["x".to_owned()]);
    }
    let search = match parse(text, &macros) {
        Ok(search) => search,
        Err(error) => return assert_shown(&error, text),
    };
    for command in &search.pipeline.commands {
        let place = search.source.locate(command.span).place;
        let start = place.offset as usize;
        assert!(text.get(start..start + place.length as usize).is_some());
    }
    let expanded = search.source.expanded();
    if !expanded.contains('`') {
        let again = parse(expanded, &Macros::new()).expect("what was read once is read again");
        assert_eq!(search.pipeline, again.pipeline);
    }
    let context = Context {
        sources: &Sources::default(),
        macros: &macros,
        lookups: &Default::default(),
        bounds: &Bounds::new(text.len(), &|_| true),
    };
    if let Err(error) = Plan::new(&search, &context) {
        assert_shown(&error, text);
    }
});
