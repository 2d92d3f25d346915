//! What holds of the parser for any bytes: it ends, it does not panic, and what it reads
//! is printed as text that it reads as the same.

use llmsh::shell::parser::{NoAliases, parse, parse_strictly};
use llmsh::shell::print::list_text;

/// Panics where it does not hold.
pub(crate) fn check(bytes: &[u8]) {
    // A line that ends early is an error to one and not to the other; neither may panic.
    let _ = parse(bytes, &NoAliases);
    let Ok(list) = parse_strictly(bytes, &NoAliases) else { return };
    let text = list_text(&list);
    let again = match parse_strictly(&text, &NoAliases) {
        Ok(again) => again,
        Err(error) => panic!("{text:?} is printed and not read: {error:?}"),
    };
    assert_eq!(list_text(&again), text, "it is printed otherwise when it was read again");
}
