"""Restart of a crashed container, stop, and a command in a running one."""
import re
import shutil
import statistics
import subprocess
import time

import peers
from bench import HERE, ratio, until, written
from floor import Floor


def put_program(bench):
    """The stamp of the clock as a program of the layer."""
    stamp = bench.compile("stamp", source=HERE / "floor" / "stamp.c")
    inside = bench.work / "data" / "layers" / "busybox" / "bin" / "stamp"
    shutil.copy2(stamp, inside)
    return stamp


def restart(bench, part):
    put_program(bench)
    floor = Floor(bench)
    again = " ".join(map(str, floor.words("/bin/stamp")))
    loop = f"n={bench.rounds}; while [ $n -ge 0 ]; do {again}; n=$((n - 1)); done"
    said = subprocess.run(["sh", "-c", loop], check=True, capture_output=True, text=True).stdout.split()
    reached = [(int(later) - int(earlier)) / 1e6 for earlier, later in zip(said, said[1:])]
    conf = bench.configure("crash", "/bin/stamp", "restart = always", "restart_delay = 1ms", "restart_max_delay = 1ms", "log = ring:256K")
    bench.microctr("start", conf)
    until(lambda: bench.output("logs", "crash").count("\n") > bench.rounds, seconds=60, what="enough restarts")
    times = [int(line.split()[-1]) / 1e6 for line in bench.output("logs", "crash").splitlines() if line.strip()]
    bench.microctr("stop", "-t", "100ms", "crash", stdout=subprocess.DEVNULL)
    bench.microctr("remove", "crash")
    gaps = [later - earlier - 1 for earlier, later in zip(times, times[1:])][-bench.rounds:]
    part.add("restart: from the program's first instruction to the next one's, less the delay of 1 ms", written(gaps),
             f"{statistics.median(gaps) / statistics.median(reached):.2f}")
    part.add("floor: the same, run again by a shell", written(reached), "1")


def stop(bench, part):
    conf = bench.configure("stopped", "sleep 100000")
    times = []
    for _ in range(max(10, bench.rounds // 3)):
        bench.microctr("start", conf)
        began = time.perf_counter()
        bench.microctr("stop", "stopped", stdout=subprocess.DEVNULL)
        times.append((time.perf_counter() - began) * 1e3)
    bench.microctr("remove", "stopped")
    part.add("stop of a program that does not catch TERM, with everything undone", written(times), "")


def execute(bench, part):
    conf = bench.configure("house", "sleep 100000")
    with bench.beside(conf):
        kinds = {"microctr exec": bench.words("exec", "house", "true")}
        running = []
        if bench.peers:
            for runtime in ("crun", "runc"):
                peer = peers.oci_running(bench.work, runtime)
                if peer:
                    running.append(peer)
                    kinds[f"{runtime} exec"] = [shutil.which(runtime), "exec", peer.name, "true"]
        try:
            times = bench.time(kinds, rounds=max(10, bench.rounds // 3))
        finally:
            for peer in running:
                peer.end()
        for name, values in times.items():
            part.add(name + " true", written(values), "" if name == "microctr exec" else
                     f"microctr is {ratio(values, times['microctr exec']):.1f} × faster")


def measure(bench, table):
    bench.microctr("run", bench.configure("alone", "true"))
    part = table.part("life", "Restart, stop, exec, ms", "what", "ms: median (quartiles)", "over the floor")
    restart(bench, part)
    stop(bench, part)
    execute(bench, part)
    table.done(part)
