//! Names that nobody can guess.

use std::fs::File;
use std::io::{self, Read};

/// 128 random bits as 32 hexadecimal digits.
///
/// # Errors
/// When the system's source of randomness cannot be read.
pub fn token() -> io::Result<String> {
    let mut bytes = [0; 16];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// A random number.
///
/// # Errors
/// When the system's source of randomness cannot be read.
pub fn number() -> io::Result<u32> {
    let mut bytes = [0; 4];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(u32::from_ne_bytes(bytes))
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_two_are_the_same() {
        let (one, other) = (super::token().unwrap(), super::token().unwrap());
        assert_eq!((one.len(), other.len()), (32, 32));
        assert_ne!(one, other);
    }
}
