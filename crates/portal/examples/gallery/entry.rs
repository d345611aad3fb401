//! The pages outside the console.

use gatewright_portal::{
    page::{
        code::Code,
        fact::{Fact, Facts, Value},
        form::{Control, Fault, Faults, Field},
        frame::Link,
    },
    pages::{
        entry::{SetUp, SignIn, SignInLink},
        problem::{HelpPage, ProblemPage},
    },
};

use super::{
    Rendered, page,
    sample::{link, stranger},
};

pub(crate) fn pages() -> Vec<Rendered> {
    vec![
        page("sign-in", sign_in()),
        page("sign-in-refused", sign_in_refused()),
        page("sign-in-link", sign_in_link()),
        page("setup", setup()),
        page("problem", problem()),
        page("problem-stale", stale()),
        page("help", help()),
    ]
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
        is_fresh: false,
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

fn sign_in_link() -> SignInLink {
    SignInLink {
        frame: stranger("Sign in"),
        name: "ada".into(),
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
