//! Sizes as people write them: "2 GiB".

use std::fmt;

use serde::de::{Deserializer, Error, Visitor};

/// Units and their bytes; the decimal ones as the International System has them, the binary
/// ones as IEC 80000-13 does.
const UNITS: [(&str, u64); 9] = [
    ("B", 1),
    ("kB", 1000),
    ("MB", 1000 * 1000),
    ("GB", 1000 * 1000 * 1000),
    ("TB", 1000 * 1000 * 1000 * 1000),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("TiB", 1 << 40),
];

/// How many bytes a text says: a number, a fraction perhaps, and a unit.
fn parse(text: &str) -> Result<u64, String> {
    let wrong = || format!("\"{text}\" is not a size: write a number and a unit, as in \"2 GiB\"");
    let split = text.find(|character: char| character.is_ascii_alphabetic()).ok_or_else(wrong)?;
    let (number, unit) = (text[..split].trim(), text[split..].trim());
    let (_, factor) =
        UNITS.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit)).ok_or_else(wrong)?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let digits = |text: &str| {
        !text.is_empty() && text.len() <= 9 && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    if !digits(whole) || !digits(fraction) {
        return Err(wrong());
    }
    let scale = 10_u128.pow(u32::try_from(fraction.len()).unwrap_or(0));
    let number = |text: &str| text.parse::<u128>().map_err(|_| wrong());
    let thousandths = number(whole)? * scale + number(fraction)?;
    u64::try_from(thousandths * u128::from(*factor) / scale).map_err(|_| wrong())
}

/// Reads a size of at least so many bytes.
pub(super) fn size<'de, D, const LEAST: u64>(input: D) -> Result<Option<u64>, D::Error>
where
    D: Deserializer<'de>,
{
    let bytes = input.deserialize_any(Size)?;
    if bytes < LEAST {
        let least = LEAST >> 20;
        return Err(D::Error::custom(format!("it is less than {least} MiB")));
    }
    Ok(Some(bytes))
}

struct Size;

impl Visitor<'_> for Size {
    type Value = u64;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a size with its unit, as in \"2 GiB\"")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<u64, E> {
        parse(text).map_err(E::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_a_number_and_a_unit() {
        for (text, bytes) in [
            ("2 GiB", 2 << 30),
            ("2GiB", 2 << 30),
            ("1.5 MiB", 3 << 19),
            ("500 MB", 500_000_000),
            ("10 kb", 10_000),
            ("0 B", 0),
        ] {
            assert_eq!(parse(text), Ok(bytes), "{text}");
        }
        for text in [
            "",
            "2",
            "GiB",
            "2 G",
            "-1 GiB",
            "1e9 B",
            "1..5 MiB",
            "2 GiB more",
            "99999999999 B",
            "999999999 TiB",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
