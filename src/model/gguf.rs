//! Reads the head of a GGUF file: what model it holds, whether it has a chat
//! template, and how long the file must be.
//!
//! The file was downloaded or comes from somewhere else, so nothing in it is
//! believed: every length is compared with what is left of the file before it
//! is used, values that nobody asked for are skipped and never stored, and no
//! content makes the reader panic or use more than a few megabytes.
//!
//! Format: <https://github.com/ggml-org/ggml/blob/master/docs/gguf.md>.

mod reader;
#[cfg(test)]
pub(crate) mod sample;

use std::fs::File;
use std::io::{self, BufReader, Read, Seek};
use std::path::Path;

use reader::{Reader, Value};

/// What the head of a GGUF file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Version of the format, 2 or 3.
    pub version: u32,
    /// `general.architecture`: the kind of network.
    pub architecture: Option<String>,
    /// `general.name`: what its publisher calls it.
    pub name: Option<String>,
    /// `tokenizer.chat_template`: how a conversation is written for it.
    pub chat_template: Option<String>,
    /// `<architecture>.context_length`: the most tokens it was made for.
    pub context_length: Option<u64>,
    /// Files that the model is split over (`split.count`); 1 if it is whole.
    pub parts: u64,
    /// Number of tensors.
    pub tensors: u64,
    /// The length that the file must have at least for all tensors.
    pub minimum_bytes: u64,
}

/// Why a file cannot be read as GGUF.
#[derive(Debug, thiserror::Error)]
pub enum GgufError {
    /// It does not begin with the format's mark.
    #[error("it is not a GGUF file")]
    NotGguf,
    /// A version, or byte order, that is not supported.
    #[error("it is a GGUF file of the unsupported version {0}")]
    Version(u32),
    /// The file is shorter than its own head says.
    #[error("the file is incomplete: it has {actual} bytes and needs at least {needed}")]
    Truncated {
        /// The file's length.
        actual: u64,
        /// The least length by what is known so far.
        needed: u64,
    },
    /// The head contradicts itself.
    #[error("its metadata is damaged: {0}")]
    Damaged(&'static str),
    /// The file cannot be read at all.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Reads the head of the file at `path` and checks that the file is long
/// enough for all of its tensors.
///
/// # Errors
/// [`GgufError`] says what is wrong with the file.
pub fn inspect(path: &Path) -> Result<Summary, GgufError> {
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    read(BufReader::new(file), length)
}

/// Like [`inspect`], for anything of `length` bytes that can be read.
///
/// # Errors
/// [`GgufError`] says what is wrong with the input.
pub fn read(input: impl Read + Seek, length: u64) -> Result<Summary, GgufError> {
    let mut reader = Reader::new(input, length);
    let mut magic = [0; 4];
    match reader.bytes(&mut magic) {
        Ok(()) if magic == *b"GGUF" => {}
        Ok(()) | Err(GgufError::Truncated { .. }) => return Err(GgufError::NotGguf),
        Err(error) => return Err(error),
    }
    let version = reader.u32()?;
    if !(2..=3).contains(&version) {
        return Err(GgufError::Version(version));
    }
    let tensors = reader.u64()?;
    let entries = reader.u64()?;
    let mut summary = Summary { version, tensors, parts: 1, ..Summary::default() };
    let alignment = read_metadata(&mut reader, entries, &mut summary)?;
    summary.minimum_bytes = end_of_tensors(&mut reader, tensors, alignment)?;
    if summary.minimum_bytes > length {
        return Err(GgufError::Truncated { actual: length, needed: summary.minimum_bytes });
    }
    Ok(summary)
}

/// Fills `summary` from the key-value pairs and returns the alignment of the
/// tensors' data.
fn read_metadata<R: Read + Seek>(
    reader: &mut Reader<R>,
    entries: u64,
    summary: &mut Summary,
) -> Result<u64, GgufError> {
    let mut alignment = 32;
    let mut context_lengths = Vec::new();
    // A key, its type and a value take at least 13 bytes.
    reader.require(entries, 13)?;
    for _ in 0..entries {
        let key = reader.key()?;
        let kind = reader.u32()?;
        match key.as_str() {
            "general.architecture" => summary.architecture = reader.value(kind)?.text(),
            "general.name" => summary.name = reader.value(kind)?.text(),
            "tokenizer.chat_template" => summary.chat_template = reader.value(kind)?.text(),
            "split.count" => summary.parts = reader.value(kind)?.number().unwrap_or(1).max(1),
            "general.alignment" => match reader.value(kind)? {
                Value::Number(number) if number > 0 && number.is_multiple_of(8) => {
                    alignment = number;
                }
                _ => return Err(GgufError::Damaged("the alignment is not a multiple of 8")),
            },
            // The architecture usually comes first, but need not; a file has
            // one such key, so few are kept.
            _ if key.ends_with(".context_length") && context_lengths.len() < 8 => {
                let length = reader.value(kind)?.number();
                context_lengths.push((key, length));
            }
            _ => reader.skip_value(kind)?,
        }
    }
    if let Some(architecture) = &summary.architecture {
        let wanted = format!("{architecture}.context_length");
        summary.context_length =
            context_lengths.into_iter().find(|(key, _)| *key == wanted).and_then(|(_, n)| n);
    }
    Ok(alignment)
}

/// Reads the tensors' descriptions and returns where the data of the last one
/// ends.
fn end_of_tensors<R: Read + Seek>(
    reader: &mut Reader<R>,
    tensors: u64,
    alignment: u64,
) -> Result<u64, GgufError> {
    const OVERFLOW: GgufError = GgufError::Damaged("a tensor is larger than any file");
    // A name, a dimension count, a type and an offset take at least 24 bytes.
    reader.require(tensors, 24)?;
    let mut end: u64 = 0;
    for _ in 0..tensors {
        reader.key()?;
        let dimensions = reader.u32()?;
        if dimensions > 4 {
            return Err(GgufError::Damaged("a tensor has more than four dimensions"));
        }
        let mut elements: u64 = 1;
        for _ in 0..dimensions {
            elements = elements.checked_mul(reader.u64()?).ok_or(OVERFLOW)?;
        }
        let kind = reader.u32()?;
        let offset = reader.u64()?;
        let bytes = tensor_bytes(kind, elements).ok_or(OVERFLOW)?;
        end = end.max(offset.checked_add(bytes).ok_or(OVERFLOW)?);
    }
    let start = reader.position().checked_next_multiple_of(alignment).ok_or(OVERFLOW)?;
    // A file without tensors ends where its head ends, without padding.
    if tensors == 0 { Ok(reader.position()) } else { start.checked_add(end).ok_or(OVERFLOW) }
}

/// The bytes that `elements` numbers of the ggml type `kind` take. Types that
/// are not known here count as nothing, so that a newer file is not refused;
/// llama.cpp has the last word when it loads the file.
fn tensor_bytes(kind: u32, elements: u64) -> Option<u64> {
    let (block, bytes) = match kind {
        0 | 26 => (1, 4),      // F32, I32
        1 | 25 | 30 => (1, 2), // F16, I16, BF16
        2 | 20 => (32, 18),    // Q4_0, IQ4_NL
        3 => (32, 20),         // Q4_1
        6 => (32, 22),         // Q5_0
        7 => (32, 24),         // Q5_1
        8 => (32, 34),         // Q8_0
        9 => (32, 36),         // Q8_1
        10 => (256, 84),       // Q2_K
        11 | 21 => (256, 110), // Q3_K, IQ3_S
        12 => (256, 144),      // Q4_K
        13 => (256, 176),      // Q5_K
        14 => (256, 210),      // Q6_K
        15 => (256, 292),      // Q8_K
        16 | 35 => (256, 66),  // IQ2_XXS, TQ2_0
        17 => (256, 74),       // IQ2_XS
        18 => (256, 98),       // IQ3_XXS
        19 => (256, 50),       // IQ1_S
        22 => (256, 82),       // IQ2_S
        23 => (256, 136),      // IQ4_XS
        24 => (1, 1),          // I8
        27 | 28 => (1, 8),     // I64, F64
        29 => (256, 56),       // IQ1_M
        34 => (256, 54),       // TQ1_0
        39 => (32, 17),        // MXFP4
        _ => return Some(0),
    };
    (elements / block).checked_mul(bytes)
}

#[cfg(test)]
mod tests;
