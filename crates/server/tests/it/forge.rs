//! SQL behind the program's back, as somebody with the database's password would.

use gatewright_testkit::database::Engine;
use sea_orm::{ConnectionTrait, Database, Statement};

/// Runs statements on a database that the program has open as well.
pub(crate) fn sql(url: &str, statements: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let back_door = Database::connect(url).await.unwrap();
        back_door.execute_unprepared(statements).await.unwrap();
        back_door.close().await.unwrap();
    });
}

/// What a query counts.
pub(crate) fn count(url: &str, query: &str) -> i64 {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let back_door = Database::connect(url).await.unwrap();
        let row = back_door.query_one_raw(Statement::from_string(
            back_door.get_database_backend(),
            query.to_owned(),
        ));
        let counted = row.await.unwrap().unwrap().try_get_by_index(0).unwrap();
        back_door.close().await.unwrap();
        counted
    })
}

/// Edits what an event says, past the triggers that keep events from being edited by mistake.
pub(crate) fn edit_event(engine: Engine, url: &str, seq: u64, from: &str, to: &str) {
    let statements = match engine {
        Engine::Sqlite => format!(
            "DROP TRIGGER audit_event_keeps_rows;
             UPDATE audit_event
             SET canonical = CAST(replace(CAST(canonical AS text), '{from}', '{to}') AS blob) WHERE seq = {seq}"
        ),
        Engine::Postgres => format!(
            "ALTER TABLE audit_event DISABLE TRIGGER USER;
             UPDATE audit_event
             SET canonical = convert_to(replace(convert_from(canonical, 'UTF8'), '{from}', '{to}'), 'UTF8')
             WHERE seq = {seq}"
        ),
    };
    sql(url, &statements);
}
