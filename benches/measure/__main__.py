"""Measures the product; `benches/run` says how. Results go to `benches/results`, one file of JSON per part."""

import argparse
import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
from datetime import datetime, timezone
from pathlib import Path

import contracts
import control_plane
import drills
import gateway
import library
import tell
from processes import Failed

TOP = Path(__file__).resolve().parents[2]
RESULTS = TOP / "benches" / "results"


def main():
    options = argparse.ArgumentParser(prog="benches/run", description=__doc__)
    options.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; all if none is named")
    options.add_argument("--rounds", type=int, default=30, help="rounds of the gateway part")
    options.add_argument("--seconds", type=int, default=2, help="how long a round of the gateway part sends requests")
    options.add_argument("--patience", type=int, default=30, help="how long a round waits for a calm machine")
    options.add_argument("--trial", action="store_true", help="keep no result")
    options = options.parse_args()
    for name in options.parts or PARTS:
        if name not in PARTS:
            raise Failed(f"there is no part {name}; there are {', '.join(PARTS)}")
        print(f"== {name}", flush=True)
        with tempfile.TemporaryDirectory(prefix="gatewright-bench.") as home:
            result = PARTS[name](Path(home), options)
        result = {"measured": measured(), **result}
        text = json.dumps(result, indent=1, ensure_ascii=False)
        if options.trial:
            print(text)
        else:
            (RESULTS / f"{name}.json").write_text(text + "\n")
            tell.rewrite()


PARTS = {
    "gateway": lambda home, options: gateway.measure(programs(), home, options.rounds, options.seconds, options.patience),
    "scaling": lambda *_: library.scaling(),
    "writes": lambda *_: library.writes(),
    "signatures": lambda *_: library.signatures(),
    "checks": lambda *_: library.checks(),
    "tokens": lambda *_: library.tokens(),
    "issuance": lambda home, _: control_plane.issuance(programs(), home),
    "revocation": lambda home, _: drills.revocation(programs(), home),
    "rotation": lambda home, _: drills.rotation(programs(), home),
    "contracts": lambda home, _: contracts.measure(programs(), home, programs().parent / "bench-contracts"),
    "start": lambda home, _: control_plane.start(programs(), home),
    "memory": lambda home, _: control_plane.footprint(programs(), home),
}


def programs():
    """Where the release build is."""
    target = Path(os.environ.get("CARGO_TARGET_DIR", TOP / "target")) / "release"
    if not (target / "gatewright").exists():
        raise Failed("there is no release build; benches/run makes one")
    return target


def measured():
    """When, on what, and of which programs."""
    said = lambda *command: (lambda ran: (ran.stdout or ran.stderr).strip())(
        subprocess.run(command, capture_output=True, text=True, cwd=TOP)
    )
    models = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    return {
        "at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "commit": said("git", "rev-parse", "--short", "HEAD"),
        "processor": models[0].partition(":")[2].strip() if models else platform.processor(),
        "cores": os.cpu_count(),
        "kernel": platform.release(),
        "load_before": round(os.getloadavg()[0], 2),
        "nginx": said("nginx", "-v").rpartition("/")[2],
        "haproxy": said("haproxy", "-v").split()[2],
        "wrk": said("wrk", "-v").split()[1],
    }


if __name__ == "__main__":
    # Ending by a signal is ending in order, so that nothing that was started here stays behind.
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, lambda *_: sys.exit(1))
    try:
        main()
    except Failed as failure:
        sys.exit(f"benches/run: {failure}")
