#!/usr/bin/env python3
"""Measures what a container's network costs, beside a C program that makes only the calls which the kernel needs for it.

Usage: tests/bench/run [network] [--binary FILE] [--rounds N]     root; default: build/x86_64/microctr, 200 rounds

Prints one table and writes build/bench/network.json. Everything runs in network and mount namespaces of its own, pinned to
one processor with a raised priority, the programs in turn (A B C, C B A, …), each run timed as a whole process from fork
to its end. A difference is the median of the differences within each round. Times never make it fail; wrong answers do.

How the rows are made:
  none, bridge, publish   microctr run with network = none | bridge | bridge and publish = 8080:80. A tmpfs on /etc keeps
                          the files of names (hosts, resolv.conf) out of all three: they are no part of the network
  default …               the same without that tmpfs, so with the files of names and what follows their changes
  floor …                 tests/bench/network_floor.c, which sends the same messages (compared here before timing)
"A further container": another one keeps bridge and table. "The first container": there is another one, but with network =
none, so that bridge, table and forwarding switch are made and undone too. Counts of system calls of whole processes differ
by up to 4 from run to run: the program may be over before its end is waited for.
"""
import argparse
import collections
import contextlib
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parent.parent
PRIVATE = "MICROCTR_BENCH_PRIVATE"
SETTLE_MS = 25
WARM_UP = 10
FURTHER = ["none", "bridge", "publish", "default none", "default publish", "floor none", "floor bridge", "floor publish"]
FIRST = ["none", "publish", "default none", "default publish", "floor none", "floor first"]


def say(text):
    print(text, flush=True)


def done(*command, **options):
    return subprocess.run([str(word) for word in command], check=True, **options)


class Bench:
    def __init__(self, binary, work):
        self.work = work
        self.build = TOP / "build" / "bench"
        self.build.mkdir(parents=True, exist_ok=True)
        self.binary = work / "microctr"
        shutil.copy2(binary, self.binary)
        (work / "volatile").mkdir()  # as /run is: a tmpfs
        done("mount", "-t", "tmpfs", "tmpfs", work / "volatile")
        self.places = ["--root", work / "data", "--runtime-dir", work / "volatile" / "run", "--config-dir", work / "etc"]
        (work / "etc").mkdir()
        quiet = ["tmpfs = /etc:64K"]
        bridge = ["network = bridge"]
        publish = bridge + ["publish = 8080:80"]
        self.configure("keeper", "sleep 100000", bridge + ["publish = 8001:80"])
        self.configure("bystander", "sleep 100000", ["network = none"])
        self.configure("none", "true", ["network = none"] + quiet)
        self.configure("bridge", "true", bridge + quiet)
        self.configure("publish", "true", publish + quiet)
        self.configure("default none", "true", ["network = none"])
        self.configure("default publish", "true", publish)

    def path_of(self, kind):
        name = kind if kind in ("keeper", "bystander") else "bench"  # one name: the same addresses and messages
        return self.work / kind.replace(" ", "-") / (name + ".conf")

    def configure(self, kind, command, lines):
        path = self.path_of(kind)
        path.parent.mkdir()
        path.write_text("\n".join(["layer = busybox", "command = " + command] + lines) + "\n")

    def command(self, kind):
        if kind.startswith("floor "):
            return [self.build / "network_floor", kind.split()[1]]
        return [self.binary, *self.places, "run", self.path_of(kind)]

    def microctr(self, *words):
        done(self.binary, *self.places, *words)

    @contextlib.contextmanager
    def beside(self, name):
        """While another container runs."""
        self.microctr("start", self.path_of(name))
        try:
            yield
        finally:
            self.microctr("stop", "-t", "100ms", name)
            self.microctr("remove", name)

    def compile(self, name):
        done("gcc", "-static", "-O2", "-Wall", "-Wextra", "-Werror", f"-I{self.build}", HERE / f"{name}.c",
             "-o", self.build / name)

    def settle(self):
        for _ in range(500):
            with open("/proc/net/dev") as links:
                if "mc-bench" not in links.read():
                    break
            time.sleep(0.01)
        time.sleep(SETTLE_MS / 1000)

    def trace(self, kind, *options):
        log = self.work / "trace"
        done("strace", "-f", "-qq", *options, "-o", log, *self.command(kind))
        self.settle()
        return log.read_text()

    def calls(self, kind):
        """How often each system call is made, exactly: lines of a trace, those that only continue one left out."""
        return collections.Counter(re.findall(r"^\d+ +(\w+)\(", self.trace(kind), re.M))

    def sent(self, kind):
        """What is sent to netlink sockets, each send as bytes."""
        sends = []
        for line in self.trace(kind, "-e", "trace=sendto", "-e", "write=all", "-s", "0").splitlines():
            if " sendto(" in line:
                sends.append(bytearray())
            elif line.startswith(" | ") and sends:
                sends[-1] += bytes.fromhex(line[10:58])
        return [bytes(one) for one in sends if len(one) >= 28]

    def changes(self, kind):
        """The same without questions (dumps), in a form in which equal ones are equal."""
        return [masked(one) for one in self.sent(kind) if int.from_bytes(one[6:8], "little") & 0x300 != 0x300]

    def time(self, kinds, rounds, processor):
        commands = self.work / "commands"
        commands.write_text("".join(" ".join(map(str, self.command(kind))) + "\n" for kind in kinds))
        output = done("nice", "-n", "-10", "taskset", "-c", processor, self.build / "stopwatch", rounds, WARM_UP, SETTLE_MS, commands,
                      stdout=subprocess.PIPE, text=True).stdout
        times = {kind: [] for kind in kinds}
        for line in output.splitlines():
            _, which, nanoseconds, _ = line.split()
            times[kinds[int(which)]].append(int(nanoseconds) / 1000)
        return times


def masked(batch):
    """Without sequence numbers, ids of processes and the indexes that are made of a namespace's inode."""
    result = bytearray(batch)
    at = 0
    while at + 16 <= len(batch):
        size = int.from_bytes(batch[at:at + 4], "little")
        kind = int.from_bytes(batch[at + 4:at + 6], "little")
        result[at + 8:at + 12] = bytes(4)
        if kind in (16, 17, 19) and size > 20 and batch[at + 23] & 0x40:  # a link's index
            result[at + 20:at + 24] = bytes(4)
        if kind == 16 and size > 20:  # IFLA_NET_NS_PID
            target = batch.find(b"\x08\x00\x13\x00", at, at + size)
            if target > 0:
                result[target + 4:target + 8] = bytes(4)
        if size < 16:
            break
        at += (size + 3) & ~3
    return bytes(result)


def compare(bench, ours, floor):
    if bench.changes(ours) == bench.changes(floor):
        return
    for name, kind in (("microctr", ours), ("floor", floor)):
        for one in bench.changes(kind):
            say(f"{name}: {one.hex(' ', 4)}")
    sys.exit(f"FAIL bench: '{floor}' does not send what microctr sends for '{ours}' (above)")


def spread(values):
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return {"median": round(middle, 1), "q1": round(low, 1), "q3": round(high, 1)}


def added(times, with_network, without):
    return spread([a - b for a, b in zip(times[with_network], times[without])])


def judge(times, counts, pairs):
    rows = []
    for name, ours, base, floor in pairs:
        row = {"name": name, "microctr_us": added(times, ours, base), "floor_us": added(times, floor, "floor none"),
               "whole_us": spread(times[ours]), "whole_without_us": spread(times[base]),
               "microctr_calls": counts[ours] - counts[base], "floor_calls": counts[floor] - counts["floor none"]}
        row["ratio"] = round(row["microctr_us"]["median"] / row["floor_us"]["median"], 2)
        row["above_floor_us"] = round(row["microctr_us"]["median"] - row["floor_us"]["median"], 1)
        row["whole_ratio"] = round(row["whole_us"]["median"] / (row["whole_without_us"]["median"] + row["floor_us"]["median"]), 2)
        rows.append(row)
    return rows


def show(title, times, counts, rows):
    def written(value):
        return f"{value['median']:>7.0f} ({value['q1']:.0f}–{value['q3']:.0f})"

    say(f"\n{title}")
    say(f"  {'whole process':<26}{'µs: median (quartiles)':<26}{'system calls':>12}")
    for kind, values in times.items():
        who = kind if kind.startswith("floor") else "microctr " + kind
        say(f"  {who:<26}{written(spread(values)):<26}{counts[kind]:>12}")
    say(f"  {'added by the network':<26}{'microctr, µs':<26}{'floor, µs':<26}{'ratio':<8}{'calls':<8}{'floor calls':<13}"
        "whole process over (none + floor)")
    for row in rows:
        say(f"  {row['name']:<26}{written(row['microctr_us']):<26}{written(row['floor_us']):<26}{row['ratio']:<8}"
            f"{row['microctr_calls']:<8}{row['floor_calls']:<13}{row['whole_ratio']}")


def network(bench, rounds):
    machine = {"date": time.strftime("%Y-%m-%d"), "kernel": os.uname().release, "architecture": os.uname().machine,
               "processors": os.cpu_count(), "load": os.getloadavg()[0], "rounds": rounds}
    say(f"{machine['date']}, Linux {machine['kernel']} {machine['architecture']}, {machine['processors']} processors, "
        f"load {machine['load']:.2f}, {rounds} rounds")
    processor = max(os.sched_getaffinity(0))

    # What makes the table is the one large transaction of the first container.
    bench.microctr("run", bench.path_of("publish"))
    bench.settle()
    table = max(bench.sent("publish"), key=len)
    (bench.build / "network_table.h").write_text(",\n".join(
        ", ".join(f"0x{byte:02x}" for byte in table[at:at + 20]) for at in range(0, len(table), 20)) + "\n")
    for program in ("network_floor", "stopwatch"):
        bench.compile(program)
    with bench.beside("bystander"):
        compare(bench, "none", "floor none")
        compare(bench, "publish", "floor first")
        counts = {kind: sum(bench.calls(kind).values()) for kind in FIRST}
        first = bench.time(FIRST, rounds, processor)
    first_rows = judge(first, counts, [("first", "publish", "none", "floor first"),
                                       ("first, default", "default publish", "default none", "floor first")])
    show("The first container (bridge, table and forwarding switch are made and undone)", first, counts, first_rows)
    result = {"machine": machine, "first": {"calls": counts, "whole_us": {k: spread(v) for k, v in first.items()},
                                            "added": first_rows}}

    with bench.beside("keeper"):
        compare(bench, "bridge", "floor bridge")
        compare(bench, "publish", "floor publish")
        counts = {kind: sum(bench.calls(kind).values()) for kind in FURTHER}
        further = bench.time(FURTHER, rounds, processor)
    rows = judge(further, counts, [("bridge", "bridge", "none", "floor bridge"),
                                   ("bridge + publish", "publish", "none", "floor publish"),
                                   ("bridge + publish, default", "default publish", "default none", "floor publish")])
    show("A further container (bridge and table are there)", further, counts, rows)
    result["further"] = {"calls": counts, "whole_us": {k: spread(v) for k, v in further.items()}, "added": rows}
    say("\nThe messages of both are the same but for process ids, indexes and sequence numbers.")
    (bench.build / "network.json").write_text(json.dumps(result, indent=2) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="?", choices=["network"], default="network")
    parser.add_argument("--binary", type=pathlib.Path, default=TOP / "build" / "x86_64" / "microctr")
    parser.add_argument("--rounds", type=int, default=200)
    options = parser.parse_args()
    if os.geteuid() != 0:
        sys.exit("FAIL bench: it needs root")
    if not options.binary.exists():
        sys.exit(f"FAIL bench: no {options.binary} (cmake --workflow --preset x86_64)")
    if PRIVATE not in os.environ:
        os.environ[PRIVATE] = "yes"
        os.execvp("unshare", ["unshare", "-n", "-m", "--propagation", "private", sys.executable, *sys.argv])
    done("ip", "link", "set", "lo", "up")
    pathlib.Path("/proc/sys/net/ipv4/ip_forward").write_text("0\n")  # it may have been born with the machine's value
    with tempfile.TemporaryDirectory(prefix="microctr-bench.") as work:
        try:
            network(Bench(options.binary.resolve(), pathlib.Path(work)), options.rounds)
        finally:
            subprocess.run(["umount", "-l", os.path.join(work, "volatile")], stderr=subprocess.DEVNULL)


main()
