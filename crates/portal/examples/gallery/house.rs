//! Operators, accounts, settings, search.

use gatewright_portal::{
    page::{
        badge::{Badge, Tone},
        code::Code,
        fact::{Fact, Facts, Last},
        form::{Control, Faults, Field},
        icon::Icon,
        place::Place,
        secret::ShownOnce,
    },
    pages::{
        account::{AccessTokenList, AccessTokenRow, AccountPage, SessionRow, ShownOncePage},
        operators::{OperatorList, OperatorRow, PolicyRow},
        search::{FoundRow, SearchPage},
        settings::{SettingGroup, SettingRow, SettingsPage},
    },
};

use super::{
    Rendered, page,
    sample::{DAY, ago, ahead, all_shown, frame, last, link, never, nothing},
};

pub(crate) fn pages() -> Vec<Rendered> {
    vec![
        page("operators", operators()),
        page("account", account()),
        page("access-tokens", access_tokens()),
        page("access-tokens-empty", no_access_tokens()),
        page("access-token-once", access_token_once()),
        page("settings", settings()),
        page("search", search()),
    ]
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
    let row = |name: &str, value: &str| SettingRow {
        name: name.into(),
        value: value.into(),
    };
    SettingsPage {
        frame: frame(Place::Settings, "Settings"),
        groups: vec![
            SettingGroup {
                title: "Addresses",
                rows: vec![
                    row("Portal", "https://portal.example"),
                    row("Gateway", "https://api.example"),
                ],
            },
            SettingGroup {
                title: "Tokens",
                rows: vec![
                    row("Issuer", "https://portal.example"),
                    row("Longest lifetime", "365 days"),
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

fn access_tokens() -> AccessTokenList {
    let row = |name: &str, state: Badge, expires: Last, last_used: Last| AccessTokenRow {
        name: name.into(),
        prefix: "gw_pat_live_7Kd2".into(),
        role: "Publisher",
        over: state.word != "Active",
        revoke: (state.word == "Active").then(|| "#".to_owned()),
        state,
        expires,
        last_used,
    };
    AccessTokenList {
        frame: frame(Place::Account, "Access tokens").below([link("Your account")]),
        empty: None,
        rows: vec![
            row(
                "deploy script",
                Badge::active(),
                Last::new(Some(ahead(20 * DAY)), "Never"),
                last(7200),
            ),
            row("laptop", Badge::active(), Last::new(None, "Never"), never()),
            row(
                "old laptop",
                Badge::revoked(),
                Last::new(Some(ahead(2 * DAY)), "Never"),
                last(90 * DAY),
            ),
        ],
    }
}

fn no_access_tokens() -> AccessTokenList {
    let empty = nothing(
        Icon::Token,
        "No access token yet",
        "Make one for a script or for the command line.",
        "New access token",
    );
    AccessTokenList {
        empty: Some(empty),
        rows: Vec::new(),
        ..access_tokens()
    }
}

fn access_token_once() -> ShownOncePage {
    ShownOncePage {
        frame: frame(Place::Account, "deploy script")
            .below([link("Your account"), link("Access tokens")]),
        secret: ShownOnce {
            id: "secret",
            label: "Access token: deploy script".into(),
            value: "gw_pat_live_7Kd2mQ9xV4nT8bR1cY6wL3pZ0sHfJ5aG"
                .to_owned()
                .into(),
        },
        example: Some(Code::new(
            "use",
            "Use it",
            "export GATEWRIGHT_TOKEN=…  # the token above\ngatewright api list --server https://gatewright.example",
        )),
        done: "#".into(),
    }
}
