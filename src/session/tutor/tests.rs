use super::*;
use crate::wrap::columns;

fn setting(directory: &Path, has_model: bool, language: Language) -> Setting {
    furnish(directory).unwrap();
    Setting {
        directory: directory.to_owned(),
        preferences: None,
        has_model,
        language,
        colour: false,
    }
}

fn command<'a>(line: &'a str, status: i32) -> Entered<'a> {
    Entered { line, is_command: true, status: ExitStatus(status) }
}

#[test]
fn every_lesson_speaks_both_languages_and_fits_a_terminal() {
    let directory = tempfile::tempdir().unwrap();
    for language in [Language::English, Language::Chinese] {
        let mut tutor = Tutor::new(setting(directory.path(), true, language));
        // Without preferences there is a lesson less.
        for lesson in LESSONS.iter().filter(|lesson| lesson.needs != Needs::Preferences) {
            tutor.look(&command(lesson.not_yet[0], 1));
            let [english, chinese] = lesson.not_yet;
            assert!(english.is_ascii() && !chinese.is_ascii());
            assert!(tutor.takes("skip"));
        }
        assert_eq!(tutor.at, LESSONS.len() - 1);
        assert!(tutor.to_say.lines().all(|line| columns(line) < 80), "{}", tutor.to_say);
        assert!(tutor.to_say.lines().count() > 40);
    }
}

#[test]
fn a_lesson_goes_on_only_when_it_was_done() {
    let directory = tempfile::tempdir().unwrap();
    let mut tutor = Tutor::new(setting(directory.path(), false, Language::English));
    // No model: a command, Tab, history.
    assert_eq!(tutor.lessons.len(), 3);
    tutor.look(&command("ls /none", 2));
    assert_eq!(tutor.at, 0);
    assert!(tutor.to_say.contains("No command has succeeded yet."));
    tutor.look(&command("", 0));
    assert_eq!(tutor.at, 0);
    tutor.look(&command("ls", 0));
    assert_eq!(tutor.at, 1);
    tutor.look(&command("cat letter.txt", 0));
    assert_eq!(tutor.at, 1);
    tutor.look(&command("cat shopping-list.txt", 0));
    assert_eq!(tutor.at, 2);
    tutor.look(&command("pwd", 0));
    assert_eq!(tutor.at, 2);
    tutor.look(&command("ls ", 0));
    assert_eq!(tutor.at, 3);
    assert!(tutor.to_say.contains("That was the last lesson."));
    assert!(tutor.takes("suspend"));
    // It leaves the person alone then, and "skip" is a word like another.
    tutor.to_say.clear();
    tutor.look(&command("ls", 0));
    assert!(tutor.to_say.is_empty() && !tutor.takes("skip"));
}

#[test]
fn a_plan_that_was_turned_down_is_one_that_changed_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let mut tutor = Tutor::new(setting(directory.path(), true, Language::English));
    let at = LESSONS.iter().position(|lesson| lesson.name[0] == "Saying no").unwrap();
    tutor.at = at;
    let status = ExitStatus::NOT_CONFIRMED;
    let request = Entered { line: "delete all files here", is_command: false, status };
    tutor.look(&Entered { status: ExitStatus::SUCCESS, ..request });
    assert_eq!(tutor.at, at);
    tutor.look(&request);
    assert_eq!(tutor.at, at + 1);
}

#[test]
fn what_was_deleted_is_there_for_the_next_lesson() {
    let directory = tempfile::tempdir().unwrap();
    let mut tutor = Tutor::new(setting(directory.path(), true, Language::English));
    fs::remove_file(directory.path().join("letter.txt")).unwrap();
    fs::create_dir(directory.path().join(PHOTOS)).unwrap();
    let picture = directory.path().join("beach.jpg");
    fs::rename(&picture, directory.path().join(PHOTOS).join("beach.jpg")).unwrap();
    assert!(tutor.takes("lesson"));
    assert!(directory.path().join("letter.txt").exists() && !picture.exists());
}
