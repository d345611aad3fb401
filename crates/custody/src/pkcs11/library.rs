//! The modules that are loaded, each once: a library of PKCS#11 has one state for the whole process.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use cryptoki::{
    context::{CInitializeArgs, CInitializeFlags, Pkcs11},
    error::{Error, RvError},
};

use crate::pkcs11::module::TokenError;

/// The modules of this process. Whoever opens several keys opens them with the same one of these, or a clone of it.
#[derive(Clone, Debug, Default)]
pub struct Libraries(Arc<Mutex<BTreeMap<PathBuf, Arc<Library>>>>);

/// One module. Many may call it at once; it is begun and ended by one that waits until nobody does.
#[derive(Debug)]
pub(crate) struct Library {
    path: PathBuf,
    state: RwLock<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Once it was loaded.
    module: Option<Pkcs11>,
    is_begun: bool,
    term: Term,
}

/// The time from one beginning of a module to the next. What a module hands out is good in its own term only: it numbers
/// sessions and objects from one again, so that a number from before is soon somebody else's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Term(u64);

impl Libraries {
    pub(crate) fn of(&self, path: &Path) -> Arc<Library> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let library = known.entry(path.to_owned()).or_insert_with(|| {
            Arc::new(Library {
                path: path.to_owned(),
                state: RwLock::default(),
            })
        });
        Arc::clone(library)
    }
}

impl Library {
    /// Does something with the module while nobody begins or ends it, and tells in which term.
    pub(crate) fn during<R>(
        &self,
        work: impl FnOnce(&Pkcs11, Term) -> Result<R, TokenError>,
    ) -> (Term, Result<R, TokenError>) {
        loop {
            let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
            let term = state.term;
            if let (Some(module), true) = (&state.module, state.is_begun) {
                return (term, work(module, term));
            }
            drop(state);
            if let Err(error) = self.begin() {
                return (term, Err(error));
            }
        }
    }

    fn begin(&self) -> Result<(), TokenError> {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        let module = match &state.module {
            Some(module) => module,
            None => {
                let module = Pkcs11::new(&self.path)?;
                // It stays in the process to the end: modules crash when they are unloaded with something left open.
                std::mem::forget(module.clone());
                state.module.insert(module)
            }
        };
        let how = CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK);
        match module.initialize(how) {
            // Another thread was first, or another part of the program.
            Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {
                state.is_begun = true;
                Ok(())
            }
            Err(other) => Err(other.into()),
        }
    }

    /// Ends the module, so that the next call begins it: what was unplugged and put back is often seen only then. Whoever
    /// saw a term fail that is over already changes nothing: the next one has not been tried.
    pub(crate) fn end(&self, failed: Term) {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        if state.term != failed || !state.is_begun {
            return;
        }
        state.term.0 += 1;
        state.is_begun = false;
        if let Some(module) = &state.module {
            // One that cannot be ended is used as it is.
            let _ = module.clone().finalize();
        }
    }
}
