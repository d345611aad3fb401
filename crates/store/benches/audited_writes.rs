//! Audited writes per second on both engines, with the durability of production: `cargo bench -p gatewright-store`.

use std::{
    io::{Write, stdout},
    sync::Arc,
    time::{Duration, Instant},
};

use gatewright_domain::{
    access::{Action, Caller, Subject},
    entropy::Entropy,
    id::TeamId,
    team::Team,
};
use gatewright_store::{Store, StoreError};
use gatewright_testkit::{
    clock::FixedClock,
    database::DatabaseUrl,
    entropy::SeededEntropy,
    postgres::{Durability, Postgres},
};

const SPAN: Duration = Duration::from_secs(5);
const WRITERS: [u64; 3] = [1, 8, 32];

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

#[tokio::main]
async fn main() -> Outcome<()> {
    let file = DatabaseUrl::sqlite()?;
    measure("SQLite, synchronous=FULL", &file).await?;
    let server = Postgres::start(Durability::OnDisk)?;
    measure("PostgreSQL, fsync=on", &server.fresh_database()?).await
}

async fn measure(name: &str, url: &str) -> Outcome<()> {
    let entropy = Arc::new(SeededEntropy::new(1));
    let store = Store::open(url, entropy.clone()).await?;
    store.migrate().await?;
    for writers in WRITERS {
        let begin = Instant::now();
        let running =
            (0..writers).map(|_| tokio::spawn(write(store.clone(), entropy.clone(), begin)));
        let running: Vec<_> = running.collect();
        let mut written = 0;
        for writer in running {
            written += writer.await??;
        }
        let rate = written * 1000 / u64::try_from(begin.elapsed().as_millis())?.max(1);
        writeln!(
            stdout(),
            "{name}, {writers} writers: {rate} audited writes per second"
        )?;
    }
    let begin = Instant::now();
    let verdict = store.reader().verify().await?;
    let span = begin.elapsed();
    let valid = verdict.is_valid();
    writeln!(
        stdout(),
        "{name}: {} events verified in {span:?}, valid: {valid}",
        verdict.size
    )?;
    Ok(())
}

async fn write(
    store: Store,
    entropy: Arc<SeededEntropy>,
    begin: Instant,
) -> Result<u64, StoreError> {
    let dice: &dyn Entropy = entropy.as_ref();
    let now = FixedClock::START;
    let mut written = 0;
    while begin.elapsed() < SPAN {
        let id = TeamId::draw(now, dice);
        let Ok(name) = id.to_string().parse() else {
            return Err(StoreError::NotFound);
        };
        let team = Team::form(id, name);
        let allowed = Caller::command_line().may(Action::FormTeam, Subject::Team(id));
        let permit = allowed.map_err(|_| StoreError::OutsidePermit)?;
        store
            .write(permit, now, async |tx| tx.write(team).await)
            .await?;
        written += 1;
    }
    Ok(written)
}
