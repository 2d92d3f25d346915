//! The commands of sed (XCU sed, EXTENDED DESCRIPTION, and GNU's): all but `e`, `r`,
//! `R`, `w`, `W` and the flags `e` and `w` of a substitution only print and change what
//! passes through.

/// Whether a script only prints and changes what passes through it.
pub(in crate::program) fn is_harmless(text: &[u8]) -> bool {
    let mut script = Script { rest: text };
    loop {
        script.skip(b" \t\n;}");
        if script.rest.is_empty() {
            return true;
        }
        if script.command().is_none() {
            return false;
        }
    }
}

/// A substitution that lacks its last delimiter (`s/a/b`), with it; nothing for any other
/// script.
pub(in crate::program) fn closed(text: &str) -> Option<String> {
    let mut script = Script { rest: text.strip_prefix('s')?.as_bytes() };
    let delimiter = script.delimiter()?;
    script.up_to(delimiter)?;
    let replacement = script.rest;
    let is_open = script.up_to(delimiter).is_none() && !replacement.ends_with(b"\\");
    (is_open && !replacement.contains(&b'\n')).then(|| format!("{text}{}", delimiter as char))
}

/// What of a script is not read yet.
struct Script<'a> {
    rest: &'a [u8],
}

impl Script<'_> {
    /// One command with its addresses; `None`: it may do more, or cannot be read.
    fn command(&mut self) -> Option<()> {
        if self.rest.first() == Some(&b'#') {
            self.line();
            return Some(());
        }
        if self.address()? {
            self.skip(b" \t");
            if self.rest.first() == Some(&b',') {
                self.take();
                self.skip(b" \t");
                self.address()?.then_some(())?;
            }
        }
        self.skip(b" \t!");
        match self.take()? {
            b'{' => Some(()),
            b'p' | b'P' | b'd' | b'D' | b'=' | b'n' | b'N' | b'g' | b'G' | b'h' | b'H' | b'x'
            | b'z' | b'F' => self.end(),
            b'q' | b'Q' | b'l' => {
                self.skip(b" \t0123456789");
                self.end()
            }
            b's' => self.substitution(),
            b'y' => {
                let delimiter = self.delimiter()?;
                self.up_to(delimiter)?;
                self.up_to(delimiter)?;
                self.end()
            }
            // The text goes to the end of the line, or on behind a backslash.
            b'a' | b'i' | b'c' => {
                while self.line().ends_with(b"\\") {
                    (!self.rest.is_empty()).then_some(())?;
                }
                Some(())
            }
            b':' | b'b' | b't' | b'T' => {
                self.skip(b" \t");
                let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.".contains(byte);
                let length = self.rest.iter().take_while(|byte| is_part(byte)).count();
                self.rest = &self.rest[length..];
                self.end()
            }
            _ => None,
        }
    }

    /// An address: whether there is one.
    fn address(&mut self) -> Option<bool> {
        match self.rest.first() {
            Some(b'0'..=b'9' | b'+' | b'~') => self.skip(b"0123456789+~"),
            Some(b'$') => self.rest = &self.rest[1..],
            Some(b'/') => {
                self.take();
                self.up_to(b'/')?;
                self.skip(b"IM");
            }
            Some(b'\\') => {
                self.take();
                let delimiter = self.delimiter()?;
                self.up_to(delimiter)?;
                self.skip(b"IM");
            }
            _ => return Some(false),
        }
        Some(true)
    }

    fn substitution(&mut self) -> Option<()> {
        let delimiter = self.delimiter()?;
        self.up_to(delimiter)?;
        self.up_to(delimiter)?;
        self.skip(b"gpiImM0123456789");
        self.end()
    }

    fn delimiter(&mut self) -> Option<u8> {
        self.take().filter(|byte| byte.is_ascii_punctuation() && *byte != b'\\')
    }

    /// Reads to the delimiter and over it. Whether one within brackets counts is not
    /// agreed upon.
    fn up_to(&mut self, delimiter: u8) -> Option<()> {
        let mut bracket = false;
        loop {
            match self.take()? {
                b'\\' => {
                    self.take()?;
                }
                byte if byte == delimiter => return (!bracket).then_some(()),
                b'[' => bracket = true,
                b']' => bracket = false,
                _ => {}
            }
        }
    }

    /// What may stand behind a command.
    fn end(&mut self) -> Option<()> {
        self.skip(b" \t");
        match self.rest.first() {
            None | Some(b';' | b'\n' | b'}' | b'#') => Some(()),
            Some(_) => None,
        }
    }

    /// The rest of the line, which is taken.
    fn line(&mut self) -> &[u8] {
        let end = self.rest.iter().position(|byte| *byte == b'\n').unwrap_or(self.rest.len());
        let (line, rest) = self.rest.split_at(end);
        self.rest = rest.get(1..).unwrap_or_default();
        line
    }

    fn take(&mut self) -> Option<u8> {
        let (&first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(first)
    }

    fn skip(&mut self, bytes: &[u8]) {
        while let Some((first, rest)) = self.rest.split_first()
            && bytes.contains(first)
        {
            self.rest = rest;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_that_only_change_what_passes_are_harmless() {
        for script in [
            "s/a/b/g",
            "1,5p",
            "/x/d",
            "$p",
            "s|a|b|2;5q",
            "/a/,/b/p",
            "2!d",
            "s/a;b/c w d/;p",
            "/^$/{N;/^\\n$/D}",
            ":a;N;$!ba;s/\\n/ /g",
            "1~2d;0,/x/s//y/",
            "y/abc/xyz/",
            "$a\\\nwrite this",
            "1i w f",
            "\\,x,d",
            "/x/,+3{s/a/b/;p;}",
            "s/[0-9]*/n/I # w f",
            "5q1",
        ] {
            assert!(is_harmless(script.as_bytes()), "{script}");
        }
    }

    #[test]
    fn a_substitution_without_its_end_is_closed() {
        assert_eq!(closed("s/red/green").as_deref(), Some("s/red/green/"));
        assert_eq!(closed("s|a|b\\|c").as_deref(), Some("s|a|b\\|c|"));
        for script in ["s/a/b/", "s/a/b/g", "s/a", "p", "s/a/b\\", "s/a/b/;s/c/d", ""] {
            assert_eq!(closed(script), None, "{script}");
        }
    }

    #[test]
    fn scripts_that_write_or_run_are_not() {
        for script in [
            "s/a/b/e",
            "s/a/b/w f",
            "w f",
            "1e ls",
            "r /etc/x\nw y",
            "e",
            "s/a/b/we",
            "/x/w f",
            "p;w f",
            "p w f",
            "{w f",
            "}w f",
            "#\nw f",
            "a x\nw f",
            "i\\\nx\nw f",
            "a\\",
            ":a;w f",
            "b a;w f",
            "s/[/]/x/w f/",
            "s/a\\/b/c/w f",
            "y/a/b/w f",
            "1,w f",
            "W f",
            "R f",
            "s/a/b",
            "v",
        ] {
            assert!(!is_harmless(script.as_bytes()), "{script}");
        }
    }
}
