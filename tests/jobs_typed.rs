//! Jobs as a person handles them: stopped, told apart, gone on with, waited for, ended;
//! with what is told of them before a prompt. Numbers of processes are shown as `N`.

mod support;

use std::fmt::Write;
use std::time::{Duration, Instant};

use support::typed::{Session, empty, everywhere};
use support::{PROMPT, Terminal};

/// A line, or keys while its program runs, and what is shown until the next prompt;
/// with `…` behind it where there is none, since a program runs.
type Step = (&'static str, &'static str);

/// How long a step may take, on a machine under load.
const PATIENCE: Duration = Duration::from_secs(20);

/// A program runs, and has said so.
const RUNS: &str = "ready…";

/// What Ctrl-Z shows below a program that has said that it is ready.
const STOPPED: &str = "ready\n^Z\n[1] + Stopped SLEEP";
const STOPPED_AGAIN: &str = "SLEEP\n^Z\n[1] + Stopped SLEEP";
const RUNNING: &str = "[1] + Running SLEEP &";
const TWO: Step = ("sleep 2000 &", "[2] N");
/// What `SLEEP` stands for.
const SLEEP: &str = "sh -c 'echo rea''dy; exec sleep 1000'";

/// Jobs that are stopped and go on.
const STOPPED_ONES: &[&[Step]] = &[
    &[("SLEEP", RUNS), ("«C-z»", STOPPED), ("jobs", "[1] + Stopped SLEEP")],
    &[("SLEEP", RUNS), ("«C-z»", STOPPED), ("bg", "[1] SLEEP &"), ("jobs", RUNNING)],
    &[("SLEEP", RUNS), ("«C-z»", STOPPED), ("bg %1", "[1] SLEEP &"), ("kill %1; wait", "")],
    &[("SLEEP", RUNS), ("«C-z»", STOPPED), ("bg; kill %1; wait; jobs", "[1] SLEEP &")],
    &[("SLEEP", RUNS), ("«C-z»", STOPPED), ("echo $?", "148")],
    &[("SLEEP", RUNS), ("«C-c»", "ready\n^C"), ("echo $?", "130")],
    &[("SLEEP", RUNS), ("«C-z»", STOPPED), ("kill -CONT %1; jobs", RUNNING)],
    &[("SLEEP", RUNS), ("«C-z»", STOPPED), ("fg", "SLEEP…"), ("«C-c»", "SLEEP\n^C")],
    &[("SLEEP", RUNS), ("«C-z»", STOPPED), ("fg %1", "SLEEP…"), ("«C-z»", STOPPED_AGAIN)],
    &[("SLEEP", RUNS), ("«C-z»", STOPPED), ("fg %?1000", "SLEEP…"), ("«C-c»", "SLEEP\n^C")],
    &[("SLEEP", RUNS), ("«C-z»", STOPPED), TWO, ("fg", "SLEEP…"), ("«C-c»", "SLEEP\n^C")],
    &[("sleep 1000 &", "[1] N"), ("fg", "sleep 1000…"), ("«C-c»", "sleep 1000\n^C")],
    &[("sleep 1000 &", "[1] N"), TWO, ("fg %-", "sleep 1000…"), ("«C-c»", "sleep 1000\n^C")],
    &[("sleep 1000 &", "[1] N"), TWO, ("fg %+", "sleep 2000…"), ("«C-c»", "sleep 2000\n^C")],
    &[("SLEEP", RUNS), ("«C-z»", STOPPED), ("%1", "SLEEP…"), ("«C-c»", "SLEEP\n^C")],
    &[("SLEEP", RUNS), ("«C-z»", STOPPED), ("%1 &", "[1] SLEEP &"), ("jobs", RUNNING)],
    &[("SLEEP", RUNS), ("«C-z»", STOPPED), TWO, ("jobs -s", "[1] + Stopped SLEEP")],
    &[("SLEEP", RUNS), ("«C-z»", STOPPED), TWO, ("jobs -r", "[2] - Running sleep 2000 &")],
    &[("SLEEP", RUNS), ("«C-z»", STOPPED), ("kill -9 %1; sleep 0.2; wait %1; echo $?", "137")],
];

/// Jobs in the background.
const BACKGROUND: &[&[Step]] = &[
    &[("sleep 1000 &", "[1] N"), ("jobs", "[1] + Running sleep 1000 &")],
    &[("sleep 1000 &", "[1] N"), ("kill %1; wait %1", ""), ("echo $?", "143")],
    &[("sleep 1000 &", "[1] N"), ("kill %1; wait %1; jobs", "")],
    &[("sleep 1000 &", "[1] N"), ("kill %%; wait %+; echo $?", "143")],
    &[("sleep 1000 &", "[1] N"), ("kill %sle; wait $!; echo $?", "143")],
    &[("sleep 1000 &", "[1] N"), ("kill %?1000; wait $!; echo $?", "143")],
    &[
        ("sleep 1000 &", "[1] N"),
        TWO,
        ("jobs", "[1] - Running sleep 1000 &\n[2] + Running sleep 2000 &"),
    ],
    &[("sleep 1000 &", "[1] N"), TWO, ("kill %-; wait %1; jobs", "[2] + Running sleep 2000 &")],
    &[("sleep 1000 &", "[1] N"), TWO, ("kill %?2000; wait %2; jobs", "[1] + Running sleep 1000 &")],
    &[("sleep 1000 &", "[1] N"), TWO, ("jobs %1", "[1] - Running sleep 1000 &")],
    &[
        ("sleep 1000 &", "[1] N"),
        TWO,
        ("kill %sleep", "llmsh: kill: %sleep: more than one job matches"),
    ],
    &[("sleep 1000 &", "[1] N"), TWO, ("kill %1 %2; wait; jobs", "")],
    &[("kill %nosuch", "llmsh: kill: %nosuch: no such job")],
    &[("sleep 1000 &", "[1] N"), ("disown %1; jobs", ""), ("kill $!", "")],
    &[("sleep 1000 &", "[1] N"), ("disown -h; jobs", "[1] + Running sleep 1000 &")],
    &[("(exit 7) & wait $!; echo $?", "[1] N\n7")],
    &[("false & wait; echo $?", "[1] N\n0")],
    &[("sleep 0.2 &", "[1] N"), ("sleep 0.5", "[1] + Done sleep 0.2")],
    &[("(sleep 0.2; exit 3) &", "[1] N"), ("sleep 0.5", "[1] + Done(3) ( sleep 0.2; exit 3 )")],
    &[("sleep 1000 &", "[1] N"), ("kill -9 $!; sleep 0.5", "[1] + Killed sleep 1000")],
    &[("sleep 0.2 & wait; jobs", "[1] N")],
    &[("fg", "llmsh: fg: current: no such job")],
    &[("bg %3", "llmsh: bg: %3: no such job")],
    &[("sleep 1000 &", "[1] N"), ("jobs -l", "[1] + N Running sleep 1000 &"), ("jobs -p", "N")],
    &[("sleep 1000 | cat &", "[1] N"), ("jobs", "[1] + Running sleep 1000 | cat &")],
    &[("wait %3 || echo $(($? - 100))", "llmsh: wait: %3: no such job\n27")],
];

/// What stands below the line at the top, with numbers of processes as `N`, in which
/// several blanks are one.
fn below(terminal: &Terminal) -> String {
    let screen = terminal.screen();
    let rows = screen.lines().skip(1).map(|row| {
        let words = row.split_whitespace().map(|word| {
            let is_number = word.len() > 2 && word.bytes().all(|byte| byte.is_ascii_digit());
            // What sleep is told, and statuses of signals, are no processes.
            let is_kept = ["1000", "2000", "130", "137", "143", "148"].contains(&word);
            if is_number && !is_kept { "N" } else { word }
        });
        words.collect::<Vec<_>>().join(" ")
    });
    rows.collect::<Vec<_>>().join("\n")
}

/// Waits until a key is for a job: `fg` shows its command before it hands the terminal over.
fn wait_for_a_job_in_the_foreground(shell: u32) {
    let end = Instant::now() + PATIENCE;
    loop {
        let stat = std::fs::read_to_string(format!("/proc/{shell}/stat")).unwrap_or_default();
        // Behind the name: state, parent, group, session, terminal, the terminal's group.
        let behind = stat.rsplit(')').next().unwrap_or_default();
        let fields: Vec<&str> = behind.split_whitespace().collect();
        if fields.get(2) != fields.get(5) {
            return;
        }
        assert!(Instant::now() < end, "no job came to the foreground");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Types a step; what is not as it should be.
fn wrong(session: &mut Session, (keys, shown): Step) -> Option<String> {
    let is_line = !keys.starts_with('«');
    if is_line {
        session.begin();
        session.keys(&keys.replace("SLEEP", SLEEP));
        session.keys("«Line»");
    } else {
        wait_for_a_job_in_the_foreground(session.terminal.process());
        session.keys(keys);
    }
    let wanted = match shown.strip_suffix('…') {
        Some(running) => running.to_owned(),
        None => format!("{shown}\n{}", PROMPT.trim_end()),
    };
    let wanted = wanted.trim_start().replace("SLEEP", SLEEP);
    if session.terminal.comes(PATIENCE, |terminal| below(terminal) == wanted) {
        return None;
    }
    Some(format!("{keys} shows\n{}\nnot\n{wanted}\n", below(&session.terminal)))
}

/// Types all steps of all cases, and ends the jobs behind each.
fn handled(cases: &[&[Step]]) {
    everywhere((24, 80), empty, |session| {
        // Who was stopped is seen to be gone a moment later only.
        session.terminal.run_line("z() { kill -KILL $(jobs -p); sleep 0.1; } 2>/dev/null");
        let mut text = String::new();
        for case in cases {
            for step in *case {
                if let Some(what) = wrong(session, *step) {
                    writeln!(text, "{case:?}: {what}").expect("a string takes all text");
                }
            }
            session.begin();
            session.keys("z«Enter»");
        }
        assert!(text.is_empty(), "{text}");
    });
}

#[test]
fn stopped_jobs_are_told_of_and_gone_on_with() {
    handled(STOPPED_ONES);
}

#[test]
fn jobs_in_the_background_are_told_apart_waited_for_and_ended() {
    handled(BACKGROUND);
}

#[test]
fn a_second_exit_leaves_stopped_jobs_behind() {
    for leave in ["exit«Line»", "«C-d»"] {
        everywhere((24, 80), empty, |session| {
            assert_eq!(wrong(session, ("SLEEP", RUNS)), None);
            assert_eq!(wrong(session, ("«C-z»", STOPPED)), None);
            session.keys(leave);
            session.terminal.wait_for("there are stopped jobs");
            session.terminal.wait_for_prompt();
            // Whatever else is done, they are told of again.
            session.keys("echo next«Enter»");
            session.keys(leave);
            session.terminal.wait_until("the question again", |terminal| {
                terminal.screen().matches("there are stopped jobs").count() == 2
            });
            session.terminal.wait_for_prompt();
            session.keys(leave);
            session.terminal.ends();
        });
    }
}
