//! A second reader, so that no place is held against the reader that told it.
//!
//! It knows of YAML and JSON what the documents of these tests are written in, and panics at the rest: blocks of
//! mappings and lists, everything in brackets, anchors, texts on one line, comments. It counts lines and columns itself.

use std::collections::BTreeMap;

/// A line and a column, from 1, in characters.
pub(crate) type Place = (u32, u32);

/// What of the thing at a pointer stands at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    Key,
    Value,
}

/// A text that was read once more.
pub(crate) struct Second {
    root: Node,
    /// By pointer, where the key and the value stand.
    places: BTreeMap<String, (Option<Place>, Place)>,
}

#[derive(Clone)]
struct Node {
    at: usize,
    value: Value,
}

#[derive(Clone)]
enum Value {
    /// Words without quotes, which may be text, a number, a truth value or nothing.
    Plain(String),
    Text(String),
    List(Vec<Node>),
    Object(Vec<(Node, Node)>),
}

impl Second {
    pub(crate) fn read(text: &str) -> Self {
        let mut reader = Reader {
            text: text.chars().collect(),
            at: 0,
            places: places(text),
            anchors: BTreeMap::new(),
        };
        reader.blanks();
        if reader.rest("--- ") {
            reader.at += 4;
        }
        let root = reader.block(0);
        reader.blanks();
        assert_eq!(reader.at, reader.text.len(), "all of it is read:\n{text}");
        let mut places = BTreeMap::new();
        gather(&reader, &root, String::new(), None, &mut places);
        Self { root, places }
    }

    /// Whether anything is at a pointer.
    pub(crate) fn has(&self, pointer: &str) -> bool {
        self.places.contains_key(pointer)
    }

    /// The place of the key or of the value at a pointer.
    pub(crate) fn place(&self, pointer: &str, part: Part) -> Option<Place> {
        let (key, value) = self.places.get(pointer)?;
        match part {
            Part::Key => *key,
            Part::Value => Some(*value),
        }
    }

    /// What stands at a place: the key or the value at this pointer, if either does.
    pub(crate) fn part(&self, pointer: &str, place: Place) -> Option<Part> {
        let parts = [Part::Value, Part::Key].into_iter();
        let mut there = parts.filter(|part| self.place(pointer, *part) == Some(place));
        there.next()
    }

    /// The same document as JSON, spread over many lines.
    pub(crate) fn json(&self) -> String {
        let mut json = String::new();
        self.root.write(&mut json, 0);
        json + "\n"
    }

    /// What is at a pointer, as JSON.
    pub(crate) fn written(&self, pointer: &str) -> Option<String> {
        let mut node = &self.root;
        for step in pointer.split('/').skip(1) {
            let step = step.replace("~1", "/").replace("~0", "~");
            node = match &node.value {
                Value::List(items) => items.get(step.parse::<usize>().ok()?)?,
                Value::Object(members) => {
                    let mut named = members.iter().filter(|(key, _)| key.words() == step);
                    &named.next()?.1
                }
                Value::Plain(_) | Value::Text(_) => return None,
            };
        }
        let mut json = String::new();
        node.write(&mut json, 0);
        Some(json)
    }
}

fn gather(
    reader: &Reader,
    node: &Node,
    pointer: String,
    key: Option<Place>,
    places: &mut BTreeMap<String, (Option<Place>, Place)>,
) {
    match &node.value {
        Value::Plain(_) | Value::Text(_) => {}
        Value::List(items) => {
            for (number, item) in items.iter().enumerate() {
                gather(reader, item, format!("{pointer}/{number}"), None, places);
            }
        }
        Value::Object(members) => {
            for (key, value) in members {
                let step = key.words().replace('~', "~0").replace('/', "~1");
                let place = Some(reader.place(key.at));
                gather(reader, value, format!("{pointer}/{step}"), place, places);
            }
        }
    }
    let known = places.insert(pointer, (key, reader.place(node.at)));
    assert!(known.is_none(), "a key stands twice");
}

impl Node {
    fn words(&self) -> &str {
        match &self.value {
            Value::Plain(words) | Value::Text(words) => words,
            Value::List(_) | Value::Object(_) => panic!("a key is text"),
        }
    }

    fn write(&self, json: &mut String, depth: usize) {
        let line = |depth: usize| format!("\n{}", "\t".repeat(depth));
        let quoted = |text: &str| serde_json::to_string(text).expect("a text is JSON");
        match &self.value {
            Value::Plain(words) if words.is_empty() || words == "~" => json.push_str("null"),
            Value::Plain(words) => {
                let bare: Result<serde_json::Value, _> = serde_json::from_str(words);
                match bare {
                    Ok(_) => json.push_str(words),
                    Err(_) => json.push_str(&quoted(words)),
                }
            }
            Value::Text(text) => json.push_str(&quoted(text)),
            Value::List(items) => {
                json.push('[');
                for (number, item) in items.iter().enumerate() {
                    json.push_str(if number == 0 { "" } else { "," });
                    json.push_str(&line(depth + 1));
                    item.write(json, depth + 1);
                }
                json.push(']');
            }
            Value::Object(members) => {
                json.push('{');
                for (number, (key, value)) in members.iter().enumerate() {
                    json.push_str(if number == 0 { "" } else { " ," });
                    json.push_str(&line(depth + 1));
                    json.push_str(&quoted(key.words()));
                    json.push_str(": ");
                    value.write(json, depth + 1);
                }
                json.push('}');
            }
        }
    }
}

struct Reader {
    text: Vec<char>,
    at: usize,
    places: Vec<Place>,
    anchors: BTreeMap<String, Node>,
}

impl Reader {
    /// Something that may be a mapping or a list without brackets, all of it this far to the right.
    fn block(&mut self, least: usize) -> Node {
        let (at, column) = (self.at, self.column());
        assert!(column >= least, "indented: {}", self.here());
        let mut items = Vec::new();
        while self.column() == column && self.is_dash() {
            self.at += 1;
            items.push(self.behind(column + 1));
            self.blanks();
        }
        if !items.is_empty() {
            let value = Value::List(items);
            return Node { at, value };
        }
        let mut members = Vec::new();
        while self.at < self.text.len() && self.column() == column && self.is_key() {
            let key = self.scalar(false);
            self.at += 1;
            // A list may stand as far to the left as the key that it stands under.
            members.push((key, self.behind(column)));
            self.blanks();
        }
        if members.is_empty() {
            return self.flow(false);
        }
        let value = Value::Object(members);
        Node { at, value }
    }

    /// What stands behind a dash or a colon: on the line, or under it.
    fn behind(&mut self, least: usize) -> Node {
        let (start, line) = (self.at, self.place(self.at).0);
        self.blanks();
        let ended = self.at == self.text.len();
        let same_line = !ended && self.place(self.at).0 == line;
        let inside = self.column() >= least && (self.is_dash() || self.column() > least);
        match (ended, same_line, self.text.get(start.saturating_sub(1))) {
            (false, true, Some(':')) => self.flow(false),
            (false, true, _) => self.block(0),
            (false, false, _) if inside || (self.is_dash() && self.column() == least) => {
                self.block(least)
            }
            _ => Node {
                at: start,
                value: Value::Plain(String::new()),
            },
        }
    }

    /// Something on one line, or in brackets.
    fn flow(&mut self, bracketed: bool) -> Node {
        let at = self.at;
        let value = match self.text[at] {
            '&' => {
                let name = self.name();
                let node = self.named(bracketed);
                self.anchors.insert(name, node.clone());
                return node;
            }
            '!' => {
                self.at += 1;
                self.name();
                return self.named(bracketed);
            }
            '*' => {
                // What is repeated stands where it is written.
                let name = self.name();
                return self.anchors[&name].clone();
            }
            '[' => {
                let mut items = Vec::new();
                while self.goes_on(']') {
                    let item = self.flow(true);
                    items.push(self.single(item));
                }
                Value::List(items)
            }
            '{' => {
                let mut members = Vec::new();
                while self.goes_on('}') {
                    let key = self.scalar(true);
                    self.blanks();
                    members.push((key, self.value()));
                }
                Value::Object(members)
            }
            _ => return self.scalar(bracketed),
        };
        Node { at, value }
    }

    /// What stands behind an anchor or a tag.
    fn named(&mut self, bracketed: bool) -> Node {
        self.blanks();
        if bracketed {
            self.flow(true)
        } else {
            self.block(0)
        }
    }

    /// The name of an anchor.
    fn name(&mut self) -> String {
        let name = self.text[self.at + 1..].iter();
        let name: String = name.take_while(|c| c.is_alphanumeric()).collect();
        self.at += 1 + name.len();
        name
    }

    /// The value of a member in brackets.
    fn value(&mut self) -> Node {
        if self.text[self.at] != ':' {
            let value = Value::Plain(String::new());
            return Node { at: self.at, value };
        }
        self.at += 1;
        self.blanks();
        self.flow(true)
    }

    /// An item of a list in brackets, which may be a member without braces.
    fn single(&mut self, item: Node) -> Node {
        self.blanks();
        if self.text[self.at] != ':' {
            return item;
        }
        let at = item.at;
        let value = Value::Object(vec![(item, self.value())]);
        Node { at, value }
    }

    /// Goes to the next item in brackets, or behind the bracket that closes them.
    fn goes_on(&mut self, close: char) -> bool {
        let opened = "[{".contains(self.text[self.at]);
        self.blanks();
        self.at += usize::from(opened || self.text[self.at] == ',');
        self.blanks();
        let closed = self.text[self.at] == close;
        self.at += usize::from(closed);
        !closed
    }

    fn scalar(&mut self, bracketed: bool) -> Node {
        let at = self.at;
        let quote = self.text[at];
        if quote == '"' || quote == '\'' {
            let value = Value::Text(self.quoted(quote));
            return Node { at, value };
        }
        let unknown = "&*!|>?@`%".contains(quote);
        assert!(!unknown, "this reader does not know `{}`", self.here());
        let ends = |at: usize| {
            let (c, next) = (self.text[at], self.text.get(at + 1));
            let behind_blank = at > 0 && self.text[at - 1].is_whitespace();
            let split = bracketed && next.is_some_and(|next| ",]}".contains(*next));
            (c == ':' && (split || next.is_none_or(|next| next.is_whitespace())))
                || (bracketed && ",]}".contains(c))
                || (c == '#' && behind_blank)
                || c == '\n'
        };
        let mut end = at;
        while end < self.text.len() && !ends(end) {
            end += 1;
        }
        let words: String = self.text[at..end].iter().collect();
        self.at = end;
        let value = Value::Plain(words.trim_end().to_owned());
        Node { at, value }
    }

    fn quoted(&mut self, quote: char) -> String {
        let mut words = String::new();
        loop {
            self.at += 1;
            match (self.text[self.at], self.text.get(self.at + 1)) {
                ('\'', Some('\'')) if quote == '\'' => self.at += 1,
                (c, _) if c == quote => break,
                ('\\', Some(next)) if quote == '"' => {
                    assert!(
                        "\"\\/".contains(*next),
                        "this reader does not know \\{next}"
                    );
                    words.push(*next);
                    self.at += 1;
                    continue;
                }
                _ => {}
            }
            words.push(self.text[self.at]);
        }
        self.at += 1;
        words
    }

    /// Whether a key stands here: words with a colon and a blank behind them, on one line.
    fn is_key(&self) -> bool {
        if "[{&*!".contains(self.text[self.at]) {
            return false;
        }
        let line = self.here();
        let mut ahead = Self {
            text: line.chars().collect(),
            at: 0,
            places: Vec::new(),
            anchors: BTreeMap::new(),
        };
        ahead.scalar(false);
        ahead.text.get(ahead.at) == Some(&':')
    }

    fn is_dash(&self) -> bool {
        let next = self.text.get(self.at + 1);
        self.text.get(self.at) == Some(&'-') && next.is_none_or(|next| next.is_whitespace())
    }

    /// Goes over blanks, ends of lines and comments.
    fn blanks(&mut self) {
        while let Some(c) = self.text.get(self.at) {
            if *c == '#' {
                let rest = self.text[self.at..].iter();
                self.at += rest.take_while(|c| **c != '\n').count();
            } else if c.is_whitespace() {
                self.at += 1;
            } else {
                break;
            }
        }
    }

    fn rest(&self, words: &str) -> bool {
        self.text[self.at..]
            .iter()
            .copied()
            .take(words.len())
            .eq(words.chars())
    }

    fn here(&self) -> String {
        let rest = self.text[self.at..].iter();
        rest.take_while(|c| **c != '\n').collect()
    }

    /// How many characters of the line stand before this one.
    fn column(&self) -> usize {
        let (_, column) = self.places[self.at];
        usize::try_from(column - 1).expect("a column")
    }

    fn place(&self, at: usize) -> Place {
        self.places[at]
    }
}

/// The place of every character, and of the end.
fn places(text: &str) -> Vec<Place> {
    let mut places = vec![(1, 1)];
    for c in text.chars() {
        let (line, column) = places[places.len() - 1];
        places.push(match c {
            '\n' => (line + 1, 1),
            _ => (line, column + 1),
        });
    }
    places
}

#[test]
fn the_second_reader_reads_what_is_written() {
    let text = "# {}\na:\n- x # y\n- {b: [c: 1, 'd''s'], e}\nf: \"\\\"g\"\n/h/{i}:\n  j: http://k:1\n  l:\n";
    let second = Second::read(text);
    let json: serde_json::Value = serde_json::from_str(&second.json()).expect("JSON");
    let expected = serde_json::json!({
        "a": ["x", {"b": [{"c": 1}, "d's"], "e": null}], "f": "\"g", "/h/{i}": {"j": "http://k:1", "l": null}
    });
    assert_eq!(json, expected);
    assert_eq!(second.part("/a/1/b/0/c", (4, 11)), Some(Part::Value));
    assert_eq!(second.part("/a/1/b/0/c", (4, 8)), Some(Part::Key));
    assert_eq!(second.part("/~1h~1{i}/j", (7, 6)), Some(Part::Value));
    let again = Second::read(&second.json());
    assert_eq!(again.json(), second.json());
    assert_eq!(again.part("/a/1/b/1", (8, 5)), Some(Part::Value));
}
