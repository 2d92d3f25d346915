//! What a person is told when they start llmsh for the first time, and never again.

use std::fs::{DirBuilder, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};

use crate::config::Directories;
use crate::language::Language;
use crate::system::descriptor::{STDERR, write_all};

/// The file that says that they were told, in the state directory.
const TOLD: &str = "greeted";

/// Three lines, where nothing says that they were shown before. Where that cannot be written
/// down, they are not shown: every start would show them.
pub(super) fn show_once(directories: &Directories, language: Language) {
    let mark = || -> io::Result<()> {
        DirBuilder::new().recursive(true).mode(0o700).create(&directories.state)?;
        let place = directories.state.join(TOLD);
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(place).map(drop)
    };
    if mark().is_ok() {
        let _ = write_all(STDERR, text(language).as_bytes());
    }
}

fn text(language: Language) -> &'static str {
    language.choose(
        "This is llmsh. Type commands as ever, or what you want in your own words.\n\
         A plan is shown before it runs; \"undo\" takes back what it did to files.\n\
         See \"llmsh tutorial\" and \"help\". ~/.config/llmsh/rc is read at each start.\n",
        "这是 llmsh。命令与你原来的 shell 相同；也可以用自己的话说出想做的事。\n\
         运行之前会先显示计划，\"undo\" 可以撤销它对文件的更改。\n\
         入门见 \"llmsh tutorial\" 和 \"help\"；每次启动都会读取 ~/.config/llmsh/rc。\n",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_three_lines_that_fit_a_terminal() {
        for language in [Language::English, Language::Chinese] {
            assert_eq!(text(language).lines().count(), 3);
            assert!(text(language).lines().all(|line| crate::wrap::columns(line) < 80));
        }
    }
}
