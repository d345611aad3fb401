//! One question over plain HTTP to a server on this machine: what the demo calls itself with, and the doctor knocks with.

use std::{net::SocketAddr, time::Duration};

use anyhow::{Context, Result};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// How long an answer may take, and how much of it is read.
const PATIENCE: Duration = Duration::from_secs(5);
const LARGEST: u64 = 64 * 1024;

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
}

/// Asks for a path, with a bearer token if there is one.
pub(crate) async fn get(at: SocketAddr, path: &str, bearer: Option<&str>) -> Result<Answer> {
    let asked = async {
        let mut stream = TcpStream::connect(at).await?;
        let bearer = bearer.map_or_else(String::new, |token| {
            format!("Authorization: Bearer {token}\r\n")
        });
        let head =
            format!("GET {path} HTTP/1.1\r\nHost: {at}\r\n{bearer}Connection: close\r\n\r\n");
        stream.write_all(head.as_bytes()).await?;
        let mut text = Vec::new();
        stream.take(LARGEST).read_to_end(&mut text).await?;
        read(&String::from_utf8_lossy(&text)).context("the answer is not HTTP")
    };
    timeout(PATIENCE, asked)
        .await
        .context("no answer in time")?
}

fn read(text: &str) -> Option<Answer> {
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let chunked = head.to_lowercase().contains("transfer-encoding: chunked");
    let body = if chunked {
        unchunked(body)
    } else {
        body.to_owned()
    };
    Some(Answer { status, body })
}

/// Joins the chunks of a body (RFC 9112 section 7.1); what comes after a broken one is left out.
fn unchunked(mut body: &str) -> String {
    let mut whole = String::new();
    while let Some((size, rest)) = body.split_once("\r\n") {
        let size = usize::from_str_radix(size.trim(), 16).unwrap_or(0);
        let Some((chunk, rest)) = rest.split_at_checked(size).filter(|_| size > 0) else {
            break;
        };
        whole.push_str(chunk);
        body = rest.trim_start_matches("\r\n");
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chunked_answer_is_joined() {
        let text =
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
        let whole = Answer {
            status: 200,
            body: "abcde".to_owned(),
        };
        assert_eq!(read(text), Some(whole));
    }
}
