//! A line that is being typed, cut into pieces by what each is: for whoever colours it.

use super::quote::Style;
use super::scan::Scan;
pub use super::scan::{Kind, Piece};

/// The words of a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pieces {
    /// Its words in order; those within a substitution stand before the word that it is in.
    pub words: Vec<Piece>,
    /// Where a quotation begins that is not closed.
    pub open: Option<usize>,
}

/// Cuts a line into pieces; what follows a `#` is none.
#[must_use]
pub fn pieces(line: &str) -> Pieces {
    let scan = Scan::recorded(line.as_bytes());
    let open = (scan.mode != Style::Bare).then_some(scan.opened);
    Pieces { words: scan.pieces, open }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(line: &str) -> String {
        let kind = |kind: Kind| match kind {
            Kind::Command => "c",
            Kind::Grammar => "g",
            Kind::Word => "w",
            Kind::Target(true) => "T",
            Kind::Target(false) => "t",
        };
        let words = pieces(line).words;
        let words =
            words.iter().map(|one| format!("{}:{}", kind(one.kind), &line[one.range.clone()]));
        words.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn words_are_told_apart_by_where_they_stand() {
        for (line, expected) in [
            ("ls -l 'a b'", "c:ls w:-l w:'a b'"),
            ("X=1 make a >out", "g:X=1 c:make w:a T:out"),
            ("cat <in >>log 2>err", "c:cat t:in t:log T:err"),
            ("if a; then b; fi", "g:if c:a g:then c:b g:fi"),
            ("a | b && c &", "c:a c:b c:c"),
            ("echo $(ls x) y", "c:echo c:ls w:x w:$(ls x) w:y"),
            ("echo hi # no", "c:echo w:hi"),
            ("cat >| a &> b", "c:cat T:a T:b"),
        ] {
            assert_eq!(shown(line), expected, "{line}");
        }
    }

    #[test]
    fn a_quotation_that_is_open_is_found() {
        assert_eq!(pieces("echo 'a b").open, Some(5));
        assert_eq!(pieces("echo \"a").open, Some(5));
        assert_eq!(pieces("echo 'a' b").open, None);
    }

    #[test]
    fn values_are_known_where_nothing_is_expanded() {
        let words = pieces("cat 'a b' $x ~/f").words;
        assert_eq!(words[1].value.as_deref(), Some(b"a b".as_slice()));
        assert_eq!(words[2].value, None);
        assert_eq!(
            (words[3].tilde.as_deref(), words[3].value.as_deref()),
            (Some(""), Some(b"/f".as_slice()))
        );
    }
}
