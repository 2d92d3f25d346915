//! Where commands and data come from: descriptors read line by line.
//!
//! Standard input is shared with the commands that a script runs (XCU sh,
//! INPUT FILES): no byte after the line may be consumed. On a file that can
//! seek, a block is read and what was too much is given back; elsewhere bytes
//! are read one at a time. A script that the shell opened itself is read in
//! blocks.

use std::io;

use bstr::{BString, ByteSlice};

use super::parser::Source;
use crate::system::Errno;
use crate::system::descriptor::{self, Descriptor};

const BLOCK: usize = 4096;

/// Reads delimited pieces from a descriptor that others read, too.
#[derive(Debug)]
pub(crate) struct LineReader {
    descriptor: Descriptor,
}

impl LineReader {
    pub(crate) fn new(descriptor: Descriptor) -> Self {
        Self { descriptor }
    }

    /// Reads up to and including `delimiter`, or to the end of input. When a
    /// signal interrupts and `interrupted` names one, that is `EINTR`.
    pub(crate) fn read_until(
        &mut self,
        delimiter: u8,
        interrupted: &mut dyn FnMut() -> Option<i32>,
    ) -> Result<BString, Errno> {
        let mut line = Vec::new();
        let seekable = descriptor::seek_relative(self.descriptor, 0);
        let mut buffer = [0; BLOCK];
        let wanted = if seekable { BLOCK } else { 1 };
        loop {
            match descriptor::read(self.descriptor, &mut buffer[..wanted]) {
                Ok(0) => return Ok(line.into()),
                Ok(count) => match buffer[..count].find_byte(delimiter) {
                    Some(place) => {
                        line.extend_from_slice(&buffer[..=place]);
                        let surplus = count - place - 1;
                        if surplus > 0 {
                            let back = i64::try_from(surplus).expect("a block is small");
                            let _ = descriptor::seek_relative(self.descriptor, -back);
                        }
                        return Ok(line.into());
                    }
                    None => line.extend_from_slice(&buffer[..count]),
                },
                Err(Errno::EINTR) if interrupted().is_none() => {}
                // Someone made the terminal non-blocking; the shell means to wait.
                Err(Errno::EAGAIN) => descriptor::make_blocking(self.descriptor),
                Err(error) => return Err(error),
            }
        }
    }
}

/// Commands from a descriptor.
#[derive(Debug)]
pub(crate) struct DescriptorSource {
    descriptor: Descriptor,
    /// The shell's own descriptor: read in blocks, closed at the end.
    owned: bool,
    buffer: Vec<u8>,
    start: usize,
    /// Write each line to standard error as it is read (`set -v`).
    verbose: bool,
}

impl DescriptorSource {
    /// Standard input, which commands read from as well.
    pub(crate) fn shared(descriptor: Descriptor) -> Self {
        Self { descriptor, owned: false, buffer: Vec::new(), start: 0, verbose: false }
    }

    /// A descriptor that nobody else reads; it is closed with the source.
    pub(crate) fn owned(descriptor: Descriptor) -> Self {
        let mut source = Self::shared(descriptor);
        source.owned = true;
        source
    }

    fn next_owned(&mut self) -> Result<BString, Errno> {
        loop {
            if let Some(length) = self.buffer[self.start..].find_byte(b'\n') {
                let line = self.buffer[self.start..=self.start + length].into();
                self.start += length + 1;
                return Ok(line);
            }
            self.buffer.drain(..self.start);
            self.start = 0;
            let filled = self.buffer.len();
            self.buffer.resize(filled + 16 * BLOCK, 0);
            match descriptor::read(self.descriptor, &mut self.buffer[filled..]) {
                Ok(count) => {
                    self.buffer.truncate(filled + count);
                    if count == 0 {
                        return Ok(std::mem::take(&mut self.buffer).into());
                    }
                }
                Err(error) => {
                    self.buffer.truncate(filled);
                    if error != Errno::EINTR {
                        return Err(error);
                    }
                }
            }
        }
    }
}

impl Source for DescriptorSource {
    fn next_line(&mut self, _continuation: bool) -> io::Result<Option<BString>> {
        let line = if self.owned {
            self.next_owned()
        } else {
            LineReader::new(self.descriptor).read_until(b'\n', &mut || None)
        };
        let line = line.map_err(|error| io::Error::from_raw_os_error(error as i32))?;
        if self.verbose {
            let _ = descriptor::write_all(descriptor::STDERR, &line);
        }
        Ok((!line.is_empty()).then_some(line))
    }

    fn echo(&mut self, on: bool) {
        self.verbose = on;
    }
}

impl Drop for DescriptorSource {
    fn drop(&mut self) {
        if self.owned {
            descriptor::close(self.descriptor);
        }
    }
}
