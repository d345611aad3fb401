//! Applications as OAuth clients, and their secrets by keyed hash. Read by `store::rows::registration` and
//! `store::rows::client_secret`.

use crate::script::{Script, step};

step!("m0009_clients");

const SCRIPT: Script = Script {
    tables: TABLES,
    postgres: "",
    sqlite: "",
};

const TABLES: &str = "
CREATE TABLE registrations (
    application_id    $uuid NOT NULL PRIMARY KEY REFERENCES applications (id),
    grants            $json NOT NULL,
    methods           $json NOT NULL,
    scopes            $json,
    token_lifetime_s  $int  NOT NULL,
    tokens_per_minute $int  NOT NULL CHECK (tokens_per_minute >= 1),
    key_set           text,
    serves            $json NOT NULL,
    revision          $int  NOT NULL
);

CREATE TABLE client_secrets (
    id             text   NOT NULL PRIMARY KEY,
    application_id $uuid  NOT NULL REFERENCES applications (id),
    hmac           $bytes NOT NULL,
    issued_at      $int   NOT NULL,
    expires_at     $int,
    revoked_at     $int,
    last_used_at   $int,
    revision       $int   NOT NULL
);
CREATE INDEX client_secrets_application ON client_secrets (application_id, issued_at);

CREATE TABLE assertions_seen (
    application_id $uuid NOT NULL REFERENCES applications (id),
    jti            text  NOT NULL,
    expires_at     $int  NOT NULL,
    PRIMARY KEY (application_id, jti)
);
CREATE INDEX assertions_seen_expiry ON assertions_seen (expires_at);
";
