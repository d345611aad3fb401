//! The model: what the house reads of an OpenAPI document, every part with the node it came from.
//!
//! Every edition is read with the meaning of 3.1. Where they differ in what is read here, the file that reads it says so.

pub(crate) mod edition;
pub(crate) mod paths;
pub(crate) mod reading;
pub(crate) mod security;
pub(crate) mod template;

use crate::{
    model::{edition::Edition, paths::Path, reading::Reading, security::Security},
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

impl<'d> Model<'d> {
    /// Reads a document; `None` when it is not of a version that can be read.
    pub(crate) fn read(reading: &mut Reading<'d>) -> Option<Self> {
        let root = reading.document.root();
        let (openapi, edition) = Edition::read(reading, root)?;
        reading.edition = edition;
        let info = reading.required(root, "info", Kind::Object);
        let (mut title, mut version, mut description) = (None, None, None);
        if let Some(info) = info {
            title = required_text(reading, info, "title");
            version = required_text(reading, info, "version");
            description = reading.text(info, "description");
        }
        let security = Security::read(reading, root);
        let paths = match edition {
            Edition::V2_0 | Edition::V3_0 => reading.required(root, "paths", Kind::Object),
            Edition::V3_1 | Edition::V3_2 => reading.member(root, "paths", Kind::Object),
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
