"""What was measured as text, CSV and JSON."""

import csv
import io
import json
import math
from dataclasses import asdict, dataclass


_SCALES = {
    "s": ((1, "s"), (1e-3, "ms"), (1e-6, "us"), (1e-9, "ns")),
    "B": ((2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB")),
}


@dataclass
class Line:
    """A row with a number of threads."""

    row: object
    threads: int
    cells: dict  # by key of the peer

    def best(self):
        """The peer with the least value, and how many times Tapestry's that is."""
        ours = self.cells["tapestry"].value
        others = {key: cell.value for key, cell in self.cells.items() if key != "tapestry" and cell.value}
        if not ours or not others:
            return None, None
        key = min(others, key=others.get)
        return key, others[key] / ours


def counted(threads):
    return f"{threads} thread{'s' if threads > 1 else ''}"


def quantity(value, unit):
    """Three digits of seconds or bytes, with a unit that suits them."""
    if value is None:
        return ""
    scale, name = next((s for s in _SCALES[unit] if value >= s[0]), _SCALES[unit][-1])
    value /= scale
    return f"{value:.{0 if value >= 99.95 else 1 if value >= 9.995 else 2}f} {name}"


def of_limit(line, limits):
    """The share of what the machine can do that Tapestry reaches; None where a row is not bound by it."""
    row, ours = line.row, line.cells["tapestry"].value
    if not ours or not limits or not (row.flops or row.bytes):
        return None
    bandwidth = max(limits.get("triad", 0), limits.get("triad_streaming", 0))
    least = max(row.flops / limits["fma_f64" if row.f64 else "fma_f32"], row.bytes / bandwidth)
    return least / (ours * row.pieces)


def _cells(line, peers, limits):
    unit = "B" if line.row.is_memory else "s"
    values = [quantity(line.cells[p.key].value, unit) if p.key in line.cells else "" for p in peers]
    key, ratio = line.best()
    share = of_limit(line, limits.get(line.threads))
    notes = [f"{p.name}: {line.cells[p.key].note}" for p in peers if p.key in line.cells and line.cells[p.key].note]
    return [
        line.row.title,
        str(line.threads),
        *values,
        f"{ratio:.2f}" if ratio else "",
        next((p.name for p in peers if p.key == key), ""),
        f"{share:.0%}" if share else "",
        "; ".join(notes),
    ]


def text(lines, peers, machine, limits):
    head = ["row", "threads", *(p.name for p in peers), "ratio", "best of the others", "of limit", ""]
    table = [head, *(_cells(line, peers, limits) for line in lines)]
    widths = [max(len(cells[i]) for cells in table) for i in range(len(head))]
    out = [f"{key}: {value}" for key, value in machine.items()]
    for threads, found in limits.items():
        rates = [f"{name} {value / 1e9:.1f} {'GFLOP/s' if 'fma' in name else 'GB/s'}" for name, value in found.items()]
        out.append(f"limits, {counted(threads)}: {', '.join(rates)}")
    out.append("rows: f32, forward and gradient, unless they say otherwise")
    out += ["ratio: the best of the others' times over Tapestry's; above 1 Tapestry is faster", ""]
    for cells in table:
        left = [cells[0].ljust(widths[0])]
        middle = [cell.rjust(width) for cell, width in zip(cells[1:-3], widths[1:-3])]
        right = [cells[-3].ljust(widths[-3]), cells[-2].rjust(widths[-2]), cells[-1]]
        out.append("  ".join(left + middle + right).rstrip())
    means = {}
    for line in lines:
        ratio = line.best()[1]
        if ratio and not line.row.is_memory:
            means.setdefault(line.threads, []).append(ratio)
    out.append("")
    for threads, ratios in means.items():
        mean = math.exp(sum(map(math.log, ratios)) / len(ratios))
        faster = f"{sum(ratio >= 1 for ratio in ratios)} of {len(ratios)}"
        out.append(f"{counted(threads)}: Tapestry is faster in {faster} rows, geometric mean {mean:.2f}")
    return "\n".join(out) + "\n"


def csv_text(lines, peers, limits):
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["row", "threads", "unit", *(p.key for p in peers), "ratio", "best", "of_limit", "notes"])
    for line in lines:
        key, ratio = line.best()
        share = of_limit(line, limits.get(line.threads))
        values = [line.cells[p.key].value if p.key in line.cells else None for p in peers]
        row = [line.row.name, line.threads, "bytes" if line.row.is_memory else "seconds"]
        row += ["" if v is None else f"{v:.6g}" for v in values]
        row += [f"{ratio:.4g}" if ratio else "", key or "", f"{share:.3g}" if share else ""]
        writer.writerow(row + [_cells(line, peers, limits)[-1]])
    return out.getvalue()


def json_text(lines, peers, machine, limits):
    rows = []
    for line in lines:
        key, ratio = line.best()
        rows.append(
            {
                "row": line.row.name,
                "title": line.row.title,
                "threads": line.threads,
                "unit": "bytes" if line.row.is_memory else "seconds",
                "peers": {name: asdict(cell) for name, cell in line.cells.items()},
                "best": key,
                "ratio": ratio,
                "of_limit": of_limit(line, limits.get(line.threads)),
            }
        )
    versions = {p.key: {"name": p.name, "version": p.version} for p in peers}
    return json.dumps({"machine": machine, "limits": limits, "peers": versions, "rows": rows}, indent=1) + "\n"
