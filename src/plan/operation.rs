//! Operations: the closed set of things a step can do.
//!
//! Paths are absolute and as the person will see them; they were expanded
//! before. An operation is typed only where the system calls that carry it out
//! do exactly what the command would have done; otherwise it stays
//! [`Operation::Run`].

use std::path::PathBuf;

use bstr::BString;

/// What a step does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// `cd directory`
    ChangeDirectory {
        /// The new working directory.
        directory: PathBuf,
    },
    /// `name=value`, `export name=value`
    SetVariable {
        /// The variable.
        name: BString,
        /// Its value.
        value: BString,
        /// Programs get it.
        exported: bool,
    },
    /// `mkdir`
    MakeDirectory {
        /// The directories.
        paths: Vec<PathBuf>,
        /// `-p`: parents are made, existing ones are no error.
        parents: bool,
    },
    /// `rm`, `rmdir`
    Remove {
        /// What is removed; links themselves, not what they name.
        paths: Vec<PathBuf>,
        /// How far it goes.
        depth: RemoveDepth,
        /// `-f`: what is not there is no error.
        force: bool,
    },
    /// `mv`
    Move {
        /// Each source with the path it will have.
        pairs: Vec<(PathBuf, PathBuf)>,
        /// What happens where a target exists.
        clobber: Clobber,
    },
    /// `cp`
    Copy {
        /// Each source with the path of its copy.
        pairs: Vec<(PathBuf, PathBuf)>,
        /// `-r`: directories with what is in them.
        recursive: bool,
        /// What else than content is copied.
        preserve: Preserve,
        /// What happens where a target exists.
        clobber: Clobber,
    },
    /// `ln`
    Link {
        /// What the link names, as written for symbolic links.
        target: PathBuf,
        /// The new name.
        path: PathBuf,
        /// `-s`
        symbolic: bool,
        /// What happens where the name exists.
        clobber: Clobber,
    },
    /// `chmod`
    ChangeMode {
        /// The files.
        paths: Vec<PathBuf>,
        /// The change.
        mode: Mode,
        /// `-R`: directories with all that is in them; links are left alone.
        recursive: bool,
    },
    /// `chown`, `chgrp` with ids that exist.
    ChangeOwner {
        /// The files.
        paths: Vec<PathBuf>,
        /// The new owner's id.
        user: Option<u32>,
        /// The new group's id.
        group: Option<u32>,
        /// `-R`: directories with all that is in them.
        recursive: bool,
    },
    /// `touch`, `: > file`, `echo text > file`, `printf … >> file`
    WriteFile {
        /// The files.
        paths: Vec<PathBuf>,
        /// What is written.
        content: Content,
    },
    /// `kill` with process ids
    SendSignal {
        /// The processes; negative numbers are groups.
        processes: Vec<i32>,
        /// The signal.
        signal: i32,
    },
    /// `alias`, `set`, `trap`, `umask`, a definition and the like: the shell itself
    /// changes, and nothing else.
    ChangeSession,
    /// Commands that the shell engine runs as they are.
    Run,
    /// A compound program that could not be lowered further.
    Compound,
}

/// How far a removal goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RemoveDepth {
    /// Files and links only.
    Files,
    /// Empty directories only (`rmdir`).
    EmptyDirectories,
    /// Directories with all that is in them.
    Recursive,
}

/// What of a file is copied besides its content (XCU cp, and GNU's `--preserve`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preserve {
    /// Its permissions, as the umask leaves them.
    Mode,
    /// `-p`: mode, times and, where that is allowed, owner.
    Attributes,
    /// `-a`, and what moves to another file system: also extended attributes, access lists,
    /// and which names are of one file.
    Everything,
}

/// What happens where a target exists already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clobber {
    /// It is replaced, as the command does by default.
    Replace,
    /// It is left alone (`-n`).
    Keep,
    /// It is an error.
    Refuse,
}

/// A change of permissions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mode {
    /// An octal number.
    Absolute(u32),
    /// Clauses such as `u+x,go-w`.
    Symbolic(Vec<ModeClause>),
}

/// One clause of a symbolic mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModeClause {
    /// The bits of the classes it speaks of (`u` is 0o4700 …).
    pub classes: u32,
    /// No class was named: the umask applies.
    pub masked: bool,
    /// `+`, `-` or `=`.
    pub operator: u8,
    /// The permissions for every class, such as 0o444 for `r`.
    pub bits: u32,
    /// `X`: execution where it is a directory or executable already.
    pub conditional_execute: bool,
}

impl Mode {
    /// Whether it lets others do more than before in a way that matters: write to the file, or
    /// run it as its owner or group.
    #[must_use]
    pub fn gives_away(&self) -> bool {
        const OTHERS_WRITE: u32 = 0o002;
        const AS_OWNER: u32 = 0o6000;
        match self {
            Self::Absolute(mode) => mode & (OTHERS_WRITE | AS_OWNER) != 0,
            Self::Symbolic(clauses) => clauses.iter().any(|clause| {
                // Without a class the umask keeps writing from others.
                let others = if clause.masked { AS_OWNER } else { OTHERS_WRITE | AS_OWNER };
                clause.operator != b'-' && clause.classes & clause.bits & others != 0
            }),
        }
    }
}

/// What is written to files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// `touch`: made if absent, else the times change.
    Touch,
    /// The file becomes this.
    Replace(BString),
    /// This comes after what is there.
    Append(BString),
}

impl Operation {
    /// The name in JSON.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::ChangeDirectory { .. } => "change_directory",
            Self::SetVariable { .. } => "set_variable",
            Self::MakeDirectory { .. } => "make_directory",
            Self::Remove { .. } => "remove",
            Self::Move { .. } => "move",
            Self::Copy { .. } => "copy",
            Self::Link { .. } => "link",
            Self::ChangeMode { .. } => "change_mode",
            Self::ChangeOwner { .. } => "change_owner",
            Self::WriteFile { .. } => "write_file",
            Self::SendSignal { .. } => "send_signal",
            Self::ChangeSession => "change_session",
            Self::Run => "run",
            Self::Compound => "compound",
        }
    }

    /// Whether it is carried out by changes to files ([`crate::plan::change`]).
    #[must_use]
    pub fn is_on_files(&self) -> bool {
        let of_the_session = matches!(
            self,
            Self::ChangeDirectory { .. } | Self::SetVariable { .. } | Self::SendSignal { .. }
        );
        self.is_typed() && !of_the_session
    }

    /// Whether it is carried out by system calls of llmsh itself.
    #[must_use]
    pub fn is_typed(&self) -> bool {
        !matches!(self, Self::ChangeSession | Self::Run | Self::Compound)
    }

    /// Whether it is on the session alone, which keeps what a plan of such operations
    /// has changed.
    #[must_use]
    pub fn is_on_session(&self) -> bool {
        matches!(
            self,
            Self::ChangeDirectory { .. } | Self::SetVariable { .. } | Self::ChangeSession
        )
    }
}
