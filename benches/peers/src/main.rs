//! One peer of the race over one file of JSON lines, in one thread.
//!
//! `peers NAME --rule-set SET FILE` prints what the peer found as one JSON line. Each
//! peer is used as its documentation says and its own program does, with what makes it
//! fastest; reading and splitting into lines is the same for all of them.

mod lines;
mod peer;

use std::fs::File;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use sets::{Found, RuleSet};

use crate::peer::Peer;

/// The programs of the peers have allocators of their own: rsigma's is jemalloc. This
/// one is as fast or faster, for all that keep an event in many small pieces.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Runs a peer over a file
#[derive(Parser)]
struct Arguments {
    peer: Name,
    /// What is looked for
    #[arg(long, value_enum)]
    rule_set: RuleSet,
    /// JSON lines
    file: PathBuf,
}

/// The peers.
#[derive(Clone, Copy, ValueEnum)]
enum Name {
    /// Sigma rules in Rust: the direct peer
    Rsigma,
    /// The engine of Chainsaw
    Tau,
    /// The language of Vector
    #[cfg(feature = "vrl")]
    Vrl,
    /// Structs and a few lines of Rust over sonic-rs
    SonicRs,
    /// The same over `serde_json`
    SerdeJson,
    /// A regular expression over the bytes, a parse of the lines that it finds: it
    /// misses what an escape hides
    Regex,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(found) => match serde_json::to_string(&found) {
            Ok(line) => {
                println!("{line}");
                ExitCode::SUCCESS
            }
            Err(error) => fail(&error.to_string()),
        },
        Err(error) => fail(&error),
    }
}

fn fail(error: &str) -> ExitCode {
    eprintln!("error: {error}");
    ExitCode::FAILURE
}

fn run(arguments: &Arguments) -> Result<Found, String> {
    let rules = arguments.rule_set;
    match arguments.peer {
        Name::Rsigma => over(arguments, peer::rsigma::Rsigma::new(rules)?),
        Name::Tau => over(arguments, peer::tau::Tau::new(rules)?),
        #[cfg(feature = "vrl")]
        Name::Vrl => over(arguments, peer::vrl::Vrl::new(rules)?),
        Name::SonicRs => over(arguments, peer::typed::Typed::sonic_rs(rules)?),
        Name::SerdeJson => over(arguments, peer::typed::Typed::serde_json(rules)?),
        Name::Regex => over(arguments, peer::regex::Scan::new(rules)?),
    }
}

fn over(arguments: &Arguments, mut peer: impl Peer) -> Result<Found, String> {
    let told = |error: std::io::Error| format!("`{}`: {error}", arguments.file.display());
    let file = File::open(&arguments.file).map_err(told)?;
    lines::each_block(file, |lines| peer.lines(lines)).map_err(told)??;
    Ok(peer.finish())
}
