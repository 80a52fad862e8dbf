#!/usr/bin/env python3
"""json_keys.py DOCUMENT VERB: compares JSON from standard input (one document, or one on each line) with the table of VERB
in the document. Every key must stand there with its type, and every key there without a `?` must have come. `--all`: also
those with a `?` have to come. Prints what is wrong and fails."""
import json
import re
import sys

everything = sys.argv[1] == "--all"
document, verb = sys.argv[1 + everything : 3 + everything]
section = re.search(r"^## %s\n(.*?)(?=^## |\Z)" % verb, open(document).read(), re.M | re.S).group(1)
table = dict(re.findall(r"^\| `([^`]+)` \| (\w+) \|", section, re.M))
text = sys.stdin.read()
try:
    documents = [json.loads(text)]
except json.JSONDecodeError:
    documents = [json.loads(line) for line in text.splitlines()]
rows = [row for one in documents for row in (one if isinstance(one, list) else [one])]
if not rows or not table:
    sys.exit("nothing to compare: %d rows, %d keys" % (len(rows), len(table)))
wrong = []


def type_of(value):
    if isinstance(value, bool):
        return "boolean"
    return {int: "number", float: "decimal", str: "string"}.get(type(value), "other")


# Each row as (path without "?", type); `*` in the table stands for any key.
def walk(value, path):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from walk(inner, path + [key])
    elif isinstance(value, list):
        for inner in value:
            yield from walk(inner, path[:-1] + [path[-1] + "[]"])
    else:
        yield path, type_of(value)


def matches(pattern, path):
    parts = pattern.replace("?", "").split(".")
    # A key itself may have points: of `limits`, each is the name of a file.
    return len(parts) == len(path) and all(part in ("*", name) for part, name in zip(parts, path))


for row in rows:
    found = set()
    for path, kind in walk(row, []):
        known = [pattern for pattern in table if matches(pattern, path)]
        found.update(known)
        if not known:
            wrong.append("not documented: " + ".".join(path))
        elif table[known[0]] != kind:
            wrong.append("%s is %s, documented as %s" % (".".join(path), kind, table[known[0]]))
    for pattern in table:
        # What is below an array need not come: it may be empty.
        needed = everything or ("?" not in pattern and "[]" not in pattern)
        if needed and pattern not in found:
            wrong.append("missing: " + pattern)
if wrong:
    sys.exit("; ".join(sorted(set(wrong))))
