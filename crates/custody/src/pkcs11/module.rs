//! A token of a hardware module, with sessions on threads of their own: a session must not be shared between threads, and
//! a module that hangs must not take the program's threads with it.
//!
//! What is asked of a token may be asked again: a session that was lost is opened anew, and then the module is begun anew.

use std::{
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use cryptoki::{
    context::Pkcs11,
    error::{Error, RvError},
    session::{Session, UserType},
    slot::Slot,
    types::AuthPin,
};
use gatewright_domain::secret::Secret;
use tokio::{sync::oneshot, time::timeout};

use crate::{
    error::{HolderError, SourceError},
    pkcs11::{
        Libraries, TokenAddress,
        library::{Library, Term},
    },
};

/// How many sessions a token gets.
const SESSIONS: usize = 2;

/// How long a module may take for one thing.
const PATIENCE: Duration = Duration::from_secs(10);

/// A token of a hardware module. Cheap to clone; every clone uses the same sessions.
#[derive(Clone)]
pub struct Module {
    address: TokenAddress,
    tasks: mpsc::Sender<Task>,
}

type Task = Box<dyn FnOnce(&mut Desk) + Send>;

/// Why a token does not do what it is asked.
#[derive(Debug)]
pub(crate) enum TokenError {
    /// The module says so.
    Module(Error),
    /// There is no such token.
    NoToken,
    /// There are several of this label.
    Several,
    /// The token has no such key.
    NoKey,
    /// The PIN was refused, now or before.
    WrongPin,
    /// It did not answer in time, or its threads have ended.
    Late,
    /// What was asked for cannot be.
    Unfit(String),
}

impl From<Error> for TokenError {
    fn from(error: Error) -> Self {
        Self::Module(error)
    }
}

impl Module {
    /// Loads the module and opens the first session.
    ///
    /// # Errors
    /// `Unfit` when the module cannot be loaded, or there is no such token; `Holder` when it does not let us in.
    pub async fn open(
        libraries: &Libraries,
        address: &TokenAddress,
        pin: Secret<String>,
    ) -> Result<Self, SourceError> {
        let module = Self::begin(libraries, address, pin)?;
        match module.ask(|_| Ok(())).await {
            Ok(()) => Ok(module),
            Err(error) => Err(module.refused(error)),
        }
    }

    /// Starts the threads, which open their sessions when they are first asked for something.
    ///
    /// # Errors
    /// `Unfit` when no thread can be started.
    pub(crate) fn begin(
        libraries: &Libraries,
        address: &TokenAddress,
        pin: Secret<String>,
    ) -> Result<Self, SourceError> {
        let (tasks, waiting) = mpsc::channel();
        let waiting = Arc::new(Mutex::new(waiting));
        let pin = Arc::new(Pin {
            text: pin,
            is_wrong: AtomicBool::new(false),
        });
        for _ in 0..SESSIONS {
            let desk = Desk {
                library: libraries.of(&address.module),
                address: address.clone(),
                pin: Arc::clone(&pin),
                session: None,
            };
            let waiting = Arc::clone(&waiting);
            let thread = thread::Builder::new().name("pkcs11".to_owned());
            let started = thread.spawn(move || desk.serve(&waiting));
            started.map_err(|cause| SourceError::Unfit {
                key: address.to_string(),
                why: format!("no thread could be started for it: {cause}"),
            })?;
        }
        Ok(Self {
            address: address.clone(),
            tasks,
        })
    }

    /// The label of the token.
    pub(crate) fn label(&self) -> &str {
        &self.address.label
    }

    /// Has one of the sessions do something.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        work: impl Fn(&Session) -> Result<T, TokenError> + Send + 'static,
    ) -> Result<T, TokenError> {
        let (answer, answered) = oneshot::channel();
        let task: Task = Box::new(move |desk| {
            // Whoever asked may have gone, before the work or during it.
            if !answer.is_closed() {
                let _ = answer.send(desk.perform(&work));
            }
        });
        self.tasks.send(task).map_err(|_| TokenError::Late)?;
        let answered = timeout(PATIENCE, answered).await;
        answered
            .map_err(|_| TokenError::Late)?
            .map_err(|_| TokenError::Late)?
    }

    /// What is said of a key of it when it is opened.
    pub(crate) fn refused(&self, error: TokenError) -> SourceError {
        let key = self.address.to_string();
        match error {
            TokenError::NoToken => SourceError::Unfit {
                key,
                why: "the module has no such token; is it plugged in, and is its label right?"
                    .to_owned(),
            },
            TokenError::Several => SourceError::Unfit {
                key,
                why: "the module has several tokens of this label; add serial=NUMBER".to_owned(),
            },
            TokenError::NoKey => SourceError::Unfit {
                key,
                why:
                    "the token has no such key; is its label right, and was it made in this token?"
                        .to_owned(),
            },
            TokenError::Unfit(why) => SourceError::Unfit { key, why },
            TokenError::Module(Error::LibraryLoading(cause)) => SourceError::Unfit {
                key,
                why: format!("the module could not be loaded: {cause}"),
            },
            other @ (TokenError::Module(_) | TokenError::Late | TokenError::WrongPin) => {
                SourceError::Holder {
                    key,
                    cause: other.into(),
                }
            }
        }
    }
}

impl From<TokenError> for HolderError {
    fn from(error: TokenError) -> Self {
        let away = |why: String| Self::Away { why };
        match error {
            TokenError::NoToken => away("the token is not there; plug it in".to_owned()),
            TokenError::Several => away("there are several tokens of this label".to_owned()),
            TokenError::NoKey => away("the token has the key no more; put it back".to_owned()),
            TokenError::Late => away("the hardware module did not answer in time".to_owned()),
            TokenError::WrongPin => Self::Refused {
                why: "the PIN is wrong; every try counts, so correct it before the next start"
                    .to_owned(),
            },
            TokenError::Unfit(why) => Self::Refused { why },
            TokenError::Module(Error::LibraryLoading(cause)) => Self::Refused {
                why: format!("the module could not be loaded: {cause}"),
            },
            TokenError::Module(Error::Pkcs11(code, _)) => of_code(code),
            TokenError::Module(other) => away(other.to_string()),
        }
    }
}

fn of_code(code: RvError) -> HolderError {
    let refused = |why: &str| HolderError::Refused {
        why: why.to_owned(),
    };
    match code {
        RvError::PinLocked => refused("the PIN is locked; its security officer can unlock it"),
        RvError::KeyFunctionNotPermitted => {
            refused("the key may not be used for this; look at its attributes")
        }
        RvError::MechanismInvalid => refused("the module does not know the mechanism"),
        code => HolderError::Away {
            why: format!("the hardware module answered {code:?}; is it plugged in?"),
        },
    }
}

impl fmt::Debug for Module {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.address, f)
    }
}

/// One thread with one session.
struct Desk {
    library: Arc<Library>,
    address: TokenAddress,
    pin: Arc<Pin>,
    session: Option<(Term, Session)>,
}

/// What a token is unlocked with. One that was refused is not tried again: every try counts, and the last one locks the token.
struct Pin {
    text: Secret<String>,
    is_wrong: AtomicBool,
}

impl Desk {
    /// Until nobody can ask any more.
    fn serve(mut self, waiting: &Mutex<mpsc::Receiver<Task>>) {
        loop {
            let next = waiting
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .recv();
            let Ok(task) = next else {
                // Mostly the program ends now, and the module's own end must not meet a call: a module closes what is
                // left of a process by itself.
                std::mem::forget(self.session.take());
                return;
            };
            task(&mut self);
        }
    }

    /// With the session there is, then with a new one, then with a new one of a module that was begun anew.
    fn perform<T>(
        &mut self,
        work: &impl Fn(&Session) -> Result<T, TokenError>,
    ) -> Result<T, TokenError> {
        let library = Arc::clone(&self.library);
        let mut once = || library.during(|module, term| self.perform_once(module, term, work));
        match once() {
            (_, Err(error)) if is_lost(&error) => {}
            (_, outcome) => return outcome,
        }
        match once() {
            (term, Err(error)) if is_lost(&error) => library.end(term),
            (_, outcome) => return outcome,
        }
        once().1
    }

    fn perform_once<T>(
        &mut self,
        module: &Pkcs11,
        term: Term,
        work: &impl Fn(&Session) -> Result<T, TokenError>,
    ) -> Result<T, TokenError> {
        let session = match self.session.take() {
            Some((opened, session)) if opened == term => session,
            stale => {
                // It ended with its term. To close it would close whose number it has now.
                std::mem::forget(stale);
                self.enter(module)?
            }
        };
        let outcome = work(&session);
        if !outcome.as_ref().is_err_and(is_lost) {
            self.session = Some((term, session));
        }
        outcome
    }

    /// A session that is signed in.
    fn enter(&self, module: &Pkcs11) -> Result<Session, TokenError> {
        let session = module.open_rw_session(self.slot(module)?)?;
        if self.pin.is_wrong.load(Ordering::Relaxed) {
            return Err(TokenError::WrongPin);
        }
        let pin = self
            .pin
            .text
            .lend(|pin| AuthPin::from(pin.trim().to_owned()));
        match session.login(UserType::User, Some(&pin)) {
            Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => Ok(session),
            Err(Error::Pkcs11(
                RvError::PinIncorrect | RvError::PinInvalid | RvError::PinLenRange,
                _,
            )) => {
                self.pin.is_wrong.store(true, Ordering::Relaxed);
                Err(TokenError::WrongPin)
            }
            Err(other) => Err(other.into()),
        }
    }

    fn slot(&self, module: &Pkcs11) -> Result<Slot, TokenError> {
        let mut found = None;
        for slot in module.get_slots_with_initialized_token()? {
            let token = module.get_token_info(slot)?;
            let serial = self.address.serial.as_deref();
            let is_meant = token.label() == self.address.label
                && serial.is_none_or(|serial| serial == token.serial_number());
            if is_meant && found.replace(slot).is_some() {
                return Err(TokenError::Several);
            }
        }
        found.ok_or(TokenError::NoToken)
    }
}

/// Whether the session, or the token behind it, may have gone. A wrong PIN is none of these: it is not tried again.
fn is_lost(error: &TokenError) -> bool {
    match error {
        TokenError::NoToken | TokenError::NoKey => true,
        TokenError::Several | TokenError::Late | TokenError::WrongPin | TokenError::Unfit(_) => {
            false
        }
        TokenError::Module(Error::Pkcs11(code, _)) => matches!(
            code,
            RvError::SessionHandleInvalid
                | RvError::SessionClosed
                | RvError::UserNotLoggedIn
                | RvError::CryptokiNotInitialized
                | RvError::DeviceRemoved
                | RvError::DeviceError
                | RvError::TokenNotPresent
                | RvError::TokenNotRecognized
                | RvError::SlotIdInvalid
                | RvError::GeneralError
                | RvError::FunctionFailed
                | RvError::KeyHandleInvalid
                | RvError::ObjectHandleInvalid
                | RvError::OperationActive
        ),
        TokenError::Module(_) => false,
    }
}
