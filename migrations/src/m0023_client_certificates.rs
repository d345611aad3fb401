//! The certificates of clients: the name by which one is known, and what binds a refresh family. Read by
//! `store::rows::registration` and `store::rows::refresh_family`.

use crate::script::{Script, step};

step!("m0023_client_certificates");

const SCRIPT: Script = Script {
    tables: TABLES,
    postgres: "",
    sqlite: "",
};

const TABLES: &str = "
ALTER TABLE registrations ADD COLUMN certificate_name text;

ALTER TABLE refresh_families ADD COLUMN bound_certificate text
    CONSTRAINT refresh_families_bound CHECK (bound_key IS NULL OR bound_certificate IS NULL);
";
