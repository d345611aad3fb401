//! Lists, a page at a time: always bounded, always by the last key, never by offset.

use serde::Serialize;

/// Which part of a list is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    after: Option<String>,
    limit: u32,
}

/// A limit outside the bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a page has from 1 to 100 items")]
pub struct NotAPage;

impl Page {
    /// The first page of the usual size.
    #[must_use]
    pub const fn first() -> Self {
        Self {
            after: None,
            limit: 50,
        }
    }

    /// The page after a key that an earlier page ended with.
    ///
    /// # Errors
    /// When the limit is not from 1 to 100.
    pub fn new(after: Option<String>, limit: Option<u32>) -> Result<Self, NotAPage> {
        let limit = limit.unwrap_or(50);
        if (1..=100).contains(&limit) {
            Ok(Self { after, limit })
        } else {
            Err(NotAPage)
        }
    }

    /// The key that the page comes after.
    #[must_use]
    pub fn after(&self) -> Option<&str> {
        self.after.as_deref()
    }

    /// Cuts a list that is in memory down to the page: what comes after the key that an earlier page ended with.
    pub fn of<T>(&self, all: impl IntoIterator<Item = T>, key: impl Fn(&T) -> String) -> Paged<T> {
        let mut all = all.into_iter();
        if let Some(after) = self.after() {
            all.find(|item| key(item) == after);
        }
        let fetch = usize::try_from(self.fetch()).unwrap_or(usize::MAX);
        self.cut(all.take(fetch).collect(), key)
    }

    /// How many rows to ask for: one more than shown, to know whether there are more.
    pub(crate) fn fetch(&self) -> i64 {
        i64::from(self.limit) + 1
    }

    /// Cuts what was fetched down to the page, and says how to go on.
    pub(crate) fn cut<T>(&self, mut items: Vec<T>, key: impl Fn(&T) -> String) -> Paged<T> {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let more = items.len() > limit;
        items.truncate(limit);
        let next_cursor = if more { items.last().map(key) } else { None };
        Paged { items, next_cursor }
    }
}

/// A page of a list.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Paged<T> {
    /// The items, in the list's order.
    pub items: Vec<T>,
    /// What to send as `cursor` to go on; nothing on the last page.
    pub next_cursor: Option<String>,
}
