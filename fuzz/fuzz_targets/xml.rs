//! A log of this format: see `rule_fuzz::log`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| rule_fuzz::log::read("xml", data));
