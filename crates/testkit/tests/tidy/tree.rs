//! The files of the repository, as the rules read them.

use std::{fs, path::Path};

use crate::Violation;

/// One text file.
pub(crate) struct Page {
    /// From the top of the repository, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
}

impl Page {
    pub(crate) fn new(path: &str, text: &str) -> Self {
        let (path, text) = (path.to_owned(), text.to_owned());
        Self { path, text }
    }

    /// The last part of the path.
    pub(crate) fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    pub(crate) fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// Rust that is part of the product.
    pub(crate) fn is_product(&self) -> bool {
        self.is_rust() && !self.is_test()
    }

    /// Rust that only tests and measurements run.
    pub(crate) fn is_test(&self) -> bool {
        let mut parts = self.path.split('/');
        parts.any(|part| matches!(part, "tests" | "benches" | "vectors" | "examples" | "fuzz"))
    }

    /// The text without comments and without the unit tests at its end; every line keeps its number.
    pub(crate) fn code(&self) -> String {
        let tests = self.text.find("\n#[cfg(test)]\nmod tests {");
        let product = tests.map_or(&*self.text, |at| &self.text[..at]);
        let code = |line: &str| line.split("//").next().unwrap_or_default().to_owned();
        let lines: Vec<String> = product.lines().map(code).collect();
        lines.join("\n")
    }

    /// A violation at a line of this page.
    pub(crate) fn breaks(&self, line: usize, rule: &str, mend: &str) -> Violation {
        Violation {
            rule: rule.to_owned(),
            place: format!("{}:{line}", self.path),
            mend: mend.to_owned(),
        }
    }
}

/// The number of the line that holds the byte at `offset`.
pub(crate) fn line_of(text: &str, offset: usize) -> usize {
    text[..offset].matches('\n').count() + 1
}

/// Every text file of the repository except locks, in the order of their paths.
pub(crate) fn pages() -> Vec<Page> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let ignored = fs::read_to_string(top.join(".gitignore")).unwrap();
    let skipped: Vec<&str> = ignored
        .lines()
        .map(|line| line.trim_matches('/'))
        .chain([".git"])
        .collect();
    let mut pages = Vec::new();
    walk(&top, "", &skipped, &mut pages);
    assert!(pages.len() > 50, "the walk has lost its way");
    pages.sort_by(|one, other| one.path.cmp(&other.path));
    pages
}

/// The folders that hold a crate, from the top of the repository.
pub(crate) fn crate_folders() -> Vec<String> {
    let manifest = |page: Page| Some(page.path.strip_suffix("/Cargo.toml")?.to_owned());
    pages().into_iter().filter_map(manifest).collect()
}

fn walk(folder: &Path, prefix: &str, skipped: &[&str], pages: &mut Vec<Page>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        let path = format!("{prefix}{name}");
        if skipped.contains(&&*name) || name.ends_with(".lock") || name.ends_with("-lock.json") {
            continue;
        }
        if entry.file_type().unwrap().is_dir() {
            walk(&entry.path(), &format!("{path}/"), skipped, pages);
        } else if let Ok(text) = fs::read_to_string(entry.path()) {
            pages.push(Page { path, text });
        }
    }
}

#[test]
fn code_is_what_remains_without_comments_and_unit_tests() {
    let text = "//! head\nfn f() {} // why\n\n#[cfg(test)]\nmod tests {\n    g();\n}\n";
    assert_eq!(Page::new("a.rs", text).code(), "\nfn f() {} ");
}

#[test]
fn a_test_is_known_by_its_folder() {
    assert!(Page::new("crates/store/tests/it/main.rs", "").is_test());
    assert!(Page::new("crates/store/src/tx.rs", "").is_product());
}
