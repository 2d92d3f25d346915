//! The options that a manual page tells of, out of its source: man(7), mdoc(7), and what
//! pod2man and DocBook make of theirs.

use super::Candidate;
use crate::escape::visible;

/// The longest explanation, in characters.
const LONGEST: usize = 100;

/// The options with the beginning of what is said of them, in the page's order.
pub(super) fn options(page: &str) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = Vec::new();
    // The options that are being explained, and what has been said of them.
    let (mut open, mut said): (Vec<String>, String) = (Vec::new(), String::new());
    let (mut tag_follows, mut as_it_is) = (false, false);
    for line in page.lines() {
        // Examples and overviews, which are not filled.
        as_it_is = if as_it_is { !line.starts_with(".fi") } else { line.starts_with(".nf") };
        if as_it_is {
            continue;
        }
        let (kind, text) = read(line);
        let tag = match kind {
            Kind::Tag => Some(text),
            Kind::TagFollows => None,
            Kind::Text if tag_follows => Some(text),
            Kind::Text => {
                if !open.is_empty() && said.chars().count() < LONGEST {
                    said.push(' ');
                    said.push_str(&text);
                }
                continue;
            }
            Kind::Nothing => continue,
        };
        tag_follows = kind == Kind::TagFollows;
        let options = tag.as_deref().map(options_of).unwrap_or_default();
        // Two in a row are explained together.
        if tag.is_some() && options.is_empty() || !said.is_empty() {
            close(&mut found, &mut open, &mut said);
        }
        open.extend(options);
    }
    close(&mut found, &mut open, &mut said);
    found
}

fn close(found: &mut Vec<Candidate>, open: &mut Vec<String>, said: &mut String) {
    // A page is text of somebody else's.
    let about = visible(sentence(said).as_bytes());
    said.clear();
    for text in open.drain(..) {
        if found.iter().all(|one| one.text != text) {
            found.push(Candidate { shown: text.clone(), about: about.clone(), text });
        }
    }
}

/// The first sentence of a text, within bounds.
fn sentence(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let end = [". ", "; ", ": ", "。"].iter().filter_map(|end| text.find(end)).min();
    let text = text[..end.unwrap_or(text.len())].trim_end_matches(['.', ':', ';']);
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// The options that a tag begins with: `-a, --all=WHEN`; of those with an argument behind an
/// equals sign, with it.
fn options_of(tag: &str) -> Vec<String> {
    let mut options = Vec::new();
    let mut rest = tag.trim_start();
    while rest.starts_with('-') {
        let is_part = |c: char| c.is_ascii_alphanumeric() || "-_+?@#".contains(c);
        let end = rest.find(|c: char| !is_part(c)).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        if !name.starts_with("---") && name.trim_start_matches('-').starts_with(is_letter) {
            let equals = after.starts_with('=') || after.starts_with("[=");
            let takes = name.starts_with("--") && equals && !after.starts_with('[');
            options.push(if takes { format!("{name}=") } else { name.to_owned() });
        }
        // The next one stands behind a comma, a bar, or a word or two for the argument.
        let next = [", -", " | -", "|-", "/-", " or -", " -"].iter().filter_map(|mark| {
            let at = after.find(mark)?;
            Some(at + mark.len() - 1)
        });
        match next.min() {
            Some(at) => rest = &after[at..],
            None => break,
        }
    }
    options
}

fn is_letter(character: char) -> bool {
    character.is_ascii_alphanumeric() || "?@#".contains(character)
}

/// What a line of the source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// What is explained by what follows.
    Tag,
    /// The next line of text is.
    TagFollows,
    Text,
    /// Nothing that is read.
    Nothing,
}

/// What a line is, and its text.
fn read(line: &str) -> (Kind, String) {
    let Some(request) = line.strip_prefix(['.', '\'']) else {
        return (Kind::Text, plain(line));
    };
    let request = request.trim_start();
    let (name, rest) = request.split_once(char::is_whitespace).unwrap_or((request, ""));
    let words = arguments(rest);
    match name {
        "TP" | "TQ" | "HP" | "PP" | "P" | "LP" | "sp" | "Pp" => (Kind::TagFollows, String::new()),
        "IP" => (Kind::Tag, words.first().cloned().unwrap_or_default()),
        "It" => (Kind::Tag, mdoc(&words)),
        "SH" | "SS" | "Sh" | "Ss" | "El" => (Kind::Tag, String::new()),
        "B" | "I" | "SM" | "SB" => (Kind::Text, words.join(" ")),
        "BR" | "RB" | "BI" | "IB" | "IR" | "RI" => (Kind::Text, words.concat()),
        // A link of the text.
        "Nm" | "Ar" | "Pa" | "Ic" | "Cm" | "Dq" | "Sq" | "Em" | "Sy" | "Li" | "Ev" | "Va" => {
            (Kind::Text, words.join(" "))
        }
        "Fl" => (Kind::Text, mdoc(&[&["Fl".to_owned()], words.as_slice()].concat())),
        _ => (Kind::Nothing, String::new()),
    }
}

/// The arguments of a request, without quotation marks and marks of fonts.
fn arguments(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (word, after) = match rest.strip_prefix('"') {
            Some(inner) => inner.split_once('"').unwrap_or((inner, "")),
            None => {
                // An escaped blank is part of the word.
                let bytes = rest.as_bytes();
                let ends = |at: usize| bytes[at] == b' ' && (at == 0 || bytes[at - 1] != b'\\');
                rest.split_at((0..rest.len()).find(|at| ends(*at)).unwrap_or(rest.len()))
            }
        };
        words.push(plain(word));
        rest = after.trim_start();
    }
    words
}

/// The words of an item of mdoc: `Fl a Ar file , Fl -all Ns = Ns Ar when`.
fn mdoc(words: &[String]) -> String {
    let mut text = String::new();
    let (mut is_flag, mut together) = (false, true);
    for word in words {
        match word.as_str() {
            "Fl" => is_flag = true,
            "Ns" => together = true,
            "Ar" | "Cm" | "Oo" | "Oc" | "Op" | "Xo" | "Xc" | "No" | "Ic" | "Pa" | "Sy" => {
                is_flag = false;
            }
            word => {
                let closes = [",", "|", ".", ")", "]"].contains(&word);
                if !together && !closes {
                    text.push(' ');
                }
                if is_flag && !closes {
                    text.push('-');
                }
                text.push_str(word);
                together = false;
                is_flag = false;
            }
        }
    }
    text
}

/// A text without the escapes of roff: groff(7), Escape sequences.
fn plain(text: &str) -> String {
    let mut result = String::new();
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            result.push(character);
            continue;
        }
        match characters.next() {
            Some('-') => result.push('-'),
            Some('e' | '\\') => result.push('\\'),
            Some(' ' | '~' | '0') => result.push(' '),
            // A comment.
            Some('"') => break,
            // A font, a string, a glyph: of one character, two behind a bracket, or a name.
            Some(kind @ ('f' | '*' | '(' | '[' | 's')) => {
                let name = name(kind, &mut characters);
                if kind == '(' || kind == '[' {
                    result.push_str(glyph(&name));
                }
            }
            _ => {}
        }
    }
    result
}

/// The name behind an escape.
fn name(kind: char, characters: &mut std::str::Chars<'_>) -> String {
    let until = |characters: &mut std::str::Chars<'_>| {
        characters.take_while(|character| *character != ']').collect()
    };
    match kind {
        '(' => characters.take(2).collect(),
        '[' => until(characters),
        _ => match characters.next() {
            Some('(') => characters.take(2).collect(),
            Some('[') => until(characters),
            // A size may have a sign: \s-1.
            Some(sign @ ('-' | '+')) if kind == 's' => {
                std::iter::once(sign).chain(characters.next()).collect()
            }
            Some(one) => one.to_string(),
            None => String::new(),
        },
    }
}

fn glyph(name: &str) -> &'static str {
    match name {
        "aq" | "cq" | "oq" => "'",
        "dq" | "lq" | "rq" => "\"",
        "en" | "hy" | "mi" => "-",
        "em" => "--",
        "ti" | "ha" => "~",
        "bu" => "*",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(page: &str) -> Vec<(String, String)> {
        options(page).into_iter().map(|option| (option.text, option.about)).collect()
    }

    fn check(page: &str, expected: &[(&str, &str)]) {
        let expected: Vec<_> =
            expected.iter().map(|(one, other)| ((*one).to_owned(), (*other).to_owned())).collect();
        assert_eq!(told(page), expected, "{page}");
    }

    #[test]
    fn pages_of_man_are_read() {
        check(
            ".SH OPTIONS\n.TP\n.B \\-bail\nStop after an error. And more.\n.TP 12\n\
             .BI \"\\-e \" expr\nA \\fIqualifying\\fR expression\nwhich modifies it\n\
             .TP\n\\fB\\-\\-size\\fR=\\fIN\\fR, \\fB\\-s\\fR \\fIN\\fR\nThe size\n.SH SEE ALSO\nx\n",
            &[
                ("-bail", "Stop after an error"),
                ("-e", "A qualifying expression which modifies it"),
                ("--size=", "The size"),
                ("-s", "The size"),
            ],
        );
    }

    #[test]
    fn pages_of_pod_docbook_and_mdoc_are_read() {
        check(
            ".IP \"\\fB\\-\\-verbose\\fR[=\\fIn\\fR]\" 4\n.IX Item \"x\"\nSays \\s-1MORE\\s0.\n\
             .IP o\nnone\n",
            &[("--verbose", "Says MORE")],
        );
        check(
            ".PP\n\\fB\\-a\\fR, \\fB\\-\\-all\\fR\n.RS 4\nAll of it\n.RE\n.PP\nplain text\n",
            &[("-a", "All of it"), ("--all", "All of it")],
        );
        check(
            ".It Fl 2\nForce\n.Nm tmux\nto assume it.\n.It Fl c Ar shell-command\nExecute\n\
             .Ar shell-command\nusing the shell.\n.It Fl a , Fl -all Ns = Ns Ar x\nAll\n.El\n",
            &[
                ("-2", "Force tmux to assume it"),
                ("-c", "Execute shell-command using the shell"),
                ("-a", "All"),
                ("--all=", "All"),
            ],
        );
    }

    #[test]
    fn two_tags_in_a_row_are_explained_together_and_text_is_no_tag() {
        check(
            ".TP\n.B \\-q\n.TQ\n.B \\-\\-quiet\nSays nothing\n.PP\nThis \\-x is none.\n",
            &[("-q", "Says nothing"), ("--quiet", "Says nothing")],
        );
        check(".PP\n.nf\n\\-v  more\n.fi\n", &[]);
        check(".PP\n\\-\\-\\-\\- a rule\n", &[]);
        check(".TP\n.B \\-x\nSays \x1b]0;it\x07\n", &[("-x", "Says \\x1b]0;it\\x07")]);
        check("", &[]);
    }

    proptest::proptest! {
        #[test]
        fn no_page_is_too_odd(page in "([.'\\\\\"a-z( -]|TP|Fl|It|\\[|\n){0,200}") {
            options(&page);
        }
    }
}
