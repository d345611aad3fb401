//! The YAML reader: the part of YAML 1.2 that JSON can say, from the events of `saphyr-parser`.

mod margin;

use std::{fmt::Arguments, ops::Range};

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span, Tag};

use crate::{
    read::{
        MergeKeys,
        yaml::margin::{Gaps, straightened},
        yaml_input::{MOST_MARKS, Meter, Metered},
        yaml_offset::{Offsets, behind_properties},
        yaml_scalar::{self, Meaning},
    },
    report::Quoted,
    rule::Rule,
    tree::{
        builder::{Builder, Stop},
        slot::Form,
    },
};

/// The namespace of YAML's own tags.
const CORE: &str = "tag:yaml.org,2002:";

/// Reads a whole text as one YAML document: as it stands, and straightened when that is refused.
pub(crate) fn read(
    text: &str,
    merge_keys: MergeKeys,
    builder: &mut Builder<'_, '_>,
) -> Result<(), Stop> {
    let mut refused = match attempt((text, text), &mut Gaps::default(), merge_keys, builder) {
        Ok(()) => return Ok(()),
        Err(Failure::Told(stop)) => return Err(stop),
        Err(Failure::Syntax(error, offset)) => (error, offset),
    };
    if let Some((straight, mut gaps)) = straightened(text) {
        builder.begin_again();
        match attempt((text, &straight), &mut gaps, merge_keys, builder) {
            Ok(()) if gaps.hold() => return Ok(()),
            Ok(()) => {}
            Err(Failure::Told(stop)) => return Err(stop),
            Err(Failure::Syntax(error, offset)) => refused = (error, offset),
        }
    }
    let (error, offset) = refused;
    Err(builder.fail(Rule::Syntax, offset, format_args!("{}", error.info())))
}

/// Why an attempt to read has ended.
enum Failure {
    /// The report says why.
    Told(Stop),
    /// The parser refuses what stands at this byte.
    Syntax(ScanError, usize),
}

impl From<Stop> for Failure {
    fn from(stop: Stop) -> Self {
        Self::Told(stop)
    }
}

/// Reads a text by what is parsed in its place.
fn attempt(
    (text, parsed): (&str, &str),
    gaps: &mut Gaps,
    merge_keys: MergeKeys,
    builder: &mut Builder<'_, '_>,
) -> Result<(), Failure> {
    let meter = Meter::default();
    let mut reader = Reader {
        text,
        gaps,
        offsets: Offsets::of(parsed),
        anchors: Vec::new(),
        documents: 0,
        merge_keys,
        builder,
    };
    for event in Parser::new(Metered::new(parsed, &meter)) {
        if meter.is_over() {
            return Err(Failure::Told(reader.too_many_marks()));
        }
        match event {
            Ok((event, span)) => reader.event(event, span)?,
            Err(error) => {
                let offset = reader.byte(error.marker().index());
                return Err(Failure::Syntax(error, offset));
            }
        }
        meter.reset();
    }
    Ok(())
}

struct Reader<'r, 'a, 'b> {
    text: &'r str,
    /// What the text that is parsed has more.
    gaps: &'r mut Gaps,
    /// The characters of the text that is parsed.
    offsets: Offsets<'r>,
    /// The slot of each anchor, by the parser's number for it.
    anchors: Vec<u32>,
    documents: usize,
    merge_keys: MergeKeys,
    builder: &'r mut Builder<'a, 'b>,
}

impl Reader<'_, '_, '_> {
    fn event(&mut self, event: Event<'_>, span: Span) -> Result<(), Stop> {
        let span = self.bytes(span);
        match event {
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Ok(()),
            Event::DocumentStart(_) => self.document(span.start),
            Event::Alias(anchor) => self.alias(anchor, span),
            Event::Scalar(text, style, anchor, tag) => {
                self.anchor(anchor, span.start)?;
                self.scalar(&text, style, tag.as_deref(), span)
            }
            Event::SequenceStart(anchor, tag) => {
                self.collection(Form::List, anchor, tag.as_deref(), span.start)
            }
            Event::MappingStart(anchor, tag) => {
                self.collection(Form::Object, anchor, tag.as_deref(), span.start)
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let end = self.end_of_collection(span.start);
                self.builder.close(end);
                Ok(())
            }
        }
    }

    fn document(&mut self, offset: usize) -> Result<(), Stop> {
        self.documents += 1;
        if self.documents > 1 {
            let message =
                format_args!("a second YAML document begins here; upload them one by one");
            return Err(self.fail(Rule::NotJson, offset, message));
        }
        Ok(())
    }

    fn alias(&mut self, anchor: usize, span: Range<usize>) -> Result<(), Stop> {
        if self.builder.wants_key() {
            let message =
                format_args!("an alias stands where a key is expected; write the key out");
            return Err(self.fail(Rule::NotJson, span.start, message));
        }
        let original = self.anchors.get(anchor).copied().unwrap_or_default();
        self.builder.repeat(original, span)
    }

    fn collection(
        &mut self,
        form: Form,
        anchor: usize,
        tag: Option<&Tag>,
        start: usize,
    ) -> Result<(), Stop> {
        if self.builder.wants_key() {
            let message =
                format_args!("a list or an object stands where a key is expected; keys are text");
            return Err(self.fail(Rule::NotJson, start, message));
        }
        let fitting = if form == Form::List { "seq" } else { "map" };
        if let Some(tag) = tag.filter(|tag| tag.handle != CORE || tag.suffix != fitting) {
            return Err(self.foreign_tag(tag, start));
        }
        self.anchor(anchor, start)?;
        let start = behind_properties(self.text, start);
        self.builder.open(form, start)?;
        Ok(())
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        tag: Option<&Tag>,
        span: Range<usize>,
    ) -> Result<(), Stop> {
        let plain = style == ScalarStyle::Plain;
        if matches!(style, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted) {
            self.gaps.meet(span.start..=span.end);
        }
        let before = span.start;
        let span = behind_properties(self.text, before).min(span.end)..span.end;
        if self.builder.wants_key() {
            if plain && text == "<<" && self.merge_keys == MergeKeys::Refused {
                self.builder.note(
                    Rule::MergeKey,
                    span.start,
                    format_args!(
                        "`<<` merges nothing in YAML 1.2; write the members out, or quote the key"
                    ),
                );
            }
            return self.text(text, style, span);
        }
        let meaning = match tag {
            None if plain => yaml_scalar::meaning(text),
            None => Meaning::Text,
            Some(tag) => self.tagged(text, tag, before)?,
        };
        let form = match meaning {
            Meaning::Text => return self.text(text, style, span),
            Meaning::Null => Form::Null,
            Meaning::True => Form::True,
            Meaning::False => Form::False,
            Meaning::Number => Form::Number,
            Meaning::NoNumber => {
                let message = format_args!("JSON has no {}; quote it if it is text", Quoted(text));
                return Err(self.fail(Rule::NotJson, span.start, message));
            }
        };
        let inside = if plain {
            span.clone()
        } else {
            within_quotes(span.clone())
        };
        let word = self.word(text, inside);
        if form == Form::Number && self.text.get(word.clone()) != Some(text) {
            let message = format_args!("write the number {} as it is", Quoted(text));
            return Err(self.fail(Rule::NotJson, span.start, message));
        }
        self.builder.scalar(form, word.start, word.end)?;
        Ok(())
    }

    /// Text, as it stands in the document where that is what it says.
    fn text(&mut self, text: &str, style: ScalarStyle, span: Range<usize>) -> Result<(), Stop> {
        let (form, inside) = match style {
            ScalarStyle::Plain => (Form::Bare, self.word(text, span.clone())),
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => {
                (Form::Quoted, within_quotes(span.clone()))
            }
            ScalarStyle::Literal | ScalarStyle::Folded => (Form::Rewritten, span.clone()),
        };
        if form == Form::Rewritten || self.text.get(inside.clone()) != Some(text) {
            self.builder.rewritten(text, span.start, span.end)?;
        } else if form == Form::Quoted {
            self.builder.scalar(form, span.start, span.end)?;
        } else {
            self.builder.scalar(form, inside.start, inside.end)?;
        }
        Ok(())
    }

    /// What a scalar with a tag means.
    fn tagged(&mut self, text: &str, tag: &Tag, offset: usize) -> Result<Meaning, Stop> {
        let meaning = yaml_scalar::meaning(text);
        let fits = match (tag.handle.as_str(), tag.suffix.as_str()) {
            // `!` alone says that it is text whatever it looks like.
            (CORE, "str") | ("", "!") => return Ok(Meaning::Text),
            (CORE, "null") => meaning == Meaning::Null,
            (CORE, "bool") => matches!(meaning, Meaning::True | Meaning::False),
            (CORE, "int" | "float") => matches!(meaning, Meaning::Number | Meaning::NoNumber),
            _ => false,
        };
        if fits {
            Ok(meaning)
        } else {
            Err(self.foreign_tag(tag, offset))
        }
    }

    fn foreign_tag(&mut self, tag: &Tag, offset: usize) -> Stop {
        let tag = tag.to_string();
        let message = format_args!(
            "the tag {} is not one that fits here; JSON has none, so leave it out",
            Quoted(&tag)
        );
        self.fail(Rule::NotJson, offset, message)
    }

    /// Remembers that the next slot is the one an anchor names.
    fn anchor(&mut self, anchor: usize, offset: usize) -> Result<(), Stop> {
        if anchor == 0 {
            return Ok(());
        }
        let most = self.builder.budgets().anchors;
        if anchor > most {
            let message = format_args!("there are more than {most} anchors (the budget `anchors`)");
            return Err(self.fail(Rule::OverBudget, offset, message));
        }
        self.anchors.resize(anchor, 0);
        self.anchors.push(self.builder.next());
        Ok(())
    }

    /// Where a scalar's own word stands, behind its anchor and its tag.
    fn word(&self, text: &str, span: Range<usize>) -> Range<usize> {
        let behind = span.end.saturating_sub(text.len())..span.end;
        if self.text.get(behind.clone()) == Some(text) {
            behind
        } else {
            span
        }
    }

    /// Behind the bracket that closes a collection, or behind the last thing in it when it has no brackets: the parser
    /// says where the next thing begins, blank lines and comments later.
    fn end_of_collection(&mut self, offset: usize) -> usize {
        let byte = |at: usize| self.text.as_bytes().get(at).copied();
        let (start, last_end) = self.builder.extent();
        match (byte(start), byte(offset)) {
            (Some(b'['), Some(b']')) | (Some(b'{'), Some(b'}')) => {
                self.gaps.meet(start..=offset + 1);
                offset + 1
            }
            _ => last_end,
        }
    }

    fn bytes(&mut self, span: Span) -> Range<usize> {
        let start = self.byte(span.start.index());
        let end = self.byte(span.end.index());
        start..end.max(start)
    }

    /// The byte of the text at which a character of what is parsed begins.
    fn byte(&mut self, character: usize) -> usize {
        self.gaps.original(self.offsets.byte(character))
    }

    fn too_many_marks(&mut self) -> Stop {
        let (_, offset) = self.builder.extent();
        let message = format_args!(
            "one list in brackets, or one text, has more than {MOST_MARKS} brackets and commas; write the list with dashes"
        );
        self.fail(Rule::OverBudget, offset, message)
    }

    fn fail(&mut self, rule: Rule, offset: usize, message: Arguments<'_>) -> Stop {
        self.builder.fail(rule, offset, message)
    }
}

fn within_quotes(span: Range<usize>) -> Range<usize> {
    span.start + 1..span.end.saturating_sub(1)
}
