"""A throw-away PostgreSQL server with the durability of production; its keeper is the one that the tests use."""

import os
import subprocess
from contextlib import contextmanager
from pathlib import Path

from processes import Failed

KEEPER = Path(__file__).resolve().parents[2] / "crates" / "testkit" / "src" / "postgres.sh"


@contextmanager
def server():
    """Runs a server; gives what makes the address of a new, empty database."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda bin: int(bin.parent.name))
    if not found:
        raise Failed("PostgreSQL is not installed; on Debian: apt-get install --no-install-recommends postgresql")
    programs = found[-1]
    # PostgreSQL insists on another user than root.
    another = ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups", "--"]
    keep = ["sh", "-c", KEEPER.read_text(), "postgres.sh", programs, "on"]
    command = [*another, *keep] if os.geteuid() == 0 else keep
    keeper = subprocess.Popen(command, cwd="/", stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    socket = keeper.stdout.readline().strip()
    if not socket:
        raise Failed("PostgreSQL did not start; what it said stands above")
    made = 0

    def fresh_database():
        nonlocal made
        made += 1
        ask = [programs / "psql", "--quiet", "--host", socket, "--username", "gatewright", "--dbname", "postgres"]
        subprocess.run([*ask, "--command", f"create database bench_{made}"], check=True)
        return f"postgres://gatewright@localhost/bench_{made}?host={socket}"

    try:
        yield fresh_database
    finally:
        keeper.stdin.close()
        keeper.wait()
