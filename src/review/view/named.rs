//! What of a command the request names: marked, so that a person sees at a glance what they
//! said themselves and what was added.

use ratatui::style::Style;
use ratatui::text::Span;

use crate::plan::Plan;

/// The names of a plan's request as they may stand in commands: files that it speaks of, by
/// whatever words, and what is spelled out in it that is no plain word.
pub(super) fn names(plan: &Plan) -> Vec<String> {
    let part_of_name = |c: char| c.is_ascii_alphanumeric() || "._-/~*+@%=".contains(c);
    let spelled = plan.request.split(|c| !part_of_name(c));
    let spelled = spelled.map(|name| name.trim_end_matches('.'));
    let is_name = |name: &&str| {
        name.contains(|c: char| c.is_ascii_alphanumeric())
            && name.contains(|c: char| !c.is_ascii_alphabetic())
    };
    let mut names: Vec<String> =
        spelled.filter(is_name).map(str::to_owned).chain(plan.mentions.iter().cloned()).collect();
    // The longest is found first.
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    names.dedup();
    names
}

/// A piece of a command with these names marked.
pub(super) fn spans(
    text: String,
    names: &[String],
    plain: Style,
    mark: Style,
) -> Vec<Span<'static>> {
    let mut spans = Vec::new();
    let mut from = 0;
    let mut at = 0;
    while at < text.len() {
        match names.iter().find(|name| stands_at(&text, at, name)) {
            Some(name) => {
                if from < at {
                    spans.push(Span::styled(text[from..at].to_owned(), plain));
                }
                spans.push(Span::styled(name.clone(), plain.patch(mark)));
                at += name.len();
                from = at;
            }
            None => at += text[at..].chars().next().map_or(1, char::len_utf8),
        }
    }
    if from < text.len() {
        spans.push(Span::styled(text[from..].to_owned(), plain));
    }
    spans
}

/// Whether the name stands there, and is no part of a longer one.
fn stands_at(text: &str, at: usize, name: &str) -> bool {
    let goes_on = |c: char| c.is_alphanumeric() || "_-.".contains(c);
    text[at..].starts_with(name)
        && !text[..at].ends_with(goes_on)
        && !text[at + name.len()..].starts_with(goes_on)
}

#[cfg(test)]
mod tests {
    use ratatui::style::Modifier;

    use super::*;
    use crate::language::Language;

    fn marked(request: &str, mentions: &[&str], command: &str) -> Vec<String> {
        let mut plan = crate::review::view::tests::plan(Language::English, Vec::new());
        request.clone_into(&mut plan.request);
        plan.mentions = mentions.iter().map(|name| (*name).to_owned()).collect();
        let mark = Style::new().add_modifier(Modifier::UNDERLINED);
        let spans = spans(command.to_owned(), &names(&plan), Style::new(), mark);
        let whole: String = spans.iter().map(|span| &*span.content).collect();
        assert_eq!(whole, command);
        let marked = spans.into_iter().filter(|span| span.style == mark);
        marked.map(|span| span.content.into_owned()).collect()
    }

    #[test]
    fn what_the_request_spells_out_is_marked_and_plain_words_are_not() {
        assert_eq!(
            marked("sort names.txt into out.txt.", &[], "sort names.txt > out.txt"),
            ["names.txt", "out.txt"]
        );
        assert_eq!(marked("the 3 largest", &[], "du | sort -n | tail -n 3 -c 33"), ["3"]);
        assert_eq!(marked("把a-b.log复制到/tmp", &[], "cp a-b.log /tmp"), ["a-b.log", "/tmp"]);
        assert!(marked("remove old files", &[], "rm old files").is_empty());
    }

    #[test]
    fn what_it_means_is_marked_and_no_part_of_a_longer_name() {
        assert_eq!(
            marked("the report", &["report.pdf"], "mv report.pdf d/report.pdf"),
            ["report.pdf", "report.pdf"]
        );
        let command = "rm report.pdf.bak my-report.pdf report.pdfs";
        assert!(marked("the report", &["report.pdf"], command).is_empty());
        assert_eq!(marked("二月", &["二月.pdf"], "rm 二月.pdf 十二月.pdf"), ["二月.pdf"]);
        assert_eq!(marked("a b.txt", &["'a b.txt'"], "rm 'a b.txt'"), ["'a b.txt'"]);
    }
}
