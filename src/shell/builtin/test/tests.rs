//! Expectations are what bash 5.2 answers, and dash where it knows the operator.

use std::os::unix::fs::{PermissionsExt, symlink};
use std::time::{Duration, SystemTime};

use super::*;

fn arguments(words: &[&str]) -> Vec<BString> {
    words.iter().map(|&word| word.into()).collect()
}

fn test(words: &[&str]) -> Result<bool, String> {
    evaluate(&arguments(words), false, &ProcessHost)
}

/// Evaluates words that are separated by spaces; `""` is the empty string.
fn split(text: &str) -> Result<bool, String> {
    let words: Vec<&str> =
        text.split(' ').map(|word| if word == "\"\"" { "" } else { word }).collect();
    test(&words)
}

#[track_caller]
fn check(cases: &[(&str, bool)]) {
    for &(text, expected) in cases {
        assert_eq!(split(text), Ok(expected), "test {text}");
    }
}

#[test]
fn the_number_of_arguments_decides() {
    assert_eq!(test(&[]), Ok(false));
    check(&[
        ("\"\"", false),
        ("a", true),
        ("!", true),
        ("-f", true),
        ("(", true),
        ("! \"\"", true),
        ("! !", false),
        ("! -n", false),
        ("-n -n", true),
        ("( a )", true),
        ("( \"\" )", false),
        ("! = x", false),
        ("( = )", false),
        ("( = (", true),
        ("-n = -n", true),
        ("! -n x", false),
        ("-a -a -a", true),
        ("-n -a x", true),
        ("\"\" -o \"\"", false),
        ("( -n x )", true),
        ("( ! x )", false),
        ("! ( a )", false),
        ("! a = b", true),
        ("! \"\" -a \"\"", true),
    ]);
}

#[test]
fn longer_expressions_are_parsed() {
    check(&[
        ("\"\" -a a -o b", true),
        ("a -o b -a \"\"", true),
        ("x = y -o z = z", true),
        ("( a = a ) -a b", true),
        ("( a -o b ) -a \"\"", false),
        ("! ( a = b ) -a ! \"\"", true),
        ("! ! ! ! a", true),
        ("-z \"\" -a -n", true),
        ("1 -eq 1 -a 2 -ne 2", false),
        ("-e / -a -d /", true),
        ("( ( ( a ) ) )", true),
        ("! x = x -o a", true),
    ]);
}

#[test]
fn strings_and_integers_are_compared() {
    check(&[
        ("a = a", true),
        ("a == b", false),
        ("a != b", true),
        ("a < b", true),
        ("b < a", false),
        ("b > a", true),
        ("1 -eq 01", true),
        ("010 -eq 10", true),
        ("+5 -eq 5", true),
        ("-1 -lt 0", true),
        ("1 -le 1", true),
        ("2 -gt 10", false),
        ("2 -ge 2", true),
        ("1 -ne 1", false),
    ]);
    assert_eq!(test(&[" 1 ", "-eq", "1"]), Ok(true));
}

#[test]
fn mistakes_are_named() {
    for (text, message) in [
        ("1x -eq 1", "test: 1x: integer expected"),
        ("\"\" -eq 0", "test: : integer expected"),
        ("1 -eq 0x1", "test: 0x1: integer expected"),
        ("99999999999999999999 -eq 1", "test: 99999999999999999999: number out of range"),
        ("-t x", "test: x: integer expected"),
        ("a b", "test: a: unary operator expected"),
        ("-Z x", "test: -Z: unary operator expected"),
        ("a b c", "test: b: binary operator expected"),
        ("! a b c", "test: b: binary operator expected"),
        ("a b c d", "test: b: unexpected argument"),
        ("a = a b", "test: b: unexpected argument"),
        ("! = x -o a", "test: x: unexpected argument"),
        ("1 -eq 1 -a", "test: argument expected"),
        ("( a = a -a b", "test: ')' expected"),
    ] {
        assert_eq!(split(text), Err(message.into()), "test {text}");
    }
}

#[test]
fn the_bracket_needs_its_partner() {
    let bracket = |words: &[&str]| evaluate(&arguments(words), true, &ProcessHost);
    assert_eq!(bracket(&["a", "]"]), Ok(true));
    assert_eq!(bracket(&["]"]), Ok(false));
    assert_eq!(bracket(&["a"]), Err("[: missing ]".into()));
    assert_eq!(bracket(&[]), Err("[: missing ]".into()));
    assert_eq!(bracket(&["1x", "-eq", "1", "]"]), Err("[: 1x: integer expected".into()));
}

#[test]
fn nesting_is_bounded() {
    let mut words = vec!["("; 100_000];
    words.push("a");
    assert_eq!(test(&words), Err("test: too many brackets inside each other".into()));
    let mut negations = vec!["!"; 100_000];
    negations.push("a");
    assert_eq!(test(&negations), Ok(true));
}

#[test]
fn files_are_examined() {
    let root = tempfile::tempdir().unwrap();
    let path = |name: &str| root.path().join(name).to_str().unwrap().to_owned();
    fs::write(path("file"), "text").unwrap();
    fs::write(path("empty"), "").unwrap();
    symlink("file", path("link")).unwrap();
    symlink("nowhere", path("broken")).unwrap();
    fs::set_permissions(path("file"), fs::Permissions::from_mode(0o6644)).unwrap();
    fs::set_permissions(path("empty"), fs::Permissions::from_mode(0o755)).unwrap();
    fs::create_dir(path("sticky")).unwrap();
    fs::set_permissions(path("sticky"), fs::Permissions::from_mode(0o1755)).unwrap();
    let socket = std::os::unix::net::UnixListener::bind(path("socket")).unwrap();
    for (operator, name, expected) in [
        ("-e", "file", true),
        ("-e", "nothing", false),
        ("-e", "broken", false),
        ("-f", "file", true),
        ("-f", "link", true),
        ("-f", "", false),
        ("-d", "", true),
        ("-d", "file", false),
        ("-h", "link", true),
        ("-L", "broken", true),
        ("-L", "file", false),
        ("-s", "file", true),
        ("-s", "empty", false),
        ("-r", "file", true),
        ("-w", "file", true),
        ("-x", "file", false),
        ("-x", "empty", true),
        ("-u", "file", true),
        ("-g", "file", true),
        ("-u", "empty", false),
        ("-g", "empty", false),
        ("-k", "sticky", true),
        ("-k", "empty", false),
        ("-S", "socket", true),
        ("-S", "file", false),
        ("-p", "file", false),
        ("-b", "file", false),
        ("-c", "file", false),
        ("-O", "file", true),
    ] {
        assert_eq!(test(&[operator, &path(name)]), Ok(expected), "test {operator} {name}");
    }
    drop(socket);
    check(&[("-c /dev/null", true), ("-f \"\"", false), ("-t 99999999999", false)]);
    assert_eq!(test(&[&path("file"), "-ef", &path("link")]), Ok(true));
    assert_eq!(test(&[&path("file"), "-ef", &path("empty")]), Ok(false));
    assert_eq!(test(&[&path("nothing"), "-ef", &path("nothing")]), Ok(false));
}

#[test]
fn files_are_compared_by_age() {
    let root = tempfile::tempdir().unwrap();
    let path = |name: &str| root.path().join(name).to_str().unwrap().to_owned();
    for (name, seconds) in [("old", 1_000), ("new", 2_000)] {
        let file = fs::File::create(path(name)).unwrap();
        file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)).unwrap();
    }
    for (left, operator, right, expected) in [
        ("new", "-nt", "old", true),
        ("old", "-nt", "new", false),
        ("old", "-nt", "old", false),
        ("old", "-nt", "nothing", true),
        ("nothing", "-nt", "old", false),
        ("old", "-ot", "new", true),
        ("new", "-ot", "old", false),
        ("nothing", "-ot", "old", true),
        ("old", "-ot", "nothing", false),
    ] {
        let answer = test(&[&path(left), operator, &path(right)]);
        assert_eq!(answer, Ok(expected), "test {left} {operator} {right}");
    }
}
