"""What a network costs: tests/bench/network, which says itself how its rows are made."""
import json
import subprocess

from bench import HERE


def measure(bench, table):
    subprocess.run([HERE / "network", "--binary", bench.binary, "--rounds", str(max(20, bench.rounds // 2))], check=True,
                   stdout=subprocess.DEVNULL)
    result = json.loads((bench.build / "network.json").read_text())
    part = table.part("network", "What `microctr run` takes longer with a network, beside a C program that sends the same messages", "added", "microctr, ms", "floor, ms", "over the floor",
                      "whole run over (run without + floor)", "calls", "floor's calls")
    for place in ("first", "further"):
        for row in result[place]["added"]:
            values = [f"{row[key]['median'] / 1000:.2f} ({row[key]['q1'] / 1000:.2f}–{row[key]['q3'] / 1000:.2f})" for key in ("microctr_us", "floor_us")]
            part.add(row["name"], *values, row["ratio"], row["whole_ratio"], row["microctr_calls"], row["floor_calls"])
    table.done(part)
