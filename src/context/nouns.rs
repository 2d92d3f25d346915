//! What people call things: kinds of files by their extensions, places, and words for
//! the same thing in both languages. The tables are to be read and added to.

/// Words for a kind of file, and the extensions that files of it have.
#[derive(Debug)]
pub(super) struct Kind {
    pub(super) words: &'static [&'static str],
    pub(super) extensions: &'static [&'static str],
}

/// The kinds. Words that are extensions themselves ("pdfs") need no entry.
pub(super) const KINDS: &[Kind] = &[
    Kind {
        words: &["photo", "picture", "image", "pic", "照片", "图片", "相片", "图像"],
        extensions: &["jpg", "jpeg", "png", "gif", "webp", "heic", "bmp", "tiff", "svg"],
    },
    Kind { words: &["screenshot", "截图", "截屏"], extensions: &["png", "jpg"] },
    Kind {
        words: &["video", "movie", "film", "clip", "视频", "电影", "录像"],
        extensions: &["mp4", "mkv", "mov", "avi", "webm", "m4v"],
    },
    Kind {
        words: &["song", "music", "audio", "recording", "音乐", "歌曲", "歌", "录音", "音频"],
        extensions: &["mp3", "flac", "wav", "m4a", "ogg", "aac"],
    },
    Kind {
        words: &["archive", "压缩包", "压缩文件", "归档"],
        extensions: &["zip", "tar", "gz", "tgz", "xz", "bz2", "7z", "rar"],
    },
    Kind { words: &["script", "脚本"], extensions: &["sh", "py", "pl"] },
    Kind {
        words: &["spreadsheet", "表格", "电子表格"],
        extensions: &["xlsx", "xls", "ods", "csv"],
    },
    Kind {
        words: &["presentation", "slide", "幻灯片", "演示文稿"],
        extensions: &["pptx", "ppt", "odp"],
    },
    Kind { words: &["python", "python代码"], extensions: &["py"] },
    Kind {
        words: &["font", "字体", "字体文件"], extensions: &["ttf", "otf", "woff", "woff2"]
    },
    Kind {
        words: &["installer", "安装包"],
        extensions: &["exe", "msi", "deb", "rpm", "dmg", "appimage", "pkg", "apk"],
    },
    Kind { words: &["markdown"], extensions: &["md"] },
    Kind { words: &["rust"], extensions: &["rs"] },
    Kind { words: &["javascript"], extensions: &["js"] },
    Kind { words: &["text", "文本", "文本文件"], extensions: &["txt"] },
    Kind { words: &["log", "日志", "日志文件"], extensions: &["log"] },
    Kind { words: &["header", "头文件"], extensions: &["h", "hpp"] },
    Kind {
        words: &["config", "configuration", "配置", "配置文件"],
        extensions: &["conf", "ini", "toml", "yaml", "yml", "cfg"],
    },
    Kind { words: &["ebook", "电子书"], extensions: &["epub", "mobi", "pdf"] },
    Kind { words: &["word document", "word文档"], extensions: &["docx", "doc"] },
];

/// Words for the same thing, as names have them. The first is what is told where
/// several could be.
pub(super) const SAME: &[&[&str]] = &[
    &["meeting notes", "meeting minutes", "minutes", "会议记录", "会议纪要", "会议笔记"],
    &["meeting", "会议"],
    &["beijing", "北京"],
    &["shanghai", "上海"],
    &["guangzhou", "广州"],
    &["shenzhen", "深圳"],
    &["hangzhou", "杭州"],
    &["shop", "商店"],
    &["wedding", "婚礼"],
    &["math", "maths", "数学"],
    &["english", "英语"],
    &["website", "网站"],
    &["site", "站", "站点"],
    &["slides", "幻灯片", "演示文稿"],
    &["password", "密码"],
    &["user", "用户"],
    &["phone list", "电话表", "通讯录"],
    &["schedule", "日程", "时间表"],
    &["dictionary", "vocabulary", "单词表", "词汇"],
    &["attendance", "出勤", "考勤", "签到"],
    &["expense", "支出", "开销", "花销"],
    &["ledger", "account", "账本"],
    &["employee", "staff", "员工"],
    &["product", "产品", "商品"],
    &["fruit", "水果"],
    &["game", "游戏"],
    &["release", "发布", "发行"],
    &["service", "服务"],
    &["server", "服务器"],
    &["database", "数据库"],
    &["song", "歌"],
    &["note", "笔记", "记录", "备忘"],
    &["photo", "picture", "照片", "相片", "图片"],
    &["video", "movie", "视频", "电影"],
    &["music", "音乐", "歌曲"],
    &["document", "文档", "文件资料"],
    &["download", "下载"],
    &["desktop", "桌面"],
    &["report", "报告", "报表"],
    &["weekly report", "周报"],
    &["invoice", "发票"],
    &["receipt", "收据", "小票"],
    &["bill", "账单"],
    &["contract", "合同"],
    &["budget", "预算"],
    &["backup", "备份"],
    &["old backup", "旧备份"],
    &["crash", "崩溃"],
    &["draft", "草稿"],
    &["resume", "cv", "简历"],
    &["project", "项目", "工程"],
    &["log", "日志"],
    &["data", "数据"],
    &["summary", "总结", "摘要"],
    &["plan", "计划"],
    &["letter", "信", "信件"],
    &["homework", "作业"],
    &["thesis", "论文", "毕业论文"],
    &["paper", "论文"],
    &["lecture", "讲义", "课件"],
    &["salary", "工资"],
    &["book", "书", "书籍"],
    &["recipe", "菜谱", "食谱"],
    &["travel", "trip", "旅行", "旅游"],
    &["family", "家庭", "家人"],
    &["work", "工作"],
    &["personal", "个人", "私人"],
    &["shopping list", "购物清单"],
    &["contact", "联系人", "通讯录"],
    &["address", "地址"],
    &["archive", "归档", "存档"],
    &["temp", "tmp", "临时"],
    &["test", "测试"],
    &["source", "src", "源码", "源代码"],
    &["template", "模板"],
    &["screenshot", "截图"],
    &["course", "课程"],
    &["exam", "考试"],
    &["grade", "score", "成绩"],
    &["student", "学生"],
    &["customer", "客户"],
    &["order", "订单"],
    &["price", "价格"],
    &["inventory", "stock", "库存"],
    &["sales", "销售"],
    &["picture", "图片"],
    &["experiment", "实验"],
    &["script", "脚本"],
    &["config", "配置"],
    &["manual", "手册", "说明书"],
    &["readme", "说明"],
    &["diary", "日记"],
    &["todo", "待办"],
    &["novel", "小说"],
    &["poem", "诗", "诗歌"],
    &["certificate", "证书"],
    &["insurance", "保险"],
    &["tax", "税", "税务"],
    &["medical", "病历", "医疗"],
];

/// A directory of the home directory that has a name of its own.
#[derive(Debug)]
pub(super) struct Place {
    /// The words for it.
    pub(super) words: &'static [&'static str],
    /// Its name in the home directory, in every language that llmsh speaks.
    pub(super) names: &'static [&'static str],
    /// The variable in `user-dirs.dirs` (xdg-user-dirs).
    pub(super) variable: &'static str,
}

/// These directories.
pub(super) const PLACES: &[Place] = &[
    Place {
        words: &["downloads", "download folder", "下载", "下载目录", "下载文件夹"],
        names: &["Downloads", "下载"],
        variable: "XDG_DOWNLOAD_DIR",
    },
    Place {
        words: &["desktop", "桌面"], names: &["Desktop", "桌面"], variable: "XDG_DESKTOP_DIR"
    },
    Place {
        words: &["documents", "文档"],
        names: &["Documents", "文档"],
        variable: "XDG_DOCUMENTS_DIR",
    },
    Place {
        words: &["pictures", "图片"],
        names: &["Pictures", "图片"],
        variable: "XDG_PICTURES_DIR",
    },
    Place { words: &["music", "音乐"], names: &["Music", "音乐"], variable: "XDG_MUSIC_DIR" },
    Place {
        words: &["videos", "视频"], names: &["Videos", "视频"], variable: "XDG_VIDEOS_DIR"
    },
];

/// Words that mean the same as `word`, itself not among them.
pub(super) fn same(word: &str) -> impl Iterator<Item = &'static str> + '_ {
    SAME.iter()
        .filter(move |group| group.contains(&word))
        .flat_map(|group| group.iter().copied())
        .filter(move |other| *other != word)
}

/// Whether Chinese words end in one for a kind of file, with others before it: "worker 日志".
pub(super) fn ends_in_kind(text: &str) -> bool {
    let words = KINDS.iter().flat_map(|kind| kind.words.iter());
    words
        .filter(|word| !word.is_ascii())
        .any(|word| text.len() > word.len() && text.ends_with(word))
}

/// The kind that a word names.
pub(super) fn kind(word: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.words.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_has_its_others_in_both_languages() {
        assert!(same("invoice").eq(["发票"]));
        assert!(same("会议记录").any(|word| word == "meeting notes"));
        assert_eq!(same("nonsense").count(), 0);
    }

    #[test]
    fn kinds_have_lower_case_words_and_extensions() {
        for kind in KINDS {
            for text in kind.words.iter().chain(kind.extensions) {
                assert_eq!(*text, text.to_lowercase());
            }
        }
        assert_eq!(kind("照片").map(|kind| kind.extensions[0]), Some("jpg"));
    }
}
