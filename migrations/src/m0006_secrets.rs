//! Secrets of the server itself, each sealed. Read by `store::quiet::sealed_secrets`.

use crate::script::{Script, step};

step!("m0006_secrets");

const SCRIPT: Script = Script {
    tables: TABLES,
    postgres: "",
    sqlite: "",
};

const TABLES: &str = "
CREATE TABLE sealed_secrets (
    name    text   NOT NULL PRIMARY KEY,
    kek     text   NOT NULL,
    record  $bytes NOT NULL,
    made_at $int   NOT NULL
);
";
