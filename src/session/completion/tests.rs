//! What Tab offers, in a shell of its own and a directory with known files.

use std::fs;

use super::*;

struct Room {
    root: tempfile::TempDir,
    shell: Shell,
    others: Others,
}

impl Room {
    fn new(files: &[&str]) -> Self {
        let root = tempfile::tempdir().unwrap();
        for name in files {
            let place = root.path().join(name);
            if name.ends_with('/') {
                fs::create_dir_all(place).unwrap();
            } else {
                fs::create_dir_all(place.parent().unwrap()).unwrap();
                fs::write(place, "").unwrap();
            }
        }
        let environment = [
            ("PATH", "/usr/bin:/bin".to_owned()),
            ("PLACE", root.path().display().to_string()),
            ("PLAIN", "value".to_owned()),
            ("MY_TOKEN", "ghp_0123456789abcdef0123456789abcdef0123".to_owned()),
        ];
        let environment = environment.map(|(name, value)| (name.into(), value.into()));
        let mut shell = Shell::new("test", environment.into_iter());
        shell.directory = Some(root.path().to_str().unwrap().into());
        Self { root, shell, others: Others::default() }
    }

    fn tab(&mut self, line: &str) -> Completions {
        complete(line, line.len(), &mut self.shell, &mut self.others, Language::English)
    }

    /// The line after Tab, where there is one candidate; what is shown, where there are
    /// several.
    fn texts(&mut self, line: &str) -> Vec<String> {
        let found = self.tab(line);
        match found.candidates.as_slice() {
            [one] => vec![format!("{}{}", &line[..found.start], one.text)],
            several => several.iter().map(|candidate| candidate.shown.clone()).collect(),
        }
    }

    #[track_caller]
    fn has(&mut self, line: &str, shown: &str) -> Candidate {
        let found = self.tab(line);
        let one = found.candidates.iter().find(|candidate| candidate.shown == shown);
        one.unwrap_or_else(|| panic!("{line}: no {shown} in {:?}", found.candidates)).clone()
    }
}

#[test]
fn a_first_word_is_a_command() {
    let mut room = Room::new(&[]);
    assert_eq!(room.texts("whoa"), ["whoami "]);
    assert!(!room.has("mkd", "mkdir").about.is_empty());
    room.has("ls | so", "sort");
    room.has("if tes", "test");
    assert!(room.texts("").is_empty());
    room.shell.aliases.0.insert("mynewalias".into(), "ls -l".into());
    assert_eq!(room.texts("mynewa"), ["mynewalias "]);
}

#[test]
fn options_come_with_what_they_mean() {
    let mut room = Room::new(&["--silly", "a"]);
    assert!(!room.has("ls --s", "--size").about.is_empty());
    assert_eq!(room.texts("ls --group-d"), ["ls --group-directories-first "]);
    // One with an argument goes on.
    assert_eq!(room.texts("ls --color"), ["ls --color="]);
    // An alias has the options of what it stands for.
    room.shell.aliases.0.insert("ll".into(), "ls -l".into());
    room.has("ll --si", "--size");
    // In Chinese, too.
    let found = complete("ls --siz", 8, &mut room.shell, &mut room.others, Language::Chinese);
    assert!(!found.candidates[0].about.is_ascii(), "{found:?}");
}

#[test]
fn subcommands_and_revisions_are_known() {
    let mut room = Room::new(&["notes.txt", ".git/refs/heads/feature/x"]);
    fs::write(room.root.path().join(".git/HEAD"), "ref: refs/heads/main\n").unwrap();
    fs::write(room.root.path().join(".git/packed-refs"), "0 refs/tags/v1.0\n0 refs/heads/old\n")
        .unwrap();
    room.has("git che", "checkout");
    assert_eq!(room.texts("git checkout fea"), ["git checkout feature/x "]);
    assert_eq!(room.texts("git checkout v1"), ["git checkout v1.0 "]);
    assert_eq!(room.texts("git log ol"), ["git log old "]);
    // A word of other letters in their order.
    assert_eq!(room.texts("git chckt")[0], "git checkout ");
}

#[test]
fn variables_come_with_their_values_and_lead_on_to_files() {
    let mut room = Room::new(&["work/", "wood"]);
    assert_eq!(room.texts("echo $PLAI"), ["echo $PLAIN"]);
    assert_eq!(room.texts("echo ${PLAI"), ["echo ${PLAIN}"]);
    assert_eq!(room.texts("echo \"$PLAC"), ["echo \"$PLACE/"]);
    assert_eq!(room.has("echo $PLA", "$PLAIN").about, "value");
    assert_eq!(room.has("echo $MY_TOK", "$MY_TOKEN").about, "");
    assert_eq!(room.texts("cd $PLACE/wor"), ["cd $PLACE/work/"]);
    assert_eq!(room.texts("cat \"${PLACE}/woo"), ["cat \"${PLACE}/wood\" "]);
    assert!(room.texts("echo '$PLAI").is_empty());
    assert!(room.texts("echo \\$PLAI").is_empty());
}

#[test]
fn users_signals_and_processes_are_known() {
    let mut room = Room::new(&[]);
    assert_eq!(room.texts("cd ~roo"), ["cd ~root/"]);
    room.has("kill -T", "-TERM");
    room.has("kill -", "-KILL, -SIGKILL");
    let own = std::process::id().to_string();
    assert!(!room.has("kill ", &own).about.is_empty());
}

#[test]
fn what_complete_says_is_asked_where_the_tables_know_nothing() {
    let mut room = Room::new(&["file"]);
    room.shell.evaluate(b"complete -W 'alpha beta' mytool; complete -W 'x:y' other", 1).unwrap();
    assert_eq!(room.texts("mytool al"), ["mytool alpha "]);
    room.has("mytool ", "beta");
}

#[test]
fn what_several_have_in_common_is_a_whole_piece_of_a_word() {
    let candidates = |texts: &[&str]| -> Vec<Candidate> {
        let of = |text: &&str| Candidate { text: (*text).to_owned(), ..Candidate::default() };
        texts.iter().map(of).collect()
    };
    for (texts, typed, expected) in [
        (["report-1", "report-2"], "re", "report-"),
        (["a\\(1\\)", "a\\(2\\)"], "a", "a\\("),
        (["a\\(", "a\\["], "a", "a"),
        (["a$'\\n'", "a$'\\t'"], "a", "a"),
        (["é1", "è1"], "", ""),
        (["checkout", "cherry"], "chk", "chk"),
    ] {
        assert_eq!(common(&candidates(&texts), typed), expected, "{texts:?}");
    }
}

#[test]
fn a_list_has_what_each_means_behind_it_and_is_never_too_wide() {
    let candidate = |shown: &str, about: &str| Candidate {
        shown: shown.to_owned(),
        about: about.to_owned(),
        text: String::new(),
    };
    let all = [candidate("-a", "show all"), candidate("--所有", "显示所有的文件和目录")];
    assert_eq!(listed(&all, 40), ["-a      show all    ", "--所有  显示所有的文件和目录"]);
    for line in listed(&all, 20) {
        assert!(unicode_width::UnicodeWidthStr::width(line.as_str()) < 20, "{line}");
    }
}

#[test]
fn manual_pages_tell_of_options_that_nothing_else_knows() {
    let mut room = Room::new(&["man/man1/", "man/zh_CN/man8/"]);
    let page = |name: &str, text: &[u8]| fs::write(room.root.path().join(name), text).unwrap();
    page("man/man1/frobnicate.1", b".TP\n.B \\-\\-loudly\nSays all of it.\n.TP\n.B \\-x\nNo\n");
    page("man/man1/other.1", b".so man1/frobnicate.1\n");
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, b".IP \"\\-\\-packed\\fR=\\fIN\" 4\nIs it\n").unwrap();
    page("man/man1/packed.1.gz", &packed.finish().unwrap());
    page("man/zh_CN/man8/frobnicate.8", ".TP\n.B \\-\\-loudly\n全部说出来。\n".as_bytes());
    let pages = room.root.path().join("man").display().to_string();
    room.shell.variables.set(b"MANPATH", pages.as_str()).unwrap();
    assert_eq!(room.texts("frobnicate --l"), ["frobnicate --loudly "]);
    assert_eq!(room.tab("frobnicate -").candidates[0].about, "Says all of it");
    assert_eq!(room.texts("other --l"), ["other --loudly "]);
    assert_eq!(room.texts("packed --pa"), ["packed --packed="]);
    let line = "frobnicate --l";
    let found = complete(line, line.len(), &mut room.shell, &mut room.others, Language::Chinese);
    assert_eq!(found.candidates[0].about, "全部说出来");
    assert_eq!(room.texts("unheard-of --l"), [""; 0]);
}
