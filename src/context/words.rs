//! The words of a request, and how they are compared with names.

use std::ops::Range;

/// The most words of a name that is told without more ado. A longer one reads
/// like a sentence, and might be one that is addressed to the model.
const MAX_WORDS: usize = 6;

/// A run of characters of one kind, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// In lower case.
    pub(super) text: String,
    pub(super) span: Range<usize>,
}

impl Word {
    pub(super) fn is_chinese(&self) -> bool {
        self.text.starts_with(is_chinese)
    }
}

/// Words that many requests have and that mean no file by themselves.
const COMMON: &str = "\
    a about after all an and any are as at back before below between big by called change check \
    clean contain containing content contents copy count create current day days delete \
    different directories directory each empty every everything file files find first folder \
    folders for from get give have here hidden how in inside into is it its large largest last \
    latest line lines list long make many me month more most move much my name named names new \
    newest not of old older oldest on one only or out over per print put remove rename replace \
    run same save search see show size small smallest sort start tell than that the their them \
    there these they thing things this those time to today top total type under use used version \
    was week what when where which who with without word words write year yesterday you";

/// The same in Chinese; `COMMON_CHINESE` is looked for inside runs.
const COMMON_CHINESE: &str = "\
    一个 一下 一共 上个 上周 下面 不要 东西 个人 中的 今天 代码 全部 内容 列出 创建 删除 到的 \
    包含 压缩 只要 可以 名字 名称 哪些 复制 多少 大小 大文件 子目录 子文件夹 存到 安装 当前 必须 \
    怎么 所有 所有的 打包 打开 批量 把 排序 数量 整理 文件 文件名 文件夹 新建 时间 显示 最后 \
    最大 最大的 最新 最新的 最近 有多少 查找 查看 每个 每行 没有 清单 目录 移动 移到 统计 行数 \
    解压 输出 运行 这个 这里 里的 里面 重命名 隐藏 需要 今年 去年 本周 昨天 命令 结果 保存 写入 \
    替换 单词 合并 放到 放进 改名 叫做 空文件";

/// Whether a word means no file by itself.
pub(super) fn is_common(word: &str) -> bool {
    if word.is_ascii() {
        let has = |word: &str| COMMON.split(' ').any(|common| common == word);
        has(word) || word.strip_suffix('s').is_some_and(has)
    } else {
        COMMON_CHINESE.split(' ').any(|common| common == word)
    }
}

pub(super) fn is_chinese(character: char) -> bool {
    matches!(character, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

/// What kind of run a character belongs to.
fn run_of(character: char) -> u8 {
    if is_chinese(character) {
        2
    } else if character.is_alphanumeric() {
        1
    } else {
        0
    }
}

/// The words of a text: runs of letters and digits of one script, so that
/// `把report移走` has the word `report`.
pub(super) fn words(text: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut before = 0;
    for (at, character) in text.char_indices() {
        let run = run_of(character);
        let end = at + character.len_utf8();
        if run != 0 {
            match words.last_mut() {
                Some(word) if run == before => {
                    word.text.extend(character.to_lowercase());
                    word.span.end = end;
                }
                _ => {
                    let text = character.to_lowercase().collect();
                    words.push(Word { text, span: at..end });
                }
            }
        }
        before = run;
    }
    words
}

/// The words of a name, where digits are a word of their own: `scan001` has `scan`.
pub(super) fn parts(name: &str) -> Vec<Word> {
    let mut parts = Vec::new();
    for word in words(name) {
        let mut start = 0;
        let characters: Vec<(usize, char)> = word.text.char_indices().collect();
        for pair in characters.windows(2) {
            if pair[0].1.is_ascii_digit() != pair[1].1.is_ascii_digit() {
                parts.push(Word {
                    text: word.text[start..pair[1].0].to_owned(),
                    span: word.span.clone(),
                });
                start = pair[1].0;
            }
        }
        parts.push(Word { text: word.text[start..].to_owned(), span: word.span.clone() });
    }
    parts
}

/// A word as it is compared: one of several, without the ending of the plural.
pub(super) fn singular(word: &str) -> &str {
    let enough = |stem: &&str| stem.len() >= 3 && !stem.ends_with('s');
    word.strip_suffix("es")
        .filter(|stem| stem.ends_with(['x', 'h']) || stem.ends_with("ss"))
        .or_else(|| word.strip_suffix('s').filter(enough))
        .unwrap_or(word)
}

/// A name as it is compared: its letters and digits, in lower case, so that words
/// apart, joined or joined by a mark are the same.
pub fn joined(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for character in name.chars().filter(|character| character.is_alphanumeric()) {
        text.extend(character.to_lowercase());
    }
    text
}

/// The name without its extensions (`a.tar.gz` → `a`), and the last extension in
/// lower case.
pub(super) fn stem(name: &str) -> (&str, String) {
    let Some((stem, extension)) = name.rsplit_once('.').filter(|(stem, extension)| {
        !stem.is_empty()
            && (1..=6).contains(&extension.len())
            && extension.bytes().all(|byte| byte.is_ascii_alphanumeric())
    }) else {
        return (name, String::new());
    };
    let stem = stem.strip_suffix(".tar").filter(|stem| !stem.is_empty()).unwrap_or(stem);
    (stem, extension.to_ascii_lowercase())
}

/// Whether a span of a text begins and ends where a name can.
pub(super) fn stands_alone(text: &str, span: &Range<usize>) -> bool {
    let name = &text[span.clone()];
    let is_letter = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let joins =
        |character: char| character.is_alphanumeric() && !is_chinese(character) || character == '_';
    let before = text[..span.start].chars().next_back();
    let mut after = text[span.end..].chars();
    let (next, second) = (after.next(), after.next());
    let begun = before.is_some_and(|character| {
        joins(character) && name.starts_with(joins)
            || character == '/'
            || matches!(character, '.' | '-') && name.starts_with(is_letter)
    });
    let goes_on = next.is_some_and(|character| {
        joins(character) && name.ends_with(joins)
            || matches!(character, '.' | '-' | '/') && second.is_some_and(is_letter)
    });
    !begun && !goes_on
}

/// Whether one is in Chinese and the other is not.
pub(super) fn is_foreign(one: &str, other: &str) -> bool {
    one.contains(is_chinese) != other.contains(is_chinese)
}

/// How many letters have to be put in, left out, changed or exchanged with their
/// neighbour to make one word of the other; nothing from three on.
pub fn slips(one: &str, other: &str) -> Option<usize> {
    let one: Vec<char> = one.chars().collect();
    let other: Vec<char> = other.chars().collect();
    if one.len().abs_diff(other.len()) > 2 {
        return None;
    }
    let mut rows = vec![(0..=other.len()).collect::<Vec<usize>>()];
    for (line, &letter) in one.iter().enumerate() {
        let mut row = vec![line + 1];
        for (column, &against) in other.iter().enumerate() {
            let mut best = (rows[line][column] + usize::from(letter != against))
                .min(rows[line][column + 1] + 1)
                .min(row[column] + 1);
            let exchanged =
                line > 0 && column > 0 && letter == other[column - 1] && one[line - 1] == against;
            if exchanged {
                best = best.min(rows[line - 1][column - 1] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows.last().and_then(|row| row.last()).copied().filter(|&slips| slips < 3)
}

/// Whether a name is so long or so odd that it may be meant to be read and not
/// to be used.
pub(super) fn reads_like_text(name: &str) -> bool {
    name.contains(char::is_control) || pieces(name) > MAX_WORDS
}

/// How many words a name has; of Chinese, which has no spaces between them, every
/// three characters. Numbers say nothing: dates and times have many.
fn pieces(name: &str) -> usize {
    words(name)
        .iter()
        .map(|word| match word.is_chinese() {
            true => word.text.chars().count().div_ceil(3),
            false => usize::from(word.text.contains(char::is_alphabetic)),
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        words(text).into_iter().map(|word| word.text).collect()
    }

    #[test]
    fn words_are_split_at_punctuation_and_between_scripts() {
        assert_eq!(texts("Move my-Report.pdf!"), ["move", "my", "report", "pdf"]);
        assert_eq!(texts("把report移到 images"), ["把", "report", "移到", "images"]);
        assert!(texts(" ,. ").is_empty());
        assert_eq!(words("a 会议").last().map(|word| word.span.clone()), Some(2..8));
    }

    #[test]
    fn common_words_are_common_in_the_plural_too() {
        assert!(is_common("files") && is_common("文件夹") && !is_common("invoice"));
    }

    #[test]
    fn names_are_compared_by_their_letters() {
        assert_eq!(joined("Old_back up-2"), "oldbackup2");
        for (name, expected) in [
            ("a.tar.gz", ("a", "gz")),
            ("report v1.2", ("report v1", "2")),
            (".bashrc", (".bashrc", "")),
            ("Dr. Who", ("Dr. Who", "")),
            ("会议.docx", ("会议", "docx")),
        ] {
            let (stem, extension) = stem(name);
            assert_eq!((stem, extension.as_str()), expected);
        }
        for (word, expected) in [
            ("photos", "photo"),
            ("boxes", "box"),
            ("class", "class"),
            ("gas", "gas"),
            ("logs", "log"),
        ] {
            assert_eq!(singular(word), expected);
        }
    }

    #[test]
    fn slips_of_the_finger_are_counted() {
        for (one, other, expected) in [
            ("people.csv", "poeple.csv", Some(1)),
            ("report", "reprt", Some(1)),
            ("report", "rapert", Some(2)),
            ("a", "a", Some(0)),
            ("report", "invoice", None),
        ] {
            assert_eq!(slips(one, other), expected, "{one} {other}");
        }
    }
}
