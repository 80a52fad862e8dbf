"""The floor: tests/bench/floor/container.c with the programs and paths of microctr's own default container."""
import os
import pathlib
import re
import subprocess
import sys

from bench import HERE, done

SEEN = ("sed 's/^[0-9]* [0-9]* [0-9]*:[0-9]* //' /proc/self/mountinfo | sort; id; grep -E '^(Cap|Seccomp|NoNew|NStgid)' "
        "/proc/self/status; ls -l /dev | sed 's/ [A-Z][a-z][a-z] .*:.. / /'; umask; pwd; cat /etc/hosts; "
        "cat /proc/sys/net/ipv4/ip_unprivileged_port_start; cat /proc/self/cgroup; env | sort; ls /proc/self/fd; ip link")


class Floor:
    def __init__(self, bench):
        self.bench, work = bench, bench.work
        self.data = work / "floor"
        self.data.mkdir(exist_ok=True)
        (self.data / "stage").mkdir(exist_ok=True)
        self.program = bench.compile("floor", source=HERE / "floor" / "container.c")
        conf = bench.configure("floor", "true")
        bench.microctr("run", conf)
        done(bench.tracer(), "-d", self.data, *bench.words("run", conf), stderr=subprocess.DEVNULL)
        (self.data / "hidden").write_text(self.hidden(conf))

    @staticmethod
    def hidden(conf):
        """What of the default hidden and read-only paths this kernel has, as microctr's manual of keys lists them."""
        lines = []
        for kind, top, names in (("d", "proc", "acpi asound scsi"), ("f", "proc", "kcore keys latency_stats timer_list sched_debug"),
                                 ("d", "sys", "firmware devices/virtual/powercap"), ("r", "proc", "bus fs irq sys sysrq-trigger")):
            lines += [f"{kind} {top}/{name}" for name in names.split() if os.path.exists(f"/{top}/{name}")]
        return "\n".join(lines) + "\n"

    def words(self, *command, limits=()):
        return [self.program, self.data / "stage", self.bench.work / "data" / "layers" / "busybox",
                self.bench.unified / "floor", self.data / "filter", self.data / "devices", self.data / "hidden", "1500000000",
                *limits, "--", *command]

    def limits(self, conf):
        """What microctr makes and writes for the limits of `conf` in hierarchies of v1, or in v2, as words of the floor. Its own
        group of v2 is the floor's own already."""
        trace = self.bench.work / "limits"
        done("strace", "-f", "-qq", "-e", "trace=mkdirat,openat,write", "-s", "64", "-o", trace, *self.bench.words("run", conf))
        own, files, words = str(self.bench.unified / "microctr" / conf.stem), {}, []
        for line in trace.read_text().splitlines():
            made = re.search(r'mkdirat\(\w+, "([^"]+)", \d+\) = 0', line)
            opened = re.search(r'^(\d+) +openat\(\w+, "([^"]+)", O_WRONLY.* = (\d+)$', line)
            wrote = re.search(r'^(\d+) +write\((\d+), "([^"]*)", \d+\) += \d+', line)
            if made and "/microctr/" in made.group(1) and self.is_cgroup(made.group(1)) and made.group(1) != own:
                words.append(f"make={self.renamed(made.group(1), conf)}")
            elif opened:
                files[opened.group(1), opened.group(3)] = opened.group(2)
            elif wrote and self.is_cgroup(files.get((wrote.group(1), wrote.group(2)), "")):
                path = self.renamed(files[wrote.group(1), wrote.group(2)], conf)
                if path.endswith("/cgroup.procs"):
                    words.append("join=" + path.rsplit("/", 1)[0])
                elif "/floor/" in path and not path.endswith("/cgroup.kill"):
                    words.append(f"write={path}={wrote.group(3).replace(' ', ',')}")
        return words

    def is_cgroup(self, path):
        return path.startswith("/sys/fs/cgroup/") or path.startswith(str(self.bench.unified))

    @staticmethod
    def renamed(path, conf):
        return path.replace(f"/microctr/{conf.stem}", "/floor")

    def compare(self):
        """Both containers must look the same from inside."""
        script = self.bench.work / "seen.sh"
        script.write_text(SEEN + "\n")
        conf = self.bench.configure("seen", "sh -c \"" + SEEN.replace('"', '\\"') + "\"", stem="floor")
        ours = done(*self.bench.words("run", conf), stdout=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL).stdout
        theirs = done(*self.words("/bin/sh", "-c", SEEN), stdout=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL).stdout
        first, second = masked(ours), masked(theirs)
        if first != second:
            for one, other in (("microctr", [line for line in first if line not in second]),
                               ("floor", [line for line in second if line not in first])):
                for line in other:
                    print(f"only in {one}: {line}")
            sys.exit("FAIL bench: the floor's container is not the same as microctr's (above)")


def masked(text):
    """Without the numbers that differ from run to run: ids of the host."""
    return [re.sub(r"\b1\d{9}\b", "ID", line).replace("rw,lowerdir=0,upperdir=upper,workdir=work", "OVERLAY") for line in text.splitlines()]
