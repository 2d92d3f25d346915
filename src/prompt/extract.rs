//! From the model's answer to shell text.
//!
//! The answer is begun with a fence, so what comes is usually the commands and
//! nothing else. Small models still open a second fence, add a prompt sign, or
//! go on in prose. Only what surely is not shell is taken away: what is left is
//! parsed, and shown to the person, in any case.

/// Tags after an opening fence that name the language.
const LANGUAGES: [&str; 6] = ["sh", "bash", "shell", "zsh", "console", "posix"];

/// Marks of chat templates that end a turn.
const END_MARKS: [&str; 3] = ["<|im_end|>", "<|endoftext|>", "</s>"];

/// First words of a line that explains and does not command.
const PROSE: [&str; 22] = [
    "This ",
    "The ",
    "These ",
    "It ",
    "Note",
    "Explanation",
    "Here",
    "You ",
    "In this",
    "To ",
    "Use ",
    "Sure",
    "Please ",
    "这",
    "说明",
    "解释",
    "注意",
    "该",
    "以上",
    "可以",
    "使用",
    "您",
];

/// The shell text in `answer`, without anything around it; empty when there is
/// none.
#[must_use]
pub fn extract(answer: &str) -> String {
    let answer = answer.replace("\r\n", "\n");
    let end = END_MARKS.iter().filter_map(|mark| answer.find(mark)).min();
    let answer = &answer[..end.unwrap_or(answer.len())];
    let block = if answer.contains("```") { fenced(answer) } else { without_prose(answer) };
    let block = without_prompts(&block);
    without_backticks(block.trim_matches('\n').trim_end()).to_owned()
}

/// The first block among lines that contain fences. The caller has usually
/// opened the block already, so that the first fence closes it.
fn fenced(answer: &str) -> String {
    let mut before = String::new();
    let mut lines = answer.lines();
    while let Some(line) = lines.next() {
        let Some((head, tail)) = line.split_once("```") else {
            before.push_str(line);
            before.push('\n');
            continue;
        };
        before.push_str(head);
        if !is_introduction(&before) {
            // This fence closes the block that the caller opened.
            break;
        }
        // A block on one line: ```ls -l``` or ```sh ls -l```.
        return match tail.split_once("```") {
            Some((inner, _)) => without_language(inner).to_owned(),
            None => block_of(lines, tail),
        };
    }
    before
}

/// The lines up to the closing fence; `tail` is what follows the opening one:
/// a language, or already a command.
fn block_of<'a>(lines: impl Iterator<Item = &'a str>, tail: &str) -> String {
    let mut block = String::new();
    for line in lines {
        if let Some((head, _)) = line.split_once("```") {
            block.push_str(head);
            break;
        }
        block.push_str(line);
        block.push('\n');
    }
    let is_tag = is_language(tail.trim()) || !tail.contains(' ') && !block.trim().is_empty();
    if is_tag { block } else { format!("{tail}\n{block}") }
}

fn is_language(tag: &str) -> bool {
    tag.is_empty() || LANGUAGES.contains(&tag.to_ascii_lowercase().as_str())
}

fn without_language(inner: &str) -> &str {
    let inner = inner.trim();
    match inner.split_once(' ') {
        Some((tag, rest)) if !tag.is_empty() && is_language(tag) => rest,
        _ => inner,
    }
}

/// Whether the text before a fence leads to a block and is none itself.
fn is_introduction(text: &str) -> bool {
    let text = text.trim();
    text.is_empty() || text.ends_with([':', '：', '。', '.']) && reads_like_prose(text)
}

fn reads_like_prose(text: &str) -> bool {
    let text = text.trim_start();
    PROSE.iter().any(|word| text.starts_with(word))
}

/// Text without fences: a sentence with the command in backticks, or commands
/// with an explanation after them.
fn without_prose(answer: &str) -> String {
    let trimmed = answer.trim_start();
    if reads_like_prose(trimmed) {
        if let Some((_, rest)) = trimmed.split_once('`')
            && let Some((command, _)) = rest.split_once('`')
        {
            return command.to_owned();
        }
        // An introduction, and then the commands.
        if let Some((introduction, rest)) = trimmed.split_once('\n')
            && introduction.trim_end().ends_with([':', '：'])
        {
            return until_explanation(rest.trim_start_matches('\n'));
        }
    }
    until_explanation(answer)
}

/// The lines before an empty line that prose follows.
fn until_explanation(text: &str) -> String {
    let mut kept = String::new();
    let mut after_empty = false;
    for line in text.lines() {
        if after_empty && !kept.trim().is_empty() && reads_like_prose(line) {
            break;
        }
        after_empty = line.trim().is_empty();
        kept.push_str(line);
        kept.push('\n');
    }
    kept
}

/// Where lines begin with a prompt sign, those lines and what continues them:
/// the others are output.
fn without_prompts(block: &str) -> String {
    if !block.lines().any(|line| line.starts_with("$ ")) {
        return block.to_owned();
    }
    let mut kept = Vec::new();
    let mut continued = false;
    for line in block.lines() {
        let command = line.strip_prefix("$ ");
        if command.is_some() || continued {
            let line = command.or_else(|| line.strip_prefix("> ")).unwrap_or(line);
            continued = line.ends_with('\\');
            kept.push(line);
        }
    }
    kept.join("\n")
}

/// A lone command in single backticks. Backticks inside a command are command
/// substitutions and stay.
fn without_backticks(text: &str) -> &str {
    match text.strip_prefix('`').and_then(|text| text.strip_suffix('`')) {
        Some(inner) if !inner.contains('`') => inner,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commands_are_found_in_every_form_of_answer() {
        for (answer, expected) in [
            // What is usual: the caller opened the fence.
            ("ls -l", "ls -l"),
            ("ls -l\n", "ls -l"),
            ("mkdir -p a\nmv -- *.pdf a/\n", "mkdir -p a\nmv -- *.pdf a/"),
            ("ls\r\npwd\r\n", "ls\npwd"),
            ("ls\n```", "ls"),
            ("ls```", "ls"),
            ("ls\n```\nThis lists the files.", "ls"),
            ("ls\n```\n\nOr:\n```sh\nls -a\n```", "ls"),
            ("ls\n```\n```\nls -a\n```", "ls"),
            // A second fence.
            ("```sh\nls\n```", "ls"),
            ("```bash\nls\npwd\n```\nThis lists.", "ls\npwd"),
            ("```\nls\n```", "ls"),
            ("```shell\nls", "ls"),
            ("\n\n```sh\nls\n```", "ls"),
            ("```ls -l```", "ls -l"),
            ("```sh ls -l```", "ls -l"),
            ("```ls -l\n```", "ls -l"),
            ("```python\nls\n```", "ls"),
            // Prose around it.
            ("Here is the command:\n```sh\nls\n```\nIt lists.", "ls"),
            ("Here is the command:\n\n```\nls\n```", "ls"),
            ("You can use this.\n```console\n$ ls\na b\n```", "ls"),
            ("可以使用以下命令：\n```bash\nls\n```", "ls"),
            ("You can use `ls -l` for that.", "ls -l"),
            ("使用 `du -sh .` 查看大小", "du -sh ."),
            ("To list them:\n\nls -l\n", "ls -l"),
            ("ls -l\n\nThis lists all files.", "ls -l"),
            ("ls -l\n\n这个命令列出文件。", "ls -l"),
            ("cd a\n\nls\n", "cd a\n\nls"),
            // Prompt signs and their output.
            ("$ ls -l\ntotal 0\n$ pwd\n/x", "ls -l\npwd"),
            ("$ tar -cf a.tar \\\n> b\ndone", "tar -cf a.tar \\\nb"),
            ("echo '$ 5'", "echo '$ 5'"),
            // Backticks.
            ("`ls -l`", "ls -l"),
            ("`echo a` b `echo c`", "`echo a` b `echo c`"),
            ("kill `cat pid`", "kill `cat pid`"),
            // Ends of turns.
            ("ls<|im_end|>\n", "ls"),
            ("ls\n<|endoftext|>more", "ls"),
            // Nothing.
            ("", ""),
            ("```", ""),
            ("\n\n", ""),
        ] {
            assert_eq!(extract(answer), expected, "{answer:?}");
        }
    }

    #[test]
    fn indentation_of_a_compound_command_is_kept() {
        let text = "for f in *; do\n    echo \"$f\"\ndone";
        assert_eq!(extract(&format!("{text}\n```")), text);
    }

    proptest::proptest! {
        #[test]
        fn no_answer_makes_it_panic_and_no_fence_is_left(answer in "[a-z`$ \n:.。]{0,60}") {
            proptest::prop_assert!(!extract(&answer).contains("```"));
        }
    }
}
