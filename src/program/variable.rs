//! Which variables change what commands do.

/// Whether the variable changes which program runs, how its words are split, or
/// what a program runs in its turn.
pub(crate) fn changes_meaning(name: &[u8]) -> bool {
    const NAMES: [&[u8]; 27] = [
        b"BASH_ENV",
        b"BROWSER",
        b"CDPATH",
        b"CLASSPATH",
        b"EDITOR",
        b"ENV",
        b"EXECIGNORE",
        b"GLOBIGNORE",
        b"HOME",
        b"IFS",
        b"LESSCLOSE",
        b"LESSOPEN",
        b"MAKEFLAGS",
        b"MANPAGER",
        b"NODE_OPTIONS",
        b"PAGER",
        b"PATH",
        b"PROMPT_COMMAND",
        b"PS0",
        b"PS1",
        b"PS4",
        b"RUSTC_WRAPPER",
        b"SHELL",
        b"SUDO_ASKPASS",
        b"TMPDIR",
        b"VISUAL",
        b"ZDOTDIR",
    ];
    const PREFIXES: [&[u8]; 10] = [
        b"CARGO_", b"DYLD_", b"GIT_", b"LD_", b"PERL", b"PYTHON", b"RUBY", b"SSH_", b"XDG_",
        b"npm_",
    ];
    NAMES.contains(&name) || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// Whether the variable changes nothing but how output looks.
pub(crate) fn changes_only_output(name: &[u8]) -> bool {
    const NAMES: [&[u8]; 7] =
        [b"COLUMNS", b"LANG", b"LANGUAGE", b"LINES", b"NO_COLOR", b"TERM", b"TZ"];
    name.starts_with(b"LC_") || NAMES.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_chooses_programs_changes_their_meaning() {
        for name in ["PATH", "LD_PRELOAD", "GIT_SSH_COMMAND", "PYTHONSTARTUP", "IFS"] {
            assert!(changes_meaning(name.as_bytes()), "{name}");
            assert!(!changes_only_output(name.as_bytes()), "{name}");
        }
        for name in ["LC_ALL", "TZ", "x", "NAME"] {
            assert!(!changes_meaning(name.as_bytes()), "{name}");
        }
    }
}
