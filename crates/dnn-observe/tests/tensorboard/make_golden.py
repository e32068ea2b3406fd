"""Writes the golden event file with TensorBoard's own messages and framing: dnn must write the same bytes.

    make_golden.py FILE
"""

import sys

from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import HistogramProto, Summary
from tensorboard.summary.writer.record_writer import RecordWriter

VALUES = [-1.0, 0.5, 0.5, 2.0]
BUCKETS = 30


def histogram():
    low, high = min(VALUES), max(VALUES)
    limits = [(1 - (i + 1) / BUCKETS) * low + (i + 1) / BUCKETS * high for i in range(BUCKETS)]
    counts = [0.0] * BUCKETS
    for value in VALUES:
        counts[min(int((value - low) / (high - low) * BUCKETS), BUCKETS - 1)] += 1
    return HistogramProto(
        min=low,
        max=high,
        num=len(VALUES),
        sum=sum(VALUES),
        sum_squares=sum(value * value for value in VALUES),
        bucket_limit=limits,
        bucket=counts,
    )


def summary(**value):
    return Event(wall_time=1.5, step=300, summary=Summary(value=[Summary.Value(**value)]))


with open(sys.argv[1], "wb") as file:
    writer = RecordWriter(file)
    for event in [
        Event(wall_time=1.5, file_version="brain.Event:2"),
        summary(tag="accuracy/test", simple_value=0.96875),
        summary(tag="layer 1/weight", histo=histogram()),
    ]:
        writer.write(event.SerializeToString())
