//! Clients that register themselves: the initial access tokens with which they do, and the hold each has on its own
//! registration. Read by `store::rows::initial_token` and `store::rows::own_registration`.

use crate::script::{Script, step};

step!("m0022_registering");

const SCRIPT: Script = Script {
    tables: TABLES,
    postgres: "",
    sqlite: "",
};

const TABLES: &str = "
CREATE TABLE initial_tokens (
    id           $uuid NOT NULL PRIMARY KEY,
    consumer_id  $uuid NOT NULL REFERENCES consumers (id),
    name         text  NOT NULL,
    fingerprint  text  NOT NULL CONSTRAINT initial_tokens_fingerprint UNIQUE,
    hint         text  NOT NULL,
    grants       $json NOT NULL,
    methods      $json NOT NULL,
    scopes       $json,
    senders      text  NOT NULL,
    issuer_id    $uuid REFERENCES operators (id),
    issued_at    $int  NOT NULL,
    expires_at   $int  NOT NULL,
    most         $int  NOT NULL,
    used         $int  NOT NULL,
    last_used_at $int,
    revoked_at   $int,
    revision     $int  NOT NULL,
    CONSTRAINT initial_tokens_lifetime CHECK (issued_at < expires_at),
    CONSTRAINT initial_tokens_uses CHECK (0 <= used AND used <= most)
);
CREATE INDEX initial_tokens_consumer ON initial_tokens (consumer_id, id);

CREATE TABLE own_registrations (
    application_id   $uuid NOT NULL PRIMARY KEY REFERENCES applications (id),
    initial_token_id $uuid NOT NULL REFERENCES initial_tokens (id),
    name             text,
    grants           $json NOT NULL,
    methods          $json NOT NULL,
    scopes           $json,
    senders          text  NOT NULL,
    newest           text  NOT NULL CONSTRAINT own_registrations_newest UNIQUE,
    before           text  CONSTRAINT own_registrations_before UNIQUE,
    successor        $bytes,
    turns            $int  NOT NULL,
    begun_at         $int  NOT NULL,
    ended_at         $int,
    revision         $int  NOT NULL,
    CONSTRAINT own_registrations_successor CHECK ((before IS NULL) = (successor IS NULL))
);
CREATE INDEX own_registrations_initial_token ON own_registrations (initial_token_id);
";
