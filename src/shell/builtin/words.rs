//! Options of builtins, by the Utility Syntax Guidelines (XBD 12.2).

use bstr::BString;

/// Options and operands of a builtin.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Words<'a> {
    /// Option letters in order, with their arguments.
    pub(super) options: Vec<(u8, Option<&'a [u8]>)>,
    /// What follows the options.
    pub(super) operands: &'a [BString],
}

/// Separates options from operands. `known` lists the option letters; one that
/// is followed by `:` takes an argument.
///
/// # Errors
/// A message that names the option which is unknown or lacks its argument.
pub(super) fn parse<'a>(words: &'a [BString], known: &str) -> Result<Words<'a>, String> {
    let known = known.as_bytes();
    let mut options = Vec::new();
    let mut index = 1;
    while let Some(word) = words.get(index) {
        if word == "--" {
            index += 1;
            break;
        }
        let Some(letters) = word.strip_prefix(b"-").filter(|letters| !letters.is_empty()) else {
            break;
        };
        index += 1;
        for (offset, letter) in letters.iter().enumerate() {
            let place = known.iter().position(|byte| byte == letter && *letter != b':');
            let Some(place) = place else {
                return Err(format!("-{}: unknown option", char::from(*letter)));
            };
            if known.get(place + 1) != Some(&b':') {
                options.push((*letter, None));
                continue;
            }
            let rest = &letters[offset + 1..];
            if rest.is_empty() {
                let Some(argument) = words.get(index) else {
                    return Err(format!("-{}: option needs an argument", char::from(*letter)));
                };
                index += 1;
                options.push((*letter, Some(argument.as_slice())));
            } else {
                options.push((*letter, Some(rest)));
            }
            break;
        }
    }
    Ok(Words { options, operands: &words[index.min(words.len())..] })
}

impl Words<'_> {
    /// Whether an option was given.
    pub(super) fn has(&self, letter: u8) -> bool {
        self.options.iter().any(|(given, _)| *given == letter)
    }

    /// The argument of an option; the last one counts.
    pub(super) fn argument(&self, letter: u8) -> Option<&[u8]> {
        self.options
            .iter()
            .rev()
            .find(|(given, _)| *given == letter)
            .and_then(|(_, argument)| *argument)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<BString> {
        text.split(' ').map(BString::from).collect()
    }

    #[test]
    fn options_may_be_grouped_and_have_arguments() {
        let words = words("read -rd x -p y -- -z");
        let parsed = parse(&words, "rd:p:").unwrap();
        assert_eq!(
            parsed.options,
            [(b'r', None), (b'd', Some(&b"x"[..])), (b'p', Some(&b"y"[..]))]
        );
        assert_eq!(parsed.operands, ["-z"]);
        assert!(parsed.has(b'r') && parsed.argument(b'p') == Some(b"y"));
    }

    #[test]
    fn a_lone_dash_is_an_operand() {
        assert_eq!(parse(&words("cd -"), "LP").unwrap().operands, ["-"]);
    }

    #[test]
    fn errors_name_the_option() {
        assert_eq!(parse(&words("x -q"), "r"), Err("-q: unknown option".into()));
        assert_eq!(parse(&words("x -d"), "d:"), Err("-d: option needs an argument".into()));
    }
}
