"""scikit-learn's MLPClassifier, one `partial_fit` on the whole batch a step: `sklearn_mlp.py FOLDER THREADS`."""

import warnings

import numpy as np
import sklearn
from sklearn.neural_network import MLPClassifier

from common import serve

warnings.filterwarnings("ignore")


class Job:
    def __init__(self, workload):
        self.workload = workload
        self.labels = workload.y[:, 0].astype(int) if workload.binary else workload.y.argmax(1)
        self.model = MLPClassifier(
            hidden_layer_sizes=workload.sizes[1:-1],
            solver="sgd",
            alpha=0.0,
            batch_size=workload.batch,
            learning_rate_init=workload.learning_rate,
            momentum=0.0,
            shuffle=False,
        )
        classes = np.arange(2 if workload.binary else workload.sizes[-1])
        self.model.partial_fit(workload.x, self.labels, classes=classes)
        self.model.coefs_ = [np.ascontiguousarray(w.T) for w in workload.weights]
        self.model.intercepts_ = [b.copy() for b in workload.biases]
        # The optimizer holds the arrays of the first fit: let it be made anew, over these.
        self.model._optimizer = type(self.model._optimizer)(
            self.model.coefs_ + self.model.intercepts_, workload.learning_rate, "constant", 0.0, False
        )

    def one_step(self):
        self.model.partial_fit(self.workload.x, self.labels)

    def costs(self, steps):
        return [(self.one_step(), float(self.model.loss_))[1] for _ in range(steps)]

    def step(self, times):
        return lambda: [self.one_step() for _ in range(times)]

    def predict(self, count, times):
        x = self.workload.examples(count)
        return lambda: [self.model.predict_proba(x) for _ in range(times)]


if __name__ == "__main__":
    serve(f"scikit-learn {sklearn.__version__}", Job)
