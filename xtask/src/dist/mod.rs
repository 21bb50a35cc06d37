//! What a release is made of: the program, the modules, the package for JavaScript, the
//! page, each with its licences and its bill of materials, and the digests of all of them.

mod archive;
mod bom;
mod check;
mod licences;
mod modules;
mod parts;
mod sums;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::Args;
use xshell::cmd;

use self::archive::Archive;
use self::licences::Work;
pub(crate) use self::modules::reproduce;
use self::parts::Parts;
use crate::failure::Failure;
use crate::supply::npm;
use crate::web;
use crate::workspace::{Workspace, say};

/// What is made.
#[derive(Args)]
pub(crate) struct Options {
    /// Where it goes, `dist` below the target folder if not said
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Cargo's profile for the program
    #[arg(long, value_name = "NAME", default_value = "release")]
    profile: String,
}

const MEND: &str = "mend what is said above, then run this again";

/// What goes with every artefact.
const OURS: [&str; 2] = ["LICENSE-APACHE", "LICENSE-MIT"];

/// What goes with the program besides.
const DOCUMENTS: [&str; 6] = [
    "ABI.md",
    "CHANGELOG.md",
    "README.md",
    "docs/COVERAGE.md",
    "docs/RELIABILITY.md",
    "docs/SPL.md",
];

/// Makes all artefacts, and checks them.
pub(crate) fn dist(workspace: &Workspace, options: &Options) -> Result<(), Failure> {
    let target_dir = workspace.target_dir()?;
    let out = options.out.clone();
    let out = out.map_or_else(|| target_dir.join("dist"), |out| workspace.root().join(out));
    let work = target_dir.join("dist-work");
    clear(&out, &work).map_err(|why| {
        let remedy = "name another folder with `--out`, or empty this one";
        Failure::new(format!("`{}`: {why}", out.display()), remedy)
    })?;
    web::needs(workspace).map_err(|why| Failure::new(why, "bring it, then run this again"))?;
    web::web(workspace)?;
    let modules = modules::modules(workspace, &modules::toolchain(workspace)?, &target_dir)?;
    let program = program(workspace, &target_dir, &options.profile)?;
    let parts = Parts::gather(workspace)?;
    let make = Make {
        workspace,
        out: &out,
        parts: &parts,
    };
    for (name, module) in &modules {
        // Its bytes alone: cargo marks it as a program.
        make.put(fs::read(module).and_then(|bytes| fs::write(out.join(name), bytes)))?;
    }
    let archive = make.program(&program)?;
    make.page()?;
    make.package(&work)?;
    make.texts()?;
    sums::write(&out)?;
    let modules = modules.map(|(name, _)| name);
    check::check(workspace, &out, &archive, &modules, &work)?;
    say(&format!("the release is in `{}`", out.display()));
    Ok(())
}

/// Empties what an earlier run made.
fn clear(out: &Path, work: &Path) -> Result<(), String> {
    let failed = |error: io::Error| error.to_string();
    if work.exists() {
        fs::remove_dir_all(work).map_err(failed)?;
    }
    fs::create_dir_all(out).map_err(failed)?;
    let is_empty = fs::read_dir(out).map_err(failed)?.next().is_none();
    if is_empty {
        return Ok(());
    }
    let listed = fs::read_to_string(out.join(sums::FILE))
        .map_err(|_| "there are files in it that are of no release".to_owned())?;
    let names = listed.lines().filter_map(|line| line.split_once("  "));
    for (_, name) in names.filter(|(_, name)| !name.contains(['/', '\\'])) {
        match fs::remove_file(out.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
    }
    fs::remove_file(out.join(sums::FILE)).map_err(failed)?;
    match fs::read_dir(out).map_err(failed)?.next() {
        None => Ok(()),
        Some(_) => Err("there are files in it that are of no release".to_owned()),
    }
}

/// Builds the program; gives its path.
fn program(workspace: &Workspace, target_dir: &Path, profile: &str) -> Result<PathBuf, Failure> {
    workspace.step(
        "builds the program, the module and the page inside it",
        workspace
            .cargo()
            .args(["build", "--locked", "--package", "host-runner"])
            .args(["--profile", profile]),
        "mend what the compiler says above, then run this again",
    )?;
    let folder = if profile == "dev" { "debug" } else { profile };
    let program = target_dir.join(folder).join("host-runner");
    Ok(program.with_extension(std::env::consts::EXE_EXTENSION))
}

/// Makes the artefacts out of what was built.
struct Make<'a> {
    workspace: &'a Workspace,
    out: &'a Path,
    parts: &'a Parts,
}

impl Make<'_> {
    /// The archive with the program; gives its name.
    fn program(&self, program: &Path) -> Result<String, Failure> {
        let Parts {
            version, target, ..
        } = self.parts;
        let top = format!("host-runner-{version}-{target}");
        let mut archive = self.archive(&top, self.parts.in_program(self.workspace.root()))?;
        for document in DOCUMENTS {
            let file = self.workspace.root().join(document);
            self.put(archive.file(&format!("{top}/{document}"), &file))?;
        }
        let name = program.file_name().unwrap_or_default().to_string_lossy();
        self.put(archive.program(&format!("{top}/{name}"), program))?;
        let name = format!("{top}.tar.gz");
        self.put(archive.write(&self.out.join(&name)))?;
        Ok(name)
    }

    /// The archive with the page, for a file server.
    fn page(&self) -> Result<(), Failure> {
        let top = format!("triage-page-{}", self.parts.version);
        let mut archive = self.archive(&top, self.parts.in_page(self.workspace.root()))?;
        let folder = self.workspace.root().join("web/dist");
        self.put(archive.folder(&top, &folder))?;
        self.put(archive.write(&self.out.join(format!("{top}.tar.gz"))))
    }

    /// The package for npm, by npm itself.
    fn package(&self, work: &Path) -> Result<(), Failure> {
        const NAME: &str = "package";
        let mut laid_out = self.archive(NAME, self.parts.in_package())?;
        let folder = self.workspace.root().join("web/package");
        for file in ["README.md", "package.json"] {
            self.put(laid_out.file(&format!("{NAME}/{file}"), &folder.join(file)))?;
        }
        for part in ["dist", "wasm"] {
            self.put(laid_out.folder(&format!("{NAME}/{part}"), &folder.join(part)))?;
        }
        self.put(laid_out.lay_out(work))?;
        let (npm, package, out) = (npm::PROGRAM, work.join(NAME), self.out);
        self.workspace.step(
            "packs the package for JavaScript",
            cmd!(self.workspace.shell(), "{npm} pack {package}")
                .args(["--silent", "--ignore-scripts", "--pack-destination"])
                .arg(out)
                .quiet()
                .ignore_stdout(),
            MEND,
        )
    }

    /// The bills of materials, the licences of the module's crates, and what the modules were
    /// built with.
    fn texts(&self) -> Result<(), Failure> {
        let licences = licences(self.parts.in_module())?;
        let mut texts = self.parts.bills()?;
        texts.push((licences::FILE, licences));
        texts.push(("BUILT-WITH.txt", self.parts.made_with()));
        for (name, text) in texts {
            self.put(fs::write(self.out.join(name), text))?;
        }
        Ok(())
    }

    /// An archive that has the licences: ours, and those of what others wrote.
    fn archive(&self, top: &str, works: Vec<Work>) -> Result<Archive, Failure> {
        let mut archive = Archive::default();
        for name in OURS {
            let file = self.workspace.root().join(name);
            self.put(archive.file(&format!("{top}/{name}"), &file))?;
        }
        let licences = licences(works)?;
        archive.text(&format!("{top}/{}", licences::FILE), licences);
        Ok(archive)
    }

    fn put<T>(&self, done: io::Result<T>) -> Result<T, Failure> {
        done.map_err(|error| {
            let remedy = "see that all was built, and that there is room on the disk";
            Failure::new(format!("in `{}`: {error}", self.out.display()), remedy)
        })
    }
}

fn licences(works: Vec<Work>) -> Result<String, Failure> {
    licences::text(works).map_err(|why| Failure::new(why, "see where it has its licence"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_release_of_before_is_cleared_away() {
        let folder = tempfile::tempdir().unwrap();
        let (out, work) = (folder.path().join("out"), folder.path().join("work"));
        clear(&out, &work).unwrap();
        fs::write(out.join("a"), "").unwrap();
        assert!(clear(&out, &work).is_err());
        assert!(out.join("a").exists());
        sums::write(&out).unwrap();
        fs::write(out.join("b"), "").unwrap();
        assert!(clear(&out, &work).is_err());
        assert!(out.join("b").exists());
        fs::remove_file(out.join("b")).unwrap();
        clear(&out, &work).unwrap();
        assert!(!out.join("a").exists());
    }
}
