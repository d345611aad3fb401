//! Signing keys that a hardware module or a key service holds. Read by `store::rows::signing_key`.
//!
//! Such a key has a reference in place of a sealed record. The reference outlives the private half: it stays until the key is
//! destroyed where it is held, which can only be done after the commit.

use crate::script::{Script, step};

step!("m0018_signers");

const SCRIPT: Script = Script {
    tables: TABLES,
    postgres: POSTGRES,
    sqlite: SQLITE,
};

const TABLES: &str = "
ALTER TABLE signing_keys ADD COLUMN provider text NOT NULL DEFAULT 'software';
ALTER TABLE signing_keys ADD COLUMN provider_ref text;
";

/// A private key rests in a row, or is referred to, while it may still sign (I12).
const POSTGRES: &str = "
ALTER TABLE signing_keys DROP CONSTRAINT signing_keys_state;
ALTER TABLE signing_keys ADD
    CONSTRAINT signing_keys_state CHECK (
        (sealed_kek IS NULL) = (sealed_record IS NULL)
        AND provider IN ('software', 'pkcs11', 'vault')
        AND (provider <> 'software' OR provider_ref IS NULL)
        AND (provider = 'software' OR sealed_record IS NULL)
        AND (activated_at IS NULL OR published_at IS NOT NULL)
        AND (deactivated_at IS NULL OR activated_at IS NOT NULL)
        AND (retired_at IS NULL OR deactivated_at IS NOT NULL OR published_at IS NULL)
        AND (state = 'suspended') = (suspended_at IS NOT NULL)
        AND (state = 'suspended') = (suspended_from IS NOT NULL)
        AND (state = 'suspended') = (suspended_listing IS NOT NULL)
        AND CASE state
            WHEN 'staged'
                THEN COALESCE(sealed_kek, provider_ref) IS NOT NULL AND published_at IS NULL AND compromised_at IS NULL
            WHEN 'published'
                THEN COALESCE(sealed_kek, provider_ref) IS NOT NULL AND published_at IS NOT NULL
                    AND activated_at IS NULL AND compromised_at IS NULL
            WHEN 'active'
                THEN COALESCE(sealed_kek, provider_ref) IS NOT NULL AND activated_at IS NOT NULL
                    AND deactivated_at IS NULL AND compromised_at IS NULL
            WHEN 'deactivated'
                THEN sealed_record IS NULL AND deactivated_at IS NOT NULL AND retired_at IS NULL
                    AND compromised_at IS NULL
            WHEN 'suspended'
                THEN suspended_listing IN ('listed', 'withdrawn') AND compromised_at IS NULL AND CASE suspended_from
                    WHEN 'published'
                        THEN COALESCE(sealed_kek, provider_ref) IS NOT NULL AND published_at IS NOT NULL
                            AND activated_at IS NULL
                    WHEN 'active'
                        THEN COALESCE(sealed_kek, provider_ref) IS NOT NULL AND activated_at IS NOT NULL
                            AND deactivated_at IS NULL
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
";

/// SQLite changes no constraint of a table: the table is made again, and what points at it is looked for again when the step
/// ends.
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
    provider          text      NOT NULL DEFAULT 'software',
    provider_ref      text,
    revision          integer   NOT NULL,
    CONSTRAINT signing_keys_ring FOREIGN KEY (purpose, algorithm) REFERENCES rings (purpose, algorithm),
    CONSTRAINT signing_keys_state CHECK (
        (sealed_kek IS NULL) = (sealed_record IS NULL)
        AND provider IN ('software', 'pkcs11', 'vault')
        AND (provider <> 'software' OR provider_ref IS NULL)
        AND (provider = 'software' OR sealed_record IS NULL)
        AND (activated_at IS NULL OR published_at IS NOT NULL)
        AND (deactivated_at IS NULL OR activated_at IS NOT NULL)
        AND (retired_at IS NULL OR deactivated_at IS NOT NULL OR published_at IS NULL)
        AND (state = 'suspended') = (suspended_at IS NOT NULL)
        AND (state = 'suspended') = (suspended_from IS NOT NULL)
        AND (state = 'suspended') = (suspended_listing IS NOT NULL)
        AND CASE state
            WHEN 'staged'
                THEN COALESCE(sealed_kek, provider_ref) IS NOT NULL AND published_at IS NULL AND compromised_at IS NULL
            WHEN 'published'
                THEN COALESCE(sealed_kek, provider_ref) IS NOT NULL AND published_at IS NOT NULL
                    AND activated_at IS NULL AND compromised_at IS NULL
            WHEN 'active'
                THEN COALESCE(sealed_kek, provider_ref) IS NOT NULL AND activated_at IS NOT NULL
                    AND deactivated_at IS NULL AND compromised_at IS NULL
            WHEN 'deactivated'
                THEN sealed_record IS NULL AND deactivated_at IS NOT NULL AND retired_at IS NULL
                    AND compromised_at IS NULL
            WHEN 'suspended'
                THEN suspended_listing IN ('listed', 'withdrawn') AND compromised_at IS NULL AND CASE suspended_from
                    WHEN 'published'
                        THEN COALESCE(sealed_kek, provider_ref) IS NOT NULL AND published_at IS NOT NULL
                            AND activated_at IS NULL
                    WHEN 'active'
                        THEN COALESCE(sealed_kek, provider_ref) IS NOT NULL AND activated_at IS NOT NULL
                            AND deactivated_at IS NULL
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
        deactivated_at, suspended_at, suspended_from, suspended_listing, retired_at, compromised_at, sealed_kek,
        sealed_record, last_expiry, provider, provider_ref, revision)
    SELECT id, kid, purpose, algorithm, public_jwk, state, generated_at, published_at, activated_at, deactivated_at,
        suspended_at, suspended_from, suspended_listing, retired_at, compromised_at, sealed_kek, sealed_record,
        last_expiry, provider, provider_ref, revision
    FROM kept_keys;
DROP TABLE kept_keys;
CREATE UNIQUE INDEX signing_keys_active ON signing_keys (purpose, algorithm) WHERE state = 'active';
";
