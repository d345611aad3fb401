//! The reference of one contract as a book: its operations one after another, each under a name that stands in addresses.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
};

use gatewright_contract::{Reference, ReferenceOperation};

/// The reference of one contract.
#[derive(Debug, Default)]
pub struct ReferenceBook {
    tags: Vec<Tag>,
    entries: Vec<Entry>,
    places: BTreeMap<String, usize>,
    is_cut: bool,
    weight: u64,
}

/// A tag with operations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// Its name; empty for operations that have none.
    pub name: String,
    /// What the document says of it (Markdown, not to be trusted).
    pub description: Option<String>,
    /// How many operations it has.
    pub operations: usize,
}

/// An operation in the book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What it is called in addresses: its `operationId` where that names it alone, or else its method and path. Escaped as
    /// in a JSON pointer (RFC 6901 section 3), so that there is no slash in it.
    pub name: String,
    /// Its tag; empty when it has none.
    pub tag: String,
    /// What there is to know of it.
    pub operation: ReferenceOperation,
}

impl ReferenceBook {
    pub(crate) fn of(reference: Reference) -> Self {
        let weight = weight(&reference);
        let is_cut = reference.cut;
        let mut ids = BTreeMap::new();
        let all = || reference.groups.iter().flat_map(|group| &group.operations);
        for id in all().filter_map(own_name) {
            *ids.entry(id.to_owned()).or_insert(0_u32) += 1;
        }
        let unique: BTreeSet<String> = ids
            .into_iter()
            .filter_map(|(id, uses)| (uses == 1).then_some(id))
            .collect();
        let mut book = Self {
            is_cut,
            weight,
            ..Self::default()
        };
        for group in reference.groups {
            book.tags.push(Tag {
                name: group.name.clone(),
                description: group.description,
                operations: group.operations.len(),
            });
            for operation in group.operations {
                let name = match own_name(&operation).filter(|id| unique.contains(*id)) {
                    Some(id) => escaped(id),
                    None => escaped(&format!("{} {}", operation.method, operation.path)),
                };
                book.places.insert(name.clone(), book.entries.len());
                let tag = group.name.clone();
                book.entries.push(Entry {
                    name,
                    tag,
                    operation,
                });
            }
        }
        book
    }

    /// The tags, in the order of the document; what has no tag comes last, under an empty name.
    #[must_use]
    pub fn tags(&self) -> &[Tag] {
        &self.tags
    }

    /// The operations, tag by tag.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The operations of a tag, or of all of them, in which every one of these words occurs: in the method, the path, the
    /// name, the tag or the summary, in capitals or not.
    pub fn search<'b>(
        &'b self,
        words: &str,
        tag: Option<&'b str>,
    ) -> impl Iterator<Item = &'b Entry> {
        let words: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
        self.entries.iter().filter(move |entry| {
            let operation = &entry.operation;
            let summary = operation.summary.as_deref().unwrap_or_default();
            let id = operation.operation_id.as_deref().unwrap_or_default();
            let all = [
                operation.method.as_str(),
                &operation.path,
                id,
                &entry.tag,
                summary,
            ];
            let text = all.join("\n").to_lowercase();
            tag.is_none_or(|tag| tag == entry.tag) && words.iter().all(|word| text.contains(word))
        })
    }

    /// An operation by its name, with those before and after it.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<(&Entry, [Option<&Entry>; 2])> {
        let place = *self.places.get(name)?;
        let before = place.checked_sub(1).and_then(|at| self.entries.get(at));
        let after = self.entries.get(place.saturating_add(1));
        Some((self.entries.get(place)?, [before, after]))
    }

    /// Whether something was left out because the schemas of the document unfold into too much.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// What it weighs in memory, in bytes, roughly.
    pub(crate) fn weight(&self) -> u64 {
        self.weight
    }
}

/// An `operationId` that can stand in an address: visible, without blanks, and no step to another folder. No method and path
/// is taken for one, because a blank stands between them.
fn own_name(operation: &ReferenceOperation) -> Option<&str> {
    let id = operation.operation_id.as_deref()?;
    let is_visible = !id.contains(|c: char| c.is_whitespace() || c.is_control());
    (is_visible && id.contains(char::is_alphanumeric)).then_some(id)
}

fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// As JSON it has all the texts; in memory each has its place and its length beside it, which about doubles the whole.
fn weight(reference: &Reference) -> u64 {
    let mut scales = Scales(0);
    match serde_json::to_writer(&mut scales, reference) {
        Ok(()) => scales.0.saturating_mul(2),
        Err(_) => u64::MAX,
    }
}

/// Counts bytes and keeps none.
struct Scales(u64);

impl io::Write for Scales {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let more = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.0 = self.0.saturating_add(more);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use gatewright_contract::{Budgets, read, reference};

    use super::*;

    fn book(paths: &str) -> ReferenceBook {
        let text = format!("openapi: 3.1.0\ninfo: {{title: t, version: '1'}}\npaths:\n{paths}");
        let document = read(text.as_bytes(), &Budgets::default()).expect("a document");
        ReferenceBook::of(reference(&document, &Budgets::default()))
    }

    fn names(book: &ReferenceBook) -> Vec<&str> {
        book.entries.iter().map(|it| it.name.as_str()).collect()
    }

    #[test]
    fn an_operation_is_called_by_its_id_where_that_names_it_alone() {
        let book = book(
            "  /a: {get: {operationId: list/all, responses: {}}, put: {operationId: twice, responses: {}}}\n  \
             /b~c/{id}: {get: {operationId: twice, responses: {}}, put: {responses: {}}}\n  \
             /d: {get: {operationId: .., responses: {}}, put: {operationId: a b, responses: {}}}\n",
        );
        let expected = [
            "list~1all",
            "PUT ~1a",
            "GET ~1b~0c~1{id}",
            "PUT ~1b~0c~1{id}",
            "GET ~1d",
            "PUT ~1d",
        ];
        assert_eq!(names(&book), expected);
        for name in expected {
            assert_eq!(book.find(name).expect("it").0.name, name);
        }
        assert_eq!(book.find("twice"), None);
    }

    #[test]
    fn operations_stand_between_those_before_and_after_them() {
        let book = book("  /a: {get: {responses: {}}, put: {responses: {}}}\n");
        let around = |name| {
            let (_, [before, after]) = book.find(name).expect("it");
            [before, after].map(|it| it.map(|it| it.name.as_str()))
        };
        assert_eq!(around("GET ~1a"), [None, Some("PUT ~1a")]);
        assert_eq!(around("PUT ~1a"), [Some("GET ~1a"), None]);
    }

    #[test]
    fn a_search_finds_what_holds_every_word() {
        let book = book(
            "  /orders: {get: {tags: [Shop], summary: List Orders, responses: {}}, post: {responses: {}}}\n",
        );
        let found = |words: &str, tag| book.search(words, tag).count();
        assert_eq!(found("", None), 2);
        assert_eq!(found("orders", None), 2);
        assert_eq!(found("ORDERS list", None), 1);
        assert_eq!(found("orders lost", None), 0);
        assert_eq!((found("", Some("Shop")), found("", Some(""))), (1, 1));
        assert_eq!(
            (found("", Some("shop")), found("post", Some("Shop"))),
            (0, 0)
        );
    }
}
