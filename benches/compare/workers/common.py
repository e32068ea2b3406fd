"""What the Python workers share: the workload's files, and the loop that answers the driver."""

import json
import pathlib
import sys
import time

import numpy as np


class Workload:
    """Sizes and data of a workload: `x` (m, n[0]), `y` (m, n[L]), `weights` of (n[l], n[l-1]), `biases` of (n[l],)."""

    def __init__(self, folder, name):
        folder = pathlib.Path(folder) / name
        about = json.loads((folder / "about.json").read_text())
        self.sizes, self.batch = about["sizes"], about["batch"]
        self.learning_rate = about["learning_rate"]
        read = lambda file, *shape: np.fromfile(folder / file, "<f4").reshape(shape)
        pairs = list(enumerate(zip(self.sizes[1:], self.sizes)))
        self.x = read("x", self.batch, self.sizes[0])
        self.y = read("y", self.batch, self.sizes[-1])
        self.weights = [read(f"w{layer}", units, inputs) for layer, (units, inputs) in pairs]
        self.biases = [read(f"b{layer}", units) for layer, (units, _) in pairs]
        self.binary = self.sizes[-1] == 1

    def examples(self, count):
        """`count` examples: those of the batch, over and over."""
        return np.ascontiguousarray(self.x[np.arange(count) % self.batch])


def serve(name, make):
    """Answers the driver's lines, one JSON value each; `make(workload)` gives an object with what the rival can do."""
    folder, jobs = sys.argv[1], {}
    for line in sys.stdin:
        what, *rest = line.split()
        if what == "name":
            answer = name
        elif what == "check":
            answer = make(Workload(folder, rest[0])).costs(int(rest[1]))
        else:
            if rest[0] not in jobs:
                jobs[rest[0]] = make(Workload(folder, rest[0]))
            answer = seconds(getattr(jobs[rest[0]], what, None), *map(int, rest[1:]))
        print(json.dumps(answer), flush=True)


def seconds(action, *arguments):
    """The time `action` takes; None if the rival has no such thing."""
    if action is None:
        return None
    run = action(*arguments)
    start = time.perf_counter()
    run()
    return time.perf_counter() - start
