//! Tokens that others have taken the place of, and what was said of ends that come. Read by `store::rows::succession`.
//!
//! A reminder holds no foreign key: it is of a token or of an API key, and swept by its age.

use crate::script::{Script, step};

step!("m0015_successions");

const SCRIPT: Script = Script {
    tables: TABLES,
    postgres: "",
    sqlite: "",
};

const TABLES: &str = "
CREATE TABLE token_successions (
    token_id     $uuid NOT NULL PRIMARY KEY REFERENCES tokens (id) ON DELETE CASCADE,
    successor_id $uuid NOT NULL REFERENCES tokens (id) ON DELETE CASCADE,
    ends_at      $int  NOT NULL,
    revision     $int  NOT NULL
);
CREATE INDEX token_successions_successor ON token_successions (successor_id);
CREATE INDEX token_successions_end ON token_successions (ends_at);

CREATE TABLE reminders (
    subject_id $uuid NOT NULL,
    days       $int  NOT NULL,
    at         $int  NOT NULL,
    PRIMARY KEY (subject_id, days)
);
CREATE INDEX reminders_at ON reminders (at);
";
