"""Start of the n-th container, under one supervisor, and what that one holds then."""
import re
import statistics
import subprocess
import time

from bench import written
from memory import held

STEPS = (1, 10, 100, 1000)
AROUND = 9  # starts that make one number


def measure(bench, table):
    part = table.part("scale", "Start of the n-th container (from the client's start to its end), ms", "what", "n", "ms: median (quartiles)", "over the first")
    last = ladder(bench, part, "no network", STEPS, [])
    ladder(bench, part, "network = bridge", STEPS, ["network = bridge", "bridge_subnet = 10.99.0.0/20"])
    part.note(f"median of {AROUND} starts around n")
    table.done(part)
    resident = table.part("scale-memory", "The supervisor, KiB", "containers", "peak resident", "private, written", "private with its own code")
    resident.add(STEPS[-1], *last)
    table.done(resident)


def ladder(bench, part, title, steps, lines):
    confs = [bench.configure(f"n{number}", "sleep 100000", "pids = 8", *lines) for number in range(steps[-1] + AROUND)]
    times = []
    first = None
    try:
        for conf in confs:
            began = time.perf_counter()
            bench.microctr("start", conf)
            times.append((time.perf_counter() - began) * 1e3)
        for step in steps:
            values = times[step - 1:step - 1 + AROUND]
            first = first or statistics.median(values)
            part.add(title, step, written(values), f"{statistics.median(values) / first:.2f}")
        state = (bench.work / "volatile" / "run" / "containers" / "n0" / "state").read_text()
        return held(int(re.search(r"^owner = (\d+)", state, re.M).group(1)))
    finally:
        names = [conf.stem for conf in confs[:len(times)]]
        for at in range(0, len(names), 50):
            bench.microctr("stop", "-t", "100ms", *names[at:at + 50], stdout=subprocess.DEVNULL)
            bench.microctr("remove", *names[at:at + 50])
