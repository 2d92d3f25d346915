//! Walks over a syntax tree.

use bstr::BString;

use super::syntax::{
    ArithmeticExpansion, Assigned, Assignment, Command, CompoundCommand, CompoundKind, Element,
    List, Modifier, Parameter, Redirect, RedirectKind, Subscript, Test, Unsupported, Word,
    WordPart,
};

/// What a walk comes to.
enum Node<'tree> {
    Command(&'tree Command),
    Unsupported(&'tree Unsupported),
    /// `${x=word}`
    Assigns(&'tree Parameter),
    Arithmetic(&'tree ArithmeticExpansion),
}

/// Visits every command of a tree, a command before what it contains: within
/// compound commands, functions and substitutions, too.
pub fn commands(tree: &List, visit: &mut dyn FnMut(&Command)) {
    within_list(tree, &mut |node| {
        if let Node::Command(command) = node {
            visit(command);
        }
    });
}

/// Visits every command within a compound command.
pub fn commands_within(compound: &CompoundCommand, visit: &mut dyn FnMut(&Command)) {
    within_compound(compound, &mut |node| {
        if let Node::Command(command) = node {
            visit(command);
        }
    });
}

/// The first form that llmsh does not have, wherever in the tree it stands.
#[must_use]
pub fn unsupported(tree: &List) -> Option<Unsupported> {
    let mut found = None;
    within_list(tree, &mut |node| {
        if let Node::Unsupported(form) = node {
            found.get_or_insert_with(|| form.clone());
        }
    });
    found
}

/// The variables that expansions in the tree set, wherever they stand; `None`: it cannot
/// be told which.
#[must_use]
pub fn assigned_by_expansions(tree: &List) -> Option<Vec<BString>> {
    let mut names = Some(Vec::new());
    within_list(tree, &mut |node| match node {
        Node::Assigns(Parameter::Variable(name)) => {
            if let Some(names) = &mut names {
                names.push(name.clone());
            }
        }
        // An element: which one may depend on anything.
        Node::Assigns(Parameter::Element { name, .. }) => {
            if let Some(names) = &mut names {
                names.push(name.clone());
            }
        }
        Node::Arithmetic(expansion) if may_assign(expansion) => names = None,
        _ => {}
    });
    names
}

/// Whether an expansion in what redirections are about sets a variable: in the text of a
/// here-document, say.
#[must_use]
pub fn is_assigned_in_redirects(redirects: &[Redirect]) -> bool {
    let mut assigns = false;
    for redirect in redirects {
        within_parts(&operand(&redirect.kind).parts, &mut |node| match node {
            Node::Assigns(_) => assigns = true,
            Node::Arithmetic(expansion) => assigns |= may_assign(expansion),
            _ => {}
        });
    }
    assigns
}

/// Whether an expression has an operator that sets a variable, or a part that is not
/// known.
fn may_assign(expansion: &ArithmeticExpansion) -> bool {
    expansion.parts.iter().any(|part| match part {
        WordPart::Literal(text) => {
            let comparisons = ["==", "!=", "<=", ">="];
            let rest = comparisons
                .iter()
                .fold(text.to_string(), |rest, comparison| rest.replace(comparison, " "));
            rest.contains(['=']) || rest.contains("++") || rest.contains("--")
        }
        // A value that is text is read as an expression.
        _ => true,
    })
}

fn within_list(tree: &List, visit: &mut dyn FnMut(Node<'_>)) {
    for and_or in &tree.items {
        let later = and_or.rest.iter().map(|(_, pipeline)| pipeline);
        for pipeline in std::iter::once(&and_or.first).chain(later) {
            pipeline.commands.iter().for_each(|command| within_command(command, visit));
        }
    }
}

fn within_compound(compound: &CompoundCommand, visit: &mut dyn FnMut(Node<'_>)) {
    match &compound.kind {
        CompoundKind::Group(body) | CompoundKind::Subshell(body) => within_list(body, visit),
        CompoundKind::For { words, body, .. } => {
            words.iter().flatten().for_each(|word| within_parts(&word.parts, visit));
            within_list(body, visit);
        }
        CompoundKind::Case { subject, arms } => {
            within_parts(&subject.parts, visit);
            for arm in arms {
                arm.patterns.iter().for_each(|pattern| within_parts(&pattern.parts, visit));
                within_list(&arm.body, visit);
            }
        }
        CompoundKind::If { branches, otherwise } => {
            for (condition, body) in branches {
                within_list(condition, visit);
                within_list(body, visit);
            }
            if let Some(body) = otherwise {
                within_list(body, visit);
            }
        }
        CompoundKind::While { condition, body, .. } => {
            within_list(condition, visit);
            within_list(body, visit);
        }
        CompoundKind::Select { words, body, .. } => {
            words.iter().flatten().for_each(|word| within_parts(&word.parts, visit));
            within_list(body, visit);
        }
        CompoundKind::Count { clauses, body } => {
            clauses.iter().for_each(|clause| within_expression(clause, visit));
            within_list(body, visit);
        }
        CompoundKind::Arithmetic(expression) => within_expression(expression, visit),
        CompoundKind::Test(test) => within_test(test, visit),
        CompoundKind::Coprocess { command, .. } => within_command(command, visit),
        CompoundKind::Unsupported(form) => visit(Node::Unsupported(form)),
    }
    for redirect in &compound.redirects {
        within_parts(&operand(&redirect.kind).parts, visit);
    }
}

fn within_command(command: &Command, visit: &mut dyn FnMut(Node<'_>)) {
    visit(Node::Command(command));
    match command {
        Command::Simple(simple) => {
            simple.assignments.iter().for_each(|assignment| within_assignment(assignment, visit));
            simple.words.iter().for_each(|word| within_parts(&word.parts, visit));
            for redirect in &simple.redirects {
                within_parts(&operand(&redirect.kind).parts, visit);
            }
        }
        Command::Function(definition) => within_compound(&definition.body, visit),
        Command::Compound(compound) => within_compound(compound, visit),
    }
}

fn within_parts(parts: &[WordPart], visit: &mut dyn FnMut(Node<'_>)) {
    for part in parts {
        match part {
            WordPart::CommandSubstitution(substitution) => within_list(&substitution.body, visit),
            WordPart::DoubleQuoted(parts) => within_parts(parts, visit),
            WordPart::ProcessSubstitution(substitution) => within_list(&substitution.body, visit),
            WordPart::Arithmetic(expansion) => within_expression(expansion, visit),
            WordPart::Key(key) => within_parts(&key.parts, visit),
            WordPart::Array(elements) => within_elements(elements, visit),
            WordPart::Parameter(expansion) => {
                if let Parameter::Element { subscript: Subscript::Key(key), .. } =
                    &expansion.parameter
                {
                    within_key(key, visit);
                }
                within_modifier(&expansion.parameter, &expansion.modifier, visit);
            }
            WordPart::Unsupported(form) => visit(Node::Unsupported(form)),
            WordPart::Literal(_)
            | WordPart::Escaped(_)
            | WordPart::SingleQuoted(_)
            | WordPart::DollarSingleQuoted(_)
            | WordPart::Tilde(_) => {}
        }
    }
}

/// The key of an element, which may be an expression.
fn within_key(key: &Word, visit: &mut dyn FnMut(Node<'_>)) {
    let expression = ArithmeticExpansion { parts: key.parts.clone(), span: key.span };
    visit(Node::Arithmetic(&expression));
    within_parts(&key.parts, visit);
}

fn within_modifier(parameter: &Parameter, modifier: &Modifier, visit: &mut dyn FnMut(Node<'_>)) {
    match modifier {
        Modifier::None
        | Modifier::Length
        | Modifier::Transform(_)
        | Modifier::Names { .. }
        | Modifier::Keys => {}
        Modifier::Assign { word, .. } => {
            visit(Node::Assigns(parameter));
            within_parts(&word.parts, visit);
        }
        Modifier::Default { word, .. }
        | Modifier::Error { word, .. }
        | Modifier::Alternative { word, .. }
        | Modifier::RemovePrefix { pattern: word, .. }
        | Modifier::RemoveSuffix { pattern: word, .. }
        | Modifier::Case { pattern: word, .. } => within_parts(&word.parts, visit),
        Modifier::Slice { offset, length } => {
            within_expression(offset, visit);
            length.iter().for_each(|length| within_expression(length, visit));
        }
        Modifier::Replace { pattern, text, .. } => {
            within_parts(&pattern.parts, visit);
            text.iter().for_each(|text| within_parts(&text.parts, visit));
        }
    }
}

fn within_expression(expression: &ArithmeticExpansion, visit: &mut dyn FnMut(Node<'_>)) {
    visit(Node::Arithmetic(expression));
    within_parts(&expression.parts, visit);
}

fn within_assignment(assignment: &Assignment, visit: &mut dyn FnMut(Node<'_>)) {
    assignment.key.iter().for_each(|key| within_key(key, visit));
    match &assignment.value {
        Assigned::Text(word) => within_parts(&word.parts, visit),
        Assigned::Array(elements) => within_elements(elements, visit),
    }
}

fn within_elements(elements: &[Element], visit: &mut dyn FnMut(Node<'_>)) {
    for element in elements {
        element.key.iter().for_each(|key| within_key(key, visit));
        within_parts(&element.value.parts, visit);
    }
}

fn within_test(test: &Test, visit: &mut dyn FnMut(Node<'_>)) {
    match test {
        Test::Or(left, right) | Test::And(left, right) => {
            within_test(left, visit);
            within_test(right, visit);
        }
        Test::Not(inner) | Test::Group(inner) => within_test(inner, visit),
        Test::Unary { operand, .. } => within_parts(&operand.parts, visit),
        Test::Binary { operator, left, right } => {
            // `-eq` compares expressions.
            if operator.len() == 3
                && operator.starts_with(b"-")
                && operator != "-nt"
                && operator != "-ot"
                && operator != "-ef"
            {
                within_key(left, visit);
                within_key(right, visit);
            } else {
                within_parts(&left.parts, visit);
                within_parts(&right.parts, visit);
            }
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
        | RedirectKind::DuplicateOutput(word)
        | RedirectKind::HereString(word) => word,
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
