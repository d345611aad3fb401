//! Where a client publishes its keys, instead of registering them. Read by `store::rows::registration`.

use crate::script::{Script, step};

step!("m0020_key_addresses");

const SCRIPT: Script = Script {
    tables: TABLES,
    postgres: "",
    sqlite: "",
};

const TABLES: &str = "
ALTER TABLE registrations ADD COLUMN key_address text
    CONSTRAINT registrations_keys CHECK (key_set IS NULL OR key_address IS NULL);
";
