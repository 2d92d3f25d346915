//! Secrets that are known by the name before them.

use std::ops::Range;

use super::patterns::{NameKind, patterns};
use super::token;

/// The value after `NAME=`, `NAME:`, `--NAME VALUE` and `NAME is VALUE`, and
/// what follows a header's name; `lower` is the text in lower case.
pub(super) fn find(text: &str, lower: &str, secrets: &mut Vec<Range<usize>>) {
    for name in &patterns().names {
        for word in &name.words {
            for (start, _) in lower.match_indices(word.as_str()) {
                let end = start + word.len();
                secrets.extend(match name.kind {
                    NameKind::Word => value_after(text, end, option_before(&text[..start])),
                    NameKind::Header => Some(rest_of_header(text, end)),
                });
            }
        }
    }
    for (option, _) in lower.match_indices(" -u ").chain(lower.match_indices(" --user ")) {
        // curl -u user:password
        let from = option + if lower[option..].starts_with(" -u ") { 4 } else { 8 };
        let value = token(&text[from..], |_| true);
        if let Some(colon) = value.find(':') {
            secrets.push(unquoted(text, from + colon + 1..from + value.len()));
        }
    }
    for program in ["mysql ", "mysqldump ", "mariadb ", "sshpass "] {
        // These take the password in one word with its option.
        let Some(start) = lower.find(program) else { continue };
        for (option, _) in text[start..].match_indices(" -p") {
            let from = start + option + 3;
            secrets.push(unquoted(text, from..from + token(&text[from..], |_| true).len()));
        }
    }
}

/// Whether a word that ends here began as an option: `--db-` in `--db-token`.
fn option_before(before: &str) -> bool {
    let word = before.rsplit(char::is_whitespace).next().unwrap_or_default();
    word.starts_with('-') && !word.contains('=')
}

/// The value that belongs to a name which ends at `end`.
fn value_after(text: &str, end: usize, is_option: bool) -> Option<Range<usize>> {
    let rest = &text[end..];
    // `"token": "…"`: the quote closes the name.
    let closed = rest.trim_start_matches(['"', '\'']);
    let spaces = closed.len() - closed.trim_start_matches(' ').len();
    let after = closed.trim_start_matches(' ');
    let separator = after.chars().next()?;
    let from = if matches!(separator, '=' | ':' | '：') {
        let value = &after[separator.len_utf8()..];
        let value = if separator == '=' { value } else { value.trim_start_matches(' ') };
        // `a == b` compares, `NAME:` before a line's end names nothing.
        if value.starts_with('=') || spaces > 0 && separator == '=' {
            return None;
        }
        text.len() - value.len()
    } else if is_option && spaces > 0 {
        // The next option is not the value.
        if after.starts_with('-') {
            return None;
        }
        text.len() - after.len()
    } else if let Some(value) = ["is ", "是", "为"].iter().find_map(|word| after.strip_prefix(word))
    {
        text.len() - value.trim_start_matches(' ').len()
    } else {
        return None;
    };
    let value = token(&text[from..], |character| !";&|)".contains(character));
    // A variable's value is not in the text.
    if value.trim_start_matches(['"', '\'']).starts_with('$') {
        return None;
    }
    Some(unquoted(text, from..from + value.len()))
}

/// A header's value: to the quote or line's end that closes it.
fn rest_of_header(text: &str, from: usize) -> Range<usize> {
    let end = text[from..].find(['"', '\'', '\n']).map_or(text.len(), |end| from + end);
    let value = &text[from..end];
    from + (value.len() - value.trim_start().len())..end
}

/// The range without the quotes around it, or the one that closes an outer
/// quotation.
fn unquoted(text: &str, range: Range<usize>) -> Range<usize> {
    let value = &text[range.clone()];
    let start = range.start + usize::from(value.starts_with(['"', '\'']));
    let value = &text[start..range.end];
    start..range.end - (value.len() - value.trim_end_matches(['"', '\'', ',']).len())
}
