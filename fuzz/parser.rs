//! libFuzzer's target: what holds of the parser for any bytes.

#![no_main]

#[path = "property.rs"]
mod property;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| property::check(bytes));
