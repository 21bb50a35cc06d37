//! A Java that Spark runs on: the system's, else Debian's, without installing it.
//!
//! Debian's package is unpacked into `target/spark/java`, as the WebAssembly toolchain is
//! into its folder. Its settings are links to `/etc`, where nothing is installed, so that
//! the files themselves are put in their place.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use xshell::{Cmd, cmd};

use super::debian;
use crate::failure::Failure;
use crate::workspace::{Workspace, say};

/// The oldest Java that Spark 4 runs on.
const OLDEST: u32 = 17;

/// What is unpacked.
const PACKAGE: &str = "openjdk-17-jre-headless";

/// A Java, and what it needs to be found.
pub(crate) struct Java {
    /// Its folder; none where it is found as it is.
    home: Option<PathBuf>,
    /// Folders of libraries that were unpacked with it.
    libraries: Vec<PathBuf>,
}

impl Java {
    /// Finds one, or brings it into a folder.
    ///
    /// # Errors
    ///
    /// Why there is none.
    pub(crate) fn find(workspace: &Workspace, folder: &Path) -> Result<Self, String> {
        let system = Self {
            home: env::var_os("JAVA_HOME").map(PathBuf::from),
            libraries: Vec::new(),
        };
        if system.works(workspace) {
            return Ok(system);
        }
        if let Some(unpacked) = Self::unpacked(folder).filter(|java| java.works(workspace)) {
            return Ok(unpacked);
        }
        say(&format!("brings {PACKAGE} of Debian"));
        bring(workspace, folder).map_err(|failure| failure.what().to_owned())?;
        Self::unpacked(folder)
            .filter(|java| java.works(workspace))
            .ok_or_else(|| format!("{PACKAGE} does not run; install Java {OLDEST} or newer"))
    }

    /// Has a command use it.
    pub(crate) fn used_by<'w>(&self, command: Cmd<'w>) -> Cmd<'w> {
        let command = match &self.home {
            Some(home) => command.env("JAVA_HOME", home),
            None => command,
        };
        match env::join_paths(&self.libraries) {
            Ok(libraries) if !libraries.is_empty() => command.env("LD_LIBRARY_PATH", libraries),
            _ => command,
        }
    }

    /// The one that was unpacked into a folder.
    fn unpacked(folder: &Path) -> Option<Self> {
        let root = folder.join("root");
        let home = fs::read_dir(root.join("usr/lib/jvm"))
            .ok()?
            .filter_map(|entry| Some(entry.ok()?.path()))
            .find(|home| home.join("bin/java").is_file())?;
        Some(Self {
            home: Some(home),
            libraries: debian::libraries(&root).unwrap_or_default(),
        })
    }

    /// Whether it runs, and is new enough.
    fn works(&self, workspace: &Workspace) -> bool {
        let java = match &self.home {
            Some(home) => home.join("bin").join("java"),
            None => PathBuf::from("java"),
        };
        // It says its version where errors go.
        let asked = self
            .used_by(cmd!(workspace.shell(), "{java} -version"))
            .quiet()
            .ignore_status()
            .output();
        asked.is_ok_and(|said| {
            said.status.success() && release(&String::from_utf8_lossy(&said.stderr)) >= Some(OLDEST)
        })
    }
}

/// Unpacks Debian's package into a folder.
fn bring(workspace: &Workspace, folder: &Path) -> Result<(), Failure> {
    let root = debian::unpacked(workspace, folder, &[PACKAGE])?;
    debian::settle(&root, &root.join("usr/lib/jvm"))
}

/// The number of a version such as `openjdk version "17.0.15" 2025-04-15`.
fn release(said: &str) -> Option<u32> {
    let version = said.lines().find_map(|line| line.split('"').nth(1))?;
    version.split(['.', '-', '+']).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases() {
        for (said, expected) in [
            (
                "openjdk version \"17.0.15\" 2025-04-15\nOpenJDK ...",
                Some(17),
            ),
            ("openjdk version \"21\" 2023-09-19", Some(21)),
            ("openjdk version \"22-ea\" 2024-03-19", Some(22)),
            (
                "Picked up _JAVA_OPTIONS: -Xmx1g\njava version \"1.8.0_202\"",
                Some(1),
            ),
            ("no version", None),
        ] {
            assert_eq!(release(said), expected, "{said}");
        }
    }

    #[test]
    fn what_was_unpacked_is_found() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Java::unpacked(folder.path()).is_none());
        let home = folder.path().join("root/usr/lib/jvm/java-17-openjdk-amd64");
        let library = folder.path().join("root/usr/lib/some-linux-gnu");
        for file in [home.join("bin/java"), library.join("libz.so.1")] {
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, "").unwrap();
        }
        let java = Java::unpacked(folder.path()).unwrap();
        assert_eq!(java.home, Some(home));
        assert_eq!(java.libraries, [library]);
    }
}
