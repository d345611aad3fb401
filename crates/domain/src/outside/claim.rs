//! Which claim a rule looks at: by its name, or by where it stands inside another.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The longest way to a claim.
const LONGEST: usize = 200;

/// A claim by its name (`azp`, `https://example.com/roles`), or with a slash before it by its place (`/realm_access/roles`, a
/// JSON pointer, RFC 6901).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClaimPath(String);

/// A text that names no claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be the name of a claim, or its place such as /realm_access/roles, of at most {LONGEST} characters"
)]
pub struct NotAClaimPath;

impl ClaimPath {
    /// Everything the claim says: a text, a number or a truth value as one text, a list as one text for each of those in it.
    /// An object says nothing that could be compared.
    #[must_use]
    pub fn said(&self, claims: &Map<String, Value>) -> Vec<String> {
        let found = match self.0.strip_prefix('/') {
            None => claims.get(&self.0),
            Some(_) => {
                let mut steps = self.0.split('/').skip(1).map(plain);
                let first = steps.next().and_then(|name| claims.get(&name));
                steps
                    .try_fold(first, |found, name| match found {
                        Some(Value::Object(inner)) => Some(inner.get(&name)),
                        Some(_) | None => None,
                    })
                    .flatten()
            }
        };
        match found {
            Some(Value::Array(values)) => values.iter().filter_map(single).collect(),
            Some(value) => single(value).into_iter().collect(),
            None => Vec::new(),
        }
    }
}

/// A step of a pointer as it is meant (RFC 6901 section 4).
fn plain(step: &str) -> String {
    step.replace("~1", "/").replace("~0", "~")
}

fn single(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

impl FromStr for ClaimPath {
    type Err = NotAClaimPath;

    fn from_str(text: &str) -> Result<Self, NotAClaimPath> {
        text.to_owned().try_into()
    }
}

impl TryFrom<String> for ClaimPath {
    type Error = NotAClaimPath;

    fn try_from(text: String) -> Result<Self, NotAClaimPath> {
        let visible = text.chars().all(|letter| !letter.is_control());
        if text.is_empty() || text == "/" || text.len() > LONGEST || !visible {
            return Err(NotAClaimPath);
        }
        Ok(Self(text))
    }
}

impl From<ClaimPath> for String {
    fn from(path: ClaimPath) -> String {
        path.0
    }
}

impl fmt::Display for ClaimPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ClaimPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}
