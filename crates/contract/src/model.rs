//! The model: what the house reads of an OpenAPI document, every part with the node it came from.
//!
//! Versions 3.0 and 3.2 are read with the meaning of 3.1; in what is read here they do not differ.

pub(crate) mod paths;
pub(crate) mod reading;
pub(crate) mod security;
pub(crate) mod template;

use crate::{
    model::{paths::Path, reading::Reading, security::Security},
    report::Quoted,
    rule::Rule,
    tree::node::{Kind, Node},
};

/// An OpenAPI document.
#[derive(Debug)]
pub(crate) struct Model<'d> {
    pub(crate) root: Node<'d>,
    /// The version of OpenAPI as the document writes it.
    pub(crate) openapi: &'d str,
    pub(crate) title: Option<&'d str>,
    pub(crate) version: Option<&'d str>,
    pub(crate) description: Option<&'d str>,
    pub(crate) security: Security<'d>,
    pub(crate) paths: Vec<Path<'d>>,
}

/// The minor versions of OpenAPI 3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Minor {
    Zero,
    One,
    Two,
}

impl<'d> Model<'d> {
    /// Reads a document; `None` when it is not of a version that can be read.
    pub(crate) fn read(reading: &mut Reading<'d>) -> Option<Self> {
        let root = reading.document.root();
        let (openapi, minor) = version(reading, root)?;
        let info = reading.required(root, "info", Kind::Object);
        let (mut title, mut version, mut description) = (None, None, None);
        if let Some(info) = info {
            title = required_text(reading, info, "title");
            version = required_text(reading, info, "version");
            description = reading.text(info, "description");
        }
        let security = Security::read(reading, root);
        let paths = match minor {
            Minor::Zero => reading.required(root, "paths", Kind::Object),
            Minor::One | Minor::Two => reading.member(root, "paths", Kind::Object),
        };
        let paths = paths.map(|node| paths::read(reading, node, &security));
        Some(Self {
            root,
            openapi,
            title,
            version,
            description,
            security,
            paths: paths.unwrap_or_default(),
        })
    }
}

/// The version of OpenAPI a document names.
fn version<'d>(reading: &mut Reading<'d>, root: Node<'d>) -> Option<(&'d str, Minor)> {
    if root.kind() != Kind::Object {
        let message = format_args!(
            "an OpenAPI document is an object that begins with `openapi`, and this is {}",
            root.kind()
        );
        reading.report.add(Rule::NotOpenApi, root, message);
        return None;
    }
    if let (Some((key, version)), None) = (root.member("swagger"), root.get("openapi")) {
        let message = format_args!(
            "the document is of Swagger {}; convert it to OpenAPI 3 (`npx swagger2openapi` does) and upload that",
            Quoted(version.written())
        );
        reading.report.add(Rule::UnsupportedVersion, key, message);
        return None;
    }
    let Some((key, value)) = root.member("openapi") else {
        let message = format_args!(
            "not an OpenAPI document: the member `openapi` is missing, for instance `openapi: 3.1.0`"
        );
        reading.report.add(Rule::NotOpenApi, root, message);
        return None;
    };
    let openapi = reading.text(root, "openapi")?;
    let Some(minor) = minor(openapi) else {
        let message = format_args!(
            "{} is no version that can be read; 3.0, 3.1 and 3.2 are",
            Quoted(openapi)
        );
        reading.report.add(Rule::UnsupportedVersion, value, message);
        return None;
    };
    if minor == Minor::Two {
        let message =
            format_args!("OpenAPI 3.2 is read as 3.1; what only 3.2 knows is passed over");
        reading.report.add(Rule::ReadAs31, key, message);
    }
    Some((openapi, minor))
}

fn minor(openapi: &str) -> Option<Minor> {
    let mut numbers = openapi.splitn(3, '.');
    let (major, minor) = (numbers.next()?, numbers.next()?);
    match (major, minor) {
        ("3", "0") => Some(Minor::Zero),
        ("3", "1") => Some(Minor::One),
        ("3", "2") => Some(Minor::Two),
        _ => None,
    }
}

/// The text of a member that must be there and must say something.
fn required_text<'d>(
    reading: &mut Reading<'d>,
    object: Node<'d>,
    key: &'static str,
) -> Option<&'d str> {
    if object.get(key).is_none() {
        reading.missing(object, key);
    }
    let text = reading.text(object, key)?;
    if text.trim().is_empty() {
        let value = object.get(key).unwrap_or(object);
        let message = format_args!("`{key}` says nothing");
        reading.report.add(Rule::MissingMember, value, message);
        return None;
    }
    Some(text)
}
