//! `llmsh model`: what is on this machine. Downloads are tested where they are
//! made (`src/model/download`).

mod support;

use std::fs;

use serde_json::json;
use support::{Finished, Place, Run, Sample, Worker};

fn model(place: &Place, arguments: &[&str]) -> Finished {
    Run::new(place).args(["model"]).args(arguments).finish()
}

/// Asserts on a failure: status 1, nothing on standard output, and one line
/// each of what and of what to do.
#[track_caller]
fn refused(ended: &Finished, what: &str, hint: &str) {
    assert_eq!((ended.status, ended.stdout.as_str()), (1, ""), "{ended:?}");
    let lines: Vec<&str> = ended.stderr.lines().collect();
    // Progress may stand before them.
    let [.., message, advice] = lines.as_slice() else { panic!("{ended:?}") };
    assert!(message.contains(what) && advice.contains(hint), "{ended:?}");
}

#[test]
fn the_catalogue_is_listed() {
    let listed = model(&Place::new(), &["list"]).succeeded().stdout;
    for name in ["qwen2.5-coder-1.5b", "qwen2.5-coder-0.5b"] {
        assert!(listed.contains(name), "{listed}");
    }
}

#[test]
fn a_model_is_added_used_verified_and_removed() {
    let place = Place::new();
    let options = Worker::install(&place);
    assert!(model(&place, &["status"]).succeeded().stdout.contains("scripted"));
    model(&place, &["verify"]).succeeded();

    // One byte of the weights is enough.
    let mut bytes = fs::read(&options.model).expect("the model is there");
    *bytes.last_mut().expect("it is not empty") ^= 1;
    fs::write(&options.model, bytes).expect("it is the user's");
    refused(&model(&place, &["verify"]), "scripted", "llmsh model");

    model(&place, &["remove", "scripted"]).succeeded();
    assert!(!options.model.exists());
    refused(&model(&place, &["use", "scripted"]), "scripted", "llmsh model list");
}

#[test]
fn what_is_no_model_is_refused() {
    let place = Place::new();
    place.write("text.gguf", "no model\n");
    refused(&model(&place, &["add", "text.gguf"]), "text.gguf", "GGUF");
    let missing = model(&place, &["add", "missing.gguf"]);
    assert_eq!(missing.status, 1, "{missing:?}");
    assert!(missing.stderr.contains("missing.gguf"), "{missing:?}");
    assert!(!model(&place, &["list"]).succeeded().stdout.contains("text"));
}

#[test]
fn unknown_names_are_named() {
    let place = Place::new();
    for arguments in [["pull", "nope"], ["use", "nope"], ["verify", "nope"], ["remove", "nope"]] {
        refused(&model(&place, &arguments), "nope", "llmsh model list");
    }
}

#[test]
fn a_model_that_cannot_be_talked_to_is_refused() {
    let place = Place::new();
    let sound = Sample::default().bytes();
    for (bytes, what) in [
        (Sample { chat_template: None, ..Sample::default() }.bytes(), "chat template"),
        (Sample { parts: 2, ..Sample::default() }.bytes(), "parts"),
        (sound[..sound.len() - 1].to_vec(), "incomplete"),
        (sound[..40].to_vec(), "model.gguf"),
        (Vec::new(), "model.gguf"),
    ] {
        place.write("model.gguf", bytes);
        let ended = model(&place, &["add", "model.gguf"]);
        assert_eq!((ended.status, ended.stdout.as_str()), (1, ""), "{what}: {ended:?}");
        assert!(ended.stderr.contains(what), "{what}: {ended:?}");
        let models = place.directory("data").join("llmsh/models");
        let left: Vec<_> = fs::read_dir(models)
            .map(|entries| entries.flatten().map(|entry| entry.file_name()).collect())
            .unwrap_or_default();
        assert!(
            left.iter().all(|name| !name.to_string_lossy().contains("gguf")),
            "{what}: {left:?}"
        );
    }
}

#[test]
fn a_directory_and_a_file_that_may_not_be_read_are_refused() {
    let place = Place::new();
    place.write("models/x", "");
    refused(&model(&place, &["add", "models"]), "models", "");
    refused(&model(&place, &["add", "/dev/null"]), "/dev/null", "");
}

#[test]
fn a_name_stays_within_the_directory_of_models() {
    let place = Place::new();
    place.write("model.gguf", Sample::default().bytes());
    for name in ["../outside", "a/b", "", ".", "..", ".hidden", "a\nb", "a\u{1b}b"] {
        let ended = model(&place, &["add", "model.gguf", "--name", name]);
        assert_ne!(ended.status, 0, "{name:?}: {ended:?}");
        assert!(!ended.stderr.contains('\u{1b}'), "{name:?}: {ended:?}");
    }
    assert!(!place.directory("data").join("llmsh/outside.gguf").exists());
}

#[test]
fn a_model_is_listed_with_the_mark_of_the_selected_one() {
    let place = Place::new();
    Worker::install(&place);
    let row = |place: &Place| {
        let listed = model(place, &["list"]).succeeded().stdout;
        let row = listed.lines().find(|line| line[2..].starts_with("scripted ")).map(str::to_owned);
        row.unwrap_or_else(|| panic!("it is not in {listed}"))
    };
    assert!(row(&place).starts_with("* scripted"), "{}", row(&place));
    assert!(row(&place).contains(" yes "), "{}", row(&place));

    // The same file a second time, under another name.
    let file = place.directory("config").join("scripted.gguf");
    let file = file.to_str().expect("the place has a plain path");
    model(&place, &["add", file, "--name", "other"]).succeeded();
    model(&place, &["use", "other"]).succeeded();
    assert!(row(&place).starts_with("  scripted"), "{}", row(&place));
    let again = model(&place, &["add", file, "--name", "other"]);
    assert_eq!(again.status, 1, "{again:?}");
    assert!(again.stderr.contains("other"), "{again:?}");
}

#[test]
fn the_status_tells_of_the_worker() {
    let place = Place::new();
    let worker = Worker::start(&place, json!([{ "reply": "ls\n```" }]));
    Run::new(&place).args(["ask", "--dry-run", "list the files"]).finish().succeeded();
    let running = model(&place, &["status"]).succeeded().stdout;
    let line = |text: &str| text.lines().find(|line| line.starts_with("worker")).map(str::to_owned);
    assert!(
        line(&running).is_some_and(|line| line.ends_with("model loaded, 1 answered, 0 waiting")),
        "{running}"
    );
    drop(worker);
    let ended = model(&place, &["status"]).succeeded().stdout;
    assert!(line(&ended).is_some_and(|line| line.contains("not running")), "{ended}");
}

#[test]
fn what_needs_a_model_says_how_to_get_one() {
    let place = Place::new();
    for arguments in [
        &["status"][..],
        &["verify"],
        &["use", "qwen2.5-coder-1.5b"],
        &["remove", "qwen2.5-coder-1.5b"],
    ] {
        let ended = model(&place, arguments);
        assert_eq!((ended.status, ended.stdout.as_str()), (1, ""), "{arguments:?}: {ended:?}");
        assert!(ended.stderr.contains("llmsh model "), "{arguments:?}: {ended:?}");
    }
}

#[test]
fn what_was_damaged_is_told_until_it_is_mended() {
    let place = Place::new();
    let options = Worker::install(&place);
    let sound = fs::read(&options.model).expect("the model is there");
    fs::write(&options.model, &sound[..sound.len() - 1]).expect("it is the user's");
    assert_eq!(model(&place, &["verify"]).status, 1);
    let listed = model(&place, &["list"]).succeeded().stdout;
    assert!(listed.lines().any(|line| line.contains("scripted") && line.contains("damaged")));
    let asked = Run::new(&place).args(["ask", "list the files"]).finish();
    assert_eq!((asked.status, asked.stdout.as_str()), (115, ""), "{asked:?}");
    assert!(asked.stderr.contains("scripted"), "{asked:?}");

    fs::write(&options.model, &sound).expect("it is the user's");
    assert!(model(&place, &["verify"]).succeeded().stdout.contains("is intact"));
}
