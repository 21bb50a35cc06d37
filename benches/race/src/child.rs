//! A run of a program, with what it took.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use wait4::Wait4;

/// What a run took and gave.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    /// User and system time together, of the process and of what it waited for.
    pub(crate) cpu: Duration,
    /// From its start to its end.
    pub(crate) wall: Duration,
    /// The most memory that it had at once, in bytes.
    pub(crate) peak: u64,
    /// What it wrote to its standard output.
    pub(crate) output: Vec<u8>,
    /// What it wrote to its standard error.
    pub(crate) errors: String,
}

/// Runs a program; what it writes goes to a file, so that nothing here takes time while
/// it runs.
///
/// # Errors
/// When it cannot be started, or ends with a code that is not among `fine`.
pub(crate) fn run(command: &mut Command, folder: &Path, fine: &[i32]) -> Result<Run, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let told = |error: std::io::Error| format!("`{name}`: {error}");
    let [output, errors] = ["output", "errors"].map(|file| folder.join(file));
    command
        .stdin(Stdio::null())
        .stdout(File::create(&output).map_err(told)?)
        .stderr(File::create(&errors).map_err(told)?);
    let started = Instant::now();
    let child = command.spawn().map_err(told)?;
    let used = child.wait4().map_err(told)?;
    let wall = started.elapsed();
    let errors = fs::read_to_string(&errors).unwrap_or_default();
    if !used.status.code().is_some_and(|code| fine.contains(&code)) {
        let last: Vec<&str> = errors.lines().rev().take(3).collect();
        let last: Vec<&str> = last.into_iter().rev().collect();
        return Err(format!(
            "`{name}` ended with {}: {}",
            used.status,
            last.join(" ")
        ));
    }
    Ok(Run {
        cpu: used.rusage.utime + used.rusage.stime,
        wall,
        peak: used.rusage.maxrss,
        output: fs::read(&output).map_err(told)?,
        errors,
    })
}
