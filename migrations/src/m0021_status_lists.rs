//! How many places in status lists were allotted. Read by `store::rows::status_count`.

use crate::script::{Script, step};

step!("m0021_status_lists");

const SCRIPT: Script = Script {
    tables: TABLES,
    postgres: "",
    sqlite: "",
};

const TABLES: &str = "
CREATE TABLE status_count (
    id       $int NOT NULL PRIMARY KEY CHECK (id = 1),
    allotted $int NOT NULL CHECK (allotted >= 0)
);
";
