//! Names that are swapped while a plan runs do no harm (G4 of the threat model), and
//! neither does the death of a session in the middle of one, nor a disk that is full or
//! fails (G7): what was done is in the journal, and undoing it brings everything back.

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use llmsh::policy::Ceiling;
use llmsh::undo::{Journal, Limits, State};
use llmsh::{exec, review};
use nix::fcntl::{AT_FDCWD, RenameFlags, renameat2};
use support::tree::{Node, own_trash, tree};
use support::{World, amount, soaks};

const LIMITS: Limits = Limits { max_bytes: 1 << 30, max_age: Duration::from_secs(1 << 30) };

const PROGRAMS: &[&str] = &["rm", "mv", "cp", "mkdir", "touch", "chmod"];

fn journal(world: &World) -> Journal {
    Journal::open(&world.root().join("changes.sqlite"), LIMITS).expect("the journal can be opened")
}

/// Two names whose meanings are exchanged, over and over.
fn swap(one: &Path, other: &Path, stop: &AtomicBool) {
    while !stop.load(Ordering::Relaxed) {
        // Where the plan has taken one of them away there is nothing to exchange.
        let _ = renameat2(AT_FDCWD, one, AT_FDCWD, other, RenameFlags::RENAME_EXCHANGE);
        thread::yield_now();
    }
}

/// What is at and below a path, by the number of its inode.
fn inodes(path: &Path) -> BTreeMap<u64, (PathBuf, Node)> {
    let with_number = |(path, node): (PathBuf, Node)| {
        let number = path.symlink_metadata().expect("it was just there").ino();
        (number, (path, node))
    };
    tree(path).into_iter().map(with_number).collect()
}

#[test]
fn a_plan_touches_what_was_shown_and_nothing_else() {
    own_trash();
    let plans = [
        "rm f",
        "echo new > f",
        "echo more >> f",
        "chmod 600 f",
        "mv f n",
        "cp source f",
        "cp -p source d/new",
        "mv source f",
        "touch f",
        "rm -r d",
        "mkdir d/new",
        "echo new > d/inner",
        "mv f d",
        "mv d n",
        "cp -r d n",
    ];
    // Each of what the plan names is exchanged with a link to elsewhere, and with
    // something of its kind that the plan does not name.
    let swaps = [("f", "to-secret"), ("f", "bystander"), ("d", "to-outside"), ("d", "other")];
    let mut touched = 0;
    for round in 0..amount(10_000) as usize {
        let world = World::new(PROGRAMS.iter().copied());
        let work = world.path("");
        let outside = world.root().join("outside");
        for directory in [&outside, &work.join("d"), &work.join("other")] {
            fs::create_dir(directory).expect("the world can be written");
            fs::write(directory.join("inner"), "kept\n").expect("the world can be written");
        }
        for name in ["f", "source", "bystander"] {
            fs::write(work.join(name), format!("{name}\n")).expect("the world can be written");
        }
        fs::write(outside.join("secret"), "kept\n").expect("the world can be written");
        symlink(outside.join("secret"), work.join("to-secret")).expect("the world can be written");
        symlink(&outside, work.join("to-outside")).expect("the world can be written");
        let before = tree(&outside);
        let strangers: Vec<u64> = ["bystander", "other", "other/inner"]
            .iter()
            .map(|name| work.join(name).symlink_metadata().expect("it was just made").ino())
            .collect();
        let shown = inodes(&work);

        let text = plans[round % plans.len()];
        let (one, other) = swaps[round / plans.len() % swaps.len()];
        let plan = world.plan(text);
        let approved = review::unattended(plan, world.policy(), Some(Ceiling::All))
            .unwrap_or_else(|(_, reason)| panic!("{text}: {reason}"));
        let mut shell = world.shell();
        let mut journal = (round % 10 == 0).then(|| journal(&world));
        let stop = AtomicBool::new(false);
        let report = thread::scope(|scope| {
            scope.spawn(|| swap(&work.join(one), &work.join(other), &stop));
            // The plan begins now and then, as the attacker does.
            thread::sleep(Duration::from_micros(round as u64 * 37 % 300));
            let report = exec::run(&approved, &mut shell, journal.as_mut(), None);
            stop.store(true, Ordering::Relaxed);
            report
        });
        touched += usize::from(report.status.is_success());

        assert_eq!(tree(&outside), before, "round {round}: {text}, {one} and {other} exchanged");
        let now = inodes(&work);
        for stranger in strangers {
            let (path, node) = &shown[&stranger];
            let found = now.get(&stranger).map(|(_, node)| node);
            // The time of a directory changes where its name does.
            let same = found.is_some_and(|found| {
                (found.mode, found.owner, &found.content) == (node.mode, node.owner, &node.content)
            });
            let path = path.display();
            assert!(same, "round {round}: {text}, {one} and {other} exchanged: {path}: {found:?}");
        }
    }
    assert!(touched > 0, "no plan came to its end, so nothing was tested");
}

/// What the session that is killed does.
const PLAN: &str = "rm -r d; echo x > four; mv f g; cp -a g h; chmod 600 g/three; \
                    echo y >> four; mkdir n; touch n/a; rm link";

/// The variable by which a test program learns that it is that session.
const SESSION: &str = "LLMSH_TEST_SESSION";

fn furnish(world: &World) {
    let work = world.path("");
    for directory in ["d/e", "f"] {
        fs::create_dir_all(work.join(directory)).expect("the world can be written");
    }
    for (name, content) in
        [("d/one", "1\n"), ("d/e/two", "22\n"), ("f/three", "333\n"), ("four", "4444\n")]
    {
        fs::write(work.join(name), content).expect("the world can be written");
    }
    symlink("d/one", work.join("link")).expect("the world can be written");
}

/// Runs the plan; how it went does not matter.
fn run_plan(world: &World, journal: &mut Journal) {
    let approved = review::unattended(world.plan(PLAN), world.policy(), Some(Ceiling::All))
        .unwrap_or_else(|(_, reason)| panic!("{reason}"));
    exec::run(&approved, &mut world.shell(), Some(journal), None);
}

/// Everything that the newest plan did is found in the journal and taken back.
#[track_caller]
fn comes_back(world: &World, before: &BTreeMap<PathBuf, Node>, when: &str) {
    let mut journal = journal(world);
    if let [run] = journal.runs(1).expect("the journal can be read").as_slice() {
        assert!(matches!(run.state, State::Broken | State::Ended), "{when}: {:?}", run.state);
        let undone = journal.undo(Some(run.id)).unwrap_or_else(|error| panic!("{when}: {error}"));
        assert_eq!(undone.lost, Vec::<PathBuf>::new(), "{when}");
    }
    let after = tree(&world.path(""));
    for (path, node) in before {
        assert_eq!(after.get(path), Some(node), "{when}: {}", path.display());
    }
    assert_eq!(after.len(), before.len(), "{when}");
}

/// Is killed by [`a_session_that_is_killed_leaves_nothing_half_done`].
#[test]
fn a_session_to_be_killed() {
    let Some(root) = std::env::var_os(SESSION) else { return };
    let world = World::at(Path::new(&root));
    let mut journal = journal(&world);
    std::io::stdout().write_all(b"!").and_then(|()| std::io::stdout().flush()).expect("a pipe");
    run_plan(&world, &mut journal);
}

#[test]
fn a_session_that_is_killed_leaves_nothing_half_done() {
    own_trash();
    let mut broken = 0;
    for round in 0..u64::from(amount(1_000)) {
        let world = World::new(PROGRAMS.iter().copied());
        furnish(&world);
        let before = tree(&world.path(""));
        let mut session = Command::new(std::env::current_exe().expect("this program is a file"))
            .args(["--exact", "a_session_to_be_killed", "--nocapture", "--test-threads", "1"])
            .env(SESSION, world.root())
            .stdout(Stdio::piped())
            .spawn()
            .expect("this program can be started");
        let output = session.stdout.as_mut().expect("it is a pipe");
        let mut byte = [0];
        while output.read(&mut byte).expect("it can be read") == 1 && byte != *b"!" {}
        // From before the first change to after the last one.
        thread::sleep(Duration::from_micros(round * 7919 % 40_000));
        session.kill().expect("it is a child");
        session.wait().expect("it is a child");
        let runs = journal(&world).runs(1).expect("the journal can be read");
        broken += usize::from(runs.first().is_some_and(|run| run.state == State::Broken));
        comes_back(&world, &before, &format!("round {round}"));
    }
    assert!(broken > 0, "no session was killed in the middle of a plan");
}

/// By which calls the journal and the changes reach the disk.
const CALLS: &str = "pwrite64,write,fsync,fdatasync,ftruncate,copy_file_range,renameat2,\
                     unlinkat,mkdirat,linkat,symlinkat,fchmodat,fchmod,utimensat";

/// Runs a session of [`a_session_to_be_killed`] of which the call with this number, from 1,
/// fails with EIO, and all calls after it where the number is odd; how many calls it made.
fn with_a_failing_call(world: &World, number: usize) -> usize {
    let log = world.root().join("calls");
    let on = if number % 2 == 1 { "+" } else { "" };
    let injected = format!("inject={CALLS}:error=EIO:when={number}{on}");
    let mut strace = Command::new("strace");
    strace.args(["-f", "-qq", "-o"]).arg(&log).args(["-e", &format!("trace={CALLS}")]);
    if number > 0 {
        strace.args(["-e", &injected]);
    }
    strace
        .arg(std::env::current_exe().expect("this program is a file"))
        .args(["--exact", "a_session_to_be_killed", "--nocapture", "--test-threads", "1"])
        .env(SESSION, world.root())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .expect("strace can be started");
    let told = fs::read_to_string(&log).expect("strace has written it");
    told.lines().filter(|line| line.contains('(')).count()
}

#[test]
fn a_disk_that_fails_leaves_nothing_half_done() {
    if Command::new("strace").arg("-V").output().is_err() {
        eprintln!("strace is not installed: no call was made to fail");
        return;
    }
    own_trash();
    let world = World::new(PROGRAMS.iter().copied());
    furnish(&world);
    let calls = with_a_failing_call(&world, 0);
    assert!(calls > 50, "the session makes {calls} calls only");
    // Odd and even numbers.
    let step = if soaks() { 1 } else { 11 };
    let mut broken = 0;
    for number in (1..=calls).step_by(step) {
        let world = World::new(PROGRAMS.iter().copied());
        furnish(&world);
        let before = tree(&world.path(""));
        with_a_failing_call(&world, number);
        let runs = journal(&world).runs(1).expect("the journal can be read");
        broken += usize::from(runs.first().is_some_and(|run| run.state == State::Broken));
        comes_back(&world, &before, &format!("call {number} of {calls} failed"));
    }
    eprintln!("{broken} of {} sessions broke off", calls.div_ceil(step));
}

/// Where the disk is full after so many bytes: in a file system of its own, which
/// [`a_full_disk_leaves_nothing_half_done`] makes.
#[test]
fn a_plan_on_a_small_disk() {
    let Some(mount) = std::env::var_os(SESSION).filter(|_| std::env::var_os("TMPDIR").is_some())
    else {
        return;
    };
    let mount = PathBuf::from(mount);
    if !mount.join("small").exists() {
        return;
    }
    for pages in 0..60 {
        let world = World::new(PROGRAMS.iter().copied());
        furnish(&world);
        let before = tree(&world.path(""));
        let mut written = journal(&world);
        let filler = mount.join("filler");
        let free = llmsh::system::disk::available_bytes(&mount).expect("it is mounted");
        let rest = usize::try_from(free).expect("it is small").saturating_sub(pages * 4096);
        fs::write(&filler, vec![b'x'; rest]).expect("there is so much room");
        run_plan(&world, &mut written);
        // What it could not write down is lost with it.
        drop(written);
        fs::remove_file(&filler).expect("it was just made");
        comes_back(&world, &before, &format!("{pages} pages free"));
    }
}

#[test]
fn a_full_disk_leaves_nothing_half_done() {
    let root = tempfile::tempdir().expect("a temporary directory can be made");
    let program = std::env::current_exe().expect("this program is a file");
    let script = "mount -t tmpfs -o size=4m none \"$1\" && mkdir \"$1/small\" && \
                  XDG_DATA_HOME=$1 TMPDIR=$1 LLMSH_TEST_SESSION=$1 exec \"$0\" --exact \
                  a_plan_on_a_small_disk --nocapture --test-threads 1";
    let output = Command::new("unshare")
        .args(["-rm", "sh", "-c", script])
        .args([program.as_os_str(), root.path().as_os_str()])
        .output()
        .expect("unshare of util-linux is there");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
}
