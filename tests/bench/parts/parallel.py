"""Fifty containers at once: from the supervisor's start to its word that all of them run (sd_notify)."""
import os
import socket
import subprocess
import time

from bench import done, written

COUNT = 50


def measure(bench, table):
    directory = bench.work / "fifty"
    directory.mkdir(exist_ok=True)
    for number in range(COUNT):
        (directory / f"p{number}.conf").write_text("layer = busybox\ncommand = sleep 100000\n")
    times = []
    for _ in range(5):
        bench.wait_alone()
        place = bench.work / "notify"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
            listener.bind(str(place))
            listener.settimeout(60)
            began = time.perf_counter()
            process = subprocess.Popen(list(map(str, bench.words("supervise", directory))), stdin=subprocess.DEVNULL,
                                       env=dict(os.environ, NOTIFY_SOCKET=str(place)))
            while b"READY=1" not in listener.recv(4096):
                pass
            times.append((time.perf_counter() - began) * 1e3)
            process.terminate()
            process.wait()
        place.unlink()
        for number in range(COUNT):
            done(*bench.words("remove", f"p{number}"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    part = table.part("parallel", f"{COUNT} containers, from the supervisor's start to all of them running, ms", "what", "ms: median (quartiles)", "each")
    part.add("microctr supervise", written(times, 0), f"{sorted(times)[len(times) // 2] / COUNT:.2f}")
    table.done(part)
