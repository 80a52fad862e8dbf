"""The rows of all parts: as text, as JSON, as a chart, and as Markdown for the README.

JSON: {"machine": {...}, "parts": [{"name", "title", "columns", "rows": [[...]], "notes": [...]}], "chart": {NAME: ms}}.
"""
import json
import html


class Part:
    def __init__(self, name, title, columns):
        self.name, self.title, self.columns, self.rows, self.notes = name, title, columns, [], []

    def add(self, *cells):
        self.rows.append(["" if cell is None else cell for cell in cells])

    def note(self, text):
        self.notes.append(text)

    def text(self):
        cells = [[str(cell) for cell in row] for row in [self.columns, *self.rows]]
        widths = [max(len(row[at]) for row in cells) for at in range(len(self.columns))]
        lines = [self.title]
        lines += ["  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in cells]
        return "\n".join(lines + ["  * " + note for note in self.notes]) + "\n"

    def markdown(self):
        lines = ["| " + " | ".join(self.columns) + " |", "|" + "---|" * len(self.columns)]
        lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in self.rows]
        return "\n".join([f"**{self.title}**", "", *lines, ""] + ([" ".join(self.notes), ""] if self.notes else []))


class Table:
    def __init__(self, machine):
        self.machine, self.parts, self.chart = machine, [], {}
        versions = ", ".join(f"{name} {version or 'not there'}" for name, version in machine["versions"].items())
        self.head = (f"{machine['date']}, Linux {machine['kernel']} {machine['architecture']}, {machine['processor']}, "
                     f"{machine['processors']} processors, load {machine['load']:.2f}, {machine['rounds']} rounds; {versions}")
        print(self.head, flush=True)

    def part(self, name, title, *columns):
        self.parts.append(Part(name, title, list(columns)))
        return self.parts[-1]

    def done(self, part):
        print("\n" + part.text(), end="", flush=True)

    def write(self, build):
        text = self.head + "\n\n" + "\n".join(part.text() for part in self.parts)
        (build / "bench.txt").write_text(text)
        (build / "bench.json").write_text(json.dumps({"machine": self.machine, "chart": self.chart, "parts": [
            {"name": part.name, "title": part.title, "columns": part.columns, "rows": part.rows, "notes": part.notes}
            for part in self.parts]}, indent=2) + "\n")
        (build / "readme.md").write_text(self.head + ".\n\n" + "\n".join(part.markdown() for part in self.parts))
        if self.chart:
            (build / "bench.svg").write_text(draw(self.chart))


def draw(bars):
    """Horizontal bars, milliseconds; readable on light and dark ground."""
    width, label, row = 720, 190, 26
    most = max(bars.values())
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {row * len(bars) + 44}" font-family="sans-serif" '
             'font-size="13"><style>text{fill:#333}rect{fill:#8aa4c8}.ours{fill:#d97b29}'
             '@media(prefers-color-scheme:dark){text{fill:#ddd}rect{fill:#5b7aa8}.ours{fill:#e08a3c}}</style>',
             '<text x="4" y="20" font-weight="bold">Start to exit of `true`, milliseconds (median)</text>']
    for index, (name, value) in enumerate(bars.items()):
        y = 34 + row * index
        length = max(2, (width - label - 70) * value / most)
        kind = ' class="ours"' if name.startswith("microctr") else ""
        lines.append(f'<text x="{label - 8}" y="{y + 14}" text-anchor="end">{html.escape(name)}</text>'
                     f'<rect{kind} x="{label}" y="{y}" width="{length:.0f}" height="19"/>'
                     f'<text x="{label + length + 6:.0f}" y="{y + 14}">{value:.2f}</text>')
    return "\n".join(lines + ["</svg>"]) + "\n"
