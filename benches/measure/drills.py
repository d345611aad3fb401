"""Drills under load: how long a revoked token goes on, at three gateways, and whether a rotation fails anybody."""

import base64
import json
import subprocess
import threading
import time
from http.client import HTTPConnection
from pathlib import Path

import postgres
from control_plane import room
from gateway import fill, nginx, write
from processes import Failed, Group, answers, free_port
from town import PATH, Town

HERE = Path(__file__).parent
GATEWAYS = 3
REVOCATIONS = 100
ROTATIONS = 20
LOAD_TOKENS = 20
# The load of each gateway: connections of wrk, which keep one thread of a gateway busy.
CONNECTIONS = 4


def revocation(programs, home):
    """From asking for a revocation until each of three gateways refuses the token, every one of them under load."""
    with city(programs, home) as town:
        tokens = town.issue(town.application, LOAD_TOKENS + REVOCATIONS)
        load, doomed = tokens[:LOAD_TOKENS], tokens[LOAD_TOKENS:]
        known = {row["jti"]: row["id"] for row in listed(town)}
        with town.under_load(load, 4 + REVOCATIONS // 2):
            time.sleep(2)
            moments = [revoke(town, token, known) for token in doomed]
    last = sorted(max(one["refused"]) for one in moments)
    answered = sorted(one["answered"] for one in moments)
    found = {"refused_everywhere_ms": quantiles(last), "answered_ms": quantiles(answered)}
    print(f"  {found}", flush=True)
    p50, p99 = found["refused_everywhere_ms"]["p50"], found["refused_everywhere_ms"]["p99"]
    return {
        **found,
        "load": town.told,
        "targets": [
            {"of": "refused at all gateways, p50, ms", "at_most": 150, "measured": p50, "met": p50 <= 150},
            {"of": "refused at all gateways, p99, ms", "at_most": 1000, "measured": p99, "met": p99 <= 1000},
        ],
        "terms": {"gateways": GATEWAYS, "revocations": REVOCATIONS, "connections": CONNECTIONS},
    }


def rotation(programs, home):
    """Twenty rotations while tokens are issued and used: no request may fail because of one."""
    with city(programs, home) as town:
        load = town.issue(town.application, LOAD_TOKENS)
        kids, issued, stop = set(), [], threading.Event()

        def consume():
            """A client that gets a token and calls with it at every gateway, over and over."""
            portal = HTTPConnection("127.0.0.1", town.portal)
            doors = [HTTPConnection("127.0.0.1", port) for port in town.doors]
            while not stop.is_set():
                token = town.issue_one(portal, town.application, f"drill {len(issued)}")
                issued.append([status(door, token) for door in doors])

        with town.under_load(load, 4 + 2 * ROTATIONS):
            client = threading.Thread(target=consume)
            client.start()
            for _ in range(ROTATIONS):
                time.sleep(1)
                kids.add(town.call("POST", "/keys/rotate", {"force": "a drill under load"})["active"])
            stop.set()
            client.join()
    failed = sum(one != 200 for statuses in issued for one in statuses)
    refused = sum(one["refused"] + one["broken"] for one in town.told)
    print(f"  {len(kids)} keys signed, {len(issued)} tokens issued and used, {failed + refused} requests failed", flush=True)
    return {
        "keys": len(kids),
        "issued": len(issued),
        "requests": sum(one["requests"] for one in town.told) + len(issued) * GATEWAYS,
        "load": town.told,
        "targets": [
            {"of": "requests that failed", "at_most": 0, "measured": failed + refused, "met": failed + refused == 0},
        ],
        "terms": {"gateways": GATEWAYS, "rotations": ROTATIONS, "connections": CONNECTIONS},
    }


class city:
    """A control plane on PostgreSQL with gateways apart, and one application."""

    def __init__(self, programs, home):
        self.programs, self.home = programs, home

    def __enter__(self):
        self.database = postgres.server()
        fresh_database = self.database.__enter__()
        self.group = Group(room(self.home, "city")).__enter__()
        upstream = free_port()
        config = fill(self.group.home, "upstream.conf", {"upstream": upstream, "body": "{}"})
        (self.group.home / "tmp").mkdir()
        self.group.start("upstream", nginx(self.group.home, config))
        town = Surrounded(self.group, self.programs, database=fresh_database())
        town.serve("--no-gateway")
        town.found()
        town.application = town.settle(f"http://127.0.0.1:{upstream}")
        town.doors = [town.open_gateway(number) for number in range(GATEWAYS)]
        return town

    def __exit__(self, *failure):
        self.group.__exit__(*failure)
        self.database.__exit__(*failure)


class Surrounded(Town):
    """A town whose gateways run apart."""

    def open_gateway(self, number):
        """Enrols and starts a gateway; gives its port."""
        token = write(self.group.home / f"gateway-{number}.token", [self.command("--quiet", "gateway", "enrol", f"gate-{number}")])
        token.chmod(0o600)
        port = free_port()
        command = [
            self.programs / "gatewright-gateway", "--listen", f"127.0.0.1:{port}", "--control-plane", self.issuer,
            "--token-file", token, f"--snapshot-key={self.command('gateway', 'snapshot-key')}",
            "--state-dir", self.group.home / f"state-{number}",
        ]
        process = self.group.start(f"gateway-{number}", command)
        answers(f"http://127.0.0.1:{port}/-/readyz", process)
        return port

    def under_load(self, tokens, seconds):
        return Load(self, write(self.group.home / "load", tokens), seconds)


class Load:
    """Every gateway called without a pause. What came of it stands in `told` afterwards."""

    def __init__(self, town, tokens, seconds):
        self.town, self.tokens, self.seconds = town, tokens, seconds

    def __enter__(self):
        script = ["-s", HERE / "tokens.lua"]
        self.running = [
            subprocess.Popen(
                ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{self.seconds}s", *script, f"http://127.0.0.1:{port}{PATH}", "--", self.tokens],
                stdout=subprocess.PIPE, text=True,
            )
            for port in self.town.doors
        ]

    def __exit__(self, *_):
        said = [process.communicate()[0] for process in self.running]
        lines = [[line for line in text.splitlines() if line.startswith("{")] for text in said]
        if not all(lines):
            raise Failed("the load did not say what came of it")
        self.town.told = [json.loads(found[0]) for found in lines]


def listed(town):
    """Every token of the application."""
    rows, after = [], ""
    while True:
        page = town.call("GET", f"/applications/{town.application}/tokens?limit=100{after}")
        rows += page["items"]
        if not page.get("next_cursor"):
            return rows
        after = f"&cursor={page['next_cursor']}"


def revoke(town, token, known):
    """Revokes a token while each gateway is asked again and again; gives when each refused, and when the answer came."""
    jti = json.loads(decoded(token.split(".")[1]))["jti"]
    refused, began, ready = [None] * GATEWAYS, [0.0], threading.Barrier(GATEWAYS + 1)

    def watch(index):
        door = HTTPConnection("127.0.0.1", town.doors[index])
        if status(door, token) != 200:
            raise Failed("the token was refused before it was revoked")
        ready.wait()
        while status(door, token) == 200:
            pass
        refused[index] = (time.perf_counter() - began[0]) * 1000

    watchers = [threading.Thread(target=watch, args=[index]) for index in range(GATEWAYS)]
    for watcher in watchers:
        watcher.start()
    ready.wait()
    began[0] = time.perf_counter()
    town.call("POST", f"/tokens/{known[jti]}/revoke", {"reason": "a drill"})
    answered = (time.perf_counter() - began[0]) * 1000
    for watcher in watchers:
        watcher.join(30)
    if None in refused:
        raise Failed("a gateway went on accepting a revoked token")
    return {"refused": refused, "answered": answered}


def status(door, token):
    door.request("GET", PATH, headers={"Authorization": f"Bearer {token}"})
    answer = door.getresponse()
    answer.read()
    return answer.status


def decoded(part):
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def quantiles(sorted_ms):
    at = lambda share: round(sorted_ms[min(len(sorted_ms) - 1, int(share * len(sorted_ms)))], 1)
    return {"p50": at(0.5), "p99": at(0.99), "max": round(sorted_ms[-1], 1)}
