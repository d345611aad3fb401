//! Naming: which rule a fact about a schema is where the schema is used.
//!
//! Most names are made of the place and the fact (`request-property-` and `max-length-decreased`); the catalogue says
//! which of them are rules. The exceptions stand here.

use crate::diff::{
    schema::{
        Property,
        kinds::{Became, Kinds, Texts},
    },
    uses::{Carries, Way},
};

/// The place of a fact in what is sent or received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// The body itself.
    Body(Way, Texts),
    /// Something inside the body.
    Property(Way, Texts),
    /// A parameter.
    Parameter(Carries),
    /// Something inside a parameter.
    ParameterProperty,
    /// A header of a response.
    Header,
}

/// Facts of a request that say nothing of a property which only responses have, but their own rules do.
const READ_ONLY: [&str; 6] = [
    "enum-value-removed",
    "exclusive-max-decreased",
    "exclusive-min-increased",
    "max-decreased",
    "max-length-decreased",
    "min-increased",
];

/// Facts of a request that say nothing at all of a property which only responses have.
const IDLE_IN_REQUESTS: [&str; 7] = [
    "exclusive-max-set",
    "exclusive-min-set",
    "max-length-set",
    "max-set",
    "min-items-increased",
    "min-set",
    "x-extensible-enum-value-removed",
];

/// Facts of a response that say nothing at all of a property which only requests have.
const IDLE_IN_RESPONSES: [&str; 8] = [
    "exclusive-max-increased",
    "exclusive-min-decreased",
    "max-increased",
    "max-length-increased",
    "max-length-unset",
    "min-decreased",
    "min-items-decreased",
    "min-length-decreased",
];

impl Place {
    pub(crate) const fn prefix(self) -> &'static str {
        match self {
            Self::Body(Way::Request, _) => "request-body",
            Self::Body(Way::Response, _) => "response-body",
            Self::Property(Way::Request, _) => "request-property",
            Self::Property(Way::Response, _) => "response-property",
            Self::Parameter(_) => "request-parameter",
            Self::ParameterProperty => "request-parameter-property",
            Self::Header => "response-header",
        }
    }

    /// The rule of a fact that is named for itself.
    pub(crate) fn plain(self, name: &str, read_only: bool, write_only: bool) -> Option<String> {
        let prefix = self.prefix();
        Some(match self {
            Self::Property(Way::Request, _) if read_only && IDLE_IN_REQUESTS.contains(&name) => {
                return None;
            }
            Self::Property(Way::Response, _) if write_only && IDLE_IN_RESPONSES.contains(&name) => {
                return None;
            }
            Self::Property(Way::Request, _) if read_only && READ_ONLY.contains(&name) => {
                format!("request-read-only-property-{name}")
            }
            Self::Property(Way::Response, _) if write_only && name == "enum-value-added" => {
                "response-write-only-property-enum-value-added".to_owned()
            }
            Self::Parameter(Carries { default: false, .. }) if name.starts_with("default-") => {
                return None;
            }
            Self::Body(Way::Response, _) if name == "enum-value-removed" => {
                "response-mediatype-enum-value-removed".to_owned()
            }
            Self::Property(Way::Response, _) if name == "pattern-generalized" => {
                "response-property-pattern-changed".to_owned()
            }
            _ => format!("{prefix}-{name}"),
        })
    }

    /// The rule of a type that changed.
    pub(crate) fn kinds(self, was: &Kinds<'_>, is: &Kinds<'_>, listed: bool) -> String {
        let became = match self {
            Self::Body(Way::Request, texts) | Self::Property(Way::Request, texts) => {
                was.of_request(is, texts)
            }
            Self::Body(Way::Response, texts) | Self::Property(Way::Response, texts) => {
                was.of_response(is, texts)
            }
            Self::Parameter(carries) => was.of_parameter(is, carries.lists && listed),
            Self::ParameterProperty => was.of_parameter_property(is),
            Self::Header => was.of_response(is, Texts::Only),
        };
        let end = match became {
            Became::General => "generalized",
            Became::Special => "specialized",
            Became::Other => "changed",
            Became::Compatible => "compatible",
        };
        format!("{}-type-{end}", self.prefix())
    }

    /// The rule of a schema that was put into a `oneOf`.
    pub(crate) fn wrapped(self) -> String {
        let end = match self {
            Self::Body(..) => "wrapped-in-one-of",
            Self::Property(..) | Self::Parameter(_) | Self::ParameterProperty | Self::Header => {
                "one-of-added"
            }
        };
        format!("{}-{end}", self.prefix())
    }

    /// Whether nothing is told here of the types of a property that only responses have.
    pub(crate) const fn untyped(self, read_only: bool) -> bool {
        read_only && matches!(self, Self::Property(Way::Request, _))
    }

    /// The rule of a list of types that lost some and won some: what breaks goes before what does not.
    pub(crate) fn list(self, gone: &str, new: &str) -> String {
        let narrowed = match self {
            Self::Body(Way::Response, _) | Self::Property(Way::Response, _) => new.is_empty(),
            Self::Header => new.is_empty(),
            Self::Body(Way::Request, _) | Self::Property(Way::Request, _) => !gone.is_empty(),
            Self::Parameter(_) | Self::ParameterProperty => !gone.is_empty(),
        };
        let end = if narrowed { "narrowed" } else { "widened" };
        format!("{}-list-of-types-{end}", self.prefix())
    }

    /// The rule of a property that is new.
    pub(crate) fn added(self, property: Property, header: bool) -> Option<&'static str> {
        match (self.way(), property) {
            (
                Some(Way::Request),
                Property {
                    read_only: true, ..
                },
            ) => None,
            (
                Some(Way::Request),
                Property {
                    required: false, ..
                },
            ) => Some("new-optional-request-property"),
            (Some(Way::Request), Property { default: true, .. }) => {
                Some("new-required-request-property-with-default")
            }
            (Some(Way::Request), Property { .. }) => Some("new-required-request-property"),
            (
                Some(Way::Response),
                Property {
                    required,
                    write_only,
                    ..
                },
            ) => Some(match (required, write_only) {
                (false, false) => "response-optional-property-added",
                (false, true) => "response-optional-write-only-property-added",
                (true, false) => "response-required-property-added",
                (true, true) => "response-required-write-only-property-added",
            }),
            (
                None,
                Property {
                    required: true,
                    read_only: false,
                    ..
                },
            ) if header => Some("new-required-request-header-property"),
            (None, Property { .. }) => None,
        }
    }

    /// The rule of a property that is gone.
    pub(crate) fn removed(self, property: Property) -> Option<&'static str> {
        let Property {
            required,
            write_only,
            read_only,
            default: _,
        } = property;
        match self.way()? {
            Way::Request if read_only => None,
            Way::Request => Some("request-property-removed"),
            Way::Response => Some(match (required, write_only) {
                (false, false) => "response-optional-property-removed",
                (false, true) => "response-optional-write-only-property-removed",
                (true, false) => "response-required-property-removed",
                (true, true) => "response-required-write-only-property-removed",
            }),
        }
    }

    /// The rule of a property that must be there now, or need not any more.
    pub(crate) fn obliged(self, property: Property, header: bool) -> Option<&'static str> {
        let Property {
            required,
            default,
            read_only,
            write_only,
        } = property;
        match self.way() {
            Some(Way::Request) => match (required, default) {
                (_, _) if read_only => None,
                (true, true) => Some("request-property-became-required-with-default"),
                (true, false) => Some("request-property-became-required"),
                (false, _) => Some("request-property-became-optional"),
            },
            Some(Way::Response) => Some(match (required, write_only) {
                (true, false) => "response-property-became-required",
                (true, true) => "response-write-only-property-became-required",
                (false, false) => "response-property-became-optional",
                (false, true) => "response-write-only-property-became-optional",
            }),
            None if header && required && !read_only => {
                Some("request-header-property-became-required")
            }
            None => None,
        }
    }

    /// The rule of who reads and writes a property.
    pub(crate) fn access(self, name: &str, property: Property) -> Option<String> {
        let way = match self.way()? {
            Way::Request => "request",
            Way::Response => "response",
        };
        let required = if property.required {
            "required"
        } else {
            "optional"
        };
        Some(format!("{way}-{required}-property-{name}"))
    }

    /// Whether it is inside a body.
    pub(crate) const fn is_property(self) -> bool {
        matches!(self, Self::Property(..))
    }

    /// The direction of a body; parameters and headers have rules of their own.
    pub(crate) const fn way(self) -> Option<Way> {
        match self {
            Self::Body(way, _) | Self::Property(way, _) => Some(way),
            Self::Parameter(_) | Self::ParameterProperty | Self::Header => None,
        }
    }
}
