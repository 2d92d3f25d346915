//! How much Chinese words of a line read like a sentence.
//!
//! Chinese characters alone say nothing: files, branches and messages have
//! Chinese names. What tells a sentence is its grammar, so only words that
//! stand in sentences count by themselves; the rest counts beside them.

use super::words::Word;

/// Punctuation that ends or divides sentences. Parentheses are left out: a
/// copied file is often called `报告（1）`.
const PUNCTUATION: &[char] = &['，', '。', '；', '：', '？', '！', '“', '”'];

/// Phrases by what they tell, longer ones before those that begin them. Those
/// that tell nothing are here because a part of them would.
const GRAMMAR: &[(&str, i32)] = &[
    ("什么", 3),
    ("怎么", 3),
    ("怎样", 3),
    ("如何", 3),
    ("多少", 3),
    ("多大", 3),
    ("多久", 3),
    ("多长", 3),
    ("几点", 3),
    ("几号", 3),
    ("几次", 3),
    ("哪些", 3),
    ("哪个", 3),
    ("哪里", 3),
    ("哪儿", 3),
    ("几个", 3),
    ("几行", 3),
    ("帮我", 3),
    ("帮忙", 3),
    ("请问", 3),
    ("告诉", 3),
    ("是否", 3),
    ("是不是", 3),
    ("有没有", 3),
    ("能不能", 3),
    ("可不可以", 3),
    ("使用情况", 3),
    ("吗", 3),
    ("嗎", 3),
    ("请假", 0),
    ("请求", 0),
    ("请", 2),
    ("所有", 2),
    ("全部", 2),
    ("大于", 2),
    ("小于", 2),
    ("超过", 2),
    ("少于", 2),
    ("占用", 2),
    ("佔用", 2),
    ("然后", 2),
    ("并且", 2),
    ("以及", 2),
    ("最新", 2),
    ("最大", 2),
    ("最小", 2),
    ("最旧", 2),
    ("这个", 2),
    ("那个", 2),
    ("這個", 2),
    ("这些", 2),
    ("那些", 2),
    ("每个", 2),
    ("每一", 2),
    ("里面", 2),
    ("没有", 2),
    ("当前", 2),
    ("正在", 2),
    ("目录下", 2),
    ("名为", 2),
    ("叫做", 2),
    ("后缀", 2),
    ("迟到", 0),
    ("到期", 0),
    ("比赛", 0),
    ("按摩", 0),
    ("按揭", 0),
    ("按键", 0),
    ("按钮", 0),
    ("一下", 2),
    ("过的", 2),
    ("把", 2),
    ("到", 2),
    ("目的", 0),
    ("用户", 0),
    ("应用", 0),
    ("使用", 0),
    ("有限", 0),
    ("在线", 0),
    ("和平", 0),
    ("公里", 0),
    ("我的", 1),
    ("最近", 1),
    ("上一", 1),
    ("比", 1),
    ("按", 1),
    ("的", 1),
    ("了", 1),
    ("呢", 1),
    ("吧", 1),
    ("被", 1),
    ("里", 1),
    ("裡", 1),
    ("有", 1),
    ("是", 1),
    ("在", 1),
    ("并", 1),
    ("和", 1),
    ("或", 1),
    ("给", 1),
    ("将", 1),
    ("从", 1),
    ("用", 1),
    ("我", 1),
    ("你", 1),
    ("它", 1),
    ("谁", 1),
    ("不", 1),
    ("都", 1),
];

/// What people ask for and about. In a name it stands as often, so that it
/// counts only beside grammar.
const SUBJECTS: &[&str] = &[
    "文件夹",
    "文件",
    "目录",
    "桌面",
    "图片",
    "照片",
    "日志",
    "进程",
    "端口",
    "内存",
    "磁盘",
    "空间",
    "内容",
    "容器",
    "服务",
    "版本",
    "行数",
    "大小",
    "查找",
    "搜索",
    "删除",
    "移动",
    "复制",
    "显示",
    "列出",
    "查看",
    "看看",
    "统计",
    "打开",
    "关闭",
    "压缩",
    "解压",
    "重命名",
    "安装",
    "卸载",
    "运行",
    "启动",
    "停止",
    "重启",
    "连接",
    "撤销",
    "提交",
    "改成",
    "改为",
    "杀掉",
    "下载",
    "网页",
    "翻译",
    "排序",
];

pub(super) fn is_chinese(character: char) -> bool {
    matches!(character, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

/// Whether the text has Chinese characters or the punctuation of Chinese.
pub(super) fn has_any(text: &str) -> bool {
    text.chars().any(|character| is_chinese(character) || PUNCTUATION.contains(&character))
}

pub(super) fn has_punctuation(text: &str) -> bool {
    text.contains(PUNCTUATION)
}

/// How much the words read like a sentence.
pub(super) fn score<'a>(words: impl Iterator<Item = &'a Word<'a>>) -> i32 {
    let (mut grammar, mut subjects) = (0, 0);
    for word in words.filter(|word| !word.quoted && has_any(word.text)) {
        let (marks, topics) = count(word.text);
        let long = word.text.chars().filter(|character| is_chinese(*character)).count() > 6;
        grammar += marks + i32::from(long && marks >= 2);
        // "到" or "和" between spaces joins words; it names nothing.
        grammar += i32::from(marks > 0 && word.text.chars().count() == 1);
        subjects += topics;
        if has_punctuation(word.text) {
            grammar += 3;
        }
        // A name with an extension is a file's, whatever it says.
        if has_extension(word.text) {
            grammar -= marks.min(2) + i32::from(has_punctuation(word.text));
            subjects -= topics;
        }
    }
    if grammar > 0 { grammar + subjects } else { 0 }
}

/// The grammar and the subjects in a text.
fn count(text: &str) -> (i32, i32) {
    let (mut grammar, mut subjects) = (0, 0);
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let mut length = character.len_utf8();
        if is_chinese(character) {
            if let Some(subject) = SUBJECTS.iter().find(|subject| rest.starts_with(**subject)) {
                // A folder is made and named oftener than asked about.
                subjects += i32::from(*subject != "文件夹");
                length = subject.len();
            } else if let Some((phrase, weight)) =
                GRAMMAR.iter().find(|(phrase, _)| rest.starts_with(phrase))
            {
                grammar += weight;
                length = phrase.len();
            }
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    (grammar, subjects)
}

fn has_extension(text: &str) -> bool {
    text.rsplit_once('.').is_some_and(|(name, extension)| {
        !name.is_empty()
            && (1..=5).contains(&extension.len())
            && extension.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}
