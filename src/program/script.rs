//! Scripts in other languages that stand in a command line: whether they can
//! write files or run programs. What is not one of the plain forms can.

use bstr::ByteSlice;

/// Whether a sed script only prints and changes what passes through it.
pub(super) fn sed_is_harmless(text: &[u8]) -> bool {
    text.split(|byte| matches!(byte, b';' | b'\n'))
        .all(|command| sed_command_is_harmless(command.trim()))
}

/// Whether an awk program neither writes files nor runs programs.
///
/// A regular expression or a comment may hold a quote, and only a parser tells a
/// regular expression from a division: where there may be one, what is in strings
/// counts as well.
pub(super) fn awk_is_harmless(text: &[u8]) -> bool {
    let mut plain = without_strings(text);
    if plain.iter().any(|byte| matches!(byte, b'/' | b'#')) {
        plain = text.to_vec();
    }
    // `||` is no pipe.
    !plain.replace("||", "").iter().any(|byte| matches!(byte, b'|' | b'@' | b'`'))
        && !plain.contains_str("system")
        && !plain.contains_str("getline")
        && !plain.contains_str("close")
        && !has_output_redirection(&plain)
}

/// A sed command of the simplest kinds: an optional address or two, then `p`,
/// `d`, `q`, `=` or a substitution with the flags g, p, i, I and digits.
fn sed_command_is_harmless(command: &[u8]) -> bool {
    let mut rest = command;
    loop {
        match rest.first() {
            None => return true,
            Some(b'0'..=b'9' | b'$' | b',' | b'!' | b' ' | b'+' | b'~') => rest = &rest[1..],
            Some(b'/') => match closing(&rest[1..], b'/') {
                Some(end) => rest = &rest[end + 2..],
                None => return false,
            },
            Some(b'p' | b'd' | b'q' | b'=') => return rest.len() == 1,
            Some(b's') => {
                let Some((&delimiter, body)) = rest[1..].split_first() else { return false };
                if delimiter.is_ascii_alphanumeric() || delimiter == b'\\' {
                    return false;
                }
                let Some(first) = closing(body, delimiter) else { return false };
                let Some(second) = closing(&body[first + 1..], delimiter) else { return false };
                let flags = &body[first + second + 2..];
                return flags.iter().all(|byte| b"gpiI0123456789".contains(byte));
            }
            Some(_) => return false,
        }
    }
}

fn closing(text: &[u8], delimiter: u8) -> Option<usize> {
    let mut index = 0;
    while let Some(byte) = text.get(index) {
        match byte {
            b'\\' => index += 1,
            byte if *byte == delimiter => return Some(index),
            _ => {}
        }
        index += 1;
    }
    None
}

/// The awk program without its string and comment contents.
fn without_strings(text: &[u8]) -> Vec<u8> {
    let mut output = Vec::new();
    let mut in_string = false;
    let mut bytes = text.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' if in_string => {
                bytes.next();
            }
            b'"' => in_string = !in_string,
            byte if !in_string => output.push(*byte),
            _ => {}
        }
    }
    output
}

/// Whether `>` follows a print: in a condition it is a comparison. A statement may
/// go on in the next line, and a regular expression may hold what ends one, so
/// everything behind the first print counts.
fn has_output_redirection(text: &[u8]) -> bool {
    text.find("print").is_some_and(|print| text[print..].contains(&b'>'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sed_scripts_that_write_or_run_are_not_harmless() {
        for script in ["s/a/b/g", "1,5p", "/x/d", "$p", "s|a|b|2;5q", "/a/,/b/p", "2!d"] {
            assert!(sed_is_harmless(script.as_bytes()), "{script}");
        }
        for script in ["s/a/b/e", "s/a/b/w f", "w f", "1e ls", "r /etc/x\nw y", "e", "s/a/b/we"] {
            assert!(!sed_is_harmless(script.as_bytes()), "{script}");
        }
    }

    #[test]
    fn awk_programs_that_write_or_run_are_not_harmless() {
        for program in
            ["{print $1}", "$3 > 5 {s += $3} END {print s}", r#"{print "a > b | c"}"#, "/x/ || $1"]
        {
            assert!(awk_is_harmless(program.as_bytes()), "{program}");
        }
        for program in [
            r#"{print > "f"}"#,
            r#"{print | "sh"}"#,
            r#"BEGIN {system("x")}"#,
            r#""ls" | getline"#,
            "{printf $1 >> $2}",
            r#"/"/{system("x")}"#,
            r#"/"/{print > "f"}"#,
            "# \"\nBEGIN {system(\"x\")}",
            "{print /;/ > $1}",
            "{print $1,\n$2 > $3}",
        ] {
            assert!(!awk_is_harmless(program.as_bytes()), "{program}");
        }
    }
}
