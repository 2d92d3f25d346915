//! Signals that were ignored or blocked when the shell started, and signals that
//! come at a bad moment.

mod support;

use support::{LLMSH, Place, Run, Terminal};

/// Runs a script by a parent that ignores SIGCHLD.
fn with_children_ignored(place: &Place, script: &str) -> support::Finished {
    let outer = format!("trap '' CHLD; exec {LLMSH} -c \"$1\"");
    // bash hands the disposition on; it never ignores the signal for itself.
    Run::new(place).program("bash").args(["-c", &outer, "sh", script]).finish()
}

#[test]
fn statuses_are_right_where_the_parent_ignored_the_end_of_children() {
    let place = Place::new();
    let run = |script: &str| with_children_ignored(&place, script);
    run("/bin/false && echo yes; echo $?").expect(0, "1\n", "");
    run("sh -c 'exit 3' & wait $!; echo $?").expect(0, "3\n", "");
    run("(sh -c 'exit 4'; echo $?); x=$(sh -c 'exit 5'); echo $?").expect(0, "4\n5\n", "");
    run("sh -c 'exit 6' | sh -c 'exit 7'; echo $?").expect(0, "7\n", "");
    run("f() { sh -c 'exit 8'; }; f | cat; f; echo $?").expect(0, "8\n", "");
}

#[test]
fn programs_get_the_disposition_that_the_shell_inherited() {
    let place = Place::new();
    // The bit of SIGCHLD (17) in the mask of ignored signals.
    let ignored = "grep SigIgn /proc/self/status | grep -q '[1357bdf]....$' && echo ignored";
    with_children_ignored(&place, ignored).expect(0, "ignored\n", "");
    let plain = Run::new(&place).args(["-c", &format!("{ignored} || echo default")]).finish();
    plain.expect(0, "default\n", "");
    let trapped = Run::new(&place).args(["-c", &format!("trap '' CHLD; {ignored}")]).finish();
    trapped.expect(0, "ignored\n", "");
}

#[test]
fn a_trap_that_ignores_the_end_of_children_costs_no_status() {
    let place = Place::new();
    let script = "trap '' CHLD; sh -c 'exit 3'; echo $?; sh -c 'exit 4' & wait $!; echo $?";
    Run::new(&place).args(["-c", script]).finish().expect(0, "3\n4\n", "");
}

#[test]
fn signals_that_the_parent_blocked_reach_the_shell() {
    let place = Place::new();
    let parent = "
import os, signal, sys
signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
os.execv(sys.argv[1], ['llmsh', '-c', sys.argv[2]])";
    let script = "trap 'echo trapped' USR1; kill -USR1 $$; sleep 0.01 & wait $!; echo $?";
    Run::new(&place).program("python3").args(["-c", parent, LLMSH, script]).finish().expect(
        0,
        "trapped\n0\n",
        "",
    );
}

#[test]
fn a_background_list_ignores_an_interrupt_from_its_first_moment() {
    let place = Place::new();
    let script = "i=0; while [ $i -lt 300 ]; do
        sleep 0.002 & kill -INT $!; wait $! || echo $i: $?
        i=$((i + 1))
    done; echo done";
    Run::new(&place).args(["-c", script]).finish().expect(0, "done\n", "");
}

#[test]
fn a_child_takes_the_signal_that_comes_before_its_program() {
    let place = Place::new();
    // The shell survives it, so a child that still was the shell would, too.
    let script = "trap : TERM; i=0; while [ $i -lt 300 ]; do
        sleep 1000 & kill -TERM $!; wait $!; [ $? = 143 ] || echo $i: $?
        i=$((i + 1))
    done; echo done";
    Run::new(&place).args(["-c", script]).finish().expect(0, "done\n", "");
}

#[test]
fn ctrl_c_just_after_enter_ends_the_command() {
    let place = Place::new();
    let none: [&str; 0] = [];
    let mut terminal = Terminal::start(&place, LLMSH, none);
    for round in 5..45 {
        terminal.start_line("sleep 1000");
        // From before the terminal is handed over to long after it.
        std::thread::sleep(std::time::Duration::from_micros(round * 100));
        terminal.control('c');
        terminal.wait_for_prompt();
    }
    assert_eq!(terminal.run_line("echo still here"), "still here");
}

#[test]
fn a_program_that_cannot_be_executed_leaves_the_shells_signals_as_they_were() {
    let place = Place::new();
    place.write("broken", "#!/no/such/interpreter\n");
    let none: [&str; 0] = [];
    let mut terminal = Terminal::start(&place, LLMSH, none);
    terminal.run_line("chmod +x broken; exec ./broken");
    terminal.run_line("kill -INT $$");
    terminal.run_line("kill -TERM $$");
    assert_eq!(terminal.run_line("echo still here"), "still here");
}

#[test]
fn an_interrupt_from_elsewhere_forgets_the_line_and_not_the_shell() {
    let place = Place::new();
    let none: [&str; 0] = [];
    let mut terminal = Terminal::start(&place, LLMSH, none);
    let shell = terminal.run_line("echo $$");
    terminal.enter("echo half");
    let sent = std::process::Command::new("kill").args(["-INT", &shell]).status();
    assert!(sent.expect("kill can be started").success());
    terminal.wait_for_prompt();
    assert_eq!(terminal.run_line("echo still here"), "still here");
}

#[test]
fn a_search_for_names_is_given_up_by_ctrl_c() {
    let place = Place::new();
    let none: [&str; 0] = [];
    let mut terminal = Terminal::start(&place, LLMSH, none);
    terminal.run_line("ln -s . a; ln -s . b; ln -s . c; ln -s . d; ln -s . e");
    terminal.start_line("echo */*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/");
    std::thread::sleep(std::time::Duration::from_millis(100));
    terminal.control('c');
    assert_eq!(terminal.run_line("echo status $?"), "status 130");
}
