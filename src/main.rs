//! The `llmsh` program: everything is in the library.
//!
//! There is a C `main` of our own because Rust's runtime changes the
//! disposition of SIGPIPE before a Rust `main` begins, and a shell hands the
//! dispositions it inherited on to the programs it starts (XCU 2.12).
#![no_main]

/// The C entry point.
// SAFETY: the C runtime calls a function of this name once, with C's arguments;
// no other item in the program has the name.
#[unsafe(no_mangle)]
pub extern "C" fn main(_argc: i32, _argv: *const *const std::ffi::c_char) -> i32 {
    llmsh::startup::main().0
}
