//! APIs, versions, contracts, plans, and those who call them. Read by `store::rows`.
//!
//! A discarded draft gives its number back and a closed subscription its place: their uniqueness is partial.

use crate::script::{Script, step};

step!("m0002_registry");

const SCRIPT: Script = Script {
    tables: TABLES,
    postgres: "",
    sqlite: "",
};

const TABLES: &str = "
CREATE TABLE apis (
    id            $uuid  NOT NULL PRIMARY KEY,
    name          text   NOT NULL CONSTRAINT apis_name UNIQUE,
    title         text   NOT NULL,
    team_id       $uuid  NOT NULL REFERENCES teams (id),
    registered_at $int   NOT NULL,
    revision      $int   NOT NULL
);
CREATE INDEX apis_team ON apis (team_id);

CREATE TABLE versions (
    id             $uuid  NOT NULL PRIMARY KEY,
    api_id         $uuid  NOT NULL REFERENCES apis (id),
    number         $int   NOT NULL CHECK (number BETWEEN 1 AND 9999),
    status         text   NOT NULL,
    published_at   $int,
    deprecated_at  $int,
    sunset_at      $int,
    blocked_at     $int,
    blocked_reason text,
    retired_at     $int,
    discarded_at   $int,
    upstream       text   NOT NULL,
    drafted_at     $int   NOT NULL,
    revision       $int   NOT NULL,
    CONSTRAINT versions_status CHECK (
        (deprecated_at IS NULL) = (sunset_at IS NULL)
        AND (blocked_at IS NULL) = (blocked_reason IS NULL)
        AND (deprecated_at IS NULL OR published_at IS NOT NULL)
        AND CASE status
            WHEN 'draft'
                THEN published_at IS NULL AND blocked_at IS NULL AND retired_at IS NULL AND discarded_at IS NULL
            WHEN 'published'
                THEN published_at IS NOT NULL AND deprecated_at IS NULL AND blocked_at IS NULL
                    AND retired_at IS NULL AND discarded_at IS NULL
            WHEN 'deprecated'
                THEN deprecated_at IS NOT NULL AND blocked_at IS NULL AND retired_at IS NULL AND discarded_at IS NULL
            WHEN 'blocked'
                THEN published_at IS NOT NULL AND blocked_at IS NOT NULL AND retired_at IS NULL
                    AND discarded_at IS NULL
            WHEN 'retired'
                THEN published_at IS NOT NULL AND blocked_at IS NULL AND retired_at IS NOT NULL
                    AND discarded_at IS NULL
            WHEN 'discarded'
                THEN published_at IS NULL AND blocked_at IS NULL AND retired_at IS NULL AND discarded_at IS NOT NULL
            ELSE FALSE
        END
    )
);
CREATE UNIQUE INDEX versions_number ON versions (api_id, number) WHERE status <> 'discarded';

CREATE TABLE contract_revisions (
    id          $uuid  NOT NULL PRIMARY KEY,
    version_id  $uuid  NOT NULL REFERENCES versions (id),
    number      $int   NOT NULL CHECK (number >= 1),
    document    $bytes NOT NULL,
    digest      text   NOT NULL,
    title       text   NOT NULL,
    operations  $json  NOT NULL,
    operation_count $int NOT NULL,
    scopes      $json  NOT NULL,
    uploaded_at $int   NOT NULL,
    revision    $int   NOT NULL,
    CONSTRAINT contract_revisions_number UNIQUE (version_id, number)
);
ALTER TABLE versions ADD COLUMN contract_id $uuid REFERENCES contract_revisions (id);

CREATE TABLE plans (
    id                   $uuid  NOT NULL PRIMARY KEY,
    api_id               $uuid  NOT NULL REFERENCES apis (id),
    name                 text   NOT NULL,
    name_folded          text   NOT NULL,
    rate_requests        $int   NOT NULL,
    rate_per_seconds     $int   NOT NULL,
    rate_burst           $int   NOT NULL,
    daily_quota          $int   CHECK (daily_quota >= 0),
    max_token_lifetime_s $int   NOT NULL,
    opened_at            $int   NOT NULL,
    closed_at            $int,
    revision             $int   NOT NULL,
    CONSTRAINT plans_name UNIQUE (api_id, name_folded)
);

CREATE TABLE consumers (
    id            $uuid  NOT NULL PRIMARY KEY,
    name          text   NOT NULL,
    name_folded   text   NOT NULL CONSTRAINT consumers_name UNIQUE,
    registered_at $int   NOT NULL,
    revision      $int   NOT NULL
);

CREATE TABLE applications (
    id            $uuid  NOT NULL PRIMARY KEY,
    consumer_id   $uuid  NOT NULL REFERENCES consumers (id),
    name          text   NOT NULL,
    name_folded   text   NOT NULL,
    registered_at $int   NOT NULL,
    not_before    $int,
    disabled_at   $int,
    revision      $int   NOT NULL,
    CONSTRAINT applications_name UNIQUE (consumer_id, name_folded)
);
CREATE INDEX applications_by_name ON applications (name_folded);

CREATE TABLE subscriptions (
    id             $uuid  NOT NULL PRIMARY KEY,
    application_id $uuid  NOT NULL REFERENCES applications (id),
    version_id     $uuid  NOT NULL REFERENCES versions (id),
    plan_id        $uuid  NOT NULL REFERENCES plans (id),
    scopes         $json  NOT NULL,
    status         text   NOT NULL CHECK (status IN ('active', 'paused', 'closed')),
    opened_at      $int   NOT NULL,
    revision       $int   NOT NULL
);
CREATE UNIQUE INDEX subscriptions_place ON subscriptions (application_id, version_id) WHERE status <> 'closed';
CREATE INDEX subscriptions_version ON subscriptions (version_id);
CREATE INDEX subscriptions_plan ON subscriptions (plan_id);
";
