//! A disk without room. The program runs under a limit on the size of a file, which SQLite meets as it meets a full disk.

use std::process::{Command, Stdio};

use gatewright_testkit::{database::Engine, echo::EchoUpstream};
use serde_json::json;

use crate::{
    client::Client,
    instance::{Instance, Layout},
    shop,
};

/// What a file may grow to, in blocks of 512 bytes: somewhat more than a fresh database with its log takes.
const BLOCKS: u64 = 2 * 1024 * 3;

/// How many refusals in a row say that the disk is full.
const CERTAIN: usize = 20;

/// How many tokens are asked for before it is clear that there is no limit.
const MANY: usize = 5_000;

#[test]
fn a_full_disk_refuses_what_would_be_stored_and_nothing_else() {
    let upstream = EchoUpstream::start().unwrap();
    let mut instance = Instance::founded(Engine::Sqlite, Layout::Embedded);
    shop::open(&instance, &upstream.url());
    let client = Client::of_shop(&instance);
    instance.restart();
    instance.kill();
    instance.serve_by(limited(&instance.command(&["serve"])));

    // A log that is written back makes room once more, so one refusal is not the end yet.
    let (mut tokens, mut refused) = (Vec::new(), 0);
    while refused < CERTAIN {
        assert!(tokens.len() < MANY, "the disk never was full");
        let answer = client.ask();
        if answer.status == 200 {
            refused = 0;
            let granted = answer.json();
            tokens.push(granted["access_token"].as_str().unwrap().to_owned());
            continue;
        }
        refused += 1;
        assert_eq!(answer.status, 503, "{}", answer.text());
        assert_eq!(answer.json()["error"], "temporarily_unavailable");
        assert_ne!(answer.header("retry-after"), "");
    }
    // A smaller change may still find room.
    let mut late = (0..MANY).map(|one| {
        let api = json!({ "name": format!("late-{one}") });
        instance.post("/apis", &api)
    });
    let stored = late.find(|answer| answer.status != 201).unwrap();
    stored.problem(503, "full");
    let known = tokens.last().unwrap();
    assert_eq!(
        instance.call("GET", "/orders/v1/orders", known).status,
        200,
        "verification needs no room"
    );
    assert_eq!(instance.get("/apis/orders")["name"], "orders");

    instance.kill();
    instance.serve();
    client.ask().good(200);
    for token in &tokens {
        let inspected = instance.post("/inspect", &json!({ "token": token }));
        assert!(inspected.good(200)["token"].is_string(), "its row is lost");
    }
    instance.events();
}

/// The same command under the limit, with the signal ignored that would end it at the limit instead.
fn limited(command: &Command) -> Command {
    let mut shell = Command::new("sh");
    let script = format!("trap '' XFSZ; ulimit -f {BLOCKS}; exec \"$@\"");
    shell.args(["-c", &script, "sh"]).arg(command.get_program());
    shell.args(command.get_args()).env_clear();
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            shell.env(name, value);
        }
    }
    if let Some(directory) = command.get_current_dir() {
        shell.current_dir(directory);
    }
    shell.stdin(Stdio::null());
    shell
}
