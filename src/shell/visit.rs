//! Walks over a syntax tree.

use super::syntax::{
    Command, CompoundCommand, CompoundKind, List, Modifier, RedirectKind, Word, WordPart,
};

/// Visits every command of a tree, a command before what it contains: within
/// compound commands, functions and substitutions, too.
pub fn commands(tree: &List, visit: &mut dyn FnMut(&Command)) {
    for and_or in &tree.items {
        let later = and_or.rest.iter().map(|(_, pipeline)| pipeline);
        for pipeline in std::iter::once(&and_or.first).chain(later) {
            pipeline.commands.iter().for_each(|command| within_command(command, visit));
        }
    }
}

/// Visits every command within a compound command.
pub fn commands_within(compound: &CompoundCommand, visit: &mut dyn FnMut(&Command)) {
    match &compound.kind {
        CompoundKind::Group(body) | CompoundKind::Subshell(body) => commands(body, visit),
        CompoundKind::For { words, body, .. } => {
            words.iter().flatten().for_each(|word| within_parts(&word.parts, visit));
            commands(body, visit);
        }
        CompoundKind::Case { subject, arms } => {
            within_parts(&subject.parts, visit);
            for arm in arms {
                arm.patterns.iter().for_each(|pattern| within_parts(&pattern.parts, visit));
                commands(&arm.body, visit);
            }
        }
        CompoundKind::If { branches, otherwise } => {
            for (condition, body) in branches {
                commands(condition, visit);
                commands(body, visit);
            }
            if let Some(body) = otherwise {
                commands(body, visit);
            }
        }
        CompoundKind::While { condition, body, .. } => {
            commands(condition, visit);
            commands(body, visit);
        }
    }
    for redirect in &compound.redirects {
        within_parts(&operand(&redirect.kind).parts, visit);
    }
}

fn within_command(command: &Command, visit: &mut dyn FnMut(&Command)) {
    visit(command);
    match command {
        Command::Simple(simple) => {
            for assignment in &simple.assignments {
                within_parts(&assignment.value.parts, visit);
            }
            simple.words.iter().for_each(|word| within_parts(&word.parts, visit));
            for redirect in &simple.redirects {
                within_parts(&operand(&redirect.kind).parts, visit);
            }
        }
        Command::Function(definition) => commands_within(&definition.body, visit),
        Command::Compound(compound) => commands_within(compound, visit),
    }
}

fn within_parts(parts: &[WordPart], visit: &mut dyn FnMut(&Command)) {
    for part in parts {
        match part {
            WordPart::CommandSubstitution(substitution) => commands(&substitution.body, visit),
            WordPart::DoubleQuoted(parts) => within_parts(parts, visit),
            WordPart::Arithmetic(expansion) => within_parts(&expansion.parts, visit),
            WordPart::Parameter(expansion) => match &expansion.modifier {
                Modifier::None | Modifier::Length => {}
                Modifier::Default { word, .. }
                | Modifier::Assign { word, .. }
                | Modifier::Error { word, .. }
                | Modifier::Alternative { word, .. }
                | Modifier::RemovePrefix { pattern: word, .. }
                | Modifier::RemoveSuffix { pattern: word, .. } => within_parts(&word.parts, visit),
            },
            WordPart::Literal(_)
            | WordPart::Escaped(_)
            | WordPart::SingleQuoted(_)
            | WordPart::DollarSingleQuoted(_)
            | WordPart::Tilde(_) => {}
        }
    }
}

fn operand(kind: &RedirectKind) -> &Word {
    match kind {
        RedirectKind::Read(word)
        | RedirectKind::Write(word)
        | RedirectKind::Clobber(word)
        | RedirectKind::Append(word)
        | RedirectKind::ReadWrite(word)
        | RedirectKind::DuplicateInput(word)
        | RedirectKind::DuplicateOutput(word) => word,
        RedirectKind::HereDocument(document) => document.body(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::parser::{NoAliases, parse};
    use crate::shell::print::word_text;

    #[test]
    fn no_command_is_left_out() {
        let text = "a $(b \"${x:-$(c)}\") >$(d) | if e; then f; elif g; then h; else i; fi
j() { k; } && for x in $(l); do m; done; n=$((1 + $(o)))
case $(p) in $(q)) r;; esac; (s) & while t; do { u; }; done >$(v); cat <<E
$(w)
E
";
        let tree = parse(text.as_bytes(), &NoAliases).unwrap();
        let mut names = Vec::new();
        commands(&tree, &mut |command| {
            if let Command::Simple(simple) = command {
                names.extend(simple.words.first().map(|word| word_text(word).to_string()));
            }
        });
        names.sort();
        let expected = "a b c cat d e f g h i k l m o p q r s t u v w";
        assert_eq!(names.join(" "), expected);
    }
}
