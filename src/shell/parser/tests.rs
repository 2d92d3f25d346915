//! Tests of the grammar. Trees are compared in the form in which they are
//! printed, which leaves out what has no meaning.

mod round_trip;

use bstr::ByteSlice;
use proptest::prelude::*;

use super::*;
use crate::shell::AliasTable;
use crate::shell::print::list_text;
use crate::shell::syntax::Command;

fn printed(text: &str) -> String {
    list_text(&parse(text.as_bytes(), &NoAliases).unwrap()).to_string()
}

fn error(text: &str) -> SyntaxError {
    parse_strictly(text.as_bytes(), &NoAliases).unwrap_err()
}

#[test]
fn every_construct_has_one_form() {
    for (text, expected) in [
        ("echo  a   b", "echo a b"),
        ("a;b;", "a; b"),
        ("a&b", "a & b"),
        ("a&&b||c", "a && b || c"),
        ("! a|b|c", "! a | b | c"),
        ("{ a;b; }>x", "{ a; b; } >x"),
        ("(a;b)", "( a; b )"),
        ("if a;then b;elif c;then d;else e;fi", "if a; then b; elif c; then d; else e; fi"),
        ("while a;do b;done", "while a; do b; done"),
        ("until a\ndo\nb\ndone", "until a; do b; done"),
        ("for x in 1 2\ndo a;done", "for x in 1 2; do a; done"),
        ("for x\ndo a;done", "for x; do a; done"),
        ("f(){ a;}", "f() { a; }"),
        ("x=1 y=$x a", "x=1 y=$x a"),
        ("a<b>c>>d 2>&1", "a <b >c >>d 2>&1"),
        ("echo `a \\`b\\``", "echo $( a $( b ) )"),
        ("echo $((1+ 2))", "echo $((1+ 2))"),
        ("a # comment\nb", "a; b"),
        ("a \\\n b", "a b"),
        ("\n\n", ""),
    ] {
        assert_eq!(printed(text), expected, "{text:?}");
    }
}

#[test]
fn case_arms_keep_their_patterns() {
    let text = printed("case $x in (a|b) c;; *) d;& e) ;; esac");
    for part in ["a | b)", "*)", ";&", "e)"] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn here_documents_are_read_after_their_line() {
    let list =
        parse(b"cat <<A <<-'B'; echo x\none $y\nA\n\ttwo $z\n\tB\nnext", &NoAliases).unwrap();
    assert_eq!(list.items.len(), 3);
    let text = list_text(&list);
    assert!(text.contains_str("one $y\nA\n") && text.contains_str("two $z\n"), "{text}");
}

#[test]
fn spans_lead_back_to_the_text() {
    let text = b"first; second | third >out\nfourth";
    let list = parse(text, &NoAliases).unwrap();
    let pieces: Vec<&[u8]> =
        list.items.iter().map(|item| &text[item.span.start..item.span.end]).collect();
    assert_eq!(pieces, [&b"first"[..], b"second | third >out", b"fourth"]);
    assert_eq!(list.items[2].span.line, 2);
}

#[test]
fn one_complete_command_at_a_time() {
    let mut parser = Parser::new(Box::new(TextSource::new(b"a; b\nif c\nthen d; fi\n)\ne\n")));
    let mut next = || parser.next_command(&NoAliases);
    assert_eq!(list_text(&next().unwrap().unwrap()), "a; b");
    assert_eq!(list_text(&next().unwrap().unwrap()), "if c; then d; fi");
    // After an error the rest of the line is dropped, and parsing goes on.
    assert_eq!(next().unwrap_err().span.line, 4);
    assert_eq!(list_text(&next().unwrap().unwrap()), "e");
    assert_eq!(next(), Ok(None));
}

#[test]
fn more_input_is_asked_for_where_a_person_would_go_on() {
    for text in [
        "if a",
        "if a; then",
        "while a; do b",
        "for x in",
        "for x in a; do",
        "case x in",
        "case x in a)",
        "{ a",
        "(a",
        "f() {",
        "f()",
        "a &&",
        "a ||",
        "a |",
        "echo 'a",
        "echo \"a",
        "echo $(a",
        "echo ${a",
        "echo `a",
        "echo $((1 +",
        "cat <<E",
        "cat <<E\nline",
        "a \\",
    ] {
        let error = error(text);
        assert!(error.incomplete, "{text:?}: {error}");
    }
    for text in [")", "fi", "a ;; b", "if a; fi", "a | | b", "{ }", "(a))", "a &&& b"] {
        let error = error(text);
        assert!(!error.incomplete && !error.unsupported, "{text:?}: {error}");
    }
}

#[test]
fn forms_of_bash_are_printed_as_they_are_read() {
    let printed = |text: &str| {
        list_text(&parse(text.as_bytes(), &AliasTable::default()).unwrap()).to_string()
    };
    for text in [
        "[[ a == b || ! -f $x && ( $y =~ ^a(b|c)+$ ) ]]",
        "select x in a b; do c; done",
        "coproc NAME { a; }",
        "coproc a b",
        "((x = 1))",
        "for ((i = 0; i < 3; i++)); do a; done",
        "x=(1 2 [5]=\"a b\" [k]+=c) y[1]=2 z+=3",
        "declare -A m=([a b]=1)",
        "diff <( a ) <( b )",
        "echo \"${x/a/b}\" $( echo ${!y} ${!y@} ${!y[@]} ${y[1]} ${#y[*]} )",
        "echo ${x:1:2} ${x: -1} ${x//a} ${x/#a/b} ${x/%a} ${x^} ${x,,[ab]} ${x@Q}",
        "time -p a | b",
        "exec {fd}>f",
        "case x in (@(a|b)) c ;; esac",
        "echo ${ a; } ${| b; }",
    ] {
        assert_eq!(printed(text), text);
    }
    assert!(parse(b"echo ${x!y}", &AliasTable::default()).is_ok());
    assert_eq!(printed("function f { a; }"), "f() { a; }");
    assert_eq!(printed("a &> b"), "a >b 2>&1");
    assert_eq!(printed("a |& b"), "a 2>&1 | b");
    assert_eq!(printed("a <<< b"), "a <<<b");
    assert_eq!(printed("a < <(b) > >(c)"), "a < <( b ) > >( c )");
}

#[test]
fn aliases_are_replaced_in_command_position() {
    let mut aliases = AliasTable::default();
    for (name, text) in
        [("ll", "ls -l"), ("ls", "ls -F"), ("with", "nice "), ("loop", "for i in 1; do")]
    {
        aliases.0.insert(name.into(), text.into());
    }
    let printed = |text: &str| list_text(&parse(text.as_bytes(), &aliases).unwrap()).to_string();
    assert_eq!(printed("ll x"), "ls -F -l x");
    assert_eq!(printed("echo ll"), "echo ll");
    assert_eq!(printed("with ll x"), "nice ls -F -l x");
    assert_eq!(printed("\\ll x"), "\\ll x");
    assert_eq!(printed("x=1 ll"), "x=1 ls -F -l");
    assert_eq!(printed("loop ll; done"), "for i in 1; do ls -F -l; done");
}

#[test]
fn aliases_after_aliases_and_redirections_are_replaced() {
    let mut aliases = AliasTable::default();
    for (name, text) in [
        ("e", "echo "),
        ("x", "y"),
        ("quiet", " >out c "),
        ("c", "cat"),
        ("f", "for "),
        ("w", "in "),
        ("in", "i "),
        ("for", "\n do"),
        ("loop", "for a in 1; "),
        ("self", "self self"),
    ] {
        aliases.0.insert(name.into(), text.into());
    }
    let printed = |text: &str| list_text(&parse(text.as_bytes(), &aliases).unwrap()).to_string();
    assert_eq!(printed("e x x"), "echo y x");
    assert_eq!(printed("<in quiet x"), "cat y <in >out");
    assert_eq!(printed("<in e x"), "echo y <in");
    assert_eq!(printed("f w in 1; do b; done"), "for i in 1; do b; done");
    assert_eq!(printed("loop for b; done"), "for a in 1; do b; done");
    assert_eq!(printed("self; self"), "self self; self self");
}

#[test]
fn an_expression_without_its_end_is_incomplete_and_no_subshell() {
    assert!(error("echo $((1 + 2)").incomplete);
    assert!(error("echo $((cat <<E\n+(\nE\n))").incomplete);
    assert_eq!(printed("echo $((a); b)"), "echo $( ( a ); b )");
    assert_eq!(printed("echo $((a) | (b))"), "echo $( ( a ) | ( b ) )");
}

#[test]
fn requests_are_lines_where_a_command_may_begin() {
    let mut parser = Parser::new(Box::new(TextSource::new(
        "  ? what's new\nif a; then\n？ 列出\nfi\ncat <<E\n? text\nE\n".as_bytes(),
    )));
    parser.take_requests(true);
    let mut texts = Vec::new();
    while let Some(list) = parser.next_command(&NoAliases).unwrap() {
        texts.push(list_text(&list).to_string());
    }
    assert_eq!(texts[0], "'?' 'what'\\''s new'");
    assert_eq!(texts[1], "if a; then '?' '列出'; fi");
    assert!(texts[2].contains("\n? text\n"), "{texts:?}");
    // Without requests it is a pattern of one character.
    assert_eq!(printed("? x"), "? x");
}

#[test]
fn nesting_has_a_bound() {
    // The main thread's usual stack; a test's thread has less.
    let thread = std::thread::Builder::new().stack_size(8 << 20).spawn(|| {
        for (open, close) in
            [("( ", ")"), ("{ ", "; }"), ("$(", ")"), ("if ", "; then :; fi"), ("${x:-", "}")]
        {
            let text = |depth: usize| {
                let nested = format!("{}a{}", open.repeat(depth), close.repeat(depth));
                if open.starts_with('$') { format!("echo {nested}") } else { nested }
            };
            assert!(parse(text(20).as_bytes(), &NoAliases).is_ok(), "{open}");
            let error = parse(text(5000).as_bytes(), &NoAliases).unwrap_err();
            assert!(error.message.contains("nested too deeply"), "{open}: {error}");
        }
    });
    thread.unwrap().join().unwrap();
}

/// Text that is mostly shell.
fn shell_text() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "a", "if", "then", "fi", "while", "do", "done", "for", "in", "case", "esac", "{", "}", "(",
        ")", ";", ";;", "&", "&&", "|", "||", "!", "\n", "<", ">", ">>", "<<E", "E", "2>&1", "'q'",
        "\"d $x\"", "$x", "${x:-y}", "${#x}", "${x%%a*}", "$(a)", "`a`", "$((1+x))", "x=1", "\\a",
        "*", "?", "[a-z]", "~", "#", "f()", "'", "\"", "$(", "`", "${", "[[", "<<<", "<(",
        "function", "目录",
    ]);
    prop::collection::vec(word, 0..14).prop_map(|words| words.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn no_bytes_make_the_parser_panic(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        let _ = parse(&bytes, &NoAliases);
        let _ = parse_document(&bytes);
    }

    #[test]
    fn what_is_printed_parses_to_the_same(text in shell_text()) {
        if let Ok(list) = parse(text.as_bytes(), &NoAliases) {
            let once = list_text(&list);
            let again = parse(&once, &NoAliases);
            prop_assert!(again.is_ok(), "{text:?} is printed as {once:?}: {again:?}");
            let twice = list_text(&again.unwrap());
            prop_assert_eq!(&once, &twice, "{:?}", text);
        }
    }

    #[test]
    fn trees_begin_and_end_where_their_text_does(text in shell_text()) {
        if let Ok(list) = parse(text.as_bytes(), &NoAliases) {
            for item in &list.items {
                prop_assert!(item.span.start <= item.span.end && item.span.end <= text.len());
                for command in &item.first.commands {
                    let Command::Simple(simple) = command else { continue };
                    prop_assert!(simple.span.end <= text.len());
                }
            }
        }
    }
}
