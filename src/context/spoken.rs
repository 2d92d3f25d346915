//! What a request says, taken apart: names that are spelled out, phrases that may be
//! names, kinds, and words that tell which of several is meant.

use std::ops::Range;

use super::nouns::{self, Kind};
use super::spelled::{Spelled, spelled};
use super::words::{self, Word, is_chinese, is_common, joined, singular};

/// The most words of a phrase that may be a name.
const LONGEST: usize = 5;

/// Words that a request begins with and that are names as well.
const VERBS: &[&str] = &[
    "archive", "backup", "book", "build", "commit", "compress", "diff", "document", "draft", "git",
    "log", "mail", "merge", "note", "order", "pack", "plan", "plot", "record", "report", "stage",
    "summary", "tar", "test", "unpack", "zip",
];

/// A request, taken apart.
#[derive(Debug)]
pub(super) struct Spoken<'a> {
    pub(super) text: &'a str,
    pub(super) words: Vec<Word>,
    /// Quoted text and names that are written as only names are.
    pub(super) spelled: Vec<Spelled>,
    pub(super) phrases: Vec<Phrase>,
    pub(super) kinds: Vec<Named>,
    /// It speaks of names that begin with a dot.
    pub(super) hidden: bool,
    pub(super) which: Option<Which>,
}

/// Words that may be a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Phrase {
    /// As names are compared.
    pub(super) joined: String,
    pub(super) span: Range<usize>,
    /// It is what the words mean in other words.
    pub(super) translated: bool,
    /// All of its words are common ones: it is a name only where one is expected.
    pub(super) weak: bool,
}

/// A kind of file, named at a place of the request.
#[derive(Clone, Debug)]
pub(super) struct Named {
    pub(super) span: Range<usize>,
    pub(super) extensions: Vec<&'static str>,
    /// An extension that is its own word: `pdfs`, `.log files`.
    pub(super) own: Option<String>,
}

impl Named {
    /// Whether files with this extension are of the kind.
    pub(super) fn has(&self, extension: &str) -> bool {
        !extension.is_empty()
            && (self.extensions.contains(&extension) || self.own.as_deref() == Some(extension))
    }
}

/// Which of several is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    Newest,
    Oldest,
    Largest,
    Smallest,
}

/// What the words around a name say of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Around {
    /// "folder" beside it.
    pub(super) directory: bool,
    /// "file" beside it.
    pub(super) file: bool,
    /// It is where something goes to: "to X", "存到 X".
    pub(super) target: bool,
    /// It is a name that is given: "called X", "new folder X".
    pub(super) given: bool,
}

impl<'a> Spoken<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        let words = words::words(text);
        let spelled = spelled(text);
        let mut spoken = Self {
            text,
            hidden: hidden(text, &words),
            which: which(text, &words),
            kinds: Vec::new(),
            phrases: Vec::new(),
            spelled,
            words,
        };
        spoken.phrases = spoken.find_phrases();
        spoken.kinds = spoken.find_kinds();
        spoken
    }

    /// Whether it says a word, or for Chinese has it.
    pub(super) fn says(&self, word: &str) -> bool {
        if word.is_ascii() {
            self.words.iter().any(|spoken| spoken.text == word)
        } else {
            self.text.contains(word)
        }
    }

    /// Whether it is said of many or of any: "every invoice", "几个作业".
    pub(super) fn is_quantified(&self, span: &Range<usize>) -> bool {
        const BEFORE: &[&str] = &[
            "all",
            "every",
            "each",
            "any",
            "which",
            "how many",
            "no",
            "all the",
            "all my",
            "所有",
            "所有的",
            "全部",
            "全部的",
            "每个",
            "每张",
            "每份",
            "几个",
            "几张",
            "几份",
            "多少",
            "多少个",
            "多少张",
            "哪些",
            "哪几个",
            "各个",
        ];
        let before = self.text[..span.start].to_lowercase();
        BEFORE.iter().any(|word| ends_with_word(before.trim_end(), word))
    }

    /// Whether an extension with "files" after it stands there: "the tmp files".
    pub(super) fn is_kind_of_files(&self, span: &Range<usize>) -> bool {
        let after = self.text[span.end..].trim_start().to_lowercase();
        let files = begins_with_word(&after, "files")
            || after.starts_with("文件") && !after.starts_with("文件夹");
        files && self.kinds.iter().any(|kind| kind.span == *span && kind.own.is_some())
    }

    /// Whether the span is within a name that is spelled out.
    pub(super) fn is_spelled(&self, span: &Range<usize>) -> bool {
        self.spelled.iter().any(|name| name.span.start <= span.start && span.end <= name.span.end)
    }

    fn find_phrases(&self) -> Vec<Phrase> {
        let mut phrases = Vec::new();
        for from in 0..self.words.len() {
            for to in from..self.words.len().min(from + LONGEST) {
                let words = &self.words[from..=to];
                if to > from && !self.follows_closely(to) {
                    break;
                }
                let span = words[0].span.start..words[words.len() - 1].span.end;
                let weak = words.iter().all(|word| is_common(&word.text));
                if self.is_spelled(&span) || weak && words.len() < 2 {
                    continue;
                }
                let first = from == 0 && to == 0 && self.words.len() > 1;
                if first && VERBS.contains(&words[0].text.as_str()) {
                    continue;
                }
                phrases.extend(self.phrases_of(words, &span, weak));
            }
        }
        // Chinese has no spaces: its words are looked for inside the runs.
        for group in nouns::SAME {
            for word in group.iter().filter(|word| word.starts_with(is_chinese)) {
                for (at, _) in self.text.match_indices(word) {
                    let span = at..at + word.len();
                    if word.chars().count() >= 2 && !self.is_spelled(&span) {
                        let others = group.iter().filter(|other| *other != word);
                        phrases.extend(others.map(|other| Phrase {
                            joined: joined(other),
                            span: span.clone(),
                            translated: true,
                            weak: false,
                        }));
                    }
                }
            }
        }
        phrases
    }

    fn phrases_of(&self, words: &[Word], span: &Range<usize>, weak: bool) -> Vec<Phrase> {
        let together: String = words.iter().map(|word| word.text.as_str()).collect();
        let apart: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
        let apart = apart.join(" ");
        let phrase =
            |joined: String, translated| Phrase { joined, span: span.clone(), translated, weak };
        let mut phrases = Vec::new();
        for other in [apart.as_str(), singular(&apart)] {
            phrases.extend(nouns::same(other).map(|other| phrase(joined(other), true)));
        }
        let one = singular(&together).to_owned();
        if one != together {
            phrases.push(phrase(one, false));
        }
        phrases.insert(0, phrase(together, false));
        phrases
    }

    /// Whether only a space or a mark inside names stands before this word.
    fn follows_closely(&self, word: usize) -> bool {
        let between = &self.text[self.words[word - 1].span.end..self.words[word].span.start];
        between.chars().all(|character| " _-'’().".contains(character))
            && between.chars().count() <= 2
    }

    fn find_kinds(&self) -> Vec<Named> {
        let mut kinds = Vec::new();
        for (index, word) in self.words.iter().enumerate() {
            // The end of a longer name is none: `worker-all.log`.
            let before = &self.text[..word.span.start];
            let ends_a_name = before
                .strip_suffix('.')
                .is_some_and(|before| before.ends_with(char::is_alphanumeric));
            if word.is_chinese() || ends_a_name && self.is_spelled(&word.span) {
                continue;
            }
            let named = |kind: &Kind| Named {
                span: word.span.clone(),
                extensions: kind.extensions.to_vec(),
                own: None,
            };
            if let Some(kind) =
                nouns::kind(singular(&word.text)).or_else(|| nouns::kind(&word.text))
            {
                kinds.push(named(kind));
                continue;
            }
            let dotted = self.text[..word.span.start].ends_with('.');
            let then_files = self.words.get(index + 1).is_some_and(|next| {
                singular(&next.text) == "file"
                    || next.text.starts_with("文件")
                    || next.text.starts_with("格式")
            });
            let known =
                nouns::KINDS.iter().any(|kind| kind.extensions.contains(&singular(&word.text)));
            if !self.is_spelled(&word.span)
                && (dotted || then_files || known)
                && word.text.len() <= 6
            {
                let own = if then_files || dotted {
                    word.text.clone()
                } else {
                    singular(&word.text).to_owned()
                };
                kinds.push(Named {
                    span: word.span.clone(),
                    extensions: Vec::new(),
                    own: Some(own),
                });
            }
        }
        for kind in nouns::KINDS {
            for word in kind.words.iter().filter(|word| word.starts_with(is_chinese)) {
                for (at, _) in self.text.match_indices(word) {
                    let span = at..at + word.len();
                    if !self.is_spelled(&span) {
                        let extensions = kind.extensions.to_vec();
                        kinds.push(Named { span, extensions, own: None });
                    }
                }
            }
        }
        kinds
    }

    /// Whether it stands in a list of what is to be made: "建 作业 和 笔记", "make folders
    /// a and b".
    fn is_made(&self, span: &Range<usize>) -> bool {
        let before = &self.text[..span.start];
        let clause = before.rsplit([',', '，', '。', ';', '；', '.']).next().unwrap_or_default();
        let lower = clause.to_lowercase();
        let made = lower.rfind('建').map(|at| at + '建'.len_utf8()).or_else(|| {
            ["make ", "create ", "mkdir "]
                .iter()
                .find_map(|word| lower.rfind(word).map(|at| at + word.len()))
        });
        let Some(from) = made else { return false };
        // What is made of or in something else is not what is named after that.
        let between = &lower[from..];
        // "Make it executable", "make the endings lower-case" make nothing.
        let names_a_kind = ["folder", "director", "file", "dir", "branch", "link"];
        if lower[..from].ends_with("make ")
            && !names_a_kind.iter().any(|kind| between.contains(kind))
        {
            return false;
        }
        !["把", "从", "到", "里", "中", "的", "给", "在"].iter().any(|word| between.contains(word))
            && !words::words(between).iter().any(|word| {
                ["of", "from", "in", "for", "with", "to", "into", "and", "executable"]
                    .contains(&word.text.as_str())
                    && word.text != "and"
            })
    }

    /// What is said around a span.
    pub(super) fn around(&self, span: &Range<usize>) -> Around {
        let before = self.text[..span.start].to_lowercase();
        let before =
            before.trim_end_matches(|c: char| c.is_whitespace() || "\"'“‘「《`".contains(c));
        let after = self.text[span.end..].to_lowercase();
        let after =
            after.trim_start_matches(|c: char| c.is_whitespace() || "\"'”’」》`".contains(c));
        let ends = |words: &[&str]| words.iter().any(|word| ends_with_word(before, word));
        let begins = |words: &[&str]| words.iter().any(|word| begins_with_word(after, word));
        let without = without_article(before);
        let leads = |words: &[&str]| words.iter().any(|word| ends_with_word(without, word));
        let directory = begins(&["folder", "folders", "directory", "dir", "文件夹", "目录"])
            || ends(&["folder", "directory", "dir", "文件夹", "目录"]);
        Around {
            directory,
            file: !directory && (begins(&["file", "文件"]) || ends(&["file", "文件"])),
            target: leads(&[
                "to", "into", "in", "as", "under", "到", "进", "入", "为", "成", "至", "往",
            ]) && !leads(&["changes to", "access to", "similar to", "in"]),
            given: self.is_made(span)
                || ends(&[
                    "called",
                    "named",
                    "call it",
                    "name it",
                    "叫",
                    "叫做",
                    "名为",
                    "命名为",
                    "改名为",
                    "重命名为",
                    "改成",
                    "new folder",
                    "new file",
                    "new directory",
                    "a folder",
                    "a directory",
                    "新建",
                    "创建",
                    "新建文件夹",
                    "创建文件夹",
                    "新建目录",
                    "创建目录",
                ]),
        }
    }
}

fn ends_with_word(text: &str, word: &str) -> bool {
    text.strip_suffix(word).is_some_and(|rest| {
        !word.is_ascii() || rest.is_empty() || !rest.ends_with(|c: char| c.is_ascii_alphanumeric())
    })
}

fn begins_with_word(text: &str, word: &str) -> bool {
    text.strip_prefix(word).is_some_and(|rest| {
        !word.is_ascii() || !rest.starts_with(|c: char| c.is_ascii_alphanumeric())
    })
}

/// The text before a name, without "the", "a new" and the like.
fn without_article(before: &str) -> &str {
    let mut text = before;
    while let Some(rest) = [
        "the",
        "a",
        "an",
        "my",
        "new",
        "folder",
        "file",
        "directory",
        "一个",
        "新的",
        "文件夹",
        "文件",
        "目录",
    ]
    .iter()
    .find(|word| ends_with_word(text, word))
    .map(|word| text[..text.len() - word.len()].trim_end())
    {
        text = rest;
    }
    text
}

fn hidden(text: &str, words: &[Word]) -> bool {
    ["hidden", "dotfile", "dotfiles", "dot"]
        .iter()
        .any(|word| words.iter().any(|own| own.text == *word))
        || text.contains("隐藏")
}

fn which(text: &str, words: &[Word]) -> Option<Which> {
    const SAID: [(Which, &[&str]); 4] = [
        (
            Which::Newest,
            &["newest", "latest", "newer", "最新", "最近的一", "最近那", "较新", "新的那"],
        ),
        (Which::Oldest, &["oldest", "older", "最旧", "最老", "最早", "较旧", "旧的那"]),
        (Which::Largest, &["largest", "biggest", "bigger", "larger", "最大", "较大", "大的那"]),
        (Which::Smallest, &["smallest", "smaller", "最小", "较小", "小的那"]),
    ];
    let says = |word: &&str| {
        if word.is_ascii() {
            words.iter().any(|own| own.text == **word)
        } else {
            text.contains(*word)
        }
    };
    if text.to_lowercase().contains("most recent ") {
        return Some(Which::Newest);
    }
    SAID.iter().find(|(_, said)| said.iter().any(says)).map(|(which, _)| *which)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_words_in_a_row_that_mean_something() {
        let spoken = Spoken::of("delete the old backups folder");
        let joined: Vec<&str> =
            spoken.phrases.iter().map(|phrase| phrase.joined.as_str()).collect();
        for wanted in ["oldbackups", "oldbackup", "backups", "backup", "备份"] {
            assert!(joined.contains(&wanted), "{wanted} {joined:?}");
        }
        assert!(!joined.contains(&"the") && !joined.contains(&"old"), "{joined:?}");
    }

    #[test]
    fn kinds_are_words_extensions_and_files_of_an_extension() {
        let kinds = |text: &str| -> Vec<String> {
            let spoken = Spoken::of(text);
            spoken
                .kinds
                .iter()
                .map(|kind| kind.own.clone().unwrap_or_else(|| kind.extensions[0].to_owned()))
                .collect()
        };
        assert_eq!(kinds("all pdfs and the photos"), ["pdf", "jpg"]);
        assert_eq!(kinds("every .bak in here"), ["bak"]);
        assert_eq!(kinds("把照片和txt文件移走"), ["txt", "jpg"]);
        assert!(kinds("print a.csv").is_empty());
    }

    #[test]
    fn the_words_around_a_name_say_what_it_is() {
        let around = |text: &str, name: &str| {
            let start = text.find(name).unwrap();
            Spoken::of(text).around(&(start..start + name.len()))
        };
        assert!(around("delete the old folder", "old").directory);
        assert!(around("move it to the archive", "archive").target);
        assert!(around("make a folder called x", "x").given);
        assert!(around("复制到 文档", "文档").target);
        assert!(around("新建文件夹 abc", "abc").given);
        assert_eq!(around("show the report", "report"), Around::default());
    }
}
