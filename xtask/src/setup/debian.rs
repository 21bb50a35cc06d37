//! The WebAssembly toolchain from Debian's packages, without installing any.
//!
//! The packages of Debian's newer Rust are downloaded by apt and unpacked by dpkg
//! into `target/wasm-toolchain/root`. None of them has the module's target built,
//! so its cargo builds `core` and `alloc` too, from the source that comes along
//! (`-Z build-std`, which a released compiler takes with `RUSTC_BOOTSTRAP=1`).
//! The linker is the one inside rustup's toolchain.
//!
//! It works as any user: apt gets lists and a cache of its own in that folder, so
//! the system's stay as they are, and old ones there cannot mislead it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use xshell::{Cmd, cmd};

use super::packages::{self, Package};
use super::toolchain::Toolchain;
use crate::failure::Failure;
use crate::workspace::{Workspace, say};

/// The compiler, its cargo, and the source of its standard library.
const ROOTS: [&str; 3] = ["rustc-web", "cargo-web", "rust-web-src"];

/// What to do where apt does not know a package, or only an old one. It reads its
/// lists without an error even where it reached no server.
pub(super) const SOURCES: &str = "see that apt can reach its servers and that its sources have \
                                  Debian's security suite, then run this again";
const ONLINE: &str = "see that apt can reach its servers, then run this again";
const DISK: &str = "see that there is room on the disk (2 GB), then run this again";

/// Downloads and unpacks the toolchain, and writes the file that names it.
///
/// # Errors
///
/// When there is no apt here, its archive has no Rust that is new enough, a
/// download fails, or what was unpacked does not run.
pub(super) fn install(workspace: &Workspace) -> Result<(), Failure> {
    let folder = Toolchain::folder(workspace);
    let linker = linker(workspace)?;
    // What an earlier set-up left, perhaps half of it.
    Toolchain::forget(workspace)?;
    let root = unpacked(workspace, &folder, &ROOTS)?;
    forget_sources(&root)?;
    let size = size(&root)?;

    let toolchain = toolchain(&root, linker)?;
    let version = toolchain
        .cargo(workspace)
        .arg("--version")
        .read()
        .map_err(|error| {
            Failure::new(
                format!("the cargo that was unpacked does not run: {error}"),
                "install the package `cargo-web` and see what it says",
            )
        })?;
    toolchain.write(workspace)?;
    say(&format!(
        "has {version} in target/wasm-toolchain, {} MB",
        size / 1_000_000
    ));
    Ok(())
}

/// Downloads packages with all that they need and the system lacks, and unpacks them into
/// a folder `root` of the folder, which it gives.
///
/// # Errors
///
/// As [`install`].
pub(super) fn unpacked(
    workspace: &Workspace,
    folder: &Path,
    roots: &[&str],
) -> Result<PathBuf, Failure> {
    let apt = Apt::open(workspace, &folder.join("apt"))?;
    let downloads = folder.join("packages");
    let root = folder.join("root");
    for place in [&downloads, &root] {
        remove(place)?;
        fs::create_dir_all(place).map_err(|error| on_disk(place, &error))?;
    }

    say("reads the lists of Debian's packages");
    apt.update()?;
    let packages = packages::closure(roots, &apt.installed()?, |name| apt.candidate(name))?;
    is_new_enough(&packages)?;
    say(&format!("downloads {} packages of Debian", packages.len()));
    apt.download(&packages, &downloads)?;
    unpack(workspace, &downloads, &root)?;
    for place in [&downloads, &apt.folder] {
        remove(place)?;
    }
    Ok(root)
}

/// apt with lists and a cache of its own.
struct Apt<'a> {
    workspace: &'a Workspace,
    folder: PathBuf,
    options: Vec<String>,
}

impl<'a> Apt<'a> {
    fn open(workspace: &'a Workspace, folder: &Path) -> Result<Self, Failure> {
        for tool in ["apt-get", "apt-cache", "dpkg-query", "dpkg-deb"] {
            let probe = cmd!(workspace.shell(), "{tool} --version").quiet();
            if probe.ignore_stderr().read().is_err() {
                return Err(Failure::new(
                    format!("there is no `{tool}` here to get Debian's packages with"),
                    "install Rust with rustup, which can add the target by itself, \
                     then run this again",
                ));
            }
        }
        let (lists, cache) = (folder.join("lists"), folder.join("cache"));
        for place in [
            lists.join("partial"),
            cache.join("archives").join("partial"),
        ] {
            fs::create_dir_all(&place).map_err(|error| on_disk(&place, &error))?;
        }
        let options = [
            format!("Dir::State::lists={}", lists.display()),
            format!("Dir::Cache={}", cache.display()),
            "Acquire::Languages=none".to_owned(),
            // As root, apt would download as a user that may not write here.
            "APT::Sandbox::User=root".to_owned(),
        ];
        Ok(Self {
            workspace,
            folder: folder.to_path_buf(),
            options: options
                .into_iter()
                .flat_map(|option| ["-o".to_owned(), option])
                .collect(),
        })
    }

    fn call(&self, program: &str) -> Cmd<'a> {
        cmd!(self.workspace.shell(), "{program}")
            .args(&self.options)
            .env("LC_ALL", "C.UTF-8")
            .quiet()
    }

    fn update(&self) -> Result<(), Failure> {
        run(self.call("apt-get").args(["-qq", "update"]), ONLINE)
    }

    fn installed(&self) -> Result<BTreeSet<String>, Failure> {
        let format = "${db:Status-Abbrev} ${Package} ${Version}\n";
        let listing = cmd!(self.workspace.shell(), "dpkg-query --show -f {format}")
            .quiet()
            .read()
            .map_err(|error| Failure::new(error.to_string(), "mend dpkg's database"))?;
        Ok(packages::installed(&listing))
    }

    /// The version of a package that apt would install.
    fn candidate(&self, name: &str) -> Result<Option<Package>, Failure> {
        // A name that is not known fails, one without a package of its own says
        // nothing: both mean that there is no such package.
        let stanza = self
            .call("apt-cache")
            .args(["show", "--no-all-versions", name])
            .ignore_status()
            .ignore_stderr()
            .read()
            .map_err(|error| Failure::new(error.to_string(), ONLINE))?;
        Ok(Package::parse(&stanza))
    }

    fn download(&self, packages: &[Package], folder: &Path) -> Result<(), Failure> {
        let versions = packages
            .iter()
            .map(|package| format!("{}={}", package.name, package.version));
        let shell = self.workspace.shell();
        // apt leaves the files in the folder where it stands.
        let _guard = shell.push_dir(folder);
        run(
            self.call("apt-get")
                .args(["-qq", "download"])
                .args(versions),
            ONLINE,
        )
    }
}

/// Runs a command that has nothing to say unless it fails.
fn run(command: Cmd<'_>, remedy: &str) -> Result<(), Failure> {
    let text = command.to_string();
    let output = command
        .ignore_status()
        .output()
        .map_err(|error| Failure::new(error.to_string(), remedy))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(Failure::new(
        format!("`{text}` failed: {}", said.trim()),
        remedy,
    ))
}

fn is_new_enough(packages: &[Package]) -> Result<(), Failure> {
    let needed = env!("CARGO_PKG_RUST_VERSION");
    let is_old = |package: &&Package| {
        ROOTS.contains(&&*package.name) && package.release() < packages::release(needed)
    };
    match packages.iter().find(is_old) {
        None => Ok(()),
        Some(package) => Err(Failure::new(
            format!(
                "Debian's `{}` is of version {}, and Rust {needed} is needed",
                package.name, package.version
            ),
            SOURCES,
        )),
    }
}

/// Unpacks all packages of a folder.
fn unpack(workspace: &Workspace, downloads: &Path, root: &Path) -> Result<(), Failure> {
    for package in entries(downloads)? {
        let name = package.file_name().unwrap_or_default().to_string_lossy();
        say(&format!("unpacks {name}"));
        run(
            cmd!(workspace.shell(), "dpkg-deb --extract {package} {root}").quiet(),
            DISK,
        )?;
    }
    Ok(())
}

/// Removes what is not needed of the source of Rust: all but the standard library.
fn forget_sources(root: &Path) -> Result<(), Failure> {
    for source in entries(&root.join("usr").join("src"))? {
        for part in entries(&source)? {
            if part.file_name().is_some_and(|name| name != "library") {
                remove(&part)?;
            }
        }
    }
    Ok(())
}

/// Puts files that were unpacked in the place of links to where they would be installed,
/// in a folder and all below it.
pub(super) fn settle(root: &Path, folder: &Path) -> Result<(), Failure> {
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in entries(&folder)? {
            let about = fs::symlink_metadata(&entry).map_err(|error| on_disk(&entry, &error))?;
            if about.is_dir() {
                folders.push(entry);
                continue;
            }
            let target = fs::read_link(&entry).unwrap_or_default();
            let Ok(inside) = target.strip_prefix("/") else {
                continue;
            };
            let unpacked = root.join(inside);
            // What an installation would make has no file to put there.
            if unpacked.is_file() {
                remove(&entry)?;
                fs::copy(&unpacked, &entry).map_err(|error| on_disk(&entry, &error))?;
            }
        }
    }
    Ok(())
}

/// The toolchain that was unpacked into `root`.
fn toolchain(root: &Path, linker: PathBuf) -> Result<Toolchain, Failure> {
    let programs = root.join("usr").join("bin");
    let libraries = libraries(root)?;
    let libraries: Vec<String> = libraries.iter().map(|folder| text(folder)).collect();
    let variables = [
        ("RUSTC", text(&programs.join("rustc"))),
        ("LD_LIBRARY_PATH", libraries.join(":")),
        ("RUSTC_BOOTSTRAP", "1".to_owned()),
    ];
    Ok(Toolchain::new(
        text(&programs.join("cargo")),
        "-Z build-std=core,alloc".to_owned(),
        text(&linker),
        BTreeMap::from(variables.map(|(key, value)| (key.to_owned(), value))),
    ))
}

/// The folders of shared libraries in what was unpacked into `root`.
pub(super) fn libraries(root: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut libraries = Vec::new();
    for place in [root.join("lib"), root.join("usr").join("lib")] {
        if place.is_dir() {
            libraries.extend(library_folders(&place)?);
        }
    }
    Ok(libraries)
}

/// `place` and its folders, those that hold shared libraries.
fn library_folders(place: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut folders = vec![place.to_path_buf()];
    folders.extend(entries(place)?.into_iter().filter(|entry| entry.is_dir()));
    let mut holding = Vec::new();
    for folder in folders {
        let is_library = |file: &PathBuf| {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            file.is_file() && (name.ends_with(".so") || name.contains(".so."))
        };
        if entries(&folder)?.iter().any(is_library) {
            holding.push(folder);
        }
    }
    Ok(holding)
}

/// The linker for WebAssembly inside rustup's toolchain.
fn linker(workspace: &Workspace) -> Result<PathBuf, Failure> {
    let broken = |error: xshell::Error| {
        Failure::new(
            format!("the Rust toolchain in use does not answer: {error}"),
            "see that `rustc --version` works, then run this again",
        )
    };
    let sysroot = workspace
        .rustc()
        .args(["--print", "sysroot"])
        .read()
        .map_err(broken)?;
    let host = workspace
        .rustc()
        .args(["--print", "host-tuple"])
        .read()
        .map_err(broken)?;
    let linker = Path::new(&sysroot)
        .join("lib")
        .join("rustlib")
        .join(host)
        .join("bin")
        .join("rust-lld");
    if linker.is_file() {
        return Ok(linker);
    }
    Err(Failure::new(
        format!("there is no linker at {}", linker.display()),
        "use a Rust toolchain from rustup, which brings it",
    ))
}

/// What a folder holds, by name.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let read = || -> io::Result<Vec<PathBuf>> {
        fs::read_dir(folder)?
            .map(|entry| Ok(entry?.path()))
            .collect()
    };
    let mut entries = read().map_err(|error| on_disk(folder, &error))?;
    entries.sort();
    Ok(entries)
}

/// The bytes of all files below a folder.
fn size(folder: &Path) -> Result<u64, Failure> {
    let mut bytes = 0;
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in entries(&folder)? {
            let about = fs::symlink_metadata(&entry).map_err(|error| on_disk(&entry, &error))?;
            if about.is_dir() {
                folders.push(entry);
            } else {
                bytes += about.len();
            }
        }
    }
    Ok(bytes)
}

/// Removes a file, or a folder and all in it, if there is one.
fn remove(place: &Path) -> Result<(), Failure> {
    let removed = match fs::symlink_metadata(place) {
        Ok(about) if about.is_dir() => fs::remove_dir_all(place),
        Ok(_) => fs::remove_file(place),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    };
    removed.map_err(|error| on_disk(place, &error))
}

fn on_disk(place: &Path, error: &io::Error) -> Failure {
    Failure::new(format!("{}: {error}", place.display()), DISK)
}

fn text(path: &Path) -> String {
    path.display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, version: &str) -> Package {
        Package::parse(&format!("Package: {name}\nVersion: {version}\n")).unwrap()
    }

    #[test]
    fn an_old_compiler_is_refused_with_its_version() {
        let library = package("libz3-4", "0.1");
        assert!(is_new_enough(&[package("rustc-web", "99.0.0-1"), library]).is_ok());
        let old = is_new_enough(&[package("rustc-web", "1.85.0+dfsg3-1~deb12u3")]).unwrap_err();
        assert!(
            old.what().contains("1.85.0+dfsg3-1~deb12u3"),
            "{}",
            old.what()
        );
    }

    #[test]
    fn the_toolchain_is_found_in_what_was_unpacked() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for file in [
            "usr/bin/cargo",
            "usr/bin/rustc",
            "usr/lib/some-linux-gnu/librustc_driver-1.so",
            "usr/lib/rustlib/etc/notes.so.txt/file",
            "lib/some-linux-gnu/libthing.so.3.1",
        ] {
            let file = root.join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, "").unwrap();
        }
        let found = toolchain(root, PathBuf::from("/r/rust-lld")).unwrap();
        let at = |path: &str| text(&root.join(path));
        let libraries = format!(
            "{}:{}",
            at("lib/some-linux-gnu"),
            at("usr/lib/some-linux-gnu")
        );
        let variables = [
            ("RUSTC", at("usr/bin/rustc")),
            ("LD_LIBRARY_PATH", libraries),
            ("RUSTC_BOOTSTRAP", "1".to_owned()),
        ];
        let expected = Toolchain::new(
            at("usr/bin/cargo"),
            "-Z build-std=core,alloc".to_owned(),
            "/r/rust-lld".to_owned(),
            BTreeMap::from(variables.map(|(key, value)| (key.to_owned(), value))),
        );
        assert_eq!(found, expected);
    }

    #[cfg(unix)]
    #[test]
    fn links_to_what_is_not_installed_become_files() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let [home, settings] = ["usr/lib/jvm/java/conf", "etc/java"].map(|path| root.join(path));
        for folder in [&home, &settings] {
            fs::create_dir_all(folder).unwrap();
        }
        fs::write(settings.join("java.security"), "text").unwrap();
        for (name, target) in [
            ("java.security", "/etc/java/java.security"),
            ("beside", "java.security"),
            ("made", "/etc/java/made-by-an-installation"),
        ] {
            std::os::unix::fs::symlink(target, home.join(name)).unwrap();
        }
        settle(root, &root.join("usr/lib/jvm")).unwrap();
        let file = home.join("java.security");
        assert!(fs::symlink_metadata(&file).unwrap().is_file());
        assert_eq!(fs::read_to_string(home.join("beside")).unwrap(), "text");
        assert!(
            fs::symlink_metadata(home.join("made"))
                .unwrap()
                .is_symlink()
        );
    }

    #[test]
    fn sizes_are_of_all_files_below() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("a/b")).unwrap();
        fs::write(folder.path().join("a/one"), "1234").unwrap();
        fs::write(folder.path().join("a/b/two"), "123").unwrap();
        assert_eq!(size(folder.path()).unwrap(), 7);
        remove(&folder.path().join("a")).unwrap();
        remove(&folder.path().join("a")).unwrap();
        assert_eq!(size(folder.path()).unwrap(), 0);
    }
}
