"""What a request costs through the gateway with everything on, and through others, as CPU time of the proxy.

One proxy at a time has core 0; the load, the upstream and the control plane share core 1. Counted is the user and system
time of every process that takes part in answering: for `auth_request` that is nginx and the verifier it asks.

Whatever else the machine does makes requests dearer, by cold caches and by preemption. So rounds are short, many and
interleaved, each says how much of the machine strangers used meanwhile, and what is compared are the medians of the
quietest third of each contender's rounds.
"""

import json
import re
import resource
import statistics
import subprocess
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import keys
from processes import Failed, Group, TICKS_PER_SECOND, answers, busy, calm, free_port, on_core, ticks
from town import PATH, Town

HERE = Path(__file__).parent
RIVALS = HERE.parent / "rivals"
BODY = json.dumps({"id": 1, "item": "tea", "quantity": 2, "note": "x" * 200})
PROXY, LOAD = 0, 1
TOKENS, CONNECTIONS = 100, 64
QUIETEST = 1 / 3
BASE = "nginx, no authentication"

# How often the cost of the first may be that of the second, at most.
TARGETS = [
    ("nginx, no authentication", 1.35),
    ("nginx auth_request, JWT verifier ES256", 0.65),
    ("HAProxy jwt_verify RS256", 0.45),
    ("HAProxy jwt_verify ES256", 0.25),
]


@dataclass
class Contender:
    """A way through which requests are sent."""

    name: str
    port: int
    pids: list
    tokens: Path | None
    path: str = "/orders/1"
    rounds: list = field(default_factory=list)


def measure(programs, home, rounds, seconds, patience):
    """Runs it all; gives every round of every contender."""
    with Group(home) as group:
        contenders, dropped = start(group, programs)
        for contender in contenders:
            one_round(contender, 1, group)
        before = dropped()
        for number in range(rounds):
            calm(patience)
            for contender in contenders:
                contender.rounds.append(one_round(contender, seconds, group))
            costs = [f"{one.rounds[-1]['cpu_us']:.1f}" for one in contenders]
            strangers = contenders[0].rounds[-1]["strangers"]
            print(f"  {number + 1}/{rounds}: {' '.join(costs)} µs of CPU; strangers {strangers} cores", flush=True)
        lost = dropped() - before
    base = next(one for one in contenders if one.name == BASE)
    requests = sum(row["requests"] for row in contenders[0].rounds)
    return {
        "contenders": {one.name: summary(one, base) for one in contenders},
        "targets": [verdict(rival, most, contenders) for rival, most in TARGETS],
        "access_records": {"requests": requests, "dropped": lost},
        "rounds": {one.name: one.rounds for one in contenders},
        "terms": {"rounds": rounds, "seconds": seconds, "connections": CONNECTIONS, "tokens": TOKENS},
    }


def start(group, programs):
    """Starts the upstream, the product, and the others; gives the contenders, ours first."""
    home = group.home
    names = ("upstream", "allow", "verifier", "plain", "asks_nobody", "asks_verifier", "haproxy", "es256", "rs256")
    ports = {name: free_port() for name in names}
    (home / "tmp").mkdir()
    filled = lambda name, **more: fill(home, name, {**ports, "home": home, **more})
    upstream = group.start("upstream", nginx(home, filled("upstream.conf", body=BODY)), core=LOAD)
    answers(f"http://127.0.0.1:{ports['upstream']}/", upstream)

    town = Town(group, programs, core=LOAD)
    town.serve("--no-gateway", "--gateway-url", f"http://127.0.0.1:{town.gateway}")
    town.found()
    application = town.settle(f"http://127.0.0.1:{ports['upstream']}")
    tokens = town.issue(application, TOKENS)
    gateway, dropped = start_gateway(group, programs, town)

    jwks = urllib.request.urlopen(f"{town.issuer}/oauth2/jwks").read()
    (home / "jwks.json").write_bytes(jwks)
    active = next(key for key in json.loads(jwks)["keys"] if key["kid"] == keys.kid(tokens[0]))
    (home / "es256.pem").write_text(keys.pem(active))
    es256 = write(home / "es256.tokens", tokens)
    rs256 = write(home / "rs256.tokens", keys.sign_with_rsa(home, tokens))

    allow = group.start("allow", nginx(home, filled("allow.conf")), core=PROXY)
    verifier = programs / "examples" / "auth_request"
    verifier = [verifier, f"127.0.0.1:{ports['verifier']}", town.issuer, home / "jwks.json"]
    verifier = group.start("verifier", verifier, core=PROXY)
    plain = group.start("nginx", nginx(home, filled("nginx.conf")), core=PROXY)
    said = keys.claims(tokens[0])
    config = filled("haproxy.cfg", issuer=said["iss"], audience=said["aud"])
    haproxy = group.start("haproxy", ["haproxy", "-db", "-f", config], core=PROXY)
    for name, process in (("plain", plain), ("haproxy", haproxy)):
        answers(f"http://127.0.0.1:{ports[name]}/", process)
    return [
        Contender("Gatewright, everything on", town.gateway, [gateway.pid], es256, PATH),
        Contender(BASE, ports["plain"], [plain.pid], es256),
        Contender("nginx, no authentication, no credential sent", ports["plain"], [plain.pid], None),
        Contender("HAProxy, no authentication", ports["haproxy"], [haproxy.pid], es256),
        Contender("nginx auth_request, answered 204 unread", ports["asks_nobody"], [plain.pid, allow.pid], es256),
        Contender("nginx auth_request, JWT verifier ES256", ports["asks_verifier"], [plain.pid, verifier.pid], es256),
        Contender("HAProxy jwt_verify RS256", ports["rs256"], [haproxy.pid], rs256),
        Contender("HAProxy jwt_verify ES256", ports["es256"], [haproxy.pid], es256),
    ], dropped


def start_gateway(group, programs, town):
    """Enrols and starts a gateway with one thread; gives it, and a look at how many records it lost."""
    enrolled = town.call("POST", "/gateways", {"name": "bench"})
    secret, metrics = group.home / "gateway-token", group.home / "metrics-token"
    secret.write_text(enrolled["token"])
    metrics.write_text("bench")
    flags = {
        "--control-plane": town.issuer,
        "--snapshot-key": enrolled["snapshot_key"],
        "--token-file": secret,
        "--metrics-token-file": metrics,
        "--listen": f"127.0.0.1:{town.gateway}",
        "--threads": 1,
        "--state-dir": group.home / "state",
    }
    command = [programs / "gatewright-gateway", *(part for pair in flags.items() for part in pair)]
    gateway = group.start("gatewright-gateway", command, core=PROXY)
    answers(f"http://127.0.0.1:{town.gateway}/-/readyz", gateway)

    def dropped():
        page = urllib.request.Request(f"http://127.0.0.1:{town.gateway}/-/metrics")
        page.add_header("Authorization", "Bearer bench")
        text = urllib.request.urlopen(page).read().decode()
        return int(re.search(r"records_dropped_total (\d+)", text).group(1))

    return gateway, dropped


def fill(home, name, values):
    """A configuration with its blanks filled in."""
    text = (RIVALS / name).read_text()
    for blank, value in values.items():
        text = text.replace(f"@{blank}@", str(value))
    (home / name).write_text(text)
    return home / name


def nginx(home, config):
    return ["nginx", "-p", home, "-c", config, "-g", "daemon off;"]


def write(file, lines):
    file.write_text("".join(f"{line}\n" for line in lines))
    return file


def one_round(contender, seconds, group):
    """Sends requests for so long, and gives what that cost."""
    command = [*on_core(LOAD), "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s"]
    command += ["-s", HERE / "tokens.lua", f"http://127.0.0.1:{contender.port}{contender.path}"]
    command += ["--", contender.tokens] if contender.tokens else []
    before, ours_before, all_before = ticks(contender.pids), ours(group), busy()
    ran = subprocess.run(command, capture_output=True, text=True)
    used, all_used = ticks(contender.pids) - before, busy() - all_before
    strangers = all_used - (ours(group) - ours_before)
    lines = [line for line in ran.stdout.splitlines() if line.startswith("{")]
    if not lines:
        raise Failed(f"wrk said nothing of {contender.name}: {ran.stdout}{ran.stderr}")
    row = json.loads(lines[0])
    if row["refused"] or row["broken"]:
        raise Failed(f"{contender.name} refused {row['refused']} requests and broke {row['broken']}")
    spent = row.pop("microseconds") / 1e6
    row["rate"] = round(row["requests"] / spent)
    row["cpu_us"] = round(used / TICKS_PER_SECOND * 1e6 / row["requests"], 3)
    row["cpu_share"] = round(used / TICKS_PER_SECOND / spent, 2)
    row["strangers"] = round(strangers / TICKS_PER_SECOND / spent, 2)
    return row


def ours(group):
    """The ticks of everything that was started here, the load included."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    running = ticks([process.pid for process in group.running])
    return running + (ended.ru_utime + ended.ru_stime) * TICKS_PER_SECOND


def quiet(one):
    """The rounds in which strangers used least."""
    rounds = sorted(one.rounds, key=lambda row: row["strangers"])
    return rounds[: max(1, round(len(rounds) * QUIETEST))]


def cost(one):
    return statistics.median(row["cpu_us"] for row in quiet(one))


def summary(one, base):
    rows = quiet(one)
    costs = [row["cpu_us"] for row in rows]
    return {
        "ratio": round(cost(one) / cost(base), 2),
        "ratio_of_all_rounds": round(median_of_all(one) / median_of_all(base), 2),
        "cpu_us": {"median": round(cost(one), 2), "min": min(costs), "max": max(costs)},
        "strangers": {"min": rows[0]["strangers"], "max": rows[-1]["strangers"]},
        "rate": max(row["rate"] for row in rows),
        "p99_us": statistics.median(row["p99_us"] for row in rows),
    }


def median_of_all(one):
    return statistics.median(row["cpu_us"] for row in one.rounds)


def verdict(rival, most, contenders):
    other = next(one for one in contenders if one.name == rival)
    ratio = round(cost(contenders[0]) / cost(other), 2)
    return {"against": rival, "at_most": most, "measured": ratio, "met": ratio <= most}
