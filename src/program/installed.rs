//! The tables beside the programs that are installed: `make check-tables`.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::process::{Command, Stdio};

use super::entry::{Entry, Spelling, Table};
use super::tests::files;

/// A program that does not end within so many seconds does not know `--help`.
const SECONDS: &str = "5";

/// What a command prints; nothing where it cannot be started.
fn printed(words: &[&str]) -> Option<String> {
    let output = Command::new("timeout")
        .args(["-k", "1", SECONDS])
        .args(words)
        .env("LC_ALL", "C")
        .env("COLUMNS", "200")
        .env("MANWIDTH", "200")
        .stdin(Stdio::null())
        .output()
        .ok()?;
    let text = [output.stdout, output.stderr].concat();
    Some(String::from_utf8_lossy(&text).into_owned())
}

/// The options that a text tells of at the beginning of lines: `-a`, `--all`.
fn told(text: &str) -> Option<BTreeSet<String>> {
    let options: BTreeSet<String> = text.lines().flat_map(options_of).collect();
    (options.len() > 1).then_some(options)
}

/// Every word of a text that could be an option, wherever it stands.
fn mentioned(text: &str) -> BTreeSet<String> {
    let text = text.replace("[no-]", "").replace('\u{ad}', "");
    text.split(|letter: char| !(letter.is_ascii_alphanumeric() || "-_+?@#".contains(letter)))
        .filter(|word| word.starts_with('-'))
        .map(str::to_owned)
        .collect()
}

/// The options at the beginning of a line of help: `  -a, --all=WHEN   what it does`.
fn options_of(line: &str) -> Vec<String> {
    let line = line.trim_start();
    if !line.starts_with('-') {
        return Vec::new();
    }
    let head = line.split("  ").next().unwrap_or(line);
    head.split([',', '|', ' ', '/'])
        .map(|piece| piece.trim_end_matches(':'))
        .take_while(|piece| piece.is_empty() || piece.starts_with('-') || is_argument(piece))
        .filter(|piece| piece.starts_with('-') && piece.len() > 1)
        .flat_map(spellings)
        .collect()
}

/// Whether a word stands for an argument.
fn is_argument(word: &str) -> bool {
    word.starts_with(['<', '[', '=', '{'])
        || word.chars().all(|letter| letter.is_ascii_uppercase() || "-_.=".contains(letter))
}

/// `--[no-]color[=WHEN]`: with and without what may be there.
fn spellings(word: &str) -> Vec<String> {
    if let Some(rest) = word.strip_prefix("--[no-]") {
        return [format!("--{rest}"), format!("--no-{rest}")]
            .iter()
            .flat_map(|one| spellings(one))
            .collect();
    }
    let end = word.find(['=', '[', '<', ']', ')', '>']).unwrap_or(word.len());
    let name = &word[..end];
    let is_name = name
        .trim_start_matches('-')
        .chars()
        .all(|letter| letter.is_ascii_alphanumeric() || "-_+?@#".contains(letter));
    let is_long =
        name.starts_with("--") && name[2..].starts_with(|c: char| c.is_ascii_alphanumeric());
    let is_one = is_long || name.len() == 2 && name != "--";
    if is_name && is_one { vec![name.to_owned()] } else { Vec::new() }
}

fn listed(entry: &Entry) -> BTreeSet<String> {
    let spelling = |spelling: &Spelling| match spelling {
        Spelling::Letter(letter) => Some(format!("-{}", char::from(*letter))),
        Spelling::Long(name) => Some(format!("--{name}")),
        _ => None,
    };
    entry.options.iter().flat_map(|option| option.spellings.iter().filter_map(spelling)).collect()
}

/// How many of the options that are told of are listed or named as not understood, and
/// which are neither; and which are listed that nothing tells of.
struct Compared {
    name: String,
    told: usize,
    not_understood: usize,
    missing: Vec<String>,
    untold: Vec<String>,
    /// Of those that the help tells of: how many there are, and how many are listed.
    by_help: [usize; 2],
}

fn compared(entry: &Entry, above: Option<&Entry>) -> Option<Compared> {
    let own = entry.names.first()?.as_str();
    let known = listed(entry);
    let (words, ask, page) = match above {
        // `git commit -h` tells its options without a pager.
        Some(above) if above.names[0] == "git" => (vec!["git", own], "-h", format!("git-{own}")),
        Some(_) => return None,
        None => (vec![own], "--help", own.to_owned()),
    };
    // Who knows no long option could do something when it is asked.
    let may_ask = above.is_some() || known.iter().any(|option| option.starts_with("--"));
    let help = if may_ask { printed(&[&words[..], &[ask]].concat()) } else { None };
    let of_help = help.as_deref().and_then(told);
    let page = printed(&["man", "-P", "cat", "--", &page]);
    let text = [help.unwrap_or_default(), page.unwrap_or_default()].concat();
    let told = told(&text)?;
    let inherited = above.map(listed).unwrap_or_default();
    let has = |option: &str| {
        known.contains(option)
            || inherited.contains(option)
            || entry.tells_of_itself(option.as_bytes())
    };
    // git takes back each option by `--no-`, and its help says so of all.
    let is_own = |option: &&String| {
        let positive = option.strip_prefix("--no-").map(|rest| format!("--{rest}"));
        above.is_none() || positive.is_none_or(|positive| !told.contains(&positive))
    };
    let mentioned = mentioned(&text);
    let takes_back = |option: &str| {
        option.strip_prefix("--no-").is_some_and(|rest| mentioned.contains(&format!("--{rest}")))
    };
    let untold = known
        .iter()
        .filter(|option| !mentioned.contains(*option) && !takes_back(option))
        .cloned()
        .collect();
    let of_help = of_help.unwrap_or_default();
    let of_help: Vec<&String> = of_help.iter().filter(is_own).collect();
    let by_help = [of_help.len(), of_help.iter().filter(|option| has(option)).count()];
    let told: Vec<&String> = told.iter().filter(is_own).collect();
    let is_named = |option: &str| entry.not_understood.iter().any(|named| named == option);
    let (named, missing): (Vec<_>, Vec<_>) = told
        .iter()
        .filter(|option| !has(option))
        .map(|option| option.to_string())
        .partition(|option| is_named(option));
    Some(Compared {
        name: words.join(" "),
        told: told.len(),
        not_understood: named.len(),
        missing,
        untold,
        by_help,
    })
}

#[test]
#[ignore = "it is about the programs of this machine: make check-tables"]
fn what_the_programs_tell_of_is_listed() {
    let mut all = Vec::new();
    let mut not_asked = Vec::new();
    for (_, text) in files() {
        let table: Table = toml::from_str(&text).expect("another test reads the tables");
        for entry in &table.program {
            match compared(entry, None) {
                Some(compared) => all.push(compared),
                None => not_asked.push(entry.names[0].clone()),
            }
            all.extend(entry.subcommand.iter().filter_map(|inner| compared(inner, Some(entry))));
        }
    }
    all.sort_by_key(|compared| compared.missing.len());
    let mut report = String::new();
    for compared in all.iter().filter(|compared| !compared.missing.is_empty()) {
        let Compared { name, told, missing, .. } = compared;
        writeln!(report, "{name}: {} of {told}: {}", missing.len(), missing.join(" "))
            .expect("a string takes all text");
    }
    for compared in all.iter().filter(|compared| !compared.untold.is_empty()) {
        let Compared { name, untold, .. } = compared;
        writeln!(report, "{name}: listed, and told of nowhere: {}", untold.join(" "))
            .expect("a string takes all text");
    }
    let untold: usize = all.iter().map(|compared| compared.untold.len()).sum();
    let told: usize = all.iter().map(|compared| compared.told).sum();
    let missing: usize = all.iter().map(|compared| compared.missing.len()).sum();
    let named: usize = all.iter().map(|compared| compared.not_understood).sum();
    let share = 100 * (told - missing) / told.max(1);
    let helped: usize = all.iter().map(|compared| compared.by_help[0]).sum();
    let listed: usize = all.iter().map(|compared| compared.by_help[1]).sum();
    let helped_share = 100 * listed / helped.max(1);
    #[allow(clippy::print_stdout, reason = "it is what the command is for")]
    {
        println!("{report}not asked ({}): {}", not_asked.len(), not_asked.join(" "));
        println!(
            "{} programs and subcommands: {listed} of {helped} options that --help tells of are \
             listed ({helped_share} %), with manual pages {} of {told} ({share} %), {named} of them \
             named as not understood; {untold} are listed and told of nowhere",
            all.len(),
            told - missing
        );
    }
    assert!(helped_share >= 95, "{helped_share} % of the options of --help are listed");
}

#[test]
fn options_are_read_out_of_help() {
    for (line, expected) in [
        ("  -a, --all                  do not ignore", &["-a", "--all"][..]),
        ("      --block-size=SIZE      with", &["--block-size"]),
        ("  -w, --width=COLS           set", &["-w", "--width"]),
        ("    --[no-]color[=<when>]  use", &["--color", "--no-color"]),
        ("    -m, --message <message>", &["-m", "--message"]),
        ("  -C FILE --out FILE  text", &["-C", "--out"]),
        ("no option -x here", &[]),
        ("  -- ends the options", &[]),
    ] {
        assert_eq!(options_of(line), expected, "{line}");
    }
}
