"""TensorFlow with Keras layers in a `tf.function`, compiled by XLA or not: `tensorflow_keras.py FOLDER THREADS [xla]`."""

import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import tensorflow as tf

from common import serve

XLA = "xla" in sys.argv[3:]


class Job:
    def __init__(self, workload):
        self.workload = workload
        layers = [tf.keras.layers.Dense(units, "relu") for units in workload.sizes[1:-1]]
        layers.append(tf.keras.layers.Dense(workload.sizes[-1]))
        self.model = tf.keras.Sequential([tf.keras.Input((workload.sizes[0],)), *layers])
        for layer, weight, bias in zip(layers, workload.weights, workload.biases):
            layer.set_weights([weight.T, bias])
        self.x, self.y = tf.constant(workload.x), tf.constant(workload.y)
        losses = tf.keras.losses
        kind = losses.BinaryCrossentropy if workload.binary else losses.CategoricalCrossentropy
        self.loss = kind(from_logits=True)
        self.optimizer = tf.keras.optimizers.SGD(workload.learning_rate)
        self.optimizer.build(self.model.trainable_variables)
        self.link = tf.nn.sigmoid if workload.binary else tf.nn.softmax
        self.one_step = tf.function(self.one_step, jit_compile=XLA).get_concrete_function(self.x, self.y)
        self.forward = tf.function(lambda x: self.link(self.model(x, training=False)), jit_compile=XLA)

    def one_step(self, x, y):
        with tf.GradientTape() as tape:
            loss = self.loss(y, self.model(x, training=True))
        variables = self.model.trainable_variables
        self.optimizer.apply(tape.gradient(loss, variables), variables)
        return loss

    def costs(self, steps):
        return [float(self.one_step(self.x, self.y)) for _ in range(steps)]

    def step(self, times):
        return lambda: [self.one_step(self.x, self.y) for _ in range(times)][-1].numpy()

    def predict(self, count, times):
        x = tf.constant(self.workload.examples(count))
        forward = self.forward.get_concrete_function(x)
        forward(x)
        # Each answer is waited for, as whoever asked would.
        return lambda: [forward(x).numpy() for _ in range(times)]


if __name__ == "__main__":
    tf.config.threading.set_intra_op_parallelism_threads(int(sys.argv[2]))
    tf.config.threading.set_inter_op_parallelism_threads(1)
    serve(f"TensorFlow {tf.__version__}, Keras {tf.keras.__version__}" + (", XLA" if XLA else ""), Job)
