"""What the launcher holds while a container runs, and the least limit under which one starts."""
import pathlib
import re
import subprocess
import time

from bench import until


def held(pid):
    """KiB: peak resident; private and written; private in all (with pages of its own file that nobody else has mapped)."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    rollup = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()

    def of(text, field):
        return int(re.search(rf"^{field}:\s+(\d+)", text, re.M).group(1))
    return of(status, "VmHWM"), of(rollup, "Private_Dirty"), of(rollup, "Private_Dirty") + of(rollup, "Private_Clean")


def measure(bench, table):
    part = table.part("memory", "Memory, KiB", "what", "peak resident", "private, written", "private with its own code")
    conf = bench.configure("sleeper", "sleep 100000")
    process = subprocess.Popen(list(map(str, bench.words("run", conf))), stdin=subprocess.DEVNULL)
    until(lambda: "running" in bench.output("list"), what="the container")
    time.sleep(1.5)  # it follows names by then
    part.add("microctr run, while it waits", *held(process.pid))
    process.terminate()
    process.wait()
    directory = bench.work / "none"
    directory.mkdir(exist_ok=True)
    bench.wait_alone()
    process = subprocess.Popen(list(map(str, bench.words("supervise", directory))), stdin=subprocess.DEVNULL)
    time.sleep(0.5)
    part.add("microctr supervise, no container", *held(process.pid))
    process.terminate()
    process.wait()
    table.done(part)

    part = table.part("limit", "Smallest `memory =` under which BusyBox `true` starts, five times of five", "what", "KiB")
    part.add("microctr run", smallest(bench))
    table.done(part)


def smallest(bench):
    for size in (64, 96, 128, 160, 192, 224, 256, 320, 384, 512, 768, 1024, 2048):
        conf = bench.configure("small", "true", f"memory = {size}K")
        if all(subprocess.run(list(map(str, bench.words("run", conf))), capture_output=True, stdin=subprocess.DEVNULL,
                              check=False).returncode == 0 for _ in range(5)):
            return size
    return "none up to 2048"
