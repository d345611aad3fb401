//! A house with a subscribed application that has a client secret, and the forms it sends.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use url::form_urlencoded;

use crate::{
    house::{Answer, House},
    whole_path::open_shop,
};

pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

pub(crate) const ORDERS: &str = "https://api.example/orders/v1";

pub(crate) struct Shop {
    pub(crate) house: House,
    pub(crate) client_id: String,
    pub(crate) secret: String,
}

impl Shop {
    /// The same shop on SQLite and on PostgreSQL.
    pub(crate) async fn both() -> Vec<Self> {
        let mut shops = Vec::new();
        for house in House::both().await {
            shops.push(Self::in_house(house).await);
        }
        shops
    }

    /// A shop on SQLite, where the engine makes no difference.
    pub(crate) async fn one() -> Self {
        Self::in_house(House::one().await).await
    }

    async fn in_house(house: House) -> Self {
        open_shop(&house).await;
        let issued = house.post("/applications/Shop/secrets", json!({})).await;
        let issued = issued.good(201);
        let text = |name: &str| issued[name].as_str().unwrap().to_owned();
        Self {
            client_id: text("client_id"),
            secret: text("client_secret"),
            house,
        }
    }

    pub(crate) fn basic(&self) -> String {
        basic(&self.client_id, &self.secret)
    }

    /// Posts a form with the client's secret in the header.
    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.post_as(&self.basic(), path, fields).await
    }

    /// Posts a form with another header.
    pub(crate) async fn post_as(
        &self,
        authorization: &str,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Answer {
        let ask = self.house.stranger("POST", path);
        ask.with("authorization", authorization)
            .raw(FORM, encoded(fields))
            .await
    }

    /// Posts a form without any header.
    pub(crate) async fn post_bare(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let ask = self.house.stranger("POST", path);
        ask.raw(FORM, encoded(fields)).await
    }

    /// Asks for a token of the client's own.
    pub(crate) async fn ask(&self, fields: &[(&str, &str)]) -> Answer {
        let grant = [("grant_type", "client_credentials")];
        let fields: Vec<(&str, &str)> = grant.into_iter().chain(fields.iter().copied()).collect();
        self.post("/oauth2/token", &fields).await
    }

    /// Changes what the client may ask for.
    pub(crate) async fn edit(&self, edit: Value) {
        let path = "/applications/Shop/client";
        let tag = self.house.tag(path).await;
        let ask = self.house.admin("PATCH", path).with("if-match", &tag);
        ask.json(&edit).await.good(200);
    }
}

pub(crate) fn basic(client: &str, secret: &str) -> String {
    let pair = BASE64_STANDARD.encode(format!("{client}:{secret}"));
    format!("Basic {pair}")
}

pub(crate) fn encoded(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish()
}

/// The error of an answer, which has the headers that errors have.
pub(crate) fn error_of(answer: &Answer, status: u16) -> String {
    let body = answer.good(status);
    assert_eq!(answer.header("cache-control"), "no-store", "{body}");
    assert_eq!(answer.header("pragma"), "no-cache", "{body}");
    assert_eq!(answer.header("content-type"), "application/json", "{body}");
    let challenge = answer.header("www-authenticate");
    assert_eq!(
        challenge.starts_with("Basic realm="),
        status == 401,
        "{body}"
    );
    let description = body["error_description"].as_str().unwrap();
    let is_safe = |byte: u8| matches!(byte, 0x20..=0x21 | 0x23..=0x5b | 0x5d..=0x7e);
    assert!(description.bytes().all(is_safe), "{description}");
    body["error"].as_str().unwrap().to_owned()
}
