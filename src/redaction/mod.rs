//! Taking secrets out of text before it is stored or shown to the model.
//!
//! A secret is known by what stands before it (`--token`, `password=`,
//! `Authorization:`), by its own form (keys that services mark with a prefix,
//! private key blocks) or by its place in an address (`user:secret@host`). The
//! name of the secret stays, so that the line can still be recognised. Names and
//! forms are data, in `patterns/`.
//!
//! What goes into a prompt, the history, the preferences or a report passes
//! [`redact`]: there is no second list of what a secret looks like.

mod form;
mod named;
mod patterns;

use std::ops::Range;

use patterns::patterns;

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

/// So often at most what has been redacted is looked at again.
const ROUNDS: usize = 8;

/// `text` with [`MARK`] in the place of every secret.
///
/// What one mark leaves open another may close (a quote that began within a secret), so
/// this goes on until nothing is found.
#[must_use]
pub fn redact(text: &str) -> Redacted {
    let mut redacted = redact_once(text);
    for _ in 1..ROUNDS {
        let again = redact_once(&redacted.text);
        if again.text == redacted.text {
            break;
        }
        redacted.text = again.text;
    }
    redacted
}

fn redact_once(text: &str) -> Redacted {
    let mut secrets = Vec::new();
    private_keys(text, &mut secrets);
    addresses(text, &mut secrets);
    let lower = text.to_ascii_lowercase();
    for key in &patterns().keys {
        key.find(text, &lower, &mut secrets);
    }
    named::find(text, &lower, &mut secrets);
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

    #[test]
    fn ordinary_lines_stay() {
        for text in [
            "cp ~/src/a-b_c/1234567890.tar.gz /mnt/backup/2024-01-02_03-04-05/",
            "open 6f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0.pdf",
            "mv sg.txt SG.txt pypi-server hf_transfer npm_cache sk_test",
            "pip install pypi-server==2.0.1 scikit-learn sk-learn huggingface_hub",
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08  a.iso",
            "d41d8cd98f00b204e9800998ecf8427e  empty",
            "git checkout 0123456789abcdef0123456789abcdef01234567",
            "git rebase --onto main 0123456 89abcde",
            "docker run -p 8080:80 --name web nginx:1.27.0-alpine",
            "docker pull nginx@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "ssh -p 2222 bob@host.example -L 127.0.0.1:5432:localhost:5432",
            "ls /nix/store/0c7v3wq8l1i2y3a4b5d6f7g8h9j0k1l2-glibc-2.39",
            "curl 'https://x.example/a?design=flat&page=2#part-3'",
            "find . -name '*.eyJ' -o -name 'AKIA*'",
            "echo 1700000000:done >> Notes.2024-1.md",
            "python -m secrets_manager --help",
            "把 report_final_v2.docx 移到 ~/文档/2024年/",
            "统计 src/main.rs 有多少行",
        ] {
            assert_eq!(redact(text).text(), text);
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
