//! The built program, run in a directory of its own with an environment of its own.

use std::{
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex,
        mpsc::{Receiver, Sender, channel},
    },
    time::{Duration, Instant},
};

use tempfile::TempDir;

/// A directory in which the program is run.
pub(crate) struct Place {
    dir: TempDir,
}

/// What came of a run.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self {
            dir: TempDir::new().unwrap(),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// The program with these arguments; nothing of the environment of the tests concerns it.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gatewright"));
        command
            .args(arguments)
            .current_dir(self.path())
            .env_clear()
            .env("TMPDIR", self.path())
            .stdin(Stdio::null());
        command
    }

    /// Runs the program to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        ran(&mut self.command(arguments))
    }
}

/// Runs a command to its end.
pub(crate) fn ran(command: &mut Command) -> Ran {
    let output = command.output().unwrap();
    Ran {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A program that goes on running; it is told to end when it is dropped. One that panicked fails its test.
pub(crate) struct Running {
    child: Child,
    lines: Receiver<String>,
    log: Arc<Mutex<Vec<String>>>,
    began: Instant,
}

impl Running {
    pub(crate) fn start(mut command: Command) -> Self {
        let began = Instant::now();
        let spawned = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let mut child = spawned.unwrap();
        let (tell, lines) = channel();
        let log = Arc::default();
        listen(child.stdout.take().unwrap(), tell.clone(), &log);
        listen(child.stderr.take().unwrap(), tell, &log);
        Self {
            child,
            lines,
            log,
            began,
        }
    }

    /// Everything printed up to the line that holds this text, and how long the program has run by then.
    pub(crate) fn until(&self, text: &str) -> (Vec<String>, Duration) {
        let mut seen = Vec::new();
        loop {
            let line = self.lines.recv_timeout(Duration::from_secs(30));
            let line = line.unwrap_or_else(|_| panic!("`{text}` never came; instead: {seen:#?}"));
            let last = line.contains(text);
            seen.push(line);
            if last {
                return (seen, self.began.elapsed());
            }
        }
    }

    /// Every line so far.
    pub(crate) fn log(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }

    /// Asks it to end, and gives its exit code.
    pub(crate) fn end(mut self) -> Option<i32> {
        self.signal("-TERM");
        self.child.wait().unwrap().code()
    }

    /// Ends it at once, wherever it is, as a lost machine would (`kill -9`).
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        Command::new("kill").args([signal, &id]).status().unwrap();
    }
}

/// Hands on what is printed, line by line, and keeps it.
fn listen(pipe: impl Read + Send + 'static, tell: Sender<String>, log: &Arc<Mutex<Vec<String>>>) {
    let log = Arc::clone(log);
    std::thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            log.lock().unwrap().push(line.clone());
            // Nobody waits for lines once the test is over.
            let _ = tell.send(line);
        }
    });
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            return;
        }
        let log = self.log();
        let panics: Vec<&String> = log
            .iter()
            .filter(|line| line.contains("panicked"))
            .collect();
        assert!(panics.is_empty(), "the program panicked: {panics:#?}");
        let lines = log.iter().filter(|line| line.starts_with(LOGGED));
        let told: Vec<&String> = lines.filter(|line| tells_a_secret(line)).collect();
        assert!(told.is_empty(), "the program logged a secret: {told:#?}");
    }
}

/// How a line of the log begins where nobody sits at a terminal; what is said to the person who started it does not.
const LOGGED: &str = r#"{"timestamp":"#;

/// Whether somebody who reads a log could use what stands in this line (P59).
fn tells_a_secret(line: &str) -> bool {
    const KEPT: [&str; 9] = [
        "gw_pat_", "gw_gt_", "gw_ses_", "gw_set_", "gw_sil_", "gw_live_", "gw_rt_", "gw_ac_",
        "gw_cs_",
    ];
    const LONG: usize = 30;
    let is_of_a_word = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    let mut words = line.split(|c| !is_of_a_word(c));
    let is_told = |word: &str| {
        let is_token = word.starts_with("eyJ") && word.matches('.').count() == 2;
        is_token || (word.len() > LONG && KEPT.iter().any(|prefix| word.starts_with(prefix)))
    };
    line.contains("PRIVATE KEY") || words.any(is_told)
}

#[test]
fn a_secret_in_a_log_is_seen() {
    let key = format!("gw_live_{}", "a".repeat(43));
    for line in [
        format!("key={key}"),
        format!("\"{key}\""),
        "token eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln".to_owned(),
        "-----BEGIN PRIVATE KEY-----".to_owned(),
    ] {
        assert!(tells_a_secret(&line), "{line}");
    }
    assert!(!tells_a_secret(
        "Refused a token of gw_live_ kind, eyJ, at 10.0.0.1"
    ));
}
