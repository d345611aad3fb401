//! API keys of applications: fingerprints of opaque secrets, and the versions each is for. Read by `store::rows::api_key`.

use crate::script::{Script, step};

step!("m0012_api_keys");

const SCRIPT: Script = Script {
    tables: TABLES,
    postgres: "",
    sqlite: "",
};

const TABLES: &str = "
CREATE TABLE api_keys (
    id             $uuid  NOT NULL PRIMARY KEY,
    application_id $uuid  NOT NULL REFERENCES applications (id),
    name           text   NOT NULL,
    fingerprint    text   NOT NULL CONSTRAINT api_keys_fingerprint UNIQUE,
    hint           text   NOT NULL,
    scopes         $json  NOT NULL,
    issued_at      $int   NOT NULL,
    expires_at     $int,
    revoked_at     $int,
    last_used_at   $int,
    revision       $int   NOT NULL,
    CONSTRAINT api_keys_lifetime CHECK (expires_at IS NULL OR issued_at < expires_at)
);
CREATE INDEX api_keys_application ON api_keys (application_id, id);

CREATE TABLE api_key_versions (
    api_key_id $uuid NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,
    version_id $uuid NOT NULL REFERENCES versions (id),
    PRIMARY KEY (api_key_id, version_id)
);
CREATE INDEX api_key_versions_version ON api_key_versions (version_id);
";
