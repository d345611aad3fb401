//! A way to PostgreSQL that can be closed, and that can lose the answer to a commit.

use std::{
    io::{self, Read, Write},
    net::Shutdown,
    os::unix::net::{UnixListener, UnixStream},
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use tempfile::TempDir;

const SOCKET: &str = ".s.PGSQL.5432";

/// A socket beside the server's own, and everything that goes over it.
pub(crate) struct Detour {
    home: TempDir,
    state: Arc<State>,
}

struct State {
    server: PathBuf,
    is_closed: AtomicBool,
    /// The next commit is carried out, and its answer lost.
    is_armed: AtomicBool,
    lost: AtomicUsize,
    open: Mutex<Vec<UnixStream>>,
}

impl Detour {
    /// A detour to the server of this address, `postgres://…?host=<directory of the socket>`.
    pub(crate) fn to(url: &str) -> Self {
        let (_, directory) = url.split_once("?host=").unwrap();
        let home = TempDir::new().unwrap();
        let listener = UnixListener::bind(home.path().join(SOCKET)).unwrap();
        let state = Arc::new(State {
            server: PathBuf::from(directory).join(SOCKET),
            is_closed: AtomicBool::new(false),
            is_armed: AtomicBool::new(false),
            lost: AtomicUsize::new(0),
            open: Mutex::default(),
        });
        let of_thread = Arc::clone(&state);
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                of_thread.take(client);
            }
        });
        Self { home, state }
    }

    /// The address by which the server is reached over the detour.
    pub(crate) fn of(&self, url: &str) -> String {
        let (database, _) = url.split_once("?host=").unwrap();
        format!("{database}?host={}", self.home.path().display())
    }

    /// Loses the answer to the next commit.
    pub(crate) fn lose_an_answer(&self) {
        self.state.is_armed.store(true, Ordering::SeqCst);
    }

    /// How many answers were lost so far.
    pub(crate) fn lost(&self) -> usize {
        self.state.lost.load(Ordering::SeqCst)
    }

    /// Cuts every connection, and lets no other through.
    pub(crate) fn close(&self) {
        self.state.is_closed.store(true, Ordering::SeqCst);
        for stream in self.state.open.lock().unwrap().drain(..) {
            // It may be gone already.
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    pub(crate) fn open(&self) {
        self.state.is_closed.store(false, Ordering::SeqCst);
    }
}

impl State {
    fn take(self: &Arc<Self>, client: UnixStream) {
        if self.is_closed.load(Ordering::SeqCst) {
            return;
        }
        let server = UnixStream::connect(&self.server).unwrap();
        let mut open = self.open.lock().unwrap();
        open.push(client.try_clone().unwrap());
        open.push(server.try_clone().unwrap());
        drop(open);
        let loses = Arc::new(AtomicBool::new(false));
        let (there, back) = (Arc::clone(self), Arc::clone(self));
        let (of_there, of_back) = (Arc::clone(&loses), loses);
        let (from, to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
        std::thread::spawn(move || {
            carry(from, to, |bytes| {
                let commits = bytes.windows(7).any(|seven| seven == b"COMMIT\0");
                if commits && there.is_armed.swap(false, Ordering::SeqCst) {
                    of_there.store(true, Ordering::SeqCst);
                }
                true
            })
        });
        std::thread::spawn(move || {
            carry(server, client, |_| {
                let is_lost = of_back.load(Ordering::SeqCst);
                back.lost.fetch_add(usize::from(is_lost), Ordering::SeqCst);
                !is_lost
            })
        });
    }
}

/// Carries bytes until either side ends, or until some are not to be handed on.
fn carry(mut from: UnixStream, mut to: UnixStream, mut hands_on: impl FnMut(&[u8]) -> bool) {
    let mut pass = || -> io::Result<()> {
        let mut buffer = [0; 16 * 1024];
        loop {
            let read = from.read(&mut buffer)?;
            if read == 0 || !hands_on(&buffer[..read]) {
                return Ok(());
            }
            to.write_all(&buffer[..read])?;
        }
    };
    // An end is an end, whatever brought it about.
    let _ = pass();
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}
