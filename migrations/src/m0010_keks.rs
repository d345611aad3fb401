//! Key-encryption keys with a life of their own, and how one follows from a passphrase. Read by `store::rows::kek_check` and
//! `store::rows::kek_derivation`.
//!
//! Until now every secret rested under the one key that was given, so that one is the active one.

use crate::script::{Script, step};

step!("m0010_keks");

const SCRIPT: Script = Script {
    tables: TABLES,
    postgres: "",
    sqlite: "",
};

const TABLES: &str = "
ALTER TABLE kek_checks ADD COLUMN source text NOT NULL DEFAULT '';
ALTER TABLE kek_checks ADD COLUMN state text NOT NULL DEFAULT 'known'
    CONSTRAINT kek_checks_state CHECK (state IN ('known', 'active', 'superseded', 'retired'));
ALTER TABLE kek_checks ADD COLUMN rewrap text;
ALTER TABLE kek_checks ADD COLUMN changed_at $int;
ALTER TABLE kek_checks ADD COLUMN revision $int NOT NULL DEFAULT 1;
UPDATE kek_checks SET state = 'active', rewrap = 'data-keys', changed_at = made_at
    WHERE kek = (SELECT MIN(kek) FROM (
        SELECT sealed_kek AS kek FROM signing_keys WHERE sealed_kek IS NOT NULL
        UNION SELECT kek FROM sealed_secrets) AS sealed);
CREATE UNIQUE INDEX kek_checks_active ON kek_checks (state) WHERE state = 'active';

CREATE TABLE kek_derivations (
    name       text   NOT NULL PRIMARY KEY,
    salt       $bytes NOT NULL,
    memory_kib $int   NOT NULL,
    passes     $int   NOT NULL,
    lanes      $int   NOT NULL,
    made_at    $int   NOT NULL
);
";
