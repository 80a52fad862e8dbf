"""Start of the n-th container, under one supervisor, and what that one holds then."""
import re
import statistics
import subprocess
import time

from bench import written
from floor import Floor
from memory import held

STEPS = (1, 10, 100, 1000)
AROUND = 9  # starts that make one number
SETTLE_MS = 250  # until the kernel has taken down the link of the run before, among a thousand others
BRIDGE = ["network = bridge", "bridge_subnet = 10.99.0.0/20"]


def measure(bench, table):
    part = table.part("scale", "Start of the n-th container (from the client's start to its end), ms", "what", "n", "ms: median (quartiles)", "over the first")
    last = ladder(bench, part, "no network", [])
    ladder(bench, part, "network = bridge", BRIDGE)
    part.note(f"median of {AROUND} starts around n")
    part.note("floor: whole processes in C which do the kernel's work for such a container, while n of microctr's run")
    table.done(part)
    resident = table.part("scale-memory", "The supervisor, KiB", "containers", "peak resident", "private, written", "private with its own code")
    resident.add(STEPS[-1], *last)
    table.done(resident)


class KernelsWork:
    """The floor of a start: the container, and what a port of the bridge takes longer than none."""
    def __init__(self, bench, lines):
        self.bench = bench
        self.kinds = {"container": Floor(bench).words("/usr/sbin/true")}
        if lines:
            (bench.build / "network_table.h").touch()  # of its mode `first`, which is not used here
            program = bench.compile("network_floor")
            self.kinds |= {"none": [program, "none"], "bridge": [program, "bridge"]}

    def times(self):
        times = self.bench.time(self.kinds, rounds=AROUND, settle_ms=SETTLE_MS)
        if len(times) == 1:
            return times["container"]
        return [container + bridge - none for container, none, bridge in zip(*times.values())]


def ladder(bench, part, title, lines):
    work = KernelsWork(bench, lines)
    confs = [bench.configure(f"n{number}", "sleep 100000", "pids = 8", *lines) for number in range(STEPS[-1] + AROUND)]
    times, floors = [], {}
    first = None
    try:
        for conf in confs:
            began = time.perf_counter()
            bench.microctr("start", conf)
            times.append((time.perf_counter() - began) * 1e3)
            if len(times) in (STEPS[0], STEPS[-1]):
                floors[len(times)] = work.times()
        for step in STEPS:
            values = times[step - 1:step - 1 + AROUND]
            first = first or statistics.median(values)
            part.add(title, step, written(values), f"{statistics.median(values) / first:.2f}")
        for step in (STEPS[0], STEPS[-1]):
            part.add(f"floor, {title}", step, written(floors[step]), f"{statistics.median(floors[step]) / statistics.median(floors[STEPS[0]]):.2f}")
        state = (bench.work / "volatile" / "run" / "containers" / "n0" / "state").read_text()
        return held(int(re.search(r"^owner = (\d+)", state, re.M).group(1)))
    finally:
        names = [conf.stem for conf in confs[:len(times)]]
        for at in range(0, len(names), 50):
            bench.microctr("stop", "-t", "100ms", *names[at:at + 50], stdout=subprocess.DEVNULL)
            bench.microctr("remove", *names[at:at + 50])
