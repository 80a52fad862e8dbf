"""What all parts share: private places, configurations, timing of whole processes in turn, counts."""
import contextlib
import pathlib
import shutil
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent.parent
TOP = HERE.parent.parent
WARM_UP = 5


def say(text):
    print(text, flush=True)


def done(*command, **options):
    return subprocess.run([str(word) for word in command], check=True, **options)


def quartiles(values):
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return {"median": middle, "q1": low, "q3": high}


def written(values, digits=2):
    """"MEDIAN (QUARTILES)"."""
    got = quartiles(values)
    return f"{got['median']:.{digits}f} ({got['q1']:.{digits}f}–{got['q3']:.{digits}f})"


def ratio(values, base):
    """The median of what each round gave, so that a slow moment counts for both."""
    return statistics.median(one / other for one, other in zip(values, base))


class Bench:
    def __init__(self, binary, work, rounds, peers):
        self.work, self.rounds, self.peers = work, rounds, peers
        self.build = TOP / "build" / "bench"
        self.build.mkdir(parents=True, exist_ok=True)
        work.chmod(0o755)  # a root that is root inside only must get through
        self.binary = work / "microctr"
        shutil.copy2(binary, self.binary)
        done("sync", self.binary)  # pages of a file that is not on disk yet would count as private and written
        (work / "volatile").mkdir()
        for place in (work / "volatile", "/run"):  # tmpfs, as on every machine
            done("mount", "-t", "tmpfs", "tmpfs", place)
        self.places = ["--root", work / "data", "--runtime-dir", work / "volatile" / "run", "--config-dir", work / "etc"]
        (work / "etc").mkdir()
        self.unified = self.find_unified()
        self.compile("stopwatch")

    def find_unified(self):
        """Where cgroup v2 is mounted. Beside v1 hierarchies it gets a place of its own: crun refuses the usual one."""
        for line in pathlib.Path("/proc/self/mountinfo").read_text().splitlines():
            if " - cgroup2 " in line:
                place = line.split()[4]
                if place == "/sys/fs/cgroup":
                    return pathlib.Path(place)
                (self.work / "unified").mkdir()
                done("mount", "--bind", place, self.work / "unified")
                done("umount", place)
                return self.work / "unified"
        sys.exit("FAIL bench: no cgroup v2 hierarchy is mounted")

    def close(self):
        for place in ("volatile", "unified"):
            subprocess.run(["umount", "-l", self.work / place], stderr=subprocess.DEVNULL, check=False)

    def configure(self, name, command, *lines, stem=None):
        """A configuration; `stem` is the container's name where several configurations shall have one."""
        path = self.work / "conf" / name / ((stem or name) + ".conf")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(["layer = busybox", "command = " + command, *lines]) + "\n")
        return path

    def words(self, *words):
        return [self.binary, *self.places, *words]

    def microctr(self, *words, **options):
        return done(*self.words(*words), **options)

    def output(self, *words):
        return self.microctr(*words, stdout=subprocess.PIPE, text=True).stdout

    @contextlib.contextmanager
    def beside(self, path):
        """While another container runs."""
        self.microctr("start", path)
        try:
            yield
        finally:
            self.microctr("stop", "-t", "100ms", path.stem)
            self.microctr("remove", path.stem)

    def wait_alone(self):
        """Until the shared supervisor of earlier starts has ended, and the runtime directory with it."""
        until(lambda: not (self.work / "volatile" / "run").exists(), what="the end of the supervisor")

    def compile(self, name, *options, source=None):
        target = self.build / name
        done("musl-gcc", "-static", "-O2", "-Wall", "-Wextra", "-Werror", "-idirafter", "/usr/include", "-idirafter",
             "/usr/include/x86_64-linux-gnu", f"-I{self.build}", source or HERE / f"{name}.c", "-o", target, *options)
        return target

    def tracer(self):
        """tests/counts/trace, built with the product."""
        done("cmake", "--preset", "x86_64", cwd=TOP, stdout=subprocess.DEVNULL)
        done("cmake", "--build", "--preset", "x86_64", "--target", "trace", cwd=TOP, stdout=subprocess.DEVNULL)
        return TOP / "build" / "x86_64" / "trace"

    def time(self, commands, rounds=None, settle_ms=5, processors=None):
        """Milliseconds of each run of {NAME: WORDS}, round by round; A B C, C B A, …"""
        file = self.work / "commands"
        file.write_text("".join(" ".join(map(str, words)) + "\n" for words in commands.values()))
        pin = ["taskset", "-c", processors] if processors else []
        output = done("nice", "-n", "-10", *pin, self.build / "stopwatch", rounds or self.rounds, WARM_UP, settle_ms, file,
                      stdout=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL).stdout
        names = list(commands)
        times = {name: [] for name in names}
        for line in output.splitlines():
            words = line.split()
            if len(words) == 4 and words[0].isdigit():
                times[names[int(words[1])]].append(int(words[2]) / 1e6)
        return times


def until(condition, seconds=20, what="something"):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.002)
    sys.exit(f"FAIL bench: {what} did not come within {seconds} s")
