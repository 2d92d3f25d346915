//! Framing: a little-endian `u32` length and that many bytes of JSON.
//!
//! Both sides read what a socket gives into a [`FrameReader`] and take complete
//! frames out. A length above [`MAX_FRAME`] ends the conversation before
//! anything is allocated for it.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The largest frame either side accepts, in bytes.
pub const MAX_FRAME: usize = 8 * 1024 * 1024;

/// What the other side sent cannot be understood. The connection is useless
/// after any of these.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// The length is above [`MAX_FRAME`].
    #[error("a message of {0} bytes is too long")]
    TooLong(usize),
    /// The content is not a message of this protocol.
    #[error("a message cannot be read: {0}")]
    Malformed(String),
}

/// Encodes one message with its length.
///
/// # Errors
/// [`FrameError::TooLong`], so that the sender finds out and not the receiver.
pub fn encode<T: Serialize>(message: &T) -> Result<Vec<u8>, FrameError> {
    let mut bytes = vec![0; 4];
    serde_json::to_writer(&mut bytes, message)
        .map_err(|error| FrameError::Malformed(error.to_string()))?;
    let length = bytes.len() - 4;
    if length > MAX_FRAME {
        return Err(FrameError::TooLong(length));
    }
    let prefix = u32::try_from(length).map_err(|_| FrameError::TooLong(length))?;
    bytes[..4].copy_from_slice(&prefix.to_le_bytes());
    Ok(bytes)
}

/// Collects bytes and gives complete messages.
#[derive(Debug, Default)]
pub struct FrameReader {
    bytes: Vec<u8>,
    /// Bytes at the beginning that have been given out already.
    taken: usize,
}

impl FrameReader {
    /// Adds what was read from the socket.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.taken > 0 {
            self.bytes.drain(..self.taken);
            self.taken = 0;
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// The next complete message, if there is one.
    ///
    /// # Errors
    /// [`FrameError`]; nothing can be read afterwards.
    pub fn next_message<T: DeserializeOwned>(&mut self) -> Result<Option<T>, FrameError> {
        let rest = &self.bytes[self.taken..];
        let Some((prefix, rest)) = rest.split_first_chunk::<4>() else { return Ok(None) };
        let length = u32::from_le_bytes(*prefix) as usize;
        if length > MAX_FRAME {
            return Err(FrameError::TooLong(length));
        }
        let Some(content) = rest.get(..length) else { return Ok(None) };
        let message = serde_json::from_slice(content)
            .map_err(|error| FrameError::Malformed(error.to_string()))?;
        self.taken += 4 + length;
        Ok(Some(message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_frame_is_its_length_and_json() {
        assert_eq!(encode(&"ab").unwrap(), b"\x04\0\0\0\"ab\"");
    }

    #[test]
    fn an_incomplete_frame_is_not_given() {
        let mut reader = FrameReader::default();
        reader.push(b"\x04\0\0\0\"a");
        assert_eq!(reader.next_message::<String>(), Ok(None));
        reader.push(b"b\"\x02");
        assert_eq!(reader.next_message::<String>(), Ok(Some("ab".into())));
        assert_eq!(reader.next_message::<String>(), Ok(None));
    }

    #[test]
    fn a_length_above_the_limit_is_refused_before_its_content_comes() {
        let mut reader = FrameReader::default();
        reader.push(b"\x01\0\x80\0");
        assert_eq!(reader.next_message::<String>(), Err(FrameError::TooLong(8_388_609)));
    }

    #[test]
    fn a_message_above_the_limit_is_not_encoded() {
        let error = encode(&"x".repeat(MAX_FRAME)).unwrap_err();
        assert_eq!(error, FrameError::TooLong(MAX_FRAME + 2));
    }

    #[test]
    fn bytes_that_are_not_json_are_malformed() {
        let mut reader = FrameReader::default();
        reader.push(b"\x02\0\0\0{]");
        assert!(matches!(reader.next_message::<String>(), Err(FrameError::Malformed(_))));
    }

    proptest! {
        #[test]
        fn messages_survive_any_cutting(texts in prop::collection::vec(".*", 0..5), cut in 1_usize..9) {
            let mut stream = Vec::new();
            for text in &texts {
                stream.extend(encode(text).unwrap());
            }
            let mut reader = FrameReader::default();
            let mut read = Vec::new();
            for piece in stream.chunks(cut) {
                reader.push(piece);
                while let Some(text) = reader.next_message::<String>().unwrap() {
                    read.push(text);
                }
            }
            prop_assert_eq!(read, texts);
        }

        #[test]
        fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            let mut reader = FrameReader::default();
            reader.push(&bytes);
            while let Ok(Some(_)) = reader.next_message::<serde_json::Value>() {}
        }
    }
}
