//! The trail, operators, settings, and the pages outside the console.

use gatewright_portal::{
    page::{
        badge::{Badge, Tone},
        code::Code,
        fact::{Fact, Facts, Last, Value},
        form::{Control, Fault, Faults, Field},
        frame::Link,
        icon::Icon,
        place::Place,
    },
    pages::{
        account::{AccountPage, SessionRow},
        audit::{ChangeRow, EventPage, EventRow, TrailPage},
        entry::{SetUp, SignIn},
        operators::{OperatorList, OperatorRow, PolicyRow},
        problem::{HelpPage, ProblemPage},
        search::{FoundRow, SearchPage},
        settings::{SettingGroup, SettingRow, SettingsPage},
    },
};

use super::{
    Rendered, page,
    sample::{DAY, ago, all_shown, any, filters, frame, last, link, more, stranger},
};

pub(crate) fn pages() -> Vec<Rendered> {
    vec![
        page("audit", trail()),
        page("event", event()),
        page("operators", operators()),
        page("account", account()),
        page("settings", settings()),
        page("search", search()),
        page("sign-in", sign_in()),
        page("sign-in-refused", sign_in_refused()),
        page("setup", setup()),
        page("problem", problem()),
        page("problem-stale", stale()),
        page("help", help()),
    ]
}

fn sentence(
    number: &str,
    actor: &str,
    verb: &'static str,
    target: &str,
    detail: &str,
    action: &str,
    seconds: u64,
) -> EventRow {
    EventRow {
        number: link(number),
        actor: actor.into(),
        verb,
        target: Some(link(target)),
        detail: detail.into(),
        outcome: None,
        action: action.into(),
        source: "portal, 192.0.2.7".into(),
        at: ago(seconds),
    }
}

pub(crate) fn events() -> Vec<EventRow> {
    vec![
        sentence(
            "18,231",
            "Ada Byron",
            "revoked the token",
            "laptop",
            "of billing-worker",
            "token.revoke",
            40,
        ),
        sentence(
            "18,230",
            "Ada Byron",
            "issued the token",
            "production",
            "to billing-worker for 90 days",
            "token.issue",
            700,
        ),
        sentence(
            "18,229",
            "The scheduler",
            "retired the key",
            "b81R…",
            "whose last token had expired",
            "key.retire",
            4_000,
        ),
        EventRow {
            outcome: Some(Badge::new(Tone::Bad, Icon::Blocked, "Refused")),
            ..sentence(
                "18,228",
                "Charles Babbage",
                "tried to rotate the key",
                "6YYt…",
                "as a publisher",
                "key.rotate",
                8_000,
            )
        },
        sentence(
            "18,227",
            "Grace Hopper",
            "deprecated",
            "orders v1",
            "with the sunset 30 Jan 2027",
            "version.deprecate",
            2 * DAY,
        ),
        sentence(
            "18,226",
            "Grace Hopper",
            "published",
            "orders v2",
            "at revision 2 of its contract",
            "version.publish",
            3 * DAY,
        ),
    ]
}

fn trail() -> TrailPage {
    TrailPage {
        frame: frame(Place::Audit, "Audit trail"),
        seal: Badge::new(Tone::Good, Icon::Shield, "Verified"),
        seal_words: "to number 18,231, 14 seconds ago".into(),
        root: "9f3ac1d07be2465188a0".into(),
        export: "#".into(),
        filters: filters(vec![
            any(
                "action",
                "Action",
                &["Any action", "token.issue", "token.revoke", "key.rotate"],
            ),
            Field::new("actor", "Who", Control::Text).optional(),
            Field::new("target", "What", Control::Text).optional(),
            any("within", "Within", &["24 hours", "7 days", "90 days"]),
        ]),
        empty: None,
        events: events(),
        pages: more("The latest 6 of 18,231 events"),
    }
}

fn event() -> EventPage {
    EventPage {
        frame: frame(Place::Audit, "Event 18,227").below([link("Audit trail")]),
        sentence: "Grace Hopper deprecated orders v1 with the sunset 30 Jan 2027.".into(),
        facts: Facts(vec![
            Fact::code("Action", "version.deprecate"),
            Fact::new("When", Value::Moment(ago(2 * DAY))),
            Fact::words("Who", "Grace Hopper, publisher").hint("Signed in with a password"),
            Fact::words("From", "portal, 192.0.2.7"),
            Fact::code("Leaf", "4d1e0b6a9c…"),
            Fact::code("Root after it", "9f3ac1d07b…"),
        ]),
        changes: vec![
            ChangeRow {
                path: "status".into(),
                before: "published".into(),
                after: "deprecated".into(),
            },
            ChangeRow {
                path: "sunset".into(),
                before: "–".into(),
                after: "2027-01-30T00:00:00Z".into(),
            },
        ],
        canonical: Code::new(
            "canonical",
            "The bytes",
            "{\"action\":\"version.deprecate\",\"actor\":{\"id\":\"op_01KAS8RVZ4E8QX7M1N2P3R4S5T\",\"kind\":\"operator\"},\"seq\":18227,\"v\":1}",
        ),
    }
}

fn operators() -> OperatorList {
    let row = |name: &str, role, teams: &str, state: Badge, last_sign_in| OperatorRow {
        name: name.into(),
        is_you: name == "Ada Byron",
        role,
        teams: teams.into(),
        state,
        last_sign_in,
        act: (name != "Ada Byron").then(|| link("Change")),
    };
    let policy = |action: &str, cells: [bool; 4]| PolicyRow {
        action: action.into(),
        cells: cells.into(),
    };
    OperatorList {
        frame: frame(Place::Operators, "Operators"),
        rows: vec![
            row("Ada Byron", "Admin", "All", Badge::active(), last(120)),
            row(
                "Charles Babbage",
                "Publisher",
                "Commerce",
                Badge::active(),
                last(8_000),
            ),
            row(
                "Grace Hopper",
                "Security",
                "All",
                Badge::active(),
                last(2 * DAY),
            ),
            row(
                "Joan Clarke",
                "Auditor",
                "All",
                Badge::new(Tone::Notice, Icon::Pending, "Invited"),
                Last::new(None, "Never"),
            ),
        ],
        pages: all_shown("All 4 operators"),
        role_names: vec!["Admin", "Publisher", "Security", "Auditor"],
        policy: vec![
            policy("Publish a version", [true, true, false, false]),
            policy("Rotate the signing key", [true, false, true, false]),
            policy("Revoke a token", [true, true, true, false]),
            policy("Read the trail", [true, false, true, true]),
        ],
    }
}

fn account() -> AccountPage {
    let session = |name: &str, is_this, seconds| SessionRow {
        name: name.into(),
        is_this,
        since: ago(seconds + 900),
        last_seen: ago(seconds),
        end: "#".into(),
    };
    AccountPage {
        frame: frame(Place::Account, "Your account"),
        facts: Facts(vec![
            Fact::words("Name", "Ada Byron"),
            Fact::words("Role", "Admin"),
            Fact::words("Teams", "All"),
        ]),
        sessions: vec![
            session("Firefox on Linux, 192.0.2.7", true, 4),
            session("Safari on iPhone, 192.0.2.9", false, 7_000),
        ],
        faults: Faults::default(),
        password: vec![
            Field::new("current", "Current password", Control::Password)
                .autocomplete("current-password"),
            Field::new("new", "New password", Control::Password)
                .autocomplete("new-password")
                .hint("At least 15 characters; a sentence is good."),
        ],
    }
}

fn settings() -> SettingsPage {
    let row = |name: &str, key: &str, value: Option<&str>, source: &str| SettingRow {
        name: name.into(),
        key: key.into(),
        value: value.map(str::to_owned),
        source: source.into(),
    };
    SettingsPage {
        frame: frame(Place::Settings, "Settings"),
        groups: vec![
            SettingGroup {
                title: "Addresses",
                rows: vec![
                    row("Portal", "portal.listen", Some("127.0.0.1:8600"), "default"),
                    row(
                        "Gateway",
                        "gateway.listen",
                        Some("127.0.0.1:8601"),
                        "default",
                    ),
                    row(
                        "Issuer",
                        "issuer",
                        Some("https://gatewright.example"),
                        "gatewright.toml",
                    ),
                ],
            },
            SettingGroup {
                title: "Storage",
                rows: vec![
                    row(
                        "Database",
                        "database.url",
                        Some("postgres://gatewright@db/gatewright"),
                        "DATABASE_URL",
                    ),
                    row("Key encryption key", "kek", None, "GATEWRIGHT_KEK_FILE"),
                ],
            },
        ],
    }
}

fn search() -> SearchPage {
    let row = |kind, name: &str, context: &str| FoundRow {
        kind,
        name: link(name),
        context: context.into(),
    };
    SearchPage {
        frame: frame(Place::Home, "“bill”"),
        empty: None,
        rows: vec![
            row("API", "billing", "Team Billing"),
            row("Application", "billing-worker", "of Acme Logistics"),
        ],
    }
}

fn credentials() -> Vec<Field> {
    vec![
        Field::new("name", "Name", Control::Text).autocomplete("username"),
        Field::new("password", "Password", Control::Password).autocomplete("current-password"),
    ]
}

fn sign_in() -> SignIn {
    SignIn {
        frame: stranger("Sign in"),
        faults: Faults::default(),
        fields: credentials(),
        back: None,
    }
}

fn sign_in_refused() -> SignIn {
    let faults = Faults(vec![Fault {
        field: "password".into(),
        words: "Name and password do not belong together.".into(),
    }]);
    SignIn {
        faults,
        ..sign_in()
    }
}

fn setup() -> SetUp {
    SetUp {
        frame: stranger("Set up Gatewright"),
        faults: Faults::default(),
        fields: vec![
            Field::new("name", "Your name", Control::Text).autocomplete("username"),
            Field::new("password", "Password", Control::Password)
                .autocomplete("new-password")
                .hint("At least 15 characters; a sentence is good."),
            Field::new("again", "The same again", Control::Password).autocomplete("new-password"),
        ],
    }
}

fn problem() -> ProblemPage {
    ProblemPage {
        frame: stranger("You may not rotate keys"),
        status: "403 Forbidden".into(),
        detail: "Rotating needs the role security or admin; you are signed in as Charles Babbage, publisher. Ada Byron and Grace Hopper can do it, or grant it.".into(),
        faults: Faults::default(),
        both_versions: None,
        next: vec![link("Back to the keys"), link("Home")],
        facts: Facts(vec![
            Fact::new("Request", Value::Copied { id: "request", text: "req_01KAS9N3T0V8QX7M1N2P3R4S5T".into() }),
            Fact::new("Kind of problem", Value::Link(Link::new("permission-denied", "#"))),
        ]),
    }
}

fn stale() -> ProblemPage {
    ProblemPage {
        frame: stranger("Somebody was faster"),
        status: "412 Precondition Failed".into(),
        detail:
            "The plan changed while you edited it. Below is what is stored now, and what you sent."
                .into(),
        both_versions: Some([
            Code::new(
                "theirs",
                "Stored now",
                "rate: 10 a second\nquota: 100,000 a day",
            ),
            Code::new(
                "mine",
                "What you sent",
                "rate: 20 a second\nquota: 100,000 a day",
            ),
        ]),
        next: vec![link("Apply mine again"), link("Keep what is stored")],
        ..problem()
    }
}

fn help() -> HelpPage {
    HelpPage {
        frame: stranger("The scope is not enough"),
        status: 403,
        slug: "insufficient-scope",
        what: "The token is genuine and alive, but it does not carry a scope that the operation requires.",
        why: &[
            "Each operation of a contract names the scopes it requires. A token carries the scopes it was issued with, and nothing adds to them later.",
        ],
        mend: &[
            "Look at scope in the header WWW-Authenticate: it names what is missing.",
            "Issue a token with that scope. If the application is not subscribed to it, subscribe first.",
        ],
        example: Some(Code::new(
            "example",
            "application/problem+json",
            "{\n  \"type\": \"/help/errors/insufficient-scope\",\n  \"status\": 403\n}",
        )),
    }
}
