//! Who may name a library, and who may make a call that opens a door.

use regex::Regex;

use crate::{
    Violation, demand_none,
    tree::{Page, line_of, pages},
};

const HERE: &str = "crates/testkit/tests/tidy/rooms.rs";

/// What is written (a pattern), why it has rooms, and the rooms, each with its reason.
struct Door {
    pattern: &'static str,
    rule: &'static str,
    rooms: &'static [(&'static str, &'static str)],
}

/// Libraries, each in its room.
const LIBRARIES: [Door; 4] = [
    Door {
        pattern: r"\b(sea_orm|sea_orm_migration|sea_query|sqlx)\b",
        rule: "SQL is spoken in one room",
        rooms: &[
            ("crates/store/", "the room"),
            ("migrations/", "the history of the tables"),
            ("crates/domain/", "ids, names and timestamps can be columns"),
            (
                "crates/server/src/logging.rs",
                "names the library to keep it quiet in the log",
            ),
        ],
    },
    Door {
        pattern: r"\bactix_\w+",
        rule: "the control plane's HTTP is the portal's",
        rooms: &[
            ("crates/portal/", "the room"),
            (
                "crates/server/src/logging.rs",
                "names the library to keep it quiet in the log",
            ),
            (
                "crates/server/src/wire",
                "binds the listeners and starts the workers",
            ),
        ],
    },
    Door {
        pattern: r"\baskama\b",
        rule: "pages are made in the portal",
        rooms: &[("crates/portal/", "the room")],
    },
    Door {
        pattern: r"\bhyper(_util|_rustls)?\b",
        rule: "hyper is the data plane's",
        rooms: &[
            ("crates/gateway/", "the room"),
            ("crates/testkit/", "the upstream that echoes"),
            ("crates/custody/src/transit/", "asks a key service"),
        ],
    },
];

/// Calls that give something out or let something in.
const CALLS: [Door; 10] = [
    Door {
        pattern: r"\.expose_once\(",
        rule: "a secret leaves its custody where it is shown, and nowhere else",
        rooms: &[
            (
                "crates/portal/",
                "the response that shows a token or a password once",
            ),
            (
                "crates/server/",
                "the terminal that shows a token or a link once",
            ),
        ],
    },
    Door {
        pattern: r"\.into_parts\(",
        rule: "a change is taken apart where both its parts are written",
        rooms: &[
            (
                "crates/store/src/tx.rs",
                "writes the state and, beside it, the event",
            ),
            (
                "crates/store/src/joint.rs",
                "writes many states and, beside them, one event of all",
            ),
            ("crates/gateway/", "an HTTP message, not a change"),
            ("crates/portal/", "an HTTP message, not a change"),
            ("crates/testkit/", "an HTTP message, not a change"),
        ],
    },
    Door {
        pattern: r"::restore\(",
        rule: "a stored thing comes back to life in the store, so that every other one went through a rule",
        rooms: &[("crates/store/src/", "reads what was written")],
    },
    Door {
        pattern: r"\bstore(\(\))?\s*\.write(_jointly)?\(",
        rule: "a transaction is opened by a use-case, with a permit",
        rooms: &[
            ("crates/registry/src/", "use-cases"),
            ("crates/keys/src/", "use-cases"),
            ("crates/operators/src/", "use-cases"),
        ],
    },
    Door {
        pattern: r"\bCaller::operator\(",
        rule: "a person is believed where a proof was checked",
        rooms: &[("crates/operators/src/", "checks sessions and access tokens")],
    },
    Door {
        pattern: r"\bCaller::command_line\(",
        rule: "the terminal is trusted because it holds the data",
        rooms: &[("crates/server/src/", "the subcommands")],
    },
    Door {
        pattern: r"\bCaller::job\(",
        rule: "a machine's caller is made by the machine's timer",
        rooms: &[
            ("crates/server/src/", "the timed jobs"),
            (
                "crates/keys/src/ring.rs",
                "forms the ring of status lists when the first is asked for",
            ),
        ],
    },
    Door {
        pattern: r"\bCaller::application\(",
        rule: "an application is believed where its proof was checked",
        rooms: &[("crates/keys/src/", "checks client secrets")],
    },
    Door {
        pattern: r"\bCaller::(newcomer|registrant)\(",
        rule: "a program registers, and manages what it registered, where its token was checked",
        rooms: &[(
            "crates/keys/src/",
            "checks initial access tokens and registration access tokens",
        )],
    },
    Door {
        pattern: r"\bCaller::founder\(",
        rule: "the founder is whoever held the set-up link",
        rooms: &[("crates/operators/src/", "checks the link")],
    },
];

/// Clocks and dice of the machine. `clippy.toml` forbids them too; an `#[expect]` there needs a row here.
const CLOCK: Door = Door {
    pattern: r"\b(SystemTime::now|now_utc|Utc::now|Uuid::new_v4|Uuid::now_v7|OsRng|rand::rng)\b",
    rule: "time and dice are handed in",
    rooms: &[(
        "crates/server/src/system.rs",
        "the machine's clock and dice",
    )],
};

#[test]
fn a_library_is_named_in_its_room_only() {
    demand_none(trespasses(&LIBRARIES));
}

#[test]
fn a_door_is_opened_by_its_keepers_only() {
    demand_none(trespasses(&CALLS));
}

#[test]
fn no_room_keeps_a_key_that_it_does_not_use() {
    let pages = product();
    let doors = LIBRARIES.iter().chain(&CALLS).chain([&CLOCK]);
    demand_none(doors.flat_map(|door| idle_keys(door, &pages)).collect());
}

#[test]
fn the_clock_is_read_in_one_place_and_by_the_gateway_once() {
    let (gateway, others): (Vec<Violation>, Vec<Violation>) = trespasses(&[CLOCK])
        .into_iter()
        .partition(|found| found.place.starts_with("crates/gateway/src/"));
    demand_none(others);
    demand_none(gateway.into_iter().skip(1).collect());
}

#[test]
fn a_trespass_is_found_with_its_line() {
    let found = |path: &str, text: &str| {
        let doors = LIBRARIES.iter().chain(&CALLS).chain([&CLOCK]);
        let violations = doors.flat_map(|door| trespass(door, &Page::new(path, text)));
        violations.map(|found| found.place).collect::<Vec<_>>()
    };
    let none = Vec::<String>::new();
    assert_eq!(
        found("crates/keys/src/a.rs", "use sea_orm::Set;"),
        ["crates/keys/src/a.rs:1"]
    );
    assert_eq!(found("crates/store/src/a.rs", "use sea_orm::Set;"), none);
    assert_eq!(
        found("crates/keys/src/a.rs", "// sea_orm would do it"),
        none
    );
    let split = "fn f() {\n    self.store\n        .write(permit)\n}";
    assert_eq!(
        found("crates/portal/src/a.rs", split),
        ["crates/portal/src/a.rs:2"]
    );
    assert_eq!(found("crates/keys/src/a.rs", split), none);
    let clock = "\nlet now = SystemTime::now();";
    assert_eq!(
        found("crates/keys/src/a.rs", clock),
        ["crates/keys/src/a.rs:2"]
    );
    assert_eq!(found("crates/server/src/system.rs", clock), none);
    let idle = idle_keys(&CLOCK, &[Page::new("crates/server/src/system.rs", "")]);
    assert_eq!(idle.len(), 1);
}

fn product() -> Vec<Page> {
    pages().into_iter().filter(Page::is_product).collect()
}

fn trespasses(doors: &[Door]) -> Vec<Violation> {
    let pages = product();
    let of = |door| pages.iter().flat_map(move |page| trespass(door, page));
    doors.iter().flat_map(of).collect()
}

/// Where a page goes through a door it has no key to.
fn trespass(door: &Door, page: &Page) -> Vec<Violation> {
    let is_keeper = |(room, _): &(&str, &str)| page.path.starts_with(room);
    if door.rooms.iter().any(is_keeper) {
        return Vec::new();
    }
    let describe = |(room, reason): &(&str, &str)| format!("{room} ({reason})");
    let rooms: Vec<String> = door.rooms.iter().map(describe).collect();
    let mend = format!(
        "do this in {}; or, with a reason, add a room in {HERE}",
        rooms.join(" or ")
    );
    let code = page.code();
    Regex::new(door.pattern)
        .unwrap()
        .find_iter(&code)
        .map(|found| page.breaks(line_of(&code, found.start()), door.rule, &mend))
        .collect()
}

/// Rooms with a key to a door that nobody in them goes through.
fn idle_keys(door: &Door, pages: &[Page]) -> Vec<Violation> {
    let pattern = Regex::new(door.pattern).unwrap();
    let uses = |page: &&Page| pattern.is_match(&page.code());
    let used: Vec<&str> = pages.iter().filter(uses).map(|page| &*page.path).collect();
    let idle = |(room, _): &&(&str, &str)| !used.iter().any(|path| path.starts_with(room));
    let violation = |(room, _): &(&str, &str)| Violation {
        rule: format!("an exception goes when its reason does ({})", door.rule),
        place: HERE.to_owned(),
        mend: format!("nobody in `{room}` does `{}`: remove the row", door.pattern),
    };
    door.rooms.iter().filter(idle).map(violation).collect()
}
