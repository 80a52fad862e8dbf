"""Other launchers, each with as much of the same work as it can do; what it leaves out is said beside it.

Each is tried once before it is timed. One that is not there or does not start here is a row that says why.
"""
import json
import shutil
import subprocess
import time

from bench import HERE

DEFAULT_MAP = {"containerID": 0, "hostID": 1500000000, "size": 65536}


class Peer:
    def __init__(self, name, words, leaves_out):
        self.name, self.words, self.leaves_out, self.problem = name, [str(word) for word in words], leaves_out, None

    def attempt(self):
        if shutil.which(self.words[0]) is None:
            self.problem = "not installed"
            return self
        self.words[0] = shutil.which(self.words[0])  # the stopwatch takes paths
        tried = subprocess.run(self.words, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if tried.returncode != 0:
            lines = (tried.stderr or tried.stdout).strip().splitlines()
            self.problem = f"does not start here: {lines[-1] if lines else tried.returncode}"
        return self


def bundle(work, runtime):
    """An OCI bundle over the same files."""
    place = work / ("bundle-" + runtime)
    place.mkdir()
    subprocess.run([runtime, "spec"], cwd=place, check=True)
    config = json.loads((place / "config.json").read_text())
    config["process"].update(terminal=False, args=["true"])
    config["root"] = {"path": str(work / "rootfs"), "readonly": False}
    config["linux"]["namespaces"] = [{"type": kind} for kind in ("pid", "network", "ipc", "uts", "mount", "cgroup", "user")]
    config["linux"]["uidMappings"] = config["linux"]["gidMappings"] = [DEFAULT_MAP]
    (place / "config.json").write_text(json.dumps(config))
    return place


def oci(work, runtime):
    if shutil.which(runtime) is None:
        return Peer(runtime, [runtime], "")
    return Peer(runtime, [runtime, "run", "--bundle", bundle(work, runtime), "bench"],
                "overlay, own owners of the files, system call filter")


class Running:
    """A container of an OCI runtime, for exec."""

    def __init__(self, runtime, name, process):
        self.runtime, self.name, self.process = runtime, name, process

    def end(self):
        subprocess.run([self.runtime, "delete", "-f", self.name], stdin=subprocess.DEVNULL, capture_output=True, check=False)
        self.process.wait()


def oci_running(work, runtime):
    """One that sleeps; nothing where it does not start."""
    if shutil.which(runtime) is None:
        return None
    make_rootfs(work)
    if not (work / ("bundle-" + runtime)).exists():
        bundle(work, runtime)
    config = work / ("bundle-" + runtime) / "config.json"
    text = json.loads(config.read_text())
    text["process"]["args"] = ["sleep", "100000"]
    config.write_text(json.dumps(text))
    name = "bench-sleeper"
    process = subprocess.Popen([runtime, "run", "--bundle", str(config.parent), name], stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(200):
        if subprocess.run([runtime, "exec", name, "true"], stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode == 0:
            return Running(runtime, name, process)
        time.sleep(0.02)
    process.kill()
    process.wait()
    return None


def make_rootfs(work):
    """A plain copy of the layer as root, for those that have no overlay of their own."""
    rootfs = work / "rootfs"
    if not rootfs.exists():
        subprocess.run(["cp", "-a", str(work / "data" / "layers" / "busybox"), str(rootfs)], check=True)
        for name in ("proc", "sys", "dev", "tmp", "run", "usr", "old"):
            (rootfs / name).mkdir(exist_ok=True)
    return rootfs


def all_peers(work):
    rootfs = make_rootfs(work)
    (work / "lxc").mkdir(exist_ok=True)
    lxc = work / "lxc.conf"
    lxc.write_text(f"lxc.rootfs.path = dir:{rootfs}\nlxc.net.0.type = empty\nlxc.uts.name = bench\n")
    script = work / "scripts"
    shutil.copytree(HERE / "scripts", script, dirs_exist_ok=True)
    return [peer.attempt() for peer in (
        Peer("bubblewrap", ["bwrap", "--unshare-all", "--uid", "0", "--gid", "0", "--hostname", "bench", "--bind", rootfs, "/",
                            "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/dev/shm", "--die-with-parent", "/bin/true"],
             "overlay, ids beyond one, cgroup of its own, system call filter, hidden paths, sysfs"),
        oci(work, "crun"),
        Peer("lxc", ["lxc-execute", "-n", "bench", "-P", work / "lxc", "-f", lxc, "--", "/bin/true"],
             "overlay, user namespace, hidden paths"),
        oci(work, "runc"),
        Peer("shell scripts", ["sh", script / "container.sh", work / "data" / "layers" / "busybox", work / "shell", "/bin/true"],
             "cgroup, ids beyond one, network, system call filter, capabilities, hidden paths"),
        Peer("systemd-nspawn", ["systemd-nspawn", "-q", "--register=no", "--keep-unit", "-D", rootfs, "/bin/true"],
             "overlay, user namespace, network of its own, cgroup of its own"))]
