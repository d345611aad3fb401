//! Editions: which OpenAPI a document says it is written in, and where they differ in what the house reads.

use crate::{
    model::reading::Reading,
    report::Quoted,
    rule::Rule,
    tree::node::{Kind, Node},
};

/// An edition of OpenAPI that is read, oldest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Edition {
    /// OpenAPI 2.0, still called Swagger.
    V2_0,
    /// OpenAPI 3.0.
    V3_0,
    /// OpenAPI 3.1.
    V3_1,
    /// OpenAPI 3.2.
    V3_2,
}

impl Edition {
    /// The edition a document names, and the version in its own words; a finding when that is none.
    pub(crate) fn read<'d>(reading: &mut Reading<'d>, root: Node<'d>) -> Option<(&'d str, Self)> {
        if root.kind() != Kind::Object {
            let message = format_args!(
                "an OpenAPI document is an object that begins with `openapi`, and this is {}",
                root.kind()
            );
            reading.report.add(Rule::NotOpenApi, root, message);
            return None;
        }
        let modern = root.get("openapi").is_some();
        let key = if modern { "openapi" } else { "swagger" };
        let Some(value) = root.get(key) else {
            let message = format_args!(
                "not an OpenAPI document: the member `openapi` is missing, for instance `openapi: 3.1.0`"
            );
            reading.report.add(Rule::NotOpenApi, root, message);
            return None;
        };
        let written = reading.text(root, key)?;
        let edition = if modern {
            Self::of_openapi(written)
        } else {
            Some(Self::V2_0).filter(|_| written == "2.0")
        };
        if edition.is_none() {
            let message = format_args!(
                "{} is no version that can be read; `swagger: '2.0'` and `openapi` 3.0, 3.1 and 3.2 are",
                Quoted(written)
            );
            let rule = Rule::UnsupportedVersion;
            reading.report.add(rule, value, message);
        }
        Some((written, edition?))
    }

    /// The edition that a value of `openapi` names.
    fn of_openapi(version: &str) -> Option<Self> {
        let mut numbers = version.splitn(3, '.');
        match (numbers.next()?, numbers.next()?) {
            ("3", "0") => Some(Self::V3_0),
            ("3", "1") => Some(Self::V3_1),
            ("3", "2") => Some(Self::V3_2),
            _ => None,
        }
    }

    /// Where security schemes are defined, as a message names it.
    pub(crate) const fn schemes_under(self) -> &'static str {
        match self {
            Self::V2_0 => "securityDefinitions",
            Self::V3_0 | Self::V3_1 | Self::V3_2 => "components.securitySchemes",
        }
    }
}
