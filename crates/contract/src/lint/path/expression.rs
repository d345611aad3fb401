//! Expressions: what may stand in a filter, `[?(…)]`: the part of JavaScript that looks at a value and says yes or no.

use std::sync::Arc;

use super::cursor::Cursor;
use crate::pattern::Pattern;

/// The deepest nesting that is read.
const DEEPEST: usize = 40;

#[derive(Clone, Debug)]
pub(crate) enum Expression {
    Undefined,
    Null,
    Boolean(bool),
    Number(f64),
    Text(String),
    Pattern(Arc<Pattern>),
    List(Vec<Expression>),
    /// `@`: the value that is looked at.
    Current,
    /// `@property`: the key it stands under, or its position in a list.
    Property,
    /// `@parent`: what holds it.
    Parent,
    /// `@parentProperty`: the key of what holds it.
    ParentProperty,
    /// `@path`: where it stands.
    Where,
    /// `@root`: the document.
    Root,
    Member(Box<Expression>, Box<Expression>),
    Call(Box<Expression>, Method, Vec<Expression>),
    Not(Box<Expression>),
    Negative(Box<Expression>),
    TypeOf(Box<Expression>),
    Both(Box<Expression>, Box<Expression>),
    Either(Box<Expression>, Box<Expression>),
    Compare(Box<Expression>, Comparison, Box<Expression>),
    Add(Box<Expression>, Box<Expression>),
    Subtract(Box<Expression>, Box<Expression>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    Same,
    NotSame,
    Equal,
    NotEqual,
    Less,
    AtMost,
    More,
    AtLeast,
    In,
}

/// The methods of texts, lists, objects and patterns that are understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    Match,
    Test,
    Includes,
    IndexOf,
    StartsWith,
    EndsWith,
    ToLowerCase,
    ToUpperCase,
    HasOwnProperty,
    Keys,
    IsArray,
}

impl Method {
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "match" => Self::Match,
            "test" => Self::Test,
            "includes" => Self::Includes,
            "indexOf" => Self::IndexOf,
            "startsWith" => Self::StartsWith,
            "endsWith" => Self::EndsWith,
            "toLowerCase" => Self::ToLowerCase,
            "toUpperCase" => Self::ToUpperCase,
            "hasOwnProperty" => Self::HasOwnProperty,
            _ => return None,
        })
    }
}

/// Comparisons as they are written; those that begin like others come first.
const COMPARISONS: [(&str, Comparison); 8] = [
    ("===", Comparison::Same),
    ("!==", Comparison::NotSame),
    ("==", Comparison::Equal),
    ("!=", Comparison::NotEqual),
    ("<=", Comparison::AtMost),
    (">=", Comparison::AtLeast),
    ("<", Comparison::Less),
    (">", Comparison::More),
];

/// Reads an expression up to where no more of it follows.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Result<Expression, String> {
    Parser { cursor, depth: 0 }.either()
}

struct Parser<'p, 't> {
    cursor: &'p mut Cursor<'t>,
    depth: usize,
}

impl Parser<'_, '_> {
    fn either(&mut self) -> Result<Expression, String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(format!("a filter is nested more than {DEEPEST} deep"));
        }
        let mut left = self.both()?;
        while self.cursor.eat_token("||") {
            left = Expression::Either(Box::new(left), Box::new(self.both()?));
        }
        self.depth -= 1;
        Ok(left)
    }

    fn both(&mut self) -> Result<Expression, String> {
        let mut left = self.comparison()?;
        while self.cursor.eat_token("&&") {
            left = Expression::Both(Box::new(left), Box::new(self.comparison()?));
        }
        Ok(left)
    }

    fn comparison(&mut self) -> Result<Expression, String> {
        let mut left = self.sum()?;
        loop {
            let written = COMPARISONS
                .iter()
                .find(|(sign, _)| self.cursor.eat_token(sign));
            let comparison = match written {
                Some((_, comparison)) => *comparison,
                None if self.cursor.rest().starts_with("in ") => {
                    self.cursor.eat("in");
                    Comparison::In
                }
                None => return Ok(left),
            };
            left = Expression::Compare(Box::new(left), comparison, Box::new(self.sum()?));
        }
    }

    fn sum(&mut self) -> Result<Expression, String> {
        let mut left = self.unary()?;
        loop {
            if self.cursor.eat_token("+") {
                left = Expression::Add(Box::new(left), Box::new(self.unary()?));
            } else if self.cursor.eat_token("-") {
                left = Expression::Subtract(Box::new(left), Box::new(self.unary()?));
            } else {
                return Ok(left);
            }
        }
    }

    fn unary(&mut self) -> Result<Expression, String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(format!("a filter is nested more than {DEEPEST} deep"));
        }
        let read = if self.cursor.eat_token("!") {
            Expression::Not(Box::new(self.unary()?))
        } else if self.cursor.eat_token("-") {
            Expression::Negative(Box::new(self.unary()?))
        } else if self.cursor.eat_token("typeof ") {
            Expression::TypeOf(Box::new(self.unary()?))
        } else if self.cursor.eat_token("void ") {
            self.unary()?;
            Expression::Undefined
        } else {
            let primary = self.primary()?;
            self.behind(primary)?
        };
        self.depth -= 1;
        Ok(read)
    }

    /// Members, items and calls behind a value.
    fn behind(&mut self, mut value: Expression) -> Result<Expression, String> {
        loop {
            if self.cursor.eat_token("?.") || self.cursor.eat(".") {
                let name = self.cursor.take_while(is_of_a_name);
                if self.cursor.eat_token("(") {
                    let Some(method) = Method::named(name) else {
                        return Err(format!("the method `{name}` needs JavaScript"));
                    };
                    value = Expression::Call(Box::new(value), method, self.list(")")?);
                } else if name.is_empty() {
                    return Err(self.cursor.unexpected("a name"));
                } else {
                    let name = Expression::Text(name.to_owned());
                    value = Expression::Member(Box::new(value), Box::new(name));
                }
            } else if self.cursor.eat("[") {
                let item = self.either()?;
                self.cursor.expect("]")?;
                value = Expression::Member(Box::new(value), Box::new(item));
            } else {
                return Ok(value);
            }
        }
    }

    fn primary(&mut self) -> Result<Expression, String> {
        self.cursor.blanks();
        match self.cursor.peek() {
            Some('(') => {
                self.cursor.next();
                let inside = self.either()?;
                self.cursor.expect(")")?;
                Ok(inside)
            }
            Some('[') => {
                self.cursor.next();
                self.list("]").map(Expression::List)
            }
            Some(quote @ ('\'' | '"' | '`')) => {
                self.cursor.next();
                self.cursor.quoted(quote).map(Expression::Text)
            }
            Some('/') => self.pattern(),
            Some('@') => {
                self.cursor.next();
                self.looked_at()
            }
            Some('0'..='9') => {
                let digits = self.cursor.take_while(|c| c.is_ascii_digit() || c == '.');
                let number = digits.parse().map(Expression::Number);
                number.map_err(|_| format!("`{digits}` is no number"))
            }
            Some(c) if is_of_a_name(c) => self.word(),
            _ => Err(self.cursor.unexpected("a value")),
        }
    }

    fn looked_at(&mut self) -> Result<Expression, String> {
        match self.cursor.take_while(is_of_a_name) {
            "" => Ok(Expression::Current),
            "property" => Ok(Expression::Property),
            "parent" => Ok(Expression::Parent),
            "parentProperty" => Ok(Expression::ParentProperty),
            "path" => Ok(Expression::Where),
            "root" => Ok(Expression::Root),
            name => Err(format!("`@{name}` is not understood")),
        }
    }

    fn word(&mut self) -> Result<Expression, String> {
        let word = self.cursor.take_while(|c| is_of_a_name(c) || c == '.');
        let method = match word {
            "true" => return Ok(Expression::Boolean(true)),
            "false" => return Ok(Expression::Boolean(false)),
            "null" => return Ok(Expression::Null),
            "undefined" => return Ok(Expression::Undefined),
            "Object.keys" => Method::Keys,
            "Array.isArray" => Method::IsArray,
            _ => return Err(format!("`{word}` needs JavaScript")),
        };
        self.cursor.expect("(")?;
        let mut of = self.list(")")?;
        match (of.pop(), of.is_empty()) {
            (Some(only), true) => Ok(Expression::Call(Box::new(only), method, Vec::new())),
            _ => Err(format!("`{word}` is given one value")),
        }
    }

    /// Values up to the closing bracket.
    fn list(&mut self, end: &str) -> Result<Vec<Expression>, String> {
        let mut items = Vec::new();
        while !self.cursor.eat_token(end) {
            if !items.is_empty() {
                self.cursor.expect(",")?;
            }
            items.push(self.either()?);
        }
        Ok(items)
    }

    fn pattern(&mut self) -> Result<Expression, String> {
        self.cursor.next();
        let mut source = String::new();
        let mut in_class = false;
        loop {
            match self.cursor.next() {
                None => return Err("a pattern is not closed with /".to_owned()),
                Some('/') if !in_class => break,
                Some('\\') => {
                    source.push('\\');
                    source.extend(self.cursor.next());
                    continue;
                }
                Some(c) => {
                    in_class = c == '[' || (in_class && c != ']');
                    source.push(c);
                }
            }
        }
        let flags = self.cursor.take_while(|c| c.is_ascii_lowercase());
        Ok(Expression::Pattern(Arc::new(Pattern::new(&source, flags)?)))
    }
}

fn is_of_a_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$')
}
