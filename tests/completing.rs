//! What Tab makes of a line (`¦` is the cursor), and what the line then runs: files with
//! odd names, quotations, options, variables, users, signals, jobs, `complete`.

mod support;

use support::Place;
use support::typed::{Case, NOT_RUN, table};

/// Files; each has its name without its end as its content.
const FILES: &[&str] = &[
    "plain.txt",
    "with space.txt",
    "quo'te.txt",
    "doll$ar.txt",
    "paren(1).txt",
    "star*.txt",
    "amp&er.txt",
    "semi;colon.txt",
    "back\\slash.txt",
    "inch\".txt",
    "over!.txt",
    "über.txt",
    "漢字.txt",
    "emoji😀.txt",
    "sub dir/inner.txt",
    "deep/er/est.txt",
    ".hidden.txt",
    "many-1.txt",
    "many-2.txt",
];

fn ready(place: &Place) {
    for file in FILES {
        let name = file.rsplit('/').next().unwrap_or(file);
        place.write(file, format!("{}\n", name.trim_end_matches(".txt")));
    }
    place.write("../home/athome.txt", "athome\n");
    place.write("runs", "#!/bin/sh\necho it runs\n");
    use std::os::unix::fs::PermissionsExt;
    let executable = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(place.work().join("runs"), executable).expect("it was written");
}

const FILE_NAMES: &[Case] = &[
    ("cat pla«Tab»", "cat plain.txt ¦", "plain"),
    ("cat wit«Tab»", "cat with\\ space.txt ¦", "with space"),
    ("cat with\\ s«Tab»", "cat with\\ space.txt ¦", "with space"),
    ("cat quo«Tab»", "cat quo\\'te.txt ¦", "quo'te"),
    ("cat dol«Tab»", "cat doll\\$ar.txt ¦", "doll$ar"),
    ("cat par«Tab»", "cat paren\\(1\\).txt ¦", "paren(1)"),
    ("cat sta«Tab»", "cat star\\*.txt ¦", "star*"),
    ("cat amp«Tab»", "cat amp\\&er.txt ¦", "amp&er"),
    ("cat sem«Tab»", "cat semi\\;colon.txt ¦", "semi;colon"),
    ("cat bac«Tab»", "cat back\\\\slash.txt ¦", "back\\slash"),
    ("cat inc«Tab»", "cat inch\\\".txt ¦", "inch\""),
    ("cat ove«Tab»", "cat over\\!.txt ¦", "over!"),
    ("cat üb«Tab»", "cat über.txt ¦", "über"),
    ("cat 漢«Tab»", "cat 漢字.txt ¦", "漢字"),
    ("cat emo«Tab»", "cat emoji😀.txt ¦", "emoji😀"),
    ("cat .hid«Tab»", "cat .hidden.txt ¦", ".hidden"),
    ("cat sub«Tab»", "cat sub\\ dir/¦", NOT_RUN),
    ("cat sub«Tab»in«Tab»", "cat sub\\ dir/inner.txt ¦", "inner"),
    ("cat dee«Tab»e«Tab»e«Tab»", "cat deep/er/est.txt ¦", "est"),
    ("cat ./pla«Tab»", "cat ./plain.txt ¦", "plain"),
    ("cat ~/ath«Tab»", "cat ~/athome.txt ¦", "athome"),
    ("cat $HOME/ath«Tab»", "cat $HOME/athome.txt ¦", "athome"),
    ("cat many«Tab»", "cat many-¦", NOT_RUN),
    ("cat many«Tab»2«Tab»", "cat many-2.txt ¦", NOT_RUN),
    ("cat zzzz«Tab»", "cat zzzz¦", NOT_RUN),
    ("cat pla wit«Tab»", "cat pla with\\ space.txt ¦", NOT_RUN),
];

const QUOTED: &[Case] = &[
    ("cat \"wit«Tab»", "cat \"with space.txt\" ¦", "with space"),
    ("cat 'wit«Tab»", "cat 'with space.txt' ¦", "with space"),
    ("cat \"quo«Tab»", "cat \"quo'te.txt\" ¦", "quo'te"),
    ("cat \"dol«Tab»", "cat \"doll\\$ar.txt\" ¦", "doll$ar"),
    ("cat 'dol«Tab»", "cat 'doll$ar.txt' ¦", "doll$ar"),
    ("cat \"inc«Tab»", "cat \"inch\\\".txt\" ¦", "inch\""),
    ("cat 'inc«Tab»", "cat 'inch\".txt' ¦", "inch\""),
    ("cat \"bac«Tab»", "cat \"back\\\\slash.txt\" ¦", "back\\slash"),
    ("cat 'par«Tab»", "cat 'paren(1).txt' ¦", "paren(1)"),
    ("cat \"sub«Tab»in«Tab»", "cat \"sub dir/inner.txt\" ¦", "inner"),
    ("cat 'sub dir/in«Tab»", "cat 'sub dir/inner.txt' ¦", "inner"),
    ("cat \"sub dir\"/in«Tab»", "cat sub\\ dir/inner.txt ¦", "inner"),
    ("cat <pla«Tab»", "cat <plain.txt ¦", "plain"),
    ("cat < wit«Tab»", "cat < with\\ space.txt ¦", "with space"),
];

const WORDS: &[Case] = &[
    ("unali«Tab»", "unalias ¦", NOT_RUN),
    ("whoa«Tab»", "whoami ¦", NOT_RUN),
    ("ownfun«Tab»", "ownfunction ¦", "own function"),
    ("ownali«Tab»", "ownalias ¦", "own alias"),
    ("./ru«Tab»", "./runs ¦", "it runs"),
    ("true; ownfun«Tab»", "true; ownfunction ¦", "own function"),
    ("true && ownfun«Tab»", "true && ownfunction ¦", "own function"),
    ("true | ownfun«Tab»", "true | ownfunction ¦", "own function"),
    ("A=1 ownfun«Tab»", "A=1 ownfunction ¦", "own function"),
    ("if ownfun«Tab»; then echo y; fi", "if ownfunction ; then echo y; fi¦", "own function\ny"),
    ("echo $(ownfun«Tab»)", "echo $(ownfunction )¦", "own function"),
    ("! ownfun«Tab»", "! ownfunction ¦", "own function"),
    ("echo $SHELLV«Tab»", "echo $SHELLVAR¦", "mine"),
    ("echo ${SHELLV«Tab»", "echo ${SHELLVAR}¦", "mine"),
    ("echo \"$SHELLV«Tab»\"", "echo \"$SHELLVAR\"¦", "mine"),
    ("echo ~roo«Tab»", "echo ~root/¦", "/root/"),
    ("ls --group-d«Tab»", "ls --group-directories-first ¦", NOT_RUN),
    ("git checko«Tab»", "git checkout ¦", NOT_RUN),
    ("env git checko«Tab»", "env git checkout ¦", NOT_RUN),
    ("kill -s TER«Tab»", "kill -s TERM ¦", NOT_RUN),
    ("trap - SIGTER«Tab»", "trap - SIGTERM ¦", ""),
    ("unset SHELLV«Tab»", "unset SHELLVAR ¦", NOT_RUN),
    ("export SHELLV«Tab»", "export SHELLVAR=¦", NOT_RUN),
    ("cd dee«Tab»", "cd deep/¦", NOT_RUN),
    ("cd pla«Tab»", "cd pla¦", NOT_RUN),
    ("set -o noclo«Tab»", "set -o noclobber ¦", NOT_RUN),
    ("shopt nullg«Tab»", "shopt nullglob ¦", NOT_RUN),
    ("type ownfun«Tab»", "type ownfunction ¦", NOT_RUN),
    ("unalias ownali«Tab»", "unalias ownalias ¦", NOT_RUN),
    ("echo pla end«M-b»«Left»«Tab»", "echo plain.txt¦ end", "plain.txt end"),
];

const PROGRAMMED: &[Case] = &[
    ("words al«Tab»", "words alpha ¦", "alpha"),
    ("words alpha b«Tab»", "words alpha beta ¦", "alpha beta"),
    ("words ga«Tab»", "words gamma-¦", NOT_RUN),
    ("nospace a«Tab»", "nospace alpha=¦", "alpha="),
    ("asks fi«Tab»", "asks first:fi ¦", "first:fi"),
    ("asks x se«Tab»", "asks x second:se ¦", "x second:se"),
    ("complete -d f«Enter»f dee«Tab»", "f deep/¦", NOT_RUN),
    ("complete -d f«Enter»f pla«Tab»", "f pla¦", NOT_RUN),
    ("globs «Tab»", "globs plain.txt ¦", "plain.txt"),
    // What is killed for it leaves the terminal to the editor.
    ("killed a«Tab»«C-a»echo «C-e»", "echo killed alpha ¦", "killed alpha"),
];

#[test]
fn tab_completes_names_of_files() {
    table(ready, &[], FILE_NAMES);
}

#[test]
fn tab_completes_within_quotations_and_redirections() {
    table(ready, &[], QUOTED);
}

#[test]
fn tab_completes_commands_options_variables_and_users() {
    table(ready, &["ownfunction() { echo own function; }; alias ownalias='echo own alias'"], WORDS);
}

#[test]
fn tab_completes_what_complete_was_told() {
    table(
        ready,
        &[
            "words() { echo \"$@\"; }; nospace() { echo \"$@\"; }",
            "asks() { echo \"$@\"; }",
            "globs() { echo \"$@\"; }",
            "complete -W 'alpha beta gamma-1 gamma-2' words",
            "complete -o nospace -W alpha= nospace; n=(0 first second)",
            "f() { COMPREPLY=(${n[COMP_CWORD]}:$2); }; complete -F f asks",
            "complete -G 'pl*.txt' globs",
            "killed() { echo \"$@\"; }; complete -F k killed",
            "k() { x=$(sh -c 'kill -9 $$'); /bin/true; COMPREPLY=(alpha); }",
        ],
        PROGRAMMED,
    );
}
