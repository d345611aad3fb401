//! The installation, its teams and operators, and how operators prove who they are. Read by `store::rows`.

use crate::script::{Script, step};

step!("m0001_people");

const SCRIPT: Script = Script {
    tables: TABLES,
    postgres: "",
    sqlite: "",
};

const TABLES: &str = "
CREATE TABLE installation (
    one        $int   NOT NULL PRIMARY KEY CHECK (one = 1),
    id         $uuid  NOT NULL,
    epoch      $int   NOT NULL CHECK (epoch >= 1),
    set_up_at  $int
);

CREATE TABLE teams (
    id          $uuid  NOT NULL PRIMARY KEY,
    name        text   NOT NULL,
    name_folded text   NOT NULL CONSTRAINT teams_name UNIQUE,
    revision    $int   NOT NULL
);

CREATE TABLE operators (
    id            $uuid  NOT NULL PRIMARY KEY,
    name          text   NOT NULL,
    name_folded   text   NOT NULL CONSTRAINT operators_name UNIQUE,
    role          text   NOT NULL CHECK (role IN ('admin', 'publisher', 'security', 'auditor')),
    password_hash text   NOT NULL,
    admitted_at   $int   NOT NULL,
    disabled_at   $int,
    revision      $int   NOT NULL
);

CREATE TABLE operator_teams (
    operator_id $uuid NOT NULL REFERENCES operators (id),
    team_id     $uuid NOT NULL REFERENCES teams (id),
    PRIMARY KEY (operator_id, team_id)
);

CREATE TABLE access_tokens (
    id           $uuid  NOT NULL PRIMARY KEY,
    operator_id  $uuid  NOT NULL REFERENCES operators (id),
    name         text   NOT NULL,
    role         text   NOT NULL CHECK (role IN ('admin', 'publisher', 'security', 'auditor')),
    hash         text   NOT NULL CONSTRAINT access_tokens_hash UNIQUE,
    hint         text   NOT NULL,
    issued_at    $int   NOT NULL,
    expires_at   $int   NOT NULL,
    revoked_at   $int,
    last_used_at $int,
    revision     $int   NOT NULL
);
CREATE INDEX access_tokens_operator ON access_tokens (operator_id, id);

CREATE TABLE sessions (
    id           $uuid  NOT NULL PRIMARY KEY,
    operator_id  $uuid  NOT NULL REFERENCES operators (id),
    hash         text   NOT NULL CONSTRAINT sessions_hash UNIQUE,
    created_at   $int   NOT NULL,
    last_seen_at $int   NOT NULL,
    expires_at   $int   NOT NULL
);
CREATE INDEX sessions_operator ON sessions (operator_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE sign_in_attempts (
    subject  text   NOT NULL PRIMARY KEY,
    failures $int   NOT NULL CHECK (failures >= 0),
    first_at $int   NOT NULL,
    last_at  $int   NOT NULL
);

CREATE TABLE setup_links (
    hash       text   NOT NULL PRIMARY KEY,
    created_at $int   NOT NULL,
    expires_at $int   NOT NULL,
    used_at    $int
);
";
