//! What was judged is what runs: a pipeline whose words are all known is run with
//! these words. Patterns are not matched again, and a name stands for the program for
//! which it stood when the plan was shown.

use bstr::BString;

use super::scope::Scope;
use super::word::literal_word;
use crate::plan::Program;
use crate::shell::Shell;
use crate::shell::builtin::Meaning;
use crate::shell::exec::Located;
use crate::shell::syntax::{
    AndOr, Command, List, Pipeline, Redirect, RedirectKind, SimpleCommand, Word, WordPart,
};

/// A pipeline with its words expanded.
pub(super) struct Fixed {
    pub(super) tree: List,
    /// The programs that it starts itself.
    pub(super) located: Vec<Program>,
}

/// The pipeline with its words as they will be; `None`: not all of them are known, or
/// they are more than words (an assignment before a command, a definition).
pub(super) fn fixed(pipeline: &Pipeline, shell: &mut Shell, scope: &Scope) -> Option<Fixed> {
    let mut located = Vec::new();
    let commands = pipeline
        .commands
        .iter()
        .map(|command| match command {
            Command::Simple(simple) => {
                simple_command(simple, shell, scope, &mut located).map(Command::Simple)
            }
            Command::Compound(_) | Command::Function(_) => None,
        })
        .collect::<Option<_>>()?;
    let first = Pipeline { commands, ..pipeline.clone() };
    let and_or = AndOr { span: first.span, first, rest: Vec::new(), background: false };
    Some(Fixed { tree: List { items: vec![and_or] }, located })
}

fn simple_command(
    simple: &SimpleCommand,
    shell: &mut Shell,
    scope: &Scope,
    located: &mut Vec<Program>,
) -> Option<SimpleCommand> {
    let mut words = Vec::with_capacity(simple.words.len());
    for word in &simple.words {
        // What is written plainly stays as it is: it is what other parts look at.
        if literal_word(word).is_some_and(|text| !is_pattern(&text)) {
            words.push(word.clone());
            continue;
        }
        let fields = scope.expand(std::slice::from_ref(word), shell).ok()?;
        words.extend(fields.into_iter().map(|field| quoted(field, word)));
    }
    let name = words.first().and_then(literal_word)?;
    match shell.locate(&name) {
        Located::Program(path) => located.push(Program { name, path }),
        // A builtin that is no more than a program reads its words as one does.
        Located::Builtin(builtin) if builtin.meaning == Meaning::Program => {}
        _ => return None,
    }
    let redirects = simple
        .redirects
        .iter()
        .map(|redirect| fixed_redirect(redirect, shell, scope))
        .collect::<Option<_>>()?;
    Some(SimpleCommand { words, redirects, ..simple.clone() })
}

fn fixed_redirect(redirect: &Redirect, shell: &mut Shell, scope: &Scope) -> Option<Redirect> {
    let mut kind = redirect.kind.clone();
    match &mut kind {
        RedirectKind::Read(word)
        | RedirectKind::Write(word)
        | RedirectKind::Clobber(word)
        | RedirectKind::Append(word)
        | RedirectKind::ReadWrite(word)
        | RedirectKind::DuplicateOutput(word) => {
            let fields = scope.expand(std::slice::from_ref(word), shell).ok()?;
            let [field] = <[BString; 1]>::try_from(fields).ok()?;
            *word = quoted(field, word);
        }
        RedirectKind::DuplicateInput(_)
        | RedirectKind::HereString(_)
        | RedirectKind::HereDocument(_) => {}
    }
    Some(Redirect { kind, ..redirect.clone() })
}

fn quoted(text: BString, word: &Word) -> Word {
    Word { parts: vec![WordPart::SingleQuoted(text)], span: word.span }
}

fn is_pattern(text: &[u8]) -> bool {
    text.iter().any(|byte| b"*?[~".contains(byte))
}
