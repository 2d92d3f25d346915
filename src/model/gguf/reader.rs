//! The primitive values of a GGUF file, each checked against what is left of
//! the file before anything is allocated for it.

use std::io::{self, Read, Seek};

use super::GgufError;

/// Keys and tensor names are at most 65,535 bytes long by the format.
const LONGEST_KEY: u64 = 65_535;
/// A chat template is some kilobytes; the longest known are below 64 KiB.
const LONGEST_TEXT: u64 = 1 << 20;
/// Arrays may hold arrays; llama.cpp writes none.
const DEEPEST_ARRAY: u32 = 4;

/// A value that somebody asked for.
pub(super) enum Value {
    /// An unsigned number, or a signed one that is not negative.
    Number(u64),
    /// A string.
    Text(String),
    /// Anything else.
    Other,
}

impl Value {
    pub(super) fn text(self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text),
            Self::Number(_) | Self::Other => None,
        }
    }

    pub(super) fn number(self) -> Option<u64> {
        match self {
            Self::Number(number) => Some(number),
            Self::Text(_) | Self::Other => None,
        }
    }
}

/// A position in a file of known length.
pub(super) struct Reader<R> {
    input: R,
    position: u64,
    length: u64,
}

impl<R: Read + Seek> Reader<R> {
    pub(super) fn new(input: R, length: u64) -> Self {
        Self { input, position: 0, length }
    }

    pub(super) fn position(&self) -> u64 {
        self.position
    }

    /// Fails unless `count` things of at least `size` bytes can still follow.
    pub(super) fn require(&self, count: u64, size: u64) -> Result<(), GgufError> {
        let needed = count
            .checked_mul(size)
            .and_then(|bytes| bytes.checked_add(self.position))
            .ok_or(GgufError::Damaged("a count is larger than any file"))?;
        if needed > self.length {
            return Err(GgufError::Truncated { actual: self.length, needed });
        }
        Ok(())
    }

    pub(super) fn bytes(&mut self, buffer: &mut [u8]) -> Result<(), GgufError> {
        self.require(buffer.len() as u64, 1)?;
        self.input.read_exact(buffer).map_err(|error| match error.kind() {
            // The file became shorter while it was read.
            io::ErrorKind::UnexpectedEof => {
                GgufError::Truncated { actual: self.position, needed: self.length }
            }
            _ => GgufError::Io(error),
        })?;
        self.position += buffer.len() as u64;
        Ok(())
    }

    fn skip(&mut self, count: u64, size: u64) -> Result<(), GgufError> {
        self.require(count, size)?;
        let bytes = count * size;
        let distance = i64::try_from(bytes)
            .map_err(|_| GgufError::Damaged("a count is larger than any file"))?;
        self.input.seek_relative(distance)?;
        self.position += bytes;
        Ok(())
    }

    pub(super) fn u32(&mut self) -> Result<u32, GgufError> {
        let mut buffer = [0; 4];
        self.bytes(&mut buffer)?;
        Ok(u32::from_le_bytes(buffer))
    }

    pub(super) fn u64(&mut self) -> Result<u64, GgufError> {
        let mut buffer = [0; 8];
        self.bytes(&mut buffer)?;
        Ok(u64::from_le_bytes(buffer))
    }

    fn string(&mut self, longest: u64, too_long: &'static str) -> Result<Vec<u8>, GgufError> {
        let length = self.u64()?;
        self.require(length, 1)?;
        if length > longest {
            return Err(GgufError::Damaged(too_long));
        }
        let length = usize::try_from(length).map_err(|_| GgufError::Damaged(too_long))?;
        let mut buffer = vec![0; length];
        self.bytes(&mut buffer)?;
        Ok(buffer)
    }

    /// A key or the name of a tensor.
    pub(super) fn key(&mut self) -> Result<String, GgufError> {
        let bytes = self.string(LONGEST_KEY, "a key is longer than the format allows")?;
        String::from_utf8(bytes).map_err(|_| GgufError::Damaged("a key is not text"))
    }

    /// The value of type `kind`.
    pub(super) fn value(&mut self, kind: u32) -> Result<Value, GgufError> {
        if kind == 8 {
            let bytes = self.string(LONGEST_TEXT, "a text is longer than one mebibyte")?;
            return Ok(Value::Text(String::from_utf8_lossy(&bytes).into_owned()));
        }
        let Some(size @ 1..=8) = scalar_size(kind) else {
            self.skip_value(kind)?;
            return Ok(Value::Other);
        };
        let mut buffer = [0; 8];
        // The size is one of 1, 2, 4 and 8.
        self.bytes(&mut buffer[..size as usize])?;
        let number = u64::from_le_bytes(buffer);
        let negative = matches!(kind, 1 | 3 | 5 | 11) && number >> (size * 8 - 1) != 0;
        let fraction = matches!(kind, 6 | 12);
        Ok(if negative || fraction { Value::Other } else { Value::Number(number) })
    }

    /// Passes over a value of type `kind`.
    pub(super) fn skip_value(&mut self, kind: u32) -> Result<(), GgufError> {
        self.skip_values(kind, 1, 0)
    }

    fn skip_values(&mut self, kind: u32, count: u64, depth: u32) -> Result<(), GgufError> {
        if let Some(size) = scalar_size(kind) {
            return self.skip(count, size);
        }
        match kind {
            8 => {
                self.require(count, 8)?;
                for _ in 0..count {
                    let length = self.u64()?;
                    self.skip(length, 1)?;
                }
                Ok(())
            }
            9 if depth == DEEPEST_ARRAY => Err(GgufError::Damaged("arrays are nested too deep")),
            9 => {
                self.require(count, 12)?;
                for _ in 0..count {
                    let element = self.u32()?;
                    let elements = self.u64()?;
                    self.skip_values(element, elements, depth + 1)?;
                }
                Ok(())
            }
            _ => Err(GgufError::Damaged("a value has an unknown type")),
        }
    }
}

/// The size of a value of fixed size; `None` for strings, arrays and types that
/// do not exist.
fn scalar_size(kind: u32) -> Option<u64> {
    match kind {
        0 | 1 | 7 => Some(1),
        2 | 3 => Some(2),
        4..=6 => Some(4),
        10..=12 => Some(8),
        _ => None,
    }
}
