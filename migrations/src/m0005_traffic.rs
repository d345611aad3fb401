//! Gateways, what they counted and refused, and answers kept for repeated requests. Read by `store::rows`.
//!
//! Traffic holds no foreign keys: what a gateway counted must be storable whatever has become of the thing it names.
//! A part of a roll-up's key that is not known is the nil id or the empty text, because null would not be one row.

use crate::script::{Script, step};

step!("m0005_traffic");

const SCRIPT: Script = Script {
    tables: TABLES,
    postgres: "",
    sqlite: "",
};

const TABLES: &str = "
CREATE TABLE gateways (
    id          $uuid  NOT NULL PRIMARY KEY,
    name        text   NOT NULL,
    name_folded text   NOT NULL,
    hash        text   NOT NULL CONSTRAINT gateways_hash UNIQUE,
    enrolled_at $int   NOT NULL,
    removed_at  $int,
    revision    $int   NOT NULL
);
CREATE UNIQUE INDEX gateways_name ON gateways (name_folded) WHERE removed_at IS NULL;

CREATE TABLE gateway_acks (
    gateway_id $uuid  NOT NULL PRIMARY KEY,
    epoch      $int   NOT NULL,
    revision   $int   NOT NULL,
    applied_at $int   NOT NULL,
    seen_at    $int   NOT NULL
);

CREATE TABLE usage_hours (
    hour           $int   NOT NULL,
    version_id     $uuid  NOT NULL,
    method         text   NOT NULL,
    path           text   NOT NULL,
    application_id $uuid  NOT NULL,
    status         $int   NOT NULL,
    reason         text   NOT NULL,
    calls          $int   NOT NULL,
    bytes          $int   NOT NULL,
    PRIMARY KEY (hour, version_id, method, path, application_id, status, reason)
);
CREATE INDEX usage_hours_version ON usage_hours (version_id, hour);
CREATE INDEX usage_hours_application ON usage_hours (application_id, hour);

CREATE TABLE decisions (
    id             $uuid  NOT NULL PRIMARY KEY,
    at             $int   NOT NULL,
    gateway_id     $uuid,
    request_id     $uuid  NOT NULL,
    method         text,
    version_id     $uuid,
    operation      text,
    application_id $uuid,
    jti            text,
    reason         text   NOT NULL,
    refusal        $json  NOT NULL,
    steps          $json  NOT NULL,
    revision       $int   NOT NULL
);
CREATE INDEX decisions_at ON decisions (at);
CREATE INDEX decisions_version ON decisions (version_id, at);

CREATE TABLE idempotency_keys (
    actor        text   NOT NULL,
    idempotency_key text NOT NULL,
    fingerprint  text   NOT NULL,
    started_at   $int   NOT NULL,
    status       $int,
    content_type text,
    body         $bytes,
    PRIMARY KEY (actor, idempotency_key),
    CONSTRAINT idempotency_keys_answer CHECK (
        (status IS NULL) = (body IS NULL) AND (status IS NULL) = (content_type IS NULL)
    )
);
CREATE INDEX idempotency_keys_started ON idempotency_keys (started_at);
";
