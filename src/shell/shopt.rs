//! The options of `shopt` (bash, The Shopt Builtin).

/// One option that changes what llmsh does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Shopt {
    /// `unset` and subscripts expand associative keys once; always so here.
    AssocExpandOnce,
    /// `cd name` enters the directory that the variable `name` holds.
    CdableVars,
    /// A name with a leading period is matched like others.
    DotGlob,
    /// `exec` of what is missing does not end the shell.
    ExecFail,
    /// Aliases are replaced.
    ExpandAliases,
    /// Debuggers' extras: `declare -F` says where functions stand.
    ExtDebug,
    /// Groups in patterns.
    ExtGlob,
    /// A pattern that matches nothing is an error.
    FailGlob,
    /// Ranges in brackets go by code points; always so here.
    GlobAsciiRanges,
    /// `.` and `..` are never matched; always so here.
    GlobSkipDots,
    /// `**` means directories below directories.
    GlobStar,
    /// Jobs get SIGHUP when an interactive login shell ends.
    HupOnExit,
    /// Command substitutions inherit `set -e`.
    InheritErrExit,
    /// The last command of a pipeline runs in the shell.
    LastPipe,
    /// A local variable begins with the value of the outer one.
    LocalVarInherit,
    /// `unset` of a local variable of a caller leaves it unset.
    LocalVarUnset,
    /// Case makes no difference for names.
    NoCaseGlob,
    /// Case makes no difference for `case` and `[[`.
    NoCaseMatch,
    /// A pattern that matches nothing goes away.
    NullGlob,
    /// `&` in the text of `${x/…}` stands for what was matched.
    PatsubReplacement,
    /// Expansions in prompts.
    PromptVars,
    /// `shift` beyond the last is told.
    ShiftVerbose,
    /// `.` looks in `PATH`.
    SourcePath,
    /// `echo` reads escapes.
    XpgEcho,
}

/// Every option that llmsh acts on, or has always on, with its name, and whether it is on
/// at first; sorted by name.
const KNOWN: &[(Shopt, &str, bool)] = &[
    (Shopt::AssocExpandOnce, "assoc_expand_once", false),
    (Shopt::CdableVars, "cdable_vars", false),
    (Shopt::DotGlob, "dotglob", false),
    (Shopt::ExecFail, "execfail", false),
    (Shopt::ExpandAliases, "expand_aliases", true),
    (Shopt::ExtDebug, "extdebug", false),
    (Shopt::ExtGlob, "extglob", false),
    (Shopt::FailGlob, "failglob", false),
    (Shopt::GlobAsciiRanges, "globasciiranges", true),
    (Shopt::GlobSkipDots, "globskipdots", true),
    (Shopt::GlobStar, "globstar", false),
    (Shopt::HupOnExit, "huponexit", false),
    (Shopt::InheritErrExit, "inherit_errexit", false),
    (Shopt::LastPipe, "lastpipe", false),
    (Shopt::LocalVarInherit, "localvar_inherit", false),
    (Shopt::LocalVarUnset, "localvar_unset", false),
    (Shopt::NoCaseGlob, "nocaseglob", false),
    (Shopt::NoCaseMatch, "nocasematch", false),
    (Shopt::NullGlob, "nullglob", false),
    (Shopt::PatsubReplacement, "patsub_replacement", true),
    (Shopt::PromptVars, "promptvars", true),
    (Shopt::ShiftVerbose, "shift_verbose", false),
    (Shopt::SourcePath, "sourcepath", true),
    (Shopt::XpgEcho, "xpg_echo", false),
];

/// Options that scripts and rc files set and that have no meaning here: kept, so that
/// what asks for them is told what it said. On at first or not, as in bash.
const KEPT: &[(&str, bool)] = &[
    ("array_expand_once", false),
    ("autocd", false),
    ("bash_source_fullpath", false),
    ("cdspell", false),
    ("checkhash", false),
    ("checkjobs", false),
    ("checkwinsize", true),
    ("cmdhist", true),
    ("compat31", false),
    ("compat32", false),
    ("compat40", false),
    ("compat41", false),
    ("compat42", false),
    ("compat43", false),
    ("compat44", false),
    ("complete_fullquote", true),
    ("direxpand", false),
    ("dirspell", false),
    ("extquote", true),
    ("force_fignore", true),
    ("gnu_errfmt", false),
    ("histappend", false),
    ("histreedit", false),
    ("histverify", false),
    ("hostcomplete", true),
    ("interactive_comments", true),
    ("lithist", false),
    ("login_shell", false),
    ("mailwarn", false),
    ("no_empty_cmd_completion", false),
    ("noexpand_translation", false),
    ("progcomp", true),
    ("progcomp_alias", false),
    ("restricted_shell", false),
    ("varredir_close", false),
];

/// Which of them are on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shopts {
    known: u32,
    kept: u64,
}

impl Default for Shopts {
    fn default() -> Self {
        let mut options = Self { known: 0, kept: 0 };
        for (option, _, on) in KNOWN {
            options.set(*option, *on);
        }
        for (place, (_, on)) in KEPT.iter().enumerate() {
            options.kept |= u64::from(*on) << place;
        }
        options
    }
}

impl Shopts {
    /// Whether an option is on.
    #[must_use]
    pub fn is_on(&self, option: Shopt) -> bool {
        self.known & (1 << option as u32) != 0
    }

    /// Turns an option on or off.
    pub fn set(&mut self, option: Shopt, on: bool) {
        self.known = self.known & !(1 << option as u32) | u32::from(on) << option as u32;
    }

    /// Whether the option of a name is on; `None`: there is none of that name.
    #[must_use]
    pub fn named(&self, name: &[u8]) -> Option<bool> {
        if let Some((option, ..)) = KNOWN.iter().find(|(_, known, _)| known.as_bytes() == name) {
            return Some(self.is_on(*option));
        }
        let place = KEPT.iter().position(|(known, _)| known.as_bytes() == name)?;
        Some(self.kept & (1 << place) != 0)
    }

    /// Turns the option of a name on or off; false: there is none of that name.
    pub fn set_named(&mut self, name: &[u8], on: bool) -> bool {
        if let Some((option, ..)) = KNOWN.iter().find(|(_, known, _)| known.as_bytes() == name) {
            self.set(*option, on);
            return true;
        }
        let Some(place) = KEPT.iter().position(|(known, _)| known.as_bytes() == name) else {
            return false;
        };
        self.kept = self.kept & !(1 << place) | u64::from(on) << place;
        true
    }

    /// All names with their values, sorted.
    #[must_use]
    pub fn all(&self) -> Vec<(&'static str, bool)> {
        let known = KNOWN.iter().map(|(option, name, _)| (*name, self.is_on(*option)));
        let kept = KEPT
            .iter()
            .enumerate()
            .map(|(place, (name, _))| (*name, self.kept & (1 << place) != 0));
        let mut all: Vec<_> = known.chain(kept).collect();
        all.sort_unstable();
        all
    }

    /// The names of those that are on, as `BASHOPTS` has them.
    #[must_use]
    pub fn names(&self) -> String {
        let on: Vec<&str> =
            self.all().into_iter().filter(|(_, on)| *on).map(|(name, _)| name).collect();
        on.join(":")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_found_by_name() {
        let mut options = Shopts::default();
        assert_eq!(options.named(b"extglob"), Some(false));
        assert!(options.set_named(b"extglob", true) && options.is_on(Shopt::ExtGlob));
        assert!(options.set_named(b"histappend", true));
        assert_eq!(options.named(b"histappend"), Some(true));
        assert_eq!(options.named(b"nonsense"), None);
        assert!(KEPT.len() < 64 && KNOWN.len() < 32);
    }
}
