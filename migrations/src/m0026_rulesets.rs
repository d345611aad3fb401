//! What was chosen as the ruleset of an API. Read by `store::rows::api_ruleset`.

use crate::script::{Script, step};

step!("m0026_rulesets");

const SCRIPT: Script = Script {
    tables: TABLES,
    postgres: "",
    sqlite: "",
};

const TABLES: &str = "
CREATE TABLE api_rulesets (
    id        $uuid NOT NULL PRIMARY KEY,
    api_id    $uuid NOT NULL REFERENCES apis (id),
    number    $int  NOT NULL CHECK (number >= 1),
    ruleset   text  NOT NULL CHECK (ruleset IN ('none', 'spectral:oas', 'spectral:oas+owasp', 'own')),
    body      text  CHECK ((body IS NOT NULL) = (ruleset = 'own')),
    chosen_at $int  NOT NULL,
    revision  $int  NOT NULL,
    CONSTRAINT api_rulesets_number UNIQUE (api_id, number)
);
";
