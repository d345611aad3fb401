//! Reading a path.

use super::{Path, Segment, Selector, cursor::Cursor, expression};

/// The longest path that is read.
const LONGEST: usize = 4_000;

impl Path {
    /// Reads a path; otherwise says what in it is not understood.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if text.len() > LONGEST {
            return Err(format!("it is longer than {LONGEST} characters"));
        }
        let mut cursor = Cursor::over(text.trim());
        cursor.expect("$")?;
        let mut segments = Vec::new();
        while !cursor.is_done() {
            segments.push(segment(&mut cursor)?);
        }
        Ok(Self(segments))
    }
}

fn segment(cursor: &mut Cursor<'_>) -> Result<Segment, String> {
    if cursor.eat("..") {
        // Three dots are a slip of many rulesets, and mean what two do.
        cursor.eat(".");
        return Ok(Segment::Descendants(selected(cursor)?));
    }
    if cursor.eat("^") {
        return Ok(Segment::Parent);
    }
    if cursor.eat("~") || cursor.eat(".~") {
        return Ok(Segment::Key);
    }
    // So does a dot before a bracket, where these rulesets are at home.
    if cursor.rest().starts_with(".[") {
        cursor.eat(".");
        return Ok(Segment::Descendants(selected(cursor)?));
    }
    if cursor.eat(".") || cursor.peek() == Some('[') {
        return Ok(Segment::Children(selected(cursor)?));
    }
    Err(cursor.unexpected("`.` or `[`"))
}

/// What stands behind the dots of a step, or in its brackets.
fn selected(cursor: &mut Cursor<'_>) -> Result<Vec<Selector>, String> {
    if cursor.eat("*") {
        return Ok(vec![Selector::Every]);
    }
    if cursor.eat("[") {
        return selectors(cursor);
    }
    match cursor.take_while(|c| {
        !matches!(c, '.' | '[' | ']' | '^' | '~' | '(' | ')' | '@') && !c.is_whitespace()
    }) {
        "" => Err(cursor.unexpected("a name")),
        name => Ok(vec![Selector::Name(name.to_owned())]),
    }
}

/// The selectors of a step in brackets, the opening one of which was read.
fn selectors(cursor: &mut Cursor<'_>) -> Result<Vec<Selector>, String> {
    let mut selectors = Vec::new();
    loop {
        selectors.push(selector(cursor)?);
        if cursor.eat_token("]") {
            return Ok(selectors);
        }
        cursor.expect(",")?;
    }
}

fn selector(cursor: &mut Cursor<'_>) -> Result<Selector, String> {
    cursor.blanks();
    if cursor.eat("*") {
        return Ok(Selector::Every);
    }
    if cursor.eat("?") {
        cursor.expect("(")?;
        let expression = expression::parse(cursor)?;
        cursor.expect(")")?;
        return Ok(Selector::Where(expression));
    }
    if cursor.eat("(") {
        return from_the_end(cursor);
    }
    for quote in ['\'', '"'] {
        if cursor.eat(quote.encode_utf8(&mut [0; 4])) {
            return cursor.quoted(quote).map(Selector::Name);
        }
    }
    match cursor
        .take_while(|c| !matches!(c, ',' | ']' | '[' | '('))
        .trim()
    {
        "" => Err(cursor.unexpected("a name")),
        word if word.contains(':') => slice(word),
        word => Ok(match word.parse() {
            Ok(index) => Selector::Index(index),
            Err(_) => Selector::Name(word.to_owned()),
        }),
    }
}

/// `(@.length - 1)`, the one computed index that is understood.
fn from_the_end(cursor: &mut Cursor<'_>) -> Result<Selector, String> {
    let inside = cursor.take_while(|c| c != ')');
    cursor.expect(")")?;
    let compact: String = inside.split_whitespace().collect();
    let back = compact.strip_prefix("@.length-");
    match back.and_then(|digits| digits.parse::<i64>().ok()) {
        Some(back) => Ok(Selector::Index(-back)),
        None => Err(format!("the computed index `({inside})` needs JavaScript")),
    }
}

fn slice(word: &str) -> Result<Selector, String> {
    let mut parts = word.split(':').map(str::trim);
    let mut number = || match parts.next() {
        None | Some("") => Ok(None),
        Some(digits) => digits
            .parse::<i64>()
            .map(Some)
            .map_err(|_| format!("`{word}` is no slice of a list")),
    };
    let (from, to, step) = (number()?, number()?, number()?);
    let step = usize::try_from(step.unwrap_or(1)).unwrap_or_default();
    if step == 0 {
        return Err(format!("the step of the slice `{word}` must be at least 1"));
    }
    Ok(Selector::Slice { from, to, step })
}
