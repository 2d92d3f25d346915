//! `set` (XCU 2.15).

use bstr::BString;

use super::Outcome;
use crate::exit_status::ExitStatus;
use crate::shell::Shell;
use crate::shell::option::{self, Opt};

pub(super) fn set(shell: &mut Shell, words: &[BString]) -> Outcome {
    if words.len() == 1 {
        let mut output = Vec::new();
        for (name, variable) in shell.variables.sorted() {
            if variable.value.is_some() {
                output.extend_from_slice(&super::declared::plain(name, variable));
            }
        }
        if !shell.posix {
            output.extend_from_slice(&super::declared::all_functions(shell));
        }
        return Ok(shell.write_output("set", &output));
    }
    let mut index = 1;
    while let Some(word) = words.get(index) {
        let on = match word.first() {
            Some(b'-') => true,
            Some(b'+') => false,
            _ => break,
        };
        index += 1;
        match word.as_slice() {
            b"--" => {
                shell.arguments = words[index..].to_vec();
                return Ok(ExitStatus::SUCCESS);
            }
            // Obsolescent: turns off -v and -x; the rest are operands.
            b"-" => {
                shell.set_option(Opt::Verbose, false);
                shell.set_option(Opt::XTrace, false);
                if index < words.len() {
                    shell.arguments = words[index..].to_vec();
                }
                return Ok(ExitStatus::SUCCESS);
            }
            b"+" => break,
            _ => {}
        }
        for letter in &word[1..] {
            if *letter == b'o' {
                let Some(name) = words.get(index) else {
                    return Ok(list_options(shell, on));
                };
                index += 1;
                match option::from_name(name) {
                    Some(option) => shell.set_option(option, on),
                    None => {
                        return Err(shell.special_error(
                            "set",
                            [name.as_slice(), b": unknown option name"].concat(),
                        ));
                    }
                }
            } else {
                match option::from_letter(*letter) {
                    Some(option) => shell.set_option(option, on),
                    None => {
                        let text = format!(
                            "{}{}: unknown option",
                            if on { '-' } else { '+' },
                            char::from(*letter)
                        );
                        return Err(shell.special_error("set", text));
                    }
                }
            }
        }
    }
    if index < words.len() {
        shell.arguments = words[index..].to_vec();
    }
    Ok(ExitStatus::SUCCESS)
}

/// `set -o` for people, `set +o` as commands that restore the options.
fn list_options(shell: &mut Shell, for_people: bool) -> ExitStatus {
    let mut output = String::new();
    for (option, _, name) in option::ALL {
        let on = shell.options.is_on(*option);
        if for_people {
            output.push_str(&format!("{name:<15} {}\n", if on { "on" } else { "off" }));
        } else {
            output.push_str(&format!("set {}o {name}\n", if on { '-' } else { '+' }));
        }
    }
    shell.write_output("set", output.as_bytes())
}

impl Shell {
    /// Turns an option on or off, with what that entails.
    pub fn set_option(&mut self, option: Opt, on: bool) {
        if option == Opt::Monitor && on != self.options.is_on(Opt::Monitor) {
            self.set_job_control(on);
            return;
        }
        match option {
            Opt::Posix => return self.set_posix(on),
            // Only one of them edits.
            Opt::Vi if on => self.options.set(Opt::Emacs, false),
            Opt::Emacs if on => self.options.set(Opt::Vi, false),
            _ => {}
        }
        self.options.set(option, on);
    }
}
