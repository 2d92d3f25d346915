//! What a variable holds: one text, or an array (bash, Arrays).
//!
//! Arrays are shared until one of two holders changes its own, so that a scope or a
//! subshell that keeps a variable copies nothing. A text is kept as before: arrays cost
//! a scalar nothing.

use std::collections::BTreeMap;
use std::rc::Rc;

use bstr::{BStr, BString, ByteSlice};

/// An indexed array: sparse, in order of the subscripts.
pub type Indexed = BTreeMap<u64, BString>;

/// The value of a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// One text.
    Text(BString),
    /// Elements by number.
    Indexed(Rc<Indexed>),
    /// Elements by any text, in the order in which they came.
    Associative(Rc<Associative>),
}

/// An associative array. The order is that of insertion, which nobody may rely on, and
/// which is the same in every run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Associative {
    places: std::collections::HashMap<BString, usize>,
    /// Elements that were taken out leave a hole.
    elements: Vec<Option<(BString, BString)>>,
}

impl Associative {
    /// The element of a key.
    #[must_use]
    pub fn get(&self, key: &[u8]) -> Option<&BString> {
        let place = *self.places.get(key.as_bstr())?;
        self.elements.get(place)?.as_ref().map(|(_, value)| value)
    }

    /// Sets the element of a key.
    pub fn insert(&mut self, key: BString, value: BString) {
        if let Some(place) = self.places.get(&key)
            && let Some(Some((_, old))) = self.elements.get_mut(*place)
        {
            *old = value;
            return;
        }
        self.places.insert(key.clone(), self.elements.len());
        self.elements.push(Some((key, value)));
    }

    /// Takes the element of a key out.
    pub fn remove(&mut self, key: &[u8]) {
        if let Some(place) = self.places.remove(key.as_bstr()) {
            self.elements[place] = None;
        }
        // Holes are closed when they are most of it.
        if self.elements.len() > 16 && self.places.len() * 2 < self.elements.len() {
            self.elements.retain(Option::is_some);
            self.places = self
                .elements
                .iter()
                .flatten()
                .enumerate()
                .map(|(place, (key, _))| (key.clone(), place))
                .collect();
        }
    }

    /// Keys and values.
    pub fn iter(&self) -> impl Iterator<Item = (&BString, &BString)> {
        self.elements.iter().flatten().map(|(key, value)| (key, value))
    }

    /// How many elements there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }
}

impl Value {
    /// What the variable is without a subscript: the element 0 of an array.
    #[must_use]
    pub fn text(&self) -> Option<&BStr> {
        match self {
            Self::Text(text) => Some(text.as_bstr()),
            Self::Indexed(elements) => elements.get(&0).map(|text| text.as_bstr()),
            Self::Associative(elements) => elements.get(b"0").map(|text| text.as_bstr()),
        }
    }

    /// All elements, with their keys.
    #[must_use]
    pub fn elements(&self) -> Vec<(BString, BString)> {
        match self {
            Self::Text(text) => vec![("0".into(), text.clone())],
            Self::Indexed(elements) => elements
                .iter()
                .map(|(index, value)| (index.to_string().into(), value.clone()))
                .collect(),
            Self::Associative(elements) => {
                elements.iter().map(|(key, value)| (key.clone(), value.clone())).collect()
            }
        }
    }

    /// The values of all elements.
    #[must_use]
    pub fn values(&self) -> Vec<BString> {
        match self {
            Self::Text(text) => vec![text.clone()],
            Self::Indexed(elements) => elements.values().cloned().collect(),
            Self::Associative(elements) => {
                elements.iter().map(|(_, value)| value.clone()).collect()
            }
        }
    }

    /// The subscript that a number stands for: negative ones count from behind the last.
    #[must_use]
    pub fn index(&self, number: i64) -> Option<u64> {
        if let Ok(index) = u64::try_from(number) {
            return Some(index);
        }
        let end = match self {
            Self::Text(_) => 1,
            Self::Indexed(elements) => elements.keys().next_back().map_or(0, |last| last + 1),
            Self::Associative(_) => return None,
        };
        end.checked_add_signed(number)
    }

    /// The same as an indexed array: a text is its element 0.
    #[must_use]
    pub fn into_indexed(self) -> Rc<Indexed> {
        match self {
            Self::Indexed(elements) => elements,
            Self::Text(text) => Rc::new(Indexed::from([(0, text)])),
            Self::Associative(_) => Rc::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_associative_array_keeps_its_order_and_closes_holes() {
        let mut array = Associative::default();
        for number in 0..100 {
            array.insert(format!("k{number}").into(), number.to_string().into());
        }
        for number in 0..90 {
            array.remove(format!("k{number}").as_bytes());
        }
        array.insert("k95".into(), "x".into());
        let keys: Vec<String> = array.iter().map(|(key, _)| key.to_string()).collect();
        assert_eq!(keys, (90..100).map(|number| format!("k{number}")).collect::<Vec<_>>());
        assert_eq!(array.get(b"k95"), Some(&"x".into()));
        assert_eq!((array.len(), array.get(b"k3")), (10, None));
    }

    #[test]
    fn negative_subscripts_count_from_behind_the_last() {
        let array = Value::Indexed(Rc::new(Indexed::from([(0, "a".into()), (7, "b".into())])));
        assert_eq!((array.index(-1), array.index(-8), array.index(-9)), (Some(7), Some(0), None));
        assert_eq!(array.text(), Some("a".into()));
    }
}
