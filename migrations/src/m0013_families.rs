//! Refresh families and their tokens, by keyed hash; of which family and bound to which key a token is; and
//! which clients must show a key. Read by `store::rows::refresh_family`, `store::rows::refresh_token`, `store::rows::token` and
//! `store::rows::registration`.

use crate::script::{Script, step};

step!("m0013_families");

const SCRIPT: Script = Script {
    tables: TABLES,
    postgres: "",
    sqlite: "",
};

const TABLES: &str = "
CREATE TABLE refresh_families (
    id             $uuid NOT NULL PRIMARY KEY,
    application_id $uuid NOT NULL REFERENCES applications (id),
    name           text  NOT NULL,
    versions       $json NOT NULL,
    scopes         $json NOT NULL,
    bound_key      text,
    begun_at       $int  NOT NULL,
    idle_end       $int  NOT NULL,
    absolute_end   $int  NOT NULL,
    head           $int  NOT NULL,
    last_expiry    $int  NOT NULL,
    revoked_at     $int,
    revision       $int  NOT NULL
);
CREATE INDEX refresh_families_application ON refresh_families (application_id, begun_at);

CREATE TABLE refresh_tokens (
    id          $uuid  NOT NULL PRIMARY KEY,
    family_id   $uuid  NOT NULL REFERENCES refresh_families (id),
    generation  $int   NOT NULL,
    hmac        $bytes NOT NULL,
    issued_at   $int   NOT NULL,
    consumed_at $int,
    successor   $bytes,
    repeats     $int   NOT NULL,
    CHECK ((consumed_at IS NULL) = (successor IS NULL))
);
CREATE UNIQUE INDEX refresh_tokens_generation ON refresh_tokens (family_id, generation);
CREATE UNIQUE INDEX refresh_tokens_head ON refresh_tokens (family_id) WHERE consumed_at IS NULL;

ALTER TABLE tokens ADD COLUMN family_id $uuid REFERENCES refresh_families (id);
ALTER TABLE tokens ADD COLUMN binding text;

ALTER TABLE registrations ADD COLUMN senders text NOT NULL DEFAULT 'anybody';
";
