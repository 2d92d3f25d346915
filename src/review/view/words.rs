//! What the view itself says.

use crate::language::Language;

/// A text in both languages.
#[derive(Clone, Copy, Debug)]
pub(super) struct Words(&'static str, &'static str);

impl Words {
    pub(super) fn of(self, language: Language) -> &'static str {
        language.choose(self.0, self.1)
    }
}

/// The question, from the longest form to the one for the narrowest terminal.
pub(super) const QUESTION: [Words; 3] = [
    Words(
        "Run this? [y] run  [s] step by step  [e] edit  [?] keys  [n] decline (default) ",
        "运行吗？[y] 运行  [s] 逐步  [e] 编辑  [?] 按键  [n] 拒绝（默认） ",
    ),
    Words("Run this? [y/s/e/?/N] ", "运行吗？[y/s/e/?/N] "),
    Words("Run? [y/N/?] ", "运行？[y/N/?] "),
];

/// The same for a plan that may not run.
pub(super) const REFUSED: [Words; 3] = [
    Words(
        "The plan is refused. [space] off  [e] edit  [c] change  [?] keys  [n] leave ",
        "此计划被拒绝。[空格] 关闭步骤  [e] 编辑  [c] 修改  [?] 按键  [n] 离开 ",
    ),
    Words("Refused. [e/c/?/N] ", "已拒绝。[e/c/?/N] "),
    Words("Refused [?/N] ", "已拒绝 [?/N] "),
];

pub(super) const TYPE_YES: Words = Words("Type \"yes\" to run it: ", "输入 yes 或“是”来运行：");
pub(super) const CHANGE: Words = Words("What should be different? ", "要怎么改？");
pub(super) const NOT_TYPED: Words =
    Words("that was not \"yes\": nothing runs", "输入的不是 yes 或“是”：不会运行");
pub(super) const REFUSED_BECAUSE: Words = Words("the plan is refused: ", "此计划被拒绝：");
pub(super) const REFUSED_BY_RULE: Words = Words("the plan is refused", "此计划被拒绝");
pub(super) const OFF: Words = Words("[off]", "[关闭]");
pub(super) const NO_NOTES: Words = Words("it has no options to explain", "没有可解释的选项");
pub(super) const NO_PATHS: Words = Words("it names no files", "没有列出任何文件");
pub(super) const LOOK_AGAIN: Words = Words(
    "computed again, the plan is different: look at it before you answer",
    "重新计算后计划有所不同：请再看一遍再回答",
);
pub(super) const NEW_PLAN: Words = Words("this is the changed plan", "这是修改后的计划");
pub(super) const COPIED: Words = Words("copied", "已复制");
pub(super) const CLOSE: Words = Words("[q] back ", "[q] 返回 ");
pub(super) const MAKE: [Words; 2] = [
    Words(
        "Make exactly these changes? [y] make them  [q] drop them (default) ",
        "要做出上述更改吗？[y] 更改  [q] 放弃这些更改（默认） ",
    ),
    Words("Make them? [y/Q] ", "更改吗？[y/Q] "),
];
pub(super) const REARRANGED: Words = Words(
    "only the whole plan can be previewed while it is rearranged: press p",
    "计划已重新排列，只能预览整个计划：请按 p",
);
pub(super) const STEPS: Words = Words("steps", "个步骤");
pub(super) const STEP: Words = Words("step", "个步骤");
pub(super) const NO_UNDO: Words = Words("can NOT be undone", "【无法】撤销");
pub(super) const ALL_UNDO: Words = Words("can be undone", "可以撤销");
pub(super) const ALSO_OFF: Words = Words("switched off, too: step ", "同时关闭：步骤 ");
pub(super) const ALSO_ON: Words = Words("switched on, too: step ", "同时打开：步骤 ");

pub(super) const UNDERLINED: Words =
    Words("What is underlined is what your request names.", "带下划线的是你的请求中提到的名称。");

/// The keys with what they do, as the help lists them.
pub(super) const KEYS: [(&str, Words); 21] = [
    ("y", Words("run the plan", "运行计划")),
    ("s", Words("run it step by step", "逐步运行")),
    ("n q Esc Enter", Words("decline; nothing runs", "拒绝，什么都不运行")),
    ("Ctrl-C Ctrl-D", Words("decline", "拒绝")),
    ("j Down", Words("next step", "下一步骤")),
    ("k Up", Words("step before", "上一步骤")),
    ("PageDown", Words("a page on", "下一页")),
    ("PageUp", Words("a page back", "上一页")),
    ("Home End", Words("first and last step", "第一个和最后一个步骤")),
    ("space", Words("switch the step off or on", "关闭或打开该步骤")),
    ("J", Words("move the step down", "把该步骤下移")),
    ("K", Words("move the step up", "把该步骤上移")),
    ("x", Words("list all files of the step", "列出该步骤的所有文件")),
    ("i", Words("explain its options", "解释其选项")),
    ("e", Words("edit the step", "编辑该步骤")),
    ("E", Words("edit the whole text", "编辑全文")),
    ("c", Words("ask for a change in words", "用文字要求修改")),
    ("p", Words("preview: try it aside", "预览：隔离试运行")),
    ("P", Words("preview the step and what it needs", "预览该步骤及其所需步骤")),
    ("w", Words("copy the text", "复制文本")),
    ("a", Words("do not ask again for such plans", "此类计划不再询问")),
];
