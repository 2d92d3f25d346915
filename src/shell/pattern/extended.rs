//! Extended patterns (ksh; bash, Pattern Matching): `?(a|b)`, `*(…)`, `+(…)`, `@(…)`,
//! `!(…)`.
//!
//! Here a pattern is matched by the set of places that it can reach, so that the time is
//! bounded by the product of the lengths, however the groups nest: for `!(…)`, which
//! asks for every place separately, by its square.

use super::bracket::Bracket;
use super::character::Encoding;
use super::segment::Atom;

/// A pattern with groups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Extended {
    nodes: Vec<Node>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Node {
    Atom(Atom),
    /// `*`
    Star,
    Group(Repeat, Vec<Vec<Node>>),
}

/// How often one of the alternatives is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Repeat {
    /// `?(`
    Optional,
    /// `*(`
    Any,
    /// `+(`
    Some,
    /// `@(`
    Once,
    /// `!(`: none of them is.
    Not,
}

impl Repeat {
    fn of(byte: u8) -> Option<Self> {
        Some(match byte {
            b'?' => Self::Optional,
            b'*' => Self::Any,
            b'+' => Self::Some,
            b'@' => Self::Once,
            b'!' => Self::Not,
            _ => return None,
        })
    }
}

/// Whether the text of a pattern has a group in it.
pub(in crate::shell) fn has_group(escaped: &[u8]) -> bool {
    let mut before = 0;
    let mut bytes = escaped.iter();
    while let Some(&byte) = bytes.next() {
        match byte {
            b'\\' => {
                bytes.next();
                before = 0;
                continue;
            }
            b'(' if Repeat::of(before).is_some() => return true,
            _ => {}
        }
        before = byte;
    }
    false
}

/// The places in a text that have been reached.
type Places = Vec<bool>;

impl Extended {
    pub(super) fn new(escaped: &[u8], encoding: Encoding) -> Self {
        let mut reader = Reader { text: escaped, at: 0, encoding };
        Self { nodes: reader.nodes(0) }
    }

    /// Where a match that begins at `start` can end.
    fn ends(&self, text: &[u8], start: usize, encoding: Encoding) -> Places {
        let mut places = vec![false; text.len() + 1];
        places[start] = true;
        run(&self.nodes, text, places, encoding)
    }

    pub(super) fn matches(&self, text: &[u8], encoding: Encoding) -> bool {
        self.ends(text, 0, encoding)[text.len()]
    }

    pub(super) fn prefix(&self, text: &[u8], longest: bool, encoding: Encoding) -> Option<usize> {
        let ends = self.ends(text, 0, encoding);
        if longest { ends.iter().rposition(|is| *is) } else { ends.iter().position(|is| *is) }
    }

    pub(super) fn suffix(&self, text: &[u8], longest: bool, encoding: Encoding) -> Option<usize> {
        let reaches = |start: &usize| {
            encoding.is_boundary(text, *start) && self.ends(text, *start, encoding)[text.len()]
        };
        if longest { (0..=text.len()).find(reaches) } else { (0..=text.len()).rev().find(reaches) }
    }

    /// Whether every match begins with this byte.
    pub(super) fn begins_with(&self, byte: u8) -> bool {
        begins_with(&self.nodes, byte)
    }
}

fn begins_with(nodes: &[Node], byte: u8) -> bool {
    match nodes.first() {
        Some(Node::Atom(Atom::Literal(literal))) => literal.first() == Some(&byte),
        Some(Node::Group(Repeat::Once | Repeat::Some, alternatives)) => {
            alternatives.iter().any(|alternative| begins_with(alternative, byte))
        }
        _ => false,
    }
}

fn run(nodes: &[Node], text: &[u8], mut places: Places, encoding: Encoding) -> Places {
    for node in nodes {
        places = step(node, text, &places, encoding);
    }
    places
}

fn step(node: &Node, text: &[u8], places: &Places, encoding: Encoding) -> Places {
    let mut after = vec![false; places.len()];
    match node {
        Node::Atom(atom) => {
            for (start, _) in places.iter().enumerate().filter(|(_, is)| **is) {
                if let Some(length) = atom.match_start(&text[start..], encoding) {
                    after[start + length] = true;
                }
            }
        }
        Node::Star => {
            if let Some(first) = places.iter().position(|is| *is) {
                for (place, reached) in after.iter_mut().enumerate().skip(first) {
                    *reached = encoding.is_boundary(text, place);
                }
            }
        }
        Node::Group(Repeat::Not, alternatives) => {
            for (start, _) in places.iter().enumerate().filter(|(_, is)| **is) {
                let mut one = vec![false; places.len()];
                one[start] = true;
                let taken = any(alternatives, text, &one, encoding);
                for place in start..after.len() {
                    after[place] |= !taken[place] && encoding.is_boundary(text, place);
                }
            }
        }
        Node::Group(repeat, alternatives) => {
            let mut reached = any(alternatives, text, places, encoding);
            if matches!(repeat, Repeat::Any | Repeat::Some) {
                loop {
                    let further = any(alternatives, text, &reached, encoding);
                    if !join(&mut reached, &further) {
                        break;
                    }
                }
            }
            after = reached;
            if matches!(repeat, Repeat::Any | Repeat::Optional) {
                join(&mut after, places);
            }
        }
    }
    after
}

/// Where any of the alternatives leads.
fn any(alternatives: &[Vec<Node>], text: &[u8], places: &Places, encoding: Encoding) -> Places {
    let mut all = vec![false; places.len()];
    for alternative in alternatives {
        join(&mut all, &run(alternative, text, places.clone(), encoding));
    }
    all
}

/// Adds places; whether any was new.
fn join(places: &mut Places, more: &Places) -> bool {
    let mut grew = false;
    for (place, other) in places.iter_mut().zip(more) {
        grew |= *other && !*place;
        *place |= *other;
    }
    grew
}

/// How deep groups may nest.
const MAX_DEPTH: usize = 64;

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
    encoding: Encoding,
}

impl Reader<'_> {
    /// Nodes up to the end, or within a group to `|` or `)`, which are left.
    fn nodes(&mut self, depth: usize) -> Vec<Node> {
        let mut nodes = Vec::new();
        while let Some(&byte) = self.text.get(self.at) {
            if depth > 0 && matches!(byte, b'|' | b')') {
                break;
            }
            let next = self.text.get(self.at + 1).copied();
            if next == Some(b'(')
                && depth < MAX_DEPTH
                && let Some(repeat) = Repeat::of(byte)
                && let Some(group) = self.group(repeat, depth)
            {
                nodes.push(group);
                continue;
            }
            self.at += 1;
            match byte {
                b'*' => nodes.push(Node::Star),
                b'?' => nodes.push(Node::Atom(Atom::Any)),
                b'[' => match Bracket::parse(&self.text[self.at..], self.encoding) {
                    Some((bracket, length)) => {
                        nodes.push(Node::Atom(Atom::Bracket(bracket)));
                        self.at += length;
                    }
                    None => literal(&mut nodes, b'['),
                },
                b'\\' if next.is_some() => {
                    literal(&mut nodes, next.unwrap_or(byte));
                    self.at += 1;
                }
                _ => literal(&mut nodes, byte),
            }
        }
        nodes
    }

    /// A group at the sign before its parenthesis; nothing is read where it has no end.
    fn group(&mut self, repeat: Repeat, depth: usize) -> Option<Node> {
        let start = self.at;
        self.at += 2;
        let mut alternatives = vec![self.nodes(depth + 1)];
        loop {
            match self.text.get(self.at) {
                Some(b'|') => {
                    self.at += 1;
                    alternatives.push(self.nodes(depth + 1));
                }
                Some(_) => {
                    self.at += 1;
                    return Some(Node::Group(repeat, alternatives));
                }
                None => {
                    self.at = start;
                    return None;
                }
            }
        }
    }
}

fn literal(nodes: &mut Vec<Node>, byte: u8) {
    match nodes.last_mut() {
        Some(Node::Atom(Atom::Literal(text))) => text.push(byte),
        _ => nodes.push(Node::Atom(Atom::Literal(vec![byte]))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, yes: &[&str], no: &[&str]) {
        let compiled = Extended::new(pattern.as_bytes(), Encoding::Utf8);
        for text in yes {
            assert!(compiled.matches(text.as_bytes(), Encoding::Utf8), "{pattern} {text}");
        }
        for text in no {
            assert!(!compiled.matches(text.as_bytes(), Encoding::Utf8), "{pattern} {text}");
        }
    }

    #[test]
    fn groups_match_as_often_as_they_say() {
        check("a?(b|c)d", &["ad", "abd", "acd"], &["abcd", "a"]);
        check("*(ab|c)", &["", "ab", "cab", "ababc"], &["a", "abx"]);
        check("+([0-9]).txt", &["1.txt", "123.txt"], &[".txt", "x1.txt"]);
        check("@(foo|ba*).c", &["foo.c", "bar.c"], &["fo.c"]);
        check("!(*.c|*.h)", &["a.o", "", "c"], &["a.c", "b.h"]);
        check("!(foo)bar", &["bar", "xbar", "foofoobar"], &["foobar"]);
        check("*(a|*(b|c))d", &["d", "abcd", "cbad"], &["x"]);
        check("@(文|档)+(a)", &["文aa"], &["文档a"]);
        check("a\\@(b|c)", &["a@(b|c)"], &["ab"]);
        check("@(a", &["@(a"], &["a"]);
    }

    #[test]
    fn many_groups_cost_no_exponential_time() {
        let pattern = "*(*(a)*(a)*(a))b".to_owned();
        let text = "a".repeat(300);
        let compiled = Extended::new(pattern.as_bytes(), Encoding::Utf8);
        assert!(!compiled.matches(text.as_bytes(), Encoding::Utf8));
    }
}
