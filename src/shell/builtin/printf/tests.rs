//! Expectations are what bash 5.2 and dash print where they agree; numbers as
//! dash prints them, whose doubles are doubles.

use super::*;

fn printf(arguments: &[&str]) -> (BString, PrintfResult) {
    let arguments: Vec<BString> = arguments.iter().map(|&word| word.into()).collect();
    let mut out = Vec::new();
    let result = format(&arguments, Encoding::Utf8, &mut out);
    (out.into(), result)
}

#[track_caller]
fn check(arguments: &[&str], expected: &str) {
    let (out, result) = printf(arguments);
    assert_eq!(out, expected, "{arguments:?}");
    assert_eq!(result, PrintfResult::default(), "{arguments:?}");
}

#[track_caller]
fn check_failing(arguments: &[&str], expected: &str, message: &str) {
    let (out, result) = printf(arguments);
    assert_eq!(out, expected, "{arguments:?}");
    assert_eq!(result.messages, [message], "{arguments:?}");
    assert_eq!(result.status, ExitStatus::FAILURE, "{arguments:?}");
}

#[test]
fn the_format_is_used_again_for_more_operands() {
    check(&["%s %s|", "a", "b", "c"], "a b|c |");
    check(&["hi", "a", "b"], "hi");
    check(&["%s|"], "|");
    check(&["%d|%s|%c|%f"], "0|||0.000000");
    check(&["--", "%s", "--"], "--");
    check(&["%%%s\n", "a", "b"], "%a\n%b\n");
}

#[test]
fn numbered_operands_are_counted_within_each_use() {
    check(&["%2$s %1$s|", "a", "b", "c", "d"], "b a|d c|");
    check(&["%1$s %1$s|", "a", "b"], "a a|b b|");
    check(&["%2$5d|", "1", "2", "3"], "    2|    0|");
}

#[test]
fn integers_are_converted_as_in_c() {
    check(&["%5.2d|%-5d|%05d|%+d|% d", "3", "4", "5", "6", "7"], "   03|4    |00005|+6| 7");
    check(&["%+.3d|%+ d|%-05d|%05.2d|", "5", "5", "5", "5"], "+005|+5|5    |   05|");
    check(
        &["%#x|%#X|%#o|%x|%o", "255", "255", "8", "-1", "8"],
        "0xff|0XFF|010|ffffffffffffffff|10",
    );
    check(&["%#x %#o %.0d|%5.0d|%#.0o", "0", "0", "0", "0", "0"], "0 0 |     |0");
    check(&["%08d|%+08d|%#08x", "-42", "42", "42"], "-0000042|+0000042|0x00002a");
    check(&["%u|%i", "-1", "-9223372036854775808"], "18446744073709551615|-9223372036854775808");
    check(&["%ld|%hhd|%jd", "5", "300", "6"], "5|300|6");
    check(&["%'d", "1234567"], "1234567");
}

#[test]
fn integer_operands_are_constants_of_c() {
    check(&["%d %d %d %d %d", "0x1F", "010", "+5", " 5", "-0x10"], "31 8 5 5 -16");
    check(&["%d|%d", ""], "0|0");
    check(&["%d %d %d %d", "'a", "\"ab", "'é", "'"], "97 97 233 0");
}

#[test]
fn wrong_numbers_are_used_as_far_as_they_go() {
    check_failing(&["%d|", "abc"], "0|", "printf: abc: expected a number");
    check_failing(&["%d|", "-"], "0|", "printf: -: expected a number");
    check_failing(&["%d|", "12abc"], "12|", "printf: 12abc: not completely converted");
    check_failing(&["%d|", "5 "], "5|", "printf: 5 : not completely converted");
    check_failing(&["%d|", "08"], "0|", "printf: 08: not completely converted");
    check_failing(&["%d|", "0x"], "0|", "printf: 0x: not completely converted");
    check_failing(&["%f|", "1.5x"], "1.500000|", "printf: 1.5x: not completely converted");
    check_failing(&["%f|", "."], "0.000000|", "printf: .: expected a number");
    for (format, operand, expected) in [
        ("%d", "9223372036854775808", "9223372036854775807"),
        ("%d", "-9223372036854775809", "-9223372036854775808"),
        ("%u", "18446744073709551616", "18446744073709551615"),
        ("%u", "-18446744073709551616", "18446744073709551615"),
        ("%d", "99999999999999999999999999999999999999999999999", "9223372036854775807"),
        ("%f", "1e999", "inf"),
    ] {
        check_failing(&[format, operand], expected, &format!("printf: {operand}: out of range"));
    }
}

#[test]
fn doubles_are_converted_as_in_c() {
    check(&["%f|%e|%g|%a", "1.5", "1.5", "1.5", "1.5"], "1.500000|1.500000e+00|1.5|0x1.8p+0");
    check(&["%.0f %.0f %.0f %.0f", "0.5", "1.5", "2.5", "-0.5"], "0 2 2 -0");
    check(&["%.1f %.2f %.20f", "0.25", "1.005", "0.1"], "0.2 1.00 0.10000000000000000555");
    check(
        &["%10.3e|%-12.1E|%+e", "12345.678", "0.00012", "0"],
        " 1.235e+04|1.2E-04     |+0.000000e+00",
    );
    check(&["%e %.0e %#.0e", "1e-300", "2.5", "2"], "1.000000e-300 2e+00 2.e+00");
    check(
        &["%g %g %g %g %g", "100000", "1000000", "0.0001", "0.00001", "0"],
        "100000 1e+06 0.0001 1e-05 0",
    );
    check(
        &["%g %.3g %.0g %#g %G", "123456789", "1234", "5.5", "1", "1e-10"],
        "1.23457e+08 1.23e+03 6 1.00000 1E-10",
    );
    check(&["%.10g|%g", "0.1", "999999.5"], "0.1|1e+06");
    check(
        &["%a %a %a %A %.2a %.0a", "0", "0.1", "255", "0.5", "1.999", "1.5"],
        "0x0p+0 0x1.999999999999ap-4 0x1.fep+7 0X1P-1 0x2.00p+0 0x2p+0",
    );
    check(
        &["%a %.15a %#.0a", "5e-324", "1", "1"],
        "0x0.0000000000001p-1022 0x1.000000000000000p+0 0x1.p+0",
    );
    check(
        &["%f|%F|%5.1f|%05f|%e", "inf", "nan", "-inf", "inf", "Infinity"],
        "inf|NAN| -inf|  inf|inf",
    );
    check(
        &["%08.2f|%-8.2f|%+.1f|% .1f", "-3.14159", "2.5", "1", "1"],
        "-0003.14|2.50    |+1.0| 1.0",
    );
    check(&["%010a", "1"], "0x00001p+0");
    check(&["%f %f %f", "0x1.8p3", "'a", ".5"], "12.000000 97.000000 0.500000");
    check(&["%#.0f", "3"], "3.");
}

#[test]
fn more_digits_than_a_double_has_are_zeros() {
    let (out, _) = printf(&["%.70000f", "1"]);
    assert_eq!(out.len(), 70_002);
    assert!(out.ends_with(b"000"));
    let (out, _) = printf(&["%.70000e", "1"]);
    assert_eq!(out.len(), 70_006);
}

#[test]
fn text_is_cut_and_padded_by_bytes() {
    check(&["%5s|%-5s|%.2s|%05s", "a", "a", "abc", "a"], "    a|a    |ab|    a");
    check(&["%4s|", "é"], "  é|");
    check(&["%c%c%3c", "ab", "cd", "e"], "ac  e");
    check(&["%c|", ""], "\0|");
    check(&["%5b|%.2b|", "a\\tb", "xyz"], "  a\tb|xy|");
    check(&["%q %q", "a b", "c"], "a\\ b c");
}

#[test]
fn an_asterisk_takes_an_operand() {
    check(&["%*d|%.*s|%-*d|%*d|", "5", "3", "2", "abc", "3", "1", "-3", "2"], "    3|ab|1  |2  |");
    check(&["%.*f", "-1", "1.5"], "1.500000");
}

#[test]
fn escapes_are_replaced_in_formats_and_by_b() {
    check(&["\\101\\0101\\n\\\\\\\"\\x41"], "A\u{8}1\n\\\"A");
    check(&["%b|", "\\0101\\101\\n", "x"], "AA\n|x|");
    check(&["%s", "a\\n"], "a\\n");
    check(&["a\\cb"], "a\\cb");
    check(&["x\\"], "x\\");
}

#[test]
fn c_in_an_operand_ends_everything() {
    let (out, result) = printf(&["%b-%s|", "a\\cb", "x", "y", "z"]);
    assert_eq!(out, "a");
    assert!(result.stopped_by_c);
    assert_eq!(result.status, ExitStatus::SUCCESS);
}

#[test]
fn wrong_formats_are_refused() {
    check_failing(&["a%z|", "1"], "a", "printf: %z: invalid conversion");
    check_failing(&["a%"], "a", "printf: %: the conversion is missing");
    check_failing(&["%5%"], "", "printf: %5%: invalid conversion");
    check_failing(&["%y%s", "b"], "", "printf: %y: invalid conversion");
    check_failing(&["%99999999999d", "1"], "", "printf: %99: the field is too wide");
    let (out, result) = printf(&[]);
    assert_eq!((out.len(), result.status), (0, ExitStatus::USAGE));
}

proptest::proptest! {
    #[test]
    fn no_format_panics(format in "[%$*.0-9 #+'hldfgeasbcqx\\\\-]{0,12}", operand in "[0-9a-fx.p+' -]{0,8}") {
        // Fields of a gigabyte are legal and not what is tested here.
        proptest::prop_assume!(!format.split(|c: char| !c.is_ascii_digit()).any(|digits| digits.len() > 4));
        let _ = printf(&[&format, "3", &operand, &operand]);
    }
}
