"""A program of the comparison: a process that is asked line by line, see cc/serve.h."""

import os
import select
import signal
import subprocess
import time
from dataclasses import dataclass, field


class PeerError(Exception):
    pass


@dataclass
class Peer:
    name: str  # the heading of its column
    key: str  # in CSV and JSON
    command: list
    environment: dict = field(default_factory=dict)
    version: str = ""


class Process:
    """A peer on some processors. It is started when first asked, and anew after it broke."""

    def __init__(self, peer, processors, log):
        self.peer, self.processors, self.log = peer, processors, log
        self.child = None

    def _start(self):
        threads = str(len(self.processors))
        environment = os.environ | {
            name: threads for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
        }
        environment |= {"PYTHONDONTWRITEBYTECODE": "1"} | self.peer.environment
        self.child = subprocess.Popen(
            self.peer.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            env=environment,
            preexec_fn=lambda: os.sched_setaffinity(0, self.processors),
            start_new_session=True,
        )

    def ask(self, line, seconds=900):
        """The words of the answer after the first; None when the peer has no such row."""
        if self.child is None:
            self._start()
        try:
            self.child.stdin.write((line + "\n").encode())
            self.child.stdin.flush()
            answer = self._read_line(time.monotonic() + seconds)
        except (BrokenPipeError, PeerError) as error:
            self.stop()
            raise PeerError(str(error)) from error
        word, _, rest = answer.partition(" ")
        if word == "failed":
            raise PeerError(rest)
        return None if word == "absent" else rest.split()

    def _read_line(self, deadline):
        line = b""
        while not line.endswith(b"\n"):
            ready, _, _ = select.select([self.child.stdout], [], [], max(0, deadline - time.monotonic()))
            if not ready:
                raise PeerError("no answer in time")
            piece = os.read(self.child.stdout.fileno(), 65536)
            if not piece:
                raise PeerError(f"ended with status {self.child.wait()}")
            line += piece
        return line.decode().strip()

    def stop(self):
        if self.child is None:
            return
        for stream in (self.child.stdin, self.child.stdout):
            try:
                stream.close()
            except BrokenPipeError:
                pass
        try:
            self.child.wait(5)
        except subprocess.TimeoutExpired:
            os.killpg(self.child.pid, signal.SIGKILL)  # with the compilers that it may have started
            self.child.wait()
        self.child = None
