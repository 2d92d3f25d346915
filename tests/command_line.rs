//! The command line itself: options, subcommands, and what is made from their
//! definition.

mod support;

use support::{Finished, Place, Run};

fn run(arguments: &[&str]) -> Finished {
    Run::new(&Place::new()).args(arguments).finish()
}

#[test]
fn help_and_version_go_to_standard_output() {
    let help = run(&["--help"]).succeeded();
    for part in ["ask", "model", "preference", "--yes", "--dry-run", "-c"] {
        assert!(help.stdout.contains(part), "{part}: {}", help.stdout);
    }
    let version = format!("llmsh {}\n", env!("CARGO_PKG_VERSION"));
    run(&["--version"]).expect(0, &version, "");
}

#[test]
fn wrong_usage_is_2_and_names_the_option() {
    for (arguments, part) in [
        (&["--nope"][..], "--nope"),
        (&["-Z"], "-Z"),
        (&["--yes", "-c", "true"], "--yes=read"),
        (&["--yes=some", "-c", "true"], "--yes=some"),
        (&["-c"], "-c"),
        (&["ask"], "TEXT"),
        (&["model"], "pull"),
        (&["model", "fetch"], "fetch"),
        (&["preference", "forget"], "ID"),
    ] {
        let ended = run(arguments);
        assert_eq!((ended.status, ended.stdout.as_str()), (2, ""), "{arguments:?}: {ended:?}");
        assert!(ended.stderr.contains(part), "{arguments:?}: {ended:?}");
    }
}

#[test]
fn a_script_named_like_a_subcommand_needs_a_slash() {
    let place = Place::new();
    place.write("model", "echo script $1\n");
    Run::new(&place).args(["./model", "list"]).finish().expect(0, "script list\n", "");
    assert!(Run::new(&place).args(["model", "list"]).finish().succeeded().stdout.contains("qwen"));
}

#[test]
fn options_of_requests_do_not_disturb_commands() {
    run(&["--json", "--yes=read", "-c", "echo $0 $1", "name", "x"]).expect(0, "name x\n", "");
    run(&["-c", "--plain", "echo hello"]).expect(0, "hello\n", "");
}

#[test]
fn an_unknown_script_is_127_and_a_directory_126() {
    let place = Place::new();
    let missing = Run::new(&place).args(["./missing"]).finish();
    assert_eq!(missing.status, 127, "{missing:?}");
    let directory = Run::new(&place).args(["/"]).finish();
    assert_eq!(directory.status, 126, "{directory:?}");
}

#[test]
fn an_empty_request_is_wrong_usage() {
    let ended = Run::new(&Place::new()).stdin("?\n").finish();
    assert_eq!(ended.status, 2, "{ended:?}");
    assert!(ended.stderr.contains("empty"), "{ended:?}");
}
