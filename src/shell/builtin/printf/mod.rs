//! `printf` (POSIX.1-2024), with C's conversions for integers and doubles.
//!
//! Extensions, as in bash: `*` for a width or precision, the length modifiers of
//! C (which change nothing), `%q`, and the escapes `\x`, `\u`, `\U` and `\e`.
//! Widths and precisions of text count bytes, as POSIX has it.

mod directive;
mod float;
mod operand;
#[cfg(test)]
mod tests;

use bstr::{BStr, BString, ByteSlice};

use crate::exit_status::ExitStatus;
use crate::shell::escape::{self, Place, Stop};
use crate::shell::pattern::Encoding;
use crate::shell::quote;
use crate::system::calendar;
use directive::{Directive, Size};
use operand::{Number, Problem};

/// What `printf` did besides writing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct PrintfResult {
    /// Success, or 1 after a message, or 2 without a format.
    pub status: ExitStatus,
    /// What is to be said on standard error, one line each.
    pub messages: Vec<String>,
    /// `\c` in an argument of `%b` ended the output.
    pub stopped_by_c: bool,
}

/// Writes what `printf` prints for these arguments (without the command name) to
/// `out`. What precedes a mistake is written all the same.
pub fn format(arguments: &[BString], encoding: Encoding, out: &mut Vec<u8>) -> PrintfResult {
    let arguments = match arguments {
        [first, rest @ ..] if first == "--" => rest,
        all => all,
    };
    let Some((format, operands)) = arguments.split_first() else {
        return PrintfResult {
            status: ExitStatus::USAGE,
            messages: vec!["printf: usage: printf format [argument ...]".into()],
            stopped_by_c: false,
        };
    };
    let mut printer = Printer {
        operands,
        first: 0,
        next: 0,
        reached: 0,
        encoding,
        out,
        result: PrintfResult::default(),
    };
    // The format is used again until all operands are; a format that uses none
    // is used once.
    while printer.pass(format).is_ok()
        && printer.reached > printer.first
        && printer.reached < operands.len()
    {
        printer.first = printer.reached;
        printer.next = printer.first;
    }
    printer.result
}

struct Printer<'a> {
    operands: &'a [BString],
    /// The first operand of this use of the format; `%1$` means this one.
    first: usize,
    /// The operand that the next directive without a number takes.
    next: usize,
    /// After the last operand that was asked for.
    reached: usize,
    encoding: Encoding,
    out: &'a mut Vec<u8>,
    result: PrintfResult,
}

impl<'a> Printer<'a> {
    /// Goes through the format once.
    fn pass(&mut self, format: &[u8]) -> Result<(), Stop> {
        let mut rest = format;
        while let Some((&byte, after)) = rest.split_first() {
            rest = after;
            match byte {
                b'\\' => rest = &after[escape::escape(after, Place::Format, self.out)?..],
                b'%' if after.first() == Some(&b'%') => {
                    self.out.push(b'%');
                    rest = &after[1..];
                }
                b'%' => {
                    let Some((directive, length)) = Directive::parse(after) else {
                        let text = BStr::new(after.get(..2).unwrap_or(after));
                        self.complain(&format!("%{text}: the field is too wide"));
                        return Err(Stop);
                    };
                    self.convert(&directive, BStr::new(&after[..length]))?;
                    rest = &after[length..];
                }
                _ => self.out.push(byte),
            }
        }
        Ok(())
    }

    fn complain(&mut self, message: &str) {
        self.result.status = ExitStatus::FAILURE;
        self.result.messages.push(format!("printf: {message}"));
    }

    /// The operand with this number, or the next; `None` where there are no more.
    fn operand(&mut self, number: Option<usize>) -> Option<&'a BString> {
        let index = match number {
            Some(number) => self.first.saturating_add(number - 1),
            None => {
                self.next += 1;
                self.next - 1
            }
        };
        self.reached = self.reached.max(index.saturating_add(1));
        self.operands.get(index)
    }

    /// The value of a width or precision.
    fn size(&mut self, size: Size) -> Option<i64> {
        match size {
            Size::Absent => None,
            Size::Given(size) => Some(size),
            Size::Operand => {
                let value = i64::try_from(self.integer(None, true)).unwrap_or(0);
                let limited = value.clamp(-directive::SIZE_LIMIT, directive::SIZE_LIMIT);
                if limited != value {
                    self.complain(&format!("{value}: out of range"));
                }
                Some(limited)
            }
        }
    }

    fn convert(&mut self, directive: &Directive, text: &BStr) -> Result<(), Stop> {
        if directive.conversion == Some(b'(') {
            return self.convert_time(directive, text);
        }
        let Some(conversion) = directive.conversion else {
            self.complain(&format!("%{text}: the conversion is missing"));
            return Err(Stop);
        };
        if !b"diouxXeEfFgGaAcsbqQ".contains(&conversion) {
            self.complain(&format!("%{text}: invalid conversion"));
            return Err(Stop);
        }
        let width = self.size(directive.width).unwrap_or(0);
        // A negative precision counts as none.
        let precision =
            self.size(directive.precision).and_then(|precision| usize::try_from(precision).ok());
        let field = Field {
            width: usize::try_from(width.unsigned_abs()).unwrap_or(0),
            left: directive.left || width < 0,
            zero: directive.zero,
        };
        match conversion {
            b'd' | b'i' | b'o' | b'u' | b'x' | b'X' => {
                self.convert_integer(directive, conversion, precision, field);
            }
            b'c' | b's' | b'b' | b'q' | b'Q' => {
                return self.convert_text(directive, conversion, precision, field);
            }
            _ => {
                let value = self.float(directive.operand);
                let sign = directive.sign(value.is_sign_negative());
                let alternate = directive.alternate;
                let body = float::format(value.abs(), conversion, precision, alternate);
                let zero = field.zero && value.is_finite();
                // Zeros stand between `0x` and the digits.
                let (prefix, digits) = match body.get(..2) {
                    Some(prefix @ ("0x" | "0X")) => (format!("{sign}{prefix}"), &body[2..]),
                    _ => (sign.to_owned(), body.as_str()),
                };
                Field { zero, ..field }.write(&prefix, digits.as_bytes(), self.out);
            }
        }
        Ok(())
    }

    fn convert_integer(
        &mut self,
        directive: &Directive,
        conversion: u8,
        precision: Option<usize>,
        field: Field,
    ) {
        let signed = matches!(conversion, b'd' | b'i');
        let value = self.integer(directive.operand, signed);
        let magnitude = value.unsigned_abs();
        let mut digits = match conversion {
            b'o' => format!("{magnitude:o}"),
            b'x' => format!("{magnitude:x}"),
            b'X' => format!("{magnitude:X}"),
            _ => magnitude.to_string(),
        };
        if magnitude == 0 && precision == Some(0) {
            digits.clear();
        }
        if conversion == b'o' && directive.alternate && !digits.starts_with('0') {
            digits.insert(0, '0');
        }
        let prefix = match conversion {
            b'd' | b'i' => directive.sign(value < 0),
            b'x' if directive.alternate && magnitude != 0 => "0x",
            b'X' if directive.alternate && magnitude != 0 => "0X",
            _ => "",
        };
        let missing = precision.unwrap_or(0).saturating_sub(digits.len());
        digits.insert_str(0, &"0".repeat(missing));
        let zero = field.zero && precision.is_none();
        Field { zero, ..field }.write(prefix, digits.as_bytes(), self.out);
    }

    fn convert_text(
        &mut self,
        directive: &Directive,
        conversion: u8,
        precision: Option<usize>,
        field: Field,
    ) -> Result<(), Stop> {
        let operand = self.operand(directive.operand);
        let field = Field { zero: false, ..field };
        if conversion == b'c' {
            // The first byte; of an empty operand, the null byte that ends it.
            // Without an operand there is nothing.
            let first = operand.map(|text| text.first().copied().unwrap_or(0));
            field.write("", first.as_slice(), self.out);
            return Ok(());
        }
        let mut text = operand.map(|text| text.to_vec()).unwrap_or_default();
        let mut flow = Ok(());
        if conversion == b'b' {
            let mut expanded = Vec::new();
            flow = escape::expand(&text, &mut expanded);
            self.result.stopped_by_c = flow.is_err();
            text = expanded;
        } else if conversion == b'Q' {
            // The precision is of the text and not of its quoted form.
            text.truncate(precision.unwrap_or(usize::MAX));
            text = quote::as_bash(&text).into();
        } else if conversion == b'q' {
            text = quote::as_bash(&text).into();
        }
        if conversion != b'Q' {
            text.truncate(precision.unwrap_or(usize::MAX));
        }
        field.write("", &text, self.out);
        flow
    }

    /// `%(format)T`: a time in seconds since 1970 as `strftime(3)` has it; -1 and no
    /// operand are now (bash).
    fn convert_time(&mut self, directive: &Directive, text: &BStr) -> Result<(), Stop> {
        let inner = text.find_byte(b'(').and_then(|open| text[open + 1..].strip_suffix(b")T"));
        let Some(format) = inner else {
            self.complain(&format!("%{text}: invalid time format"));
            return Err(Stop);
        };
        let format = if format.is_empty() { b"%X" } else { format };
        let format = String::from_utf8_lossy(format).into_owned();
        let width = self.size(directive.width).unwrap_or(0);
        let has_operand = self.operands.len() > self.next;
        let seconds = if has_operand {
            i64::try_from(self.integer(directive.operand, true)).unwrap_or(i64::MAX)
        } else {
            self.operand(directive.operand);
            -1
        };
        let shown = if (-2..0).contains(&seconds) {
            calendar::now(&format)
        } else {
            calendar::written(&format, seconds)
        };
        let field = Field {
            width: usize::try_from(width.unsigned_abs()).unwrap_or(0),
            left: directive.left || width < 0,
            zero: false,
        };
        field.write("", shown.as_bytes(), self.out);
        Ok(())
    }

    fn integer(&mut self, number: Option<usize>, signed: bool) -> i128 {
        let Some(text) = self.operand(number) else { return 0 };
        let parsed = operand::integer(text, signed, self.encoding);
        self.checked(text, parsed)
    }

    fn float(&mut self, number: Option<usize>) -> f64 {
        let Some(text) = self.operand(number) else { return 0.0 };
        let parsed = operand::float(text, self.encoding);
        self.checked(text, parsed)
    }

    /// The value, after a message if the operand was not all right.
    fn checked<T>(&mut self, text: &BString, number: Number<T>) -> T {
        let problem = match number.problem {
            None => return number.value,
            Some(Problem::NoNumber) => "expected a number",
            Some(Problem::Rest) => "not completely converted",
            Some(Problem::Range) => "out of range",
        };
        self.complain(&format!("{text}: {problem}"));
        number.value
    }
}

/// Where a converted value is written.
#[derive(Clone, Copy)]
struct Field {
    width: usize,
    left: bool,
    zero: bool,
}

impl Field {
    fn write(self, prefix: &str, body: &[u8], out: &mut Vec<u8>) {
        let missing = self.width.saturating_sub(prefix.len() + body.len());
        let pad = |byte, out: &mut Vec<u8>| out.resize(out.len() + missing, byte);
        if !self.left && !self.zero {
            pad(b' ', out);
        }
        out.extend_from_slice(prefix.as_bytes());
        if !self.left && self.zero {
            pad(b'0', out);
        }
        out.extend_from_slice(body);
        if self.left {
            pad(b' ', out);
        }
    }
}
