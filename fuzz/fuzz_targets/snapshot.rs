//! Bytes as a state: see `rule_fuzz::state`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| rule_fuzz::state::give(data));
