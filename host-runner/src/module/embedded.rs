//! The module that this program was built with, in two builds.

use wasmtime::{Config, Engine};

use super::Digest;

/// The module that this program was built with, for every host.
pub static EMBEDDED: &[u8] = include_bytes!(env!("RULE_WASM_EMBEDDED"));

/// The same for hosts that have SIMD.
pub static EMBEDDED_SIMD: &[u8] = include_bytes!(env!("RULE_WASM_SIMD_EMBEDDED"));

/// What messages call a module that this program was built with.
pub const EMBEDDED_NAME: &str = "the built-in module";

/// A module with nothing but a function that answers a vector.
const VECTOR: &[u8] = b"\0asm\x01\0\0\0\
    \x01\x05\x01\x60\0\x01\x7b\
    \x03\x02\x01\0\
    \x0a\x16\x01\x14\0\xfd\x0c\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x0b";

/// A build of the module that is in this program. All of them give the same alerts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Build {
    /// The build for every machine and every runtime.
    Portable,
    /// The build that looks at sixteen bytes at once: WebAssembly's SIMD.
    Simd,
}

impl Build {
    /// The faster one on this machine.
    ///
    /// The engine has to take SIMD at all, and the processor to have an instruction for
    /// what the search for texts is made of, a look-up in a table of sixteen bytes:
    /// where the engine puts several others in its place, nothing is won.
    #[must_use]
    pub fn of_this_machine() -> Self {
        match has_table_look_up() && takes_vectors(&mut Config::new()) {
            true => Self::Simd,
            false => Self::Portable,
        }
    }

    /// The module.
    #[must_use]
    pub fn bytes(self) -> &'static [u8] {
        match self {
            Self::Portable => EMBEDDED,
            Self::Simd => EMBEDDED_SIMD,
        }
    }

    /// The SHA-256 of the module.
    #[must_use]
    pub fn digest(self) -> Digest {
        let known = match self {
            Self::Portable => env!("RULE_WASM_DIGEST"),
            Self::Simd => env!("RULE_WASM_SIMD_DIGEST"),
        };
        // To work it out takes a third of a start.
        known.parse().unwrap_or_else(|_| Digest::of(self.bytes()))
    }

    /// Its name, such as `simd`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Portable => "portable",
            Self::Simd => "simd",
        }
    }
}

/// Whether an engine takes a module with vectors in it.
fn takes_vectors(config: &mut Config) -> bool {
    // In one thread: to start others takes longer than this.
    Engine::new(config.parallel_compilation(false))
        .and_then(|engine| wasmtime::Module::validate(&engine, VECTOR))
        .is_ok()
}

fn has_table_look_up() -> bool {
    #[cfg(target_arch = "x86_64")]
    {
        std::arch::is_x86_feature_detected!("ssse3")
            && std::arch::is_x86_feature_detected!("sse4.1")
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        cfg!(target_arch = "aarch64")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_is_that_of_the_module() {
        for build in [Build::Portable, Build::Simd] {
            assert_eq!(build.digest(), Digest::of(build.bytes()));
        }
    }

    #[test]
    fn the_engine_is_asked() {
        for simd in [true, false] {
            let mut config = Config::new();
            config.wasm_simd(simd).wasm_relaxed_simd(simd);
            assert_eq!(takes_vectors(&mut config), simd);
        }
    }
}
