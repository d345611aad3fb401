"""Tells the results as Markdown: what stands between the two marks in the README is written here, from the files of JSON."""

import json
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1]
BEGIN, END = "<!-- written by benches/run from results/ -->\n", "<!-- to here -->\n"


def rewrite():
    """Writes the results into the README."""
    readme = FOLDER / "README.md"
    before, _, rest = readme.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    told = [tell(json.loads(file.read_text())) for file, tell in files() if file.exists()]
    readme.write_text(before + BEGIN + "\n" + "\n".join(told) + "\n" + END + after)


def files():
    parts = {
        "gateway": gateway,
        "scaling": scaling,
        "writes": writes,
        "signatures": signatures,
        "checks": checks,
        "tokens": tokens,
        "issuance": issuance,
        "revocation": revocation,
        "rotation": rotation,
        "contracts": contracts,
        "start": start,
        "memory": memory,
    }
    return [(FOLDER / "results" / f"{name}.json", tell) for name, tell in parts.items()]


def table(heads, rows):
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(map(str, line))} |\n" for line in lines)


def page(title, result, *pieces):
    at = result["measured"]
    met = [target for target in result.get("targets", []) if not target["met"]]
    missed = "Every target was met." if not met else f"Missed: {len(met)} of {len(result['targets'])}."
    verdict = f" {missed}" if "targets" in result else ""
    when = f"Measured {at['at'][:10]} at {at['commit']}; load of the machine before: {at['load_before']}.{verdict}\n"
    return "\n".join([f"### {title}\n", when, *pieces])


def met(target):
    return "yes" if target["met"] else "**no**"


def gateway(result):
    found = result["contenders"]
    rows = [
        [name, f"{one['ratio']:.2f}", f"{one['ratio_of_all_rounds']:.2f}", spread(one["cpu_us"]), strangers(one)]
        for name, one in found.items()
    ]
    heads = ["CPU per request", "nginx = 1", "of all rounds", "µs, quietest third", "cores that strangers used"]
    targets = [[one["against"], one["at_most"], one["measured"], met(one)] for one in result["targets"]]
    records, terms = result["access_records"], result["terms"]
    notes = (
        f"{terms['rounds']} rounds of {terms['seconds']} s each, {terms['connections']} connections,"
        f" {terms['tokens']} tokens. Access records: {records['requests']} written, {records['dropped']} lost.\n"
    )
    ours = table(["the gateway, as a multiple of", "at most", "measured", "met"], targets)
    return page("A request through the gateway and through others", result, table(heads, rows), ours, notes)


def spread(numbers):
    return f"{numbers['median']:g} ({numbers['min']:.1f} to {numbers['max']:.1f})"


def strangers(one):
    # The clock of the processor's accounts ticks a hundred times a second, so nothing can come out as less.
    least, most = (max(0, one["strangers"][name]) for name in ("min", "max"))
    return f"{least:.2f} to {most:.2f}"


def scaling(result):
    rows = [
        [case["case"], f"{case['ratio']:.2f}", case["at_most"], met(case), case["signatures_checked_again"]]
        for case in result["cases"]
    ]
    heads = ["in the snapshot", "cost of a request", "at most", "met", "signatures checked again"]
    return page("A request in larger installations", result, table(heads, rows))


def writes(result):
    found = result["audited_writes_per_second"]
    names = list(next(iter(found.values())))
    rows = [[engine, *(range_of(rates[name]) for name in names)] for engine, rates in found.items()]
    targets = [[one["on"], one["at_least"], one["measured"], met(one)] for one in result["targets"]]
    goal = table(["audited writes per second", "at least", "best", "met"], targets)
    return page("Audited writes per second", result, table(["engine", *names], rows), goal)


def range_of(rates):
    return f"{rates['median']:,} ({rates['min']:,} to {rates['max']:,})"


def signatures(result):
    rows = [[name, time] for name, time in result["es256_us"].items()]
    rate = f"One core signs {result['signatures_per_second_of_one_core']} tokens a second.\n"
    targets = [[one["of"], one["at_most"], one["measured"], met(one)] for one in result.get("targets", [])]
    goal = table(["", "at most", "measured", "met"], targets)
    return page("ES256 on one core", result, table(["step", "µs"], rows), goal, rate)


def checks(result):
    names = {"hash": "the name of a token, by SHA-256", "hash and look-up": "the name, and what is known of it"}
    named = lambda case: names.get(case, f"was it revoked? {case}")
    targets = {one["of"]: one for one in result["targets"]}
    aim = lambda case: [targets[case]["at_most"], met(targets[case])] if case in targets else ["", ""]
    rows = [[named(case), time, *aim(case)] for case, time in result["ns"].items()]
    return page("A token that is known already", result, table(["step", "ns", "at most", "met"], rows))


def tokens(result):
    found = result["per_second"]
    names = list(next(iter(found.values())))
    rows = [[engine, *(rates[name] for name in names)] for engine, rates in found.items()]
    targets = [[one["on"], one["at_least"], one["measured"], met(one)] for one in result["targets"]]
    goal = table(["tokens per second", "at least", "measured", "met"], targets)
    rate = f"One core signs {result['signatures_per_second_of_one_core']} tokens a second.\n"
    return page("Tokens per second of clients that ask for their own", result, table(["engine", *names], rows), goal, rate)


def issuance(result):
    counts = result["terms"]["connections"]
    rows = [[engine, *(row["rate"] for row in rates)] for engine, rates in result["issuance"].items()]
    heads = ["engine", *(f"{count} connections" for count in counts)]
    return page("Tokens issued over HTTP per second", result, table(heads, rows))


def contracts(result):
    rows = []
    for what, sizes in result["found"].items():
        for name, costs in sizes.items():
            for who, cost in costs.items():
                rows.append([f"{what}, {name}", who, cost["s"], cost["cpu_s"], cost["mb"]])
    heads = ["work", "by", "s", "s of processor", "peak, MB"]
    grown = [[one["what"], one["mb"], one["s"], one["ms_per_mb"]] for one in result["growth"]]
    growth = table(["work", "document, MB", "s", "ms per MB"], grown)
    largest = [[one["what"], one["file"], one["mb"], one["s"], one["cpu_s"], one["peak_mb"]] for one in result["largest"]]
    most = table(["work", "Microsoft Graph", "document, MB", "s", "s of processor", "peak, MB"], largest)
    aims = [[one["of"], one.get("at_least", ""), one.get("at_most", ""), one["measured"], met(one)] for one in result["targets"]]
    goal = table(["", "at least", "at most", "measured", "met"], aims)
    terms = result["terms"]
    notes = f"Documents: {terms['documents']}. Peers: {terms['oasdiff']}, {terms['Spectral']}. Whole programs, from start to end.\n"
    return page("Contracts, beside other programs", result, table(heads, rows), goal, growth, most, notes)


def start(result):
    rows = [[engine, spread_s(one["new"]), spread_s(one["again"])] for engine, one in result["start_s"].items()]
    return page("From exec to ready", result, table(["engine", "new installation", "started again"], rows))


def spread_s(times):
    return f"{times['median']:.2f} s ({times['min']:.2f} to {times['max']:.2f})"


def memory(result):
    rows = [[name, one["VmRSS"], one["Pss"], one["VmHWM"]] for name, one in result["memory_mb"].items()]
    heads = ["gatewright serve", "VmRSS, MB", "PSS, MB", "peak, MB"]
    return page("Resident memory", result, table(heads, rows))


def revocation(result):
    found, terms = result["refused_everywhere_ms"], result["terms"]
    rows = [[name, *(one[key] for key in ("p50", "p99", "max"))] for name, one in (
        ("until the last gateway refuses", found), ("until the answer, receipts included", result["answered_ms"]),
    )]
    load = sum(one["requests"] / one["microseconds"] * 1e6 for one in result["load"])
    notes = f"{terms['revocations']} revocations on PostgreSQL, {terms['gateways']} gateways apart, {load:,.0f} requests a second meanwhile.\n"
    title = "From a revocation to the last refusal, ms"
    return page(title, result, table(["", "p50", "p99", "longest"], rows), targets(result), notes)


def rotation(result):
    terms = result["terms"]
    notes = (
        f"{terms['rotations']} rotations on PostgreSQL under load at {terms['gateways']} gateways: {result['requests']:,} requests,"
        f" {result['issued']:,} tokens issued and used meanwhile.\n"
    )
    return page("Rotations under load", result, targets(result), notes)


def targets(result):
    rows = [[one["of"], one["at_most"], one["measured"], met(one)] for one in result["targets"]]
    return table(["", "at most", "measured", "met"], rows)
