//! How a shell is started (XCU sh): arguments, startup files, and the loop over
//! a script, a string or standard input that is no terminal.

use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::rc::Rc;

use bstr::{BString, ByteSlice};

use super::exec::Then;
use super::input::DescriptorSource;
use super::interactive::PlainLines;
use super::lexer::TextSource;
use super::option::{self, Opt};
use super::parser::{self, Parser};
use super::shopt::Shopts;
use super::special::Frame;
use super::{Divert, Flow, Shell};
use crate::exit_status::ExitStatus;
use crate::rescue;
use crate::system::descriptor;
use crate::system::{Errno, identity, message, signal};

/// Where commands come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Commands {
    /// `-c`
    Text(BString),
    /// A script file.
    File(BString),
    /// Standard input.
    Stdin,
}

/// A shell's arguments, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invocation {
    /// Where commands come from.
    pub commands: Commands,
    /// `$0`, if the arguments give it.
    pub name: Option<BString>,
    /// `$1` …
    pub arguments: Vec<BString>,
    /// Options to turn on or off, in order.
    pub options: Vec<(Opt, bool)>,
    /// What `-O` and `+O` make of the options of `shopt`.
    pub shopts: Shopts,
    /// `-i`
    pub interactive: bool,
    /// `-l`, or a leading `-` in `argv[0]`.
    pub login: bool,
    /// `--posix`, or called `sh`: requests are off.
    pub posix: bool,
}

/// Wrong arguments.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct UsageError(pub String);

impl Invocation {
    /// Reads the arguments of `sh`; `words[0]` is the name it was called by.
    ///
    /// # Errors
    /// [`UsageError`] names the option.
    pub fn parse(words: &[BString]) -> Result<Self, UsageError> {
        Self::parse_with(words, &mut |_| Ok(false))
    }

    /// Reads the arguments, letting `other` take long options that are not a
    /// shell's own.
    ///
    /// # Errors
    /// [`UsageError`] names the option.
    pub fn parse_with(
        words: &[BString],
        other: &mut dyn FnMut(&[u8]) -> Result<bool, UsageError>,
    ) -> Result<Self, UsageError> {
        let called = words.first().map_or(&b""[..], |word| word.as_slice());
        let base = called.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
        let mut invocation = Self {
            commands: Commands::Stdin,
            name: None,
            arguments: Vec::new(),
            options: Vec::new(),
            shopts: Shopts::default(),
            interactive: false,
            login: called.starts_with(b"-"),
            posix: base.strip_prefix(b"-").unwrap_or(base) == b"sh",
        };
        let (mut text, mut stdin, mut index) = (false, false, 1);
        while let Some(word) = words.get(index) {
            let on = match word.as_slice() {
                b"-" | b"--" => {
                    index += 1;
                    break;
                }
                b"--posix" => {
                    invocation.posix = true;
                    index += 1;
                    continue;
                }
                b"--login" => {
                    invocation.login = true;
                    index += 1;
                    continue;
                }
                word if word.starts_with(b"--") && other(word)? => {
                    index += 1;
                    continue;
                }
                word if word.starts_with(b"--") => {
                    return Err(UsageError(format!("{}: unknown option", word.as_bstr())));
                }
                word if word.starts_with(b"-") && word.len() > 1 => true,
                word if word.starts_with(b"+") && word.len() > 1 => false,
                _ => break,
            };
            index += 1;
            for letter in &word[1..] {
                match letter {
                    b'c' if on => text = true,
                    b's' if on => stdin = true,
                    b'i' => invocation.interactive = on,
                    b'l' if on => invocation.login = true,
                    b'O' => {
                        let name = words
                            .get(index)
                            .ok_or_else(|| UsageError("-O: an option name is needed".into()))?;
                        index += 1;
                        if !invocation.shopts.set_named(name, on) {
                            return Err(UsageError(format!("-O {name}: unknown option name")));
                        }
                    }
                    b'o' => {
                        let name = words
                            .get(index)
                            .ok_or_else(|| UsageError("-o: an option name is needed".into()))?;
                        index += 1;
                        let option = option::from_name(name)
                            .ok_or_else(|| UsageError(format!("-o {name}: unknown option name")))?;
                        invocation.options.push((option, on));
                    }
                    letter => match option::from_letter(*letter) {
                        Some(option) => invocation.options.push((option, on)),
                        None => {
                            let sign = if on { '-' } else { '+' };
                            return Err(UsageError(format!(
                                "{sign}{}: unknown option",
                                char::from(*letter)
                            )));
                        }
                    },
                }
            }
        }
        let mut rest = words[index.min(words.len())..].iter().cloned();
        if text {
            let commands =
                rest.next().ok_or_else(|| UsageError("-c: a command is needed".into()))?;
            invocation.commands = Commands::Text(commands);
            invocation.name = rest.next();
        } else if !stdin && let Some(file) = rest.next() {
            invocation.name = Some(file.clone());
            invocation.commands = Commands::File(file);
        }
        invocation.arguments = rest.collect();
        Ok(invocation)
    }
}

impl Shell {
    /// Applies the options and positional parameters of an invocation.
    pub fn apply(&mut self, invocation: &Invocation) {
        self.set_posix(invocation.posix);
        self.shopts = invocation.shopts;
        if !self.posix {
            self.count_level();
        }
        for (option, on) in &invocation.options {
            self.set_option(*option, *on);
        }
        self.arguments.clone_from(&invocation.arguments);
        if let Some(name) = &invocation.name {
            self.name.clone_from(name);
        }
        self.shopts.set_named(b"login_shell", invocation.login);
        self.options.from_argument = matches!(invocation.commands, Commands::Text(_));
        self.options.from_stdin = invocation.commands == Commands::Stdin;
        if invocation.interactive {
            let last = invocation.options.iter().rfind(|(option, _)| *option == Opt::Monitor);
            self.become_interactive_with(last.is_none_or(|(_, on)| *on));
        }
    }

    /// One more shell within others (`SHLVL`).
    fn count_level(&mut self) {
        let level = self.variables.get(b"SHLVL").and_then(|text| text.to_str().ok()?.parse().ok());
        let level = level.filter(|level| (0..1000).contains(level)).unwrap_or(0_i32) + 1;
        // A read-only one stays.
        let _ = self.variables.set_exported(b"SHLVL", level.to_string());
    }

    /// Runs what the invocation names, without a terminal, and returns the final
    /// status; the EXIT trap has run.
    pub fn run_script(&mut self, commands: &Commands) -> ExitStatus {
        rescue::begin();
        let flow = match commands {
            Commands::Text(text) => {
                let mut parser = Parser::new(Box::new(TextSource::new(text)));
                self.run_parser(&mut parser, Then::End)
            }
            Commands::File(path) => match self.open_script(path) {
                Ok(source) => {
                    if !self.posix {
                        let frame =
                            Frame { name: "main".into(), file: Rc::new(path.clone()), line: 0 };
                        self.sources.frames.push(frame);
                    }
                    self.run_parser(&mut Parser::new(Box::new(source)), Then::Continue)
                }
                Err(status) => {
                    self.status = status;
                    Ok(())
                }
            },
            Commands::Stdin if self.options.interactive => {
                self.converse(&mut PlainLines::default())
            }
            Commands::Stdin => {
                let source = DescriptorSource::shared(descriptor::STDIN);
                self.run_parser(&mut Parser::new(Box::new(source)), Then::Continue)
            }
        };
        self.end(flow)
    }

    /// Ends the shell after its last command.
    pub fn end(&mut self, flow: Flow) -> ExitStatus {
        // Whatever ended it, the EXIT trap runs.
        if flow == Err(Divert::Interrupt) {
            self.status = ExitStatus::from_signal(signal::SIGINT);
        }
        self.run_exit_trap();
        self.status
    }

    fn open_script(&mut self, path: &BString) -> Result<DescriptorSource, ExitStatus> {
        let file = Path::new(std::ffi::OsStr::from_bytes(path));
        let opened =
            if file.is_dir() { Err(Errno::EISDIR) } else { descriptor::open_private(path) };
        match opened {
            Ok(opened) => Ok(DescriptorSource::owned(opened)),
            Err(error) => {
                let text =
                    [b"llmsh: ".as_slice(), path, b": ", message(error).as_bytes(), b"\n"].concat();
                let _ = descriptor::write_all(descriptor::STDERR, &text);
                Err(if error == Errno::ENOENT {
                    ExitStatus::NOT_FOUND
                } else {
                    ExitStatus::NOT_EXECUTABLE
                })
            }
        }
    }

    /// Reads a startup file if it is there; errors in it do not end the shell.
    pub fn read_startup_file(&mut self, path: &[u8]) -> Flow {
        let Ok(opened) = descriptor::open_private(path) else { return Ok(()) };
        self.read_startup(path, Parser::new(Box::new(DescriptorSource::owned(opened))))
    }

    /// The same of the text of a file that has been read already.
    pub fn read_startup_text(&mut self, path: &[u8], text: &[u8]) -> Flow {
        self.read_startup(path, Parser::new(Box::new(TextSource::new(text))))
    }

    fn read_startup(&mut self, path: &[u8], mut parser: Parser<'_>) -> Flow {
        let file = Rc::new(BString::from(path));
        self.sources.frames.push(Frame { name: "source".into(), file, line: 0 });
        let flow = self.run_parser(&mut parser, Then::Continue);
        self.sources.frames.pop();
        match flow {
            Ok(()) | Err(Divert::Abort | Divert::Discard | Divert::Return) => Ok(()),
            Err(other) => Err(other),
        }
    }

    /// The login files, `/etc/profile` and `~/.profile`.
    pub fn read_profiles(&mut self) -> Flow {
        self.read_startup_file(b"/etc/profile")?;
        if let Some(home) = self.variables.get(b"HOME") {
            let path = [home.as_ref(), &b"/.profile"[..]].concat();
            self.read_startup_file(&path)?;
        }
        Ok(())
    }

    /// The file that `ENV` names, for interactive shells (XCU sh, ENV).
    pub fn read_environment_file(&mut self) -> Flow {
        if identity::is_privileged_by_file() {
            return Ok(());
        }
        let Some(value) = self.variables.get(b"ENV").map(|value| value.to_owned()) else {
            return Ok(());
        };
        let path = match parser::parse_document(&value) {
            Ok(word) => super::expand::Expander::new(self).document(&word).unwrap_or(value),
            Err(_) => value,
        };
        if path.is_empty() { Ok(()) } else { self.read_startup_file(&path) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Invocation, UsageError> {
        let words: Vec<BString> = text.split(' ').map(BString::from).collect();
        Invocation::parse(&words)
    }

    #[test]
    fn options_may_be_combined_with_c() {
        let invocation = parse("-llmsh -ec true name a b").unwrap();
        assert!(invocation.login);
        assert_eq!(invocation.commands, Commands::Text("true".into()));
        assert_eq!(invocation.name, Some("name".into()));
        assert_eq!(invocation.arguments, ["a", "b"]);
        assert_eq!(invocation.options, [(Opt::ErrExit, true)]);
    }

    #[test]
    fn s_makes_all_operands_positional_parameters() {
        let invocation = parse("llmsh -s x y").unwrap();
        assert_eq!((invocation.commands, invocation.name), (Commands::Stdin, None));
        assert_eq!(invocation.arguments, ["x", "y"]);
    }

    #[test]
    fn a_shell_called_sh_takes_no_requests() {
        assert!(parse("/bin/sh script").unwrap().posix);
        assert!(!parse("/usr/bin/llmsh script").unwrap().posix);
    }

    #[test]
    fn unknown_options_are_named() {
        assert_eq!(parse("llmsh -Z"), Err(UsageError("-Z: unknown option".into())));
        assert_eq!(parse("llmsh -c"), Err(UsageError("-c: a command is needed".into())));
        assert_eq!(parse("llmsh -o nope"), Err(UsageError("-o nope: unknown option name".into())));
    }
}
