//! Chinese phrases that tell something of a line, and how they are found in it.
//!
//! Chinese characters alone say nothing: files, branches and messages have
//! Chinese names. What tells a sentence is its grammar. Chinese has no blanks, so
//! that a phrase is what begins anywhere in a word; longer ones are looked for
//! before those that begin them.

use super::words::Word;

/// Punctuation that ends or divides sentences. Parentheses are left out: a
/// copied file is often called `报告（1）`.
const PUNCTUATION: &[char] = &['，', '。', '；', '：', '？', '！', '“', '”'];

/// Words of grammar, the longest first.
#[rustfmt::skip]
pub(super) const GRAMMAR: &[&str] = &[
    "使用情况", "可不可以", "为什么", "是不是", "有没有", "目录下", "能不能", "一下", "上一", "之前",
    "之后", "什么", "今天", "以前", "以及", "以后", "佔用", "全部", "关于", "几个",
    "几号", "几次", "几点", "几行", "加上", "占用", "叫做", "名为", "后缀", "告诉",
    "哪个", "哪些", "哪儿", "哪里", "多久", "多大", "多少", "多长", "大于", "天前",
    "如何", "如果", "小于", "少于", "帮忙", "帮我", "并且", "当前", "怎么", "怎样",
    "我的", "所有", "明天", "昨天", "是否", "最大", "最小", "最新", "最旧", "最近",
    "正在", "每一", "每个", "没有", "然后", "直到", "给我", "请问", "超过", "过的",
    "还剩", "还有", "这个", "这些", "這個", "那个", "那些", "里面", "除了", "不",
    "了", "什", "从", "你", "先", "再", "几", "到", "办", "去",
    "只", "吗", "吧", "呢", "和", "哪", "嗎", "在", "它", "将",
    "并", "怎", "我", "或", "把", "按", "掉", "是", "最", "有",
    "每", "比", "没", "用", "的", "看", "给", "被", "裡", "让",
    "请", "谁", "都", "里",
];

/// What people ask for and about. It stands in names as often.
#[rustfmt::skip]
pub(super) const SUBJECTS: &[&str] = &[
    "文件夹", "重命名", "下载", "停止", "关闭", "内存", "内容", "列出", "删除", "卸载",
    "压缩", "启动", "图片", "复制", "大小", "安装", "容器", "打开", "排序", "提交",
    "搜索", "撤销", "改为", "改成", "文件", "日志", "显示", "服务", "杀掉", "查找",
    "查看", "桌面", "照片", "版本", "目录", "看看", "磁盘", "移动", "空间", "端口",
    "统计", "网页", "翻译", "行数", "解压", "运行", "进程", "连接", "重启",
];

/// Words of which a part would be taken for grammar.
#[rustfmt::skip]
pub(super) const NAMES: &[&str] = &[
    "不同", "不足", "从前", "使用", "先生", "公里", "再见", "几何", "到期", "办公",
    "办法", "去年", "只读", "合并", "和平", "和解", "在线", "并发", "应用", "按揭", "按摩", "按钮",
    "按键", "掉线", "是非", "最终", "有关", "有效", "有限", "每日", "比赛", "没收",
    "用例", "用品", "用户", "用法", "用途", "的士", "目的", "看板", "看法", "让步",
    "请假", "请求", "迟到",
];

/// What a phrase is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phrase {
    Grammar(&'static str),
    Subject(&'static str),
}

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

/// Whether a word is the name of a file, whatever it says: an extension follows
/// Chinese. In `打开a.txt` it follows another name.
pub(super) fn is_name(word: &Word<'_>) -> bool {
    word.text.rsplit_once('.').is_some_and(|(name, extension)| {
        name.ends_with(|last: char| !last.is_ascii())
            && (1..=5).contains(&extension.len())
            && extension.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

/// The phrases in a text, from its beginning, and where each begins.
pub(super) fn phrases(text: &str) -> impl Iterator<Item = (usize, Phrase)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let rest = text.get(at..)?;
            let start = at;
            let character = rest.chars().next()?;
            at += character.len_utf8();
            if !is_chinese(character) {
                continue;
            }
            let begins = |phrase: &&&str| rest.starts_with(**phrase);
            let found = |list: &'static [&'static str]| list.iter().find(begins).copied();
            let (grammar, subject, name) = (found(GRAMMAR), found(SUBJECTS), found(NAMES));
            let longest =
                [grammar, subject, name].into_iter().flatten().max_by_key(|one| one.len());
            let Some(longest) = longest else { continue };
            at = start + longest.len();
            if subject == Some(longest) {
                return Some((start, Phrase::Subject(longest)));
            }
            if name != Some(longest) {
                return Some((start, Phrase::Grammar(longest)));
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_come_first_and_none_is_there_twice() {
        for list in [GRAMMAR, SUBJECTS, NAMES] {
            assert!(list.is_sorted_by_key(|phrase| std::cmp::Reverse(phrase.chars().count())));
            for (index, phrase) in list.iter().enumerate() {
                assert!(!list[..index].contains(phrase), "{phrase}");
            }
        }
    }

    #[test]
    fn a_part_of_a_word_is_no_phrase() {
        let found = |text| phrases(text).map(|(_, phrase)| phrase).collect::<Vec<_>>();
        assert_eq!(
            found("把文件移到桌面"),
            [
                Phrase::Grammar("把"),
                Phrase::Subject("文件"),
                Phrase::Grammar("到"),
                Phrase::Subject("桌面"),
            ]
        );
        assert_eq!(found("到期的"), [Phrase::Grammar("的")]);
        assert_eq!(found("abc"), []);
    }
}
