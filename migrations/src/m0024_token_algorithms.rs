//! Since when what was chosen for an API is in its key set, and what signed its tokens before. Read by `store::rows::api` and
//! `store::views::token_algorithms`.

use crate::script::{Script, step};

step!("m0024_token_algorithms");

const SCRIPT: Script = Script {
    tables: TABLES,
    postgres: "",
    sqlite: "",
};

const TABLES: &str = "
ALTER TABLE apis ADD COLUMN token_algorithm_since $int;
ALTER TABLE apis ADD COLUMN token_algorithm_past $json NOT NULL DEFAULT '{}';
";
