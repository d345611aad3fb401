//! The application `Shop` as a client of the token endpoint.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

use crate::{
    http::{Answer, Ask},
    instance::Instance,
};

const FORM: &str = "application/x-www-form-urlencoded";

pub(crate) fn basic(issued: &Value) -> String {
    let text = |member: &str| issued[member].as_str().unwrap();
    let pair = format!("{}:{}", text("client_id"), text("client_secret"));
    format!("Basic {}", BASE64_STANDARD.encode(pair))
}

/// A client with a secret, which may ask for tokens of its own and refresh.
#[derive(Clone)]
pub(crate) struct Client {
    /// Where the OAuth endpoints are.
    oauth: String,
    basic: String,
}

impl Client {
    pub(crate) fn of_shop(instance: &Instance) -> Self {
        let found = instance.api("GET", "/applications/Shop/client").send();
        let terms = json!({
            "grants": ["client_credentials", "refresh_token"],
            "tokens_per_minute": 1_000_000,
        });
        let edit = instance.api("PATCH", "/applications/Shop/client");
        let edit = edit.with("If-Match", found.header("etag"));
        edit.json(&terms).send().good(200);
        let secret = instance.post("/applications/Shop/secrets", &json!({}));
        let oauth = format!("{}/oauth2", instance.portal);
        Self {
            basic: basic(&secret.good(201)),
            oauth,
        }
    }

    /// The same client with another secret, as it was answered.
    pub(crate) fn with(&self, issued: &Value) -> Self {
        Self {
            oauth: self.oauth.clone(),
            basic: basic(issued),
        }
    }

    /// Asks for a token of its own.
    pub(crate) fn ask(&self) -> Answer {
        self.form("grant_type=client_credentials").send()
    }

    /// Refreshes.
    pub(crate) fn refresh(&self, token: &str) -> Answer {
        let form = format!("grant_type=refresh_token&refresh_token={token}");
        self.form(&form).send()
    }

    /// Gives a token of its own up.
    pub(crate) fn revoke(&self, token: &str) -> Answer {
        self.posted("revoke", &format!("token={token}")).send()
    }

    /// A form to the token endpoint, which nobody may answer.
    pub(crate) fn form(&self, form: &str) -> Ask {
        self.posted("token", form)
    }

    fn posted(&self, endpoint: &str, form: &str) -> Ask {
        let ask = Ask::new("POST", format!("{}/{endpoint}", self.oauth));
        ask.with("Authorization", &self.basic).raw(FORM, form)
    }
}
