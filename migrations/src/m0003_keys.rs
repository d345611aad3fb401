//! Signing keys and the tokens they sign. Read by `store::rows`.
//!
//! A private key rests in a row only while it may still sign (invariant I12), and only one key signs (I1).

use crate::script::{Script, step};

step!("m0003_keys");

const SCRIPT: Script = Script {
    tables: TABLES,
    postgres: "",
    sqlite: "",
};

const TABLES: &str = "
CREATE TABLE signing_keys (
    id             $uuid  NOT NULL PRIMARY KEY,
    kid            text   NOT NULL CONSTRAINT signing_keys_kid UNIQUE,
    algorithm      text   NOT NULL,
    public_jwk     text   NOT NULL,
    state          text   NOT NULL,
    generated_at   $int   NOT NULL,
    published_at   $int   NOT NULL,
    activated_at   $int,
    deactivated_at $int,
    retired_at     $int,
    compromised_at $int,
    sealed_kek     text,
    sealed_record  $bytes,
    last_expiry    $int,
    revision       $int   NOT NULL,
    CONSTRAINT signing_keys_state CHECK (
        (sealed_kek IS NULL) = (sealed_record IS NULL)
        AND (deactivated_at IS NULL OR activated_at IS NOT NULL)
        AND (retired_at IS NULL OR deactivated_at IS NOT NULL)
        AND CASE state
            WHEN 'published'
                THEN sealed_record IS NOT NULL AND activated_at IS NULL AND compromised_at IS NULL
            WHEN 'active'
                THEN sealed_record IS NOT NULL AND activated_at IS NOT NULL AND deactivated_at IS NULL
                    AND compromised_at IS NULL
            WHEN 'deactivated'
                THEN sealed_record IS NULL AND deactivated_at IS NOT NULL AND retired_at IS NULL
                    AND compromised_at IS NULL
            WHEN 'retired'
                THEN sealed_record IS NULL AND retired_at IS NOT NULL AND compromised_at IS NULL
            WHEN 'compromised'
                THEN sealed_record IS NULL AND retired_at IS NULL AND compromised_at IS NOT NULL
            ELSE FALSE
        END
    )
);
CREATE UNIQUE INDEX signing_keys_active ON signing_keys (state) WHERE state = 'active';

CREATE TABLE kek_checks (
    kek         text   NOT NULL PRIMARY KEY,
    check_value $bytes NOT NULL,
    made_at     $int   NOT NULL
);

CREATE TABLE tokens (
    id             $uuid  NOT NULL PRIMARY KEY,
    jti            text   NOT NULL CONSTRAINT tokens_jti UNIQUE,
    name           text   NOT NULL,
    application_id $uuid  NOT NULL REFERENCES applications (id),
    kid            text   NOT NULL REFERENCES signing_keys (kid),
    scopes         $json  NOT NULL,
    issued_at      $int   NOT NULL,
    expires_at     $int   NOT NULL,
    revoked_at     $int,
    last_used_at   $int,
    revision       $int   NOT NULL,
    CONSTRAINT tokens_lifetime CHECK (issued_at < expires_at)
);
CREATE INDEX tokens_application ON tokens (application_id, id);
CREATE INDEX tokens_kid ON tokens (kid, expires_at);
CREATE INDEX tokens_expiry ON tokens (expires_at);
CREATE INDEX tokens_revoked ON tokens (expires_at, jti) WHERE revoked_at IS NOT NULL;

CREATE TABLE token_versions (
    token_id   $uuid NOT NULL REFERENCES tokens (id) ON DELETE CASCADE,
    version_id $uuid NOT NULL REFERENCES versions (id),
    PRIMARY KEY (token_id, version_id)
);
CREATE INDEX token_versions_version ON token_versions (version_id);
";
