//! From tokens to a program: recursive descent with precedence climbing.

use super::lexer::{Lexer, Operator, Token};
use super::{ArithmeticError, BinaryOperator, Expression, Instruction, Name, UnaryOperator};

/// The most calls of the parser inside each other. A pair of brackets costs
/// three, so the deepest expression has some 170 of them and the parser never
/// needs more than a small part of the stack.
const DEPTH_LIMIT: usize = 512;

/// Parses an expression. Its text has been expanded already: what a `$` began is
/// replaced by its value.
///
/// # Errors
/// Where the text is no expression; the error names the offending token.
pub fn parse(text: &[u8]) -> Result<Expression, ArithmeticError> {
    let mut parser = Parser {
        lexer: Lexer::new(text),
        token: Token::End,
        code: Vec::new(),
        stack: 0,
        stack_needed: 0,
        depth: 0,
    };
    parser.advance()?;
    if parser.token == Token::End {
        parser.push(Instruction::Push(0));
    } else {
        parser.comma()?;
    }
    if parser.token != Token::End {
        return Err(parser.unexpected("an operator"));
    }
    Ok(Expression { code: parser.code, stack: parser.stack_needed })
}

struct Parser<'a> {
    lexer: Lexer<'a>,
    /// The token that is looked at and not consumed.
    token: Token<'a>,
    code: Vec<Instruction>,
    /// How many values are on the stack after the code so far.
    stack: usize,
    stack_needed: usize,
    depth: usize,
}

impl Parser<'_> {
    fn advance(&mut self) -> Result<(), ArithmeticError> {
        self.token = self.lexer.next()?;
        Ok(())
    }

    /// Consumes the operator if it comes next.
    fn accept(&mut self, operator: Operator) -> Result<bool, ArithmeticError> {
        let found = self.token == Token::Operator(operator);
        if found {
            self.advance()?;
        }
        Ok(found)
    }

    fn unexpected(&self, expected: &'static str) -> ArithmeticError {
        match self.token {
            Token::End => ArithmeticError::UnexpectedEnd(expected),
            Token::Operator(Operator::Assign(_)) => {
                ArithmeticError::NotAssignable(self.lexer.token_text())
            }
            _ => ArithmeticError::UnexpectedToken(self.lexer.token_text()),
        }
    }

    fn nested(
        &mut self,
        parse: impl FnOnce(&mut Self) -> Result<(), ArithmeticError>,
    ) -> Result<(), ArithmeticError> {
        if self.depth == DEPTH_LIMIT {
            return Err(ArithmeticError::TooDeep);
        }
        self.depth += 1;
        parse(self)?;
        self.depth -= 1;
        Ok(())
    }

    /// Appends an instruction that puts one more value on the stack.
    fn push(&mut self, instruction: Instruction) {
        self.code.push(instruction);
        self.stack += 1;
        self.stack_needed = self.stack_needed.max(self.stack);
    }

    /// Appends an instruction that takes one value away.
    fn pop(&mut self, instruction: Instruction) {
        self.code.push(instruction);
        self.stack -= 1;
    }

    /// Points the jump at `position` to the end of the code so far.
    fn land(&mut self, position: usize) {
        let end = self.code.len();
        if let Some(
            Instruction::And(target)
            | Instruction::Or(target)
            | Instruction::BranchIfZero(target)
            | Instruction::Jump(target),
        ) = self.code.get_mut(position)
        {
            *target = end;
        }
    }

    fn comma(&mut self) -> Result<(), ArithmeticError> {
        self.assignment()?;
        while self.accept(Operator::Comma)? {
            self.pop(Instruction::Pop);
            self.assignment()?;
        }
        Ok(())
    }

    fn assignment(&mut self) -> Result<(), ArithmeticError> {
        self.nested(|parser| {
            if let Token::Name(name) = parser.token
                && let Ok(Token::Operator(Operator::Assign(operator))) = parser.lexer.clone().next()
            {
                parser.advance()?;
                parser.advance()?;
                return parser.assignment_to(name.into(), operator);
            }
            parser.conditional()?;
            match parser.token {
                Token::Operator(Operator::Assign(_)) => Err(parser.unexpected("an operand")),
                _ => Ok(()),
            }
        })
    }

    fn assignment_to(
        &mut self,
        name: Name,
        operator: Option<BinaryOperator>,
    ) -> Result<(), ArithmeticError> {
        if operator.is_some() {
            self.push(Instruction::Load(name.clone()));
        }
        self.assignment()?;
        if let Some(operator) = operator {
            self.pop(Instruction::Binary(operator));
        }
        self.code.push(Instruction::Store(name));
        Ok(())
    }

    fn conditional(&mut self) -> Result<(), ArithmeticError> {
        self.binary(0)?;
        if !self.accept(Operator::Question)? {
            return Ok(());
        }
        let branch = self.code.len();
        self.pop(Instruction::BranchIfZero(0));
        self.comma()?;
        if !self.accept(Operator::Colon)? {
            return Err(self.unexpected("':'"));
        }
        let jump = self.code.len();
        self.pop(Instruction::Jump(0));
        self.land(branch);
        self.nested(Self::conditional)?;
        self.land(jump);
        Ok(())
    }

    /// Operators that bind at least as tightly as `minimum`.
    fn binary(&mut self, minimum: u8) -> Result<(), ArithmeticError> {
        self.nested(|parser| {
            parser.unary()?;
            while let Token::Operator(operator) = parser.token
                && let Some(precedence) = precedence(operator)
                && precedence >= minimum
            {
                parser.advance()?;
                parser.right_operand(operator, precedence)?;
            }
            Ok(())
        })
    }

    fn right_operand(&mut self, operator: Operator, precedence: u8) -> Result<(), ArithmeticError> {
        let position = self.code.len();
        let operator = match operator {
            Operator::AndAnd => {
                self.pop(Instruction::And(0));
                None
            }
            Operator::OrOr => {
                self.pop(Instruction::Or(0));
                None
            }
            Operator::Plus => Some(BinaryOperator::Add),
            Operator::Minus => Some(BinaryOperator::Subtract),
            Operator::Binary(operator) => Some(operator),
            _ => return Err(self.unexpected("an operator")),
        };
        // `**` alone groups from the right.
        let right = u8::from(operator != Some(BinaryOperator::Power));
        self.binary(precedence + right)?;
        match operator {
            Some(operator) => self.pop(Instruction::Binary(operator)),
            None => {
                self.code.push(Instruction::Truth);
                self.land(position);
            }
        }
        Ok(())
    }

    fn unary(&mut self) -> Result<(), ArithmeticError> {
        let operator = match self.token {
            Token::Operator(Operator::Plus) => None,
            Token::Operator(Operator::Minus) => Some(UnaryOperator::Negate),
            Token::Operator(Operator::Unary(operator)) => Some(operator),
            _ => return self.operand(),
        };
        self.advance()?;
        self.nested(Self::unary)?;
        self.code.extend(operator.map(Instruction::Unary));
        Ok(())
    }

    fn operand(&mut self) -> Result<(), ArithmeticError> {
        match self.token {
            Token::Number(number) => {
                self.push(Instruction::Push(number));
                self.advance()
            }
            Token::Name(name) => {
                self.advance()?;
                match step(self.token) {
                    Some(delta) => {
                        self.push(Instruction::Step { name: name.into(), delta, prefix: false });
                        self.advance()
                    }
                    None => {
                        self.push(Instruction::Load(name.into()));
                        Ok(())
                    }
                }
            }
            Token::Operator(Operator::Open) => {
                self.advance()?;
                self.comma()?;
                if self.accept(Operator::Close)? { Ok(()) } else { Err(self.unexpected("')'")) }
            }
            token => {
                let Some(delta) = step(token) else { return Err(self.unexpected("a value")) };
                self.advance()?;
                let Token::Name(name) = self.token else {
                    return Err(self.unexpected("a variable"));
                };
                self.push(Instruction::Step { name: name.into(), delta, prefix: true });
                self.advance()
            }
        }
    }
}

fn step(token: Token<'_>) -> Option<i64> {
    match token {
        Token::Operator(Operator::Increment) => Some(1),
        Token::Operator(Operator::Decrement) => Some(-1),
        _ => None,
    }
}

/// How tightly a binary operator binds; `None` for everything else.
fn precedence(operator: Operator) -> Option<u8> {
    Some(match operator {
        Operator::OrOr => 1,
        Operator::AndAnd => 2,
        Operator::Plus | Operator::Minus => 9,
        Operator::Binary(operator) => match operator {
            BinaryOperator::Or => 3,
            BinaryOperator::Xor => 4,
            BinaryOperator::And => 5,
            BinaryOperator::Equal | BinaryOperator::NotEqual => 6,
            BinaryOperator::Less
            | BinaryOperator::LessEqual
            | BinaryOperator::Greater
            | BinaryOperator::GreaterEqual => 7,
            BinaryOperator::ShiftLeft | BinaryOperator::ShiftRight => 8,
            BinaryOperator::Add | BinaryOperator::Subtract => 9,
            BinaryOperator::Multiply | BinaryOperator::Divide | BinaryOperator::Remainder => 10,
            BinaryOperator::Power => 11,
        },
        _ => return None,
    })
}
