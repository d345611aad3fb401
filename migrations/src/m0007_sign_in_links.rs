//! Links that sign an operator in once, made at the terminal. Read by `store::rows::sign_in_link`.

use crate::script::{Script, step};

step!("m0007_sign_in_links");

const SCRIPT: Script = Script {
    tables: TABLES,
    postgres: "",
    sqlite: "",
};

const TABLES: &str = "
CREATE TABLE sign_in_links (
    hash        text   NOT NULL PRIMARY KEY,
    operator_id $uuid  NOT NULL REFERENCES operators (id),
    created_at  $int   NOT NULL,
    expires_at  $int   NOT NULL,
    used_at     $int
);
CREATE INDEX sign_in_links_operator ON sign_in_links (operator_id);
";
