//! The rules a document is held against, each with a stable name and a level.

use std::fmt;

use serde::Serialize;

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// The document must not be stored.
    Error,
    /// It can be used; something in it does not do what its author hopes.
    Warning,
    /// Good to know.
    Info,
}

impl Level {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

macro_rules! rules {
    ($($(#[$doc:meta])* $rule:ident $level:ident $name:literal,)*) => {
        /// A rule. Its name is stable: stored, linked to, and one day overridden.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule {$($(#[$doc])* $rule,)*}

        impl Rule {
            /// Every rule, in the order in which a document meets them.
            pub const ALL: &[Self] = &[$(Self::$rule,)*];

            /// Its name on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {$(Self::$rule => $name,)*}
            }

            /// How grave what it finds is.
            #[must_use]
            pub const fn level(self) -> Level {
                match self {$(Self::$rule => Level::$level,)*}
            }
        }
    };
}

rules! {
    /// A limit of [`crate::Budgets`] is exceeded; the message names it.
    OverBudget Error "over-budget",
    /// The upload is not UTF-8.
    NotUtf8 Error "not-utf8",
    /// The upload begins with a byte order mark, which is ignored.
    ByteOrderMark Info "byte-order-mark",
    /// The upload holds nothing.
    Empty Error "empty",
    /// The upload is neither JSON nor YAML.
    Syntax Error "syntax",
    /// A key appears twice in one object.
    DuplicateKey Error "duplicate-key",
    /// Something YAML can say and JSON cannot: a list as a key, `.nan`, a tag of one's own, a second document.
    NotJson Error "not-json",
    /// A YAML merge key, which YAML 1.2 does not know.
    MergeKey Error "merge-key",

    /// The document is not an OpenAPI document.
    NotOpenApi Error "not-openapi",
    /// The document is of a version of OpenAPI that is not read.
    UnsupportedVersion Error "unsupported-version",
    /// A value has another type than OpenAPI gives it.
    WrongType Error "wrong-type",
    /// A number or truth value stands where OpenAPI wants text.
    UnquotedText Warning "unquoted-text",
    /// A text is longer than anything can use.
    TextTooLong Error "text-too-long",
    /// A member that OpenAPI requires is missing.
    MissingMember Error "missing-member",
    /// The document has no operation.
    NoOperation Warning "no-operation",

    /// A reference points at nothing.
    ReferenceToNothing Warning "reference-to-nothing",
    /// A reference leads through another one, which a JSON pointer does not say.
    ReferenceThrough Warning "reference-through",
    /// A reference leaves the document.
    ReferenceOutside Warning "reference-outside",
    /// Operations stand beside a reference that takes their place.
    ReferenceBeside Warning "reference-beside",
    /// A reference that the list of operations depends on cannot be followed.
    ReferenceUnusable Error "reference-unusable",

    /// A path does not begin with `/`.
    PathWithoutSlash Error "path-without-slash",
    /// A path template is malformed.
    PathMalformed Error "path-malformed",
    /// A path holds what no request path can hold, so that it is never called.
    PathUnreachable Warning "path-unreachable",
    /// Two templates are the same but for the names of their parameters.
    PathRepeated Error "path-repeated",
    /// Two templates match the same path, and neither is the more specific one.
    PathOverlap Info "path-overlap",
    /// A parameter of the template is declared nowhere.
    PathParameterUndeclared Warning "path-parameter-undeclared",
    /// A parameter stands in the template more than once.
    PathParameterRepeated Warning "path-parameter-repeated",
    /// A declared path parameter is not in the template.
    PathParameterUnused Warning "path-parameter-unused",
    /// A path parameter is not marked as required.
    PathParameterOptional Warning "path-parameter-optional",
    /// A path item names a method that is not routed.
    MethodUnknown Warning "method-unknown",
    /// A list of parameters holds one twice.
    ParameterRepeated Warning "parameter-repeated",
    /// An operation of OpenAPI 2.0 has two bodies, or a body and a form.
    BodyRepeated Warning "body-repeated",
    /// Two operations have the same `operationId`.
    OperationIdRepeated Error "operation-id-repeated",
    /// An operation describes no response.
    ResponsesMissing Warning "responses-missing",

    /// Two tags have the same name.
    TagRepeated Warning "tag-repeated",
    /// The address of a server has a variable that is not described.
    ServerVariableUndefined Warning "server-variable-undefined",

    /// A security requirement names a scheme that is not defined.
    SecuritySchemeUndefined Error "security-scheme-undefined",
    /// A required scope is not among those its scheme declares.
    ScopeUndeclared Warning "scope-undeclared",
    /// A scope's name cannot stand in a token.
    ScopeUnusable Error "scope-unusable",

    /// A scope is declared with a name that cannot stand in a token, and required nowhere.
    ScopeIgnored Warning "scope-ignored",

    /// The official schema of the document's edition of OpenAPI does not allow something.
    SchemaViolation Warning "schema-violation",

    /// There are more findings than are told.
    MoreFindings Info "more-findings",
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Rule {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
