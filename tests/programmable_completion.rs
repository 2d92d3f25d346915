//! Installed completion scripts of bash answer (bash-completion, git's).

use llmsh::shell::Shell;

/// A shell that has read bash-completion.
fn shell() -> Shell {
    let environment = std::env::vars_os().map(|(name, value)| {
        use std::os::unix::ffi::OsStringExt;
        (name.into_vec().into(), value.into_vec().into())
    });
    let mut shell = Shell::new("llmsh", environment);
    let text = b"shopt -s extglob progcomp; . /usr/share/bash-completion/bash_completion";
    shell.evaluate(text, 1).expect("bash-completion is installed and loads");
    assert_eq!(shell.status.0, 0);
    shell
}

#[test]
fn installed_scripts_complete_what_they_know() {
    let home = tempfile::tempdir().expect("a directory can be made");
    std::fs::create_dir(home.path().join(".ssh")).expect("it is empty");
    std::fs::write(home.path().join(".ssh/config"), "Host hercules\n").expect("it is ours");
    let mut shell = shell();
    shell.variables.set_exported(b"HOME", home.path().to_str().expect("it is text")).expect("set");
    for (line, expected) in [
        ("git ch", "checkout"),
        ("apt ins", "install"),
        ("systemctl st", "status"),
        ("ssh h", "hercules"),
        ("ssh -o Batch", "BatchMode="),
    ] {
        let found = shell.completions_of(line.as_bytes());
        let found = found.unwrap_or_else(|| panic!("{line}: no specification"));
        let words: Vec<String> =
            found.words.iter().map(|word| word.to_string().trim().to_owned()).collect();
        assert!(words.iter().any(|word| word == expected), "{line}: {words:?}");
    }
}
