//! From shell text to a plan.
//!
//! The text is parsed whole; every command of it must exist on this machine;
//! then each and-or list is lowered: `&&` chains and loops over known words
//! become steps, simple commands become typed operations where every option is
//! understood ([`lower`]), and the rest stays shell with what is known of its
//! effects ([`judge`]).

mod facts;
mod files;
mod find;
mod fixed;
mod judge;
mod lower;
mod lowered;
mod measure;
mod missing;
mod mode;
mod pin;
mod redirect;
mod repository;
mod reversal;
mod scope;
mod special;
mod unroll;
mod word;

use bstr::{BString, ByteSlice};

pub(super) use self::word::literal_word;

use self::fixed::Fixed;
use self::judge::Judged;
use self::lowered::Lowered;
use self::scope::Scope;
use super::change::{self, Obstacle};
use super::effect::{Act, Deed, Effects};
use super::operation::Operation;
use super::{Need, Plan, Step, Why, depend, explain};
use crate::escape;
use crate::language::Language;
use crate::shell::parser::{self, NoAliases, SyntaxError};
use crate::shell::syntax::{AndOr, Connector, List, Pipeline};
use crate::shell::{Shell, print, visit};

/// The longest text that is looked at, in bytes.
const MAX_TEXT: usize = 64 * 1024;
/// The largest plan. A plan too large to read is refused, not asked about.
pub(super) const MAX_STEPS: usize = 500;

/// Why a text is no plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CompileError {
    /// There was nothing in it.
    #[error("the answer holds no command")]
    Empty,
    /// It is not shell.
    #[error("the answer is not a shell command ({0})")]
    Syntax(#[from] SyntaxError),
    /// It has a form of other shells.
    #[error("{} is a form of other shells, which is not supported yet", escape::visible(.0))]
    Unsupported(BString),
    /// It has a NUL, which no command can have: what is shown would not be what runs.
    #[error("the answer has a NUL character")]
    Nul,
    /// It names programs that are not there.
    #[error("there is no program {}", list(.0))]
    Missing(Vec<BString>),
    /// It is too large to be judged.
    #[error("the plan is too large to be judged ({0})")]
    TooLarge(&'static str),
}

fn list(names: &[BString]) -> String {
    names.iter().map(|name| escape::visible(name)).collect::<Vec<_>>().join(", ")
}

impl CompileError {
    /// What the model is told, so that it can mend its answer.
    #[must_use]
    pub fn feedback(&self) -> String {
        match self {
            Self::Empty => "There was no command in that answer.".to_owned(),
            Self::Unsupported(text) => {
                format!("{} is not POSIX shell. Use only POSIX forms.", escape::visible(text))
            }
            Self::Syntax(error) => format!("That is not valid POSIX shell: {}.", error.message),
            Self::Nul => "That holds a NUL character. Leave it out.".to_owned(),
            Self::Missing(names) => {
                format!("These programs are not installed: {}. Use others.", list(names))
            }
            Self::TooLarge(_) => "That is far too long. Give the shortest commands.".to_owned(),
        }
    }
}

/// Compiles shell text to a plan for the shell's directory and variables.
///
/// # Errors
/// [`CompileError`] when the text is not shell, names missing programs, or is
/// too large.
pub fn compile(request: &str, text: &[u8], shell: &mut Shell) -> Result<Plan, CompileError> {
    compile_with(request, text, shell, false)
}

/// The same for a plan that only is to be judged: programs may be missing.
///
/// # Errors
/// As for [`compile`], but for missing programs.
pub fn compile_for_judgement(text: &[u8], shell: &mut Shell) -> Result<Plan, CompileError> {
    compile_with("", text, shell, true)
}

fn compile_with(
    request: &str,
    text: &[u8],
    shell: &mut Shell,
    may_be_missing: bool,
) -> Result<Plan, CompileError> {
    let text = text.trim();
    if text.len() > MAX_TEXT {
        return Err(CompileError::TooLarge("more than 64 KiB of text"));
    }
    if text.contains(&0) {
        return Err(CompileError::Nul);
    }
    let tree = parser::parse(text, &NoAliases)?;
    if tree.items.is_empty() {
        return Err(CompileError::Empty);
    }
    if let Some(form) = visit::unsupported(&tree) {
        return Err(CompileError::Unsupported(form.text));
    }
    let missing = missing::programs(&tree, shell);
    if !missing.is_empty() && !may_be_missing {
        return Err(CompileError::Missing(missing));
    }
    let language = language_of(shell);
    let scope = Scope::new(shell);
    let mut compiler = Compiler::new(scope, shell, language);
    for and_or in &tree.items {
        compiler.and_or(and_or)?;
    }
    let mut steps = compiler.steps;
    depend::connect(&mut steps);
    let request = request.to_owned();
    let (mends, doubts) = (Vec::new(), Vec::new());
    let text = text.into();
    Ok(Plan { request, text, language, mends, refines: None, mentions: Vec::new(), doubts, steps })
}

/// The language of messages, by the shell's variables.
fn language_of(shell: &Shell) -> Language {
    Language::of_locale(|name| shell.variables.get(name.as_bytes()).map(|value| &**value))
}

/// What a compilation is doing.
struct Compiler<'a> {
    shell: &'a mut Shell,
    scope: Scope,
    language: Language,
    steps: Vec<Step>,
    /// The world as it would be if what is not known were what it seems to be; none as
    /// long as everything is known.
    supposed: Option<Scope>,
    /// In such a world: what would be done.
    suspicion: Suspicion,
}

/// What a part of a plan would do if what is not known of it were what it seems to be.
#[derive(Debug, Default)]
struct Suspicion {
    effects: Effects,
    /// The operations that give names to what is there.
    operations: Vec<Operation>,
}

impl<'a> Compiler<'a> {
    fn new(scope: Scope, shell: &'a mut Shell, language: Language) -> Self {
        let suspicion = Suspicion::default();
        Self { shell, scope, language, steps: Vec::new(), supposed: None, suspicion }
    }

    fn and_or(&mut self, and_or: &AndOr) -> Result<(), CompileError> {
        let chain = !and_or.background
            && and_or.rest.iter().all(|(connector, _)| *connector == Connector::And);
        if !chain {
            return self.opaque(and_or);
        }
        let mut before = None;
        for pipeline in
            std::iter::once(&and_or.first).chain(and_or.rest.iter().map(|(_, pipeline)| pipeline))
        {
            let from = self.steps.len();
            self.pipeline(pipeline)?;
            if let Some(before) = before {
                for step in &mut self.steps[from..] {
                    step.needs.push(Need { step: before, why: Why::Success });
                }
            }
            before = self.steps.last().map(|step| step.id);
        }
        Ok(())
    }

    fn pipeline(&mut self, pipeline: &Pipeline) -> Result<(), CompileError> {
        if !pipeline.negated
            && let [command] = pipeline.commands.as_slice()
            && self.unroll(command)?
        {
            return Ok(());
        }
        let lowered = lower::lower(pipeline, self.shell, &self.scope, self.language)
            .filter(|lowered| special::among(&lowered.effects).is_none())
            .and_then(|lowered| self.foresee(lowered));
        let tree = as_list(pipeline);
        let mut judged = judge::judge(&tree, self.shell, &self.scope, self.language);
        let operation = match lowered {
            Some(lowered) => {
                judged.effects = lowered.effects;
                judged.warnings = lowered.warnings;
                lowered.operation
            }
            None => judge::operation(pipeline, &tree),
        };
        if self.scope.is_supposing() {
            self.suppose(operation, judged);
            return Ok(());
        }
        let suspicion = self.suspect(&judged, &operation, |other| other.pipeline(pipeline));
        let command = self.source(pipeline, &operation);
        let fixed = match operation {
            Operation::Run => fixed::fixed(pipeline, self.shell, &self.scope),
            _ => None,
        };
        let fixed = fixed.unwrap_or(Fixed { tree, located: Vec::new() });
        self.push(operation, judged, command, fixed, suspicion)
    }

    /// What this part would do in the supposed world, where that is another one.
    fn suspect(
        &mut self,
        judged: &Judged,
        operation: &Operation,
        part: impl FnOnce(&mut Compiler<'_>) -> Result<(), CompileError>,
    ) -> Suspicion {
        let loses_track = |act: &Act| {
            matches!(act, Act::Unknown(_) | Act::Privilege)
                || *act == Act::Environment && !operation.is_typed()
        };
        if self.supposed.is_none() && !judged.effects.any(loses_track) {
            return Suspicion::default();
        }
        let scope = self.supposed.take().unwrap_or_else(|| self.scope.supposing());
        let mut other = Compiler::new(scope, self.shell, self.language);
        // What is too large is refused for itself.
        let _ = part(&mut other);
        let Compiler { scope, suspicion, .. } = other;
        self.supposed = Some(scope);
        suspicion
    }

    /// A part of the plan in the supposed world.
    fn suppose(&mut self, operation: Operation, judged: Judged) {
        self.scope = judged.after.unwrap_or_else(|| self.scope.clone());
        self.scope.advance(&operation, &judged.effects, judged.drifts);
        self.suspicion.effects.merge(judged.effects);
        if matches!(operation, Operation::Link { .. } | Operation::Move { .. }) {
            self.suspicion.operations.push(operation);
        }
    }

    /// Looks at what a typed operation would have to do: `None` where only the
    /// program can do it; what would fail is told before.
    fn foresee(&self, mut lowered: Lowered) -> Option<Lowered> {
        let Lowered { operation, effects, .. } = &lowered;
        let pins = pin::pins(operation, effects, &self.scope);
        let all_there = change::paths(operation).iter().all(|path| !self.scope.may_differ(path));
        if !all_there || self.scope.is_supposing() {
            return Some(lowered);
        }
        match change::changes(operation, &pins, true, self.language) {
            Some(Err(Obstacle::Unsuitable)) => return None,
            Some(Err(Obstacle::Refused(reasons))) => {
                for reason in reasons {
                    if !lowered.warnings.contains(&reason) {
                        lowered.warnings.push(reason);
                    }
                }
            }
            Some(Ok(_)) | None => {}
        }
        Some(lowered)
    }

    /// An and-or list with `||` or `&`: one step as it stands.
    fn opaque(&mut self, and_or: &AndOr) -> Result<(), CompileError> {
        let tree = List { items: vec![and_or.clone()] };
        let judged = judge::judge(&tree, self.shell, &self.scope, self.language);
        if self.scope.is_supposing() {
            self.suppose(Operation::Compound, judged);
            return Ok(());
        }
        let suspicion = self.suspect(&judged, &Operation::Compound, |other| other.opaque(and_or));
        let command = print::list_text(&tree);
        let fixed = Fixed { tree, located: Vec::new() };
        self.push(Operation::Compound, judged, command, fixed, suspicion)
    }

    fn push(
        &mut self,
        operation: Operation,
        judged: Judged,
        command: BString,
        Fixed { tree, located }: Fixed,
        suspicion: Suspicion,
    ) -> Result<(), CompileError> {
        if self.steps.len() >= MAX_STEPS {
            return Err(CompileError::TooLarge("more than 500 steps"));
        }
        let Judged { mut effects, mut warnings, programs, phrases, notes, sets, drifts, .. } =
            judged;
        self.overwrite(&operation, &mut effects, &mut warnings);
        if let Some(path) = special::among(&effects) {
            effects.merge(Effects::unknown(special::reason(path, self.language)));
        }
        if let Some(path) = special::wide(&effects) {
            effects.merge(Effects::unknown(special::too_wide(path, self.language)));
        }
        if effects.why_unknown().is_some() {
            effects.suspect(suspicion.effects);
        }
        let pins = pin::pins(&operation, &effects, &self.scope);
        self.scope.advance(&operation, &effects, drifts);
        if !matches!(operation, Operation::SetVariable { .. } | Operation::ChangeDirectory { .. }) {
            self.scope.forget(sets);
        }
        let extent = measure::extent(&operation, &effects);
        let reversal = reversal::of(&operation, &effects, extent.as_ref(), self.language);
        let explanation =
            explain::explain(&operation, &effects, &phrases, self.shell, self.language);
        self.steps.push(Step {
            id: self.steps.len() + 1,
            operation,
            command,
            tree,
            programs,
            located,
            bindings: self.scope.bindings().to_vec(),
            needs: Vec::new(),
            suspected: suspicion.operations,
            effects,
            pins,
            extent,
            reversal,
            explanation,
            notes,
            warnings,
        });
        Ok(())
    }

    /// What is made anew but is made by an earlier step already is overwritten.
    fn overwrite(&self, operation: &Operation, effects: &mut Effects, warnings: &mut Vec<String>) {
        if matches!(operation, Operation::MakeDirectory { .. }) {
            return;
        }
        let again = effects
            .take(|act| matches!(act, Act::To(Deed::Creates, path) if self.scope.is_made(path)));
        for act in again {
            let Act::To(_, path) = act else { continue };
            let name = escape::visible(path.as_os_str().as_encoded_bytes());
            warnings.push(self.language.choose(
                format!("an earlier step makes {name}, which is overwritten or changed"),
                format!("前面的步骤会创建 {name}，它将被覆盖或更改"),
            ));
            effects.push(Act::To(Deed::Changes, path));
        }
    }

    /// The command as it is shown: printed from the tree that was judged, never a piece
    /// of the text it came from. Within an unrolled loop the words are shown expanded:
    /// that is what will be used.
    fn source(&mut self, pipeline: &Pipeline, operation: &Operation) -> BString {
        let in_loop = !self.scope.bindings().is_empty();
        if in_loop
            && (operation.is_typed() || *operation == Operation::Run)
            && let Some(text) = unroll::expanded_text(pipeline, self.shell, &self.scope)
        {
            return text;
        }
        print::list_text(&as_list(pipeline))
    }
}

/// A pipeline as a program of its own.
fn as_list(pipeline: &Pipeline) -> List {
    List {
        items: vec![AndOr {
            first: pipeline.clone(),
            rest: Vec::new(),
            background: false,
            span: pipeline.span,
        }],
    }
}

#[cfg(test)]
mod tests;
