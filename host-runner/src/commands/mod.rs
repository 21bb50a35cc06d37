//! The commands, one file each.

mod check;
mod coverage;
mod describe;
mod explain;
mod keeping;
mod open;
mod pack;
mod run;
mod serve;
mod settings;
mod summary;
mod test;
mod web;

use crate::cli::Command;
use crate::failure::Failure;

/// Does what a command says; answers the exit code.
pub(crate) fn execute(command: Command) -> Result<u8, Failure> {
    match command {
        Command::Run(options) => run::execute(&options),
        Command::Serve(options) => serve::execute(&options),
        Command::Test(options) => test::execute(&options),
        Command::Check(options) => check::execute(&options),
        Command::Explain(options) => explain::execute(&options),
        Command::Describe(options) => describe::execute(&options),
        Command::Pack(options) => pack::execute(&options),
        Command::Web(options) => web::execute(&options),
    }
}
