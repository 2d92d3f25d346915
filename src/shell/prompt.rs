//! Prompts (XCU 2.5.3; bash, Controlling the Prompt): their escapes, then their
//! expansions.

use std::os::unix::ffi::OsStrExt;

use bstr::{BString, ByteSlice};

use super::expand::Expander;
use super::option::Opt;
use super::shopt::Shopt;
use super::{Divert, Flow, Shell};
use crate::system::{calendar, descriptor, identity};

impl Shell {
    /// The primary prompt.
    pub fn prompt(&mut self) -> BString {
        self.expanded_prompt(b"PS1")
    }

    /// Runs what `PROMPT_COMMAND` holds, each element of an array, as bash does before the
    /// primary prompt. It leaves `$?` as the command before it did.
    ///
    /// # Errors
    /// `exit`.
    pub(super) fn run_before_prompt(&mut self) -> Flow {
        if self.posix {
            return Ok(());
        }
        let value = self.variables.variable(b"PROMPT_COMMAND").and_then(|own| own.value.as_ref());
        let Some(value) = value else { return Ok(()) };
        let commands: Vec<BString> = value.elements().into_iter().map(|(_, text)| text).collect();
        let (status, substitution) = (self.status, self.substitution_status);
        for command in commands.iter().filter(|command| !command.trim().is_empty()) {
            match self.evaluate(command, 1) {
                Err(Divert::Exit) => return Err(Divert::Exit),
                // An error ends this command alone.
                _ => (self.status, self.substitution_status) = (status, substitution),
            }
        }
        Ok(())
    }

    /// Writes `PS0`, as bash does between reading a command and running it.
    pub fn show_before_command(&mut self) {
        let text = if self.posix { BString::default() } else { self.expanded_prompt(b"PS0") };
        if !text.is_empty() {
            let _ = descriptor::write_all(descriptor::STDERR, &text);
        }
    }

    /// The value of a prompt variable after parameter expansion (XCU 2.5.3).
    pub(crate) fn expanded_prompt(&mut self, name: &[u8]) -> BString {
        let Some(text) = self.variables.get(name).map(|value| value.to_owned()) else {
            return BString::default();
        };
        if !text.iter().any(|byte| matches!(byte, b'$' | b'`' | b'\\')) {
            return text;
        }
        let text = if self.posix { text } else { self.with_escapes(&text) };
        if !self.posix && !self.shopts.is_on(Shopt::PromptVars) {
            return text;
        }
        let (status, substitution) = (self.status, self.substitution_status);
        let trace = self.options.is_on(Opt::XTrace);
        self.options.set(Opt::XTrace, false);
        let expanded = super::parser::parse_document(&text)
            .ok()
            .and_then(|word| Expander::new(self).document(&word).ok());
        self.options.set(Opt::XTrace, trace);
        (self.status, self.substitution_status) = (status, substitution);
        expanded.unwrap_or(text)
    }

    /// A text as `${x@P}` has it: as if it were a prompt.
    pub(crate) fn decoded_prompt(&mut self, text: &[u8]) -> BString {
        let text = self.with_escapes(text);
        super::parser::parse_document(&text)
            .ok()
            .and_then(|word| Expander::new(self).document(&word).ok())
            .unwrap_or(text)
    }

    /// A prompt with its backslash escapes decoded.
    fn with_escapes(&self, text: &[u8]) -> BString {
        let mut out = Vec::with_capacity(text.len() + 32);
        let mut rest = text;
        while let Some((&byte, after)) = rest.split_first() {
            rest = after;
            let Some((&letter, behind)) = after.split_first().filter(|_| byte == b'\\') else {
                out.push(byte);
                continue;
            };
            rest = behind;
            match letter {
                b'a' => out.push(7),
                b'e' => out.push(27),
                b'n' => out.push(b'\n'),
                b'r' => out.push(b'\r'),
                b'[' | b']' => {}
                b'\\' => out.push(b'\\'),
                b'd' => out.extend_from_slice(calendar::now("%a %b %d").as_bytes()),
                b't' => out.extend_from_slice(calendar::now("%H:%M:%S").as_bytes()),
                b'T' => out.extend_from_slice(calendar::now("%I:%M:%S").as_bytes()),
                b'@' => out.extend_from_slice(calendar::now("%I:%M %p").as_bytes()),
                b'A' => out.extend_from_slice(calendar::now("%H:%M").as_bytes()),
                b'D' => {
                    match behind.strip_prefix(b"{").and_then(|text| text.split_once_str(b"}")) {
                        Some((format, behind)) => {
                            let format = if format.is_empty() { b"%X" } else { format };
                            out.extend_from_slice(calendar::now(&format.to_str_lossy()).as_bytes());
                            rest = behind;
                        }
                        None => out.extend_from_slice(b"\\D"),
                    }
                }
                b'h' => {
                    let name = identity::host_name();
                    out.extend_from_slice(name.split('.').next().unwrap_or(&name).as_bytes());
                }
                b'H' => out.extend_from_slice(identity::host_name().as_bytes()),
                b'u' => {
                    let name = identity::user_name().unwrap_or_else(|| "I have no name!".into());
                    out.extend_from_slice(name.as_bytes());
                }
                b'w' => out.extend_from_slice(&self.shown_directory()),
                b'W' => {
                    let shown = self.shown_directory();
                    let last = shown.rfind_byte(b'/').filter(|_| shown.len() > 1);
                    out.extend_from_slice(&shown[last.map_or(0, |slash| slash + 1)..]);
                }
                b'$' => out.push(if identity::effective_user() == 0 { b'#' } else { b'$' }),
                b's' => {
                    let name = std::path::Path::new(std::ffi::OsStr::from_bytes(&self.name));
                    let name = name.file_name().unwrap_or_default().as_bytes();
                    out.extend_from_slice(name.strip_prefix(b"-").unwrap_or(name));
                }
                b'v' => out.extend_from_slice(b"5.2"),
                b'V' => out.extend_from_slice(b"5.2.37"),
                b'j' => out.extend_from_slice(self.jobs.iter().count().to_string().as_bytes()),
                b'l' => out.extend_from_slice(&terminal_name()),
                b'!' | b'#' => out.push(b'1'),
                b'0'..=b'7' => {
                    let digits = after
                        .iter()
                        .take(3)
                        .take_while(|byte| (b'0'..=b'7').contains(byte))
                        .count();
                    let number = after[..digits]
                        .iter()
                        .fold(0_u32, |number, digit| number * 8 + u32::from(digit - b'0'));
                    out.push(number.to_le_bytes()[0]);
                    rest = &after[digits..];
                }
                other => out.extend_from_slice(&[b'\\', other]),
            }
        }
        out.into()
    }

    /// The working directory, from `~` where it is below the home directory, and its last
    /// components where `PROMPT_DIRTRIM` says how many.
    fn shown_directory(&self) -> Vec<u8> {
        let Some(directory) = self.directory() else { return b"?".to_vec() };
        let home = self.variables.get(b"HOME").filter(|home| home.len() > 1);
        let shown = match home.and_then(|home| directory.strip_prefix(home.as_bytes())) {
            Some([]) => b"~".to_vec(),
            Some(below) if below.starts_with(b"/") => [b"~", below].concat(),
            _ => directory.to_vec(),
        };
        let kept = self
            .variables
            .get(b"PROMPT_DIRTRIM")
            .and_then(|text| text.to_str().ok()?.parse::<usize>().ok())
            .filter(|kept| *kept > 0);
        let Some(kept) = kept else { return shown };
        let (root, below) = match shown.strip_prefix(b"~/") {
            Some(below) => (&b"~/"[..], below),
            None => (&b""[..], shown.as_slice()),
        };
        let parts: Vec<&[u8]> = below.split_str("/").filter(|part| !part.is_empty()).collect();
        if parts.len() <= kept {
            return shown;
        }
        [root, b".../", &bstr::join("/", &parts[parts.len() - kept..])].concat()
    }
}

/// The last part of the name of the terminal.
fn terminal_name() -> Vec<u8> {
    let path = std::fs::read_link(format!("/proc/self/fd/{}", descriptor::STDIN));
    let path = path.unwrap_or_default();
    let terminal = path.starts_with("/dev");
    let name = path.file_name().filter(|_| terminal);
    name.map_or_else(|| b"tty".to_vec(), |name| name.as_bytes().to_vec())
}
