//! The configuration as it is written in the file: everything may be absent,
//! nothing else may be there, and every value is within its bounds, so that an
//! error can name the place where it was written.

use serde::Deserialize;
use serde::de::{Deserializer, Error};

use super::colour::Colour;
use super::size::size;
use super::when::PreviewWhen;

const MEBIBYTE: u64 = 1 << 20;

/// With less, few programs start.
const LEAST_MEMORY: u64 = 16 * MEBIBYTE;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawConfig {
    pub(super) model: RawModel,
    pub(super) hub: RawHub,
    pub(super) review: RawReview,
    pub(super) preference: RawPreference,
    pub(super) history: RawHistory,
    pub(super) shell: RawShell,
    pub(super) prompt: RawPrompt,
    pub(super) undo: RawUndo,
    pub(super) preview: RawPreview,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawModel {
    pub(super) name: Option<String>,
    #[serde(deserialize_with = "bounded::<_, 0, 1024>")]
    pub(super) threads: Option<u32>,
    #[serde(deserialize_with = "bounded::<_, 0, 999>")]
    pub(super) gpu_layers: Option<u32>,
    #[serde(deserialize_with = "bounded::<_, 3072, 1048576>")]
    pub(super) context_tokens: Option<u32>,
    #[serde(deserialize_with = "bounded::<_, 1, 2592000>")]
    pub(super) idle_exit_seconds: Option<u32>,
    #[serde(deserialize_with = "bounded::<_, 16, 4096>")]
    pub(super) max_answer_tokens: Option<u32>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawHub {
    #[serde(deserialize_with = "bounded::<_, 1, 600>")]
    pub(super) connect_timeout_seconds: Option<u32>,
    #[serde(deserialize_with = "web_address")]
    pub(super) url: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawReview {
    pub(super) plain: Option<bool>,
    pub(super) colour: Option<Colour>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawPreference {
    pub(super) enabled: Option<bool>,
    #[serde(deserialize_with = "bounded::<_, 0, 8>")]
    pub(super) max_demonstrations: Option<u32>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawHistory {
    pub(super) enabled: Option<bool>,
    #[serde(deserialize_with = "bounded::<_, 0, 10000000>")]
    pub(super) max_entries: Option<u32>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawShell {
    pub(super) prompt: Option<String>,
    pub(super) bashrc: Option<bool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawPrompt {
    pub(super) host: Option<bool>,
    pub(super) environment: Option<bool>,
    pub(super) git: Option<bool>,
    pub(super) jobs: Option<bool>,
    pub(super) duration: Option<bool>,
    pub(super) status: Option<bool>,
    pub(super) marks: Option<bool>,
    pub(super) title: Option<bool>,
    pub(super) links: Option<bool>,
    pub(super) transient: Option<bool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawUndo {
    pub(super) enabled: Option<bool>,
    #[serde(deserialize_with = "size::<_, MEBIBYTE>")]
    pub(super) keep: Option<u64>,
    #[serde(deserialize_with = "bounded::<_, 1, 3650>")]
    pub(super) max_days: Option<u32>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawPreview {
    pub(super) when: Option<PreviewWhen>,
    #[serde(deserialize_with = "bounded::<_, 1, 86400>")]
    pub(super) seconds: Option<u32>,
    #[serde(deserialize_with = "size::<_, MEBIBYTE>")]
    pub(super) disk: Option<u64>,
    #[serde(deserialize_with = "size::<_, LEAST_MEMORY>")]
    pub(super) memory: Option<u64>,
}

fn bounded<'de, D, const LOW: i64, const HIGH: i64>(input: D) -> Result<Option<u32>, D::Error>
where
    D: Deserializer<'de>,
{
    let value = i64::deserialize(input)?;
    if !(LOW..=HIGH).contains(&value) {
        return Err(D::Error::custom(format!("{value} is not between {LOW} and {HIGH}")));
    }
    u32::try_from(value).map(Some).map_err(D::Error::custom)
}

fn web_address<'de, D: Deserializer<'de>>(input: D) -> Result<Option<String>, D::Error> {
    let value = String::deserialize(input)?;
    let is_address = value.starts_with("https://") || value.starts_with("http://");
    if value.is_empty() || is_address {
        return Ok(Some(value));
    }
    Err(D::Error::custom(format!("\"{value}\" does not begin with https:// or http://")))
}
