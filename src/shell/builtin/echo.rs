//! `echo`, as in bash.
//!
//! POSIX leaves options and backslashes to the implementation. dash always
//! replaces escapes; bash, which most people know, does so only after `-e`, and
//! a path such as `C:\new` survives. Portable scripts use `printf`.
//!
//! `-n` leaves out the newline, `-e` replaces escapes, `-E` does not. They may be
//! joined (`-ne`). An argument with any other letter is text, and so is every
//! argument after it. There is no `--`.

use bstr::BString;

use crate::shell::escape;

/// Writes what `echo` prints for these arguments (without the command name).
pub fn format(arguments: &[BString], out: &mut Vec<u8>) {
    let (mut newline, mut escapes) = (true, false);
    let mut words = arguments;
    while let Some((first, rest)) = words.split_first()
        && let Some(letters) = options(first)
    {
        for letter in letters {
            match letter {
                b'n' => newline = false,
                b'e' => escapes = true,
                _ => escapes = false,
            }
        }
        words = rest;
    }
    for (index, word) in words.iter().enumerate() {
        if index > 0 {
            out.push(b' ');
        }
        if !escapes {
            out.extend_from_slice(word);
        } else if escape::expand(word, out).is_err() {
            return;
        }
    }
    if newline {
        out.push(b'\n');
    }
}

/// The letters of an argument that is nothing but options.
fn options(word: &[u8]) -> Option<&[u8]> {
    let letters = word.strip_prefix(b"-")?;
    let valid = !letters.is_empty() && letters.iter().all(|letter| b"neE".contains(letter));
    valid.then_some(letters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(arguments: &[&str], expected: &str) {
        let arguments: Vec<BString> = arguments.iter().map(|&word| word.into()).collect();
        let mut out = Vec::new();
        format(&arguments, &mut out);
        assert_eq!(BString::from(out), expected);
    }

    #[test]
    fn arguments_are_joined_by_spaces() {
        check(&[], "\n");
        check(&["a", "b  c", ""], "a b  c \n");
    }

    #[test]
    fn options_come_first() {
        check(&["-n", "a"], "a");
        check(&["-nn", "-E", "a"], "a");
        check(&["a", "-n"], "a -n\n");
        check(&["-x", "-n"], "-x -n\n");
        check(&["-", "--"], "- --\n");
        check(&["-nx"], "-nx\n");
    }

    #[test]
    fn escapes_are_replaced_on_request() {
        check(&["a\\tb"], "a\\tb\n");
        check(&["-e", "a\\tb", "\\0101"], "a\tb A\n");
        check(&["-e", "-E", "a\\tb"], "a\\tb\n");
        check(&["-e", "a\\cb", "d"], "a");
    }
}
