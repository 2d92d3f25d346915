//! A directory to compile plans for and to run them in, with a home and programs
//! of its own, in this process.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use bstr::BString;
use llmsh::plan::Plan;
use llmsh::plan::compile::{self, CompileError};
use llmsh::policy::{Places, Policy, Verdict};
use llmsh::shell::Shell;
use tempfile::TempDir;

/// A place with `home/work`, in which plans run, and the rules that protect it.
pub(crate) struct World {
    root: PathBuf,
    policy: Policy,
    /// Goes away with it; one that another process made stays.
    _directory: Option<TempDir>,
}

impl World {
    /// A few files, and these programs on the path, none of which does anything.
    pub(crate) fn new<'a>(programs: impl IntoIterator<Item = &'a str>) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory can be made");
        let root = directory.path().canonicalize().expect("it was just made");
        let work = root.join("home/work");
        fs::create_dir_all(work.join("sub")).expect("the place can be written");
        for name in ["a.txt", "b.txt", "file", "list", "sub/deep.txt", "install.sh", "env.sh", "x"]
        {
            fs::write(work.join(name), "alpha\n").expect("the place can be written");
            fs::set_permissions(work.join(name), fs::Permissions::from_mode(0o755))
                .expect("the place can be written");
        }
        let bin = root.join("bin");
        fs::create_dir(&bin).expect("the place can be written");
        for program in programs {
            let path = bin.join(program);
            fs::write(&path, "").expect("the place can be written");
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755))
                .expect("the place can be written");
        }
        Self { _directory: Some(directory), ..Self::at(&root) }
    }

    /// The world that was made at a path.
    pub(crate) fn at(root: &Path) -> Self {
        let places = Places::new(Some(&root.join("home")), &[root.join("home/.config/llmsh")]);
        Self { root: root.to_owned(), policy: Policy::embedded(places), _directory: None }
    }

    /// The directory that holds everything.
    pub(crate) fn root(&self) -> PathBuf {
        self.root.clone()
    }

    /// A path in the working directory.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root().join("home/work").join(name)
    }

    /// A shell in the working directory, with the home and the programs.
    pub(crate) fn shell(&self) -> Shell {
        self.shell_in(&self.path(""))
    }

    /// A shell in a directory.
    pub(crate) fn shell_in(&self, directory: &Path) -> Shell {
        let variables = [("PATH", "bin"), ("HOME", "home")];
        let bytes = |(name, place): (&str, &str)| {
            let path = self.root().join(place).into_os_string().into_encoded_bytes();
            (BString::from(name), BString::from(path))
        };
        let mut shell = Shell::new("llmsh", variables.map(bytes).into_iter());
        // The process's own directory is shared with other tests.
        shell.stand_in(directory.as_os_str().as_encoded_bytes());
        shell
    }

    /// The plan of a text.
    pub(crate) fn compile(&self, text: &str) -> Result<Plan, CompileError> {
        compile::compile("", text.as_bytes(), &mut self.shell())
    }

    /// The plan of a text that is one.
    pub(crate) fn plan(&self, text: &str) -> Plan {
        self.compile(text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    /// The rules.
    pub(crate) fn policy(&self) -> &Policy {
        &self.policy
    }

    /// What the rules say of a plan.
    pub(crate) fn judge(&self, plan: &Plan) -> Verdict {
        self.policy.judge(plan)
    }
}
