//! Schemas: what changed from one to another, without direction.
//!
//! A pair of schemas yields facts about itself and about its properties, and links to the pairs inside it. Which rule
//! a fact is depends on where the pair is used (`naming`).

pub(crate) mod alike;
pub(crate) mod bounds;
pub(crate) mod branches;
pub(crate) mod kinds;
pub(crate) mod pairs;
pub(crate) mod parts;
pub(crate) mod properties;
pub(crate) mod reading;
pub(crate) mod values;

use crate::diff::{lifecycle::Lifetime, schema::kinds::Kinds, settings::Stability, teller::Spots};

/// One thing that changed in a schema.
#[derive(Clone, Debug)]
pub(crate) struct Fact<'d> {
    pub(crate) what: What<'d>,
    /// The property of the schema that it is about; the schema itself when there is none.
    pub(crate) property: Option<&'d str>,
    pub(crate) spots: Spots<'d>,
}

#[derive(Clone, Debug)]
pub(crate) enum What<'d> {
    /// Its rule ends with this name; the text says what changed.
    Plain(&'static str, String),
    /// Its type or format changed; whether it became a list of what it was.
    Kinds {
        was: Kinds<'d>,
        is: Kinds<'d>,
        listed: bool,
    },
    /// It was put into a `oneOf`; the text says with what.
    Wrapped(String),
    /// Its list of simple types lost these and won those.
    List { gone: String, new: String },
    /// The property is new.
    Added(Property),
    /// The property is gone.
    Removed(Property),
    /// The property must be there now, or need not be there any more; and whether only requests had it.
    Obliged(Property, bool),
    /// `readOnly` or `writeOnly` changed; the rule ends with this name.
    Access(&'static str, Property),
    /// The property is deprecated now, or not any more.
    Ending(Stability, Lifetime<'d>, Lifetime<'d>),
    /// How far the property may be relied on changed.
    Stability(Stability, Stability),
    /// What it says of how far it may be relied on is no stability level.
    NoStability(&'d str),
}

/// What a property is to the object that has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Property {
    pub(crate) required: bool,
    pub(crate) default: bool,
    pub(crate) read_only: bool,
    pub(crate) write_only: bool,
}

impl<'d> Fact<'d> {
    /// A fact about the schema itself.
    pub(crate) const fn plain(name: &'static str, text: String, spots: Spots<'d>) -> Self {
        Self {
            what: What::Plain(name, text),
            property: None,
            spots,
        }
    }

    /// Whether it says that what a value is built of came or went, which it does when the schema becomes branches.
    pub(crate) fn is_of_structure(&self) -> bool {
        let What::Plain(name, _) = self.what else {
            return false;
        };
        STRUCTURE.iter().any(|start| name.starts_with(start))
    }
}

/// How the names of facts begin that say that what a value is built of came or went.
const STRUCTURE: [&str; 11] = [
    "contains-",
    "content-encoding-",
    "content-media-type-",
    "dependent-",
    "else-",
    "if-",
    "prefix-items-",
    "property-names-",
    "then-",
    "unevaluated-items-",
    "unevaluated-properties-",
];

/// As many names as are told one after another. A discriminator may map hundreds, and they would be told wherever it is used.
const MOST_NAMES: usize = 12;

/// Names, and how many more there are.
pub(crate) fn some_of<N: std::fmt::Display>(names: impl IntoIterator<Item = N>) -> String {
    let mut names = names.into_iter();
    let told = names.by_ref().take(MOST_NAMES);
    let told: Vec<_> = told.map(|name| format!("`{name}`")).collect();
    let told = told.join(", ");
    match names.count() {
        0 => told,
        more => format!("{told} and {more} more"),
    }
}

/// One step from a schema to one inside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step<'d> {
    /// To a property.
    Property(&'d str),
    /// To what a keyword holds.
    Keyword(&'static str),
    /// To one of the schemas that a keyword holds.
    Member(&'static str, String),
}

impl Step<'_> {
    /// The step as it is told in a path of steps.
    pub(crate) fn told(&self) -> String {
        match self {
            Self::Property(name) => (*name).to_owned(),
            Self::Keyword(keyword) => (*keyword).to_owned(),
            Self::Member(keyword, name) => format!("{keyword}[{name}]"),
        }
    }
}
