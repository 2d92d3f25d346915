//! What stands between `%` and the conversion.

/// The widest field and the greatest precision; C has the same limit.
pub(super) const SIZE_LIMIT: i64 = i32::MAX as i64;

/// A width or precision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Size {
    Absent,
    Given(i64),
    /// `*`: the next operand.
    Operand,
}

/// One conversion specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Directive {
    /// `%n$`, counted from 1.
    pub(super) operand: Option<usize>,
    pub(super) left: bool,
    pub(super) zero: bool,
    pub(super) alternate: bool,
    plus: bool,
    space: bool,
    pub(super) width: Size,
    pub(super) precision: Size,
    /// The conversion's letter; `None` where the format ends before it.
    pub(super) conversion: Option<u8>,
}

impl Directive {
    /// Reads the directive whose `%` stands before `text`, and its length.
    /// `None` where a number in it is beyond all limits.
    pub(super) fn parse(text: &[u8]) -> Option<(Self, usize)> {
        let mut directive = Self {
            operand: None,
            left: false,
            zero: false,
            alternate: false,
            plus: false,
            space: false,
            width: Size::Absent,
            precision: Size::Absent,
            conversion: None,
        };
        let mut position = 0;
        let (number, length) = digits(text)?;
        if text.get(length) == Some(&b'$') && number > 0 {
            directive.operand = usize::try_from(number).ok();
            position = length + 1;
        }
        while let Some(flag) = text.get(position) {
            match flag {
                b'-' => directive.left = true,
                b'+' => directive.plus = true,
                b' ' => directive.space = true,
                b'#' => directive.alternate = true,
                b'0' => directive.zero = true,
                // Groups of thousands do not exist in the POSIX locale.
                b'\'' => {}
                _ => break,
            }
            position += 1;
        }
        let (width, length) = size(&text[position..])?;
        directive.width = width;
        position += length;
        if text.get(position) == Some(&b'.') {
            let (precision, length) = size(&text[position + 1..])?;
            directive.precision =
                if precision == Size::Absent { Size::Given(0) } else { precision };
            position += 1 + length;
        }
        while text.get(position).is_some_and(|byte| b"hjlLqtz".contains(byte))
            && text.get(position + 1).is_some_and(u8::is_ascii_alphabetic)
        {
            position += 1;
        }
        directive.conversion = text.get(position).copied();
        // `%(format)T` ends with its letter.
        if directive.conversion == Some(b'(')
            && let Some(close) = text[position..].iter().position(|byte| *byte == b')')
            && text.get(position + close + 1) == Some(&b'T')
        {
            return Some((directive, position + close + 2));
        }
        Some((directive, position + usize::from(directive.conversion.is_some())))
    }

    /// What stands before a number.
    pub(super) fn sign(&self, negative: bool) -> &'static str {
        match (negative, self.plus, self.space) {
            (true, _, _) => "-",
            (false, true, _) => "+",
            (false, false, true) => " ",
            (false, false, false) => "",
        }
    }
}

fn size(text: &[u8]) -> Option<(Size, usize)> {
    if text.first() == Some(&b'*') {
        return Some((Size::Operand, 1));
    }
    let (number, length) = digits(text)?;
    Some((if length == 0 { Size::Absent } else { Size::Given(number) }, length))
}

/// The value of leading digits, and how many there are.
fn digits(text: &[u8]) -> Option<(i64, usize)> {
    let length = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let value = text[..length].iter().try_fold(0, |value: i64, digit| {
        let value = value * 10 + i64::from(digit - b'0');
        (value <= SIZE_LIMIT).then_some(value)
    })?;
    Some((value, length))
}
