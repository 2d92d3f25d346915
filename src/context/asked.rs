//! What a request asks for: to see something, to change something, to delete something.
//! By words, in two tables that are to be read; what they do not know is left open.

use super::mention::{Mention, Target};
use super::spoken::Spoken;
use super::words::is_common;

/// What a request asks for, as far as its words tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Something may go away or be overwritten.
    pub deletes: bool,
    /// Something is to be made, moved or changed.
    pub changes: bool,
    /// The request begins with the word for the change: there is no doubt.
    pub is_plain_change: bool,
    /// Something is to be shown, counted or found.
    pub shows: bool,
    /// The same, and nothing else.
    pub only_shows: bool,
    /// It is a question about commands, which words can answer.
    pub about_commands: bool,
    /// Something is to get another name or place, and it is not said which.
    pub lacks: Option<Lack>,
    /// Something is to go away, and it is not said what.
    pub is_vague: bool,
}

/// What a request would have to say and does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lack {
    /// A new name.
    Name,
    /// A place to go to.
    Place,
}

/// Words by which something goes away or is replaced, in any form that begins so.
const DELETE: &str = "\
    delet remov eras drop discard rid throw clean clear purg wip uninstall trash prune destroy \
    overwrit replac restor reset revert undo undid drain rm rmdir unlink truncat scrap kill \
    empties dedup deduplicat strip cut dump tidy shred away";

/// The same in Chinese.
const DELETE_CHINESE: &str = "\
    删 清 移除 去掉 去除 去重 丢 扔 卸载 干掉 抹 消除 覆盖 替换 换成 恢复 还原 撤销 回退 重置 剪 \
    除掉 不要了 取消 精简";

/// Words for other changes.
const CHANGE: &str = "\
    add append backup change chang checkout clone commit combin compress convert copy copi \
    create creat decompress disable download duplicat edit enable encrypt decrypt executable \
    extract fix gather generate give gzip insert install into link make merge mkdir mov move mv \
    organi pack prefix put renam save sav set split stage start stash stop switch symlink tar \
    touch turn unpack untar unzip update upgrade write zip store amend swap bump send grant \
    allow apply pull push build init collect bundle shrink";

/// The same in Chinese.
const CHANGE_CHINESE: &str = "\
    改 建 创 复制 拷 移 挪 放 存 备份 压缩 打包 解压 解开 解包 合并 拆 重命名 加 写 提交 安装 \
    更新 升级 设 生成 运行 启动 停 执行 下载 上传 整理 归 转 分 添 修 链接 标签 切 克隆 推 拉 记 \
    收 搬 弄 做 插 换 调 集中 归档 授权 禁 打个 打一个 编号 导出 统一 初始化 叫 成 进 暂存 标 塞 \
    倒";

/// Words for a change with which a request begins.
const PLAIN: &str = "\
    append clone compress copy create delete extract make mkdir move put remove rename save \
    unpack unzip write zip";

/// Words by which something is to be shown, that begin a request.
const SHOW: &str = "\
    show list display count how which what what's whats who where when why is are does did \
    was find search print tell see look view read check compare average total sum top first last \
    any ";

/// The same in Chinese, anywhere.
const SHOW_CHINESE: &str = "\
    显示 列出 看看 查看 看一下 有多少 多少 几个 几条 几行 几张 哪些 哪个 哪里 在哪 什么 谁 统计 \
    找出 查找 有没有 是否 吗 多大 平均 总共 一共 最大 最小 最新 排名 对比 比较 啥";

/// Words that say of a deletion that it has no object yet.
const VAGUE: &str = "\
    clean cleanup clear tidy mess junk stuff everything anything unneeded unnecessary useless \
    unused crap garbage rubbish things organize organise free space room whatever up some";

/// The same in Chinese.
const VAGUE_CHINESE: &str = "\
    没用 无用 不需要 不要的 用不着 用不到 垃圾 全部 一切 所有东西 东西 整理 清理 清空 收拾 打扫 \
    腾点 腾出 都";

/// Words that qualify what is there by what only the person knows.
const QUALIFIES: &[&str] = &[
    "don't need",
    "do not need",
    "not needed",
    "don't want",
    "do not want",
    "no longer need",
    "unneeded",
    "useless",
    "不需要",
    "没用的",
    "不想要",
    "不要的",
    "用不着",
    "用不到",
];

/// Words of no weight in a vague request.
const FILLER: &str = "\
    please the this that it in my here a all of on directory folder home computer disk machine \
    files file make delete remove for me can you old and get rid out is i need to more";

/// The same in Chinese.
const CHINESE_FILLER: &str = "\
    帮我 给我 一下 把 请 这里 文件 目录 里 的 了 掉 点 空间 磁盘 电脑 除 吧 硬盘";

fn listed(words: &'static str) -> impl Iterator<Item = &'static str> {
    words.split(' ')
}

fn is_in(words: &'static str, word: &str) -> bool {
    listed(words).any(|listed| listed == word)
}

impl Asked {
    /// What the request asks for.
    pub(super) fn of(spoken: &Spoken<'_>, mentions: &[Mention]) -> Self {
        // Names say nothing of what is to be done with them.
        let named = |start: usize, end: usize| {
            spoken
                .spelled
                .iter()
                .map(|name| &name.span)
                .any(|span| span.start <= start && end <= span.end)
        };
        let words: Vec<&str> = spoken
            .words
            .iter()
            .filter(|word| !named(word.span.start, word.span.end))
            .map(|word| word.text.as_str())
            .collect();
        let begins =
            |stems| words.iter().any(|word| word.is_ascii() && is_form_of_any(word, stems));
        let has = |list| {
            listed(list).any(|word| {
                spoken.text.match_indices(word).any(|(at, _)| !named(at, at + word.len()))
            })
        };
        let deletes = begins(DELETE) || has(DELETE_CHINESE);
        let changes = deletes || begins(CHANGE) || has(CHANGE_CHINESE);
        let first = words.first().copied().unwrap_or_default();
        let shows = is_in(SHOW, first) || has(SHOW_CHINESE);
        let has_object = mentions.iter().any(|mention| match &mention.target {
            Target::Path(_) | Target::Kind { .. } | Target::Thing(_) => true,
            Target::Several(all) => !all.is_empty(),
            Target::Missing { .. } => true,
        });
        let qualified = deletes && has_lower(spoken.text, QUALIFIES);
        Self {
            deletes,
            changes,
            is_plain_change: is_in(PLAIN, first),
            shows,
            only_shows: shows && !changes,
            about_commands: !has_object && is_about_commands(spoken, &words),
            lacks: lacks(spoken, &words),
            is_vague: qualified
                || !has_object && spoken.spelled.is_empty() && is_vague(spoken, &words),
        }
    }
}

/// Words of a question about commands.
const ABOUT: &[&str] = &[
    "difference between",
    "how do i",
    "how can i",
    "how do you",
    "how to",
    "mean",
    "command",
    "what is a ",
    "what's a ",
    "stand for",
    "option",
    "怎么",
    "如何",
    "什么意思",
    "区别",
    "命令",
    "哪个好",
    "为什么",
    "干嘛",
    "有什么用",
    "什么是",
    "参数",
    "选项",
];

fn is_about_commands(spoken: &Spoken<'_>, words: &[&str]) -> bool {
    has_lower(spoken.text, ABOUT)
        || words.iter().skip(1).any(|word| {
            word.len() > 2 && crate::program::find(word.as_bytes()).is_some() && !is_common(word)
        }) && words
            .first()
            .is_some_and(|first| ["what", "what's", "why", "when"].contains(first))
}

/// What is missing of a request to rename or move something.
fn lacks(spoken: &Spoken<'_>, words: &[&str]) -> Option<Lack> {
    const NAME: &[&str] = &["改名", "改个名", "重命名", "换个名"];
    const NEW_NAME: &[&str] = &[
        "为", "成", "叫", "到", "按", "加", "前缀", "后缀", "统一", "写", "换成", "编号", "日期",
        "“", "\"", "「",
    ];
    const PLACE: &[&str] = &["挪", "移", "搬"];
    const NEW_PLACE: &[&str] = &[
        "到", "进", "去", "至", "给", "入", "回", "出", "走", "上", "下", "里", "中", "放", "除",
        "往", "个",
    ];
    const ENGLISH: &[&str] = &[
        "to",
        "into",
        "in",
        "as",
        "under",
        "onto",
        "up",
        "here",
        "there",
        "by",
        "with",
        "from",
        "so",
        "back",
        "add",
        "out",
        "away",
        "lower",
        "upper",
        "lowercase",
        "uppercase",
        "replace",
        "using",
        "one",
        "down",
        "over",
        "after",
        "be",
        "is",
        "prefix",
        "suffix",
        "number",
    ];
    let has = |list: &[&str]| list.iter().any(|word| spoken.text.contains(word));
    if has(NAME) {
        return (!has(NEW_NAME)).then_some(Lack::Name);
    }
    let short = spoken.text.chars().count() <= 12;
    if has(PLACE) && short {
        let rest =
            spoken.text.replace("挪一下", "挪").replace("移一下", "移").replace("搬一下", "搬");
        let said = NEW_PLACE.iter().any(|word| rest.contains(word));
        return (!said && words.iter().all(|word| !word.is_ascii())).then_some(Lack::Place);
    }
    let first = words.first().copied().unwrap_or_default();
    if words.len() > 7 || words.iter().any(|word| ENGLISH.contains(word)) {
        return None;
    }
    match first {
        "rename" if spoken.spelled.len() < 2 => Some(Lack::Name),
        "move" if spoken.spelled.len() < 2 => Some(Lack::Place),
        _ => None,
    }
}

fn has_lower(text: &str, list: &[&str]) -> bool {
    let text = text.to_lowercase().replace('’', "'");
    list.iter().any(|words| text.contains(words))
}

/// Whether a word is a form of what begins with the stem: `delete`, `deleting`. A short
/// stem is the word itself.
fn is_form(word: &str, stem: &str) -> bool {
    let Some(rest) = word.strip_prefix(stem) else { return false };
    matches!(
        rest,
        "" | "e"
            | "ed"
            | "es"
            | "s"
            | "ing"
            | "d"
            | "er"
            | "y"
            | "ies"
            | "ied"
            | "ze"
            | "se"
            | "zing"
            | "sing"
            | "ping"
            | "ped"
            | "ting"
            | "up"
            | "ion"
            | "ning"
    )
}

fn is_form_of_any(word: &str, stems: &'static str) -> bool {
    listed(stems).any(|stem| is_form(word, stem))
}

/// Whether nothing but words of deletion or tidying is said.
fn is_vague(spoken: &Spoken<'_>, words: &[&str]) -> bool {
    let chinese: String =
        spoken.text.chars().filter(|character| super::words::is_chinese(*character)).collect();
    if chinese.is_empty() {
        let deletes = |word: &&str| is_form_of_any(word, DELETE);
        let tidies = |word: &&str| ["organize", "organise", "room", "space", "mess"].contains(word);
        return words.iter().any(|word| is_in(VAGUE, word))
            && words.iter().any(|word| deletes(word) || tidies(word))
            && words.iter().all(|word| is_in(VAGUE, word) || is_in(FILLER, word) || deletes(word));
    }
    // What is left when every word of no weight is taken away.
    let mut rest = chinese;
    let mut vague = false;
    for word in listed(VAGUE_CHINESE) {
        vague |= rest.contains(word);
        rest = rest.replace(word, "");
    }
    for word in listed(DELETE_CHINESE) {
        rest = rest.replace(word, "");
    }
    for word in listed(CHINESE_FILLER) {
        rest = rest.replace(word, "");
    }
    vague && rest.is_empty() && words.iter().all(|word| !word.is_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(request: &str) -> Asked {
        Asked::of(&Spoken::of(request), &[])
    }

    #[test]
    fn deletion_is_asked_for_by_a_word_in_any_form() {
        for request in [
            "delete the logs",
            "get rid of tmp",
            "removing old ones",
            "throw it away",
            "清空回收站",
            "把旧的删了",
            "undo the last commit",
            "replace a by b",
            "单词表去重",
        ] {
            assert!(asked(request).deletes, "{request}");
        }
        for request in [
            "files older than a year",
            "make a backup of docs",
            "rename all jpeg to jpg",
            "show 'delete me.txt'",
            "复制到文档",
            "两年以前的照片",
            "how many are there",
        ] {
            assert!(!asked(request).deletes, "{request}");
        }
    }

    #[test]
    fn who_asks_to_see_does_not_ask_for_a_change() {
        for request in [
            "how many photos are there",
            "which files are large",
            "有多少张照片",
            "谁最高",
            "what is in notes",
        ] {
            assert!(asked(request).only_shows, "{request}");
        }
        for request in [
            "count the lines and save it",
            "move the notes",
            "把照片移走",
            "list the files and zip them",
        ] {
            assert!(!asked(request).only_shows, "{request}");
        }
    }

    #[test]
    fn a_deletion_without_an_object_is_vague() {
        for request in [
            "clean up",
            "please clean this mess up",
            "delete everything",
            "delete everything in my home directory",
            "throw away the pictures I don't need",
            "make some room on the disk",
            "把没用的都删了",
            "全部清空",
            "整理一下",
        ] {
            assert!(asked(request).is_vague, "{request}");
        }
        for request in [
            "delete the tmp files older than a week",
            "empty files",
            "删除三天前的日志",
            "free memory",
            "整理照片",
        ] {
            assert!(!asked(request).is_vague, "{request}");
        }
    }
}
