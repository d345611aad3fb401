//! Where tokens come from that were exchanged for others. Read by `store::rows::token`.

use crate::script::{Script, step};

step!("m0017_user_grants");

const SCRIPT: Script = Script {
    tables: TABLES,
    postgres: "",
    sqlite: "",
};

const TABLES: &str = "
ALTER TABLE tokens ADD COLUMN lineage $json;
";
