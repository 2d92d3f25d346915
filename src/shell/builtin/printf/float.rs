//! Doubles as C prints them. Digits are exact and rounded to even, as in the C
//! library: the standard library of Rust computes them.

/// More digits than any double has; what is asked for beyond is zeros. (The
/// formatter of the standard library refuses precisions beyond 16 bits.)
const DIGITS: usize = 1100;

/// Writes a number that is not negative. The conversion is one of `aAeEfFgG`.
pub(super) fn format(
    value: f64,
    conversion: u8,
    precision: Option<usize>,
    alternate: bool,
) -> String {
    let text = if value.is_nan() {
        "nan".to_owned()
    } else if value.is_infinite() {
        "inf".to_owned()
    } else {
        match conversion.to_ascii_lowercase() {
            b'a' => hexadecimal(value, precision, alternate),
            b'e' => exponential(value, precision.unwrap_or(6), alternate),
            b'f' => fixed(value, precision.unwrap_or(6), alternate),
            _ => general(value, precision.unwrap_or(6), alternate),
        }
    };
    if conversion.is_ascii_uppercase() { text.to_ascii_uppercase() } else { text }
}

fn fixed(value: f64, precision: usize, alternate: bool) -> String {
    let mut text = format!("{value:.*}", precision.min(DIGITS));
    extend(&mut text, precision, alternate);
    text
}

fn exponential(value: f64, precision: usize, alternate: bool) -> String {
    let (mut mantissa, exponent) = decimal_parts(value, precision);
    extend(&mut mantissa, precision, alternate);
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.unsigned_abs())
}

/// The mantissa with one digit before the point, and the exponent.
fn decimal_parts(value: f64, precision: usize) -> (String, i32) {
    let text = format!("{value:.*e}", precision.min(DIGITS));
    match text.split_once('e') {
        Some((mantissa, exponent)) => (mantissa.to_owned(), exponent.parse().unwrap_or(0)),
        None => (text, 0),
    }
}

/// Adds the zeros beyond the digits, or the point that `#` demands.
fn extend(text: &mut String, precision: usize, alternate: bool) {
    if precision == 0 && alternate {
        text.push('.');
    }
    text.push_str(&"0".repeat(precision.saturating_sub(DIGITS)));
}

fn general(value: f64, precision: usize, alternate: bool) -> String {
    let significant = precision.max(1);
    let (_, exponent) = decimal_parts(value, significant - 1);
    let places = i64::try_from(significant).unwrap_or(i64::MAX) - 1 - i64::from(exponent);
    let fixed_places = usize::try_from(places).ok().filter(|_| exponent >= -4);
    let text = match fixed_places {
        Some(places) => fixed(value, places, alternate),
        None => exponential(value, significant - 1, alternate),
    };
    if alternate {
        return text;
    }
    let (mantissa, exponent) = match text.split_once('e') {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text.as_str(), None),
    };
    let mantissa = match mantissa.contains('.') {
        true => mantissa.trim_end_matches('0').trim_end_matches('.'),
        false => mantissa,
    };
    match exponent {
        Some(exponent) => format!("{mantissa}e{exponent}"),
        None => mantissa.to_owned(),
    }
}

/// `0x1.8p+3`: the digits of the double itself.
fn hexadecimal(value: f64, precision: Option<usize>, alternate: bool) -> String {
    let bits = value.to_bits();
    let fraction_bits = 52;
    let mut mantissa = bits & ((1 << fraction_bits) - 1);
    let mut exponent = i64::try_from(bits >> fraction_bits & 0x7FF).unwrap_or(0);
    if exponent > 0 {
        mantissa |= 1 << fraction_bits;
    } else if mantissa > 0 {
        // A number too small for the implied leading digit has 0 there.
        exponent = 1;
    }
    let exponent = if mantissa == 0 { 0 } else { exponent - 1023 };
    if let Some(dropped) = precision.and_then(|precision| 13_usize.checked_sub(precision))
        && dropped > 0
    {
        mantissa = round_to_even(mantissa, dropped * 4);
    }
    let lead = mantissa >> fraction_bits;
    let mut digits = format!("{:013x}", mantissa & ((1 << fraction_bits) - 1));
    match precision {
        Some(precision) => {
            digits.truncate(precision);
            digits.push_str(&"0".repeat(precision.saturating_sub(13)));
        }
        None => digits.truncate(digits.trim_end_matches('0').len()),
    }
    let point = if digits.is_empty() && !alternate { "" } else { "." };
    format!("0x{lead}{point}{digits}p{exponent:+}")
}

/// Clears the lowest `bits`, rounding to the nearest, ties to even.
fn round_to_even(value: u64, bits: usize) -> u64 {
    let unit = 1_u64 << bits;
    let rest = value & (unit - 1);
    let floor = value - rest;
    let half = unit / 2;
    let up = rest > half || (rest == half && floor & unit != 0);
    if up { floor + unit } else { floor }
}
