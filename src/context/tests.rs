//! What is told of a machine: no more than a request refers to.

use std::fs;

use super::*;

fn place(root: &Path) -> Place {
    Place {
        directory: root.join("home/thesis"),
        home: Some(root.join("home")),
        root: None,
        variables: vec![
            ("EDITOR".to_owned(), "vi".to_owned()),
            ("API".to_owned(), "token=abcdef0123456789".to_owned()),
        ],
    }
}

fn root() -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    let directory = root.path().join("home/thesis");
    fs::create_dir_all(directory.join(".git")).unwrap();
    fs::create_dir_all(directory.join("old data")).unwrap();
    fs::create_dir_all(root.path().join("home/下载")).unwrap();
    fs::write(directory.join(".git/HEAD"), "ref: refs/heads/chapter-2\n").unwrap();
    fs::write(directory.join("Final Report.docx"), "").unwrap();
    fs::write(directory.join("old data/people.csv"), "name,age\nAnn,3\n").unwrap();
    root
}

fn gather(request: &str, place: &Place) -> Context {
    Context::gather(request, place, &mut Index::default())
}

#[test]
fn a_request_that_refers_to_nothing_is_told_nothing() {
    let root = root();
    for request in ["how full is the disk", "内存还剩多少", "list all files", ""] {
        let context = gather(request, &place(root.path()));
        assert!(context.mentions.is_empty() && context.repository.is_none(), "{context:?}");
        assert_eq!((context.request.as_str(), context.wording.as_str()), (request, request));
        assert!(context.lines().is_empty());
    }
}

#[test]
fn a_request_is_told_what_it_refers_to() {
    let root = root();
    for (request, told, lines) in [
        (
            "rename the final report to x",
            "rename the 'Final Report.docx' to x",
            vec!["\"Final Report.docx\": file"],
        ),
        (
            "average age in people.csv",
            "average age in 'old data/people.csv'",
            vec!["\"old data/people.csv\": file, columns 1 \"name\", 2 \"age\""],
        ),
        (
            "删除old data文件夹",
            "删除 'old data' 文件夹",
            vec!["\"old data\": directory with 1 file"],
        ),
        ("copy it to downloads", "copy it to ~/下载", vec!["\"~/下载\": directory"]),
        ("list the parent folder", "list the ..", vec!["\"..\": directory"]),
        (
            "pack the thesis folder",
            "pack the thesis folder",
            vec!["Current directory: \"~/thesis\""],
        ),
        ("push this branch", "push this branch", vec!["Git branch: \"chapter-2\""]),
        ("提交所有修改", "提交所有修改", vec!["Git branch: \"chapter-2\""]),
        ("open it with EDITOR", "open it with EDITOR", vec!["EDITOR=\"vi\""]),
    ] {
        let context = gather(request, &place(root.path()));
        assert_eq!(context.request, told);
        assert_eq!(context.lines(), lines, "{request}");
    }
}

#[test]
fn a_repository_below_is_told_to_who_asks_about_git_outside_of_one() {
    let root = root();
    let place = Place { directory: root.path().join("home"), ..place(root.path()) };
    let context = gather("commit everything", &place);
    assert_eq!(context.lines(), ["\"thesis\": git repository, branch \"chapter-2\""]);
    assert!(gather("list everything", &place).lines().is_empty());
}

#[test]
fn a_variable_that_holds_a_secret_is_not_told() {
    let root = root();
    let context = gather("call the API", &place(root.path()));
    assert!(context.lines().is_empty());
}

#[test]
fn every_field_is_told_without_its_secrets() {
    let key = format!("ghp_{}", "0123456789abcdef".repeat(2));
    let none = Context::default;
    for (context, expected) in [
        (
            Context { directory: Some(format!("~/a/{key}/b")), ..none() },
            "Current directory: \"~/a/[redacted]/b\"",
        ),
        (
            Context { branch: Some(format!("fix/{key}")), ..none() },
            "Git branch: \"fix/[redacted]\"",
        ),
        (
            Context {
                repository: Some(Repository {
                    path: key.clone(),
                    changed: None,
                    branch: "main".to_owned(),
                    is_told: true,
                }),
                ..none()
            },
            "\"[redacted]\": git repository, branch \"main\"",
        ),
        (
            Context { variables: vec![("A".to_owned(), format!("x {key}"))], ..none() },
            "A=\"x [redacted]\"",
        ),
        (
            Context { variables: vec![("DB_PASSWORD".into(), "hunter2".into())], ..none() },
            "DB_PASSWORD=\"[redacted]\"",
        ),
    ] {
        assert_eq!(context.lines(), [expected]);
    }
}

#[test]
fn a_secret_is_found_before_the_value_is_cut() {
    let branch = format!("{}/ghp_{}", "x".repeat(70), "0123456789abcdef".repeat(2));
    let context = Context { branch: Some(branch), ..Context::default() };
    assert_eq!(context.lines(), [format!("Git branch: \"{}/[redacted…\"", "x".repeat(70))]);
}
