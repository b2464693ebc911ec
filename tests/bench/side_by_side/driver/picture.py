"""The ratios as bars, SVG: right of the line at 1 Tapestry is faster, left of it another."""

import math
from html import escape

from .report import counted

_BAR, _ROW, _LABEL, _WIDTH, _MARGIN = 11, 17, 380, 560, 150
_FASTER, _SLOWER, _SHADES = "#2b7a5b", "#b5473c", (1.0, 0.6, 0.4, 0.28)


def svg(lines, peers, machine):
    names = {p.key: p.name for p in peers}
    threads = sorted({line.threads for line in lines})
    measured = [line for line in lines if line.best()[1]]
    most = max([abs(math.log2(line.best()[1])) for line in measured] + [1.0])
    most = math.ceil(most)
    middle = _LABEL + _WIDTH / 2

    def across(ratio):
        return middle + math.log2(ratio) / most * _WIDTH / 2

    out, y = [], 24
    out.append(_text(12, y, "Tapestry beside others: time of the best of them over Tapestry's", size=15, bold=True))
    for key, value in machine.items():
        y += 15
        out.append(_text(12, y, f"{key}: {value}", size=10))
    y += 15
    out.append(_text(12, y, "right of 1 Tapestry is faster; logarithmic; for memory likewise, bytes for time", size=10))
    y += 26
    top = y
    bars = []
    seen = []
    for line in measured:
        if line.row.name not in seen:
            seen.append(line.row.name)
    for name in seen:
        group = [line for line in measured if line.row.name == name]
        bars.append(_text(_LABEL - 8, y + _BAR, group[0].row.title, size=11, anchor="end"))
        for line in group:
            key, ratio = line.best()
            start, end = sorted((middle, across(ratio)))
            shade = _SHADES[threads.index(line.threads) % len(_SHADES)]
            color = _FASTER if ratio >= 1 else _SLOWER
            bars.append(
                f'<rect x="{start:.1f}" y="{y}" width="{max(end - start, 0.5):.1f}" height="{_BAR}" '
                f'fill="{color}" fill-opacity="{shade}"/>'
            )
            note = f"{ratio:.2f}  {names[key]}" + (f", {counted(line.threads)}" if len(threads) > 1 else "")
            bars.append(_text(_LABEL + _WIDTH + 8, y + _BAR - 1, note, size=9))
            y += _BAR + 1
        y += _ROW - _BAR
    step = max(1, round(most / 6))
    for power in range(-most // step * step, most + 1, step):
        if abs(power) > most:
            continue
        x = middle + power / most * _WIDTH / 2
        dark = "#222" if power == 0 else "#ddd"
        out.append(f'<line x1="{x:.1f}" y1="{top - 6}" x2="{x:.1f}" y2="{y}" stroke="{dark}"/>')
        label = str(2**power) if power >= 0 else f"1/{2**-power}"
        out.append(_text(x, top - 9, label, size=9, anchor="middle"))
    width, height = _LABEL + _WIDTH + _MARGIN + 90, y + 12
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-family="sans-serif">\n<rect width="100%" height="100%" fill="white"/>'
    )
    return "\n".join([head, *out, *bars, "</svg>"]) + "\n"


def _text(x, y, words, size, anchor="start", bold=False):
    weight = ' font-weight="bold"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}"{weight} fill="#222">'
        f"{escape(words)}</text>"
    )
