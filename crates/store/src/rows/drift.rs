//! The migrated tables and the entities agree, on both engines.

use std::{collections::BTreeSet, sync::Arc};

use gatewright_testkit::{database::database_urls, entropy::SeededEntropy};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, Schema, Statement,
    sea_query::TableCreateStatement,
};

use crate::store::Store;

macro_rules! tables {
    ($($table:ident)*) => {
        /// The tables as the entities have them, those that are pointed at first.
        fn entities(schema: &Schema) -> Vec<TableCreateStatement> {
            vec![$(schema.create_table_from_entity(super::$table::Entity)),*]
        }
    };
}

tables! {
    installation team operator operator_team access_token session sign_in_attempt setup_link sign_in_link
    api api_ruleset version contract_revision plan consumer application subscription registration client_secret assertion_seen
    initial_token own_registration
    key_ring signing_key key_set_serve verifier lease sealed_secret kek_check kek_derivation
    refresh_family authorization_code refresh_token token token_version token_operation api_key api_key_version
    succession reminder status_count
    audit_event audit_head audit_private audit_verification
    revocation gateway gateway_ack gateway_receipt usage_hour decision idempotency_key outside_issuer issuer_fetch
}

const SQLITE: &str = r#"SELECT tables.name AS "table", columns.name AS "column", columns.type AS "type",
    CAST(columns."notnull" AS text) AS required
    FROM sqlite_master tables JOIN pragma_table_info(tables.name) columns WHERE tables.type = 'table'"#;
const POSTGRES: &str = r#"SELECT table_name::text AS "table", column_name::text AS "column", data_type::text AS "type",
    CASE is_nullable WHEN 'NO' THEN '1' ELSE '0' END AS required
    FROM information_schema.columns WHERE table_schema = 'public'"#;

#[tokio::test]
async fn the_migrated_tables_are_those_of_the_entities() {
    for (migrated, made) in database_urls()
        .unwrap()
        .into_iter()
        .zip(database_urls().unwrap())
    {
        let store = Store::open(&migrated, Arc::new(SeededEntropy::new(1)))
            .await
            .unwrap();
        let applied = store.migrate().await.unwrap();
        assert_eq!(
            store.pending_migrations().await.unwrap(),
            Vec::<String>::new()
        );
        assert_eq!(
            store.migrate().await.unwrap(),
            Vec::<String>::new(),
            "{applied:?} again"
        );

        let bare = Store::open(&made, Arc::new(SeededEntropy::new(1)))
            .await
            .unwrap();
        assert_eq!(bare.pending_migrations().await.unwrap(), applied);
        let database = &bare.inner.writer;
        for table in entities(&Schema::new(database.get_database_backend())) {
            database.execute(&table).await.unwrap();
        }
        let (ours, theirs) = (columns(&store.inner.reader).await, columns(database).await);
        let differ: Vec<_> = ours.symmetric_difference(&theirs).collect();
        assert!(differ.is_empty(), "{differ:?}");
    }
}

async fn columns(database: &DatabaseConnection) -> BTreeSet<[String; 4]> {
    let backend = database.get_database_backend();
    let query = if backend == DbBackend::Sqlite {
        SQLITE
    } else {
        POSTGRES
    };
    let rows = database
        .query_all_raw(Statement::from_string(backend, query))
        .await
        .unwrap();
    let column = |row: sea_orm::QueryResult| {
        ["table", "column", "type", "required"].map(|name| row.try_get("", name).unwrap())
    };
    let ours = |[table, ..]: &[String; 4]| table != "seaql_migrations";
    rows.into_iter().map(column).filter(ours).collect()
}
