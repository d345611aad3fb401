//! What is chosen to sign an API's tokens, as it is written: the name of an algorithm, or `installation`.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::key::Algorithm;

/// What is chosen: an algorithm, or nothing for what the installation says, which is written `installation`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AlgorithmChoice(pub Option<Algorithm>);

/// A text that chooses nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected ES256, ES384, EdDSA, RS256, PS256 or installation")]
pub struct NotAChoice;

const INSTALLATION: &str = "installation";

impl fmt::Display for AlgorithmChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.map_or(INSTALLATION, Algorithm::name))
    }
}

impl FromStr for AlgorithmChoice {
    type Err = NotAChoice;

    fn from_str(text: &str) -> Result<Self, NotAChoice> {
        if text == INSTALLATION {
            return Ok(Self(None));
        }
        let algorithm = text.parse().map_err(|_| NotAChoice)?;
        Ok(Self(Some(algorithm)))
    }
}

impl TryFrom<String> for AlgorithmChoice {
    type Error = NotAChoice;

    fn try_from(text: String) -> Result<Self, NotAChoice> {
        text.parse()
    }
}

impl From<AlgorithmChoice> for String {
    fn from(choice: AlgorithmChoice) -> Self {
        choice.to_string()
    }
}
