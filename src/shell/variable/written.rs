//! A variable as `declare -p` has it.

use bstr::BString;

use super::{Array, Letters, Value, Variable};
use crate::shell::quote;

impl Variable {
    /// The letters of its attributes (bash, declare).
    #[must_use]
    pub fn letters(&self) -> String {
        let array = self.array();
        [
            (array == Some(Array::Indexed), 'a'),
            (array == Some(Array::Associative), 'A'),
            (self.kind.integer, 'i'),
            (self.kind.case == Some(Letters::Lower), 'l'),
            (self.kind.reference, 'n'),
            (self.read_only, 'r'),
            (self.kind.case == Some(Letters::Upper), 'u'),
            (self.exported, 'x'),
            (self.kind.case == Some(Letters::Capital), 'c'),
        ]
        .iter()
        .filter(|(on, _)| *on)
        .map(|(_, letter)| letter)
        .collect()
    }

    /// The value as it stands in an assignment; empty where there is none.
    #[must_use]
    pub fn written(&self) -> BString {
        match &self.value {
            None => BString::default(),
            Some(Value::Text(text)) => {
                [b"=", quote::double_quoted(text).as_slice()].concat().into()
            }
            Some(value) => {
                let mut out = b"=(".to_vec();
                let associative = matches!(value, Value::Associative(_));
                for (index, (key, one)) in value.elements().into_iter().enumerate() {
                    if index > 0 {
                        out.push(b' ');
                    }
                    let key = if associative { quote::key(&key) } else { key };
                    out.extend_from_slice(&[b"[", key.as_slice(), b"]="].concat());
                    out.extend_from_slice(&quote::double_quoted(&one));
                }
                if associative && out.len() > 2 {
                    out.push(b' ');
                }
                out.push(b')');
                out.into()
            }
        }
    }

    /// The assignment, or the declaration, that makes it what it is; `all`: all elements
    /// of an array and not the first.
    #[must_use]
    pub fn assignment(&self, name: &[u8], all: bool) -> BString {
        let letters = self.letters();
        let value = match (&self.value, all) {
            (Some(Value::Indexed(_) | Value::Associative(_)), true) => self.written(),
            _ => match self.text() {
                Some(text) => [b"=", quote::single_quoted(text).as_slice()].concat().into(),
                None => BString::default(),
            },
        };
        if letters.is_empty() {
            return [name, &value].concat().into();
        }
        [b"declare -", letters.as_bytes(), b" ", name, &value].concat().into()
    }
}
