"""The control plane: how many tokens a second it issues, how soon it is ready, and how much memory it takes."""

import json
import statistics
import subprocess
import time
from pathlib import Path

import postgres
from gateway import fill, nginx, write
from processes import Failed, Group, end, free_port, memory
from town import PATH, SCOPE, Town

HERE = Path(__file__).parent
CONNECTIONS = (1, 8, 32)
SPAN = 8
STARTS = 7
LIVE_TOKENS = 10_000
IDLE_S = 10


def engines(fresh_database):
    """Both engines, each with what makes a new database; SQLite keeps its own in the data directory."""
    return {"SQLite": lambda: None, "PostgreSQL": fresh_database}


def issuance(programs, home):
    """Tokens issued over HTTP per second, on both engines."""
    found = {}
    with postgres.server() as fresh_database:
        for engine, database in engines(fresh_database).items():
            with Group(room(home, engine)) as group:
                town = Town(group, programs, database=database())
                town.serve()
                town.found()
                application = town.settle("http://127.0.0.1:9")
                found[engine] = [issue(town, application, at_once) for at_once in CONNECTIONS]
                print(f"  {engine}: {[row['rate'] for row in found[engine]]} tokens/s", flush=True)
    return {"issuance": found, "terms": {"connections": CONNECTIONS, "seconds": SPAN}}


def issue(town, application, at_once):
    url = f"{town.issuer}/api/v1/applications/{application}/tokens"
    command = ["wrk", "-t1", f"-c{at_once}", f"-d{SPAN}s", "-s", HERE / "issue.lua", url, "--", town.token, SCOPE]
    ran = subprocess.run(command, capture_output=True, text=True)
    lines = [line for line in ran.stdout.splitlines() if line.startswith("{")]
    row = json.loads(lines[0]) if lines else {"refused": ran.stdout + ran.stderr, "broken": 0}
    if row["refused"] or row["broken"]:
        raise Failed(f"issuing failed: {row}")
    rate = round(row["requests"] / row["microseconds"] * 1e6)
    return {"connections": at_once, "rate": rate, "p50_us": row["p50_us"], "p99_us": row["p99_us"]}


def start(programs, home):
    """From exec to the first good answer of /readyz: a new installation, and one that is there already."""
    found = {}
    with postgres.server() as fresh_database:
        for engine, database in engines(fresh_database).items():
            new, again = [], []
            for number in range(STARTS):
                with Group(room(home, f"{engine}-{number}")) as group:
                    town = Town(group, programs, database=database())
                    for times in (new, again):
                        began = time.perf_counter()
                        process = town.serve()
                        times.append(round(time.perf_counter() - began, 3))
                        end(process)
            found[engine] = {name: spread(times) for name, times in (("new", new), ("again", again))}
            print(f"  {engine}: {found[engine]}", flush=True)
    ready = found["SQLite"]["new"]["median"]
    return {
        "start_s": found,
        "targets": [{"of": "a new SQLite installation, s", "at_most": 1, "measured": ready, "met": ready <= 1}],
        "terms": {"starts": STARTS},
    }


def footprint(programs, home):
    """Resident memory: idle, with many live tokens, and when the gateway has verified each of them."""
    with Group(room(home, "memory")) as group:
        upstream = free_port()
        config = fill(group.home, "upstream.conf", {"upstream": upstream, "body": "{}"})
        (group.home / "tmp").mkdir()
        group.start("upstream", nginx(group.home, config))
        town = Town(group, programs)
        process = town.serve()
        time.sleep(IDLE_S)
        found = {"idle": memory(process.pid)}
        town.found()
        application = town.settle(f"http://127.0.0.1:{upstream}")
        tokens = town.issue(application, LIVE_TOKENS)
        time.sleep(IDLE_S)
        found[f"{LIVE_TOKENS} live tokens"] = memory(process.pid)
        verify_each(town, write(group.home / "tokens", tokens))
        time.sleep(IDLE_S)
        found["each verified by the gateway"] = memory(process.pid)
        threads = len(list(Path(f"/proc/{process.pid}/task").iterdir()))
        print(f"  {found}", flush=True)
    idle = found["idle"]["VmRSS"]
    return {
        "memory_mb": found,
        "targets": [{"of": "idle, VmRSS in MB", "at_most": 60, "measured": idle, "met": idle <= 60}],
        "terms": {"idle_s": IDLE_S, "live_tokens": LIVE_TOKENS, "threads": threads},
    }


def verify_each(town, tokens):
    """Sends every token through the gateway, in the order of their issue, over and over."""
    command = ["wrk", "-t1", "-c32", "-d15s", "-s", HERE / "tokens.lua", f"http://127.0.0.1:{town.gateway}{PATH}"]
    ran = subprocess.run([*command, "--", tokens], capture_output=True, text=True)
    lines = [line for line in ran.stdout.splitlines() if line.startswith("{")]
    row = json.loads(lines[0]) if lines else {}
    if row.get("requests", 0) < LIVE_TOKENS or row["refused"] or row["broken"]:
        raise Failed(f"not every token was admitted: {ran.stdout}{ran.stderr}")


def room(home, name):
    place = home / name.lower()
    place.mkdir()
    return place


def spread(times):
    return {"median": statistics.median(times), "min": min(times), "max": max(times)}
