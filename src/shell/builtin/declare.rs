//! `declare`, `typeset`, `local`, `export`, `readonly` (XCU 2.15; bash, Bash Builtins): one
//! builtin under five names.

use bstr::{BString, ByteSlice};

use super::Outcome;
use super::declared::{Called, Marks, functions, list, print_named};
use crate::exit_status::ExitStatus;
use crate::shell::assign::{Target, is_target, split_element};
use crate::shell::expand::ExpandError;
use crate::shell::parser::{self, NoAliases};
use crate::shell::shopt::Shopt;
use crate::shell::syntax::{Assigned, Assignment, Command, Element};
use crate::shell::variable::{Array, Letters, Value, Variable, is_name};
use crate::shell::{Divert, Shell};

pub(super) fn declare(shell: &mut Shell, words: &[BString]) -> Outcome {
    run(shell, words, Called::Declare, "aAcfFgiIlnprtux")
}

/// `local`: not in POSIX, in every shell; scoping is dynamic.
pub(super) fn local(shell: &mut Shell, words: &[BString]) -> Outcome {
    if !shell.variables.in_function() {
        let status = shell.misuse("local", "can only be used in a function");
        if shell.posix {
            shell.status = status;
            return Err(Divert::Abort);
        }
        return Ok(ExitStatus::FAILURE);
    }
    run(shell, words, Called::Local, "aAcgiIlnprtux")
}

pub(super) fn export(shell: &mut Shell, words: &[BString]) -> Outcome {
    run(shell, words, Called::Export, "fnp")
}

pub(super) fn readonly(shell: &mut Shell, words: &[BString]) -> Outcome {
    run(shell, words, Called::ReadOnly, "aAfp")
}

fn run(shell: &mut Shell, words: &[BString], called: Called, known: &str) -> Outcome {
    let name = words[0].to_string();
    let mut marks = Marks::default();
    let mut index = 1;
    while let Some(word) = words.get(index) {
        let (letters, on) = match word.split_first() {
            Some((b'-', letters)) if !letters.is_empty() => (letters, true),
            Some((b'+', letters))
                if !letters.is_empty() && !matches!(called, Called::Export | Called::ReadOnly) =>
            {
                (letters, false)
            }
            _ => break,
        };
        index += 1;
        if word == "--" {
            break;
        }
        for letter in letters {
            let posix = shell.posix && matches!(called, Called::Export | Called::ReadOnly);
            if !known.as_bytes().contains(letter) || posix && *letter != b'p' {
                let sign = if on { '-' } else { '+' };
                let text = format!("{sign}{}: unknown option", char::from(*letter));
                return match called {
                    Called::Export | Called::ReadOnly => Err(shell.special_error(&name, text)),
                    _ => Ok(shell.misuse(&name, text)),
                };
            }
            if on { marks.on.push(*letter) } else { marks.off.push(*letter) }
        }
    }
    // `export -n` takes the mark away.
    let takes_away = called == Called::Export && marks.has(b'n');
    match called {
        Called::Export if takes_away => {
            marks.on.retain(|letter| *letter != b'n');
            marks.off.push(b'x');
        }
        Called::Export => marks.on.push(b'x'),
        Called::ReadOnly => marks.on.push(b'r'),
        _ => {}
    }
    let declared = std::mem::take(&mut shell.declared);
    let operands = &words[index..];
    if marks.has(b'f') || marks.has(b'F') {
        return functions(shell, &name, &marks, operands);
    }
    if operands.is_empty() {
        return list(shell, &name, called, &marks);
    }
    if marks.has(b'p') && called == Called::Declare {
        return print_named(shell, &name, operands);
    }
    let mut status = ExitStatus::SUCCESS;
    for (offset, operand) in operands.iter().enumerate() {
        let array = declared.iter().find(|(word, _)| *word == index + offset);
        let array = array.map(|(_, assignment)| assignment);
        if let Err(error) = one(shell, called, &marks, operand, array) {
            let text = match error {
                Failure::Expansion(error) if !shell.posix => {
                    status = shell.not_assigned(&name, &error)?;
                    continue;
                }
                Failure::Expansion(error) => error.to_string().into_bytes(),
                Failure::Told(text) => text,
            };
            if shell.posix {
                let error = shell.special_error(&name, text);
                return Err(if called == Called::Local { Divert::Abort } else { error });
            }
            status = shell.fail(&name, text);
        }
    }
    Ok(status)
}

/// Why a variable cannot be declared so.
enum Failure {
    Told(Vec<u8>),
    Expansion(ExpandError),
}

impl From<ExpandError> for Failure {
    fn from(error: ExpandError) -> Self {
        Self::Expansion(error)
    }
}

/// An operand taken apart.
struct Operand<'a> {
    name: &'a [u8],
    subscript: Option<&'a [u8]>,
    append: bool,
    value: Option<&'a [u8]>,
}

fn taken_apart(operand: &[u8]) -> Option<Operand<'_>> {
    let (left, value) = match equals(operand) {
        Some(place) => (&operand[..place], Some(&operand[place + 1..])),
        None => (operand, None),
    };
    let (left, append) = match left.strip_suffix(b"+") {
        Some(left) if value.is_some() => (left, true),
        _ => (left, false),
    };
    let (name, subscript) = match split_element(left) {
        Some((name, subscript)) => (name, Some(subscript)),
        None => (left, None),
    };
    is_name(name).then_some(Operand { name, subscript, append, value })
}

/// Where the `=` of an assignment stands: behind the subscript, if there is one.
fn equals(operand: &[u8]) -> Option<usize> {
    let first = operand.find_byte(b'=')?;
    match operand.find_byte(b'[') {
        Some(open) if open < first => operand
            .find("]=")
            .map(|place| place + 1)
            .or_else(|| operand.find("]+=").map(|place| place + 2)),
        _ => Some(first),
    }
}

fn one(
    shell: &mut Shell,
    called: Called,
    marks: &Marks,
    operand: &BString,
    array: Option<&Assignment>,
) -> Result<(), Failure> {
    let Some(parts) = taken_apart(operand) else {
        let shown = operand.find_byte(b'=').map_or(&operand[..], |equals| &operand[..equals]);
        return Err(Failure::Told([shown, b": not a valid name"].concat()));
    };
    let name = parts.name;
    let in_function = shell.variables.in_function();
    let is_local = match called {
        Called::Local => true,
        Called::Declare => in_function && !marks.has(b'g'),
        _ => false,
    };
    if called == Called::Declare && marks.has(b'g') && in_function {
        // As it is outside of all functions.
        let name = BString::from(name);
        return shell.globally(&name, |shell| set(shell, marks, operand, array, false));
    }
    set(shell, marks, operand, array, is_local)
}

fn set(
    shell: &mut Shell,
    marks: &Marks,
    operand: &BString,
    array: Option<&Assignment>,
    is_local: bool,
) -> Result<(), Failure> {
    let Some(parts) = taken_apart(operand) else { return Ok(()) };
    let own = parts.name;
    if is_local {
        if shell.posix {
            shell.variables.make_local(own);
        } else {
            let inherit = marks.has(b'I') || shell.shopts.is_on(Shopt::LocalVarInherit);
            let outer = shell.variables.variable(own);
            if outer.is_some_and(|outer| outer.read_only) && !shell.variables.is_local(own) {
                return Err(Failure::Told([own, b": readonly variable"].concat()));
            }
            shell.variables.make_fresh_local(own, inherit);
        }
    }
    // Marks of a reference are those of what it names, but `-n` itself.
    let reference = marks.has(b'n') || marks.off.contains(&b'n');
    let name: BString = if reference || is_local { own.into() } else { shell.follow(own)? };
    let name = match split_element(&name) {
        Some((array, _)) => array.into(),
        None => name,
    };
    mark_before(shell, &name, marks)?;
    if let Some(assignment) = array {
        if let Assigned::Array(elements) = &assignment.value {
            shell.assign_array(&name, elements, assignment.append)?;
        }
    } else if let Some(value) = parts.value {
        if marks.has(b'n') {
            if !is_target(value) && !value.is_empty() {
                return Err(Failure::Told([value, b": not a valid name for a reference"].concat()));
            }
            if value == own {
                return Err(Failure::Told([own, b": a reference to itself"].concat()));
            }
            shell.variables.set(&name, value).map_err(ExpandError::from)?;
        } else if let Some(elements) = elements_of(shell, &name, marks, value) {
            shell.assign_array(&name, &elements, parts.append)?;
        } else {
            let target = match parts.subscript {
                Some(subscript) => {
                    shell.target(&[name.as_slice(), b"[", subscript, b"]"].concat())?
                }
                None => Target { name: name.clone(), key: None },
            };
            shell.assign_target(&target, value.into(), parts.append)?;
        }
    } else if parts.subscript.is_some() && shell.variables.variable(&name).is_none() {
        shell.variables.mark(&name).kind.array = Some(Array::Indexed);
    }
    mark_after(shell, &name, marks);
    Ok(())
}

/// The elements of an array that stand in a text: `declare -a 'x=(1 2)'`.
fn elements_of(shell: &Shell, name: &[u8], marks: &Marks, value: &[u8]) -> Option<Vec<Element>> {
    let array = marks.has(b'a')
        || marks.has(b'A')
        || shell.variables.variable(name).is_some_and(|one| one.array().is_some());
    if !array || !value.starts_with(b"(") || !value.ends_with(b")") {
        return None;
    }
    let tree = parser::parse(&[b"a=", value].concat(), &NoAliases).ok()?;
    let [and_or] = tree.items.as_slice() else { return None };
    let [Command::Simple(simple)] = and_or.first.commands.as_slice() else { return None };
    match &simple.assignments.first()?.value {
        Assigned::Array(elements) if simple.words.is_empty() => Some(elements.clone()),
        _ => None,
    }
}

/// What has to be known before a value is assigned.
fn mark_before(shell: &mut Shell, name: &[u8], marks: &Marks) -> Result<(), Failure> {
    let said = |text: &str| Failure::Told([name, b": ", text.as_bytes()].concat());
    let existing = shell.variables.variable(name);
    let array = existing.and_then(Variable::array);
    let read_only = existing.is_some_and(|variable| variable.read_only);
    if marks.off.contains(&b'r') && read_only {
        return Err(said("readonly variable"));
    }
    let changes = marks.attributes().any(|letter| b"aAilnuc".contains(&letter));
    if read_only
        && changes
        && !(marks.has(b'a') && array == Some(Array::Indexed))
        && !(marks.has(b'A') && array == Some(Array::Associative))
    {
        return Err(said("readonly variable"));
    }
    if marks.has(b'a') && array == Some(Array::Associative) {
        return Err(said("cannot convert an associative array to an indexed one"));
    }
    if marks.has(b'A') && array == Some(Array::Indexed) {
        return Err(said("cannot convert an indexed array to an associative one"));
    }
    if marks.has(b'n') {
        let value = shell.variables.get(name).map(|value| value.to_owned());
        if let Some(value) = value
            && !is_target(&value)
        {
            return Err(said("not a valid name for a reference"));
        }
        shell.variables.make_reference(name);
    }
    let variable = shell.variables.mark(name);
    for letter in &marks.on {
        match letter {
            b'a' | b'A' => {
                let kind = if *letter == b'a' { Array::Indexed } else { Array::Associative };
                match variable.value.take() {
                    None => variable.kind.array = Some(kind),
                    Some(Value::Text(text)) if kind == Array::Associative => {
                        let mut elements = crate::shell::variable::Associative::default();
                        elements.insert("0".into(), text);
                        variable.value = Some(Value::Associative(std::rc::Rc::new(elements)));
                    }
                    Some(value @ Value::Text(_)) => {
                        variable.value = Some(Value::Indexed(value.into_indexed()));
                    }
                    value => variable.value = value,
                }
            }
            b'i' => variable.kind.integer = true,
            b'l' => variable.kind.case = Some(Letters::Lower),
            b'u' => variable.kind.case = Some(Letters::Upper),
            b'c' => variable.kind.case = Some(Letters::Capital),
            _ => {}
        }
    }
    if marks.has(b'l') && marks.has(b'u') {
        variable.kind.case = None;
    }
    for letter in &marks.off {
        match letter {
            b'i' => variable.kind.integer = false,
            b'n' => variable.kind.reference = false,
            b'l' | b'u' | b'c' => variable.kind.case = None,
            _ => {}
        }
    }
    Ok(())
}

/// What holds from now on.
fn mark_after(shell: &mut Shell, name: &[u8], marks: &Marks) {
    let variable = shell.variables.mark(name);
    if marks.has(b'x') {
        variable.exported = true;
    }
    if marks.off.contains(&b'x') {
        variable.exported = false;
    }
    if marks.has(b'r') {
        variable.read_only = true;
    }
}

impl Shell {
    /// Runs `body` with a variable as it is outside of all functions.
    fn globally<T>(&mut self, name: &[u8], body: impl FnOnce(&mut Self) -> T) -> T {
        let inner = self.variables.leave_for_global(name);
        let result = body(self);
        if let Some(inner) = inner {
            self.variables.return_from_global(name, inner);
        }
        result
    }
}
