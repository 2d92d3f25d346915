//! `llmsh login-shell`: nobody is locked out. Each test has an /etc of its own, mounted over
//! the real one where only root can; for other users the tests that change it show nothing.

mod support;

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use support::{Finished, LLMSH, Place, Run};

struct Machine {
    place: Place,
    program: PathBuf,
}

impl Machine {
    fn new() -> Option<Self> {
        if !nix::unistd::Uid::effective().is_root() {
            return None;
        }
        let place = Place::new();
        let program = place.directory("home").join("llmsh");
        fs::copy(LLMSH, &program).expect("it can be copied");
        fs::set_permissions(&program, Permissions::from_mode(0o755)).expect("it is ours");
        for name in ["upper", "below"] {
            fs::create_dir_all(place.directory("home").join(name)).expect("it is ours");
        }
        Some(Self { place, program })
    }

    /// Runs a script of sh where `$L` is llmsh and /etc is this machine's.
    fn run(&self, script: &str) -> Finished {
        let home = self.place.directory("home").display().to_string();
        let all = format!(
            "mount -t tmpfs none {home}/below && mkdir {home}/below/up {home}/below/work && \
             cp -a {home}/upper/. {home}/below/up/ && \
             mount -t overlay -o lowerdir=/etc,upperdir={home}/below/up,workdir={home}/below/work \
             none /etc && ({script}); status=$?; rm -rf {home}/upper/*; \
             cp -a {home}/below/up/. {home}/upper/; exit $status"
        );
        let mut run = Run::new(&self.place).program("unshare").args(["-m", "sh", "-c", &all]);
        run = run.env("L", &self.program).env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        run.finish()
    }

    fn kept(&self) -> Option<String> {
        fs::read_to_string(self.place.directory("state").join("llmsh/login-shell")).ok()
    }
}

const LIST: &str = "echo \"$L\" >>/etc/shells;";

#[test]
fn it_becomes_the_login_shell_and_goes_back() {
    let Some(machine) = Machine::new() else { return };
    let program = machine.program.display().to_string();
    let before = machine.run("getent passwd root | cut -d: -f7").succeeded().stdout;
    let before = before.trim();

    let refused = machine.run("\"$L\" login-shell set");
    assert_eq!(refused.status, 1);
    assert!(refused.stderr.contains("/etc/shells does not list"), "{}", refused.stderr);
    assert!(
        refused.stderr.contains(&format!("echo {program} >>/etc/shells")),
        "{}",
        refused.stderr
    );

    let dry = machine.run(&format!("{LIST} \"$L\" login-shell set --dry-run; getent passwd root"));
    let dry = dry.succeeded().stdout;
    assert!(dry.contains("nothing was changed") && dry.contains("chsh -s"), "{dry}");
    assert!(dry.trim().ends_with(before) && machine.kept().is_none(), "{dry}");

    let set = machine.run("\"$L\" login-shell set && getent passwd root").succeeded().stdout;
    assert!(set.contains("from the next login on"), "{set}");
    assert!(set.trim().ends_with(&format!(":{program}")), "{set}");
    assert_eq!(machine.kept(), Some(format!("{before}\n")));
    let again = machine.run("\"$L\" login-shell set; \"$L\" login-shell status");
    let again = again.succeeded().stdout;
    assert!(again.starts_with("llmsh is the login shell already\n"), "{again}");
    for line in [
        format!("login shell   {program}"),
        "/etc/shells   lists it".to_owned(),
        "trial         passed".to_owned(),
        format!("kept          {before}; llmsh login-shell restore"),
    ] {
        assert!(again.lines().any(|shown| shown == line), "{line} in {again}");
    }

    let back = machine.run("\"$L\" login-shell restore && getent passwd root").succeeded().stdout;
    assert!(back.trim().ends_with(&format!(":{before}")) && machine.kept().is_none(), "{back}");
    let nothing = machine.run("\"$L\" login-shell restore");
    assert!(
        nothing.status == 1 && nothing.stderr.contains("no shell of before"),
        "{}",
        nothing.stderr
    );
}

#[test]
fn a_shell_in_which_one_cannot_work_is_not_set() {
    let Some(machine) = Machine::new() else { return };
    // A profile that ends every login.
    fs::write(machine.place.directory("home").join(".profile"), "exit 9\n").unwrap();
    let refused = machine.run(&format!(
        "{LIST} \"$L\" login-shell set; status=$?; getent passwd root; exit $status"
    ));
    assert_eq!(refused.status, 1);
    assert!(refused.stderr.contains("a trial login failed"), "{}", refused.stderr);
    assert!(!refused.stdout.contains("llmsh") && machine.kept().is_none(), "{}", refused.stdout);
    let status = machine.run("\"$L\" login-shell status").succeeded().stdout;
    assert!(status.contains("trial         a trial login failed"), "{status}");
    fs::remove_file(machine.place.directory("home").join(".profile")).unwrap();

    fs::set_permissions(&machine.program, Permissions::from_mode(0o777)).unwrap();
    let refused = machine.run("\"$L\" login-shell set");
    assert!(refused.stderr.contains("others may write to"), "{}", refused.stderr);
    fs::set_permissions(&machine.program, Permissions::from_mode(0o755)).unwrap();

    // chsh that does nothing, and says that all is well.
    let lie = "ln -sf /bin/true /etc/chsh; PATH=/etc:$PATH";
    let refused = machine.run(&format!("{lie} \"$L\" login-shell set"));
    assert!(refused.stderr.contains("the login shell stays"), "{}", refused.stderr);
}

#[test]
fn anyone_may_look() {
    let place = Place::new();
    let status = Run::new(&place).args(["login-shell", "status"]).finish().succeeded().stdout;
    assert!(status.contains("login shell   /") && status.contains("does not list it"), "{status}");
}
