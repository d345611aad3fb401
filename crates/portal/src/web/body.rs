//! JSON bodies of the API: bounded, strict, and told apart by what is wrong with them.

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header, web::Bytes};
use futures_util::future::LocalBoxFuture;
use serde::{
    Deserialize,
    de::{DeserializeOwned, IgnoredAny},
};

use crate::web::{
    catalogue::Kind,
    problem::{Fault, Problem},
};

/// The largest JSON body, in bytes.
const LARGEST: usize = 1024 * 1024;

/// A JSON object that a program sent.
pub struct Body<T>(pub T);

/// The body of a move that has nothing to be told: none, or an empty object. Whatever else is sent was meant to be heeded,
/// so it is refused rather than passed over.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

impl<T: DeserializeOwned + 'static> FromRequest for Body<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let media = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok());
        let is_json = media.is_none_or(is_json);
        let bytes = Bytes::from_request(request, payload);
        Box::pin(async move {
            let bytes = bytes.await.map_err(|_| Problem::of(Kind::BODY_TOO_LARGE))?;
            // Nothing is of no type, whatever a client says of it by habit.
            if !is_json && !bytes.is_empty() {
                return Err(Problem::of(Kind::MEDIA_TYPE));
            }
            if bytes.len() > LARGEST {
                return Err(Problem::of(Kind::BODY_TOO_LARGE));
            }
            read(&bytes).map(Self)
        })
    }
}

fn is_json(media: &str) -> bool {
    let essence = media
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    essence == "application/json" || essence.ends_with("+json")
}

/// Reads a JSON value; an empty body is read as an empty object, so that moves without options need none.
fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let bytes = if bytes.is_empty() {
        b"{}".as_slice()
    } else {
        bytes
    };
    // Members would be read from a list as well, in an order that nobody has promised.
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    if first == Some(&b'[') && serde_json::from_slice::<IgnoredAny>(bytes).is_ok() {
        return Err(Problem::field("", "a JSON object is expected, not a list"));
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let pointer = pointer(error.path());
        let inner = error.into_inner();
        // What is expected to be a word and is another value counts as a fault of syntax, sound though the JSON is.
        let is_json = serde_json::from_slice::<IgnoredAny>(bytes).is_ok();
        match inner.classify() {
            serde_json::error::Category::Io
            | serde_json::error::Category::Syntax
            | serde_json::error::Category::Eof
                if !is_json =>
            {
                Problem::of(Kind::BODY_MALFORMED).because(inner.to_string())
            }
            serde_json::error::Category::Data
            | serde_json::error::Category::Io
            | serde_json::error::Category::Syntax
            | serde_json::error::Category::Eof => {
                let fault = Fault {
                    pointer,
                    code: "invalid",
                    detail: inner.to_string(),
                };
                Problem::of(Kind::BODY_INVALID).with(vec![fault])
            }
        }
    })?;
    reader
        .end()
        .map_err(|error| Problem::of(Kind::BODY_MALFORMED).because(error.to_string()))?;
    Ok(value)
}

/// The place as a JSON pointer (RFC 6901).
fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let step = |segment: &Segment| match segment {
        Segment::Seq { index } => format!("/{index}"),
        Segment::Map { key } | Segment::Enum { variant: key } => {
            format!("/{}", key.replace('~', "~0").replace('/', "~1"))
        }
        Segment::Unknown => String::new(),
    };
    path.iter().map(step).collect()
}
