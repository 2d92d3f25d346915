//! `llmsh model`: what is on this machine. Downloads are tested where they are
//! made (`src/model/download`).

mod support;

use std::fs;

use support::{Finished, Place, Run, Worker};

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
