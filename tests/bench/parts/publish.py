"""A page through a published port, beside the same server without a container. The client is another host: a network
namespace behind a veth pair."""
import re
import shutil
import subprocess
import time

from bench import done

SECONDS = 5


def ask(port):
    said = subprocess.run(["ip", "netns", "exec", "bench-client", "wrk", "-t1", "-c8", f"-d{SECONDS}s", "--latency", f"http://10.254.0.1:{port}/page"],
                          capture_output=True, text=True, check=False).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    middle = re.search(r"50%\s+([\d.]+)(us|ms)", said)
    if not rate or not middle:
        raise SystemExit(f"FAIL bench: no answer from port {port}: {said}")
    return float(rate.group(1)), float(middle.group(1)) * (1 if middle.group(2) == "us" else 1000)


def measure(bench, table):
    part = table.part("publish", f"A page of 1 KiB by HTTP from another host, 8 connections, {SECONDS} s, BusyBox httpd", "what", "requests/s", "median, µs", "requests over the host's own")
    if shutil.which("wrk") is None:
        part.note("not measured: wrk is not installed")
        table.done(part)
        return
    www = bench.work / "www"
    www.mkdir(exist_ok=True)
    (www / "page").write_text("x" * 1024)
    done("ip", "netns", "add", "bench-client")
    done("ip", "link", "add", "bench0", "type", "veth", "peer", "name", "eth0", "netns", "bench-client")
    done("ip", "addr", "add", "10.254.0.1/24", "dev", "bench0")
    done("ip", "link", "set", "bench0", "up")
    for words in (["addr", "add", "10.254.0.2/24", "dev", "eth0"], ["link", "set", "eth0", "up"]):
        done("ip", "-n", "bench-client", *words)
    conf = bench.configure("web", "httpd -f -p 80 -h /www", f"volume = {www}:/www:ro", "network = bridge", "publish = 8080:80")
    host = subprocess.Popen(["busybox", "httpd", "-f", "-p", "8081", "-h", str(www)], stdin=subprocess.DEVNULL)
    try:
        with bench.beside(conf):
            time.sleep(0.5)
            own, theirs = [], []
            for turn in range(3):
                for port, into in (((8080, own), (8081, theirs)) if turn % 2 else ((8081, theirs), (8080, own))):
                    into.append(ask(port))
            rates = sorted(one[0] / other[0] for one, other in zip(own, theirs))
            for name, values, over in (("through the published port", own, f"{rates[1]:.2f}"), ("on the host, without a container", theirs, "1")):
                values.sort()
                part.add(name, f"{values[1][0]:.0f}", f"{values[1][1]:.0f}", over)
    finally:
        host.kill()
        host.wait()
        done("ip", "link", "delete", "bench0")
        done("ip", "netns", "delete", "bench-client")
    table.done(part)
