//! The quick search that the processor has.

#![allow(
    unsafe_code,
    reason = "instructions of a processor that was seen to have them: argued at each use"
)]

#[cfg(any(target_arch = "x86_64", target_feature = "simd128"))]
use alloc::boxed::Box;

#[cfg(any(target_arch = "x86_64", target_feature = "simd128"))]
use super::blocks::Blocks;
use super::linear::Linear;
#[cfg(not(target_feature = "simd128"))]
use super::lines::LineByLine;
use super::look::{Ended, Look};
use super::needles::Needles;
#[cfg(target_feature = "simd128")]
use super::vector::simd128::Simd128;
#[cfg(target_arch = "x86_64")]
use super::vector::x86::{Avx2, Ssse3};

#[derive(Debug)]
pub(super) enum Kernel {
    #[cfg(not(target_feature = "simd128"))]
    Lines(LineByLine),
    /// INVARIANT: the processor has SSSE3.
    #[cfg(target_arch = "x86_64")]
    Ssse3(Box<Blocks>),
    /// INVARIANT: the processor has AVX2.
    #[cfg(target_arch = "x86_64")]
    Avx2(Box<Blocks>),
    #[cfg(target_feature = "simd128")]
    Simd128(Box<Blocks>),
}

/// Whether the processor has a feature: where there is an operating system to ask, by what
/// it says, else by what this is compiled for.
#[cfg(all(target_arch = "x86_64", any(feature = "std", test)))]
macro_rules! has {
    ($feature:tt) => {
        std::is_x86_feature_detected!($feature)
    };
}
#[cfg(all(target_arch = "x86_64", not(any(feature = "std", test))))]
macro_rules! has {
    ($feature:tt) => {
        cfg!(target_feature = $feature)
    };
}

impl Kernel {
    /// The quickest one for these needles.
    pub(super) fn best(needles: &Needles) -> Self {
        #[cfg(target_arch = "x86_64")]
        {
            let has_ssse3 = has!("ssse3");
            if has!("avx2") {
                return Kernel::Avx2(Box::new(Blocks::new(needles)));
            } else if has_ssse3 {
                return Kernel::Ssse3(Box::new(Blocks::new(needles)));
            }
        }
        #[cfg(target_feature = "simd128")]
        return Kernel::Simd128(Box::new(Blocks::new(needles)));
        #[cfg(not(target_feature = "simd128"))]
        Kernel::Lines(LineByLine::new(needles))
    }

    pub(super) fn look<L: Look>(
        &self,
        needles: &Needles,
        linear: &Linear,
        bytes: &[u8],
        look: &mut L,
    ) -> Ended {
        match self {
            #[cfg(not(target_feature = "simd128"))]
            Kernel::Lines(lines) => lines.look(needles, linear, bytes, look),
            // SAFETY: by the invariant the processor has the feature.
            #[cfg(target_arch = "x86_64")]
            Kernel::Ssse3(blocks) => unsafe { ssse3(blocks, needles, linear, bytes, look) },
            // SAFETY: the same.
            #[cfg(target_arch = "x86_64")]
            Kernel::Avx2(blocks) => unsafe { avx2(blocks, needles, linear, bytes, look) },
            #[cfg(target_feature = "simd128")]
            Kernel::Simd128(blocks) => blocks.look::<Simd128, L>(needles, linear, bytes, look),
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "ssse3")]
fn ssse3<L: Look>(
    blocks: &Blocks,
    needles: &Needles,
    linear: &Linear,
    bytes: &[u8],
    look: &mut L,
) -> Ended {
    blocks.look::<Ssse3, L>(needles, linear, bytes, look)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn avx2<L: Look>(
    blocks: &Blocks,
    needles: &Needles,
    linear: &Linear,
    bytes: &[u8],
    look: &mut L,
) -> Ended {
    blocks.look::<Avx2, L>(needles, linear, bytes, look)
}

#[cfg(test)]
mod tests;
