//! What the commands print.

use std::fs;

use super::*;
use crate::model::gguf::sample::Sample;
use crate::model::store::fixture::{Fixture, sha256};

#[test]
fn the_list_shows_what_is_there() {
    let fixture = Fixture::new();
    fixture.put("first-q4.gguf", &fixture.content);
    fixture.put("second.gguf.partial", &[0; 100]);
    let stray = fixture.put("stray.gguf", b"GGUF");
    let expected = format!(
        "  NAME       SIZE  INSTALLED  LICENCE     DESCRIPTION
* first      4 kB  yes        MIT         the default
  second  {:>7}  {:9}  MIT         the other
stray.gguf was not added; to use it: llmsh model add {}
",
        size(models(&fixture.context)[1].bytes),
        format!("{} %", 10_000 / models(&fixture.context)[1].bytes),
        stray.display(),
    );
    assert_eq!(fixture.succeed(&["list"]), expected);
}

#[test]
fn the_status_names_the_selected_model() {
    let mut fixture = Fixture::new();
    let path = fixture.put("first-q4.gguf", &fixture.content);
    let hash = sha256(&fixture.content);
    let expected = |checked: &str, worker: &str| {
        format!(
            "model   first\nfile    {}\nsize    4 kB ({} bytes)\nsha256  {hash}\n        \
             {checked}\nworker  {worker}\n",
            path.display(),
            fixture.content.len(),
        )
    };
    let unchecked = "not yet compared; \"llmsh model verify\" does it";
    assert_eq!(fixture.succeed(&["status"]), expected(unchecked, "not running"));
    fixture.succeed(&["verify"]);
    let record = Record::read(&path).unwrap();
    let checked = format!("found right at {}", record.verified.unwrap());
    let expected = expected(&checked, "busy");
    fixture.context.worker_status = Some("busy".into());
    assert_eq!(fixture.succeed(&["status"]), expected);
}

#[test]
fn the_status_without_a_model_is_an_error() {
    assert_eq!(Fixture::new().run(&["status"]).message(), "the model first is not installed");
}

#[test]
fn a_damaged_file_is_found_and_fetched_again() {
    let fixture = Fixture::new().pip();
    fixture.succeed(&["pull"]);
    let mut damaged = fixture.content.clone();
    damaged[4000] ^= 1;
    fs::write(fixture.model_path(), &damaged).unwrap();
    let outcome = fixture.run(&["verify", "first"]);
    let expected = format!(
        "the file of the model first is not the expected one: its sha256 is {} and should be {}",
        sha256(&damaged),
        sha256(&fixture.content)
    );
    assert_eq!(outcome.message(), expected);
    assert_eq!(fs::read(fixture.model_path()).unwrap(), damaged);

    fixture.succeed(&["pull"]);
    let expected = format!("first is intact (sha256 {})\n", sha256(&fixture.content));
    assert_eq!(fixture.succeed(&["verify"]), expected);
}

#[test]
fn only_an_installed_model_can_be_selected() {
    let fixture = Fixture::new();
    assert_eq!(fixture.run(&["use", "second"]).message(), "the model second is not installed");
    assert_eq!(fixture.run(&["use", "thrid"]).message(), "there is no model called 'thrid'");
    assert_eq!(fixture.files(), Vec::<String>::new());
}

#[test]
fn removing_the_selected_model_is_noted() {
    let fixture = Fixture::new();
    fixture.put("first-q4.gguf", &fixture.content);
    let own = fixture.outside("own.gguf", &Sample::default().bytes());
    fixture.succeed(&["add", own.to_str().unwrap()]);
    fixture.succeed(&["use", "own"]);
    let expected = "own is removed\nit was the selected model; requests now use first\n";
    assert_eq!(fixture.succeed(&["remove", "own"]), expected);
    let expected = "first is removed\nit was the selected model; \
        requests now have no model; \"llmsh model list\" shows all\n";
    assert_eq!(fixture.succeed(&["remove", "default"]), expected);
    assert_eq!(fixture.files(), Vec::<String>::new());
    assert_eq!(fixture.run(&["remove", "first"]).message(), "the model first is not installed");
}

#[test]
fn removing_also_removes_an_unfinished_download() {
    let fixture = Fixture::new();
    fixture.put("second.gguf.partial", &[0; 100]);
    assert_eq!(fixture.succeed(&["remove", "second"]), "second is removed\n");
    assert_eq!(fixture.files(), Vec::<String>::new());
}

#[test]
fn an_interrupted_check_has_the_status_of_the_signal() {
    let mut fixture = Fixture::new();
    fixture.put("first-q4.gguf", &fixture.content);
    fixture.context.interrupted = std::sync::Arc::new(|| true);
    assert_eq!(fixture.run(&["verify"]).result.unwrap_err().status, ExitStatus(130));
}
