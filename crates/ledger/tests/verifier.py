#!/usr/bin/env python3
"""A second verifier of the audit ledger, written from docs/book/src/audit-format.md alone, with the standard library alone.

    python3 verifier.py gatewright.db       an SQLite database
    python3 verifier.py -                   rows from standard input, one JSON object a line, bytes as hex: those of
                                            audit_event in the order of seq, then that of audit_head

Prints what it found; the exit code is 0 when the log is valid and 10 when it is not.
"""

import calendar
import hashlib
import json
import re
import sqlite3
import sys
import time

COLUMNS = "seq canonical leaf_hash root_after at action actor_kind actor_id target_kind target_id outcome request_id".split()
HEAD = "size frontier root epoch".split()


class Found(Exception):
    """The first check that fails: a number and a finding."""


class Unreadable(Exception):
    """Bytes that are no event (section 2)."""


# Section 2: the shape of an event.

def text(value):
    if not isinstance(value, str):
        raise Unreadable("not a text")


def integer(value):
    if isinstance(value, str) and re.fullmatch("[1-9][0-9]*", value, re.ASCII) and 2**53 < int(value) < 2**64:
        return
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 2**53:
        raise Unreadable("not an integer")


def number(value):
    return int(value)


def optional(shape):
    def check(value):
        if value is not None:
            shape(value)
    check.optional = True
    return check


def array(shape):
    def check(value):
        if not isinstance(value, list):
            raise Unreadable("not an array")
        for item in value:
            shape(item)
    return check


def members(**shapes):
    def check(value):
        if not isinstance(value, dict):
            raise Unreadable("not an object")
        for name in value.keys() - shapes.keys():
            raise Unreadable(f"unknown member {name}")
        for name, shape in shapes.items():
            if name not in value and not getattr(shape, "optional", False):
                raise Unreadable(f"no member {name}")
            shape(value.get(name))
    return check


def commitment(value):
    if not isinstance(value, dict) or value.keys() != {"$pii"}:
        raise Unreadable("not a commitment")
    text(value["$pii"])


MOMENT = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.(\d{3})Z", re.ASCII)


def milliseconds(at):
    parts = MOMENT.fullmatch(at)
    if not parts:
        raise Unreadable("not a moment")
    year, month, day, hour, minute, second, millis = map(int, parts.groups())
    try:
        # What the calendar does not have comes back as another moment, or not at all.
        seconds = calendar.timegm((year, month, day, hour, minute, second))
    except ValueError as error:
        raise Unreadable("not a moment") from error
    if time.gmtime(seconds)[:6] != (year, month, day, hour, minute, second):
        raise Unreadable("not a moment")
    return seconds * 1000 + millis


EVENT = members(
    action=text,
    actor=members(auth=optional(text), id=text, kind=text, on_behalf_of=optional(text), session=optional(text)),
    at=text,
    change=optional(members(
        diff=array(members(new=optional(text), old=optional(text), p=text)),
        from_hash=optional(text), omitted=integer, to_hash=optional(text))),
    epoch=integer,
    id=text,
    links=members(approval=optional(integer), intent=optional(integer), supersedes=optional(integer)),
    outcome=text,
    reason=optional(text),
    request=optional(members(id=text, method=optional(text), route=optional(text))),
    seq=integer,
    source=members(build=text, ip=optional(commitment), node=optional(text), ua=optional(commitment), via=text),
    target=members(id=text, kind=text, label=text, parent=optional(text)),
    v=integer,
)


def read(canonical):
    def once(pairs):
        if len({name for name, _ in pairs}) < len(pairs):
            raise Unreadable("a member appears twice")
        return dict(pairs)

    def refuse(literal):
        raise Unreadable(f"{literal} is no integer")

    def whole(literal):
        return refuse(literal) if literal.startswith("-") else int(literal)

    if len(canonical) > 65535:
        raise Unreadable("too long")
    try:
        event = json.loads(canonical.decode("utf-8"), object_pairs_hook=once, parse_float=refuse, parse_int=whole, parse_constant=refuse)
        json.dumps(event, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise Unreadable(str(error)) from error
    EVENT(event)
    if event["v"] != 1:
        raise Unreadable("another version")
    milliseconds(event["at"])
    return event


# Section 5: the tree.

def sha256(data):
    return hashlib.sha256(data).digest()


def leaf(data):
    return sha256(b"\0" + data)


def node(left, right):
    return sha256(b"\1" + left + right)


class Frontier:
    def __init__(self, size=0, hashes=()):
        self.size, self.hashes = size, list(hashes)

    def with_leaf(self, top):
        hashes, bits = self.hashes[:], self.size
        while bits & 1:
            top, bits = node(hashes.pop(), top), bits >> 1
        return Frontier(self.size + 1, hashes + [top])

    def root(self):
        if not self.hashes:
            return sha256(b"")
        root = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            root = node(left, root)
        return root

    def subtrees(self):
        """The first leaf, the number of leaves and the hash of every complete subtree."""
        first = 0
        for bit, top in zip((b for b in range(self.size.bit_length() - 1, -1, -1) if self.size >> b & 1), self.hashes):
            yield first, 1 << bit, top
            first += 1 << bit


# Section 6: verifying.

def repeated(event):
    """The columns that repeat the event (section 1)."""
    request, actor, target = event.get("request"), event["actor"], event["target"]
    return {
        "at": milliseconds(event["at"]), "action": event["action"], "outcome": event["outcome"],
        "actor_kind": actor["kind"], "actor_id": actor["id"],
        "target_kind": target["kind"], "target_id": target["id"],
        "request_id": request["id"] if request else None,
    }


def verify(rows, head):
    frontier, before, epoch = Frontier(), None, 0
    for row in rows:
        n = frontier.size
        if row["seq"] < n:
            raise Found(row["seq"], "inserted")
        if row["seq"] > n:
            raise Found(n, "missing")
        own = leaf(row["canonical"])
        after = frontier.with_leaf(own)
        if own != row["leaf_hash"]:
            raise Found(n, "edited leaf hash" if after.root() == row["root_after"] else "edited event")
        try:
            event = read(row["canonical"])
        except Unreadable as error:
            raise Found(n, "unreadable") from error
        says = number(event["seq"])
        if says != n:
            stood_there = says == n - 1 and before is not None and before.with_leaf(own).root() == row["root_after"]
            raise Found(n - 1, "inserted") if stood_there else Found(n, "misplaced")
        if after.root() != row["root_after"]:
            raise Found(n, "root does not follow")
        if any(row[column] != value for column, value in repeated(event).items()):
            raise Found(n, "column differs")
        if number(event["epoch"]) < epoch:
            raise Found(n, "epoch runs backwards")
        before, frontier, epoch = frontier, after, number(event["epoch"])
    judge(head, frontier, epoch)
    return frontier


def judge(head, frontier, epoch):
    n, size, stored = frontier.size, head["size"], head["frontier"]
    if size < 0 or len(stored) != 32 * size.bit_count():
        raise Found(n, "edited head")
    known = Frontier(size, [stored[at:at + 32] for at in range(0, len(stored), 32)])
    if known.root() != head["root"]:
        raise Found(n, "edited head")
    for mine, theirs in zip(frontier.subtrees(), known.subtrees()):
        if mine[:2] != theirs[:2]:
            break
        if mine[2] != theirs[2]:
            raise Found(mine[0], "other history")
    if size > n:
        raise Found(n, "truncated")
    if size < n:
        raise Found(size, "not in head")
    if head["epoch"] < epoch:
        raise Found(n, "edited head")


# Where rows come from.

def from_sqlite(path):
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    head = database.execute(f"SELECT {', '.join(HEAD)} FROM audit_head").fetchone()
    rows = database.execute(f"SELECT {', '.join(COLUMNS)} FROM audit_event ORDER BY seq")
    return (dict(zip(COLUMNS, row)) for row in rows), dict(zip(HEAD, head))


def from_lines(lines):
    def row(line):
        row = json.loads(line)
        return {name: bytes.fromhex(value) if name in BYTES else value for name, value in row.items()}
    *rows, head = map(row, lines)
    return rows, head


BYTES = {"canonical", "leaf_hash", "root_after", "frontier", "root"}


def main(source):
    rows, head = from_lines(sys.stdin) if source == "-" else from_sqlite(source)
    try:
        frontier = verify(rows, head)
    except Found as found:
        seq, finding = found.args
        print(f"event {seq}: {finding}")
        return 10
    print(f"sound: {frontier.size} events, root {frontier.root().hex()}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) if len(sys.argv) == 2 else __doc__)
