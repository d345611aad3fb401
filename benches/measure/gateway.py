"""What a request costs through the gateway with everything on, and through others, as CPU time of the proxy.

One proxy at a time has core 0; the load, the upstream and the control plane share core 1. Rounds are interleaved, so that
what else the machine does falls on all alike. Counted is the user and system time of every process that takes part in
answering: for `auth_request` that is nginx and the verifier it asks.
"""

import json
import re
import statistics
import subprocess
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import keys
from processes import Failed, Group, answers, busy, free_port, ticks, TICKS_PER_SECOND
from town import PATH, Town

HERE = Path(__file__).parent
RIVALS = HERE.parent / "rivals"
BODY = json.dumps({"id": 1, "item": "tea", "quantity": 2, "note": "x" * 200})
PROXY, LOAD = 0, 1
TOKENS, CONNECTIONS = 100, 64
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


def measure(programs, home, rounds, seconds):
    """Runs it all; gives every round of every contender."""
    with Group(home) as group:
        contenders, dropped = start(group, programs)
        for contender in contenders:
            one_round(contender, 1)
        before = dropped()
        for number in range(rounds):
            for contender in contenders:
                row = one_round(contender, seconds)
                contender.rounds.append(row)
                print(f"  {number + 1}/{rounds} {contender.name}: {row['cpu_us']:.2f} µs of CPU", flush=True)
        lost = dropped() - before
    ours = sum(row["requests"] for row in contenders[0].rounds)
    return {
        "contenders": {one.name: summary(one, contenders) for one in contenders},
        "targets": [verdict(rival, most, contenders) for rival, most in TARGETS],
        "access_records": {"requests": ours, "dropped": lost},
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


def one_round(contender, seconds):
    """Sends requests for so long, and gives what that cost."""
    command = ["taskset", "-c", str(LOAD), "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s"]
    command += ["-s", HERE / "tokens.lua", f"http://127.0.0.1:{contender.port}{contender.path}"]
    command += ["--", contender.tokens] if contender.tokens else []
    before, all_before = ticks(contender.pids), busy()
    ran = subprocess.run(command, capture_output=True, text=True)
    used, all_used = ticks(contender.pids) - before, busy() - all_before
    lines = [line for line in ran.stdout.splitlines() if line.startswith("{")]
    if not lines:
        raise Failed(f"wrk said nothing of {contender.name}: {ran.stdout}{ran.stderr}")
    row = json.loads(lines[0])
    if row["refused"] or row["broken"]:
        raise Failed(f"{contender.name} refused {row['refused']} requests and broke {row['broken']}")
    spent = row["microseconds"] / 1e6
    row["rate"] = round(row["requests"] / spent)
    row["cpu_us"] = round(used / TICKS_PER_SECOND * 1e6 / row["requests"], 3)
    row["cpu_share"] = round(used / TICKS_PER_SECOND / spent, 2)
    row["machine_share"] = round(all_used / TICKS_PER_SECOND / spent, 2)
    return row


def ratios(one, other):
    """Round by round, how often the cost of the other is that of the one."""
    return [a["cpu_us"] / b["cpu_us"] for a, b in zip(one.rounds, other.rounds)]


def summary(one, contenders):
    base = next(other for other in contenders if other.name == BASE)
    costs = [row["cpu_us"] for row in one.rounds]
    paired = ratios(one, base)
    return {
        "cpu_us": {"median": round(statistics.median(costs), 2), "min": min(costs), "max": max(costs)},
        "ratio": {
            "median": round(statistics.median(paired), 2),
            "min": round(min(paired), 2),
            "max": round(max(paired), 2),
            "of_minima": round(min(costs) / min(row["cpu_us"] for row in base.rounds), 2),
        },
        "rate": max(row["rate"] for row in one.rounds),
        "p99_us": statistics.median(row["p99_us"] for row in one.rounds),
    }


def verdict(rival, most, contenders):
    other = next(one for one in contenders if one.name == rival)
    ratio = round(statistics.median(ratios(contenders[0], other)), 2)
    return {"against": rival, "at_most": most, "measured": ratio, "met": ratio <= most}
