//! A connection as hyper reads it: only bytes that `framing` has passed, and only as long as the client keeps moving.
//!
//! Invariant: of a request whose framing is refused, hyper sees no byte.

use std::{
    io,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::{Buf, BytesMut};
use hyper::rt::{Read, ReadBufCursor, Write};
use tokio::{
    io::AsyncWrite,
    net::TcpStream,
    time::{Instant, Sleep},
};
use tokio_util::io::poll_read_buf;

use crate::{chunks::BodyReader, config::Deadlines, framing::HeadReader, line::Line};

/// What hyper reads in place of a refused head. The exchange knows it by its number (`Line::begin`), not by its text.
const STAND_IN: &[u8] = b"GET / HTTP/1.1\r\nhost: refused\r\nconnection: close\r\n\r\n";

const HEAD_READ: usize = 4 * 1024;
const BODY_READ: usize = 64 * 1024;

/// How much of what a client still sends is read and forgotten after the last answer, so that the answer is not lost to
/// a reset (RFC 9112 section 9.6).
const FORGET: usize = 256 * 1024;
const FORGET_FOR: Duration = Duration::from_secs(1);

/// A connection.
#[derive(Debug)]
pub(crate) struct Wire {
    stream: TcpStream,
    line: Rc<Line>,
    deadlines: Deadlines,
    buffer: BytesMut,
    /// So many bytes at the front of the buffer may be read.
    passed: usize,
    phase: Phase,
    reading: Alarm,
    writing: Option<Alarm>,
    forgotten: Option<usize>,
}

#[derive(Debug)]
enum Phase {
    Head(HeadReader),
    Body(BodyReader),
    Refused,
}

/// What is being waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wait {
    Head,
    Body,
    Client,
    Goodbye,
}

impl Wire {
    /// A fresh connection, which must send its first head in time.
    pub(crate) fn new(stream: TcpStream, line: Rc<Line>, deadlines: Deadlines) -> Self {
        Self {
            stream,
            line,
            deadlines,
            buffer: BytesMut::new(),
            passed: 0,
            phase: Phase::Head(HeadReader::default()),
            reading: Alarm::set(Wait::Head, deadlines.head),
            writing: None,
            forgotten: None,
        }
    }

    fn hand_over(&mut self, into: &mut ReadBufCursor<'_>) {
        let size = self.passed.min(into.remaining());
        into.put_slice(self.buffer.get(..size).unwrap_or_default());
        self.buffer.advance(size);
        self.passed -= size;
    }

    /// Passes as much of the buffer as is known to be good. Called when all that was passed is handed over.
    fn judge(&mut self) -> io::Result<()> {
        match &mut self.phase {
            Phase::Head(reader) => match reader.read(&self.buffer) {
                Ok(None) => self.line.head_begun(),
                Ok(Some(head)) => {
                    self.line.head_passed();
                    self.passed = head.size;
                    self.phase = head.body.map_or_else(Phase::next_head, Phase::Body);
                }
                Err(fault) => {
                    self.line.head_refused(fault);
                    self.buffer = BytesMut::from(STAND_IN);
                    self.passed = STAND_IN.len();
                    self.phase = Phase::Refused;
                }
            },
            Phase::Body(reader) => match reader.read(&self.buffer) {
                Ok(followed) => {
                    self.passed = followed.bytes;
                    if followed.ended {
                        self.phase = Phase::next_head();
                    }
                }
                Err(fault) => {
                    self.line.body_broken(fault);
                    self.phase = Phase::Refused;
                    return Err(io::ErrorKind::InvalidData.into());
                }
            },
            Phase::Refused => {}
        }
        if self.passed > 0 {
            self.reading.stop();
        }
        Ok(())
    }

    fn fill(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let size = match self.phase {
            Phase::Body(_) => BODY_READ,
            Phase::Head(_) | Phase::Refused => HEAD_READ,
        };
        if self.buffer.is_empty() && self.buffer.capacity() > 2 * size {
            // Most connections wait most of the time, and need no room for the last body meanwhile.
            self.buffer = BytesMut::new();
        }
        self.buffer.reserve(size);
        poll_read_buf(Pin::new(&mut self.stream), cx, &mut self.buffer)
    }

    /// Waits for the client, but not for ever.
    fn wait(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let (wait, time) = match self.phase {
            Phase::Body(_) => (Wait::Body, self.deadlines.idle_body),
            // While the client is being answered it may be silent, and afterwards the connection counts its idle time.
            Phase::Head(_) if self.line.is_busy() => return Poll::Pending,
            Phase::Head(_) if self.buffer.is_empty() && !self.reading.is_set() => {
                return Poll::Pending;
            }
            Phase::Head(_) | Phase::Refused => (Wait::Head, self.deadlines.head),
        };
        ready!(self.reading.poll(cx, wait, time));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    fn wait_for_writing(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let time = self.deadlines.idle_body;
        let alarm = self
            .writing
            .get_or_insert_with(|| Alarm::set(Wait::Client, time));
        ready!(alarm.poll(cx, Wait::Client, time));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    fn written(&mut self, size: io::Result<usize>) -> Poll<io::Result<usize>> {
        if let Some(alarm) = &mut self.writing {
            alarm.stop();
        }
        Poll::Ready(size)
    }

    /// Whether the client may still be sending what nobody will read.
    fn leaves_bytes(&self) -> bool {
        match self.phase {
            Phase::Head(_) => !self.buffer.is_empty(),
            Phase::Body(_) | Phase::Refused => true,
        }
    }
}

impl Phase {
    fn next_head() -> Self {
        Self::Head(HeadReader::default())
    }
}

impl Read for Wire {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        mut into: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        loop {
            if this.passed > 0 {
                this.hand_over(&mut into);
                return Poll::Ready(Ok(()));
            }
            if !this.buffer.is_empty() {
                this.judge()?;
            }
            if this.passed > 0 {
                continue;
            }
            if let Phase::Refused = this.phase {
                // The exchange answers without hearing more, and that ends the connection.
                return Poll::Pending;
            }
            match this.fill(cx) {
                Poll::Ready(Ok(0)) => return Poll::Ready(Ok(())),
                Poll::Ready(Ok(_)) => {}
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => return this.wait(cx),
            }
        }
    }
}

impl Write for Wire {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        match Pin::new(&mut this.stream).poll_write(cx, bytes) {
            Poll::Ready(size) => this.written(size),
            Poll::Pending => this.wait_for_writing(cx),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        match Pin::new(&mut this.stream).poll_write_vectored(cx, slices) {
            Poll::Ready(size) => this.written(size),
            Poll::Pending => this.wait_for_writing(cx),
        }
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.forgotten.is_none() {
            ready!(Pin::new(&mut this.stream).poll_shutdown(cx))?;
            if !this.leaves_bytes() {
                return Poll::Ready(Ok(()));
            }
        }
        let forgotten = this.forgotten.get_or_insert(0);
        while *forgotten < FORGET {
            this.buffer.clear();
            this.buffer.reserve(HEAD_READ);
            match poll_read_buf(Pin::new(&mut this.stream), cx, &mut this.buffer) {
                Poll::Ready(Ok(0) | Err(_)) => return Poll::Ready(Ok(())),
                Poll::Ready(Ok(size)) => *forgotten += size,
                Poll::Pending => {
                    ready!(this.reading.poll(cx, Wait::Goodbye, FORGET_FOR));
                    return Poll::Ready(Ok(()));
                }
            }
        }
        Poll::Ready(Ok(()))
    }
}

/// A timer that is set when waiting begins and keeps ringing for the same thing until it is stopped.
#[derive(Debug)]
struct Alarm {
    sleep: Pin<Box<Sleep>>,
    rings_for: Option<Wait>,
}

impl Alarm {
    fn set(wait: Wait, time: Duration) -> Self {
        let sleep = Box::pin(tokio::time::sleep(time));
        let rings_for = Some(wait);
        Self { sleep, rings_for }
    }

    fn is_set(&self) -> bool {
        self.rings_for.is_some()
    }

    fn stop(&mut self) {
        self.rings_for = None;
    }

    fn poll(&mut self, cx: &mut Context<'_>, wait: Wait, time: Duration) -> Poll<()> {
        if self.rings_for != Some(wait) {
            self.sleep.as_mut().reset(Instant::now() + time);
            self.rings_for = Some(wait);
        }
        self.sleep.as_mut().poll(cx)
    }
}
