"""onnxruntime, predictions only: `onnx_runtime.py FOLDER THREADS`."""

import sys

import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from common import serve


def model(workload):
    nodes, values, before = [], [], "x"
    last = len(workload.weights) - 1
    for layer, (weight, bias) in enumerate(zip(workload.weights, workload.biases)):
        values += [numpy_helper.from_array(weight, f"w{layer}"), numpy_helper.from_array(bias, f"b{layer}")]
        nodes.append(helper.make_node("Gemm", [before, f"w{layer}", f"b{layer}"], [f"z{layer}"], transB=1))
        link = "Relu" if layer < last else "Sigmoid" if workload.binary else "Softmax"
        nodes.append(helper.make_node(link, [f"z{layer}"], [f"a{layer}"]))
        before = f"a{layer}"
    put = lambda name, units: helper.make_tensor_value_info(name, TensorProto.FLOAT, [None, units])
    graph = helper.make_graph(nodes, "net", [put("x", workload.sizes[0])], [put(before, workload.sizes[-1])], values)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9).SerializeToString()


class Job:
    def __init__(self, workload):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = int(sys.argv[2])
        options.add_session_config_entry("session.intra_op.allow_spinning", "1")
        self.workload = workload
        self.session = onnxruntime.InferenceSession(model(workload), options, providers=["CPUExecutionProvider"])

    def costs(self, steps):
        return None

    def predict(self, count, times):
        x = {"x": self.workload.examples(count)}
        self.session.run(None, x)
        return lambda: [self.session.run(None, x) for _ in range(times)]


if __name__ == "__main__":
    serve(f"onnxruntime {onnxruntime.__version__}", Job)
