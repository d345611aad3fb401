//! A database that goes away: in the middle of everything, and between a commit and its answer. Nobody is told that something
//! was done or not done when nobody knows, nothing is half there, and who is verified needs no database.

use std::time::Duration;

use gatewright_testkit::{database::Engine, echo::EchoUpstream};
use serde_json::json;

use crate::{
    client::Client,
    detour::Detour,
    forge,
    http::Answer,
    instance::{Instance, Layout, within},
    shop,
};

/// How often it is tried: the answer that is lost may be that to another commit, of a timed job.
const TRIES: usize = 50;
const PATIENCE: Duration = Duration::from_secs(30);

/// An instance with a client, its gateway inside, which reaches PostgreSQL over a detour.
struct Town {
    instance: Instance,
    client: Client,
    detour: Detour,
    upstream: EchoUpstream,
}

impl Town {
    fn open() -> Self {
        let upstream = EchoUpstream::start().unwrap();
        let mut instance = Instance::founded(Engine::Postgres, Layout::Embedded);
        shop::open(&instance, &upstream.url());
        let client = Client::of_shop(&instance);
        let url = instance.database();
        let detour = Detour::to(&url);
        let mut command = instance.command(&["serve"]);
        command.env("DATABASE_URL", detour.of(&url));
        instance.kill();
        instance.serve_by(command);
        Self {
            instance,
            client,
            detour,
            upstream,
        }
    }

    /// Asks until the answer to a commit of this very question is lost.
    fn lose(&self, mut ask: impl FnMut() -> Answer) -> Answer {
        for _ in 0..TRIES {
            self.detour.lose_an_answer();
            let answer = ask();
            if answer.status == 503 {
                assert!(self.detour.lost() > 0);
                return answer;
            }
        }
        panic!("no answer was lost");
    }

    fn tokens(&self) -> i64 {
        forge::count(&self.instance.database(), "SELECT count(*) FROM tokens")
    }
}

fn says_when(answer: &Answer) {
    let seconds: u64 = answer.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&seconds));
}

#[test]
fn a_commit_whose_answer_is_lost_leaves_ink_and_no_seal() {
    let town = Town::open();
    let before = town.tokens();
    let mut acknowledged = 0;
    let lost = town.lose(|| {
        let answer = town.client.ask();
        acknowledged += i64::from(answer.status == 200);
        answer
    });
    says_when(&lost);
    assert_eq!(lost.json()["error"], "temporarily_unavailable");
    assert_eq!(lost.json()["access_token"], json!(null));
    let rows = town.tokens() - before;
    assert!(
        rows == acknowledged || rows == acknowledged + 1,
        "{rows} rows of {acknowledged} tokens"
    );
    town.client.ask().good(200);
    town.instance.events();
}

#[test]
fn a_refresh_whose_answer_is_lost_is_repeated_with_the_same_token() {
    let town = Town::open();
    let wish = json!({ "name": "Kept", "scopes": ["orders:v1:read"] });
    let begun = town.instance.post("/applications/Shop/grants", &wish);
    let begun = begun.good(201);
    let mut token = begun["refresh_token"].as_str().unwrap().to_owned();
    town.lose(|| {
        let answer = town.client.refresh(&token);
        if answer.status == 200 {
            answer.json()["refresh_token"]
                .as_str()
                .unwrap()
                .clone_into(&mut token);
        }
        answer
    });
    let again = town.client.refresh(&token).good(200);
    let once_more = town.client.refresh(&token).good(200);
    assert_eq!(again["refresh_token"], once_more["refresh_token"]);
    let next = again["refresh_token"].as_str().unwrap();
    town.client.refresh(next).good(200);
}

#[test]
fn nobody_is_told_that_nothing_was_stored_when_nobody_knows() {
    let town = Town::open();
    let mut round = 0;
    let lost = town.lose(|| {
        round += 1;
        let api = json!({ "name": format!("api-{round}") });
        town.instance.post("/apis", &api)
    });
    lost.problem(503, "outcome-unknown");
    says_when(&lost);
    town.instance.get(&format!("/apis/api-{round}"));
    town.instance.events();
}

#[test]
fn while_the_database_is_away_whoever_has_a_token_goes_on() {
    let town = Town::open();
    let token = town.client.ask().good(200)["access_token"].clone();
    let token = token.as_str().unwrap();
    let call = || town.instance.call("GET", "/orders/v1/orders", token).status;
    assert_eq!(call(), 200);

    town.detour.close();
    for _ in 0..3 {
        let answer = town.client.ask();
        assert_eq!(answer.status, 503, "{}", answer.text());
        says_when(&answer);
        let answer = town.instance.post("/apis", &json!({ "name": "late" }));
        answer.problem(503, "busy");
        assert_eq!(call(), 200);
    }

    town.detour.open();
    within(PATIENCE, "tokens are issued again", || {
        town.client.ask().status == 200
    });
    assert_eq!(call(), 200);
    let missing = town.instance.api("GET", "/apis/late").send();
    missing.problem(404, "not-found");
    town.instance.events();
    drop(town.upstream);
}
