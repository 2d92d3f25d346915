//! What broke the parser's property once (`scripts/fuzz`), and the snippets of the tests,
//! as they are and cut off at every byte.

#[path = "../fuzz/property.rs"]
mod property;

use std::fs;
use std::path::Path;

fn folder(name: &str) -> impl Iterator<Item = Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    let entries = fs::read_dir(folder).expect("the folder is there");
    entries.map(|entry| fs::read(entry.expect("it is there").path()).expect("it can be read"))
}

#[test]
fn what_broke_it_once_does_not_break_it_again() {
    let mut count = 0;
    for bytes in folder("fuzz/corpus") {
        property::check(&bytes);
        count += 1;
    }
    assert!(count > 0, "fuzz/corpus is empty");
}

#[test]
fn snippets_hold_wherever_they_end() {
    for bytes in folder("tests/bash").chain(folder("tests/dash")) {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        for snippet in text.split("\n### ").filter_map(|part| part.split_once('\n')) {
            let snippet = snippet.1.as_bytes();
            (0..=snippet.len()).for_each(|end| property::check(&snippet[..end]));
        }
    }
}
