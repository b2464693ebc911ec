"""Measuring a row: all programs in turn, some rounds, and the median over these."""

import statistics
import time
from dataclasses import dataclass, field

from .peer import PeerError


@dataclass
class Cell:
    """What a program gives in a row."""

    value: float | None = None  # seconds a piece, or bytes
    spread: float = 0  # of the rounds: (largest - smallest) / median
    digests: list = field(default_factory=list)  # (count, rms, shadow) for each result
    note: str = ""  # why there is no value, or that the results differ


def _digests(words):
    numbers = [float(word) for word in words]
    return [tuple(numbers[i : i + 3]) for i in range(0, len(numbers), 3)]


def _open(row, processes):
    """Cells, and the seconds of a call of those that have the row."""
    cells, seconds = {}, {}
    for key, process in processes.items():
        cells[key] = cell = Cell()
        try:
            answer = process.ask(f"open {row.name}")
            if answer is None:
                cell.note = "absent"
            else:
                seconds[key], cell.digests = float(answer[0]), _digests(answer[1:])
        except PeerError as error:
            cell.note = f"failed: {error}"
    return cells, seconds


def timed(row, processes, rounds, turn_seconds):
    cells, seconds = _open(row, processes)
    samples = {key: [] for key in seconds}
    for turn in range(rounds):
        order = list(seconds)
        for key in order[turn % max(1, len(order)) :] + order[: turn % max(1, len(order))]:
            if cells[key].note:
                continue
            repetitions = max(1, min(100_000, round(turn_seconds / max(seconds[key], 1e-7))))
            try:
                samples[key].append(float(processes[key].ask(f"time {repetitions}")[0]))
            except PeerError as error:
                cells[key].note = f"failed: {error}"
            time.sleep(0.01)  # until its waiting threads sleep, too
    for key, times in samples.items():
        if times and not cells[key].note:
            middle = statistics.median(times)
            cells[key].value, cells[key].spread = middle / row.pieces, (max(times) - min(times)) / middle
    compare(cells, row.tolerance)
    return cells


def peak_memory(row, processes):
    """Each in a process of its own, which ends afterwards."""
    cells = {}
    for key, process in processes.items():
        cells[key] = cell = Cell()
        process.stop()
        try:
            answer = process.ask(f"memory {row.memory_after} {row.name.partition('.')[0]}")
            if answer is None:
                cell.note = "absent"
            else:
                cell.value = float(answer[0])
        except PeerError as error:
            cell.note = f"failed: {error}"
        process.stop()
    return cells


def _agree(ours, theirs, tolerance):
    if len(ours) != len(theirs):
        return False
    for (n, rms, shadow), (m, other_rms, other_shadow) in zip(ours, theirs):
        scale = max(rms, other_rms, 1e-30) * tolerance
        # A NaN agrees with nothing.
        if n != m or not (abs(rms - other_rms) <= scale and abs(shadow - other_shadow) <= scale):
            return False
    return True


def compare(cells, tolerance):
    """Notes where results differ from Tapestry's."""
    ours = cells["tapestry"].digests
    for key, cell in cells.items():
        if key != "tapestry" and ours and cell.digests and not _agree(ours, cell.digests, tolerance):
            cell.note = "results differ"
