"""Start to exit of BusyBox `true`, and the time to the first instruction of the container's program."""
import subprocess

import peers
from bench import HERE, ratio, written
from floor import Floor

LIMITS = ["memory = 64M", "pids = 64", "cpus = 1"]


def measure(bench, table):
    floor = Floor(bench)
    floor.compare()
    alone = bench.configure("alone", "true", stem="bench")
    keeper = bench.configure("keeper", "sleep 100000")
    ours = bench.words("run", alone)
    part = table.part("start", "Start to exit of `true`, whole processes in turn (one whole round after the other), ms", "what", "ms: median (quartiles)",
                      "over the floor", "microctr is faster by", "leaves out")
    with bench.beside(keeper):
        times = bench.time({"floor": floor.words("/usr/sbin/true"), "microctr": ours})
        part.add("floor: the same kernel work in C", written(times["floor"]), "1", "", "all but that work")
        part.add("microctr run", written(times["microctr"]), f"{ratio(times['microctr'], times['floor']):.2f}", "1", "nothing")
        table.chart["floor (the kernel's work)"] = sorted(times["floor"])[len(times["floor"]) // 2]
        table.chart["microctr"] = sorted(times["microctr"])[len(times["microctr"]) // 2]
    pair = bench.time({"floor": floor.words("/usr/sbin/true"), "microctr": ours})
    part.add("microctr run, no other container", written(pair["microctr"]), f"{ratio(pair['microctr'], pair['floor']):.2f}", "", "nothing")
    limited(bench, floor, part)
    if bench.peers:
        with bench.beside(keeper):
            for peer in peers.all_peers(bench.work):
                if peer.problem:
                    part.add(peer.name, "–", "", "", peer.problem)
                    continue
                pair = bench.time({"microctr": ours, peer.name: peer.words}, rounds=max(10, bench.rounds // 3))
                part.add(peer.name, written(pair[peer.name]), "", f"{ratio(pair[peer.name], pair['microctr']):.1f} ×",
                         peer.leaves_out)
                table.chart[peer.name] = sorted(pair[peer.name])[len(pair[peer.name]) // 2]
    first(bench, floor, part)
    part.note("floor: tests/bench/floor/container.c, whose container is compared with microctr's from inside before anything is timed")
    part.note("microctr run and its floor while another container runs; then alone, when runtime directory, parent cgroup and names are made and removed, too")
    table.done(part)


def limited(bench, floor, part):
    """With limits, which live in hierarchies of v1 where the machine has them."""
    conf = bench.configure("limited", "true", *LIMITS, stem="bench")
    with bench.beside(bench.configure("keeper", "sleep 100000", *LIMITS)):
        limits = floor.limits(conf)
        v1 = any("/sys/fs/cgroup/" in word and str(bench.unified) not in word for word in limits)
        pair = bench.time({"floor": floor.words("/usr/sbin/true", limits=limits), "microctr": bench.words("run", conf)})
    where = "cgroup v1" if v1 else "cgroup v2"
    part.add(f"floor, with memory, processes and processors limited ({where})", written(pair["floor"]), "1", "", f"{len(limits)} steps for them")
    part.add(f"microctr run, the same ({where})", written(pair["microctr"]), f"{ratio(pair['microctr'], pair['floor']):.2f}", "", "nothing")


def first(bench, floor, part):
    """From before the launcher is executed to the program's first instruction: both clocks are the machine's."""
    stamp = bench.compile("stamp", source=HERE / "floor" / "stamp.c")
    layer = bench.work / "data" / "layers" / "busybox" / "bin" / "stamp"
    layer.write_bytes(stamp.read_bytes())
    layer.chmod(0o755)
    conf = bench.configure("stamp", "/bin/stamp", stem="bench")
    kinds = {"floor": floor.words("/bin/stamp"), "microctr": bench.words("run", conf)}
    times = {name: [] for name in kinds}
    for turn in range(bench.rounds):
        for name in (list(kinds) if turn % 2 else list(kinds)[::-1]):
            output = subprocess.run([str(stamp), *map(str, kinds[name])], check=True, capture_output=True, text=True).stdout.split()
            times[name].append((int(output[1]) - int(output[0])) / 1e6)
    part.add("to the first instruction: floor", written(times["floor"]), "1", "", "")
    part.add("to the first instruction: microctr run", written(times["microctr"]), f"{ratio(times['microctr'], times['floor']):.2f}", "", "")
