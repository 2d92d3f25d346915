//! Runs the program of an expression.

use bstr::BString;

use super::lexer::constant;
use super::parser::parse;
use super::{ArithmeticError, BinaryOperator, Expression, Instruction, UnaryOperator, Variables};

/// Expressions up to this many pending values need no allocation.
const SMALL_STACK: usize = 16;

/// How many variables may stand for each other in a row.
const RECURSION_LIMIT: usize = 64;

/// The value of an expression, with the assignments it makes.
///
/// # Errors
/// Division by zero, a negative exponent, a variable whose value is no
/// expression, and what the variables themselves refuse. Assignments made
/// before the error remain, as in C.
pub fn evaluate(
    expression: &Expression,
    variables: &mut dyn Variables,
) -> Result<i64, ArithmeticError> {
    run(expression, variables, 0)
}

fn run(
    expression: &Expression,
    variables: &mut dyn Variables,
    recursion: usize,
) -> Result<i64, ArithmeticError> {
    if expression.stack <= SMALL_STACK {
        execute(&expression.code, &mut [0; SMALL_STACK], variables, recursion)
    } else {
        execute(&expression.code, &mut vec![0; expression.stack], variables, recursion)
    }
}

fn execute(
    code: &[Instruction],
    stack: &mut [i64],
    variables: &mut dyn Variables,
    recursion: usize,
) -> Result<i64, ArithmeticError> {
    // `top` counts the values on the stack; the parser made sure that every
    // instruction finds its operands.
    let mut top = 0;
    let mut next = 0;
    while let Some(instruction) = code.get(next) {
        next += 1;
        match instruction {
            Instruction::Push(value) => {
                stack[top] = *value;
                top += 1;
            }
            Instruction::Load(name) => {
                stack[top] = load(name, variables, recursion)?;
                top += 1;
            }
            Instruction::Store(name) => variables.set(name, stack[top - 1])?,
            Instruction::Step { name, delta, prefix } => {
                let old = load(name, variables, recursion)?;
                let new = old.wrapping_add(*delta);
                variables.set(name, new)?;
                stack[top] = if *prefix { new } else { old };
                top += 1;
            }
            Instruction::Unary(operator) => {
                let value = &mut stack[top - 1];
                *value = match operator {
                    UnaryOperator::Negate => value.wrapping_neg(),
                    UnaryOperator::Complement => !*value,
                    UnaryOperator::Not => i64::from(*value == 0),
                };
            }
            Instruction::Binary(operator) => {
                top -= 1;
                stack[top - 1] = apply(*operator, stack[top - 1], stack[top])?;
            }
            Instruction::Truth => stack[top - 1] = i64::from(stack[top - 1] != 0),
            Instruction::And(target) => {
                if stack[top - 1] == 0 {
                    next = *target;
                } else {
                    top -= 1;
                }
            }
            Instruction::Or(target) => {
                if stack[top - 1] == 0 {
                    top -= 1;
                } else {
                    stack[top - 1] = 1;
                    next = *target;
                }
            }
            Instruction::BranchIfZero(target) => {
                top -= 1;
                if stack[top] == 0 {
                    next = *target;
                }
            }
            Instruction::Jump(target) => next = *target,
            Instruction::Pop => top -= 1,
        }
    }
    Ok(stack[0])
}

fn load(
    name: &[u8],
    variables: &mut dyn Variables,
    recursion: usize,
) -> Result<i64, ArithmeticError> {
    if let Some(value) = variables.integer(name) {
        return Ok(value);
    }
    let Some(text) = variables.get(name)? else { return Ok(0) };
    if let Some(value) = constant(&text) {
        return Ok(value);
    }
    if recursion == RECURSION_LIMIT {
        return Err(ArithmeticError::Recursion(BString::from(name)));
    }
    run(&parse(&text)?, variables, recursion + 1)
}

fn apply(operator: BinaryOperator, left: i64, right: i64) -> Result<i64, ArithmeticError> {
    Ok(match operator {
        BinaryOperator::Multiply => left.wrapping_mul(right),
        BinaryOperator::Divide if right == 0 => return Err(ArithmeticError::DivisionByZero),
        BinaryOperator::Remainder if right == 0 => return Err(ArithmeticError::DivisionByZero),
        BinaryOperator::Divide => left.wrapping_div(right),
        BinaryOperator::Remainder => left.wrapping_rem(right),
        BinaryOperator::Add => left.wrapping_add(right),
        BinaryOperator::Subtract => left.wrapping_sub(right),
        BinaryOperator::ShiftLeft => left << (right & 63),
        BinaryOperator::ShiftRight => left >> (right & 63),
        BinaryOperator::Less => i64::from(left < right),
        BinaryOperator::LessEqual => i64::from(left <= right),
        BinaryOperator::Greater => i64::from(left > right),
        BinaryOperator::GreaterEqual => i64::from(left >= right),
        BinaryOperator::Equal => i64::from(left == right),
        BinaryOperator::NotEqual => i64::from(left != right),
        BinaryOperator::And => left & right,
        BinaryOperator::Xor => left ^ right,
        BinaryOperator::Or => left | right,
        BinaryOperator::Power => power(left, right)?,
    })
}

/// Squares and multiplies; the standard library's exponent has only 32 bits.
fn power(base: i64, exponent: i64) -> Result<i64, ArithmeticError> {
    if exponent < 0 {
        return Err(ArithmeticError::NegativeExponent);
    }
    let (mut result, mut square, mut remaining) = (1_i64, base, exponent);
    while remaining > 0 {
        if remaining & 1 == 1 {
            result = result.wrapping_mul(square);
        }
        square = square.wrapping_mul(square);
        remaining >>= 1;
    }
    Ok(result)
}
