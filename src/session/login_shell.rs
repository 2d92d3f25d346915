//! `llmsh login-shell`: what the login shell is, making llmsh it, and going back.
//!
//! Nobody is to be locked out: llmsh is made the login shell only after it has run a command
//! and a login on a terminal here and now, with the files that this person has; the shell of
//! before is kept.

use std::fs;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use bstr::ByteSlice;

use crate::cli::LoginShell;
use crate::config::Directories;
use crate::diagnostic::Diagnostic;
use crate::escape::visible;
use crate::exit_status::ExitStatus;
use crate::language::Language;
use crate::shell::quote::quote;
use crate::system::identity;
use crate::system::pseudo_terminal::PseudoTerminal;

/// Which shells a user may choose (shells(5)).
const SHELLS: &str = "/etc/shells";

/// What changes the user database, as chsh(1) does, and asks for a password where it must.
const CHANGE: &str = "chsh";

/// The file of the shell of before, in the state directory.
const KEPT: &str = "login-shell";

/// How long a login may take until it has run a command.
const PATIENCE: Duration = Duration::from_secs(20);

/// Runs the subcommand.
///
/// # Errors
/// Why llmsh cannot be the login shell, or what could not be changed; nothing was, then.
pub fn run(command: LoginShell, output: &mut dyn Write) -> Result<ExitStatus, Diagnostic> {
    let language = Language::of_environment();
    let program = std::env::current_exe()
        .map_err(|error| Diagnostic::new(format!("where llmsh is cannot be told: {error}")))?;
    let now = identity::login_shell().ok_or_else(|| {
        Diagnostic::new("this user is not in the user database")
            .hint("its login shell is set where the user comes from: ask the administrator")
    })?;
    let change = Change { program, now, kept: kept_file()?, language };
    let text = match command {
        LoginShell::Status => change.status(),
        LoginShell::Set { dry_run } => change.set(dry_run)?,
        LoginShell::Restore => change.restore()?,
    };
    output
        .write_all(text.as_bytes())
        .map_err(|error| Diagnostic::new(format!("cannot write: {error}")))?;
    Ok(ExitStatus::SUCCESS)
}

fn kept_file() -> Result<PathBuf, Diagnostic> {
    Directories::of_user()
        .map(|directories| directories.state.join(KEPT))
        .map_err(|error| Diagnostic::new(error.to_string()))
}

struct Change {
    /// llmsh itself.
    program: PathBuf,
    /// The login shell as it is.
    now: PathBuf,
    /// The file that holds the one of before.
    kept: PathBuf,
    language: Language,
}

fn shown(path: &Path) -> String {
    visible(path.as_os_str().as_bytes())
}

fn as_word(path: &Path) -> String {
    quote(path.as_os_str().as_bytes()).to_string()
}

impl Change {
    fn before(&self) -> Option<PathBuf> {
        let text = fs::read_to_string(&self.kept).ok()?;
        let path = PathBuf::from(text.trim());
        path.is_absolute().then_some(path)
    }

    fn status(&self) -> String {
        let say = |english, chinese| self.language.choose(english, chinese);
        let listed = if is_listed(&self.program) {
            say("lists it", "已列出").to_owned()
        } else {
            let how = self.how_to_list();
            self.language.choose(
                format!("does not list it; as root, run: {how}"),
                format!("未列出；请以 root 身份运行：{how}"),
            )
        };
        let trial = match self.fit() {
            Ok(()) => say("passed", "通过").to_owned(),
            Err(error) => error.message,
        };
        let before = self.before().map_or_else(
            || say("nothing", "无").to_owned(),
            |path| format!("{}; llmsh login-shell restore", shown(&path)),
        );
        let rows = [
            (say("login shell", "登录 shell"), shown(&self.now)),
            ("llmsh", shown(&self.program)),
            (SHELLS, listed),
            (say("trial", "试运行"), trial),
            (say("kept", "已保存"), before),
        ];
        let row = |(name, what): (&str, String)| {
            let pad = 14_usize.saturating_sub(crate::wrap::columns(name));
            format!("{name}{:pad$}{what}\n", "")
        };
        rows.into_iter().map(row).collect()
    }

    fn how_to_list(&self) -> String {
        format!("echo {} >>{SHELLS}", as_word(&self.program))
    }

    fn set(&self, dry_run: bool) -> Result<String, Diagnostic> {
        if self.now == self.program {
            return Ok(self.language.choose(
                "llmsh is the login shell already\n".to_owned(),
                "llmsh 已是登录 shell\n".to_owned(),
            ));
        }
        self.fit()?;
        if !is_listed(&self.program) {
            return Err(Diagnostic::new(format!(
                "{SHELLS} does not list {}, and only what it lists can be a login shell",
                shown(&self.program)
            ))
            .hint(format!("as root, run: {}", self.how_to_list())));
        }
        let (now, file, program) = (shown(&self.now), shown(&self.kept), as_word(&self.program));
        if dry_run {
            return Ok(self.language.choose(
                format!(
                    "llmsh has passed its trial; nothing was changed. What would be done:\n\
                     keep {now} in {file}\nrun {CHANGE} -s {program}\n"
                ),
                format!(
                    "llmsh 已通过试运行；未做任何更改。将会：\n\
                     把 {now} 保存到 {file}\n运行 {CHANGE} -s {program}\n"
                ),
            ));
        }
        self.keep()?;
        self.change_to(&self.program)?;
        Ok(self.language.choose(
            format!(
                "the login shell is {program} from the next login on, and was {now}\n\
                 Log in once more before you leave this session; \
                 \"llmsh login-shell restore\" goes back.\n"
            ),
            format!(
                "下次登录起，登录 shell 为 {program}（原为 {now}）\n\
                 离开当前会话前请先另行登录一次；\"llmsh login-shell restore\" 可恢复。\n"
            ),
        ))
    }

    fn restore(&self) -> Result<String, Diagnostic> {
        let Some(before) = self.before() else {
            return Err(Diagnostic::new("no shell of before was kept")
                .hint(format!("{CHANGE} -s /bin/bash sets one, if {SHELLS} lists it")));
        };
        if self.now != before {
            self.change_to(&before)?;
        }
        // What is restored need not be kept; if it cannot be removed, it is only kept longer.
        let _ = fs::remove_file(&self.kept);
        let before = shown(&before);
        Ok(self.language.choose(
            format!("the login shell is {before} from the next login on\n"),
            format!("下次登录起，登录 shell 为 {before}\n"),
        ))
    }

    /// Writes down the shell of now, on the disk, before it is changed.
    fn keep(&self) -> Result<(), Diagnostic> {
        let write = || {
            if let Some(directory) = self.kept.parent() {
                fs::create_dir_all(directory)?;
            }
            let mut options = fs::OpenOptions::new();
            let mut file =
                options.write(true).create(true).truncate(true).mode(0o600).open(&self.kept)?;
            writeln!(file, "{}", self.now.display())?;
            file.sync_all()
        };
        write().map_err(|error: std::io::Error| {
            Diagnostic::new(format!("{} cannot be written: {error}", shown(&self.kept)))
                .hint("without it there would be no way back: nothing was changed")
        })
    }

    fn change_to(&self, shell: &Path) -> Result<(), Diagnostic> {
        let failed = |why: String| {
            Diagnostic::new(format!("the login shell stays {}: {why}", shown(&self.now)))
        };
        let status = Command::new(CHANGE).arg("-s").arg(shell).status();
        let status = status.map_err(|error| failed(format!("{CHANGE}: {error}")))?;
        // What counts is what the next login will find.
        if identity::login_shell().as_deref() != Some(shell) {
            return Err(failed(format!("{CHANGE} ended with {status}")));
        }
        Ok(())
    }

    /// Whether llmsh can be a login shell here.
    fn fit(&self) -> Result<(), Diagnostic> {
        let program = &self.program;
        let metadata = program
            .metadata()
            .map_err(|error| Diagnostic::new(format!("{}: {error}", shown(program))))?;
        let user = identity::effective_user();
        if metadata.uid() != 0 && metadata.uid() != user || metadata.mode() & 0o022 != 0 {
            return Err(Diagnostic::new(format!(
                "others may write to {}: it would be they who log in",
                shown(program)
            ))
            .hint("install it where only root writes: make install"));
        }
        self.runs_a_command()?;
        self.logs_in()
    }

    fn runs_a_command(&self) -> Result<(), Diagnostic> {
        let mut command = Command::new(&self.program);
        command.args(["-c", "true"]).stdin(Stdio::null());
        let output = command.output().map_err(|error| Diagnostic::new(error.to_string()))?;
        if output.status.success() && output.stdout.is_empty() && output.stderr.is_empty() {
            return Ok(());
        }
        Err(Diagnostic::new(format!("llmsh -c true ended with {}", output.status))
            .hint(visible(&[output.stdout, output.stderr].concat())))
    }

    /// Logs in on a terminal: runs a command there, and leaves.
    fn logs_in(&self) -> Result<(), Diagnostic> {
        let mut command = Command::new(&self.program);
        command.arg0("-llmsh").env("TERM", "dumb");
        let failed = |why: String| Diagnostic::new(format!("a trial login failed: {why}"));
        let mut terminal =
            PseudoTerminal::start(command).map_err(|error| failed(error.to_string()))?;
        terminal
            .write("echo trial-$((6 * 7))\nexit 0\n")
            .map_err(|error| failed(error.to_string()))?;
        let (written, status) =
            terminal.finish(PATIENCE).map_err(|error| failed(error.to_string()))?;
        // What was typed is echoed, but for its value.
        let well = written.contains_str("trial-42");
        let written = written.to_str_lossy().replace('\r', "");
        match status {
            Some(status) if status.success() && well => Ok(()),
            Some(status) => Err(failed(format!("it ended with {status}")).hint(written.trim())),
            None => {
                Err(failed(format!("no end within {} s", PATIENCE.as_secs())).hint(written.trim()))
            }
        }
    }
}

fn is_listed(program: &Path) -> bool {
    let text = fs::read(SHELLS).unwrap_or_default();
    text.lines().any(|line| line.trim() == program.as_os_str().as_bytes())
}
