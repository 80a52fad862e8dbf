"""Boot in an emulated machine: from the kernel's `Run /init` to the first instruction inside the container, for microctr as
process 1, for a bare C init with the floor's container, and for a BusyBox init script with the shell scripts. Same kernel,
same machine, same modules, same data disk."""
import re
import shutil
import subprocess

from bench import HERE, TOP, done, ratio, written
from floor import Floor

MODULES = ["virtio_pci", "virtio_blk", "ext4", "overlay"]
ROUNDS = 7


def measure(bench, table):
    part = table.part("boot", "Boot of an emulated x86_64: from `Run /init` to the container's first instruction, ms", "process 1", "ms: median (quartiles)", "over the bare C init")
    if not (TOP / "build" / "packages" / "x86_64" / "complete").exists():
        part.note("not measured: no kernel in build/packages (toolchains/setup)")
        table.done(part)
        return
    place = bench.work / "boot"
    place.mkdir()
    prepare(bench, place)
    kinds = ("bare C init", "microctr", "BusyBox init, shell scripts")
    images = {kind: image(bench, place, kind) for kind in kinds}
    times = {kind: [] for kind in kinds}
    for turn in range(ROUNDS):
        for kind in (kinds if turn % 2 else kinds[::-1]):
            times[kind].append(one_boot(place, images[kind], kind))
    for kind in kinds:
        part.add(kind, written(times[kind], 0), f"{ratio(times[kind], times['bare C init']):.2f}")
    part.add("the scripts over microctr", "", f"{ratio(times['BusyBox init, shell scripts'], times['microctr']):.1f} ×")
    part.note("the scripts build their lower layer at boot, as they do; the two others find it on the disk")
    part.note("the scripts' container has no cgroup, system call filter, hidden paths or ids beyond one")
    table.done(part)


def prepare(bench, place):
    stamp = bench.compile("stamp", source=HERE / "floor" / "stamp.c")
    floor = Floor(bench)
    data = place / "data"
    done("cp", "-a", bench.work / "data", data)  # BusyBox's names are hard links
    shutil.copy2(stamp, data / "layers" / "busybox" / "bin" / "stamp")
    done("truncate", "-s", "32M", place / "disk")
    done("mke2fs", "-q", "-t", "ext4", "-d", data, place / "disk")
    own = place / "own" / "bench"
    own.mkdir(parents=True)
    for name in ("filter", "devices"):
        shutil.copy2(floor.data / name, own / name)
    shutil.copy2(floor.program, own / "floor")
    shutil.copy2(stamp, own / "stamp")  # says when the kernel has come to process 1, and becomes it
    bench.compile("boot_init", source=HERE / "floor" / "boot_init.c")
    packages = TOP / "build" / "packages" / "x86_64"
    version = (packages / "modules").resolve().name
    listed = subprocess.run(["modprobe", "-d", packages, "-S", version, "--show-depends", "-a", *MODULES], capture_output=True,
                            text=True, check=False).stdout
    paths = [line.split()[1] for line in listed.splitlines() if line.startswith("insmod")]
    (own / "modules").write_text("".join(f"/lib/modules/{path.split('/lib/modules/')[1]}\n" for path in dict.fromkeys(paths)))


def image(bench, place, kind):
    overlay = place / kind.split()[0]
    shutil.copytree(place / "own", overlay)
    options = [word for module in MODULES for word in ("--module", module)]
    if kind == "microctr":
        etc = overlay / "etc" / "microctr"
        (etc / "containers").mkdir(parents=True)
        (etc / "init.conf").write_text("".join(f"module = -{module}\n" for module in MODULES) +
                                       "mount = /dev/vda /var/lib/microctr ext4\nready_command = /bin/sh -c 'sleep 0.3; microctr poweroff'\n")
        (etc / "containers" / "bench.conf").write_text("layer = busybox\ncommand = /bin/stamp\nlog = console\nrestart = no\n")
    else:
        program = bench.build / "boot_init" if kind == "bare C init" else HERE / "scripts" / "boot.sh"
        shutil.copy2(program, overlay / "init.bench")
        (overlay / "init.bench").chmod(0o755)
        (overlay / "etc").mkdir()
        (overlay / "etc" / "inittab").write_text("::sysinit:/init.bench\n")  # of BusyBox init
    target = place / (kind.split()[0] + ".image")
    done(TOP / "qemu" / "image", "--arch", "x86_64", "--out", target, "--bare", *options, "--overlay", overlay, "--binary", bench.binary)
    return target


def one_boot(place, image_file, kind):
    init = {"microctr": "/init", "bare C init": "/init.bench"}.get(kind, "/sbin/init")
    said = subprocess.run([TOP / "qemu" / "boot", "--arch", "x86_64", "--image", image_file, "--disk", place / "disk", "--snapshot", "--timeout", "60",
                           "--append", f"rdinit=/bench/stamp -- {init}"], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False).stdout
    stamps = re.findall(r"(?:^|[^\d.])(\d{8,12})\s*$", said, re.M)
    if len(stamps) != 2:
        raise SystemExit(f"FAIL bench: the boot of '{kind}' did not come to its container:\n{said[-3000:]}")
    return (int(stamps[1]) - int(stamps[0])) / 1e6
