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

/// One module. Many may call it at once; it is begun anew by one that waits until nobody does.
#[derive(Debug)]
pub(crate) struct Library {
    path: PathBuf,
    gate: RwLock<()>,
}

impl Libraries {
    pub(crate) fn of(&self, path: &Path) -> Arc<Library> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let library = known.entry(path.to_owned()).or_insert_with(|| {
            Arc::new(Library {
                path: path.to_owned(),
                gate: RwLock::default(),
            })
        });
        Arc::clone(library)
    }
}

impl Library {
    /// Does something while nobody begins the module anew.
    pub(crate) fn during<R>(&self, work: impl FnOnce() -> R) -> R {
        let _open = self.gate.read().unwrap_or_else(PoisonError::into_inner);
        work()
    }

    /// The module, ready for calls.
    pub(crate) fn context(&self) -> Result<Pkcs11, TokenError> {
        let context = Pkcs11::new(&self.path)?;
        let how = CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK);
        match context.initialize(how) {
            // Another thread was first.
            Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => Ok(context),
            Err(other) => Err(other.into()),
        }
    }

    /// Ends the module, so that the next call begins it: what was unplugged and put back is often seen only then. Every
    /// session ends with it; whose it was opens another.
    pub(crate) fn begin_anew(&self) {
        let _shut = self.gate.write().unwrap_or_else(PoisonError::into_inner);
        // One that cannot be ended is used as it is.
        let _ = Pkcs11::new(&self.path).and_then(Pkcs11::finalize);
    }
}
