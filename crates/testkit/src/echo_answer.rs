//! What the echoing upstream answers.

use std::{
    collections::BTreeMap,
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http_body_util::{BodyExt, Full, combinators::BoxBody};
use hyper::{
    Request, Response, StatusCode,
    body::{Body, Frame, Incoming},
    header::{CONTENT_TYPE, HeaderValue},
    http::request::Parts,
};
use serde_json::{Value, json};
use tokio::sync::mpsc;

const CHUNK: u64 = 64 * 1024;
const SHORT: usize = 4 * 1024;

/// What is answered: the whole at once, or piece by piece.
pub(crate) type Answer = Response<BoxBody<Bytes, Infallible>>;

/// Answers one request, as the table of `EchoUpstream` says.
pub(crate) async fn answer(request: Request<Incoming>) -> Result<Answer, hyper::Error> {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path();
    let (ms, pause) = (number(&parts, "ms", 0), Duration::from_millis);
    match path {
        "/slow" => tokio::time::sleep(pause(ms)).await,
        "/sse" => return Ok(events(number(&parts, "events", 3), pause(ms))),
        "/big" => return Ok(zeros(number(&parts, "bytes", 0))),
        _ => {}
    }
    let asked = path.strip_prefix("/status/");
    let status = asked.map_or(Ok(StatusCode::OK), str::parse);
    let Ok(status) = status else {
        let rule = json!({ "error": "a status is a number from 100 to 999" });
        return Ok(whole(StatusCode::BAD_REQUEST, &rule));
    };
    let body = body.collect().await?.to_bytes();
    let seen = json!({
        "method": parts.method.as_str(),
        "path": path,
        "query": parts.uri.query(),
        "headers": headers(&parts),
        "body_length": body.len(),
        "body": short_text(&body),
    });
    Ok(whole(status, &seen))
}

/// The number a query parameter gives, or `otherwise`.
fn number(parts: &Parts, name: &str, otherwise: u64) -> u64 {
    let query = parts.uri.query().unwrap_or_default();
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find(|(key, _)| *key == name)
        .and_then(|(_, value)| value.parse().ok())
        .unwrap_or(otherwise)
}

/// Every value of every header, in the order of arrival.
fn headers(parts: &Parts) -> BTreeMap<&str, Vec<String>> {
    let mut headers: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (name, value) in &parts.headers {
        let text = String::from_utf8_lossy(value.as_bytes()).into_owned();
        headers.entry(name.as_str()).or_default().push(text);
    }
    headers
}

fn short_text(body: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(body).ok()?;
    (text.len() <= SHORT).then_some(text)
}

fn whole(status: StatusCode, seen: &Value) -> Answer {
    let bodiless = status.is_informational()
        || status == StatusCode::NO_CONTENT
        || status == StatusCode::NOT_MODIFIED;
    let text = if bodiless {
        String::new()
    } else {
        seen.to_string()
    };
    let body = Full::new(Bytes::from(text)).boxed();
    respond(status, "application/json", body)
}

fn events(count: u64, pause: Duration) -> Answer {
    let body = pieces(
        pause,
        (1..=count).map(|n| Bytes::from(format!("data: {{\"n\":{n}}}\n\n"))),
    );
    respond(StatusCode::OK, "text/event-stream", body)
}

fn zeros(bytes: u64) -> Answer {
    let (full, rest) = (bytes / CHUNK, bytes % CHUNK);
    let lengths = std::iter::repeat_n(CHUNK, usize::try_from(full).unwrap_or(usize::MAX));
    let lengths = lengths.chain((rest > 0).then_some(rest));
    let zero = |length| Bytes::from(vec![0; usize::try_from(length).unwrap_or(0)]);
    let body = pieces(Duration::ZERO, lengths.map(zero));
    respond(StatusCode::OK, "application/octet-stream", body)
}

/// Sends the chunks one by one, with a pause before each but the first, until nobody listens.
fn pieces(
    pause: Duration,
    chunks: impl Iterator<Item = Bytes> + Send + 'static,
) -> BoxBody<Bytes, Infallible> {
    let (to, from) = mpsc::channel(1);
    tokio::spawn(async move {
        for (n, chunk) in chunks.enumerate() {
            if n > 0 && !pause.is_zero() {
                tokio::time::sleep(pause).await;
            }
            if to.send(chunk).await.is_err() {
                return;
            }
        }
    });
    Chunks(from).boxed()
}

fn respond(status: StatusCode, kind: &'static str, body: BoxBody<Bytes, Infallible>) -> Answer {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

/// A body whose chunks come from a channel and leave as they come.
struct Chunks(mpsc::Receiver<Bytes>);

impl Body for Chunks {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let chunk = self.0.poll_recv(context);
        chunk.map(|chunk| chunk.map(|bytes| Ok(Frame::data(bytes))))
    }
}
