//! Outside issuers, and how fetching their keys went. Read by `store::rows::outside_issuer` and `store::rows::issuer_fetch`.
//!
//! A withdrawn issuer keeps its row, without keys, and frees its names.

use crate::script::{Script, step};

step!("m0014_issuers");

const SCRIPT: Script = Script {
    tables: TABLES,
    postgres: "",
    sqlite: "",
};

const TABLES: &str = "
CREATE TABLE outside_issuers (
    id                $uuid NOT NULL PRIMARY KEY,
    name              text  NOT NULL,
    name_folded       text  NOT NULL,
    issuer            text  NOT NULL,
    audience          text  NOT NULL,
    kinds             text  NOT NULL,
    max_lifetime_s    $int  NOT NULL,
    rules             $json NOT NULL,
    source            text  NOT NULL,
    key_set_address   text,
    algorithms        text,
    secret_generation $int,
    key_set           text,
    key_set_taken_at  $int,
    trusted_at        $int  NOT NULL,
    suspended_at      $int,
    withdrawn_at      $int,
    revision          $int  NOT NULL,
    CONSTRAINT outside_issuers_source CHECK (
        CASE source
            WHEN 'discovery'
                THEN algorithms IS NOT NULL AND key_set_address IS NULL AND secret_generation IS NULL
            WHEN 'address'
                THEN algorithms IS NOT NULL AND key_set_address IS NOT NULL AND secret_generation IS NULL
            WHEN 'secret'
                THEN algorithms IS NULL AND key_set_address IS NULL AND secret_generation IS NOT NULL
                    AND key_set IS NULL
            ELSE FALSE
        END
    ),
    CONSTRAINT outside_issuers_keys CHECK (
        (key_set IS NULL) = (key_set_taken_at IS NULL) AND (withdrawn_at IS NULL OR key_set IS NULL)
    )
);
CREATE UNIQUE INDEX outside_issuers_name ON outside_issuers (name_folded) WHERE withdrawn_at IS NULL;
CREATE UNIQUE INDEX outside_issuers_issuer ON outside_issuers (issuer) WHERE withdrawn_at IS NULL;

CREATE TABLE issuer_fetches (
    issuer_id  $uuid NOT NULL PRIMARY KEY REFERENCES outside_issuers (id),
    tried_at   $int  NOT NULL,
    fetched_at $int,
    next_at    $int  NOT NULL,
    failure    text
);
";
