//! `coverage`: how much of a collection of published detections runs, as a page.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;

use crate::commands::host_runner;
use crate::failure::Failure;
use crate::workspace::{Workspace, say};

/// What is counted.
#[derive(Args)]
pub(crate) struct Options {
    /// The folder of a release: `detections` and `macros` in it
    folder: PathBuf,

    /// What the release is called on the page
    #[arg(long, value_name = "TEXT")]
    name: String,

    /// Tables for `lookup`, a folder
    #[arg(long, value_name = "PATH")]
    lookups: Option<PathBuf>,
}

/// The page.
const PAGE: &str = "docs/COVERAGE.md";

/// Counts what loads, and writes the page.
pub(crate) fn coverage(workspace: &Workspace, options: &Options) -> Result<(), Failure> {
    say("opens every detection");
    let mut check = host_runner(workspace).args(["check", "--coverage"]);
    check = check.arg(options.folder.join("detections"));
    check = check.arg("--macros").arg(options.folder.join("macros"));
    if let Some(lookups) = &options.lookups {
        check = check.arg("--lookups").arg(lookups);
    }
    let counted = check.read().map_err(|error| {
        Failure::new(
            format!("cannot count what loads: {error}"),
            "give the folder of a release, with `detections` and `macros` in it",
        )
    })?;
    let page = workspace.root().join(PAGE);
    std::fs::write(&page, text(&options.name, &counted)).map_err(|error| {
        Failure::new(
            format!("cannot write `{}`: {error}", page.display()),
            "see that the folder `docs` is there and can be written",
        )
    })
}

/// The page for what `check --coverage` printed: causes with their counts, and a last line.
fn text(name: &str, counted: &str) -> String {
    let mut lines: Vec<&str> = counted.lines().collect();
    let last = lines.pop().unwrap_or_default();
    let mut page = format!(
        "# Coverage\n\n\
         Written by `cargo xtask coverage FOLDER --name NAME`. How many detections of {name} load \
         and run as they are published, none by leaving out a part of its search, and what stops \
         the others.\n\n\
         **{last}.**\n\n\
         A detection counts by the first thing that stops it. `check` shows for each the place in \
         its search, and what to write instead where there is something. `lookup NAME` is a table \
         that was not given: with `--lookups` such a detection runs.\n\n\
         | what stops it | detections |\n|---|---|\n"
    );
    for line in lines {
        let (cause, count) = line.trim_end().rsplit_once(' ').unwrap_or((line, ""));
        // Writing to a String cannot fail.
        let _ = writeln!(
            page,
            "| {} | {count} |",
            cause.trim_end().replace('|', "\\|")
        );
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page() {
        let page = text(
            "release 1",
            "command x|y   12\nfeature a subsearch   3\n5 of 20 load\n",
        );
        assert!(page.contains("detections of release 1 load"), "{page}");
        assert!(page.contains("**5 of 20 load.**"), "{page}");
        assert!(
            page.ends_with("|---|---|\n| command x\\|y | 12 |\n| feature a subsearch | 3 |\n"),
            "{page}"
        );
    }
}
