//! What redirections read and write.

use bstr::BString;

use super::facts;
use super::scope::Scope;
use crate::plan::effect::{Act, Deed, Effects};
use crate::shell::Shell;
use crate::shell::exec::is_descriptor;
use crate::shell::syntax::{Redirect, RedirectKind, Word};

/// The effects of redirections.
pub(super) fn effects(redirects: &[Redirect], shell: &mut Shell, scope: &Scope) -> Effects {
    let mut effects = Effects::default();
    for redirect in redirects {
        match &redirect.kind {
            RedirectKind::Read(word) => match operand(word, shell, scope) {
                Ok(path) => effects.push(Act::To(Deed::Reads, scope.absolute(&path))),
                Err(reason) => effects.merge(Effects::unknown(reason)),
            },
            RedirectKind::Write(word)
            | RedirectKind::Clobber(word)
            | RedirectKind::Append(word)
            | RedirectKind::ReadWrite(word) => match operand(word, shell, scope) {
                Ok(path) if facts::is_harmless_device(&path) => {}
                Ok(path) => facts::write(scope.absolute(&path), &mut effects),
                Err(reason) => effects.merge(Effects::unknown(reason)),
            },
            // In bash `>&file` is a file for both outputs.
            RedirectKind::DuplicateOutput(word) if redirect.descriptor.is_none() => {
                match operand(word, shell, scope) {
                    Ok(operand) if is_descriptor(&operand) => {}
                    Ok(path) if facts::is_harmless_device(&path) => {}
                    Ok(path) => facts::write(scope.absolute(&path), &mut effects),
                    Err(reason) => effects.merge(Effects::unknown(reason)),
                }
            }
            RedirectKind::DuplicateInput(_)
            | RedirectKind::DuplicateOutput(_)
            | RedirectKind::HereString(_)
            | RedirectKind::HereDocument(_) => {}
        }
    }
    effects
}

fn operand(word: &Word, shell: &mut Shell, scope: &Scope) -> Result<BString, String> {
    let fields = scope.expand(std::slice::from_ref(word), shell)?;
    match <[BString; 1]>::try_from(fields) {
        Ok([field]) => Ok(field),
        Err(_) => Err("a redirection's operand is not one name".to_owned()),
    }
}
