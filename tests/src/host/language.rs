//! The hosts of `examples/`, and the package for JavaScript: where each language is on
//! this machine, and how its programs are called.
//!
//! What `cargo xtask setup` brings is in `target/hosts`: `python`, an environment
//! with the runtime's wheel, and `wasmtime-c-api`, the C interface's header and
//! library.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use rule_module::RuleModule;

use super::Host;
use super::child::Child;
use super::example::Example;

/// A language that has a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// wasmtime's crate.
    Rust,
    /// wasmtime's wheel.
    Python,
    /// V8, in Node.
    JavaScript,
    /// The package of the bindings, in Node: an engine of its own beside the module.
    Package,
    /// wazero.
    Go,
    /// wasmtime's library.
    C,
}

/// A host, ready to be started any number of times.
#[derive(Clone)]
pub enum Ready {
    /// In this process.
    Library(RuleModule),
    /// As programs of their own.
    Programs(Programs),
}

/// The programs of a host, each with its first arguments.
#[derive(Clone, Debug)]
pub struct Programs {
    /// Plays the module, see [`Child`].
    play: Vec<OsString>,
    /// The example's own command; the package has none.
    detect: Vec<OsString>,
}

impl Language {
    /// All of them.
    pub const ALL: [Language; 6] = [
        Language::Rust,
        Language::Python,
        Language::JavaScript,
        Language::Package,
        Language::Go,
        Language::C,
    ];

    /// Its name in the names of tests.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Language::Rust => "rust",
            Language::Python => "python",
            Language::JavaScript => "javascript",
            Language::Package => "package",
            Language::Go => "go",
            Language::C => "c",
        }
    }

    /// Makes its host ready; what is built for it is put into `folder`.
    ///
    /// # Errors
    /// What is missing on this machine.
    ///
    /// # Panics
    /// Where all is there, and the host cannot be built.
    pub fn prepare(self, folder: &Path) -> Result<Ready, String> {
        let mut programs = match self {
            Language::Rust => {
                let module = RuleModule::compile(crate::MODULE).expect("wasmtime takes it");
                return Ok(Ready::Library(module));
            }
            Language::Python => python()?,
            Language::JavaScript => javascript()?,
            Language::Package => return Ok(Ready::Programs(package()?)),
            Language::Go => go(folder)?,
            Language::C => c(folder)?,
        };
        let module = folder.join(format!("{}.wasm", self.name()));
        std::fs::write(&module, crate::MODULE).expect("a folder to write to");
        programs.play.push(module.into());
        Ok(Ready::Programs(programs))
    }
}

impl Ready {
    /// A host with nothing open.
    #[must_use]
    pub fn start(&self) -> Box<dyn Host + Send> {
        match self {
            Ready::Library(module) => Box::new(Example::start(module.clone())),
            Ready::Programs(programs) => Box::new(Child::start(&mut called(&programs.play))),
        }
    }

    /// The example's own command, without its arguments; none where it is not a
    /// program of its own here.
    #[must_use]
    pub fn detect(&self) -> Option<Command> {
        match self {
            Ready::Programs(programs) if !programs.detect.is_empty() => {
                Some(called(&programs.detect))
            }
            Ready::Library(_) | Ready::Programs(_) => None,
        }
    }
}

fn called(words: &[OsString]) -> Command {
    let (program, arguments) = words.split_first().expect("a program");
    let mut command = Command::new(program);
    command.args(arguments);
    command
}

fn words<const N: usize>(words: [&Path; N]) -> Vec<OsString> {
    words.map(|word| word.as_os_str().to_owned()).into()
}

/// The root of the project.
fn root() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package).to_path_buf()
}

/// Does a command end well? Nothing of it is shown.
fn works(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}

fn build(command: &mut Command) {
    let output = command.output().expect("it ran before");
    assert!(
        output.status.success(),
        "{command:?}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

fn python() -> Result<Programs, String> {
    let folder = root().join("target").join("hosts").join("python");
    let python = match cfg!(windows) {
        true => folder.join("Scripts").join("python.exe"),
        false => folder.join("bin").join("python"),
    };
    if !works(Command::new(&python).args(["-c", "import wasmtime"])) {
        return Err("there is no Python with wasmtime: `cargo xtask setup` brings it".to_owned());
    }
    // No compiled files beside the source.
    let with = |script: &Path| words([&python, Path::new("-B"), script]);
    Ok(Programs {
        play: with(&root().join("tests/hosts/play.py")),
        detect: with(&root().join("examples/python/detect.py")),
    })
}

fn has_node() -> Result<&'static Path, String> {
    let node = Path::new("node");
    match works(Command::new(node).arg("--version")) {
        true => Ok(node),
        false => Err("there is no `node`: install Node 20 or newer".to_owned()),
    }
}

fn javascript() -> Result<Programs, String> {
    let node = has_node()?;
    Ok(Programs {
        play: words([node, &root().join("tests/hosts/play.mjs")]),
        detect: words([node, &root().join("examples/javascript/detect.mjs")]),
    })
}

fn package() -> Result<Programs, String> {
    let node = has_node()?;
    if !root().join("web/package/dist/index.js").is_file() {
        return Err("the package is not built: `cargo xtask web` builds it".to_owned());
    }
    Ok(Programs {
        play: words([node, &root().join("tests/hosts/play-web.mjs")]),
        detect: Vec::new(),
    })
}

fn go(folder: &Path) -> Result<Programs, String> {
    let go = || {
        let mut command = Command::new("go");
        command.current_dir(root().join("tests/hosts/go"));
        command
    };
    if !works(go().arg("version")) {
        return Err("there is no `go`: install Go 1.25 or newer".to_owned());
    }
    if !works(go().args(["list", "-deps", "."])) {
        return Err("`go` cannot get the modules that tests/hosts/go/go.mod names".to_owned());
    }
    let (play, detect) = (folder.join("go-play"), folder.join("go-detect"));
    for (package, program) in [(".", &play), ("example.com/rule/detect", &detect)] {
        build(go().args(["build", "-o"]).arg(program).arg(package));
    }
    Ok(Programs {
        play: words([&play]),
        detect: words([&detect]),
    })
}

fn c(folder: &Path) -> Result<Programs, String> {
    if !works(Command::new("cc").arg("--version")) {
        return Err("there is no `cc`: install a C compiler".to_owned());
    }
    let api = env::var_os("WASMTIME_C_API").map_or_else(
        || root().join("target").join("hosts").join("wasmtime-c-api"),
        PathBuf::from,
    );
    let (include, library) = (api.join("include"), api.join("lib"));
    if !include.join("wasm.h").is_file() {
        return Err(
            "there is no wasmtime for C: `cargo xtask setup` brings it, or \
                    WASMTIME_C_API names an unpacked one"
                .to_owned(),
        );
    }
    let example = root().join("examples/c");
    let compile = |main: PathBuf, name: &str| {
        let program = folder.join(name);
        build(
            Command::new("cc")
                .args(["-std=c11", "-O1", "-Wall", "-Wextra", "-Werror"])
                .arg("-I")
                .arg(&example)
                .arg("-I")
                .arg(&include)
                .arg(main)
                .arg(example.join("rule_module.c"))
                .arg("-L")
                .arg(&library)
                .arg("-lwasmtime")
                .arg(format!("-Wl,-rpath,{}", library.display()))
                .arg("-o")
                .arg(&program),
        );
        words([&program])
    };
    Ok(Programs {
        play: compile(root().join("tests/hosts/play.c"), "c-play"),
        detect: compile(example.join("detect.c"), "c-detect"),
    })
}
