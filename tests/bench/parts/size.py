"""How large the shipped programs are, by section and by folder of the source."""
import collections
import re
import subprocess

from bench import TOP

SECTIONS = (".text", ".rodata", ".data", ".bss")


def measure(_, table):
    part = table.part("size", "Shipped program, bytes", "target", "file", "code", "constants", "data", "in squashfs (xz)")
    for target in ("x86_64", "aarch64", "armv7"):
        program = TOP / "build" / target / "microctr"
        if not program.exists():
            part.add(target, "not built", "", "", "", "")
            continue
        sizes = dict(re.findall(r"^(\.\w+)\s+(\d+)", subprocess.run(["size", "-A", "-d", program], capture_output=True, text=True, check=True).stdout, re.M))
        packed = len(subprocess.run(["xz", "-9e", "--stdout", program], capture_output=True, check=True).stdout)
        part.add(target, program.stat().st_size, int(sizes[".text"]), int(sizes[".rodata"]), int(sizes[".data"]), packed)
    table.done(part)
    folders(table)


def folders(table):
    program = TOP / "build" / "x86_64" / "microctr.debug"
    part = table.part("folders", "Code of x86_64 by folder of the source, bytes", "folder", "bytes", "share")
    symbols = re.findall(r"^(\w+) (\w+) [tT] ", subprocess.run(["nm", "-S", "--defined-only", program], capture_output=True, text=True, check=True).stdout, re.M)
    places = subprocess.run(["addr2line", "-e", program], input="\n".join(address for address, _ in symbols), capture_output=True, text=True, check=True).stdout.splitlines()
    sums = collections.Counter()
    for (_, size), place in zip(symbols, places):
        found = re.search(r"/(launcher/\w+|init)/", place)
        sums[found.group(1) if found else "the C library"] += int(size, 16)
    total = sum(sums.values())
    for folder, size in sums.most_common():
        part.add(folder, size, f"{100 * size / total:.0f} %")
    part.note("a function that is inlined counts where it ends up")
    table.done(part)
