//! From a request and its context to what the model is asked, and from its
//! answer to shell text.
//!
//! What is the same for every request (instructions and demonstrations) is the
//! prefix of a [`CompletionRequest`]: the worker evaluates it once and keeps
//! its state, so it may be long but must not change from one request to the
//! next. What changes (demonstrations learned from the person, context, the
//! request) comes after it and is kept short, for it is paid for each time.
//!
//! Nothing here is trusted later: the text that [`extract()`] returns is parsed,
//! judged and shown like any other.

mod extract;
mod library;
mod templates;

pub use extract::extract;
pub use library::Library;
pub use templates::{Example, Templates};

use crate::context::Context;
use crate::context::names::features;
use crate::model::{CompletionRequest, Message, Priority, Role};
use crate::preference::Demonstration;

/// What opens the answer, so that the model continues with commands and not
/// with prose.
pub const ANSWER_START: &str = "```sh\n";

/// What ends the answer.
const FENCE: &str = "```";

/// What is the same for all requests of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromptSettings {
    /// Instructions and demonstrations.
    pub templates: Templates,
    /// The longest answer, in tokens.
    pub max_answer_tokens: u32,
}

/// What the model is told of a request: it, and the lines of its context.
#[must_use]
pub fn asked(context: &Context) -> String {
    ask(&context.request, &context.lines())
}

/// The question that asks for the commands of a request, as its context has it; `before`
/// is the turn that it goes on with: what was told, and the commands. `alike` are examples
/// for what the request resembles.
#[must_use]
pub fn build(
    context: &Context,
    alike: &[&Example],
    learned: &[Demonstration],
    before: Option<(&str, &str)>,
    settings: &PromptSettings,
) -> CompletionRequest {
    let mut prefix = vec![message(Role::System, settings.templates.system.trim())];
    // Demonstrations teach how little a person says; who says all is misled by them.
    let (demonstrations, alike) = if context.is_spelled_out() {
        (&[][..], &[][..])
    } else {
        (settings.templates.demonstrations.as_slice(), alike)
    };
    for example in demonstrations {
        prefix.push(message(Role::User, &ask(&example.request, &example.context)));
        prefix.push(message(Role::Assistant, &fenced(&example.answer)));
    }
    let mut messages = Vec::new();
    for example in alike {
        messages.push(message(Role::User, &ask(&example.request, &example.context)));
        messages.push(message(Role::Assistant, &fenced(&example.answer)));
    }
    for demonstration in learned {
        messages.push(message(Role::User, &ask(&demonstration.request, &[])));
        messages.push(message(Role::Assistant, &fenced(&demonstration.answer)));
    }
    if let Some((told, answer)) = before {
        messages.push(message(Role::User, told));
        messages.push(message(Role::Assistant, &fenced(answer)));
    }
    messages.push(message(Role::User, &asked(context)));
    CompletionRequest {
        prefix,
        messages,
        answer_start: ANSWER_START.to_owned(),
        stop: vec![FENCE.to_owned()],
        max_tokens: settings.max_answer_tokens,
        priority: Priority::Interactive,
    }
}

/// The question after an answer that could not be used: `problem` is one
/// sentence that says why.
#[must_use]
pub fn repair(previous: &CompletionRequest, answer: &str, problem: &str) -> CompletionRequest {
    let mut request = previous.clone();
    request.messages.push(message(Role::Assistant, &fenced(answer)));
    request.messages.push(message(
        Role::User,
        &format!(
            "These commands cannot be used: {}. Write all commands of the request again, corrected.",
            problem.trim().trim_end_matches('.')
        ),
    ));
    request
}

/// The question once more, with a hint in the place of an answer that would only be
/// repeated, and without the demonstrations that led to it.
#[must_use]
pub fn afresh(previous: &CompletionRequest, hint: &str) -> CompletionRequest {
    let mut request = previous.clone();
    request.prefix.truncate(1);
    if let Some(last) = request.messages.last_mut()
        && !hint.is_empty()
    {
        last.content = format!("{}\n{hint}", last.content);
    }
    request
}

/// Whether an answer says one of the demonstrations again, its commands (two lines or more)
/// or its request, that asks for something else: a small model does so where it knows
/// nothing better.
#[must_use]
pub fn says_again(request: &CompletionRequest, answer: &str) -> bool {
    let asked = request.messages.last().map_or("", |message| message.content.as_str());
    request.prefix.windows(2).any(|pair| {
        let [shown, commands] = pair else { return false };
        if shown.role != Role::User {
            return false;
        }
        let shown = shown.content.lines().next().unwrap_or_default();
        let commands = bare(&commands.content);
        let again =
            answer.contains(shown) || (commands.contains('\n') && answer.contains(commands));
        again && !is_alike(asked, shown)
    })
}

/// Whether half of the words of a demonstration's request are in what was asked.
fn is_alike(asked: &str, shown: &str) -> bool {
    let (asked, shown) = (features(asked), features(shown));
    2 * shown.intersection(&asked).count() >= shown.len()
}

/// The question after a plan that a person wants changed, in their words.
#[must_use]
pub fn revise(previous: &CompletionRequest, answer: &str, words: &str) -> CompletionRequest {
    let mut request = previous.clone();
    request.messages.push(message(Role::Assistant, &fenced(answer)));
    let asked = format!("{}\nWrite all commands again, changed like this.", words.trim());
    request.messages.push(message(Role::User, &asked));
    request
}

fn ask(request: &str, lines: &[String]) -> String {
    if lines.is_empty() {
        return request.trim().to_owned();
    }
    format!("{}\n{}", request.trim(), lines.join("\n"))
}

fn fenced(commands: &str) -> String {
    format!("{ANSWER_START}{}\n{FENCE}", commands.trim())
}

/// The commands of an answer in its fences.
fn bare(answer: &str) -> &str {
    answer.trim_start_matches(ANSWER_START).trim_end_matches(FENCE).trim()
}

fn message(role: Role, content: &str) -> Message {
    Message { role, content: content.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> PromptSettings {
        let example = |request: &str, answer: &str, context: &[&str]| Example {
            request: request.to_owned(),
            answer: answer.to_owned(),
            context: context.iter().map(|&line| line.to_owned()).collect(),
        };
        PromptSettings {
            templates: Templates {
                system: "Answer with commands.\n".to_owned(),
                demonstrations: vec![
                    example("how full is the disk", "df -h", &[]),
                    example("rename the plan", "mv 'a b' plan", &["\"a b\": file"]),
                ],
                library: Vec::new(),
            },
            max_answer_tokens: 99,
        }
    }

    fn asked(request: &str) -> Context {
        Context { request: request.to_owned(), ..Context::default() }
    }

    /// The turns as lines, for literal comparison.
    fn shown(messages: &[Message]) -> Vec<String> {
        messages.iter().map(|turn| format!("{:?}: {}", turn.role, turn.content)).collect()
    }

    #[test]
    fn the_prefix_is_instructions_and_demonstrations() {
        let request = build(&asked("list files"), &[], &[], None, &settings());
        assert_eq!(
            shown(&request.prefix),
            [
                "System: Answer with commands.",
                "User: how full is the disk",
                "Assistant: ```sh\ndf -h\n```",
                "User: rename the plan\n\"a b\": file",
                "Assistant: ```sh\nmv 'a b' plan\n```",
            ]
        );
        assert_eq!(shown(&request.messages), ["User: list files"]);
        assert_eq!(request.answer_start, "```sh\n");
        assert_eq!(request.stop, ["```"]);
        assert_eq!(request.max_tokens, 99);
        assert_eq!(request.priority, Priority::Interactive);
    }

    #[test]
    fn what_was_learned_and_the_context_come_after_the_prefix() {
        let learned = [Demonstration {
            request: "make a folder x".to_owned(),
            answer: "mkdir -p x".to_owned(),
        }];
        let context =
            Context { facts: vec!["\"q.pdf\": file".to_owned()], ..asked(" make a folder y \n") };
        let with = build(&context, &[], &learned, None, &settings());
        assert_eq!(
            shown(&with.messages),
            [
                "User: make a folder x",
                "Assistant: ```sh\nmkdir -p x\n```",
                "User: make a folder y\n\"q.pdf\": file",
            ]
        );
        let without = build(&asked("another"), &[], &[], None, &settings());
        assert_eq!(with.prefix, without.prefix, "the saved state must stay usable");
    }

    #[test]
    fn who_spells_all_out_is_shown_no_demonstrations() {
        let written = |request: &str, original: &str| Context {
            original: original.to_owned(),
            ..asked(request)
        };
        let library = settings().templates.demonstrations.remove(0);
        for (context, expected) in [
            (written("count the lines of /var/log/a.log", "count the lines of /var/log/a.log"), 1),
            (written("show \"/etc/hosts\"", "show \"/etc/hosts\""), 1),
            // It was found, and put in the place of words.
            (written("show /etc/hosts", "show the hosts file"), 5),
            (written("either/or", "either/or"), 5),
            (written("what is / for", "what is / for"), 5),
            (Context { goes_on: true, ..written("now /etc", "now /etc") }, 5),
        ] {
            let request = build(&context, &[&library], &[], None, &settings());
            assert_eq!(request.prefix.len(), expected, "{context:?}");
            assert_eq!(request.messages.len(), if expected == 1 { 1 } else { 3 });
        }
    }

    #[test]
    fn a_question_afresh_has_the_hint_and_no_demonstrations() {
        let first = build(&asked("unpack it"), &[], &[], None, &settings());
        let second = afresh(&first, "Commands can do it.");
        assert_eq!(second.prefix, first.prefix[..1]);
        assert_eq!(shown(&second.messages), ["User: unpack it\nCommands can do it."]);
    }

    #[test]
    fn an_answer_that_says_a_demonstration_again_is_told_from_one_that_does_not() {
        let embedded = PromptSettings { templates: Templates::embedded(), ..settings() };
        let first = build(&asked("copy a into b"), &[], &[], None, &embedded);
        let answers = first.prefix.iter().filter(|message| message.role == Role::Assistant);
        let of_two = answers.map(|message| bare(&message.content)).find(|text| text.contains('\n'));
        let of_two = of_two.unwrap();
        assert!(says_again(&first, of_two), "{of_two}");
        assert!(says_again(&first, &format!("ls\n{of_two}")));
        assert!(!says_again(&first, "cp -- a b/"));
        assert!(!says_again(&first, ""));
        let of_two = first.prefix.iter().position(|message| message.content.contains(of_two));
        let request = &first.prefix[of_two.unwrap() - 1].content;
        assert!(says_again(&first, request));
        // Whoever asks for just that gets it.
        let same = build(&asked(request), &[], &[], None, &embedded);
        assert!(!says_again(&same, bare(&first.prefix[of_two.unwrap()].content)));
    }

    #[test]
    fn a_repair_adds_the_answer_and_what_was_wrong() {
        let first = build(&asked("unpack it"), &[], &[], None, &settings());
        let second = repair(&first, "unpak x\n", "there is no program 'unpak' on this machine.");
        assert_eq!(second.prefix, first.prefix);
        assert_eq!(
            shown(&second.messages),
            [
                "User: unpack it",
                "Assistant: ```sh\nunpak x\n```",
                "User: These commands cannot be used: there is no program 'unpak' on this \
                 machine. Write all commands of the request again, corrected.",
            ]
        );
        assert_eq!(second.answer_start, "```sh\n");
    }
}
