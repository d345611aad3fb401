//! A client that sends the bytes it is given, and reads answers strictly.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use serde_json::Value;

/// One answer.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The one value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.all(name);
        let first = values.next();
        assert!(values.next().is_none(), "{name} is repeated");
        first
    }

    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        let named = self.headers.iter().filter(move |(known, _)| known == name);
        named.map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("a body in JSON")
    }

    /// The last part of a problem's type.
    pub(crate) fn problem(&self) -> String {
        let kind = self.json()["type"]
            .as_str()
            .expect("a problem's type")
            .to_owned();
        kind.rsplit('/').next().expect("a name").to_owned()
    }

    /// A header as the echoing upstream saw it.
    pub(crate) fn seen(&self, name: &str) -> Vec<String> {
        let values = &self.json()["headers"][name];
        let texts = values.as_array().into_iter().flatten();
        texts
            .map(|value| value.as_str().expect("text").to_owned())
            .collect()
    }
}

/// A connection.
pub(crate) struct Line(pub(crate) TcpStream);

impl Line {
    pub(crate) fn to(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).expect("a connection");
        stream
            .set_read_timeout(Some(Duration::from_secs(10)))
            .expect("a deadline");
        stream.set_nodelay(true).expect("no delay");
        Self(stream)
    }

    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) -> &mut Self {
        // A gateway that has answered already may have closed.
        let _ = self.0.write_all(bytes.as_ref());
        self
    }

    /// Everything until the gateway closes, or says nothing more for so long.
    pub(crate) fn rest(&mut self, silence: Duration) -> Vec<u8> {
        self.0.set_read_timeout(Some(silence)).expect("a deadline");
        let (mut all, mut piece) = (Vec::new(), vec![0; 64 * 1024]);
        while let Ok(size) = self.0.read(&mut piece) {
            if size == 0 {
                break;
            }
            all.extend_from_slice(&piece[..size]);
        }
        all
    }

    /// Every answer until the gateway closes.
    pub(crate) fn answers(&mut self) -> Vec<Answer> {
        self.answers_until(Duration::from_secs(10))
    }

    pub(crate) fn answers_until(&mut self, silence: Duration) -> Vec<Answer> {
        let bytes = self.rest(silence);
        let (mut answers, mut rest) = (Vec::new(), bytes.as_slice());
        while !rest.is_empty() {
            let (answer, after) = read(rest);
            answers.push(answer);
            rest = after;
        }
        answers
    }

    pub(crate) fn answer(&mut self) -> Answer {
        let mut answers = self.answers();
        assert_eq!(answers.len(), 1, "one answer: {answers:?}");
        answers.remove(0)
    }

    /// Reads one more piece.
    pub(crate) fn piece(&mut self) -> String {
        let mut piece = vec![0; 64 * 1024];
        let size = self.0.read(&mut piece).expect("a piece");
        String::from_utf8_lossy(&piece[..size]).into_owned()
    }

    /// Whether the gateway has closed, or closes within so long.
    pub(crate) fn is_closed_within(&mut self, patience: Duration) -> bool {
        self.0.set_read_timeout(Some(patience)).expect("a deadline");
        let mut piece = [0; 1024];
        loop {
            match self.0.read(&mut piece) {
                Ok(0) => return true,
                Ok(_) => {}
                Err(error) => return error.kind() == std::io::ErrorKind::ConnectionReset,
            }
        }
    }
}

fn read(bytes: &[u8]) -> (Answer, &[u8]) {
    let end = find(bytes, b"\r\n\r\n")
        .unwrap_or_else(|| panic!("a head: {:?}", String::from_utf8_lossy(bytes)));
    let head = String::from_utf8(bytes[..end].to_vec()).expect("a head in ASCII");
    let mut lines = head.split("\r\n");
    let status_line = lines.next().expect("a status line");
    let status: u16 = status_line
        .split(' ')
        .nth(1)
        .expect("a status")
        .parse()
        .expect("a number");
    let headers: Vec<(String, String)> = lines
        .map(|line| {
            line.split_once(": ")
                .or(line.split_once(':'))
                .expect("a header")
        })
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    let rest = &bytes[end + 4..];
    let value = |name: &str| {
        headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value)
    };
    let (body, rest) = if let Some(length) = value("content-length") {
        let length: usize = length.parse().expect("a length");
        let length = length.min(rest.len());
        (rest[..length].to_vec(), &rest[length..])
    } else if value("transfer-encoding").is_some() {
        chunks(rest)
    } else if status < 200 || status == 204 || status == 304 {
        (Vec::new(), rest)
    } else {
        (rest.to_vec(), &rest[rest.len()..])
    };
    (
        Answer {
            status,
            headers,
            body,
        },
        rest,
    )
}

fn chunks(mut bytes: &[u8]) -> (Vec<u8>, &[u8]) {
    let mut body = Vec::new();
    loop {
        let Some(end) = find(bytes, b"\r\n") else {
            return (body, &[]);
        };
        let size = std::str::from_utf8(&bytes[..end]).expect("a size");
        let size = usize::from_str_radix(size, 16).expect("a size in hexadecimal");
        bytes = &bytes[end + 2..];
        body.extend_from_slice(&bytes[..size.min(bytes.len())]);
        bytes = bytes.get(size + 2..).unwrap_or_default();
        if size == 0 {
            return (body, bytes);
        }
    }
}

pub(crate) fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}
