"""A program of the comparison in Python; cc/serve.h says what it is asked and answers.

A row is a function without arguments that returns (call, results): the call that is timed, and the
arrays of the latest call."""

import gc
import os
import statistics
import sys
import time

from inputs import digest


def _seconds(call):
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def _status_bytes(name):
    with open("/proc/self/status") as status:
        for line in status:
            if line.startswith(name + ":"):
                return int(line.split()[1]) * 1024
    return 0


class Server:
    def __init__(self, rows):
        self.rows = rows
        self.call = self.results = None

    def _prepare(self, row):
        self.call = self.results = None
        gc.collect()
        self.call, self.results = self.rows[row]()
        self.call()

    def open(self, row):
        if row not in self.rows:
            return "absent"
        self._prepare(row)
        digests = [digest(x) for x in self.results()]
        self.call()
        seconds = _seconds(self.call)
        for _ in range(4 if seconds < 0.02 else 0):
            seconds = min(seconds, _seconds(self.call))
        return "opened %.9g" % seconds + "".join(" %d %.9g %.9g" % d for d in digests)

    def time(self, repetitions):
        repetitions = int(repetitions)
        if repetitions > 1:
            self.call()
        return "timed %.9g" % statistics.median(_seconds(self.call) for _ in range(repetitions))

    def memory(self, first, row):
        if first not in self.rows or row not in self.rows:
            return "absent"
        self._prepare(first)
        self.call = self.results = None
        gc.collect()
        before = _status_bytes("VmRSS")
        self._prepare(row)
        with open("/proc/self/clear_refs", "w") as peak:
            peak.write("5")
        for _ in range(3):
            self.call()
        return "peak %d" % max(0, _status_bytes("VmHWM") - before)


def serve(rows):
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print goes elsewhere
    gc.disable()
    server = Server(rows)
    for line in sys.stdin:
        command, *arguments = line.split()
        try:
            answer = getattr(server, command)(*arguments)
        except Exception as error:  # noqa: BLE001: the driver shows it
            answer = "failed " + " ".join((type(error).__name__ + ": " + str(error)).split())[:300]
        answers.write(answer + "\n")
        answers.flush()
