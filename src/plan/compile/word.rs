//! Words and names, as the compiler reads and shows them.

use std::path::Path;

use bstr::{BString, ByteSlice};

use super::scope::Scope;
use crate::escape;
use crate::language::Language;
use crate::shell::Shell;
use crate::shell::expand::brace::has_braces;
use crate::shell::syntax::{SimpleCommand, Word, WordPart};

/// The last component of a program's path. A program given by a path is not
/// necessarily the one of that name, so only the usual places count.
pub(super) fn base_name(name: &[u8]) -> &[u8] {
    match name.rfind_byte(b'/') {
        None => name,
        Some(slash)
            if matches!(&name[..slash], b"/bin" | b"/usr/bin" | b"/sbin" | b"/usr/sbin") =>
        {
            &name[slash + 1..]
        }
        Some(_) => name,
    }
}

/// The text of a word that is one literal.
pub(in crate::plan) fn literal_word(word: &Word) -> Option<BString> {
    match word.parts.as_slice() {
        // Its braces may make several words of it.
        [WordPart::Literal(_)] if has_braces(word) => None,
        [WordPart::Literal(text)] => Some(text.clone()),
        [WordPart::SingleQuoted(text)] => Some(text.clone()),
        [WordPart::DoubleQuoted(parts)] => match parts.as_slice() {
            [WordPart::Literal(text)] => Some(text.clone()),
            _ => None,
        },
        _ => None,
    }
}

/// A path as it is shown.
pub(super) fn show(path: &Path) -> String {
    escape::visible(path.as_os_str().as_encoded_bytes())
}

/// Patterns that match nothing: the command will get them as they are.
pub(super) fn unmatched(
    simple: &SimpleCommand,
    shell: &mut Shell,
    scope: &Scope,
    language: Language,
) -> Vec<String> {
    let mut warnings = Vec::new();
    for word in &simple.words {
        let [WordPart::Literal(text)] = word.parts.as_slice() else { continue };
        if text.iter().any(|byte| matches!(byte, b'*' | b'?' | b'['))
            && scope
                .expand(std::slice::from_ref(word), shell)
                .is_ok_and(|fields| fields == [text.clone()])
        {
            let text = escape::visible(text);
            warnings.push(language.choose(
                format!("{text} matches nothing here"),
                format!("这里没有与 {text} 匹配的文件"),
            ));
        }
    }
    warnings
}
