//! Arrows between rooms point down, and only where the blueprint of the house draws one.

use crate::{
    Violation, demand_none,
    tree::{Page, crate_folders, pages},
};

/// Each crate with the crates of the house it may use in the product. Its tests may use more.
/// The two arrows that matter most are missing: gateway to store, and portal to ledger or migrations.
const ARROWS: [(&str, &[&str]); 15] = [
    ("migrations", &[]),
    ("domain", &[]),
    ("contract", &["domain"]),
    ("custody", &["domain"]),
    ("ledger", &["domain"]),
    ("token", &["domain"]),
    ("store", &["domain", "ledger", "migrations"]),
    ("keys", &["custody", "domain", "store", "token"]),
    ("operators", &["domain", "store"]),
    ("registry", &["contract", "domain", "store"]),
    ("gateway", &["domain", "token"]),
    // Pages read views straight from the store's reader, and show what a contract says.
    (
        "portal",
        &[
            "contract",
            "domain",
            "keys",
            "operators",
            "registry",
            "store",
        ],
    ),
    (
        "server",
        &[
            "contract",
            "custody",
            "domain",
            "gateway",
            "keys",
            "ledger",
            "migrations",
            "operators",
            "portal",
            "registry",
            "store",
            "token",
        ],
    ),
    ("testkit", &["domain", "migrations"]),
    // A workspace of its own, and never shipped.
    ("fuzz", &["contract", "domain", "token"]),
];

/// Libraries that belong to certain rooms, by the beginning of their names.
const LIBRARIES: [(&str, &[&str]); 6] = [
    ("sea-orm", &["store", "migrations", "domain"]),
    ("sqlx", &["store"]),
    ("actix", &["portal", "server"]),
    ("askama", &["portal"]),
    ("jsonwebtoken", &["token"]),
    ("hyper", &["custody", "gateway", "testkit"]),
];

#[test]
fn arrows_point_down() {
    let manifests = pages()
        .into_iter()
        .filter(|page| page.name() == "Cargo.toml");
    demand_none(manifests.flat_map(|page| arrows_of(&page)).collect());
}

#[test]
fn every_crate_has_its_arrows_and_every_arrow_a_crate() {
    let folders = crate_folders();
    let mut folders: Vec<&str> = folders.iter().map(|folder| room(folder)).collect();
    let mut known: Vec<&str> = ARROWS.iter().map(|(name, _)| *name).collect();
    folders.sort_unstable();
    known.sort_unstable();
    assert_eq!(
        folders, known,
        "crate folders (left) and the rows of ARROWS (right) differ"
    );
}

#[test]
fn an_arrow_that_points_up_is_found() {
    let found = |folder: &str, text: &str| {
        let violations = arrows_of(&Page::new(&format!("crates/{folder}/Cargo.toml"), text));
        violations
            .into_iter()
            .map(|found| found.place)
            .collect::<Vec<_>>()
    };
    let up = "[dependencies]\nserde = \"1\"\ngatewright-store.workspace = true\n";
    assert_eq!(found("gateway", up), ["crates/gateway/Cargo.toml:3"]);
    assert_eq!(found("registry", up), Vec::<String>::new());
    let hidden = "[build-dependencies]\nrows = { package = \"gatewright-store\" }\n";
    assert_eq!(found("gateway", hidden), ["crates/gateway/Cargo.toml:2"]);
    let table = "[target.'cfg(unix)'.dependencies.gatewright-store]\nworkspace = true\n";
    assert_eq!(found("gateway", table), ["crates/gateway/Cargo.toml:1"]);
    let in_tests = "[dev-dependencies]\ngatewright-store.workspace = true\n";
    assert_eq!(found("gateway", in_tests), Vec::<String>::new());
    let kit = "[dependencies]\ngatewright-testkit.workspace = true\n";
    assert_eq!(found("server", kit), ["crates/server/Cargo.toml:2"]);
    let sql = "[dependencies]\nsea-orm.workspace = true\n";
    assert_eq!(found("keys", sql), ["crates/keys/Cargo.toml:2"]);
    assert_eq!(found("domain", sql), ["crates/domain/Cargo.toml:2"]);
}

/// What a manifest uses against the arrows. The workspace's own manifest is nobody's.
fn arrows_of(page: &Page) -> Vec<Violation> {
    let Some(folder) = page.path.strip_suffix("/Cargo.toml") else {
        return Vec::new();
    };
    let room = room(folder);
    let row = ARROWS.iter().find(|(name, _)| *name == room);
    let allowed = row.map_or(&[][..], |(_, allowed)| allowed);
    let judge = |used: Used| {
        let mend = wrong(room, allowed, &used)?;
        let rule = "arrows point down, and only where one is drawn (docs/ARCHITECTURE.md)";
        Some(page.breaks(used.line, rule, &mend))
    };
    uses(page).into_iter().filter_map(judge).collect()
}

/// What to do about a dependency, when something must be done.
fn wrong(room: &str, allowed: &[&str], used: &Used) -> Option<String> {
    let name = &*used.name;
    if let Some(ours) = name.strip_prefix("gatewright-") {
        return (!allowed.contains(&ours)).then(|| {
            format!("`{room}` must not use `{ours}`: move the code to a room that may, or hand the value in")
        });
    }
    let (library, rooms) = LIBRARIES
        .iter()
        .find(|(library, _)| name.starts_with(library))?;
    if !rooms.contains(&room) {
        return Some(format!(
            "only {} may use `{library}`: ask that room instead",
            rooms.join(", ")
        ));
    }
    (room == "domain" && !used.rest.contains("optional = true"))
        .then(|| "in `domain`, columns are a feature: say `optional = true`".to_owned())
}

/// A dependency of the product, as a manifest names it.
struct Used {
    line: usize,
    name: String,
    rest: String,
}

/// The dependencies of a manifest that are part of the product: all but those of tests.
fn uses(page: &Page) -> Vec<Used> {
    let mut used = Vec::new();
    let mut in_dependencies = false;
    for (line, text) in (1..).zip(page.text.lines()) {
        let text = text.trim();
        if let Some(header) = text.strip_prefix('[') {
            let header = header.trim_end_matches(']');
            let ours = !header.contains("dev-dependencies");
            in_dependencies = ours && header.ends_with("dependencies");
            if let Some((_, name)) = header.split_once("dependencies.").filter(|_| ours) {
                used.push(dependency(line, name, ""));
            }
        } else if in_dependencies && !text.is_empty() && !text.starts_with('#') {
            let end = text.find(['.', ' ', '=']).unwrap_or(text.len());
            used.push(dependency(line, &text[..end], &text[end..]));
        }
    }
    used
}

/// A dependency under its true name, also when it goes by another one.
fn dependency(line: usize, name: &str, rest: &str) -> Used {
    let renamed = rest
        .split_once("package = \"")
        .and_then(|(_, rest)| rest.split('"').next());
    Used {
        line,
        name: renamed.unwrap_or(name).to_owned(),
        rest: rest.to_owned(),
    }
}

/// `store` for `crates/store`.
fn room(folder: &str) -> &str {
    folder.rsplit('/').next().unwrap_or(folder)
}
