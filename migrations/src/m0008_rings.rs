//! Key rings, one for each purpose and algorithm, and the states that keys can stand in. Read by `store::rows`.
//!
//! Keys that were there before form the ring `access` of their algorithm. It goes on signing what it signed: tokens of up
//! to a year.

use crate::script::{Script, step};

step!("m0008_rings");

const SCRIPT: Script = Script {
    tables: TABLES,
    postgres: POSTGRES,
    sqlite: SQLITE,
};

const TABLES: &str = "
CREATE TABLE rings (
    purpose           text NOT NULL,
    algorithm         text NOT NULL,
    standing          text NOT NULL CHECK (standing IN ('enabled', 'disabled')),
    period_s          $int,
    lead_s            $int,
    max_lifetime_s    $int,
    outlived_s        $int,
    outlived_until    $int,
    turn              $int NOT NULL,
    rotates_at        $int NOT NULL,
    held_at           $int,
    formed_at         $int NOT NULL,
    keyring_version   $int NOT NULL,
    revision          $int NOT NULL,
    PRIMARY KEY (purpose, algorithm),
    CONSTRAINT rings_outlived CHECK ((outlived_s IS NULL) = (outlived_until IS NULL))
);
INSERT INTO rings (purpose, algorithm, standing, max_lifetime_s, turn, rotates_at, formed_at, keyring_version, revision)
    SELECT 'access', algorithm, 'enabled', 31536000, 0, MAX(COALESCE(activated_at, generated_at)) + 7776000000,
        MIN(generated_at), COUNT(*), 1
    FROM signing_keys GROUP BY algorithm;

CREATE TABLE key_set_serves (
    shown     text NOT NULL PRIMARY KEY,
    etag      text NOT NULL,
    revision  $int NOT NULL,
    served_at $int NOT NULL
);

CREATE TABLE verifiers (
    network       text NOT NULL,
    agent         text NOT NULL,
    shown         text NOT NULL,
    etag          text NOT NULL,
    first_seen_at $int NOT NULL,
    last_seen_at  $int NOT NULL,
    PRIMARY KEY (network, agent, shown)
);
CREATE INDEX verifiers_seen ON verifiers (last_seen_at);

CREATE TABLE leases (
    name   text NOT NULL PRIMARY KEY,
    holder text NOT NULL,
    fence  $int NOT NULL,
    until  $int NOT NULL
);

ALTER TABLE apis ADD COLUMN token_algorithm text;
";

/// A private key rests in a row only while it may still sign (I12), and one key of a ring signs (I1).
const POSTGRES: &str = "
ALTER TABLE signing_keys ADD COLUMN purpose text NOT NULL DEFAULT 'access';
ALTER TABLE signing_keys ALTER COLUMN purpose DROP DEFAULT;
ALTER TABLE signing_keys ALTER COLUMN published_at DROP NOT NULL;
ALTER TABLE signing_keys ADD COLUMN suspended_at bigint;
ALTER TABLE signing_keys ADD COLUMN suspended_from text;
ALTER TABLE signing_keys ADD COLUMN suspended_listing text;
ALTER TABLE signing_keys ADD CONSTRAINT signing_keys_ring
    FOREIGN KEY (purpose, algorithm) REFERENCES rings (purpose, algorithm);
ALTER TABLE signing_keys DROP CONSTRAINT signing_keys_state;
ALTER TABLE signing_keys ADD
    CONSTRAINT signing_keys_state CHECK (
        (sealed_kek IS NULL) = (sealed_record IS NULL)
        AND (activated_at IS NULL OR published_at IS NOT NULL)
        AND (deactivated_at IS NULL OR activated_at IS NOT NULL)
        AND (retired_at IS NULL OR deactivated_at IS NOT NULL OR published_at IS NULL)
        AND (state = 'suspended') = (suspended_at IS NOT NULL)
        AND (state = 'suspended') = (suspended_from IS NOT NULL)
        AND (state = 'suspended') = (suspended_listing IS NOT NULL)
        AND CASE state
            WHEN 'staged'
                THEN sealed_record IS NOT NULL AND published_at IS NULL AND compromised_at IS NULL
            WHEN 'published'
                THEN sealed_record IS NOT NULL AND published_at IS NOT NULL AND activated_at IS NULL
                    AND compromised_at IS NULL
            WHEN 'active'
                THEN sealed_record IS NOT NULL AND activated_at IS NOT NULL AND deactivated_at IS NULL
                    AND compromised_at IS NULL
            WHEN 'deactivated'
                THEN sealed_record IS NULL AND deactivated_at IS NOT NULL AND retired_at IS NULL
                    AND compromised_at IS NULL
            WHEN 'suspended'
                THEN suspended_listing IN ('listed', 'withdrawn') AND compromised_at IS NULL AND CASE suspended_from
                    WHEN 'published'
                        THEN sealed_record IS NOT NULL AND published_at IS NOT NULL AND activated_at IS NULL
                    WHEN 'active'
                        THEN sealed_record IS NOT NULL AND activated_at IS NOT NULL AND deactivated_at IS NULL
                    WHEN 'deactivated' THEN sealed_record IS NULL AND deactivated_at IS NOT NULL AND retired_at IS NULL
                    ELSE FALSE
                END
            WHEN 'retired'
                THEN sealed_record IS NULL AND retired_at IS NOT NULL AND compromised_at IS NULL
            WHEN 'compromised'
                THEN sealed_record IS NULL AND retired_at IS NULL AND compromised_at IS NOT NULL
            ELSE FALSE
        END
    );
DROP INDEX signing_keys_active;
CREATE UNIQUE INDEX signing_keys_active ON signing_keys (purpose, algorithm) WHERE state = 'active';
";

/// SQLite changes no constraint of a table: the table is made again, and the tokens that point at it are looked for again
/// when the step ends.
const SQLITE: &str = "
PRAGMA defer_foreign_keys = ON;
CREATE TEMPORARY TABLE kept_keys AS SELECT * FROM signing_keys;
DROP TABLE signing_keys;
CREATE TABLE signing_keys (
    id                uuid_text NOT NULL PRIMARY KEY,
    kid               text      NOT NULL CONSTRAINT signing_keys_kid UNIQUE,
    purpose           text      NOT NULL,
    algorithm         text      NOT NULL,
    public_jwk        text      NOT NULL,
    state             text      NOT NULL,
    generated_at      integer   NOT NULL,
    published_at      integer,
    activated_at      integer,
    deactivated_at    integer,
    suspended_at      integer,
    suspended_from    text,
    suspended_listing text,
    retired_at        integer,
    compromised_at    integer,
    sealed_kek        text,
    sealed_record     blob,
    last_expiry       integer,
    revision          integer   NOT NULL,
    CONSTRAINT signing_keys_ring FOREIGN KEY (purpose, algorithm) REFERENCES rings (purpose, algorithm),
    CONSTRAINT signing_keys_state CHECK (
        (sealed_kek IS NULL) = (sealed_record IS NULL)
        AND (activated_at IS NULL OR published_at IS NOT NULL)
        AND (deactivated_at IS NULL OR activated_at IS NOT NULL)
        AND (retired_at IS NULL OR deactivated_at IS NOT NULL OR published_at IS NULL)
        AND (state = 'suspended') = (suspended_at IS NOT NULL)
        AND (state = 'suspended') = (suspended_from IS NOT NULL)
        AND (state = 'suspended') = (suspended_listing IS NOT NULL)
        AND CASE state
            WHEN 'staged'
                THEN sealed_record IS NOT NULL AND published_at IS NULL AND compromised_at IS NULL
            WHEN 'published'
                THEN sealed_record IS NOT NULL AND published_at IS NOT NULL AND activated_at IS NULL
                    AND compromised_at IS NULL
            WHEN 'active'
                THEN sealed_record IS NOT NULL AND activated_at IS NOT NULL AND deactivated_at IS NULL
                    AND compromised_at IS NULL
            WHEN 'deactivated'
                THEN sealed_record IS NULL AND deactivated_at IS NOT NULL AND retired_at IS NULL
                    AND compromised_at IS NULL
            WHEN 'suspended'
                THEN suspended_listing IN ('listed', 'withdrawn') AND compromised_at IS NULL AND CASE suspended_from
                    WHEN 'published'
                        THEN sealed_record IS NOT NULL AND published_at IS NOT NULL AND activated_at IS NULL
                    WHEN 'active'
                        THEN sealed_record IS NOT NULL AND activated_at IS NOT NULL AND deactivated_at IS NULL
                    WHEN 'deactivated' THEN sealed_record IS NULL AND deactivated_at IS NOT NULL AND retired_at IS NULL
                    ELSE FALSE
                END
            WHEN 'retired'
                THEN sealed_record IS NULL AND retired_at IS NOT NULL AND compromised_at IS NULL
            WHEN 'compromised'
                THEN sealed_record IS NULL AND retired_at IS NULL AND compromised_at IS NOT NULL
            ELSE FALSE
        END
    )
);
INSERT INTO signing_keys (id, kid, purpose, algorithm, public_jwk, state, generated_at, published_at, activated_at,
        deactivated_at, retired_at, compromised_at, sealed_kek, sealed_record, last_expiry, revision)
    SELECT id, kid, 'access', algorithm, public_jwk, state, generated_at, published_at, activated_at,
        deactivated_at, retired_at, compromised_at, sealed_kek, sealed_record, last_expiry, revision
    FROM kept_keys;
DROP TABLE kept_keys;
CREATE UNIQUE INDEX signing_keys_active ON signing_keys (purpose, algorithm) WHERE state = 'active';
";
