//! The key-encryption keys this process knows: several open, one seals.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use arc_swap::ArcSwap;

use crate::kek::Kek;

/// The keys that are known at once. Each is looked up by its exact name; none is tried in another's stead.
pub struct Keks {
    first: Arc<Kek>,
    known: BTreeMap<String, Arc<Kek>>,
    active: ArcSwap<Kek>,
    retired: RwLock<BTreeSet<String>>,
}

impl Keks {
    /// The key of the setting `kek`, which seals until the database says otherwise, and others beside it.
    #[must_use]
    pub fn new(first: Kek, others: Vec<Kek>) -> Self {
        let first = Arc::new(first);
        let mut known = BTreeMap::from([(first.id().to_owned(), Arc::clone(&first))]);
        for other in others {
            // One that is named twice stays as it was named first.
            known
                .entry(other.id().to_owned())
                .or_insert_with(|| Arc::new(other));
        }
        Self {
            active: ArcSwap::new(Arc::clone(&first)),
            first,
            known,
            retired: RwLock::default(),
        }
    }

    /// The one of the setting `kek`.
    #[must_use]
    pub fn first(&self) -> &Arc<Kek> {
        &self.first
    }

    /// The one that seals.
    #[must_use]
    pub fn active(&self) -> Arc<Kek> {
        self.active.load_full()
    }

    /// The one of this name.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Arc<Kek>> {
        self.known.get(id)
    }

    /// All of them, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Kek>> {
        self.known.values()
    }

    /// Opens nothing with this key from now on. That it is retired is written in the database; this only follows.
    pub fn retire(&self, id: &str) {
        let mut retired = self.retired.write().unwrap_or_else(PoisonError::into_inner);
        retired.insert(id.to_owned());
    }

    pub(crate) fn is_retired(&self, id: &str) -> bool {
        let retired = self.retired.read().unwrap_or_else(PoisonError::into_inner);
        retired.contains(id)
    }

    /// Their names, for people.
    #[must_use]
    pub fn names(&self) -> String {
        let names: Vec<&str> = self.known.keys().map(String::as_str).collect();
        names.join(", ")
    }

    /// Lets a known key seal from now on. Which one does is written in the database; this only follows.
    #[must_use]
    pub fn follow(&self, id: &str) -> Followed {
        match self.known.get(id) {
            Some(kek) => {
                self.active.store(Arc::clone(kek));
                Followed::Now
            }
            None => Followed::Unknown,
        }
    }
}

/// Whether a key could be followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Followed {
    /// It seals from now on.
    Now,
    /// It is not known here.
    Unknown,
}

impl From<Kek> for Keks {
    fn from(only: Kek) -> Self {
        Self::new(only, Vec::new())
    }
}

impl fmt::Debug for Keks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.known.values()).finish()
    }
}
