//! Functions: what rules ask of the values they are given.

mod alphabetical;
mod components;
mod examples;
mod operations;
mod parameters;
mod protection;
mod scalars;
mod security;
mod servers;
mod structure;

use std::sync::Arc;

use serde_json::Value;

use super::run::Scope;
use crate::{
    pattern::Pattern,
    tree::{
        node::Node,
        view::{Seen, View},
    },
};

pub(crate) use scalars::Casing;

/// What a function is asked about.
#[derive(Clone, Copy)]
pub(crate) struct Subject<'r> {
    pub(crate) view: View<'r>,
    /// The value or key; `None` when there is nothing where the rule looks.
    pub(crate) value: Option<Node<'r>>,
    /// Where to point: the value, or what should hold it.
    pub(crate) at: Node<'r>,
    /// The way on to the value, when there is nothing where the rule looks.
    pub(crate) missing: &'r [String],
}

impl<'r> Subject<'r> {
    pub(crate) fn of(view: View<'r>, seen: Seen<'r>) -> Self {
        Self {
            view,
            value: Some(seen.node),
            at: seen.node,
            missing: &[],
        }
    }

    pub(crate) fn missing(view: View<'r>, at: Node<'r>, missing: &'r [String]) -> Self {
        Self {
            view,
            value: None,
            at,
            missing,
        }
    }
}

/// Something a function has found.
pub(crate) struct Found<'r> {
    pub(crate) at: Node<'r>,
    pub(crate) message: String,
}

impl<'r> Found<'r> {
    pub(crate) fn new(at: Node<'r>, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { at, message }
    }
}

/// A function with its options.
#[derive(Clone, Debug)]
pub(crate) enum Function {
    Truthy,
    Falsy,
    Defined,
    Undefined,
    Pattern {
        matches: Option<Arc<Pattern>>,
        not: Option<Arc<Pattern>>,
    },
    Casing(Arc<Casing>),
    Length {
        min: Option<f64>,
        max: Option<f64>,
    },
    Enumeration(Vec<Value>),
    Alphabetical {
        keyed_by: Option<String>,
    },
    /// Exactly one of these members, or at least one.
    Members {
        names: Vec<String>,
        several: Several,
    },
    Schema(structure::Schema),
    TypedEnum,
    UnreferencedReusableObject {
        location: String,
    },
    UnusedComponent,
    RefSiblings,
    OperationIdUnique,
    OperationParameters,
    OperationSuccessResponse,
    FormDataConsumed,
    PathParameters,
    TagsDefined,
    TagsUnique,
    SecurityDefined,
    /// Operations require a security scheme.
    Protected(protection::Protection),
    /// Operations under this part of a path require other schemes than the rest.
    AdministrationApart(String),
    ServerVariables,
    Discriminator,
    DocumentSchema,
    Example(examples::Example),
    /// As [`Self::Schema`], in the dialect of the document's own schemas.
    OasSchema(structure::Schema),
}

/// Whether several of some members may be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Several {
    Forbidden,
    Allowed,
}

impl Function {
    /// The function of this name with these options; otherwise says why there is none.
    pub(crate) fn ready(name: &str, options: &Value) -> Result<Self, String> {
        Ok(match name {
            "truthy" => Self::Truthy,
            "falsy" => Self::Falsy,
            "defined" => Self::Defined,
            "undefined" => Self::Undefined,
            "pattern" => scalars::pattern(options)?,
            "casing" => Self::Casing(Arc::new(Casing::ready(options)?)),
            "length" => Self::Length {
                min: options.get("min").and_then(Value::as_f64),
                max: options.get("max").and_then(Value::as_f64),
            },
            "enumeration" => Self::Enumeration(list(options, "values")?),
            "alphabetical" => Self::Alphabetical {
                keyed_by: options
                    .get("keyedBy")
                    .and_then(Value::as_str)
                    .map(str::to_owned),
            },
            "xor" => Self::Members {
                names: names(options)?,
                several: Several::Forbidden,
            },
            "or" => Self::Members {
                names: names(options)?,
                several: Several::Allowed,
            },
            "schema" => Self::Schema(structure::Schema::ready(options)?),
            "typedEnum" => Self::TypedEnum,
            "unreferencedReusableObject" => Self::UnreferencedReusableObject {
                location: text(options, "reusableObjectsLocation")?,
            },
            "oasUnusedComponent" => Self::UnusedComponent,
            "refSiblings" => Self::RefSiblings,
            "oasOpIdUnique" => Self::OperationIdUnique,
            "oasOpParams" => Self::OperationParameters,
            "oasOpSuccessResponse" => Self::OperationSuccessResponse,
            "oasOpFormDataConsumeCheck" => Self::FormDataConsumed,
            "oasPathParam" => Self::PathParameters,
            "oasTagDefined" => Self::TagsDefined,
            "uniquenessTags" => Self::TagsUnique,
            "oasSecurityDefined" | "oasOpSecurityDefined" => Self::SecurityDefined,
            "checkSecurity" => Self::Protected(protection::Protection::ready(options)),
            "differentSecuritySchemes" => Self::AdministrationApart(text(options, "adminUrl")?),
            "serverVariables" => Self::ServerVariables,
            "oasDiscriminator" => Self::Discriminator,
            "oasDocumentSchema" => Self::DocumentSchema,
            "oasExample" => Self::Example(examples::Example::ready(options)?),
            "oasSchema" => Self::OasSchema(structure::Schema::ready(options)?),
            _ => {
                return Err(format!(
                    "there is no function `{name}`; one of your own needs JavaScript, which is not run"
                ));
            }
        })
    }

    /// Asks the function about a subject.
    pub(crate) fn run<'r>(
        &'r self,
        subject: Subject<'r>,
        scope: &Scope<'r>,
        found: &mut Vec<Found<'r>>,
    ) {
        if !scope.fuel.burn(1) {
            return;
        }
        match self {
            Self::Truthy => found.extend(scalars::truthy(subject)),
            Self::Falsy => found.extend(scalars::falsy(subject)),
            Self::Defined => found.extend(scalars::defined(subject)),
            Self::Undefined => found.extend(scalars::undefined(subject)),
            Self::Pattern { matches, not } => {
                scalars::patterned(subject, (matches.as_deref(), not.as_deref()), scope, found);
            }
            Self::Casing(casing) => found.extend(casing.check(subject, scope)),
            Self::Length { min, max } => scalars::length(subject, *min, *max, found),
            Self::Enumeration(values) => found.extend(scalars::enumeration(subject, values)),
            Self::Alphabetical { keyed_by } => {
                found.extend(alphabetical::check(subject, keyed_by.as_deref(), scope));
            }
            Self::Members { names, several } => {
                found.extend(structure::members(subject, names, *several));
            }
            Self::Schema(schema) => schema.check(subject, scope, found),
            Self::OasSchema(schema) => schema.check_as_document(subject, scope, found),
            Self::TypedEnum => structure::typed_enum(subject, scope, found),
            Self::UnreferencedReusableObject { location } => {
                components::unreferenced(subject, location, scope, found);
            }
            Self::UnusedComponent => components::unused(subject, scope, found),
            Self::RefSiblings => components::siblings(subject, found),
            Self::OperationIdUnique => operations::ids(subject, scope, found),
            Self::OperationParameters => parameters::of_operation(subject, scope, found),
            Self::OperationSuccessResponse => found.extend(operations::success(subject, scope)),
            Self::FormDataConsumed => found.extend(operations::form_data(subject)),
            Self::PathParameters => parameters::of_paths(subject, scope, found),
            Self::TagsDefined => operations::tags_defined(subject, scope, found),
            Self::TagsUnique => operations::tags_unique(subject, scope, found),
            Self::SecurityDefined => security::defined(subject, scope, found),
            Self::Protected(protection) => protection.check(subject, scope, found),
            Self::AdministrationApart(path) => {
                protection::of_administrators(subject, path, scope, found);
            }
            Self::ServerVariables => servers::variables(subject, scope, found),
            Self::Discriminator => structure::discriminator(subject, found),
            Self::DocumentSchema => found.extend(structure::document(subject, scope)),
            Self::Example(example) => example.check(subject, scope, found),
        }
    }
}

fn text(options: &Value, key: &str) -> Result<String, String> {
    let text = options.get(key).and_then(Value::as_str).map(str::to_owned);
    text.ok_or_else(|| format!("its function has no `{key}`"))
}

fn list(options: &Value, key: &str) -> Result<Vec<Value>, String> {
    let list = options.get(key).and_then(Value::as_array).cloned();
    list.ok_or_else(|| format!("its function has no list `{key}`"))
}

fn names(options: &Value) -> Result<Vec<String>, String> {
    let names = list(options, "properties")?;
    let names = names.iter().filter_map(Value::as_str).map(str::to_owned);
    Ok(names.collect())
}
