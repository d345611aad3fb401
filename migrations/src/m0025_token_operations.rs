//! Which operations a token that lives long has called, and when last. Read by `store::views::token_uses`.

use crate::script::{Script, step};

step!("m0025_token_operations");

const SCRIPT: Script = Script {
    tables: TABLES,
    postgres: "",
    sqlite: "",
};

const TABLES: &str = "
CREATE TABLE token_operations (
    token_id     $uuid NOT NULL REFERENCES tokens (id) ON DELETE CASCADE,
    version_id   $uuid NOT NULL REFERENCES versions (id),
    method       text  NOT NULL,
    path         text  NOT NULL,
    last_used_at $int  NOT NULL,
    PRIMARY KEY (token_id, version_id, method, path)
);
";
