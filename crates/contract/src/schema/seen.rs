//! What of a value some keyword has looked at, for `unevaluatedProperties` and `unevaluatedItems`.

use crate::tree::node::Node;

/// The keys and items that some keyword has looked at; nothing when nobody will ask.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen(Option<Parts>);

#[derive(Clone, Debug, Default)]
struct Parts {
    keys: Vec<u32>,
    /// So many items from the first.
    items: usize,
    all_items: bool,
}

impl Seen {
    /// For a schema that will ask.
    pub(super) fn tracking() -> Self {
        Self(Some(Parts::default()))
    }

    /// For a branch, which may turn out not to count.
    pub(super) fn fresh(&self) -> Self {
        Self(self.0.is_some().then(Parts::default))
    }

    pub(super) fn is_tracking(&self) -> bool {
        self.0.is_some()
    }

    /// Takes over what a branch that counts has seen.
    pub(super) fn add(&mut self, branch: Self) {
        if let (Some(all), Some(more)) = (&mut self.0, branch.0) {
            all.keys.extend(more.keys);
            all.items = all.items.max(more.items);
            all.all_items |= more.all_items;
        }
    }

    pub(super) fn key(&mut self, key: Node<'_>) {
        if let Some(all) = &mut self.0 {
            all.keys.push(key.number());
        }
    }

    pub(super) fn items(&mut self, count: usize) {
        if let Some(all) = &mut self.0 {
            all.items = all.items.max(count);
        }
    }

    pub(super) fn all_items(&mut self) {
        if let Some(all) = &mut self.0 {
            all.all_items = true;
        }
    }

    /// The keys that were looked at, sorted.
    pub(super) fn keys(&self) -> Vec<u32> {
        let parts = self.0.as_ref();
        let mut keys = parts.map_or_else(Vec::new, |parts| parts.keys.clone());
        keys.sort_unstable();
        keys
    }

    /// How many items were looked at, from the first; `None` for all.
    pub(super) fn count(&self) -> Option<usize> {
        match &self.0 {
            Some(parts) => (!parts.all_items).then_some(parts.items),
            None => Some(0),
        }
    }
}
