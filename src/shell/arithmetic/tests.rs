//! Expectations are what bash 5.2 prints, and dash wherever it accepts the text.

use std::collections::BTreeMap;

use super::*;

#[derive(Default)]
struct Map(BTreeMap<Vec<u8>, Vec<u8>>);

impl Map {
    fn with(variables: &[(&str, &str)]) -> Self {
        Self(
            variables
                .iter()
                .map(|(name, value)| (name.as_bytes().to_vec(), value.as_bytes().to_vec()))
                .collect(),
        )
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.0.get(name.as_bytes()).map(|value| std::str::from_utf8(value).unwrap())
    }
}

impl Variables for Map {
    fn get(&mut self, name: &[u8]) -> Result<Option<BString>, ArithmeticError> {
        match name {
            b"required" => Err(ArithmeticError::Unset(BString::from(name))),
            _ => Ok(self.0.get(name).map(|value| BString::from(value.as_slice()))),
        }
    }

    fn set(&mut self, name: &[u8], value: i64) -> Result<(), ArithmeticError> {
        if name == b"constant" {
            return Err(ArithmeticError::ReadOnly(BString::from(name)));
        }
        self.0.insert(name.to_vec(), value.to_string().into_bytes());
        Ok(())
    }
}

fn value_with(text: &str, variables: &mut Map) -> Result<i64, ArithmeticError> {
    evaluate(&parse(text.as_bytes())?, variables)
}

fn value(text: &str) -> Result<i64, ArithmeticError> {
    value_with(text, &mut Map::with(&[("x", "1")]))
}

#[test]
fn constants_are_decimal_octal_and_hexadecimal() {
    assert_eq!(value("42"), Ok(42));
    assert_eq!(value("010+0x1F"), Ok(39));
    assert_eq!(value("0XfF"), Ok(255));
    assert_eq!(value("0"), Ok(0));
    assert_eq!(value("00"), Ok(0));
    assert_eq!(value("9223372036854775808"), Ok(i64::MIN));
}

#[test]
fn constants_with_a_base_are_an_extension() {
    assert_eq!(value("2#101"), Ok(5));
    assert_eq!(value("16#fF"), Ok(255));
    assert_eq!(value("36#Z"), Ok(35));
    assert_eq!(value("37#Z"), Err(ArithmeticError::InvalidNumber("37#Z".into())));
    assert_eq!(value("64#_"), Ok(63));
    assert_eq!(value("64#@"), Ok(62));
}

#[test]
fn numbers_that_are_none_are_named() {
    for text in ["08", "0x", "2#102", "10#", "1#0", "65#1", "12ab"] {
        assert_eq!(value(text), Err(ArithmeticError::InvalidNumber(text.into())), "{text}");
    }
}

#[test]
fn operators_bind_as_in_c() {
    for (text, expected) in [
        ("1+2*3", 7),
        ("(1+2)*3", 9),
        ("10-4-3", 3),
        ("100/10/5", 2),
        ("-7/2", -3),
        ("-7%3", -1),
        ("1+1<<2", 8),
        ("1<2<3", 1),
        ("2>1>0", 1),
        ("1<<2<5", 1),
        ("3==3!=0", 1),
        ("2<=2", 1),
        ("2>=3", 0),
        ("5&3|4^1", 5),
        ("6&3==3", 0),
        ("1|2&&0", 0),
        ("1 && 0 || 3", 1),
        ("0||0", 0),
        ("!5", 0),
        ("!!5", 1),
        ("~0", -1),
        ("!x==1", 0),
        ("- - 3", 3),
        ("-~5", 6),
        ("+5", 5),
    ] {
        assert_eq!(value(text), Ok(expected), "{text}");
    }
}

#[test]
fn power_groups_from_the_right_and_below_signs() {
    assert_eq!(value("2**10"), Ok(1024));
    assert_eq!(value("2**3**2"), Ok(512));
    assert_eq!(value("-2**2"), Ok(4));
    assert_eq!(value("3*2**2"), Ok(12));
    assert_eq!(value("3**9223372036854775807"), Ok(-6_148_914_691_236_517_205));
    assert_eq!(value("2**-1"), Err(ArithmeticError::NegativeExponent));
}

#[test]
fn overflow_wraps_and_never_panics() {
    assert_eq!(value("9223372036854775807+1"), Ok(i64::MIN));
    assert_eq!(value("-9223372036854775807-2"), Ok(i64::MAX));
    assert_eq!(value("9223372036854775807*2"), Ok(-2));
    assert_eq!(value("(-9223372036854775807-1)/-1"), Ok(i64::MIN));
    assert_eq!(value("(-9223372036854775807-1)%-1"), Ok(0));
    assert_eq!(value("-(-9223372036854775807-1)"), Ok(i64::MIN));
    assert_eq!(value("1<<64"), Ok(1));
    assert_eq!(value("1<<-1"), Ok(i64::MIN));
    assert_eq!(value("-1>>1"), Ok(-1));
}

#[test]
fn division_by_zero_is_an_error() {
    assert_eq!(value("1/0"), Err(ArithmeticError::DivisionByZero));
    assert_eq!(value("1%(x-1)"), Err(ArithmeticError::DivisionByZero));
}

#[test]
fn conditional_groups_from_the_right() {
    assert_eq!(value("1 ? 2 : 3"), Ok(2));
    assert_eq!(value("0 ? 2 : 0 ? 3 : 4"), Ok(4));
    assert_eq!(value("1 ? 0 ? 5 : 6 : 7"), Ok(6));
    assert_eq!(value("1?2,3:4"), Ok(3));
    assert_eq!(value("1 ? x=2 : 3"), Ok(2));
    assert_eq!(value("(0 ? 1 : 2) + 10"), Ok(12));
}

#[test]
fn comma_yields_the_last_value() {
    assert_eq!(value("1,2,3"), Ok(3));
    assert_eq!(value("y=2,y+1"), Ok(3));
}

#[test]
fn variables_are_read() {
    let mut variables = Map::with(&[
        ("decimal", "12"),
        ("negative", " -3 "),
        ("octal", "010"),
        ("hexadecimal", "0x10"),
        ("empty", ""),
        ("blank", " "),
    ]);
    for (name, expected) in [
        ("decimal", 12),
        ("negative", -3),
        ("octal", 8),
        ("hexadecimal", 16),
        ("empty", 0),
        ("blank", 0),
        ("unset", 0),
    ] {
        assert_eq!(value_with(name, &mut variables), Ok(expected), "{name}");
    }
}

#[test]
fn values_that_are_expressions_are_evaluated() {
    let mut variables =
        Map::with(&[("a", "b + 1"), ("b", "c=5"), ("loop", "loop"), ("bad", "1 2")]);
    assert_eq!(value_with("a * 2", &mut variables), Ok(12));
    assert_eq!(variables.value("c"), Some("5"));
    assert_eq!(value_with("loop", &mut variables), Err(ArithmeticError::Recursion("loop".into())));
    assert_eq!(
        value_with("bad", &mut variables),
        Err(ArithmeticError::UnexpectedToken("2".into()))
    );
}

#[test]
fn assignments_store_and_yield_the_value() {
    for (text, expected) in [
        ("v=3", 3),
        ("v+=3", 8),
        ("v-=3", 2),
        ("v*=3", 15),
        ("v/=2", 2),
        ("v%=3", 2),
        ("v<<=2", 20),
        ("v>>=1", 2),
        ("v&=4", 4),
        ("v^=4", 1),
        ("v|=8", 13),
        ("v=w=7", 7),
        ("v+=v-=1", 9),
        ("++v", 6),
        ("--v", 4),
    ] {
        let mut variables = Map::with(&[("v", "5")]);
        assert_eq!(value_with(text, &mut variables), Ok(expected), "{text}");
        assert_eq!(variables.value("v"), Some(expected.to_string().as_str()), "{text}");
    }
}

#[test]
fn postfix_steps_yield_the_old_value() {
    let mut variables = Map::with(&[("v", "5")]);
    assert_eq!(value_with("v++ + ++v", &mut variables), Ok(12));
    assert_eq!(variables.value("v"), Some("7"));
    assert_eq!(value_with("v-- - 1", &mut variables), Ok(6));
    assert_eq!(variables.value("v"), Some("6"));
}

#[test]
fn doubled_signs_that_step_nothing_are_signs() {
    assert_eq!(value("1++1"), Ok(2));
    assert_eq!(value("1--1"), Ok(2));
    assert_eq!(value("x--1"), Ok(2));
    assert_eq!(value("--5"), Ok(5));
    assert_eq!(value("1 - --x"), Ok(1));
    assert_eq!(value("1++x"), Err(ArithmeticError::UnexpectedToken("++".into())));
}

#[test]
fn the_side_not_taken_has_no_effects() {
    for text in
        ["0 && (v=1)", "1 || (v=1)", "1 ? 2 : (v=1)", "0 ? v++ : 2", "0 && 1/0 || 0", "1 || v/0"]
    {
        let mut variables = Map::default();
        assert!(value_with(text, &mut variables).is_ok(), "{text}");
        assert_eq!(variables.value("v"), None, "{text}");
    }
    let mut variables = Map::default();
    assert_eq!(value_with("1 && (v=4)", &mut variables), Ok(1));
    assert_eq!(value_with("0 || (w=5)", &mut variables), Ok(1));
    assert_eq!((variables.value("v"), variables.value("w")), (Some("4"), Some("5")));
}

#[test]
fn syntax_errors_name_the_token() {
    for (text, token) in [
        ("1 2", "2"),
        ("1+*2", "*"),
        (")", ")"),
        ("1.5", ".5"),
        ("1 $ 2", "$"),
        ("1:2", ":"),
        ("(1 2)", "2"),
    ] {
        assert_eq!(value(text), Err(ArithmeticError::UnexpectedToken(token.into())), "{text}");
    }
    assert_eq!(value("1+"), Err(ArithmeticError::UnexpectedEnd("a value")));
    assert_eq!(value("(1"), Err(ArithmeticError::UnexpectedEnd("')'")));
    assert_eq!(value("1?2"), Err(ArithmeticError::UnexpectedEnd("':'")));
    for (text, token) in [("1=2", "="), ("x+1=2", "="), ("0 ? 1 : x=3", "="), ("(x)+=1", "+=")] {
        assert_eq!(value(text), Err(ArithmeticError::NotAssignable(token.into())), "{text}");
    }
}

#[test]
fn blanks_may_stand_anywhere_and_nothing_is_zero() {
    assert_eq!(value(" \t\n 1 \n + \t 2 "), Ok(3));
    assert_eq!(value(""), Ok(0));
    assert_eq!(value("  "), Ok(0));
}

#[test]
fn errors_of_the_variables_are_passed_on() {
    assert_eq!(value("required+1"), Err(ArithmeticError::Unset("required".into())));
    assert_eq!(value("constant=1"), Err(ArithmeticError::ReadOnly("constant".into())));
}

#[test]
fn depth_is_bounded_and_length_is_not() {
    let nested = |depth: usize| format!("{}1{}", "(".repeat(depth), ")".repeat(depth));
    assert_eq!(value(&nested(100)), Ok(1));
    for deep in [
        nested(100_000),
        format!("{}1", "-".repeat(100_000)),
        format!("{}1", "x=".repeat(100_000)),
        format!("{}1", "1?2:".repeat(100_000)),
        format!("{}2", "1**".repeat(100_000)),
    ] {
        assert_eq!(value(&deep), Err(ArithmeticError::TooDeep));
    }
    assert_eq!(value(&format!("{}1", "1+".repeat(100_000))), Ok(100_001));
    assert_eq!(value(&format!("{}0", "0||".repeat(100_000))), Ok(0));
}

#[test]
fn many_pending_values_are_kept() {
    let text = format!("{}1{}", "1+(".repeat(60), ")".repeat(60));
    assert_eq!(value(&text), Ok(61));
}

#[test]
fn an_expression_knows_whether_it_assigns() {
    assert!(!parse(b"x + 1").unwrap().assigns());
    assert!(parse(b"1 || x++").unwrap().assigns());
    assert!(parse(b"x = 1").unwrap().assigns());
}

#[test]
fn constant_reads_plain_numbers_only() {
    assert_eq!(constant(b" -5 "), Some(-5));
    assert_eq!(constant(b"+0x10"), Some(16));
    assert_eq!(constant(b"-9223372036854775808"), Some(i64::MIN));
    for text in ["", "-", "x", "1+1", "- 1", "08"] {
        assert_eq!(constant(text.as_bytes()), None, "{text}");
    }
}

proptest::proptest! {
    #[test]
    fn no_text_makes_the_parser_or_the_evaluation_panic(text in "[0-9xy+*/%<>=!&|^?:,()~ #-]{0,40}") {
        let _ = value(&text);
    }
}
