//! The evtx crate's dump of Windows event logs to JSON, in one thread.
//!
//! `evtx_dump FILE...` counts the records and the bytes of their JSON, which goes
//! nowhere, and prints both.

use std::process::ExitCode;

use evtx::{EvtxParser, ParserSettings};

/// As in the other peers.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let settings = ParserSettings::new().num_threads(1).indent(false);
    let (mut records, mut bytes) = (0, 0);
    for file in std::env::args_os().skip(1) {
        let parser = EvtxParser::from_path(&file);
        let mut parser = match parser {
            Ok(parser) => parser.with_configuration(settings.clone()),
            Err(error) => {
                eprintln!("error: `{}`: {error}", file.display());
                return ExitCode::FAILURE;
            }
        };
        for record in parser.records_json().flatten() {
            records += 1;
            bytes += record.data.len();
        }
    }
    println!("{records} {bytes}");
    ExitCode::SUCCESS
}
