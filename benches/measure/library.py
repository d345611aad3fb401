"""What the benches of the crates measure: audited writes, verifying and signing, and cost as the snapshot grows."""

import json
import re
import statistics
import subprocess
from pathlib import Path

from processes import Failed

TOP = Path(__file__).resolve().parents[2]
RUNS = 3
TARGETS = [("SQLite", 500), ("PostgreSQL", 1000)]


def bench(crate, name, *arguments):
    """Runs a bench of a crate and gives what it prints."""
    command = ["cargo", "bench", "--quiet", "--locked", "-p", crate, "--bench", name, "--", *arguments]
    ran = subprocess.run(command, cwd=TOP, capture_output=True, text=True)
    if ran.returncode != 0:
        raise Failed(f"{' '.join(command)}: {ran.stderr.strip()}")
    print("".join(f"  {line}\n" for line in ran.stdout.splitlines()), end="", flush=True)
    return ran.stdout


def writes():
    """Audited writes per second on both engines, and how many events per second are verified afterwards."""
    runs = [one_run() for _ in range(RUNS)]
    found = {
        engine: {name: spread([run[engine][name] for run in runs]) for name in rates}
        for engine, rates in runs[0].items()
    }
    return {
        "audited_writes_per_second": found,
        "targets": [verdict(engine, least, found[engine]) for engine, least in TARGETS],
        "terms": {"runs": RUNS},
    }


def one_run():
    text = bench("gatewright-store", "audited_writes")
    found = {}
    for engine, writers, rate in re.findall(r"^(\w+), .*?, (\d+) writers: (\d+) audited writes", text, re.M):
        found.setdefault(engine, {})[f"{writers} at once"] = int(rate)
    verified = re.findall(r"^(\w+), .*?: (\d+) events verified in ([0-9.]+)(ms|s), valid: (\w+)", text, re.M)
    for engine, events, span, unit, valid in verified:
        if valid != "true":
            raise Failed(f"the trail on {engine} does not verify")
        seconds = float(span) / (1000 if unit == "ms" else 1)
        found[engine]["events verified"] = round(int(events) / seconds)
    return found


def spread(rates):
    return {"median": statistics.median(rates), "min": min(rates), "max": max(rates)}


def verdict(engine, least, found):
    best = max((rates for name, rates in found.items() if name.endswith("at once")), key=lambda rates: rates["median"])
    measured = best["median"]
    return {"on": engine, "at_least": least, "measured": measured, "met": measured >= least}


def signatures():
    """Microseconds on one core: the bare signature and the whole of verifying and signing."""
    text = bench("gatewright-token", "verify", "--noplot")
    units = {"ns": 1e-3, "µs": 1, "ms": 1e3}
    times = re.findall(r"^es256/(\w+)\s+time:\s+\[\S+ \S+ (\S+) (\S+)", text, re.M)
    found = {name: round(float(time) * units[unit], 2) for name, time, unit in times}
    ratio = round(found["verify"] / found["signature"], 2)
    target = {"of": "verify, as a multiple of the bare signature", "at_most": 1.15, "measured": ratio, "met": ratio <= 1.15}
    return {"es256_us": found, "signatures_per_second_of_one_core": round(1e6 / found["sign"]), "targets": [target]}


def checks():
    """Nanoseconds of what a gateway does with a token that it knows: recalling it, and asking whether it was revoked."""
    found = {}
    for name in ["remembered", "revocation"]:
        text = bench("gatewright-gateway", name, "--noplot")
        times = re.findall(r"^(?:remembered token|revocation check)/(.+?)\s+time:\s+\[\S+ \S+ (\S+) (\S+)", text, re.M)
        found |= {case: round(float(time) * {"ns": 1, "µs": 1e3}[unit], 1) for case, time, unit in times}
    goal = lambda of, at_most: {"of": of, "at_most": at_most, "measured": found[of], "met": found[of] <= at_most}
    targets = [goal("hash and look-up", 1000), goal("1000000 entries, not revoked", 50)]
    return {"ns": found, "targets": targets}


def tokens():
    """Tokens per second of clients that ask for their own, beside the signatures of one core and bare group commits."""
    text = bench("gatewright-keys", "token_service")
    bare = re.search(r"^ES256: (\d+) signatures", text, re.M)
    rows = dict(re.findall(r"^(\w+), .*?: (\d+) rows per second", text, re.M))
    issued = dict(re.findall(r"^(\w+), .*? clients: (\d+) tokens per second", text, re.M))
    one = lambda engine: {
        "tokens": int(issued[engine]),
        "bare group commits": int(rows[engine]),
        "of bare group commits": round(int(issued[engine]) / int(rows[engine]), 2),
        "of signatures of one core": round(int(issued[engine]) / int(bare[1]), 2),
    }
    found = {engine: one(engine) for engine in issued}
    goal = lambda engine, least: {
        "on": engine,
        "at_least": least,
        "measured": found[engine]["tokens"],
        "met": found[engine]["tokens"] >= least,
    }
    return {
        "per_second": found,
        "signatures_per_second_of_one_core": int(bare[1]),
        "targets": [goal("SQLite", 3000), goal("PostgreSQL", 5000)],
    }


def scaling():
    """What a request costs in larger installations, as a multiple of its cost in the smallest."""
    text = bench("gatewright-gateway", "scaling")
    cases = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    for case in cases:
        case["met"] = case["ratio"] <= case["at_most"]
    return {"cases": cases}
