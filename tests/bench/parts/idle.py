"""Ten containers without health checks: how often the supervisor wakes up, and what it writes."""
import pathlib
import re
import subprocess
import time

from bench import until

SECONDS = 20


def counters(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    switches = sum(map(int, re.findall(r"ctxt_switches:\s+(\d+)", status)))
    return switches, int(re.search(r"^wchar: (\d+)", pathlib.Path(f"/proc/{pid}/io").read_text(), re.M).group(1))


def measure(bench, table):
    directory = bench.work / "ten"
    directory.mkdir(exist_ok=True)
    for number in range(10):
        (directory / f"i{number}.conf").write_text("layer = busybox\ncommand = sleep 100000\n")
    bench.wait_alone()
    process = subprocess.Popen(list(map(str, bench.words("supervise", directory))), stdin=subprocess.DEVNULL)
    until(lambda: bench.output("list").count("running") == 10, what="ten containers")
    time.sleep(2)
    before = counters(process.pid)
    time.sleep(SECONDS)
    after = counters(process.pid)
    process.terminate()
    process.wait()
    part = table.part("idle", f"Ten idle containers, {SECONDS} s", "what", "wake-ups", "bytes written")
    part.add("microctr supervise", after[0] - before[0], after[1] - before[1])
    table.done(part)
