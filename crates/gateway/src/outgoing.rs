//! A body on its way to an upstream: data as it comes, and no trailers, because no rule has looked at them.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::time::Instant;

/// A body on its way to an upstream.
#[derive(Debug)]
pub(crate) enum Outgoing {
    Nothing,
    Stream {
        body: Incoming,
        progress: Arc<Progress>,
    },
}

/// When an upstream last took something of a body, so that a long upload is not taken for a late answer.
#[derive(Debug)]
pub(crate) struct Progress {
    began: Instant,
    last_micros: AtomicU64,
}

impl Default for Progress {
    fn default() -> Self {
        let (began, last_micros) = (Instant::now(), AtomicU64::new(0));
        Self { began, last_micros }
    }
}

impl Progress {
    /// The last moment at which something was taken.
    pub(crate) fn last(&self) -> Instant {
        self.began + Duration::from_micros(self.last_micros.load(Ordering::Relaxed))
    }

    fn made(&self) {
        let micros = u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.last_micros.store(micros, Ordering::Relaxed);
    }
}

impl Outgoing {
    /// How far it has come; nothing for one that has nothing to send.
    pub(crate) fn progress(&self) -> Option<Arc<Progress>> {
        match self {
            Self::Nothing => None,
            Self::Stream { progress, .. } => Some(Arc::clone(progress)),
        }
    }
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let Self::Stream { body, progress } = self.get_mut() else {
            return Poll::Ready(None);
        };
        progress.made();
        data_only(Pin::new(body), cx)
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Nothing => true,
            Self::Stream { body, .. } => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Nothing => SizeHint::with_exact(0),
            Self::Stream { body, .. } => body.size_hint(),
        }
    }
}

/// The next frame that holds data.
pub(crate) fn data_only(
    mut body: Pin<&mut Incoming>,
    cx: &mut Context<'_>,
) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
    loop {
        match body.as_mut().poll_frame(cx) {
            Poll::Ready(Some(Ok(frame))) if !frame.is_data() => {}
            other => return other,
        }
    }
}
