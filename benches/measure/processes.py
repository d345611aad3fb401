"""Starting programs, keeping them to one core, and reading what they used from /proc."""

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


class Failed(Exception):
    """Something did not happen; the text says what and what to do."""


class Group:
    """Programs that end when the group does, in the reverse order of their start."""

    def __init__(self, home: Path):
        self.home = home
        self.running = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        while self.running:
            end(self.running.pop())

    def start(self, name, command, core=None, environment=None):
        """Starts a program, on one core if one is given; what it says goes to `name`.log."""
        pinned = [] if core is None else on_core(core)
        log = open(self.home / f"{name}.log", "ab")
        process = subprocess.Popen(
            [*pinned, *map(str, command)],
            cwd=self.home,
            env={"PATH": os.environ["PATH"], "HOME": str(self.home), **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        self.running.append(process)
        return process


def on_core(core):
    """What keeps a command to one core."""
    return ["taskset", "-c", str(core)]


def end(process):
    """Asks a program to end, and waits for it."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port():
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(url, process, patience=20.0):
    """Waits until an address answers with success; gives how many seconds that took."""
    began = time.perf_counter()
    while time.perf_counter() - began < patience:
        if process.poll() is not None:
            raise Failed(f"{process.args} ended before {url} answered; its log says why")
        try:
            with urllib.request.urlopen(url, timeout=1):
                return time.perf_counter() - began
        except (urllib.error.URLError, OSError):
            time.sleep(0.002)
    raise Failed(f"{url} did not answer within {patience:.0f} s")


def family(pid):
    """A process and everything it started."""
    pids = [pid]
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in children.read_text().split():
            pids += family(int(child))
    return pids


def ticks(pids):
    """User and system time of these processes and their families, all threads, in clock ticks."""
    total = 0
    for parent in pids:
        for pid in family(parent):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])
    return total


def memory(pid):
    """Resident memory of a process in MB: VmRSS, VmHWM (its peak), and PSS (shared pages by their share)."""
    found = {}
    for file, names in (("status", ("VmRSS", "VmHWM")), ("smaps_rollup", ("Pss",))):
        for line in Path(f"/proc/{pid}/{file}").read_text().splitlines():
            name, _, rest = line.partition(":")
            if name in names:
                found[name] = round(int(rest.split()[0]) / 1024, 1)
    return found


def calm(patience):
    """Waits for a moment in which the machine does little else, but not for ever."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        before = busy()
        time.sleep(0.5)
        if (busy() - before) / TICKS_PER_SECOND < 0.25:
            return


def busy():
    """The ticks that all cores have spent working."""
    numbers = [int(n) for n in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    idle, waiting = numbers[3], numbers[4]
    return sum(numbers) - idle - waiting
