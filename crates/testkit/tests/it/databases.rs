use std::{
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use gatewright_testkit::{
    database::{DatabaseUrl, Engine, database_urls},
    postgres::{Durability, Postgres},
};

/// A test that runs this binary again as a process to be killed sets this.
const VICTIM: &str = "GATEWRIGHT_TESTKIT_VICTIM";

#[test]
fn every_call_gives_a_fresh_database_on_each_engine() {
    let (first, second) = (database_urls().unwrap(), database_urls().unwrap());
    assert_eq!(
        first.each_ref().map(DatabaseUrl::engine),
        [Engine::Sqlite, Engine::Postgres]
    );
    for (one, other) in first.iter().zip(&second) {
        assert_ne!(one.to_string(), other.to_string());
    }
}

#[test]
fn a_postgres_address_leads_to_a_database_that_can_be_written() {
    let server = Postgres::shared().unwrap();
    let url = server.fresh_database().unwrap();
    let count = "create table t (n int); insert into t values (1); select count(*) from t";
    assert_eq!(server.psql(&url, count).unwrap(), "1");
}

#[test]
fn a_refused_statement_says_why() {
    let refusal = Postgres::shared()
        .unwrap()
        .psql("postgres", "select nothing from nowhere");
    assert!(refusal.unwrap_err().to_string().contains("nowhere"));
}

#[test]
fn a_server_of_ones_own_stops_when_it_is_dropped() {
    let server = Postgres::start(Durability::OnDisk).unwrap();
    let home = home(&server.fresh_database().unwrap());
    assert!(Path::new(&home).exists());
    drop(server);
    assert!(!Path::new(&home).exists());
}

#[test]
fn a_server_is_gone_soon_after_its_process_was_killed() {
    let mut victim = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "databases::waits_to_be_killed_when_asked",
            "--nocapture",
        ])
        .env(VICTIM, "yes")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let said = std::io::BufReader::new(victim.stdout.take().unwrap());
    let url = std::io::BufRead::lines(said)
        .map(Result::unwrap)
        .find_map(|line| Some(line.split_once("serving ")?.1.to_owned()))
        .unwrap();
    let home = home(&url);
    assert!(Path::new(&home).exists());

    victim.kill().unwrap();
    victim.wait().unwrap();

    let deadline = Instant::now() + Duration::from_secs(20);
    while Path::new(&home).exists() {
        assert!(Instant::now() < deadline, "{home} is still there");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn waits_to_be_killed_when_asked() {
    if std::env::var_os(VICTIM).is_none() {
        return;
    }
    println!(
        "serving {}",
        Postgres::shared().unwrap().fresh_database().unwrap()
    );
    std::thread::sleep(Duration::from_secs(60));
}

fn home(url: &str) -> String {
    url.split_once("?host=")
        .map(|(_, home)| home.to_owned())
        .unwrap_or_default()
}
