//! References: what there is to know of a version's operations, for those who call them.
//!
//! A contract never changes once it was uploaded, so its book is made once and kept, as long as there is room, under the id
//! of the revision. Large contracts take seconds to go through, so that is done off the request threads, and whoever asks
//! for the same one meanwhile waits for it.

use std::sync::Arc;

use gatewright_contract::{Budgets, read, reference};
use gatewright_domain::{access::Caller, handle::ApiHandle, id::RevisionId, text::VersionNumber};
use gatewright_store::{StoreError, views::contracts::ContractInUse};
use quick_cache::{Weighter, sync::Cache};

use crate::{Busy, Registry, reference_book::ReferenceBook};

/// How much memory books may take, in bytes. GitHub's contract, with 1,000 operations, makes a book of 18 MB; most are
/// far below one.
const ROOM: u64 = 128 * 1024 * 1024;

/// How many books that is likely to be.
const BOOKS: usize = 16;

/// The reference of a version, as its contract in use makes it.
#[derive(Clone, Debug)]
pub struct Referenced {
    /// Which version, and which of its contracts.
    pub of: ContractInUse,
    /// Its operations; none without a contract.
    pub book: Arc<ReferenceBook>,
}

/// Why there is no reference.
#[derive(Debug, thiserror::Error)]
pub enum ReferenceError {
    /// Too many contracts are being read.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// A stored contract cannot be read, or making its reference broke off.
    #[error("the reference could not be made")]
    Broken,
    /// The store failed, or there is no such version among those the caller sees.
    #[error("the contract could not be read")]
    Store(#[source] StoreError),
}

/// The books that were made lately.
pub(crate) struct Shelf {
    books: Cache<RevisionId, Arc<ReferenceBook>, Weight>,
}

#[derive(Clone)]
struct Weight;

impl Weighter<RevisionId, Arc<ReferenceBook>> for Weight {
    fn weight(&self, _: &RevisionId, book: &Arc<ReferenceBook>) -> u64 {
        book.weight().max(1)
    }
}

impl Default for Shelf {
    fn default() -> Self {
        Self {
            books: Cache::with_weighter(BOOKS, ROOM, Weight),
        }
    }
}

impl Registry {
    /// The reference of a version.
    ///
    /// # Errors
    /// `Store` with `NotFound` when there is no such version, or not for this caller; `Busy`.
    pub async fn reference(
        &self,
        caller: &Caller,
        api: &ApiHandle,
        number: VersionNumber,
    ) -> Result<Referenced, ReferenceError> {
        let sight = self.store.reader().as_seen_by(caller);
        let of = sight.contract_in_use(api, number).await;
        let of = of.map_err(ReferenceError::Store)?;
        let Some(revision) = of.revision else {
            let book = Arc::default();
            return Ok(Referenced { of, book });
        };
        // Who waits for another's book and then has to make it has waited already.
        let turn = self.analyses.turn();
        let make = async {
            let place = turn.place().await?;
            let (now, exactly) = (self.clock.now(), Some(revision.number));
            let found = sight.contract_document(api, number, exactly, now).await;
            let document = found.map_err(ReferenceError::Store)?.bytes;
            let making = place.work(move || book(&document));
            making.await.ok_or(ReferenceError::Broken)?
        };
        let books = &self.references.books;
        let book = books.get_or_insert_async(&revision.id, make).await?;
        Ok(Referenced { of, book })
    }
}

fn book(document: &[u8]) -> Result<Arc<ReferenceBook>, ReferenceError> {
    let budgets = Budgets::default();
    let document = read(document, &budgets).map_err(|_| ReferenceError::Broken)?;
    Ok(Arc::new(ReferenceBook::of(reference(&document, &budgets))))
}
