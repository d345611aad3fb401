//! Revocations as rows of their own, which gateway enforced what since when, and since when a restored database waits for what
//! was revoked in the meantime. Read by `store::rows::revocation`, `store::quiet::acknowledgements` and `store::rows::installation`.
//!
//! What earlier releases revoked is written down as if nobody knew who did it; the trail knows.

use crate::script::{Script, step};

step!("m0011_revocations");

const SCRIPT: Script = Script {
    tables: TABLES,
    postgres: "",
    sqlite: "",
};

const TABLES: &str = "
CREATE TABLE revocations (
    number     $int NOT NULL PRIMARY KEY,
    epoch      $int NOT NULL,
    revision   $int NOT NULL,
    kind       text NOT NULL,
    key        text NOT NULL,
    label      text NOT NULL,
    not_before $int,
    expires_at $int,
    reason     text,
    actor_kind text NOT NULL,
    actor_id   text NOT NULL,
    at         $int NOT NULL
);
CREATE INDEX revocations_revision ON revocations (epoch, revision);
CREATE INDEX revocations_key ON revocations (kind, key);
CREATE INDEX revocations_expiry ON revocations (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX revocations_watermark ON revocations (not_before) WHERE not_before IS NOT NULL;

INSERT INTO revocations (number, epoch, revision, kind, key, label, not_before, expires_at, reason, actor_kind,
    actor_id, at)
SELECT row_number() OVER (ORDER BY tokens.revoked_at, tokens.id), audit_head.epoch, audit_head.size, 'token', tokens.jti,
    tokens.name, NULL, tokens.expires_at, NULL, 'unknown', 'unknown', tokens.revoked_at
FROM tokens CROSS JOIN audit_head WHERE tokens.revoked_at IS NOT NULL;

INSERT INTO revocations (number, epoch, revision, kind, key, label, not_before, expires_at, reason, actor_kind,
    actor_id, at)
SELECT (SELECT COALESCE(MAX(number), 0) FROM revocations) + row_number() OVER (ORDER BY signing_keys.id),
    audit_head.epoch, audit_head.size, 'key', signing_keys.kid, signing_keys.kid, NULL, NULL, NULL, 'unknown', 'unknown',
    signing_keys.compromised_at
FROM signing_keys CROSS JOIN audit_head WHERE signing_keys.compromised_at IS NOT NULL;

ALTER TABLE installation ADD COLUMN restored_at $int;

CREATE TABLE gateway_receipts (
    gateway_id $uuid NOT NULL,
    epoch      $int  NOT NULL,
    revision   $int  NOT NULL,
    applied_at $int  NOT NULL,
    PRIMARY KEY (gateway_id, epoch, revision)
);
";
