//! Programs made of builtins by the grammar's rules, each run in llmsh and in bash: the
//! same output, the same status. `make soak` runs ten times as many. A program that once
//! differed is made small by proptest; its kind belongs in `tests/bash/`.

mod support;

use proptest::prelude::*;
use proptest::test_runner::{Config, FileFailurePersistence, RngAlgorithm, TestRng, TestRunner};
use support::{LLMSH, Place, Run, amount, soaks};

type Text = BoxedStrategy<String>;

fn one_of(choices: &'static [&'static str]) -> Text {
    prop::sample::select(choices).prop_map(str::to_owned).boxed()
}

fn joined(part: Text, count: std::ops::Range<usize>, separator: &'static str) -> Text {
    prop::collection::vec(part, count).prop_map(move |parts| parts.join(separator)).boxed()
}

/// What is put in the place of `@`, one after the other.
fn filled(form: &'static str, parts: Vec<Text>) -> Text {
    parts
        .prop_map(move |parts| {
            let mut pieces = form.split('@');
            let mut text = pieces.next().unwrap_or_default().to_owned();
            for (part, piece) in parts.iter().zip(pieces) {
                text.push_str(part);
                text.push_str(piece);
            }
            text
        })
        .boxed()
}

/// Expressions that divide by nothing, for an error's message is not compared.
fn expression() -> Text {
    let leaf = one_of(&[
        "0", "1", "7", "-3", "n", "i", "x", "16#ff", "010", "${#a[@]}", "${#s}", "a[1]", "a[n&1]",
    ]);
    leaf.prop_recursive(3, 12, 3, |inner| {
        let operator = one_of(&[
            "+", "-", "*", "<", "<=", "==", "!=", "&&", "||", "&", "|", "^", ",", "<<3&", ">>1|",
        ]);
        prop_oneof![
            3 => filled("(@ @ @)", vec![inner.clone(), operator, inner.clone()]),
            1 => filled("(@ ? @ : @)", vec![inner.clone(), inner.clone(), inner.clone()]),
            1 => filled("@(@)", vec![one_of(&["-", "!", "~"]), inner.clone()]),
            1 => one_of(&["n++", "++n", "i--", "--i"]),
            1 => filled("(@ @)", vec![one_of(&["n =", "i +=", "x *="]), inner]),
        ]
        .boxed()
    })
    .boxed()
}

fn pattern() -> Text {
    let piece = one_of(&[
        "*",
        "?",
        "[a-c]",
        "[!a]",
        "[[:digit:]]",
        "a",
        "b",
        "1",
        "\\*",
        "'*'",
        "$s",
        "\"$t\"",
        "@(a|b)",
        "*(x|1)",
        "+([0-9])",
        "é",
    ]);
    joined(piece, 1..4, "")
}

/// An expansion, to stand with or without quotes.
fn expansion(list: Text) -> Text {
    // bash loses its place behind a document in a substitution of a quoted word, and ends
    // one with `break` where it stands in a loop.
    let list = list
        .prop_filter("no documents", |list| {
            !["<<E", "break", "continue"].iter().any(|text| list.contains(text))
        })
        .boxed();
    let name = one_of(&["s", "t", "u", "a", "a[1]", "a[-1]", "e", "1", "m[k]"]);
    // bash splits `"${a[@]#x}${a[*]}"` where it should join.
    let many = one_of(&["a[@]", "@", "m[@]", "e[@]"]);
    let operand = one_of(&["", "a", "x y", "$t", "'q'", "*", "\"$s\"", "${t:-z}"]);
    let any = prop_oneof![2 => name.clone(), 1 => many.clone()].boxed();
    let number = one_of(&["0", "1", "2", " -1", "n", "9"]);
    prop_oneof![
        4 => filled("${@}", vec![any.clone()]),
        1 => filled("${#@}", vec![one_of(&["s", "t", "a[@]", "@", "a[1]", "e"])]),
        2 => filled("${@@@}", vec![any.clone(), one_of(&["-", ":-", "+", ":+"]), operand.clone()]),
        2 => filled("${@@@}", vec![any.clone(), one_of(&["#", "##", "%", "%%"]), pattern()]),
        2 => filled("${@@@/@}", vec![any.clone(), one_of(&["/", "//", "/#", "/%"]), pattern(), operand]),
        1 => filled("${@:@}", vec![one_of(&["s", "a[1]", "a[@]", "@", "e"]), number.clone()]),
        1 => filled("${@:@:@}", vec![name, number, one_of(&["1", "3"])]),
        1 => filled("${@@}", vec![any.clone(), one_of(&["^", "^^", ",", ",,", "^^[a-b]"])]),
        1 => filled("${@\u{1}@}", vec![any, one_of(&["Q", "U", "L", "u"])]),
        1 => one_of(&["${!a[@]}", "${!r}", "${!s@}", "$#", "$?", "$((n++))", "~", "${n}"]),
        2 => filled("$((@))", vec![expression()]),
        1 => filled("$( @)", vec![list.clone()]),
        1 => list.prop_filter("quotes nest otherwise", |text| !text.contains(['`', '\\', '"', '\'']))
            .prop_map(|text| format!("`{text}`")),
    ]
    .prop_map(|text| text.replace('\u{1}', "@"))
    .boxed()
}

fn word(list: Text) -> Text {
    let plain = one_of(&[
        "a", "b", "ab1", "x", "-n", "'q  u'", "$'\\t'", "é", "{a,b}", "{1..3}", "{c..a}x", "7",
        "''", "~", "=", "a=b", "1", "\"\"",
    ]);
    // Where several expansions in double quotes come to nothing, whether there is a word is
    // a question that bash answers by how they were made.
    let text = one_of(&["a b", "\\$", "'", "*", " ", "\\\\"]);
    let expanded = filled("@@", vec![one_of(&["", "a", " "]), expansion(list.clone())]);
    let quoted = prop_oneof![1 => text, 3 => expanded].boxed();
    let piece = prop_oneof![
        3 => plain,
        2 => expansion(list),
        3 => quoted.prop_map(|text| format!("\"{text}\"")),
    ]
    .boxed();
    joined(piece, 1..3, "")
}

fn assignment(word: Text) -> Text {
    prop_oneof![
        3 => filled("@=@", vec![one_of(&["s", "t", "u", "x", "a[1]", "a[0]", "m[k]"]), word.clone()]),
        1 => filled("@+=@", vec![one_of(&["s", "t", "a[1]"]), word.clone()]),
        2 => filled("@(@)", vec![one_of(&["a=", "a+="]), joined(word.clone(), 0..4, " ")]),
        1 => filled("a=([2]=\"@\" @)", vec![one_of(&["", "$s", "b c"]), word.clone()]),
        1 => filled("IFS=@", vec![one_of(&["' '", "$' \\t\\n'"])]),
        1 => one_of(&["unset s", "unset 'a[0]'", "unset a", "unset t u", "unset IFS"]),
        1 => filled("set -- @", vec![joined(word.clone(), 0..4, " ")]),
        1 => filled("printf -v t '%s,' @", vec![joined(word.clone(), 1..3, " ")]),
        1 => filled("read -r s t <<< @", vec![word.clone()]),
        1 => filled("read -ra a <<< @", vec![word.clone()]),
        1 => filled("mapfile -t a <<< @", vec![word.clone()]),
        1 => filled("local s=@", vec![word]),
        1 => one_of(&["declare -i n", "shift", "declare -u u", "declare +u u", "r=s", "r='a[1]'"]),
    ]
    .boxed()
}

fn condition(word: Text) -> Text {
    let word =
        word.prop_filter("a word is no operator", |word| !word.starts_with(['-', '='])).boxed();
    let test = prop_oneof![
        2 => filled("[[ @ @ @ ]]", vec![word.clone(), one_of(&["==", "!=", "="]), pattern()]),
        1 => filled("[[ @ @ @ ]]", vec![word.clone(), one_of(&["<", ">"]), word.clone()]),
        1 => filled("[[ @ @ ]]", vec![one_of(&["-n", "-z", "! -n"]), word.clone()]),
        1 => filled("[[ @ =~ @ ]]", vec![word.clone(), one_of(&["^a", "b$", "(a)(.)", "[0-9]+", "'.'"])]),
        1 => filled("[[ -v @ && @ ]]", vec![one_of(&["s", "a", "a[1]", "m[k]", "e"]), word.clone()]),
        1 => filled("[ \"@\" @ \"@\" ]", vec![one_of(&["$s", "$t", "", "a"]), one_of(&["=", "!="]), one_of(&["$u", "ab", "("])]),
        2 => filled("((@))", vec![expression()]),
        1 => one_of(&["true", "false", "! true", "test $n -gt 3", "[ $# -eq 2 ]"]),
        1 => filled("[ @ ]", vec![filled("-n \"x@\"", vec![one_of(&["", "$s"])])]),
    ];
    test.boxed()
}

/// A command; each `list` ends with a separator.
fn command(list: Text) -> Text {
    let word = word(list.clone());
    let words = joined(word.clone(), 1..4, " ");
    let condition = condition(word.clone());
    prop_oneof![
        5 => filled("printf '<%s>' @; echo", vec![words.clone()]),
        2 => filled("echo @", vec![words.clone()]),
        1 => filled("printf '<%s>' \"@\"; echo", vec![one_of(&["${a[*]}", "$*", "${*:2}", "${a[*]#b}", "${a[*]/c/d}"])]),
        5 => assignment(word.clone()),
        1 => filled("s=@ eval 'echo \"$s$t\"'", vec![word.clone()]),
        2 => filled("if @; then @fi", vec![condition.clone(), list.clone()]),
        1 => filled("if @; then @else @fi", vec![condition.clone(), list.clone(), list.clone()]),
        2 => filled("@ && @", vec![condition.clone(), filled("{ @}", vec![list.clone()])]),
        1 => filled("@ || @", vec![condition, filled("( @)", vec![list.clone()])]),
        2 => filled("for i in @; do @done", vec![words.clone(), list.clone()]),
        1 => filled("for ((j=0; j<2; j++)); do @done", vec![list.clone()]),
        2 => filled("case @ in @) @;; @) @;& *) @esac", vec![
            // bash does not match `"$e"a` where `e` is empty.
            one_of(&["a", "$s", "\"$t\"", "${a[1]}", "é", "$n", "'*'"]), pattern(), list.clone(), pattern(), list.clone(), list.clone()]),
        1 => filled("f() { @}; f @", vec![list.clone(), words.clone()]),
        1 => filled("g() { @return @; }; g", vec![list.clone(), one_of(&["", "3", "0"])]),
        1 => filled("( @)", vec![list.clone()]),
        1 => filled("{ @} 2>/dev/null", vec![list.clone()]),
        1 => filled("echo @ | while read -r s t; do @done", vec![words.clone(), list.clone()]),
        1 => filled("eval @", vec![one_of(&["'echo $s'", "'a=($t)'", "\"s='$t'\"", "'('true')'"])])
            .prop_map(|text| text.replace("\"s='$t'\"", "'s=$t'")),
        1 => filled("cat_() { local l; while IFS= read -r l; do echo \"$l\"; done; }; cat_ <<E\n@ $s ${t:-z} \\$\nE\n", vec![
            expansion(list.clone()).prop_filter("lines end the document", |text| !text.contains('\n')).boxed()]),
        1 => one_of(&["set -f", "set +f", "shopt -s nullglob", "set -e", "set +e"]),
        1 => one_of(&["break", "continue", "return 2", "exit 3", "declare -p s a 2>/dev/null", "echo ${a[@]@A}"]),
    ]
    .boxed()
}

fn program() -> Text {
    let leaf = one_of(&["echo $s; ", "echo \"$t\"; ", "n=3; ", ":; ", "echo $?; "]);
    let list = leaf
        .prop_recursive(4, 24, 3, |list| {
            let ended = filled("@@", vec![command(list), one_of(&["; ", "\n"])]);
            joined(ended.prop_map(|text| text.replace("\nE\n; ", "\nE\n")).boxed(), 1..4, "")
        })
        .boxed();
    filled(
        "shopt -s extglob; declare -A m=([k]=v)\na=(a 'b c' 12) s=ab t='x 1 *' n=5 e=\n@\n@echo \"$s|$t|$u|$n|${a[*]}|$?\"",
        vec![
            // bash does not run those that are set in the last command of a pipeline.
            one_of(&["", "trap 'echo end $?' EXIT", "trap 'echo $s; exit 4' EXIT"]),
            list,
        ],
    )
}

#[test]
fn builtins_do_in_llmsh_what_they_do_in_bash() {
    let place = Place::new();
    let run = |program: &str, text: &str| {
        let options = ["-c", text, "shell", "one", "two 2"];
        Run::new(&place).program(program).args(options).finish()
    };
    let config = Config {
        cases: amount(100_000),
        failure_persistence: Some(Box::new(FileFailurePersistence::Off)),
        max_shrink_iters: 3_000,
        ..Config::default()
    };
    // The same programs each time, and ever new ones in `make soak`.
    let mut runner = if soaks() {
        TestRunner::new(config)
    } else {
        TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
    };
    let tried = runner.run(&program(), |text| {
        let (bash, own) = (run("bash", &text), run(LLMSH, &text));
        // Where bash gives up a line it runs the trap of the shell in a process of a pipeline,
        // and forgets that it has left a loop.
        let quiet = bash.stderr.is_empty() && !text.contains("2>/dev/null");
        if !quiet && ["trap", "break", "continue"].iter().any(|word| text.contains(word)) {
            return Ok(());
        }
        prop_assert_eq!(
            (bash.status, &bash.stdout),
            (own.status, &own.stdout),
            "{}\n{}",
            text,
            own.stderr
        );
        Ok(())
    });
    tried.unwrap_or_else(|error| panic!("{error}"));
}
