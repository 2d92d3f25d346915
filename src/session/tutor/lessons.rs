//! The lessons: what is said, in English and Chinese, and how one sees that it was done.

use std::path::Path;

use super::Entered;
use crate::exit_status::ExitStatus;
use crate::preference::Preferences;

/// What a lesson cannot be given without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Needs {
    Nothing,
    Model,
    Preferences,
}

/// What a lesson looks at.
pub(super) struct Seen<'a> {
    pub(super) entered: &'a Entered<'a>,
    /// The line was entered before.
    pub(super) is_again: bool,
    pub(super) directory: &'a Path,
    pub(super) preferences: Option<&'a Path>,
}

impl Seen<'_> {
    fn has(&self, name: &str) -> bool {
        self.directory.join(name).symlink_metadata().is_ok()
    }

    fn succeeded(&self) -> bool {
        self.entered.is_command && self.entered.status.is_success()
    }
}

/// A lesson; texts are English, then Chinese.
#[derive(Debug)]
pub(super) struct Lesson {
    pub(super) name: [&'static str; 2],
    pub(super) text: [&'static str; 2],
    /// What is to be typed.
    pub(super) line: [&'static str; 2],
    /// What is said where something else was done.
    pub(super) not_yet: [&'static str; 2],
    pub(super) needs: Needs,
    pub(super) is_done: fn(&Seen<'_>) -> bool,
}

const PICTURES: [&str; 3] = ["beach.jpg", "forest.jpg", "harbour.jpg"];

/// All of them, in their order.
pub(super) const LESSONS: [Lesson; 8] = [
    Lesson {
        name: ["A command", "命令"],
        text: [
            "llmsh is an ordinary shell: commands do what they always did. See what is in this \
             directory:",
            "llmsh 首先是一个普通的 shell：命令与原来完全一样。看看这个目录里有什么：",
        ],
        line: ["ls -l", "ls -l"],
        not_yet: ["No command has succeeded yet.", "还没有命令成功执行。"],
        needs: Needs::Nothing,
        is_done: |seen| seen.succeeded(),
    },
    Lesson {
        name: ["Tab", "Tab 键"],
        text: [
            "Tab completes commands, files, options with what they mean, branches, and more. \
             Type this, press Tab, and then Enter:",
            "Tab 可以补全命令、文件、选项（带说明）、分支等等。输入下面的内容，按 Tab，再按 Enter：",
        ],
        line: ["cat sho", "cat sho"],
        not_yet: ["The shopping list has not been shown yet.", "还没有显示购物清单。"],
        needs: Needs::Nothing,
        is_done: |seen| seen.succeeded() && seen.entered.line.contains("shopping-list.txt"),
    },
    Lesson {
        name: ["A request", "请求"],
        text: [
            "Now say what you want in your own words. llmsh shows a plan and what each step \
             would change, and nothing happens before you answer. Read it, then press y:",
            "现在用自己的话说出你想做的事。llmsh 会显示计划，以及每一步会更改什么；在你回答之前什么都\
             不会发生。看一看计划，然后按 y：",
        ],
        line: [
            "put all jpg files into a new directory called photos",
            "新建目录 photos，把所有 jpg 文件移进去",
        ],
        not_yet: [
            "The three jpg files are not in \"photos\" yet.",
            "三个 jpg 文件还没有移到 \"photos\" 里。",
        ],
        needs: Needs::Model,
        is_done: |seen| PICTURES.iter().all(|name| seen.has(&format!("photos/{name}"))),
    },
    Lesson {
        name: ["Undo", "撤销"],
        text: [
            "You have changed your mind? What a plan did to files can be taken back:",
            "改变主意了？计划对文件的更改可以撤销：",
        ],
        line: ["undo", "undo"],
        not_yet: [
            "The three jpg files are not where they were yet.",
            "三个 jpg 文件还没有回到原处。",
        ],
        needs: Needs::Model,
        is_done: |seen| {
            let undid = seen.succeeded() && seen.entered.line.contains("undo");
            undid && PICTURES.iter().all(|name| seen.has(name))
        },
    },
    Lesson {
        name: ["Saying no", "拒绝"],
        text: [
            "A plan is a proposal. Ask for something that you do not want, read what would be \
             lost, and press n:",
            "计划只是建议。提一个你并不想要的请求，看看会失去什么，然后按 n：",
        ],
        line: ["delete all files here", "删除这里的所有文件"],
        not_yet: [
            "No plan has been turned down yet. If the files are gone, \"lesson\" puts them back.",
            "还没有拒绝任何计划。如果文件已被删除，输入 \"lesson\" 会放回来。",
        ],
        needs: Needs::Model,
        is_done: |seen| {
            !seen.entered.is_command && seen.entered.status == ExitStatus::NOT_CONFIRMED
        },
    },
    Lesson {
        name: ["Changing a plan", "修改计划"],
        text: [
            "Nearly right? Ask for this, press e in the review, make \"winter\" of \"summer\", \
             press Enter, and then y:",
            "计划差一点才对？提出下面的请求，在确认时按 e，把 \"summer\" 改成 \"winter\"，按 Enter，再按 y：",
        ],
        line: ["create a directory called summer", "新建一个叫 summer 的目录"],
        not_yet: ["There is no directory \"winter\" yet.", "还没有叫 \"winter\" 的目录。"],
        needs: Needs::Model,
        is_done: |seen| seen.directory.join("winter").is_dir(),
    },
    Lesson {
        name: ["History", "历史"],
        text: [
            "What you enter is remembered, with what came of it. Ctrl-R shows it as a list: type \
             some letters of a line, Enter takes it, and Enter once more runs it. Run something \
             from before:",
            "输入过的内容会连同结果一起记下来。按 Ctrl-R 列出历史：输入几个字母来筛选，按 Enter 取用，\
             再按一次 Enter 执行。把以前的某一行再执行一次：",
        ],
        line: ["Ctrl-R", "Ctrl-R"],
        not_yet: ["That line was not one from before.", "这一行以前没有输入过。"],
        needs: Needs::Nothing,
        is_done: |seen| seen.is_again,
    },
    Lesson {
        name: ["Preferences", "偏好"],
        text: [
            "llmsh learns from the plans that you approve and change, on this machine only. You \
             can also tell it something; \"llmsh preference list\" shows what it knows, and \
             \"llmsh preference forget\" makes it forget:",
            "llmsh 从你确认和修改的计划中学习，记录只保存在本机。你也可以直接告诉它；\
             \"llmsh preference list\" 列出它记住的内容，\"llmsh preference forget\" 让它忘记：",
        ],
        line: ["remember that my pictures are in photos", "记住我的图片在 photos 里"],
        not_yet: ["Nothing has been remembered yet.", "还没有记住任何内容。"],
        needs: Needs::Preferences,
        is_done: |seen| {
            let preferences = seen.preferences.and_then(|path| Preferences::open(path).ok());
            let notes = preferences.and_then(|preferences| preferences.notes().ok());
            notes.is_some_and(|notes| !notes.is_empty())
        },
    },
];
