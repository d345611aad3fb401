//! What becomes of a version's calls at gateways that are out of date. Read by `store::rows::version` and `store::views`.

use crate::script::{Script, step};

step!("m0016_staleness");

const SCRIPT: Script = Script {
    tables: TABLES,
    postgres: "",
    sqlite: "",
};

const TABLES: &str = "
ALTER TABLE versions ADD COLUMN stale_after_s $int NOT NULL DEFAULT 7200 CHECK (stale_after_s BETWEEN 5 AND 2592000);
ALTER TABLE versions ADD COLUMN stale_reads text NOT NULL DEFAULT 'serve' CHECK (stale_reads IN ('serve', 'refuse'));
ALTER TABLE versions ADD COLUMN stale_writes text NOT NULL DEFAULT 'refuse' CHECK (stale_writes IN ('serve', 'refuse'));
";
