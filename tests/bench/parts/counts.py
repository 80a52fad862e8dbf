"""Exact numbers: system calls, page faults, instructions. They do not depend on what else the machine does."""
import re
import subprocess

from bench import done
from floor import Floor


def measure(bench, table):
    tracer = bench.tracer()
    floor = Floor(bench)
    keeper = bench.configure("keeper", "sleep 100000", "network = bridge", "publish = 8001:80")
    kinds = {"microctr run": bench.words("run", bench.configure("bare", "true", stem="bench")),
             "microctr run, network = bridge": bench.words("run", bench.configure("bridge", "true", "network = bridge", stem="bench")),
             "microctr run, bridge and a published port": bench.words("run", bench.configure(
                 "publish", "true", "network = bridge", "publish = 8080:80", stem="bench")),
             "floor": floor.words("/usr/sbin/true"), "BusyBox true alone": ["/bin/busybox", "true"]}
    part = table.part("counts", "Exact counts, all processes together", "what", "system calls", "page faults up to the program's exec")
    with bench.beside(keeper):
        for name, words in kinds.items():
            calls, faults = count(tracer, words)
            part.add(name, calls, faults)
    part.note("BusyBox's own calls are in all rows; so are its loader's faults in none")
    table.done(part)

    part = table.part("instructions", "Instructions in user space (valgrind callgrind), exact", "what", "instructions")
    conf = bench.configure("bare", "true", stem="bench")
    for verb in ("check", "explain"):
        part.add(f"microctr {verb}", instructions(bench.words(verb, conf), bench.work))
    part.note("`run` cannot be counted so: valgrind knows no clone3; it does what `explain` does but for the text, and then system calls")
    table.done(part)


def count(tracer, words):
    said = done(tracer, *words, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, text=True).stderr
    return int(re.search(r"^total (\d+)", said, re.M).group(1)), int(re.search(r"^faults (\d+)", said, re.M).group(1))


def instructions(words, work):
    said = subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={work}/callgrind", *map(str, words)],
                          capture_output=True, text=True, check=False).stderr
    found = re.search(r"I\s+refs:\s+([\d,]+)", said)
    return int(found.group(1).replace(",", "")) if found else "valgrind does not run here"
