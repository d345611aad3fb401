//! Asking a transit engine with the token we were given, and what its answers mean.

use std::path::{Path, PathBuf};

use gatewright_domain::secret::Secret;
use http::{Method, StatusCode};
use serde_json::Value;

use crate::{
    error::{HolderError, SourceError},
    key_file::read_private,
    transit::call::{Answer, Caller},
};

/// A token, or the file it is in, and the way there.
pub(super) struct Access {
    token: Option<Secret<String>>,
    file: Option<PathBuf>,
    caller: Caller,
}

/// What to do about a refusal.
#[derive(Clone, Copy)]
pub(super) struct Advice<'a> {
    /// What the token's policy must let it do.
    pub(super) policy: &'a str,
    /// What to do where there is no such key.
    pub(super) missing: &'a str,
}

impl Access {
    /// Without a token, the file is read anew for each question: an agent renews it there.
    pub(super) fn with(
        token: Option<Secret<String>>,
        file: Option<&Path>,
        place: &str,
    ) -> Result<Self, SourceError> {
        let caller = Caller::new().map_err(|why| SourceError::Unfit {
            key: place.to_owned(),
            why: format!("TLS cannot be set up: {why}"),
        })?;
        Ok(Self {
            token,
            file: file.map(Path::to_owned),
            caller,
        })
    }

    /// The body of a good answer.
    pub(super) async fn ask(
        &self,
        (method, url): (Method, &str),
        question: Option<&Value>,
        advice: Advice<'_>,
    ) -> Result<Value, HolderError> {
        let answer = match (&self.token, &self.file) {
            (Some(token), _) => self.caller.ask(method, url, token, question).await?,
            (None, Some(path)) => {
                let token = read_private(path).map_err(|error| HolderError::Refused {
                    why: error.to_string(),
                })?;
                self.caller.ask(method, url, &token, question).await?
            }
            (None, None) => {
                return Err(HolderError::Refused {
                    why: "there is no token; give one".to_owned(),
                });
            }
        };
        judge(answer, advice)
    }
}

fn judge(answer: Answer, advice: Advice<'_>) -> Result<Value, HolderError> {
    let said: Vec<&str> = answer
        .body
        .get("errors")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let said = said.join("; ");
    let refused = |why: String| Err(HolderError::Refused { why });
    match answer.status {
        status if status.is_success() => Ok(answer.body),
        StatusCode::BAD_REQUEST if said.contains("message authentication failed") => {
            Err(HolderError::Altered)
        }
        StatusCode::BAD_REQUEST => refused(format!("it says: {said}")),
        StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED => refused(format!(
            "its token was not let in; renew it, and let its policy {}",
            advice.policy
        )),
        StatusCode::NOT_FOUND => refused(format!("there is no such key; {}", advice.missing)),
        StatusCode::SERVICE_UNAVAILABLE => Err(HolderError::Away {
            why: "it is sealed or in maintenance; unseal it".to_owned(),
        }),
        status => Err(HolderError::Away {
            why: format!("it answered {status} {said}"),
        }),
    }
}

pub(super) fn unreadable() -> HolderError {
    HolderError::Away {
        why: "its answer is not one of a transit engine; is the address right?".to_owned(),
    }
}
