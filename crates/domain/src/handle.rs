//! Handles: how people point at things in paths and commands, by id or by name.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    id::{ApiId, ApplicationId, ConsumerId, PlanId, TeamId},
    text::{ApiName, Name, TextError},
};

macro_rules! handle {
    ($($(#[$doc:meta])* $handle:ident of $id:ident or $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub enum $handle {
            /// By id.
            Id($id),
            /// By name.
            Name($name),
        }

        impl FromStr for $handle {
            type Err = TextError;

            /// A text that reads as an id is an id; anything else is a name.
            fn from_str(text: &str) -> Result<Self, TextError> {
                match text.parse() {
                    Ok(id) => Ok(Self::Id(id)),
                    Err(_) => text.parse().map(Self::Name),
                }
            }
        }

        impl TryFrom<String> for $handle {
            type Error = TextError;

            fn try_from(text: String) -> Result<Self, TextError> {
                text.parse()
            }
        }

        impl From<$handle> for String {
            fn from(handle: $handle) -> String {
                handle.to_string()
            }
        }

        impl fmt::Display for $handle {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    Self::Id(id) => id.fmt(f),
                    Self::Name(name) => name.fmt(f),
                }
            }
        }
    )*};
}

handle! {
    /// A team.
    TeamHandle of TeamId or Name;
    /// An API.
    ApiHandle of ApiId or ApiName;
    /// A plan of an API that is known from elsewhere.
    PlanHandle of PlanId or Name;
    /// A consumer.
    ConsumerHandle of ConsumerId or Name;
    /// An application; by name only where one consumer alone has an application of that name.
    ApplicationHandle of ApplicationId or Name;
}
