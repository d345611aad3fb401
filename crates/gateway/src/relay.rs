//! What a client is sent: the upstream's answer piece by piece, or one of our own.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use gatewright_domain::{
    snapshot::{RouteState, RoutedVersion},
    time::Timestamp,
};
use http::{HeaderName, HeaderValue, Response, StatusCode, header::LINK};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::time::{Instant, Sleep};

use crate::{
    forward::{REQUEST_ID, remove_hop_by_hop, remove_those},
    identity::is_ours,
    outgoing::data_only,
    table::Route,
    trace::Trace,
};

/// The body of an answer.
pub(crate) enum Answer {
    /// One of our own, sent at once.
    Own {
        text: Option<Bytes>,
        /// Held until the answer is sent, because dropping it is what writes the record.
        _trace: Option<Box<Trace>>,
    },
    /// The upstream's, sent as it comes.
    Relayed {
        body: Incoming,
        deadline: Instant,
        alarm: Option<Pin<Box<Sleep>>>,
        trace: Box<Trace>,
    },
}

/// Why an answer breaks off.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BrokenOff {
    #[error("the upstream broke off")]
    Upstream(#[source] hyper::Error),
    #[error("the request took longer than any may")]
    Deadline,
}

impl Answer {
    /// An answer of ours that leaves no record: probes.
    pub(crate) fn unrecorded(text: impl Into<Bytes>) -> Self {
        Self::Own {
            text: Some(text.into()),
            _trace: None,
        }
    }

    /// An answer of ours.
    pub(crate) fn own(text: Bytes, mut trace: Trace) -> Self {
        trace.sent(text.len());
        Self::Own {
            text: Some(text),
            _trace: Some(Box::new(trace)),
        }
    }
}

/// Turns an upstream's answer into ours; nothing for one that speaks of something other than the request.
pub(crate) fn relay(
    answer: Response<Incoming>,
    route: &Route,
    request_id: HeaderValue,
    deadline: Instant,
    mut trace: Trace,
) -> Result<Response<Answer>, Trace> {
    // Nobody asked for an upgrade, and hyper swallows the other 1xx (CVE-2024-23326).
    if answer.status().is_informational() || answer.status() == StatusCode::SWITCHING_PROTOCOLS {
        return Err(trace);
    }
    let (mut head, body) = answer.into_parts();
    remove_hop_by_hop(&mut head.headers);
    remove_those(&mut head.headers, |name| is_ours(name.as_str()));
    head.headers.insert(REQUEST_ID, request_id);
    for (name, value) in &route.notices {
        if *name == LINK {
            head.headers.append(name, value.clone());
        } else {
            head.headers.insert(name, value.clone());
        }
    }
    head.version = http::Version::HTTP_11;
    head.extensions.clear();
    trace.answered(head.status.as_u16());
    let trace = Box::new(trace);
    Ok(Response::from_parts(
        head,
        Answer::Relayed {
            body,
            deadline,
            alarm: None,
            trace,
        },
    ))
}

/// The headers by which every answer of a version tells its end (RFC 9745, RFC 8594, RFC 5829).
pub(crate) fn notices(version: &RoutedVersion, portal: &str) -> Vec<(HeaderName, HeaderValue)> {
    let mut notices = Vec::new();
    let mut say = |name: &'static str, value: String| {
        if let Ok(value) = HeaderValue::try_from(value) {
            notices.push((HeaderName::from_static(name), value));
        }
    };
    let (api, number) = (&version.api, version.number);
    match &version.state {
        RouteState::Published | RouteState::Blocked { .. } => return notices,
        RouteState::Deprecated { at, sunset } => {
            say("deprecation", format!("@{}", at.seconds()));
            say("sunset", http_date(*sunset));
            let page = format!("{portal}/apis/{api}/versions/{number}");
            say(
                "link",
                format!("<{page}>; rel=\"deprecation\"; type=\"text/html\""),
            );
        }
        RouteState::Retired { .. } => {}
    }
    if let Some(next) = version.successor {
        say(
            "link",
            format!("</{api}/{next}>; rel=\"successor-version\""),
        );
    }
    notices
}

/// RFC 9110 section 5.6.7.
fn http_date(at: Timestamp) -> String {
    let at = at.date_time();
    let (weekday, month) = (at.weekday().to_string(), at.month().to_string());
    let short = |word: &str| word.chars().take(3).collect::<String>();
    format!(
        "{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
        short(&weekday),
        at.day(),
        short(&month),
        at.year(),
        at.hour(),
        at.minute(),
        at.second()
    )
}

impl Body for Answer {
    type Data = Bytes;
    type Error = BrokenOff;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BrokenOff>>> {
        match self.get_mut() {
            Self::Own { text, .. } => Poll::Ready(text.take().map(|text| Ok(Frame::data(text)))),
            Self::Relayed {
                body,
                deadline,
                alarm,
                trace,
            } => {
                if let Poll::Ready(frame) = data_only(Pin::new(body), cx) {
                    if let Some(Ok(frame)) = &frame {
                        trace.sent(frame.data_ref().map_or(0, Bytes::len));
                    }
                    return Poll::Ready(frame.map(|frame| frame.map_err(BrokenOff::Upstream)));
                }
                // Most answers are whole when their head is, so most need no timer.
                let at = *deadline;
                let alarm = alarm.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(at)));
                ready!(alarm.as_mut().poll(cx));
                Poll::Ready(Some(Err(BrokenOff::Deadline)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Own { text, .. } => text.as_ref().is_none_or(Bytes::is_empty),
            Self::Relayed { body, .. } => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Own { text, .. } => {
                let length = text.as_ref().map_or(0, Bytes::len);
                SizeHint::with_exact(u64::try_from(length).unwrap_or(0))
            }
            Self::Relayed { body, .. } => body.size_hint(),
        }
    }
}
