//! Reading: from bytes to a document, or to the findings that say why there is none.

mod json;
mod json_text;
mod yaml;
mod yaml_input;
mod yaml_offset;
mod yaml_scalar;

use crate::{
    budget::Budgets,
    examine::Format,
    finding::Findings,
    report::Report,
    rule::Rule,
    tree::{
        builder::Builder,
        document::Document,
        places::{Place, Places},
    },
};

/// The mark that some editors put in front of UTF-8.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// The largest budget of bytes: offsets are stored in 32 bits.
const MOST_BYTES: usize = 1 << 30;

/// Reads a document: JSON when its first character is `{`, YAML otherwise.
///
/// # Errors
/// The findings, at least one of them an error, of an upload that is neither or that exceeds a budget.
pub fn read<'a>(bytes: &'a [u8], budgets: &Budgets) -> Result<Document<'a>, Findings> {
    read_with(bytes, budgets, MergeKeys::Refused)
}

/// What becomes of `<<`, which YAML 1.2 does not know and much YAML is still written with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MergeKeys {
    /// It is an error, because a document that others read as well must not mean two things.
    Refused,
    /// It is a key like any other, and whoever reads the tree merges.
    Kept,
}

/// As [`read`], with a say in merge keys.
pub(crate) fn read_with<'a>(
    bytes: &'a [u8],
    budgets: &Budgets,
    merge_keys: MergeKeys,
) -> Result<Document<'a>, Findings> {
    let mut report = Report::default();
    let Some(text) = text(bytes, budgets, &mut report) else {
        return Err(report.finish());
    };
    let format = if text.trim_start().starts_with('{') {
        Format::Json
    } else {
        Format::Yaml
    };
    let mut builder = Builder::new(Document::new(text, format, budgets.nodes), budgets, report);
    let read = match format {
        Format::Json => json::read(text, &mut builder),
        Format::Yaml => yaml::read(text, merge_keys, &mut builder),
    };
    let (mut document, mut report) = builder.finish();
    if read.is_ok() && document.slots.is_empty() {
        report.add_whole(Rule::Empty, Place::START, format_args!("{EMPTY}"));
    }
    let findings = report.finish();
    if findings.has_errors() {
        return Err(findings);
    }
    document.findings = findings;
    Ok(document)
}

const EMPTY: &str = "the document is empty; it should be OpenAPI, as JSON or YAML";

const UTF_16: &str = "the document is UTF-16; save it as UTF-8";

/// The text of an upload, without its byte order mark.
fn text<'a>(bytes: &'a [u8], budgets: &Budgets, report: &mut Report) -> Option<&'a str> {
    let most = budgets.bytes.min(MOST_BYTES);
    if bytes.len() > most {
        let message = format_args!(
            "the document has {} bytes, and {most} are read (the budget `bytes`)",
            bytes.len()
        );
        report.add_whole(Rule::OverBudget, Place::START, message);
        return None;
    }
    if let [0, _, ..] | [_, 0, ..] = bytes {
        report.add_whole(Rule::NotUtf8, Place::START, format_args!("{UTF_16}"));
        return None;
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let sound = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let sound = std::str::from_utf8(sound).unwrap_or_default();
            let place = Places::of(sound).at(sound, sound.len());
            report.add_whole(Rule::NotUtf8, place, format_args!("{}", not_utf8(bytes)));
            return None;
        }
    };
    let stripped = text.strip_prefix(BYTE_ORDER_MARK);
    if stripped.is_some() {
        let message = format_args!("the document begins with a byte order mark, which is ignored");
        report.add_whole(Rule::ByteOrderMark, Place::START, message);
    }
    let text = stripped.unwrap_or(text);
    if text.trim().is_empty() {
        report.add_whole(Rule::Empty, Place::START, format_args!("{EMPTY}"));
        return None;
    }
    Some(text)
}

fn not_utf8(bytes: &[u8]) -> &'static str {
    match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => UTF_16,
        [0x1f, 0x8b, ..] => "the document is compressed with gzip; unpack it first",
        [b'P', b'K', 3, 4, ..] => "this is a zip archive; unpack it, and take the document in it",
        _ => "the bytes here are not UTF-8; save the document as UTF-8",
    }
}
