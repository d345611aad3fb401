//! Tokens per second of clients that ask for their own, each with its committed row, on both engines with the durability
//! of production; beside them what bounds it: signatures of one core, and rows in group commits alone.
//! `cargo bench -p gatewright-keys`.

mod town;

use std::{
    io::{Write, stdout},
    time::{Duration, Instant},
};

use gatewright_domain::{access::Origin, key::Algorithm};
use gatewright_keys::{ClientProof, Presented, Wanted};
use gatewright_testkit::{
    database::DatabaseUrl,
    postgres::{Durability, Postgres},
};
use gatewright_token::mint::{self, PrivateKey};

use town::{Client, Outcome, Town};

const SPAN: Duration = Duration::from_secs(5);
const CLIENTS: usize = 256;

fn main() -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let signatures = signatures()?;
    writeln!(
        stdout(),
        "ES256: {signatures} signatures per second of one core"
    )?;
    runtime.block_on(async {
        let file = DatabaseUrl::sqlite()?;
        measure("SQLite, synchronous=FULL", &file).await?;
        let server = Postgres::start(Durability::OnDisk)?;
        measure("PostgreSQL, fsync=on", &server.fresh_database()?).await
    })
}

/// How many claims one core signs in a second.
fn signatures() -> Outcome<u64> {
    let new = mint::generate(Algorithm::Es256)?;
    let key = PrivateKey::open(Algorithm::Es256, &new.private, new.public.kid())?;
    let claims = town::claims();
    let (begin, mut signed) = (Instant::now(), 0);
    while begin.elapsed() < SPAN / 2 {
        key.sign(&claims)?;
        signed += 1;
    }
    Ok(per_second(signed, begin))
}

async fn measure(name: &str, url: &str) -> Outcome<()> {
    let town = Town::open(url).await?;
    let (begin, mut rows) = (Instant::now(), 0);
    while begin.elapsed() < SPAN {
        rows += town.commit(64).await?;
    }
    let rate = per_second(rows, begin);
    writeln!(
        stdout(),
        "{name}: {rate} rows per second in group commits of 64"
    )?;
    let begin = Instant::now();
    let running = (0..CLIENTS).map(|number| {
        let (keys, client) = (town.keys.clone(), town.client(number));
        tokio::spawn(async move {
            let mut issued = 0_u64;
            while begin.elapsed() < SPAN {
                ask(&keys, &client).await?;
                issued += 1;
            }
            Outcome::Ok(issued)
        })
    });
    let running: Vec<_> = running.collect();
    let mut issued = 0;
    for client in running {
        issued += client.await??;
    }
    let rate = per_second(issued, begin);
    let events = town.events().await?;
    writeln!(
        stdout(),
        "{name}, {CLIENTS} clients: {rate} tokens per second, {issued} tokens in {events} events"
    )?;
    Ok(())
}

/// What the token endpoint does for each request, without HTTP: authenticate, decide, commit, sign.
async fn ask(keys: &gatewright_keys::Keys, client: &Client) -> Outcome<()> {
    let presented = Presented {
        client: Some(client.id.clone()),
        proof: ClientProof::Basic(client.secret()),
        certificate: None,
    };
    let known = keys.authenticate(&presented, Origin::default()).await?;
    keys.grant_to_client(&known, Wanted::default()).await?;
    Ok(())
}

fn per_second(count: u64, begin: Instant) -> u64 {
    let millis = u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX);
    count.saturating_mul(1000) / millis.max(1)
}
