//! Taking secrets out of text before it is stored or shown to the model.
//!
//! A secret is known by what stands before it (`--token`, `password=`,
//! `Authorization:`), by its own form (keys that services mark with a prefix,
//! private key blocks) or by its place in an address (`user:secret@host`). The
//! name of the secret stays, so that the line can still be recognised.

use std::ops::Range;

/// What stands in the place of a secret.
pub const MARK: &str = "[redacted]";

/// Text without secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redacted {
    text: String,
    changed: bool,
}

impl Redacted {
    /// Whether anything was taken out.
    #[must_use]
    pub fn is_redacted(&self) -> bool {
        self.changed
    }

    /// The text that may be kept.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text that may be kept.
    #[must_use]
    pub fn into_text(self) -> String {
        self.text
    }
}

/// `text` with [`MARK`] in the place of every secret.
#[must_use]
pub fn redact(text: &str) -> Redacted {
    let mut secrets = Vec::new();
    private_keys(text, &mut secrets);
    addresses(text, &mut secrets);
    marked_keys(text, &mut secrets);
    named_values(text, &mut secrets);
    secrets.retain(|range| !range.is_empty() && &text[range.clone()] != MARK);
    secrets.sort_by_key(|range| (range.start, std::cmp::Reverse(range.end)));
    let mut result = String::with_capacity(text.len());
    let mut position = 0;
    for secret in &secrets {
        if secret.start >= position {
            result.push_str(&text[position..secret.start]);
            result.push_str(MARK);
        }
        position = position.max(secret.end);
    }
    result.push_str(&text[position..]);
    Redacted { changed: !secrets.is_empty(), text: result }
}

/// `-----BEGIN … PRIVATE KEY-----` to its end, or to the end of the text.
fn private_keys(text: &str, secrets: &mut Vec<Range<usize>>) {
    let mut from = 0;
    while let Some(start) = text[from..].find("-----BEGIN ").map(|found| from + found) {
        let head_end = text[start..].find('\n').map_or(text.len(), |found| start + found);
        if !text[start..head_end].contains("PRIVATE KEY") {
            from = start + 1;
            continue;
        }
        let end = match text[start..].find("-----END ") {
            Some(tail) => {
                let after = start + tail + "-----END ".len();
                text[after..].find("-----").map_or(text.len(), |dashes| after + dashes + 5)
            }
            None => text.len(),
        };
        secrets.push(start..end);
        from = end;
    }
}

/// The password in `scheme://user:password@host`.
fn addresses(text: &str, secrets: &mut Vec<Range<usize>>) {
    for (scheme, _) in text.match_indices("://") {
        let start = scheme + 3;
        let authority = token(&text[start..], |character| !"/?#\"'`<>".contains(character));
        // The last @ ends the user's part: a password may have one.
        let Some(at) = authority.rfind('@') else { continue };
        if let Some(colon) = authority[..at].find(':') {
            secrets.push(start + colon + 1..start + at);
        } else if at >= 20 {
            // A token in the place of the user.
            secrets.push(start..start + at);
        }
    }
}

/// Prefixes by which services mark their keys, and the fewest characters that
/// follow.
const KEY_PREFIXES: [(&str, usize); 19] = [
    ("AKIA", 16),
    ("ASIA", 16),
    ("ghp_", 20),
    ("gho_", 20),
    ("ghu_", 20),
    ("ghs_", 20),
    ("ghr_", 20),
    ("github_pat_", 20),
    ("glpat-", 16),
    ("sk-", 20),
    ("sk_live_", 16),
    ("rk_live_", 16),
    ("xoxb-", 16),
    ("xoxp-", 16),
    ("xapp-", 16),
    ("hf_", 20),
    ("npm_", 20),
    ("AIza", 30),
    ("eyJ", 40),
];

fn marked_keys(text: &str, secrets: &mut Vec<Range<usize>>) {
    for (prefix, least) in KEY_PREFIXES {
        for (start, _) in text.match_indices(prefix) {
            let before = text[..start].chars().next_back();
            if before.is_some_and(|character| character.is_ascii_alphanumeric()) {
                continue;
            }
            let key = token(&text[start + prefix.len()..], |character| {
                character.is_ascii_alphanumeric() || "-_.".contains(character)
            });
            if key.len() >= least {
                secrets.push(start..start + prefix.len() + key.len());
            }
        }
    }
}

/// Names of secrets, as the end of a variable's, option's or field's name.
const NAMES: [&str; 15] = [
    "password",
    "passwd",
    "passphrase",
    "passwort",
    "pwd",
    "secret",
    "token",
    "apikey",
    "api_key",
    "api-key",
    "access_key",
    "access-key",
    "private_key",
    "credentials",
    "密码",
];

/// The value after `NAME=`, `NAME:`, `--NAME VALUE` and `NAME is VALUE`, and
/// what follows an `Authorization:` or `Cookie:` header's name.
fn named_values(text: &str, secrets: &mut Vec<Range<usize>>) {
    let lower = text.to_ascii_lowercase();
    for header in ["authorization:", "proxy-authorization:", "cookie:", "x-api-key:"] {
        for (start, _) in lower.match_indices(header) {
            let from = start + header.len();
            let value = token_with_spaces(&text[from..]);
            secrets.push(trimmed(text, from..from + value.len()));
        }
    }
    for name in NAMES {
        for (start, _) in lower.match_indices(name) {
            let end = start + name.len();
            let is_option = option_before(&text[..start]);
            if let Some(value) = value_after(text, end, is_option) {
                secrets.push(value);
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

/// The beginning of `text` up to a space, or to the closing quote if it begins
/// with one, as far as `belongs` holds.
fn token(text: &str, belongs: impl Fn(char) -> bool) -> &str {
    if let Some(quote) = text.chars().next().filter(|first| matches!(first, '"' | '\''))
        && belongs(quote)
    {
        let end = text[1..].find(quote).map_or(text.len(), |found| found + 2);
        return &text[..end];
    }
    let end = text
        .find(|character: char| character.is_whitespace() || !belongs(character))
        .unwrap_or(text.len());
    &text[..end]
}

/// A header's value: to the quote or line's end that closes it.
fn token_with_spaces(text: &str) -> &str {
    &text[..text.find(['"', '\'', '\n']).unwrap_or(text.len())]
}

/// The range without the quotes around it, or the one that closes an outer
/// quotation.
fn unquoted(text: &str, range: Range<usize>) -> Range<usize> {
    let value = &text[range.clone()];
    let start = range.start + usize::from(value.starts_with(['"', '\'']));
    let value = &text[start..range.end];
    start..range.end - (value.len() - value.trim_end_matches(['"', '\'', ',']).len())
}

fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let value = &text[range.clone()];
    range.start + (value.len() - value.trim_start().len())..range.end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_taken_out_and_their_names_stay() {
        for (text, expected) in [
            ("PASSWORD=hunter2 ./run", "PASSWORD=[redacted] ./run"),
            ("export DB_PASSWORD='a b c'", "export DB_PASSWORD='[redacted]'"),
            ("tool --token abc123 -v", "tool --token [redacted] -v"),
            ("tool --api-key=abc123 x", "tool --api-key=[redacted] x"),
            ("tool --db-password \"x y\" z", "tool --db-password \"[redacted]\" z"),
            ("AWS_SECRET_ACCESS_KEY=abc/def+g", "AWS_SECRET_ACCESS_KEY=[redacted]"),
            ("aws AKIAABCDEFGHIJKLMNOP x", "aws [redacted] x"),
            (
                "curl -H 'Authorization: Bearer abc.def' https://x.example",
                "curl -H 'Authorization: [redacted]' https://x.example",
            ),
            ("curl -u bob:pw https://x.example", "curl -u bob:[redacted] https://x.example"),
            (
                "git clone https://bob:pw@x.example/r",
                "git clone https://bob:[redacted]@x.example/r",
            ),
            ("psql postgres://a:p@w@h/db", "psql postgres://a:[redacted]@h/db"),
            (
                "git clone https://0123456789abcdef01234567@x.example/r",
                "git clone https://[redacted]@x.example/r",
            ),
            ("mysql -u root -psecret1 db", "mysql -u root -p[redacted] db"),
            ("echo ghp_0123456789abcdefghij0123456789abcdef", "echo [redacted]"),
            ("{\"token\": \"abc\", \"a\": 1}", "{\"token\": \"[redacted]\", \"a\": 1}"),
            ("my password is hunter2 so", "my password is [redacted] so"),
            ("数据库密码是abc123 请登录", "数据库密码是[redacted] 请登录"),
            (
                "a\n-----BEGIN RSA PRIVATE KEY-----\nx\n-----END RSA PRIVATE KEY-----\nb",
                "a\n[redacted]\nb",
            ),
            ("-----BEGIN PRIVATE KEY-----\nabc", "[redacted]"),
            ("secret=a secret=b", "secret=[redacted] secret=[redacted]"),
            ("X-Api-Key: abc", "X-Api-Key: [redacted]"),
        ] {
            let redacted = redact(text);
            assert_eq!(redacted.text(), expected);
            assert!(redacted.is_redacted(), "{text}");
        }
    }

    #[test]
    fn what_is_no_secret_stays() {
        for text in [
            "",
            "ls -l",
            "cat passwords.txt",
            "grep -r token src",
            "tool --token $TOKEN",
            "PASSWORD=$(pass show x) ./run",
            "tool --password-file /run/x",
            "tool --token --verbose",
            "git clone https://x.example/user@host",
            "ssh bob@x.example",
            "change my password",
            "mkdir -p a",
            "cat -----BEGIN CERTIFICATE-----",
            "pwd",
            "sk-learn",
            "PASSWORD=[redacted] ./run",
        ] {
            let redacted = redact(text);
            assert_eq!(redacted.text(), text);
            assert!(!redacted.is_redacted(), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn redacting_twice_changes_nothing_more(
            text in "(password|token|=|:| |--|'|\"|a|密码|是|://|@|sk-|-----BEGIN PRIVATE KEY-----|\n|\\[redacted\\]){0,12}",
        ) {
            let once = redact(&text).into_text();
            proptest::prop_assert_eq!(redact(&once).into_text(), once);
        }

        #[test]
        fn any_text_can_be_redacted(text in "\\PC{0,80}") {
            let _ = redact(&text).into_text();
        }
    }
}
