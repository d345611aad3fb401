//! Authorization codes by keyed hash, who granted a refresh family, and where browsers may carry answers to a client. Read by
//! `store::rows::authorization_code`, `store::rows::refresh_family` and `store::rows::registration`.

use crate::script::{Script, step};

step!("m0019_authorization_codes");

const SCRIPT: Script = Script {
    tables: TABLES,
    postgres: "",
    sqlite: "",
};

const TABLES: &str = "
CREATE TABLE authorization_codes (
    id             $uuid  NOT NULL PRIMARY KEY,
    application_id $uuid  NOT NULL REFERENCES applications (id),
    name           text   NOT NULL,
    operator_id    $uuid  NOT NULL REFERENCES operators (id),
    signed_in_at   $int   NOT NULL,
    versions       $json  NOT NULL,
    scopes         $json  NOT NULL,
    redirect       text   NOT NULL,
    challenge      text   NOT NULL,
    bound_key      text,
    hmac           $bytes NOT NULL,
    issued_at      $int   NOT NULL,
    family_id      $uuid  UNIQUE REFERENCES refresh_families (id),
    revision       $int   NOT NULL
);
CREATE INDEX authorization_codes_issued ON authorization_codes (issued_at);

ALTER TABLE refresh_families ADD COLUMN operator_id $uuid REFERENCES operators (id);
ALTER TABLE refresh_families ADD COLUMN signed_in_at $int;

ALTER TABLE registrations ADD COLUMN redirects $json NOT NULL DEFAULT '[]';
";
