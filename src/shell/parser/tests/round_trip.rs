//! Programs made by the grammar's own rules: each must parse, and print to text
//! that parses to the same tree.

use bstr::ByteSlice;
use proptest::prelude::*;

use super::{NoAliases, parse, parse_strictly};
use crate::shell::print::list_text;
use crate::shell::syntax::List;

/// A tree as text without what printing may change: where a node stands, and
/// which of two spellings with one meaning it had.
fn shape(list: &List) -> String {
    let text = format!("{list:?}");
    let mut shape = String::new();
    for (index, piece) in text.split("Span {").enumerate() {
        let rest = if index == 0 { piece } else { piece.split_once('}').map_or("", |(_, r)| r) };
        shape.push_str(rest);
    }
    shape.replace("braced: true", "braced: false").replace("kind: Backquoted", "kind: Dollar")
}

fn one_of(choices: &'static [&'static str]) -> impl Strategy<Value = String> + Clone {
    prop::sample::select(choices).prop_map(str::to_owned)
}

fn joined(
    part: impl Strategy<Value = String>,
    count: impl Into<prop::collection::SizeRange>,
    separator: &'static str,
) -> impl Strategy<Value = String> {
    prop::collection::vec(part, count).prop_map(move |parts| parts.join(separator))
}

/// What may stand in a word; `list` is a program for substitutions.
fn part(list: BoxedStrategy<String>) -> impl Strategy<Value = String> + Clone {
    let plain = one_of(&[
        "a",
        "b1",
        "./x",
        "-n",
        "~",
        "~u/",
        "=",
        "a=b",
        "*",
        "?",
        "[!a-c]",
        "]",
        "{",
        "}",
        ",",
        ":",
        "%",
        "!",
        "@",
        "目",
        "if",
        "done",
        "in",
        "7",
        "\\$",
        "\\ ",
        "\\'",
        "\\\"",
        "\\\\",
        "\\;",
        "'q u'",
        "'$x'",
        "''",
        "$'\\t\\''",
        "\"\"",
        "$x",
        "$1",
        "$@",
        "$#",
        "${x}",
        "${#x}",
        "$$",
        "${10}",
        "${x[1]}",
        "${x[@]}",
        "${!x}",
        "${x//a/b}",
        "${x:1:2}",
        "${x^^}",
        "@(a|b)",
        "{a,b}",
        "$.",
        "a#",
    ]);
    let quoted = one_of(&["a b", "'", "\\\"", "\\$", "\\\\", "$x", "${x-d}", "~", "*", ";", "\n"]);
    let operand = one_of(&["", "a", "a b", "'q}'", "\\}", "$y", "\"z }\"", "*.c", "~", "#"]);
    let operator = one_of(&["-", ":-", "=", ":=", "?", ":?", "+", ":+", "#", "##", "%", "%%"]);
    let expression = one_of(&["1", "x", "$x", "( x + 1 )", "${y:-2}", "a ? b : c", "x <<= 2"]);
    let expansion = prop_oneof![
        (operator, operand).prop_map(|(operator, operand)| format!("${{x{operator}{operand}}}")),
        joined(expression, 1..3, " + ").prop_map(|text| format!("$(({text}))")),
        list.clone().prop_map(|list| format!("$( {list})")),
        list.prop_filter("quotes nest otherwise there", |list| !list.contains(['`', '\\', '"']))
            .prop_map(|list| format!("`{list}`")),
    ];
    let inner = prop_oneof![3 => quoted, 1 => expansion.clone()];
    prop_oneof![
        6 => plain,
        2 => joined(inner, 0..4, "").prop_map(|text| format!("\"{text}\"")),
        2 => expansion,
    ]
}

/// A command that begins with a name, so that its words mean nothing special.
fn simple(list: BoxedStrategy<String>) -> impl Strategy<Value = String> {
    let word = joined(part(list), 1..4, "").boxed();
    let operator = one_of(&["<", ">", ">>", ">|", "<>", "2>", "0<&", ">&", "10>"]);
    let redirect =
        (operator, word.clone()).prop_map(|(operator, word)| format!("{operator}{word}"));
    let assignment = word.clone().prop_map(|word| format!("v={word}"));
    let argument = prop_oneof![4 => word, 1 => redirect];
    (joined(assignment, 0..2, " "), joined(argument, 0..4, " "))
        .prop_map(|(before, after)| format!("{before} cmd {after}"))
}

/// A command; each `list` ends with a separator.
fn command(list: BoxedStrategy<String>) -> impl Strategy<Value = String> {
    let word = joined(part(list.clone()), 1..3, "").boxed();
    let l = list.clone();
    prop_oneof![
        6 => simple(list.clone()),
        1 => l.clone().prop_map(|list| format!("( {list})")),
        1 => l.clone().prop_map(|list| format!("{{ {list}}} >out 2>&1")),
        1 => l.clone().prop_map(|list| format!("f() {{ {list}}}")),
        1 => (l.clone(), l.clone(), l.clone())
            .prop_map(|(a, b, c)| format!("if {a}then {b}elif {b}then {a}else {c}fi")),
        1 => (l.clone(), l.clone(), one_of(&["while", "until"]))
            .prop_map(|(a, b, keyword)| format!("{keyword} {a}do {b}done")),
        1 => (joined(word.clone(), 0..3, " "), l.clone())
            .prop_map(|(words, list)| format!("for i in {words}; do {list}done")),
        1 => l.clone().prop_map(|list| format!("for i do {list}done")),
        1 => (word.clone(), word, l, one_of(&[";;", ";&"]))
            .prop_map(|(subject, pattern, list, end)| format!(
                "case {subject} in ({pattern} | b) {list}{end} c) {end} *) {list}esac"
            )),
    ]
}

fn and_or(list: BoxedStrategy<String>) -> impl Strategy<Value = String> {
    let pipeline = (one_of(&["", "! "]), joined(command(list), 1..3, " | "))
        .prop_map(|(negation, commands)| format!("{negation}{commands}"))
        .boxed();
    let connector = one_of(&[" && ", " || ", " &&\n", " ||\n\n"]);
    (pipeline.clone(), prop::option::weighted(0.3, (connector, pipeline))).prop_map(
        |(first, rest)| match rest {
            Some((connector, second)) => format!("{first}{connector}{second}"),
            None => first,
        },
    )
}

/// A list whose last command is ended, too.
fn program() -> BoxedStrategy<String> {
    let leaf = one_of(&["a; ", "a & ", "a\n", "# c\na b\n"]).boxed();
    leaf.prop_recursive(4, 40, 4, |list| {
        let document = (one_of(&["<<E", "<<-E", "<<'E'", "3<<\\E"]), one_of(&["", " | b", " &"]))
            .prop_map(|(operator, rest)| {
                format!("cat {operator} x{rest}\n$x `a` \\$ 'q' \"\n${{y-'z'}}\nE\n")
            });
        let ended = (and_or(list), one_of(&["; ", " & ", "\n", " ;\n\n"]))
            .prop_map(|(and_or, end)| format!("{and_or}{end}"));
        joined(prop_oneof![5 => ended, 1 => document], 1..4, "")
    })
    .boxed()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn a_program_prints_to_the_same_program(text in program()) {
        let tree = parse(text.as_bytes(), &NoAliases);
        prop_assert!(tree.is_ok(), "{text:?}: {tree:?}");
        let tree = tree.unwrap();
        let printed = list_text(&tree);
        let again = parse(&printed, &NoAliases);
        prop_assert!(again.is_ok(), "{text:?} is printed as {printed:?}: {again:?}");
        prop_assert_eq!(shape(&tree), shape(&again.unwrap()), "{:?} {:?}", text, printed);
    }

    #[test]
    fn a_program_that_is_cut_off_is_never_taken_for_a_wrong_one(
        text in program(),
        place in any::<prop::sample::Index>(),
    ) {
        // Within a word the rest may be another word.
        let ends: Vec<usize> =
            text.match_indices([' ', '\n']).map(|(blank, _)| blank).collect();
        let cut = &text.as_bytes()[..ends[place.index(ends.len())]];
        if let Err(error) = parse_strictly(cut, &NoAliases) {
            prop_assert!(error.incomplete, "{:?}: {error}", cut.as_bstr());
        }
    }
}
