//! What recurses without end is an error of the shell language, not the end of
//! the shell.

mod support;

use support::{Finished, LLMSH, Place, Run};

fn run(text: &str) -> Finished {
    Run::new(&Place::new()).stdin(text).finish()
}

#[test]
fn endless_recursion_is_reported() {
    for text in [
        "f() { f; }; f",
        "f() { { { { { f; }; }; }; }; }; f",
        "f() { if true; then for i in 1; do case x in x) f;; esac; done; fi; }; f",
        "f() { eval f; }; f",
        "f() { eval 'eval f'; }; f",
        "x='eval \"$x\"'; eval \"$x\"",
        "f() { x=${y-$(g)} f; }; f",
        "trap 'kill -USR1 $$' USR1; f() { f; }; f",
    ] {
        let ended = run(text);
        assert!(ended.status != 0 && ended.status < 128, "{text}: {ended:?}");
        assert!(ended.stderr.contains("too many nested"), "{text}: {ended:?}");
    }
}

#[test]
fn a_dot_script_that_reads_itself_is_reported() {
    let place = Place::new();
    place.write("self", ". ./self\n");
    let ended = Run::new(&place).args(["./self"]).finish();
    assert!(ended.stderr.contains("too many nested"), "{ended:?}");
}

#[test]
fn deep_text_is_an_error_and_not_a_crash() {
    for (open, close) in [
        ("( ", ")"),
        ("{ ", "; }"),
        ("$(", ")"),
        ("echo ${x:-", "}"),
        ("echo $((", "))"),
        ("if ", "; then :; fi"),
        ("while ", "; do :; done"),
        ("f() { ", "; }"),
        ("echo $((1+(", "))"),
        ("case x in x) ", ";; esac"),
    ] {
        let text = format!("{}a{}\n", open.repeat(20_000), close.repeat(20_000));
        let ended = run(&text);
        assert!(
            ended.status < 128 && ended.status != 0,
            "{open}: {} {}",
            ended.status,
            ended.stderr
        );
    }
}

#[test]
fn text_that_is_parsed_deep_within_a_recursion_is_bounded_by_the_same_stack() {
    let nested = |open: &str, inner: &str, close: &str| {
        format!("{}{inner}{}", open.repeat(60), close.repeat(60))
    };
    let place = Place::new();
    let texts = [nested("{ ", ":", "; }"), nested(": $(", ":", ")"), nested(": ${x:-", "1", "}")];
    for text in texts {
        place.write("script", format!("f() {{ eval '{text}'; f; }}\nf\n"));
        for kilobytes in [1024, 8192] {
            let limited = format!("ulimit -s {kilobytes}; exec {LLMSH} ./script");
            let ended = Run::new(&place).program("sh").args(["-c", &limited]).finish();
            assert!(ended.status != 0 && ended.status < 128, "{text}: {ended:?}");
            assert!(ended.stderr.contains("nested"), "{text}: {ended:?}");
        }
    }
}

#[test]
fn what_is_deep_but_bounded_works() {
    let text = "f() { [ $1 -eq 0 ] || f $(($1 - 1)); }; f 400; echo $?";
    run(text).expect(0, "0\n", "");
    let nested = format!("{}echo deep{}", "{ ".repeat(100), "; }".repeat(100));
    run(&nested).expect(0, "deep\n", "");
}
