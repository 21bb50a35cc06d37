//! Which of Debian's packages a toolchain needs: the closure of its dependencies.
//!
//! Left out are
//!
//! - packages that the system has, where any version will do. One that is asked
//!   for in an exact version, as those of one source are, always comes along;
//! - the C library and the C toolchain ([`SYSTEM`]): Rust cannot be used without
//!   them, so they are there, and a second C library beside the system's would
//!   break every program that is started with it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::failure::Failure;

/// What a system with a working Rust has, under whatever package name.
const SYSTEM: [&str; 6] = [
    "binutils",
    "gcc",
    "libc-dev",
    "libc6",
    "libc6-dev",
    "libgcc-s1",
];

/// A package that can be downloaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) version: String,
    /// What it needs: one of each list.
    depends: Vec<Vec<Dependency>>,
}

/// One way to meet a dependency.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Dependency {
    name: String,
    /// The one version that will do, if it is only one.
    exactly: Option<String>,
}

impl Package {
    /// Reads the stanza of a package in the form of Debian's control files; none
    /// where the text is no such stanza.
    pub(crate) fn parse(stanza: &str) -> Option<Self> {
        let mut name = None;
        let mut version = None;
        let mut depends = Vec::new();
        // A line that begins with a blank continues a field; none of ours does.
        for line in stanza.lines().take_while(|line| !line.is_empty()) {
            match line.split_once(": ") {
                Some(("Package", value)) => name = Some(value.to_owned()),
                Some(("Version", value)) => version = Some(value.to_owned()),
                Some(("Depends" | "Pre-Depends", value)) => {
                    depends.extend(value.split(',').map(alternatives));
                }
                _ => {}
            }
        }
        Some(Self {
            name: name?,
            version: version?,
            depends,
        })
    }

    /// The first two numbers of the version of what is packaged: `1.96.0+dfsg1-1`
    /// gives 1 and 96.
    pub(crate) fn release(&self) -> Option<(u32, u32)> {
        release(&self.version)
    }
}

/// The first two numbers of a version.
pub(crate) fn release(version: &str) -> Option<(u32, u32)> {
    let upstream = version.split_once(':').map_or(version, |(_, rest)| rest);
    let mut numbers = upstream.split(['.', '+', '-', '~']);
    let mut next = || numbers.next()?.parse().ok();
    Some((next()?, next()?))
}

/// `gcc | clang (>= 3)` and the like.
fn alternatives(list: &str) -> Vec<Dependency> {
    list.split('|').map(str::trim).map(dependency).collect()
}

/// `name`, `name:architecture`, `name (relation version)`.
fn dependency(text: &str) -> Dependency {
    let (name, relation) = text.split_once('(').unwrap_or((text, ""));
    let name = name.trim();
    Dependency {
        name: name
            .split_once(':')
            .map_or(name, |(name, _)| name)
            .to_owned(),
        exactly: relation
            .strip_prefix("= ")
            .map(|version| version.trim_end_matches(')').to_owned()),
    }
}

/// What dpkg says is installed, one `status name version` a line.
pub(crate) fn installed(listing: &str) -> BTreeSet<String> {
    listing
        .lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            (words.next()? == "ii").then_some(words.next()?.to_owned())
        })
        .collect()
}

/// All packages to download for `roots`, in the order in which they were asked for.
///
/// `candidate` gives a package by its name, none where there is no such package.
///
/// # Errors
///
/// When a package is needed that is not to be had, and what `candidate` fails with.
pub(crate) fn closure(
    roots: &[&str],
    installed: &BTreeSet<String>,
    mut candidate: impl FnMut(&str) -> Result<Option<Package>, Failure>,
) -> Result<Vec<Package>, Failure> {
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    let mut packages: Vec<Package> = Vec::new();
    let root = |name: &&str| (vec![dependency(name)], "the toolchain".to_owned());
    let mut asked: VecDeque<_> = roots.iter().map(root).collect();
    let mut are_roots = asked.len();
    while let Some((ways, by)) = asked.pop_front() {
        let is_root = are_roots > 0;
        are_roots = are_roots.saturating_sub(1);
        let is_met = |way: &Dependency| {
            SYSTEM.contains(&&*way.name)
                || found.contains_key(&way.name)
                || (!is_root && way.exactly.is_none() && installed.contains(&way.name))
        };
        if ways.iter().any(is_met) {
            continue;
        }
        let mut chosen = None;
        for way in &ways {
            chosen = candidate(&way.name)?;
            if chosen.is_some() {
                break;
            }
        }
        let Some(package) = chosen else {
            let names: Vec<&str> = ways.iter().map(|way| &*way.name).collect();
            return Err(Failure::new(
                format!(
                    "apt has no package `{}`, which {by} needs",
                    names.join("` or `")
                ),
                super::debian::SOURCES,
            ));
        };
        let by = format!("`{}`", package.name);
        asked.extend(
            package
                .depends
                .iter()
                .map(|ways| (ways.clone(), by.clone())),
        );
        found.insert(package.name.clone(), packages.len());
        packages.push(package);
    }
    Ok(packages)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, version: &str, depends: &str) -> Package {
        let depends = match depends {
            "" => String::new(),
            depends => format!("Depends: {depends}\n"),
        };
        let stanza = format!("Package: {name}\nVersion: {version}\n{depends}Size: 1\n");
        Package::parse(&stanza).unwrap()
    }

    fn names(packages: &[Package]) -> Vec<&str> {
        packages.iter().map(|package| &*package.name).collect()
    }

    #[test]
    fn a_stanza_is_read() {
        let stanza = "Package: cargo\nVersion: 1:1.96.0+dfsg1-1~deb12u2\n\
                      Pre-Depends: dpkg (>= 1.15)\n\
                      Depends: libc6:any (>= 2.34), rustc (= 1.96.0-1), gcc | clang (>= 3)\n\
                      Description: a thing: with a colon\n Depends: nothing\n\n\
                      Package: other\n";
        let package = Package::parse(stanza).unwrap();
        let plain = |name: &str| Dependency {
            name: name.to_owned(),
            exactly: None,
        };
        let exact = Dependency {
            name: "rustc".to_owned(),
            exactly: Some("1.96.0-1".to_owned()),
        };
        assert_eq!(package.name, "cargo");
        assert_eq!(package.release(), Some((1, 96)));
        assert_eq!(
            package.depends,
            [
                vec![plain("dpkg")],
                vec![plain("libc6")],
                vec![exact],
                vec![plain("gcc"), plain("clang")],
            ]
        );
    }

    #[test]
    fn what_is_no_stanza_is_no_package() {
        for text in ["", "\n", "N: Unable to locate package", "Package: a\n"] {
            assert_eq!(Package::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn releases() {
        let cases = [
            ("1.95", Some((1, 95))),
            ("1.96.0+dfsg1-1~deb12u2", Some((1, 96))),
            ("2:0.1~rc1", Some((0, 1))),
            ("1", None),
            ("one.two", None),
        ];
        for (version, expected) in cases {
            assert_eq!(release(version), expected, "{version}");
        }
    }

    #[test]
    fn installed_packages_are_those_in_state_ii() {
        let listing = "ii  zlib1g 1:1.2.13\nrc  libgit2-1.5 1.5.1\nun  nothing \nii  adduser 3\n";
        let installed = installed(listing);
        assert_eq!(installed, ["adduser", "zlib1g"].map(str::to_owned).into());
    }

    #[test]
    fn closures() {
        let archive = [
            package("rustc", "1.96", "libc6, libstd (= 1.96), gcc, libc-dev"),
            package("libstd", "1.96", "libllvm, zlib1g (>= 1.2)"),
            package("libllvm", "22", "libz3, libstd | libother"),
            package("libz3", "4", ""),
            package(
                "cargo",
                "1.96",
                "rustc (= 1.96), binutils, gcc | c-compiler",
            ),
            package("zlib1g", "1.2", ""),
            package("either", "1", "virtual | libz3"),
            package("broken", "1", "gone | lost"),
        ];
        #[rustfmt::skip]
        let cases = [
            ("nothing",                  &[][..],                 &[][..],          &[][..]),
            ("one without needs",        &["libz3"],              &[],              &["libz3"]),
            ("all that is needed, once", &["cargo", "rustc"],     &["zlib1g"],      &["cargo", "rustc", "libstd", "libllvm", "libz3"]),
            ("not there, so it comes",   &["libstd"],             &[],              &["libstd", "libllvm", "zlib1g", "libz3"]),
            ("an exact version comes",   &["rustc"],              &["libstd", "zlib1g"], &["rustc", "libstd", "libllvm", "libz3"]),
            ("a root always comes",      &["libz3"],              &["libz3"],       &["libz3"]),
            ("the second choice",        &["either"],             &[],              &["either", "libz3"]),
            ("a choice that is there",   &["either"],             &["virtual"],     &["either"]),
        ];
        for (name, roots, there, expected) in cases {
            let there = there.iter().map(|&name| name.to_owned()).collect();
            let packages = closure(roots, &there, |name| {
                Ok(archive.iter().find(|package| package.name == name).cloned())
            });
            assert_eq!(names(&packages.unwrap()), expected, "{name}");
        }
        let broken = closure(&["broken"], &BTreeSet::new(), |name| {
            Ok(archive.iter().find(|package| package.name == name).cloned())
        });
        assert_eq!(
            broken.unwrap_err().what(),
            "apt has no package `gone` or `lost`, which `broken` needs"
        );
    }
}
