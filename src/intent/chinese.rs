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
    "使用情况", "可不可以", "为什么", "什么样", "怎么样", "是不是", "有哪些", "有没有", "目录下", "能不能",
    "一下", "一个", "一些", "上一", "上的", "上面", "下的", "下面", "不了", "不到",
    "中的", "之前", "之后", "什么", "今天", "以上", "以下", "以前", "以及", "以后",
    "佔用", "全部", "关于", "几个", "几号", "几次", "几点", "几行", "出来", "加上",
    "占用", "变成", "叫做", "可以", "各个", "名为", "后缀", "告诉", "哪个", "哪些",
    "哪儿", "哪种", "哪里", "多久", "多大", "多少", "多长", "大于", "天前", "如何",
    "如果", "小于", "少于", "帮忙", "帮我", "并且", "应该", "当前", "怎么", "怎样",
    "我的", "所有", "明天", "昨天", "是否", "最大", "最小", "最新", "最旧", "最近",
    "正在", "每一", "每个", "没有", "然后", "直到", "给我", "请问", "起来", "超过",
    "过的", "还剩", "还有", "这个", "这些", "這個", "那个", "那些", "里的", "里面",
    "除了", "需要", "不", "也", "了", "于", "什", "从", "你", "先",
    "再", "几", "到", "办", "去", "只", "吗", "吧", "呢", "和",
    "哪", "嗎", "在", "它", "将", "并", "得", "怎", "成", "我",
    "或", "把", "按", "掉", "是", "最", "有", "每", "比", "没",
    "用", "的", "看", "给", "被", "裡", "让", "请", "谁", "这",
    "那", "都", "里",
];

/// What people ask for and about. It stands in names as often.
#[rustfmt::skip]
pub(super) const SUBJECTS: &[&str] = &[
    "当前目录", "提交记录", "数据库", "文件名", "文件夹", "重命名", "上传", "下载", "仓库", "代码",
    "任务", "保存", "修改", "停止", "关闭", "内存", "内容", "分享", "分支", "分析",
    "切换", "列出", "创建", "删除", "加密", "升级", "卸载", "压缩", "去掉", "发送",
    "合并", "启动", "启用", "命令", "回滚", "图片", "备份", "复制", "大小", "安装",
    "容器", "密码", "导入", "导出", "恢复", "打包", "打开", "执行", "拆分", "拉取",
    "挂载", "排序", "推送", "提交", "提取", "搜索", "撤销", "改为", "改成", "文件",
    "新建", "日志", "显示", "更新", "替换", "服务", "机器", "杀掉", "权限", "查找",
    "查看", "桌面", "检查", "比较", "注销", "测试", "添加", "清理", "清空", "照片",
    "版本", "用户", "电脑", "登录", "监控", "目录", "看看", "硬盘", "磁盘", "禁用",
    "移动", "程序", "空间", "端口", "系统", "统计", "编译", "编辑", "网络", "网页",
    "翻译", "脚本", "行数", "表格", "视频", "解压", "解密", "设置", "调试", "转换",
    "软件", "过滤", "运行", "还原", "进程", "连接", "部署", "配置", "重启", "链接",
    "音乐",
];

/// Words of which a part would be taken for grammar.
#[rustfmt::skip]
pub(super) const NAMES: &[&str] = &[
    "关于我们", "那些年", "不同", "不足", "也许", "从前", "使用", "先生", "公里", "再见",
    "几何", "到期", "办公", "办法", "去年", "只读", "和平", "和解", "在线", "完成",
    "并发", "应用", "得分", "成功", "成员", "成本", "成绩", "成都", "按揭", "按摩",
    "按钮", "按键", "掉线", "是非", "最终", "有关", "有效", "有限", "每日", "比赛",
    "没收", "用例", "用品", "用法", "用途", "的士", "目的", "看板", "看法", "获得",
    "让步", "请假", "请求", "迟到",
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
