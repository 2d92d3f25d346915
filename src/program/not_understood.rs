//! Why a command line is not understood, for the machine and for a person.

use bstr::BString;

use crate::escape::visible;
use crate::language::Language;

/// Why a command line is not understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotUnderstood {
    /// An option is not in the table.
    Option(BString),
    /// An option lacks its argument.
    Argument(BString),
    /// There is no place for an operand.
    Operand(BString),
    /// Operands are missing.
    Missing,
    /// The subcommand is not in the table.
    Subcommand(BString),
    /// A script may write files or run programs.
    Script(BString),
}

impl NotUnderstood {
    /// The reason, for a person.
    #[must_use]
    pub fn words(&self, language: Language) -> String {
        let quoted = |word: &BString| visible(word);
        match (self, language) {
            (Self::Option(word), Language::English) => {
                format!("what the option {} does is not known", quoted(word))
            }
            (Self::Option(word), Language::Chinese) => {
                format!("不清楚选项 {} 的作用", quoted(word))
            }
            (Self::Argument(word), Language::English) => {
                format!("the option {} lacks its argument", quoted(word))
            }
            (Self::Argument(word), Language::Chinese) => format!("选项 {} 缺少参数", quoted(word)),
            (Self::Operand(word), Language::English) => {
                format!("what it does with {} is not known", quoted(word))
            }
            (Self::Operand(word), Language::Chinese) => {
                format!("不清楚它会对 {} 做什么", quoted(word))
            }
            (Self::Missing, Language::English) => "it lacks operands".to_owned(),
            (Self::Missing, Language::Chinese) => "缺少操作数".to_owned(),
            (Self::Subcommand(word), Language::English) => {
                format!("what {} does is not known", quoted(word))
            }
            (Self::Subcommand(word), Language::Chinese) => {
                format!("不清楚子命令 {} 的作用", quoted(word))
            }
            (Self::Script(_), Language::English) => "its script may write or run something".into(),
            (Self::Script(_), Language::Chinese) => "其中的脚本可能写文件或运行程序".into(),
        }
    }
}
