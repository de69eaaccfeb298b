#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| drainrs_fuzz::run("config", data));
