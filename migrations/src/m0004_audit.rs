//! The ledger: append-only events, the head that numbers them, and what is kept apart from them. Read by `store::rows`.
//!
//! The triggers are speed bumps for honest mistakes; that tampering is found is the Merkle tree's promise, not theirs.

use crate::script::{Script, step};

step!("m0004_audit");

const SCRIPT: Script = Script {
    tables: TABLES,
    postgres: POSTGRES,
    sqlite: SQLITE,
};

const TABLES: &str = "
CREATE TABLE audit_event (
    seq         $int   NOT NULL PRIMARY KEY,
    canonical   $bytes NOT NULL,
    leaf_hash   $bytes NOT NULL,
    root_after  $bytes NOT NULL,
    at          $int   NOT NULL,
    action      text   NOT NULL,
    actor_kind  text   NOT NULL,
    actor_id    text   NOT NULL,
    target_kind text   NOT NULL,
    target_id   text   NOT NULL,
    outcome     text   NOT NULL,
    request_id  text
);
CREATE INDEX audit_event_at ON audit_event (at);
CREATE INDEX audit_event_action ON audit_event (action, seq);
CREATE INDEX audit_event_actor ON audit_event (actor_id, seq);
CREATE INDEX audit_event_target ON audit_event (target_id, seq);

CREATE TABLE audit_head (
    id       $int   NOT NULL PRIMARY KEY CHECK (id = 1),
    size     $int   NOT NULL CHECK (size >= 0),
    frontier $bytes NOT NULL,
    root     $bytes NOT NULL,
    epoch    $int   NOT NULL
);

CREATE TABLE audit_private (
    seq          $int   NOT NULL,
    path         text   NOT NULL,
    subject_id   text   NOT NULL,
    salt         $bytes NOT NULL,
    value        $bytes NOT NULL,
    retain_until $int,
    PRIMARY KEY (seq, path)
);
CREATE INDEX audit_private_subject ON audit_private (subject_id);

CREATE TABLE audit_verifications (
    at        $int   NOT NULL PRIMARY KEY,
    size      $int   NOT NULL,
    root      $bytes NOT NULL,
    first_bad $int
);
";

const POSTGRES: &str = "
CREATE FUNCTION audit_event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    RAISE EXCEPTION 'audit_event is append-only';
END
$body$;
CREATE TRIGGER audit_event_keeps_rows BEFORE UPDATE OR DELETE ON audit_event
    FOR EACH ROW EXECUTE FUNCTION audit_event_is_append_only();
CREATE TRIGGER audit_event_keeps_all BEFORE TRUNCATE ON audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION audit_event_is_append_only();
";

const SQLITE: &str = "
CREATE TRIGGER audit_event_keeps_rows BEFORE UPDATE ON audit_event
BEGIN
    SELECT RAISE(ABORT, 'audit_event is append-only');
END;
CREATE TRIGGER audit_event_keeps_all BEFORE DELETE ON audit_event
BEGIN
    SELECT RAISE(ABORT, 'audit_event is append-only');
END;
";
