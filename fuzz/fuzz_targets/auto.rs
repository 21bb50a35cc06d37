//! A log whose format is found out, and the same as UTF-16: see `rule_fuzz::log`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    rule_fuzz::log::read("auto", data);
    rule_fuzz::log::read_wide(data);
});
