//! The compiler's flags for the modules.

use crate::paths::Paths;

/// How large a function is put in place of a call to it, where it does not ask for that
/// itself. The compiler's own measure makes the module a tenth larger, and each start
/// longer by as much, for a few hundredths of speed.
const INLINE: &str = "-Cllvm-args=-inline-threshold=100";

/// Sixteen bytes at once.
pub const SIMD: &str = "-Ctarget-feature=+simd128";

/// What the compiler is given for a module.
///
/// A module holds the paths of source files, for the place of a panic. Of those the flags
/// leave what every machine has in common, such as `memchr-2.8.3/src/memmem/searcher.rs`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flags(Vec<String>);

impl Flags {
    /// The variable in which cargo takes [`Flags::encoded`].
    pub const VARIABLE: &'static str = "CARGO_ENCODED_RUSTFLAGS";

    /// The flags of a build with vectors or without.
    #[must_use]
    pub fn new(simd: bool, paths: &Paths) -> Self {
        let mut flags = vec![INLINE.to_owned()];
        if simd {
            flags.push(SIMD.to_owned());
        }
        flags.extend(paths.flags());
        Self(flags)
    }

    /// In cargo's form, in which a path may have blanks.
    #[must_use]
    pub fn encoded(&self) -> String {
        self.0.join("\u{1f}")
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn a_path_may_have_blanks() {
        let paths = Paths::new(
            Path::new("/my work/tree"),
            &["/home/me/.cargo/registry/src/index".into()],
            Path::new("/rust"),
            "abc",
        );
        let common = "--remap-path-prefix=/my work/tree=\u{1f}\
                      --remap-path-prefix=/home/me/.cargo/registry/src/index=\u{1f}\
                      --remap-path-prefix=/rust/lib/rustlib/src/rust=/rustc/abc";
        assert_eq!(
            Flags::new(false, &paths).encoded(),
            format!("{INLINE}\u{1f}{common}")
        );
        assert_eq!(
            Flags::new(true, &paths).encoded(),
            format!("{INLINE}\u{1f}{SIMD}\u{1f}{common}")
        );
    }
}
