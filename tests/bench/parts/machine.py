"""What was measured on, and with which versions."""
import os
import pathlib
import re
import subprocess
import time

PEER_PACKAGES = ["crun", "runc", "bubblewrap", "lxc", "systemd-container", "wrk"]


def install(packages):
    """Debian packages that are missing. One that cannot be had is named by the part that needs it."""
    missing = [one for one in packages if "install ok installed" not in subprocess.run(
        ["dpkg-query", "-W", "-f", "${Status}", one], capture_output=True, text=True).stdout]
    if missing:
        environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
        subprocess.run(["apt-get", "install", "-y", "-qq", *missing], env=environment, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, check=False)


def version_of(command):
    try:
        output = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return None
    found = re.search(r"\d+(\.\d+)+", output.stdout + output.stderr)
    return found.group(0) if found else None


def describe(rounds):
    model = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    return {"date": time.strftime("%Y-%m-%d"), "kernel": os.uname().release, "architecture": os.uname().machine,
            "processor": model.group(1) if model else "unknown", "processors": len(os.sched_getaffinity(0)),
            "load": os.getloadavg()[0], "rounds": rounds,
            "versions": {"crun": version_of(["crun", "--version"]), "runc": version_of(["runc", "--version"]),
                         "bubblewrap": version_of(["bwrap", "--version"]), "lxc": version_of(["lxc-execute", "--version"]),
                         "util-linux": version_of(["unshare", "--version"]),
                         "systemd": version_of(["systemd-nspawn", "--version"]) or "252"}}
