//! Whether what was made is whole, and works.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::{archive, sums};
use crate::failure::Failure;
use crate::workspace::{Workspace, say};

const REMEDY: &str = "run `cargo xtask dist` again; if it stays so, the build is at fault";

/// Checks the digests; unpacks the program, runs it, and looks for the modules in it.
///
/// `modules` are the names of the modules in `out`.
pub(super) fn check(
    workspace: &Workspace,
    out: &Path,
    program: &str,
    modules: &[&str],
    work: &Path,
) -> Result<(), Failure> {
    say("checks what was made");
    let names = sums::check(out)?;
    let failed = |why: String| Failure::new(why, REMEDY);
    let place = work.join("unpacked");
    let top = archive::unpack(&out.join(program), &place)
        .map_err(|error| failed(format!("`{program}`: {error}")))?;
    let run = top.join("host-runner");
    let run = run.with_extension(std::env::consts::EXE_EXTENSION);
    let describe = |more: &[&Path]| {
        let said = workspace
            .program(&run)
            .args(["describe", "--output", "json", "--module-cache", "off"])
            .args(more)
            .read();
        said.map_err(|error| error.to_string())
            .and_then(|said| rules(&said))
            .map_err(|why| failed(format!("`{}`: {why}", run.display())))
    };
    let built_in = describe(&[])?;
    let bytes = fs::read(&run).map_err(|error| failed(error.to_string()))?;
    for name in modules {
        let file = out.join(name);
        let module = fs::read(&file).map_err(|error| failed(error.to_string()))?;
        if !holds(&bytes, &module) {
            return Err(failed(format!(
                "the program has another module than `{name}` in it"
            )));
        }
        if describe(&[Path::new("--module"), &file])? != built_in {
            return Err(failed(format!(
                "`{name}` describes other rules than the program"
            )));
        }
    }
    say(&format!(
        "{} files are whole, the program runs",
        names.len()
    ));
    Ok(())
}

/// The rules in the answer of `describe`.
fn rules(said: &str) -> Result<Value, String> {
    let said: Value = serde_json::from_str(said).map_err(|error| error.to_string())?;
    match said["rules"].as_array() {
        Some(rules) if !rules.is_empty() => Ok(said["rules"].clone()),
        _ => Err("it describes no rule".to_owned()),
    }
}

/// Whether some bytes are in others, in one piece.
fn holds(bytes: &[u8], piece: &[u8]) -> bool {
    bytes.windows(piece.len().max(1)).any(|at| at == piece)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_is_found_whole() {
        assert!(holds(b"program \0asm\x01 end", b"\0asm\x01"));
        assert!(!holds(b"program \0asm\x02 end", b"\0asm\x01"));
        assert!(!holds(b"\0as", b"\0asm"));
    }

    #[test]
    fn an_answer_without_rules_is_none() {
        assert!(rules(r#"{"rules": [{"name": "R"}], "host": {}}"#).is_ok());
        for said in [r#"{"rules": []}"#, "{}", "error"] {
            assert!(rules(said).is_err(), "{said}");
        }
    }
}
