//! How often lines that training does not know are read wrongly. They are counted and
//! not shown: who tunes training by them has nothing left to measure with.

use super::grammar::{Chance, Grammar, Line};
use super::*;

const LINES: usize = 6000;

/// How many of the lines are read as what, in percent.
#[derive(Debug, Default)]
struct Share {
    command: f64,
    request: f64,
    unsure: f64,
    /// Asked about, and the default of the question is wrong.
    misjudged: f64,
}

fn share(grammar: &Grammar, lines: &[&Line], meant: Reading) -> Share {
    let mut share = Share::default();
    let one = 100.0 / lines.len() as f64;
    for line in lines {
        let intent = classify(&line.text, &|word| grammar.programs.contains(word), &|path| {
            line.files.iter().any(|file| file == path)
        });
        match intent {
            Intent::Empty | Intent::Command => share.command += one,
            Intent::Request(_) => share.request += one,
            Intent::Unsure { likelier, .. } => {
                share.unsure += one;
                share.misjudged += if likelier == meant { 0.0 } else { one };
            }
        }
    }
    share
}

#[test]
fn few_lines_that_training_does_not_know_are_read_wrongly() {
    let grammar = Grammar::parse(include_str!("held.toml"));
    let mut chance = Chance(7);
    let commands = grammar.make(&grammar.command, LINES, &mut chance);
    let requests = grammar.make(&grammar.request, LINES, &mut chance);
    assert!(commands.len() > 3000 && requests.len() > 3000);
    let of = |lines: &[Line], meant, chinese: Option<bool>| {
        let language = |line: &&Line| chinese.is_none_or(|one| chinese::has_any(&line.text) == one);
        let lines: Vec<&Line> = lines.iter().filter(language).collect();
        let share = share(&grammar, &lines, meant);
        println!("{} {meant:?}s, Chinese {chinese:?}: {share:.2?}", lines.len());
        share
    };
    for language in [Some(false), Some(true)] {
        of(&commands, Reading::Command, language);
        of(&requests, Reading::Request, language);
    }
    let of_commands = of(&commands, Reading::Command, None);
    let of_requests = of(&requests, Reading::Request, None);
    assert!(of_commands.request < 0.5, "{of_commands:.2?}");
    assert!(of_commands.unsure < 2.0, "{of_commands:.2?}");
    assert!(of_requests.command < 2.0, "{of_requests:.2?}");
}

/// Command lines as people type them, which other tests have for other reasons.
#[test]
fn everyday_commands_are_commands() {
    let lines = include_str!("../../../tests/corpus/benign.txt").lines();
    let lines: Vec<_> = lines.filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    let read = |line: &&&str| classify(line, &|_| true, &|_| false) != Intent::Command;
    let wrong: Vec<_> = lines.iter().filter(read).collect();
    assert!(lines.len() > 300 && wrong.len() * 100 < lines.len(), "{wrong:?}");
}
