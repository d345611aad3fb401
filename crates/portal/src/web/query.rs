//! Queries of the API: strict, and told apart by which parameter is wrong.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use serde::de::DeserializeOwned;
use url::form_urlencoded;

use crate::web::{
    catalogue::Kind,
    problem::{Fault, Problem},
};

/// What a program asked for in the query of an address.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(read(request.query_string()).map(Self))
    }
}

fn read<T: DeserializeOwned>(query: &str) -> Result<T, Problem> {
    let reader = serde_urlencoded::Deserializer::new(form_urlencoded::parse(query.as_bytes()));
    serde_path_to_error::deserialize(reader).map_err(|error| {
        let (place, inner) = (error.path().to_string(), error.inner().to_string());
        if place == "." {
            return Problem::of(Kind::REQUEST_INVALID).because(format!("The query: {inner}."));
        }
        let fault = Fault {
            pointer: format!("?{place}"),
            code: "invalid",
            detail: inner.clone(),
        };
        Problem::of(Kind::REQUEST_INVALID)
            .because(format!("`{place}` in the query cannot be read: {inner}."))
            .with(vec![fault])
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use gatewright_domain::time::Timestamp;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Asked {
        after: Option<u64>,
        from: Option<Timestamp>,
    }

    fn refused(query: &str) -> String {
        read::<Asked>(query).unwrap_err().detail
    }

    #[test]
    fn what_is_asked_is_read() {
        let asked: Asked = read("after=7&from=2026-11-23T15:04:05Z").unwrap();
        assert_eq!((asked.after, asked.from.is_some()), (Some(7), true));
        assert_eq!(read::<Asked>("").unwrap().after, None);
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert_eq!(
            refused("after=seven"),
            "`after` in the query cannot be read: invalid digit found in string."
        );
        assert!(
            refused("from=yesterday").starts_with("`from` in the query cannot be read: not a time")
        );
        assert!(refused("frm=1").contains("unknown field `frm`, expected `after` or `from`"));
        assert!(refused("after=1&after=2").contains("duplicate field `after`"));
    }
}
