-- The ledger as `verifier.py -` reads it: a line of JSON for every event, in order, and one for the head; bytes as hex.
SELECT row_to_json(event) FROM (
    SELECT seq, encode(canonical, 'hex') AS canonical, encode(leaf_hash, 'hex') AS leaf_hash,
           encode(root_after, 'hex') AS root_after, at, action, actor_kind, actor_id, target_kind, target_id, outcome, request_id
    FROM audit_event ORDER BY seq
) AS event;
SELECT row_to_json(head) FROM (
    SELECT size, encode(frontier, 'hex') AS frontier, encode(root, 'hex') AS root, epoch FROM audit_head
) AS head;
