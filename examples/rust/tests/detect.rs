//! The command does what those of the other languages do.

use std::process::Command;

use rule_tests::detect::{CHECKS, Detect};

#[test]
fn as_in_every_language() {
    let command = || Command::new(env!("CARGO_BIN_EXE_detect"));
    for (what, check) in CHECKS {
        println!("{what}");
        check(&Detect::new(&command));
    }
}
