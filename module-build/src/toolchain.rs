//! The toolchain that the modules are built with.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf, absolute};
use std::process::Command;

use crate::TARGET;

/// The cargo that builds the modules, and what it is called with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toolchain {
    cargo: String,
    rustc: String,
    /// More arguments for cargo.
    arguments: Vec<String>,
    /// Variables for cargo.
    variables: BTreeMap<String, String>,
}

impl Toolchain {
    /// The file that names a toolchain that `cargo xtask setup` brought, for where rustup
    /// cannot add a target; from the root of the workspace.
    pub const FILE: &'static str = "target/wasm-toolchain/env";

    /// Two programs, and nothing else.
    #[must_use]
    pub fn new(cargo: String, rustc: String) -> Self {
        Self {
            cargo,
            rustc,
            arguments: Vec::new(),
            variables: BTreeMap::new(),
        }
    }

    /// The toolchain for the hosts' module: the one that the set-up brought, where it did,
    /// else `outer`.
    ///
    /// # Errors
    ///
    /// When the file is not of its form, or the compiler has not the target.
    pub fn find(workspace: &Path, outer: Self) -> Result<Self, String> {
        let file = workspace.join(Self::FILE);
        let Ok(text) = fs::read_to_string(&file) else {
            return outer.with_target();
        };
        Self::parse(&text, outer.rustc).map_err(|why| format!("`{}`: {why}", file.display()))
    }

    /// The file that the set-up writes: one `KEY=VALUE` a line.
    fn parse(text: &str, rustc: String) -> Result<Self, String> {
        let mut variables = BTreeMap::new();
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let (key, value) = line
                .split_once('=')
                .ok_or_else(|| format!("`{line}` is no `KEY=VALUE`; run `cargo xtask setup`"))?;
            variables.insert(key.trim().to_owned(), value.trim().to_owned());
        }
        let cargo = variables
            .remove("CARGO")
            .ok_or_else(|| "it names no `CARGO`; run `cargo xtask setup`".to_owned())?;
        let arguments = variables
            .remove("ARGS")
            .map(|arguments| arguments.split_whitespace().map(str::to_owned).collect())
            .unwrap_or_default();
        if let Some(linker) = variables.remove("LINKER") {
            variables.insert("CARGO_TARGET_WASM32V1_NONE_LINKER".to_owned(), linker);
        }
        Ok(Self {
            cargo,
            rustc: variables.get("RUSTC").cloned().unwrap_or(rustc),
            arguments,
            variables,
        })
    }

    /// The toolchain itself, if it has the target.
    fn with_target(self) -> Result<Self, String> {
        let libraries = self.compiler_says(&["--print", "target-libdir", "--target", TARGET])?;
        match Path::new(libraries.trim()).is_dir() {
            true => Ok(self),
            false => Err(format!(
                "the target {TARGET} is not installed: run `cargo xtask setup`"
            )),
        }
    }

    /// The same with another variable for cargo.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    /// The cargo.
    #[must_use]
    pub fn cargo(&self) -> &str {
        &self.cargo
    }

    pub(crate) fn arguments(&self) -> &[String] {
        &self.arguments
    }

    pub(crate) fn variables(&self) -> &BTreeMap<String, String> {
        &self.variables
    }

    /// Cargo's home.
    ///
    /// # Errors
    ///
    /// When nobody says where it is.
    pub fn home(&self) -> Result<PathBuf, String> {
        const NAME: &str = "CARGO_HOME";
        let named = self.variables.get(NAME).cloned();
        let home = named
            .or_else(|| env::var(NAME).ok())
            .filter(|home| !home.is_empty())
            .map(PathBuf::from)
            .or_else(|| env::home_dir().map(|home| home.join(".cargo")))
            .ok_or("neither CARGO_HOME nor a home folder is set")?;
        absolute(&home).map_err(|error| format!("`{}`: {error}", home.display()))
    }

    /// What the compiler answers.
    ///
    /// # Errors
    ///
    /// When it cannot be run, or does not succeed.
    pub fn compiler_says(&self, arguments: &[&str]) -> Result<String, String> {
        let said = Command::new(&self.rustc)
            .args(arguments)
            .envs(&self.variables)
            .output()
            .map_err(|error| format!("cannot run `{}`: {error}", self.rustc))?;
        match said.status.success() {
            true => Ok(String::from_utf8_lossy(&said.stdout).into_owned()),
            false => Err(format!(
                "`{} {}`: {}",
                self.rustc,
                arguments.join(" "),
                String::from_utf8_lossy(&said.stderr).trim()
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_of_the_set_up() {
        let text = "CARGO=/t/cargo\nARGS=-Z build-std=core,alloc\nLINKER=/r/rust-lld\n\
                    LD_LIBRARY_PATH=/t/a=b\nRUSTC=/t/rustc\n";
        let toolchain = Toolchain::parse(text, "rustc".to_owned()).unwrap();
        assert_eq!(toolchain.cargo(), "/t/cargo");
        assert_eq!(toolchain.rustc, "/t/rustc");
        assert_eq!(toolchain.arguments(), ["-Z", "build-std=core,alloc"]);
        let variables: Vec<(&str, &str)> = toolchain
            .variables()
            .iter()
            .map(|(name, value)| (&**name, &**value))
            .collect();
        let expected = [
            ("CARGO_TARGET_WASM32V1_NONE_LINKER", "/r/rust-lld"),
            ("LD_LIBRARY_PATH", "/t/a=b"),
            ("RUSTC", "/t/rustc"),
        ];
        assert_eq!(variables, expected);
    }

    #[test]
    fn a_file_of_another_form_says_what_is_wrong() {
        for (text, why) in [
            ("", "it names no `CARGO`; run `cargo xtask setup`"),
            (
                "CARGO=/c\nnonsense\n",
                "`nonsense` is no `KEY=VALUE`; run `cargo xtask setup`",
            ),
        ] {
            let parsed = Toolchain::parse(text, "rustc".to_owned());
            assert_eq!(parsed, Err(why.to_owned()), "{text:?}");
        }
    }

    #[test]
    fn cargo_s_home_is_the_one_that_is_named() {
        let toolchain = Toolchain::new("cargo".to_owned(), "rustc".to_owned());
        let named = toolchain.with("CARGO_HOME", "/elsewhere/home of cargo");
        assert_eq!(named.home(), Ok(PathBuf::from("/elsewhere/home of cargo")));
    }
}
