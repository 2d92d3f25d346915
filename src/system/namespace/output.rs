//! What the work in a room writes on standard output and on standard error, apart, and in the
//! order in which it came.

/// Where something was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Output,
    /// Standard error.
    Error,
}

/// The beginning of what was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    pieces: Vec<(Stream, Vec<u8>)>,
    length: usize,
    /// How many more bytes there were.
    pub left_out: u64,
}

impl Written {
    /// Keeps what was written, up to `most` bytes in all.
    pub(super) fn add(&mut self, stream: Stream, bytes: &[u8], most: usize) {
        let kept = bytes.len().min(most.saturating_sub(self.length));
        self.left_out += (bytes.len() - kept) as u64;
        self.length += kept;
        let bytes = &bytes[..kept];
        match self.pieces.last_mut() {
            _ if bytes.is_empty() => {}
            Some((last, piece)) if *last == stream => piece.extend_from_slice(bytes),
            _ => self.pieces.push((stream, bytes.to_owned())),
        }
    }

    /// Whether nothing was written.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// All of it, as it came.
    #[must_use]
    pub fn all(&self) -> Vec<u8> {
        self.pieces.iter().flat_map(|(_, piece)| piece).copied().collect()
    }

    /// What was written there.
    #[must_use]
    pub fn of(&self, stream: Stream) -> Vec<u8> {
        let pieces = self.pieces.iter().filter(|(of, _)| *of == stream);
        pieces.flat_map(|(_, piece)| piece).copied().collect()
    }

    /// Its lines, each with where it was written, in the order in which they ended; what one
    /// stream writes in the middle of a line of the other does not tear it.
    #[must_use]
    pub fn lines(&self) -> Vec<(Stream, Vec<u8>)> {
        let mut lines = Vec::new();
        let mut begun = [(Stream::Output, Vec::new()), (Stream::Error, Vec::new())];
        for (stream, piece) in &self.pieces {
            let (_, line) = &mut begun[usize::from(*stream == Stream::Error)];
            for part in piece.split_inclusive(|byte| *byte == b'\n') {
                line.extend_from_slice(part);
                if part.ends_with(b"\n") {
                    line.pop();
                    lines.push((*stream, std::mem::take(line)));
                }
            }
        }
        lines.extend(begun.into_iter().filter(|(_, line)| !line.is_empty()));
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_told_apart_and_lines_stay_whole() {
        let mut written = Written::default();
        assert!(written.is_empty());
        for (stream, bytes) in [
            (Stream::Output, "one\ntw"),
            (Stream::Error, "failed\n"),
            (Stream::Output, "o\n"),
            (Stream::Output, "three"),
        ] {
            written.add(stream, bytes.as_bytes(), 1000);
        }
        assert_eq!(written.all(), b"one\ntwfailed\no\nthree");
        assert_eq!(written.of(Stream::Output), b"one\ntwo\nthree");
        assert_eq!(written.of(Stream::Error), b"failed\n");
        let lines = [
            (Stream::Output, "one"),
            (Stream::Error, "failed"),
            (Stream::Output, "two"),
            (Stream::Output, "three"),
        ];
        assert_eq!(written.lines(), lines.map(|(stream, line)| (stream, line.into())));
        assert!(!written.is_empty());
    }

    #[test]
    fn what_is_too_much_is_counted() {
        let mut written = Written::default();
        written.add(Stream::Output, b"abcdef", 4);
        written.add(Stream::Error, b"gh", 4);
        assert_eq!((written.all().as_slice(), written.left_out), (b"abcd".as_slice(), 4));
    }
}
