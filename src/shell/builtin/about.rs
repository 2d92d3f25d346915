//! What each builtin does, in a line: for `help`, and for whoever explains a command.

use crate::language::Language;

/// Name, operands, and what it does in English and in Chinese.
type Row = (&'static str, &'static str, &'static str, &'static str);

const ROWS: &[Row] = &[
    (
        ".",
        "FILE [WORD...]",
        "run the commands of FILE in this shell",
        "在当前 shell 中执行 FILE 里的命令",
    ),
    (":", "[WORD...]", "do nothing", "不做任何事"),
    ("[", "EXPRESSION ]", "test a condition", "测试条件"),
    (
        "alias",
        "[NAME[=TEXT]...]",
        "let NAME stand for TEXT, or show such names",
        "定义或显示命令别名",
    ),
    ("bg", "[JOB...]", "let stopped jobs go on in the background", "让停止的作业在后台继续"),
    (
        "bind",
        "[KEYS:ACTION]",
        "bind keys, as far as llmsh's line editor has the action",
        "绑定按键（限于行编辑器支持的动作）",
    ),
    ("break", "[N]", "leave a loop, or N of them", "退出 N 层循环"),
    (
        "builtin",
        "NAME [WORD...]",
        "run the builtin NAME, whatever else is called so",
        "运行内建命令 NAME，忽略同名函数",
    ),
    ("caller", "[N]", "tell from where a function was called", "显示函数的调用位置"),
    (
        "cd",
        "[-L|-P] [DIR|-]",
        "go to another directory; without DIR, home; with -, back",
        "切换到目录 DIR；省略则回到主目录，- 表示回到上一个目录",
    ),
    (
        "command",
        "[-pVv] NAME [WORD...]",
        "run the command NAME, no function; with -v, tell what it is",
        "运行命令 NAME（忽略函数）；-v 表示说明它是什么",
    ),
    ("compgen", "[OPTION...] [WORD]", "show what could complete WORD", "显示 WORD 的可能补全"),
    (
        "complete",
        "[OPTION...] [NAME...]",
        "say how the words of a command are completed",
        "设置命令参数的补全方式",
    ),
    ("compopt", "[-o OPTION] [NAME...]", "change how completions are made", "修改补全选项"),
    (
        "continue",
        "[N]",
        "go on with the next round of a loop, or of the Nth around",
        "进入第 N 层循环的下一轮",
    ),
    (
        "declare",
        "[OPTION...] [NAME[=VALUE]...]",
        "set variables and their attributes, or show them",
        "设置或显示变量及其属性",
    ),
    ("dirs", "[-clpv] [+N|-N]", "show the directories that pushd remembers", "显示目录栈"),
    (
        "disown",
        "[-ahr] [JOB...]",
        "forget jobs: they go on when the shell ends",
        "让作业不随 shell 结束",
    ),
    ("echo", "[-neE] [WORD...]", "print the words", "打印文本"),
    ("enable", "[-anps] [NAME...]", "switch builtins on or off", "启用或停用内建命令"),
    ("eval", "[WORD...]", "run the words, joined, as a command", "把参数拼成命令并执行"),
    (
        "exec",
        "[-cl] [-a NAME] [COMMAND...]",
        "become COMMAND, or keep redirections",
        "用 COMMAND 取代当前 shell，或使重定向一直有效",
    ),
    ("exit", "[STATUS]", "end the shell", "退出 shell"),
    (
        "export",
        "[-p] [NAME[=VALUE]...]",
        "give variables to the programs that are started",
        "把变量传给所启动的程序",
    ),
    ("false", "", "do nothing, and fail", "不做任何事并返回失败"),
    ("fc", "[OPTION...] [FIRST [LAST]]", "show or edit earlier commands", "显示或编辑历史命令"),
    ("fg", "[JOB]", "bring a job to the foreground", "把作业调到前台"),
    ("getopts", "OPTIONS NAME [WORD...]", "take the next option of the words", "逐个解析命令选项"),
    (
        "hash",
        "[-dlrt] [NAME...]",
        "remember where programs are, or forget it",
        "记住或忘记程序的位置",
    ),
    ("help", "[NAME...]", "tell what builtins do", "显示内建命令的说明"),
    ("history", "[N]", "show earlier commands", "显示历史命令"),
    ("jobs", "[-lnprs] [JOB...]", "list the jobs of the shell", "列出 shell 的作业"),
    (
        "kill",
        "[-SIGNAL] PROCESS...",
        "send a signal to processes or jobs; without one, ask them to end",
        "向进程或作业发送信号（默认请求终止）",
    ),
    ("let", "EXPRESSION...", "compute expressions", "计算算术表达式"),
    ("local", "[NAME[=VALUE]...]", "set variables of the function only", "设置函数内的局部变量"),
    ("mapfile", "[OPTION...] [NAME]", "read lines into an array", "把输入的各行读入数组"),
    (
        "popd",
        "[-n] [+N|-N]",
        "go back to the directory that pushd remembered",
        "回到目录栈中的上一个目录",
    ),
    (
        "printf",
        "[-v NAME] FORMAT [WORD...]",
        "print the words as FORMAT says",
        "按格式 FORMAT 打印",
    ),
    (
        "pushd",
        "[-n] [DIR|+N|-N]",
        "go to a directory and remember this one",
        "切换目录并记住当前目录",
    ),
    ("pwd", "[-L|-P]", "tell the working directory", "显示当前工作目录"),
    ("read", "[OPTION...] [NAME...]", "read a line into variables", "读入一行并存入变量"),
    ("readarray", "[OPTION...] [NAME]", "read lines into an array", "把输入的各行读入数组"),
    ("readonly", "[-p] [NAME[=VALUE]...]", "let variables never change again", "把变量设为只读"),
    ("return", "[STATUS]", "leave a function or a file that is run", "从函数或被执行的文件返回"),
    (
        "set",
        "[-OPTION...] [WORD...]",
        "set options of the shell, or its parameters $1 …",
        "设置 shell 选项或位置参数",
    ),
    ("shift", "[N]", "drop the first N parameters", "移走前 N 个位置参数"),
    ("shopt", "[-pqsuo] [OPTION...]", "set more options of the shell", "设置更多 shell 选项"),
    (
        "source",
        "FILE [WORD...]",
        "run the commands of FILE in this shell",
        "在当前 shell 中执行 FILE 里的命令",
    ),
    ("suspend", "[-f]", "stop the shell until it is told to go on", "挂起 shell"),
    ("test", "EXPRESSION", "test a condition", "测试条件"),
    (
        "times",
        "",
        "tell how much time the shell and its programs took",
        "显示 shell 及其子进程用时",
    ),
    (
        "trap",
        "[COMMAND] [SIGNAL...]",
        "run COMMAND when a signal comes, or at the end",
        "收到信号或退出时执行 COMMAND",
    ),
    ("true", "", "do nothing, and succeed", "不做任何事并返回成功"),
    ("type", "[-afpPt] NAME...", "tell what a command is", "说明命令的类型"),
    (
        "typeset",
        "[OPTION...] [NAME[=VALUE]...]",
        "set variables and their attributes, or show them",
        "设置或显示变量及其属性",
    ),
    (
        "ulimit",
        "[-HSa] [-LETTER [LIMIT]]",
        "show or set limits for this shell and its programs",
        "显示或设置资源限制",
    ),
    (
        "umask",
        "[-S] [MODE]",
        "show or set which permissions new files do not get",
        "显示或设置新文件的权限掩码",
    ),
    ("unalias", "[-a] NAME...", "forget aliases", "删除别名"),
    ("unset", "[-fvn] NAME...", "forget variables or functions", "删除变量或函数"),
    ("wait", "[-fn] [-p NAME] [JOB...]", "wait for jobs to end", "等待作业结束"),
];

/// What a builtin does: a verb phrase without a final period.
#[must_use]
pub fn about(name: &[u8], language: Language) -> Option<&'static str> {
    let row = ROWS.iter().find(|row| row.0.as_bytes() == name)?;
    Some(language.choose(row.2, row.3))
}

/// How it is written, and what it does.
pub(super) fn line(name: &str, language: Language) -> Option<String> {
    let (name, operands, english, chinese) = ROWS.iter().find(|row| row.0 == name)?;
    let blank = if operands.is_empty() { "" } else { " " };
    Some(format!("{name}{blank}{operands}\n    {}\n", language.choose(english, chinese)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_builtin_is_told_of() {
        for builtin in super::super::ALL.iter().filter(|builtin| super::super::is_shown(builtin)) {
            assert!(
                about(builtin.name.as_bytes(), Language::English).is_some(),
                "{}",
                builtin.name
            );
        }
        assert!(ROWS.is_sorted_by_key(|row| row.0));
    }
}
