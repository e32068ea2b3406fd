"""PyTorch, eager or compiled: `pytorch.py FOLDER THREADS [compile]`."""

import sys

import torch

from common import serve

COMPILED = "compile" in sys.argv[3:]


class Job:
    def __init__(self, workload):
        layers = []
        for weight, bias in zip(workload.weights, workload.biases):
            layer = torch.nn.Linear(weight.shape[1], weight.shape[0])
            with torch.no_grad():
                layer.weight.copy_(torch.from_numpy(weight))
                layer.bias.copy_(torch.from_numpy(bias))
            layers += [layer, torch.nn.ReLU()]
        self.workload = workload
        self.model = torch.nn.Sequential(*layers[:-1])
        self.link = torch.nn.Sigmoid() if workload.binary else torch.nn.Softmax(dim=1)
        self.x = torch.from_numpy(workload.x)
        y = torch.from_numpy(workload.y)
        self.y = y if workload.binary else y.argmax(1)
        criterion = torch.nn.BCEWithLogitsLoss() if workload.binary else torch.nn.CrossEntropyLoss()
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=workload.learning_rate, fused=True)
        self.forward = lambda x: self.link(self.model(x))
        self.loss = lambda: criterion(self.model(self.x), self.y)
        if COMPILED:
            self.forward, self.loss = torch.compile(self.forward), torch.compile(self.loss)
        self.one_step()

    def one_step(self):
        self.optimizer.zero_grad(set_to_none=True)
        loss = self.loss()
        loss.backward()
        self.optimizer.step()
        return loss

    def costs(self, steps):
        # The first step was taken when the job was made, to compile it: start again from the same weights.
        with torch.no_grad():
            linear = [layer for layer in self.model if isinstance(layer, torch.nn.Linear)]
            for layer, weight, bias in zip(linear, self.workload.weights, self.workload.biases):
                layer.weight.copy_(torch.from_numpy(weight))
                layer.bias.copy_(torch.from_numpy(bias))
        return [self.one_step().item() for _ in range(steps)]

    def step(self, times):
        return lambda: [self.one_step() for _ in range(times)][-1].item()

    def predict(self, count, times):
        x = torch.from_numpy(self.workload.examples(count))

        def run():
            with torch.inference_mode():
                for _ in range(times):
                    self.forward(x)

        with torch.inference_mode():
            self.forward(x)
        return run


if __name__ == "__main__":
    torch.set_num_threads(int(sys.argv[2]))
    serve(f"PyTorch {torch.__version__}" + (", torch.compile" if COMPILED else ""), Job)
