//! The tokens of awk (XCU awk, EXTENDED DESCRIPTION): a program writes files and runs
//! programs by `system`, `getline`, a pipe, or a `>` in a statement that prints.

/// A token, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'a> {
    Name(&'a [u8]),
    /// A number, a string or a regular expression.
    Value,
    /// An operator or a bracket; of several bytes the first.
    Sign(u8),
    /// `&&` or `||`: a line may end behind it.
    Logic,
    /// `++` or `--`
    Step,
    EndOfLine,
}

/// Whether an awk program neither writes files nor runs programs.
pub(in crate::program) fn is_harmless(text: &[u8]) -> bool {
    let Some(tokens) = tokens(text) else { return false };
    // Within a statement that prints: how many brackets are open in it.
    let mut printing: Option<usize> = None;
    let mut before = Token::EndOfLine;
    for token in tokens {
        match token {
            Token::Name(b"system" | b"getline") => return false,
            Token::Name(b"print" | b"printf") => printing = Some(0),
            Token::Sign(b'|' | b'@' | b'`') => return false,
            Token::Sign(b'>') if printing == Some(0) => return false,
            Token::Sign(b'(' | b'[') => printing = printing.map(|open| open + 1),
            Token::Sign(b')' | b']') => {
                printing = printing.map(|open| open.saturating_sub(1));
            }
            Token::Sign(b';' | b'{' | b'}') => printing = None,
            // A statement goes on behind a comma and an operator of logic.
            Token::EndOfLine if !matches!(before, Token::Sign(b',') | Token::Logic) => {
                printing = None;
            }
            _ => {}
        }
        before = token;
    }
    true
}

/// The largest field that a program names by its number, which is 0 where it names none.
/// One that makes fields of its own names none of the file's.
pub(in crate::program) fn last_field(text: &str) -> usize {
    let own = ["split", "$NF", "FS", "getline", "substr($0", "sub("];
    if own.iter().any(|word| text.contains(word)) {
        return 0;
    }
    text.split('$')
        .skip(1)
        .filter_map(|rest| {
            let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            rest[..digits].parse().ok()
        })
        .max()
        .unwrap_or(0)
}

/// The tokens of a program; `None`: it has something that is not a token, or that can
/// be read in two ways.
fn tokens(text: &[u8]) -> Option<Vec<Token<'_>>> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        let rest = &text[at..];
        let (token, length) = match byte {
            b' ' | b'\t' | b'\r' => (None, 1),
            b'\n' => (Some(Token::EndOfLine), 1),
            b'\\' => (None, rest.starts_with(b"\\\n").then_some(2)?),
            b'#' => (None, rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len())),
            b'"' => (Some(Token::Value), string(rest)?),
            b'/' if begins_expression(tokens.last())? => {
                (Some(Token::Value), regular_expression(rest)?)
            }
            b'0'..=b'9' | b'.' => {
                let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'.';
                (Some(Token::Value), rest.iter().take_while(is_part).count())
            }
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
                let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'_';
                let length = rest.iter().take_while(is_part).count();
                (Some(Token::Name(&rest[..length])), length)
            }
            b'+' | b'-' if rest.get(1) == Some(&byte) => (Some(Token::Step), 2),
            b'&' | b'|' if rest.get(1) == Some(&byte) => (Some(Token::Logic), 2),
            b'!' | b'=' | b'<' if rest.get(1) == Some(&b'=') => (Some(Token::Sign(b'=')), 2),
            b'!'..=b'~' => (Some(Token::Sign(byte)), 1),
            _ => return None,
        };
        tokens.extend(token);
        at += length;
    }
    Some(tokens)
}

/// Whether a slash behind this token begins a regular expression and is no division;
/// `None`: that depends on who reads it.
fn begins_expression(before: Option<&Token<'_>>) -> Option<bool> {
    match before {
        Some(Token::Step) => None,
        // A function's name without brackets: `length / 2`.
        Some(Token::Name(b"length" | b"rand" | b"srand")) => None,
        Some(Token::Name(name)) => Some(is_keyword(name)),
        Some(Token::Value | Token::Sign(b')' | b']' | b'$')) => Some(false),
        _ => Some(true),
    }
}

/// Whether an expression may follow the word.
fn is_keyword(name: &[u8]) -> bool {
    matches!(
        name,
        b"print" | b"printf" | b"return" | b"in" | b"case" | b"delete" | b"exit" | b"else" | b"do"
    )
}

/// The length of the string at the beginning.
fn string(text: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        match text.get(at)? {
            b'\\' => at += 2,
            b'"' => return Some(at + 1),
            b'\n' => return None,
            _ => at += 1,
        }
    }
}

/// The length of the regular expression at the beginning. Whether a slash within
/// brackets ends it is not agreed upon.
fn regular_expression(text: &[u8]) -> Option<usize> {
    let mut at = 1;
    let mut bracket = false;
    loop {
        match text.get(at)? {
            b'\\' => at += 1,
            b'\n' => return None,
            b'/' if bracket => return None,
            b'/' => return Some(at + 1),
            b'[' => bracket = true,
            b']' => bracket = false,
            _ => {}
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_that_only_print_are_harmless() {
        for program in [
            "{print $1}",
            "$3 > 5 {s += $3} END {print s}",
            r#"{print "a > b | c"}"#,
            "/x/ || $1",
            "{print $1 / 2; if ($1 > 3) n++} END {print n}",
            "{ print ($1 > 3 ? \"big\" : \"small\") }",
            "{ if ($1 > max) max = $1; print max } # > f | sh",
            "BEGIN { FS = \"|\" } { print $2 }",
            "/a|b/ { n += gsub(/\\//, \"-\") } END { print n / NR }",
            "NR > 1 && $2 ~ /^[a-z|>]+$/ { printf \"%s\\n\", $1 }",
            "{ a[$1] = a[$1] + 1 } END { for (k in a) print k, a[k] }",
            "{ mysystem = 1; print mysystem }",
            "{ print $1,\n  $2 }\n$1 > 2",
            "{ close(\"x\"); print length($0) }",
        ] {
            assert!(is_harmless(program.as_bytes()), "{program}");
        }
    }

    #[test]
    fn programs_that_write_or_run_are_not() {
        for program in [
            r#"{print > "f"}"#,
            r#"{print | "sh"}"#,
            r#"BEGIN {system("x")}"#,
            r#""ls" | getline"#,
            r#"{ while ((getline x < "f") > 0) n++ }"#,
            "{printf $1 >> $2}",
            r#"/"/{system("x")}"#,
            r#"/"/{print > "f"}"#,
            "# \"\nBEGIN {system(\"x\")}",
            "{print /;/ > $1}",
            "{print $1,\n$2 > $3}",
            "{print $1 &&\n$2 > $3}",
            "{print $1 \\\n > $3}",
            "{print (1)(2) > \"f\"}",
            "{print(1) > \"f\"}",
            "{printf(\"%s\", $1) >\"f\"}",
            "{if (1) print > \"f\"}",
            "{(print) > \"f\"}",
            "{print a[1] > \"f\"}",
            "{print \"x\" |& \"sh\"}",
            "@load \"x\"",
            "{ f = \"system\"; @f(\"rm x\") }",
            "/[/]/{system(\"x\")}/x/",
            "{ n = i++ /2; print } # /",
            "{ n = length / 2 } # /",
            "{ print \"unterminated }",
            "{ print /unterminated }",
            "a \\ b",
        ] {
            assert!(!is_harmless(program.as_bytes()), "{program}");
        }
    }
}
