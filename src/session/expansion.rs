//! History expansion: `!!`, `!$`, `!git:s/a/b/`, `^old^new` (bash, History Expansion; csh).

use crate::shell::pieces::pieces;

/// What came of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Expanded {
    /// There was nothing to expand.
    Same,
    /// The line with what it stands for.
    Line(String),
    /// The same, to be shown and not to be run (`:p`).
    Shown(String),
}

/// Expands a line over those before it, the oldest first.
///
/// # Errors
/// What has no meaning, as it is told to the person.
pub(super) fn expand(line: &str, past: &[&str]) -> Result<Expanded, String> {
    if let Some(rest) = line.strip_prefix('^') {
        return quick(line, rest, past);
    }
    let mut text = String::new();
    let mut rest = line;
    let (mut single, mut double) = (false, false);
    let (mut changed, mut only_shown) = (false, false);
    while let Some(character) = rest.chars().next() {
        let after = &rest[character.len_utf8()..];
        match character {
            '\\' if !single => {
                let length = 1 + after.chars().next().map_or(0, char::len_utf8);
                text.push_str(&rest[..length]);
                rest = &rest[length..];
                continue;
            }
            '\'' if !double => single = !single,
            '"' if !single => double = !double,
            '!' if !single && begins_event(&text, after, double) => {
                let typed = text.clone();
                let mut event = Event { rest: after, line: "", typed: &typed };
                let value = event.read(past, line)?;
                only_shown |= value.1;
                text.push_str(&value.0);
                rest = &after[after.len() - event.rest.len()..];
                changed = true;
                continue;
            }
            _ => {}
        }
        text.push(character);
        rest = after;
    }
    Ok(match (changed, only_shown) {
        (false, _) => Expanded::Same,
        (true, false) => Expanded::Line(text),
        (true, true) => Expanded::Shown(text),
    })
}

/// Whether an exclamation mark is more than one.
fn begins_event(before: &str, after: &str, double: bool) -> bool {
    // `$!`, `${!x}`, `[!a]`, `!(`, `a != b`, the end of a sentence.
    let is_of_grammar = before.ends_with(['$', '{', '[']);
    let ends = match after.chars().next() {
        None => true,
        Some('"') => double,
        Some(next) => next.is_whitespace() || "=(;|&)".contains(next),
    };
    !is_of_grammar && !ends
}

/// `^old^new^`: the last line with one text in the place of another.
fn quick(line: &str, rest: &str, past: &[&str]) -> Result<Expanded, String> {
    let Some((old, new)) = rest.split_once('^') else { return Ok(Expanded::Same) };
    let new = new.strip_suffix('^').unwrap_or(new);
    let last = past.last().ok_or_else(|| not_found(line))?;
    if old.is_empty() || !last.contains(old) {
        return Err(format!("{line}: substitution failed"));
    }
    Ok(Expanded::Line(last.replacen(old, &with_old(new, old), 1)))
}

fn not_found(event: &str) -> String {
    format!("{}: event not found", event.trim_end())
}

/// What stands behind an exclamation mark.
struct Event<'a> {
    rest: &'a str,
    line: &'a str,
    /// What stands before it.
    typed: &'a str,
}

impl<'a> Event<'a> {
    /// Reads it: the value, and whether it is only to be shown.
    fn read(&mut self, past: &[&'a str], whole: &str) -> Result<(String, bool), String> {
        let begin = self.rest;
        self.line = self.which(past).ok_or_else(|| {
            let end = begin.find(char::is_whitespace).unwrap_or(begin.len());
            not_found(&format!("!{}", &begin[..end]))
        })?;
        let mut value = match self.designator()? {
            Some(words) => words,
            None => self.line.to_owned(),
        };
        let mut only_shown = false;
        while let Some(modifier) = self.rest.strip_prefix(':') {
            let Some(letter) = modifier.chars().next() else { break };
            let after = &modifier[letter.len_utf8()..];
            match letter {
                'p' => only_shown = true,
                'h' => {
                    value = value.rsplit_once('/').map_or(value.clone(), |(head, _)| head.into())
                }
                't' => value = value.rsplit('/').next().unwrap_or_default().to_owned(),
                'r' => {
                    value = value.rsplit_once('.').map_or(value.clone(), |(root, _)| root.into())
                }
                'e' => {
                    value =
                        value.rsplit_once('.').map_or(String::new(), |(_, end)| format!(".{end}"))
                }
                's' | 'g' => {
                    let (all, from) = match letter {
                        'g' => (true, after.strip_prefix('s').unwrap_or(after)),
                        _ => (false, after),
                    };
                    let (new, left) = substituted(&value, from, all)
                        .ok_or_else(|| format!("{}: substitution failed", whole.trim_end()))?;
                    (value, self.rest) = (new, left);
                    continue;
                }
                other => return Err(format!(":{other}: unrecognized history modifier")),
            }
            self.rest = after;
        }
        Ok((value, only_shown))
    }

    /// The line that is meant.
    fn which(&mut self, past: &[&'a str]) -> Option<&'a str> {
        let last = past.last().copied();
        match self.rest.chars().next()? {
            '!' => {
                self.rest = &self.rest[1..];
                last
            }
            '#' => {
                self.rest = &self.rest[1..];
                Some(self.typed)
            }
            // `!$` is `!!:$`.
            '$' | '^' | '*' | ':' => last,
            '?' => {
                let inner = &self.rest[1..];
                let (wanted, left) = inner.split_once('?').unwrap_or((inner, ""));
                self.rest = left;
                past.iter().rev().find(|line| line.contains(wanted)).copied()
            }
            first => {
                let negative = first == '-';
                let digits = &self.rest[usize::from(negative)..];
                let count = digits.bytes().take_while(u8::is_ascii_digit).count();
                if count > 0 {
                    let number: usize = digits[..count].parse().ok()?;
                    self.rest = &digits[count..];
                    let index = if negative {
                        past.len().checked_sub(number)?
                    } else {
                        number.checked_sub(1)?
                    };
                    return past.get(index).copied();
                }
                let is_end = |c: char| c.is_whitespace() || ":;|&()<>\"'^$*".contains(c);
                let end = self.rest.find(is_end).unwrap_or(self.rest.len());
                let wanted = &self.rest[..end];
                self.rest = &self.rest[end..];
                if wanted.is_empty() {
                    return None;
                }
                past.iter().rev().find(|line| line.starts_with(wanted)).copied()
            }
        }
    }

    /// The words that are meant, if not all of the line is.
    fn designator(&mut self) -> Result<Option<String>, String> {
        let (colon, text) = match self.rest.strip_prefix(':') {
            Some(text) => (true, text),
            None => (false, self.rest),
        };
        let end =
            text.find(|c: char| !(c.is_ascii_digit() || "^$*-".contains(c))).unwrap_or(text.len());
        let said = &text[..end];
        // Without a colon, only a sign begins one.
        if said.is_empty() || !colon && !said.starts_with(['^', '$', '*']) {
            return Ok(None);
        }
        // A sign that stands alone ends it: `!$-x`.
        let said = if said.starts_with(['^', '$', '*']) { &said[..1] } else { said };
        self.rest = &text[said.len()..];
        let words = words_of(self.line);
        let last = words.len().saturating_sub(1);
        let number = |text: &str, default: usize| match text {
            "" => Some(default),
            "^" => Some(1),
            "$" => Some(last),
            digits => digits.parse().ok(),
        };
        let bad = || format!(":{said}: bad word specifier");
        let (from, to) = match said {
            "*" => (1, last),
            "^" => (1, 1),
            "$" => (last, last),
            range => match range.split_once('-') {
                Some((from, to)) => {
                    // `2-` leaves out the last one.
                    let open = last.saturating_sub(1);
                    (number(from, 0).ok_or_else(bad)?, number(to, open).ok_or_else(bad)?)
                }
                None => match range.strip_suffix('*') {
                    Some(from) => (number(from, 0).ok_or_else(bad)?, last),
                    None => {
                        let one = number(range, 0).ok_or_else(bad)?;
                        (one, one)
                    }
                },
            },
        };
        if said == "*" && last == 0 {
            return Ok(Some(String::new()));
        }
        let found = words.get(from..=to).filter(|found| !found.is_empty()).ok_or_else(bad)?;
        Ok(Some(found.join(" ")))
    }
}

/// A text with one or all places changed as `/old/new/` says, and what stands behind that.
fn substituted<'a>(text: &str, said: &'a str, all: bool) -> Option<(String, &'a str)> {
    let mark = said.chars().next()?;
    let (old, rest) = said[mark.len_utf8()..].split_once(mark)?;
    let (new, left) = rest.split_once(mark).unwrap_or((rest, ""));
    if old.is_empty() || !text.contains(old) {
        return None;
    }
    let new = with_old(new, old);
    let changed = if all { text.replace(old, &new) } else { text.replacen(old, &new, 1) };
    Some((changed, left))
}

/// The new text of a substitution, in which `&` is the old one and `\&` is `&`.
fn with_old(new: &str, old: &str) -> String {
    let mut text = String::new();
    let mut characters = new.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' if characters.peek() == Some(&'&') => text.extend(characters.next()),
            '&' => text.push_str(old),
            other => text.push(other),
        }
    }
    text
}

/// The words of a line as they are written.
pub(super) fn words_of(line: &str) -> Vec<String> {
    let found = pieces(line).words;
    let mut ranges: Vec<_> = found.into_iter().map(|piece| piece.range).collect();
    ranges.sort_by_key(|range| (range.start, std::cmp::Reverse(range.end)));
    let mut words = Vec::new();
    let mut from = 0;
    for range in ranges {
        // What stands within another word is a part of it.
        if range.start >= from {
            words.push(line[range.clone()].to_owned());
            from = range.end;
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAST: &[&str] =
        &["git push origin main", "ls -l 'a b' /usr/lib/x.tar.gz", "echo one two three"];

    #[test]
    fn events_words_and_modifiers_are_expanded() {
        for (line, expected) in [
            ("!!", "echo one two three"),
            ("sudo !!", "sudo echo one two three"),
            ("!1", "git push origin main"),
            ("!-2", "ls -l 'a b' /usr/lib/x.tar.gz"),
            ("!git", "git push origin main"),
            ("!?push?", "git push origin main"),
            ("cat !$", "cat three"),
            ("cat !^ x", "cat one x"),
            ("cat !*", "cat one two three"),
            ("cat !!:2", "cat two"),
            ("cat !!:1-2", "cat one two"),
            ("cat !ls:2", "cat 'a b'"),
            ("cat !ls$", "cat /usr/lib/x.tar.gz"),
            ("cd !ls:$:h", "cd /usr/lib"),
            ("echo !ls:$:t:r", "echo x.tar"),
            ("!!:s/one/1/", "echo 1 two three"),
            ("!!:gs/o/0/", "ech0 0ne tw0 three"),
            ("^two^2", "echo one 2 three"),
            ("^two^<&\\&>", "echo one <two&> three"),
            ("!!:s/two/&s/", "echo one twos three"),
            ("!echo !#:0", "echo one two three echo"),
            ("echo \"!$\"", "echo \"three\""),
        ] {
            assert_eq!(expand(line, PAST), Ok(Expanded::Line(expected.to_owned())), "{line}");
        }
        assert_eq!(expand("!git:p", PAST), Ok(Expanded::Shown("git push origin main".to_owned())));
    }

    #[test]
    fn what_is_no_event_stays() {
        for line in [
            "echo hi!",
            "echo '!!'",
            "echo \\!!x\\!",
            "[ a != b ]",
            "echo $!",
            "echo ${!x}",
            "ls [!a]*",
            "! true",
            "echo \"hi!\"",
            "if ! x; then",
            "ls !(a)",
            "plain",
        ] {
            let expected = if line.starts_with("echo \\!") { None } else { Some(Expanded::Same) };
            if let Some(expected) = expected {
                assert_eq!(expand(line, PAST), Ok(expected), "{line}");
            }
        }
    }

    #[test]
    fn what_is_not_there_is_said() {
        for (line, told) in [
            ("!nothing", "!nothing: event not found"),
            ("!99", "!99: event not found"),
            ("!!:9", ":9: bad word specifier"),
            ("^no^x", "^no^x: substitution failed"),
            ("!!:z", ":z: unrecognized history modifier"),
        ] {
            assert_eq!(expand(line, PAST), Err(told.to_owned()), "{line}");
        }
        assert!(expand("!!", &[]).is_err());
    }
}
