//! A sandbox's key set over plain HTTP: one document, whatever is asked for.

use std::{net::SocketAddr, process::ExitCode, time::Duration};

use anyhow::{Context, Result};
use gatewright_token::hostile::Sandbox;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    signal::ctrl_c,
    time::timeout,
};

use crate::{
    failure::{Code, Failure},
    output::line,
    say,
};

/// How long a question may take, and how long it may be.
const PATIENCE: Duration = Duration::from_secs(5);
const LONGEST: u64 = 16 * 1024;

/// Serves until interrupted.
pub(super) async fn serve(sandbox: &Sandbox, at: SocketAddr) -> Result<ExitCode> {
    let listener = TcpListener::bind(at).await;
    let listener = listener.with_context(|| format!("could not listen on {at}"));
    let listener = listener.map_err(|error| {
        let next = "another program may listen there: choose another with --listen";
        Failure::of(Code::Failed, error).next(next)
    })?;
    line(&format!("http://{}/jwks", listener.local_addr()?))?;
    say!("Serving the key set of the sandbox. End with Ctrl-C.");
    let document = sandbox.jwks();
    loop {
        tokio::select! {
            interrupted = ctrl_c() => {
                interrupted?;
                return Ok(ExitCode::SUCCESS);
            }
            accepted = listener.accept() => {
                let Ok((stream, _)) = accepted else { continue };
                let document = document.clone();
                // Whoever asks badly gets no answer; there is nobody to tell.
                tokio::spawn(async move { timeout(PATIENCE, answer(stream, &document)).await });
            }
        }
    }
}

async fn answer(stream: TcpStream, document: &str) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut head = (&mut stream).take(LONGEST).lines();
    while let Some(asked) = head.next_line().await? {
        if asked.is_empty() {
            break;
        }
    }
    let length = document.len();
    let answer = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{document}"
    );
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await
}
