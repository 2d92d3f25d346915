//! What does not fit: wide, combining and right-to-left characters, lines longer than the
//! terminal, terminals that change their size at any moment, and what is pasted.

mod support;

use std::time::Duration;

use support::typed::{Case, Session, empty, everywhere, table_on};
use support::{PROMPT, Terminal};

const CHARACTERS: &[Case] = &[
    ("echo 漢字", "echo 漢字¦", "漢字"),
    ("echo 漢字«Left»x", "echo 漢x¦字", "漢x字"),
    ("echo 漢字«BS»", "echo 漢¦", "漢"),
    ("echo 漢字«C-a»«M-f»«Del»«Del» ", "echo ¦字", "字"),
    ("echo 漢字 かな«C-w»", "echo 漢字 ¦", "漢字"),
    ("echo 漢字«Left»«C-k»", "echo 漢¦", "漢"),
    ("echo 漢字«C-t»", "echo 字漢¦", "字漢"),
    ("echo e\u{301}x", "echo e\u{301}x¦", "e\u{301}x"),
    ("echo e\u{301}x«Left»y", "echo e\u{301}y¦x", "e\u{301}yx"),
    ("echo e\u{301}x«Left»«Left»y", "echo y¦e\u{301}x", "ye\u{301}x"),
    ("echo ae\u{301}«BS»", "echo a¦", "a"),
    ("echo 😀", "echo 😀¦", "😀"),
    ("echo 😀a«Left»«BS»b", "echo b¦a", "ba"),
    ("echo a😀«Left»b", "echo ab¦😀", "ab😀"),
    ("echo שלום", "echo שלום¦", "שלום"),
    ("echo שלום«Left»«BS»", "echo של¦ם", "שלם"),
    ("echo سلام«C-w»x", "echo x¦", "x"),
    ("echo ﷺ«BS»x", "echo x¦", "x"),
    ("echo привет«M-b»«M-c»", "echo Привет¦", "Привет"),
    ("echo ａｂ«Left»x", "echo ａx¦ｂ", "ａxｂ"),
    ("echo ½é€«Left»«Left»x", "echo ½x¦é€", "½xé€"),
];

/// Longer than 20 and than 40 columns.
const LONG: &[Case] = &[
    ("echo 0123456789abcdefghi", "echo 0123456789abcdefghi¦", "0123456789abcdefghi"),
    (
        "echo 0123456789abcdefghij0123456789ABC",
        "echo 0123456789abcdefghij0123456789ABC¦",
        "0123456789abcdefghij0123456789ABC",
    ),
    (
        "echo 0123456789abcdefghi«C-a»«M-f» x",
        "echo x¦ 0123456789abcdefghi",
        "x 0123456789abcdefghi",
    ),
    ("echo 0123456789abcdefghi«C-a»«C-k»echo b", "echo b¦", "b"),
    (
        "echo 0123456789abcdefghij«BS»«BS»«BS»«BS»«BS»«BS»«BS»«BS»«BS»«BS»«BS»",
        "echo 012345678¦",
        "012345678",
    ),
    ("echo 0123456789 abcdefghi«C-w»x", "echo 0123456789 x¦", "0123456789 x"),
    (
        "echo 0123456789abcdefghij«Home»«End»k",
        "echo 0123456789abcdefghijk¦",
        "0123456789abcdefghijk",
    ),
    (
        "echo one two three four«M-b»«M-b»«M-d»«C-y»«C-y»",
        "echo one two threethree¦ four",
        "one two threethree four",
    ),
    ("echo 0123456789abc«C-a»«M-f» 漢", "echo 漢¦ 0123456789abc", "漢 0123456789abc"),
    ("echo 漢字漢字漢字漢字漢字x", "echo 漢字漢字漢字漢字漢字x¦", "漢字漢字漢字漢字漢字x"),
    (
        "echo 漢字漢字漢字漢字漢字x«Left»«Left»y",
        "echo 漢字漢字漢字漢字漢y¦字x",
        "漢字漢字漢字漢字漢y字x",
    ),
    ("echo 😀😀😀😀😀😀😀😀a«Left»«BS»", "echo 😀😀😀😀😀😀😀¦a", "😀😀😀😀😀😀😀a"),
    (
        "echo e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}«BS»",
        "echo e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}¦",
        "e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}",
    ),
];

/// Pasted; nothing of it runs before Enter.
const PASTED: &[Case] = &[
    ("«Paste»echo pasted«Pasted»", "echo pasted¦", "pasted"),
    ("echo a«Left»«Paste»bc«Pasted»", "echo bc¦a", "bca"),
    ("«Paste»echo 'a«Tab»b' | tr '\\t' T«Pasted»", "echo 'a b' | tr '\\t' T¦", "aTb"),
    ("«Paste»echo 漢字😀«Pasted»«BS»", "echo 漢字¦", "漢字"),
    ("echo '«Paste»$(no) `no` !!«Pasted»'", "echo '$(no) `no` !!'¦", "$(no) `no` !!"),
    ("«Paste»echo one«Pasted»«C-_»", "¦", ""),
];

#[test]
fn characters_of_all_widths_are_edited() {
    table_on((24, 80), empty, &[], CHARACTERS);
}

#[test]
fn lines_longer_than_20_columns_are_edited() {
    table_on((24, 20), empty, &[], LONG);
}

#[test]
fn lines_longer_than_33_columns_are_edited() {
    table_on((24, 33), empty, &[], LONG);
}

#[test]
fn lines_on_a_usual_terminal_are_edited() {
    table_on((24, 80), empty, &[], LONG);
}

#[test]
fn what_is_pasted_waits_for_enter() {
    table_on((24, 80), empty, &[], PASTED);
}

#[test]
fn ten_thousand_pasted_lines_arrive_whole() {
    everywhere((24, 80), empty, |session| {
        let lines: String = (0..10_000).map(|line| format!("line {line} of many\n")).collect();
        let paste = format!("\x1b[200~cat >big <<'E'\n{lines}E\x1b[201~");
        session.terminal.send(paste.as_bytes());
        session.terminal.wait_until("its end", |terminal| {
            terminal.before_cursor() == "E" && terminal.screen().ends_with("9999 of many\nE")
        });
        session.keys("«Line»");
        session.terminal.wait_for_prompt();
        assert!(session.place.read("big") == Some(lines), "the lines did not arrive whole");
        assert_eq!(session.wrong(("echo next", "echo next¦", "next")), None);
    });
}

#[test]
fn ten_thousand_lines_typed_to_a_program_arrive_whole() {
    everywhere((24, 80), empty, |session| {
        let lines: String = (0..10_000).map(|line| format!("line {line} of many\n")).collect();
        session.terminal.start_line("sh -c 'echo rea''dy; exec cat >big'");
        session.terminal.wait_for("ready");
        session.terminal.send(lines.as_bytes());
        session.terminal.control('d');
        session.terminal.wait_for_prompt();
        assert!(session.place.read("big") == Some(lines), "the lines did not arrive whole");
    });
}

#[test]
fn lines_pasted_into_a_terminal_that_does_not_mark_them_run_one_by_one() {
    everywhere((24, 80), empty, |session| {
        let lines: String = (0..300).map(|line| format!("echo {line} >>out\r")).collect();
        session.terminal.send(lines.as_bytes());
        session.terminal.send(b"echo do''ne\r");
        session.terminal.wait_for("\ndone\n");
        session.terminal.wait_for_prompt();
        let wanted: String = (0..300).map(|line| format!("{line}\n")).collect();
        assert_eq!(session.place.read("out"), Some(wanted));
    });
}

/// Sizes that a terminal goes through.
const SIZES: &[(u16, u16)] = &[(24, 20), (5, 60), (40, 120), (24, 11), (24, 80)];

/// Goes through sizes, with time to see each, and types what works at every one.
fn resized(session: &mut Session) {
    for size in SIZES {
        session.terminal.resize(*size);
        session.terminal.settle(Duration::from_millis(60));
    }
}

fn ends_with(terminal: &Terminal, text: &str) -> bool {
    terminal.before_cursor() == PROMPT
        && terminal.screen().ends_with(&format!("{text}\n{}", PROMPT.trim_end()))
}

#[test]
fn a_terminal_is_resized_while_a_line_is_typed() {
    everywhere((24, 80), empty, |session| {
        session.keys("echo a line that is longer than some sizes");
        resized(session);
        session.keys("«C-a»«M-f» x«Line»");
        session.terminal.wait_until("what it runs", |terminal| {
            ends_with(terminal, "\nx a line that is longer than some sizes")
        });
        // And while it is edited in its middle, at each size.
        for (number, size) in SIZES.iter().enumerate() {
            session.keys("echo a line that is lnger«Left»«Left»«Left»«Left»");
            session.terminal.resize(*size);
            session.terminal.settle(Duration::from_millis(60));
            session.keys("o");
            session.keys(&format!("«C-e» {number}«Line»"));
            session.terminal.wait_for(&format!("\na line that is longer {number}"));
            session.terminal.wait_for_prompt();
        }
    });
}

#[test]
fn a_terminal_is_resized_while_a_menu_is_shown() {
    let ready = |place: &support::Place| {
        place.write("many-one", "");
        place.write("many-two", "");
    };
    everywhere((24, 80), ready, |session| {
        session.keys("echo man«Tab»");
        session.terminal.wait_for("many-two");
        resized(session);
        session.keys("on«Tab»«Line»");
        session.terminal.wait_until("what it runs", |terminal| ends_with(terminal, "\nmany-one"));
    });
}

#[test]
fn a_terminal_is_resized_while_the_list_of_lines_is_shown() {
    everywhere((24, 80), empty, |session| {
        session.terminal.run_line("echo find me");
        session.terminal.run_line("true");
        session.keys("«C-r»");
        session.terminal.wait_for("search>");
        resized(session);
        session.keys("find");
        session.terminal.wait_for("search> find");
        session.keys("«Line»");
        session.terminal.wait_until("the line", |terminal| {
            terminal.before_cursor() == format!("{PROMPT}echo find me")
        });
        session.keys("«Line»");
        session.terminal.wait_until("what it runs", |terminal| ends_with(terminal, "\nfind me"));
    });
}

#[test]
fn a_terminal_is_resized_while_a_program_runs() {
    everywhere((24, 80), empty, |session| {
        session.keys("sh -c 'echo rea''dy; read x; stty size'«Line»");
        session.terminal.wait_for("\nready");
        session.terminal.resize((30, 70));
        session.keys("«Line»");
        session.terminal.wait_until("its size", |terminal| ends_with(terminal, "\n30 70"));
        session.keys("echo $LINES $COLUMNS«Line»");
        session.terminal.wait_until("its size", |terminal| ends_with(terminal, "\n30 70"));
    });
}

#[test]
fn a_terminal_is_resized_while_a_quotation_is_open() {
    everywhere((24, 80), empty, |session| {
        session.keys("echo 'one«Line»two");
        session.terminal.wait_for("two   ← unfinished");
        resized(session);
        session.keys("three«Line»four'");
        session.terminal.wait_for("four'");
        session.keys("«Line»");
        session
            .terminal
            .wait_until("what it runs", |terminal| ends_with(terminal, "\none\ntwothree\nfour"));
    });
}
