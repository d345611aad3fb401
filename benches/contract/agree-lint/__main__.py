"""How far our built-in rules agree with Spectral's: python3 benches/contract/agree-lint [options] FILE…

Runs Spectral (a foreign program, found through --spectral) and the example `lint` of the contract crate on the same files
with the same ruleset, and compares what they find by rule and JSON pointer. Agreement is what both find, of what either
finds. Documents are not kept in this repository; those that were tried are named in docs/contract-lint.md.
"""

import argparse
import collections
import json
import pathlib
import subprocess
import sys
import tempfile
import time

# What Spectral says about reading a document, which is no rule of a ruleset.
NO_RULES = {"parser", "invalid-ref", "unrecognized-format"}


def pointer(path):
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def peer(spectral, ruleset, file, kept):
    """What Spectral finds, from an earlier run where one was kept."""
    kept = kept and kept / f"{file.name}.spectral.json"
    if not (kept and kept.exists()):
        start = time.monotonic()
        command = [spectral, "lint", file, "-r", ruleset, "-f", "json", "-q"]
        done = subprocess.run(command, capture_output=True, text=True)
        print(f"  Spectral: {time.monotonic() - start:.1f} s", file=sys.stderr)
        if not done.stdout.strip().startswith("["):
            sys.exit(f"Spectral failed on {file}: {done.stderr or done.stdout}")
        text = done.stdout
        if kept:
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_text(text)
    else:
        text = kept.read_text()
    findings, _ = json.JSONDecoder().raw_decode(text)
    return {(it["code"], pointer(it["path"])): it["message"] for it in findings if it["code"] not in NO_RULES}


def ours(program, ruleset, file):
    done = subprocess.run([program, ruleset, file], capture_output=True, text=True)
    print("  " + done.stderr.strip().replace("\n", "\n  "), file=sys.stderr)
    findings = map(json.loads, done.stdout.splitlines())
    return {(it["rule"], it["pointer"]): it["message"] for it in findings}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--spectral", required=True, help="the program spectral")
    parser.add_argument("--ours", default="target/release/examples/lint", help="the example `lint`, built")
    parser.add_argument("--ruleset", help="a ruleset for both; otherwise all rules of spectral:oas")
    parser.add_argument("--peer-ruleset", help="a ruleset for Spectral alone, where it has the same rules under another name")
    parser.add_argument("--keep", type=pathlib.Path, help="a folder that keeps what Spectral found, for the next run")
    parser.add_argument("--show", type=int, default=3, help="how many disagreements of each rule are listed")
    parser.add_argument("files", nargs="+", type=pathlib.Path)
    given = parser.parse_args()
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as built_in:
        built_in.write("extends: [[spectral:oas, all]]\n")
        built_in.flush()
        ruleset = given.ruleset or built_in.name
        total = collections.Counter()
        for file in given.files:
            theirs = peer(given.spectral, given.peer_ruleset or ruleset, file, given.keep)
            mine = ours(given.ours, ruleset, file)
            both, either = theirs.keys() & mine.keys(), theirs.keys() | mine.keys()
            total.update(both=len(both), either=len(either))
            print(f"{file.name}: {len(both)} of {len(either)}, {100 * len(both) / max(len(either), 1):.1f} %")
            for name, found in [("only Spectral", theirs), ("only ours", mine)]:
                rules = collections.defaultdict(list)
                for rule, place in sorted(found.keys() - both):
                    rules[rule].append(place)
                for rule, places in rules.items():
                    print(f"  {name}: {rule}: {len(places)}")
                    for place in places[: given.show]:
                        print(f"    {place or 'the document'}: {found[rule, place]}")
        print(f"all: {total['both']} of {total['either']}, {100 * total['both'] / max(total['either'], 1):.1f} %")


if __name__ == "__main__":
    main()
