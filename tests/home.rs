//! A home directory that is not there, is another user's, or cannot be written to: commands
//! run, nothing is made where it should not be, and a person is told once.

mod support;

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use support::{LLMSH, PROMPT, Place, Run, Terminal};

/// The variables that say where files are, without those of the place.
fn only_home(home: &Path) -> Vec<(&'static str, String)> {
    let mut all = vec![("HOME", home.display().to_string()), ("PS1", PROMPT.to_owned())];
    for name in ["XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"] {
        all.push((name, String::new()));
    }
    all
}

fn shell(place: &Place, home: &Path) -> Terminal {
    let none: [&str; 0] = [];
    let variables = only_home(home);
    let variables: Vec<(&str, &str)> =
        variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
    Terminal::start_with(place, LLMSH, none, (24, 80), &variables)
}

#[test]
fn who_starts_it_for_the_first_time_is_greeted_once() {
    let place = Place::new();
    let home = place.directory("home");
    let mut terminal = shell(&place, &home);
    terminal.wait_for("This is llmsh.");
    assert_eq!(terminal.run_line("echo works"), "works");
    terminal.start_line("exit");
    terminal.finish();
    let mut terminal = shell(&place, &home);
    assert_eq!(terminal.run_line("echo works"), "works");
    assert!(!terminal.screen().contains("This is llmsh"), "{}", terminal.screen());
    // Where nothing can be written down it would be said each time, and is not at all.
    let mut terminal = shell(&place, Path::new("/nonexistent/home"));
    assert_eq!(terminal.run_line("echo works"), "works");
    assert!(!terminal.screen().contains("This is llmsh"), "{}", terminal.screen());
}

#[test]
fn a_home_that_is_not_there_is_not_made() {
    let place = Place::new();
    let missing = place.work().join("no/such/home");
    let mut terminal = shell(&place, &missing);
    terminal.wait_for("does not exist: nothing is kept");
    assert_eq!(terminal.run_line("echo works"), "works");
    // What a plan deletes cannot go to a trash there either.
    place.write("a.txt", "a");
    terminal.run_line("rm a.txt; history");
    terminal.start_line("exit");
    terminal.finish();
    assert!(!place.work().join("no").exists());
    let mut run = Run::new(&place).args(["-c", "echo quiet"]);
    for (name, value) in only_home(&missing) {
        run = run.env(name, value);
    }
    run.finish().expect(0, "quiet\n", "");
    assert!(!place.work().join("no").exists());
}

#[test]
fn nothing_is_written_to_the_home_of_another_user() {
    // Only root can make a directory somebody else's.
    let place = Place::new();
    let home = place.work().join("theirs");
    fs::create_dir(&home).unwrap();
    if std::os::unix::fs::chown(&home, Some(12_345), Some(12_345)).is_err() {
        return;
    }
    fs::set_permissions(&home, Permissions::from_mode(0o777)).unwrap();
    let mut terminal = shell(&place, &home);
    terminal.wait_for("belongs to another user: nothing is kept");
    assert_eq!(terminal.run_line("echo works"), "works");
    terminal.start_line("exit");
    terminal.finish();
    assert_eq!(fs::read_dir(&home).unwrap().count(), 0);
}
