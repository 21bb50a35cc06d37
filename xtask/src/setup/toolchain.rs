//! The file that names a toolchain brought by the set-up.
//!
//! `target/wasm-toolchain/env` holds one `KEY=VALUE` a line; the rest of a line
//! after the first `=` is the value, as it is:
//!
//! | key | what it is |
//! |---|---|
//! | `CARGO` | the cargo to build the module with |
//! | `ARGS` | more arguments for it, between blanks |
//! | `LINKER` | the linker for the module |
//! | any other | a variable for that cargo: `RUSTC`, `LD_LIBRARY_PATH`, ... |
//!
//! `host-runner/build.rs` reads it too.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use xshell::{Cmd, cmd};

use crate::failure::Failure;
use crate::workspace::Workspace;

/// Set up again from nothing: the remedy for whatever is wrong with the folder.
const AFRESH: &str = "delete target/wasm-toolchain, then run `cargo xtask setup`";

/// The toolchain that the file names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Toolchain {
    cargo: String,
    arguments: String,
    linker: String,
    /// Variables for cargo, `RUSTC` among them.
    variables: BTreeMap<String, String>,
}

impl Toolchain {
    /// `arguments` are between blanks; `variables` are for cargo.
    pub(crate) fn new(
        cargo: String,
        arguments: String,
        linker: String,
        variables: BTreeMap<String, String>,
    ) -> Self {
        Self {
            cargo,
            arguments,
            linker,
            variables,
        }
    }

    /// The folder of such a toolchain.
    pub(crate) fn folder(workspace: &Workspace) -> PathBuf {
        workspace.root().join("target").join("wasm-toolchain")
    }

    /// The toolchain that is set up; none where there is none.
    ///
    /// # Errors
    ///
    /// When the file is there but cannot be read or is not of its form.
    pub(crate) fn read(workspace: &Workspace) -> Result<Option<Self>, Failure> {
        let file = Self::file(workspace);
        match fs::read_to_string(&file) {
            Ok(text) => Self::parse(&text)
                .map(Some)
                .map_err(|why| Failure::new(format!("{}: {why}", file.display()), AFRESH)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Failure::new(format!("{}: {error}", file.display()), AFRESH)),
        }
    }

    /// Writes the file. It is there whole or not at all, so that a set-up that was
    /// broken off is never taken for one that is done.
    pub(crate) fn write(&self, workspace: &Workspace) -> Result<(), Failure> {
        let file = Self::file(workspace);
        let draft = file.with_extension("draft");
        fs::write(&draft, self.text())
            .and_then(|()| fs::rename(&draft, &file))
            .map_err(|error| Failure::new(format!("{}: {error}", file.display()), AFRESH))
    }

    /// Takes the file away, if there is one; what it named stays.
    pub(crate) fn forget(workspace: &Workspace) -> Result<(), Failure> {
        let file = Self::file(workspace);
        match fs::remove_file(&file) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(Failure::new(format!("{}: {error}", file.display()), AFRESH))
            }
            _ => Ok(()),
        }
    }

    /// Whether what the file names is still there: the folder may have been moved
    /// with the workspace, or the linker gone with an update of Rust.
    pub(crate) fn is_whole(&self) -> bool {
        let rustc = self.variables.get("RUSTC");
        [Some(&self.cargo), Some(&self.linker), rustc]
            .into_iter()
            .flatten()
            .all(|tool| Path::new(tool).is_file())
    }

    /// A call of this toolchain's cargo, free of the flags and wrappers that are
    /// meant for another compiler.
    pub(crate) fn cargo<'a>(&self, workspace: &'a Workspace) -> Cmd<'a> {
        let cargo = &self.cargo;
        cmd!(workspace.shell(), "{cargo}")
            .quiet()
            .env_remove("RUSTFLAGS")
            .env_remove("CARGO_ENCODED_RUSTFLAGS")
            .env_remove("RUSTC_WRAPPER")
            .env_remove("RUSTC_WORKSPACE_WRAPPER")
            .env("CARGO_TARGET_WASM32V1_NONE_LINKER", &self.linker)
            .envs(&self.variables)
    }

    /// What to add to that call's arguments.
    pub(crate) fn arguments(&self) -> impl Iterator<Item = &str> {
        self.arguments.split_whitespace()
    }

    fn file(workspace: &Workspace) -> PathBuf {
        Self::folder(workspace).join("env")
    }

    fn text(&self) -> String {
        let own = [
            ("CARGO", &self.cargo),
            ("ARGS", &self.arguments),
            ("LINKER", &self.linker),
        ];
        let variables = self.variables.iter().map(|(key, value)| (&**key, value));
        own.into_iter()
            .chain(variables)
            .map(|(key, value)| format!("{key}={value}\n"))
            .collect()
    }

    fn parse(text: &str) -> Result<Self, String> {
        let mut variables = BTreeMap::new();
        for line in text.lines().filter(|line| !line.is_empty()) {
            let (key, value) = line
                .split_once('=')
                .ok_or_else(|| format!("`{line}` is no `KEY=VALUE`"))?;
            variables.insert(key.to_owned(), value.to_owned());
        }
        let mut take = |key: &str| {
            variables
                .remove(key)
                .ok_or_else(|| format!("there is no `{key}`"))
        };
        let (cargo, arguments, linker) = (take("CARGO")?, take("ARGS")?, take("LINKER")?);
        Ok(Self::new(cargo, arguments, linker, variables))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn toolchain() -> Toolchain {
        let variables = [("RUSTC", "/t/rustc"), ("LD_LIBRARY_PATH", "/t/a=b:/t/lib")];
        Toolchain::new(
            "/t/cargo".to_owned(),
            "-Z build-std=core,alloc".to_owned(),
            "/r/rust-lld".to_owned(),
            variables
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .into(),
        )
    }

    #[test]
    fn the_file_has_one_key_a_line() {
        assert_eq!(
            toolchain().text(),
            "CARGO=/t/cargo\n\
             ARGS=-Z build-std=core,alloc\n\
             LINKER=/r/rust-lld\n\
             LD_LIBRARY_PATH=/t/a=b:/t/lib\n\
             RUSTC=/t/rustc\n"
        );
    }

    #[test]
    fn what_is_written_is_what_is_read() {
        let toolchain = toolchain();
        assert_eq!(Toolchain::parse(&toolchain.text()), Ok(toolchain));
    }

    #[test]
    fn arguments_are_between_blanks() {
        let toolchain = toolchain();
        let arguments: Vec<&str> = toolchain.arguments().collect();
        assert_eq!(arguments, ["-Z", "build-std=core,alloc"]);
    }

    #[test]
    fn a_file_of_another_form_says_what_is_wrong() {
        let cases = [
            ("", "there is no `CARGO`"),
            ("CARGO=/c\nARGS=\n", "there is no `LINKER`"),
            ("CARGO=/c\nnonsense\n", "`nonsense` is no `KEY=VALUE`"),
        ];
        for (text, why) in cases {
            assert_eq!(Toolchain::parse(text), Err(why.to_owned()), "{text:?}");
        }
    }

    #[test]
    fn a_toolchain_whose_tools_are_gone_is_not_whole() {
        let folder = tempfile::tempdir().unwrap();
        let tool = |name: &str| {
            let path = folder.path().join(name);
            fs::write(&path, "").unwrap();
            path.to_str().unwrap().to_owned()
        };
        let whole = Toolchain::new(
            tool("cargo"),
            String::new(),
            tool("rust-lld"),
            [("RUSTC".to_owned(), tool("rustc"))].into(),
        );
        assert!(whole.is_whole());
        for gone in ["cargo", "rust-lld", "rustc"] {
            fs::remove_file(folder.path().join(gone)).unwrap();
            assert!(!whole.is_whole(), "{gone}");
            tool(gone);
        }
    }
}
