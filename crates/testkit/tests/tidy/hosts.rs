//! No file knows the machine it was written on, nor where that machine fetched its packages.

use regex::Regex;

use crate::{
    Violation, demand_none,
    tree::{Page, line_of, pages},
};

/// Folders of a developer's or a build machine. The brackets keep this line from finding itself.
const MACHINE: &str = r"(?m)(^|[^A-Za-z0-9_.])/(wor[k]|far[m]|roo[t])/";

/// Hosts that serve packages. A document about a package is not one.
const REGISTRY: &str =
    r"https?://[A-Za-z0-9.-]*(npmjs|pythonhosted|crates|golang|maven|debian)[A-Za-z0-9.-]*/";

#[test]
fn no_file_names_a_machine_or_a_package_registry() {
    demand_none(pages().iter().flat_map(names_a_host).collect());
}

#[test]
fn a_machine_and_a_registry_are_found() {
    let found = |text: &str| names_a_host(&Page::new("a.md", text)).len();
    assert_eq!(found(concat!("see /wor", "k/main and /roo", "t/.cargo")), 2);
    assert_eq!(found(concat!("https://static.crat", "es.io/a")), 1);
    assert_eq!(found("see docs/work/plan.md and https://docs.rs/serde/"), 0);
}

fn names_a_host(page: &Page) -> Vec<Violation> {
    let machine = (
        MACHINE,
        "a repository does not know the machine it was written on",
    );
    let registry = (
        REGISTRY,
        "where packages come from is the reader's configuration, not ours",
    );
    let find = |(pattern, rule): (&str, &'static str)| {
        let found = Regex::new(pattern).unwrap();
        let offsets: Vec<usize> = found
            .find_iter(&page.text)
            .map(|found| found.end())
            .collect();
        offsets.into_iter().map(move |offset| {
            let mend = "say it relative to the repository, or leave it out";
            page.breaks(line_of(&page.text, offset), rule, mend)
        })
    };
    [machine, registry].into_iter().flat_map(find).collect()
}
