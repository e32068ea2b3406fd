"""JAX with jit and donated buffers: `jax_jit.py FOLDER THREADS`."""

import functools

import jax
import jax.numpy as jnp

from common import serve


def scores(parameters, x):
    for w, b in parameters[:-1]:
        x = jax.nn.relu(x @ w + b)
    w, b = parameters[-1]
    return x @ w + b


def cost(parameters, x, y, binary):
    z = scores(parameters, x)
    if binary:
        return jnp.mean(jnp.maximum(z, 0) - z * y + jnp.log1p(jnp.exp(-jnp.abs(z))))
    return -jnp.mean(jnp.sum(y * jax.nn.log_softmax(z), axis=1))


@functools.partial(jax.jit, static_argnames="binary", donate_argnums=0)
def step(parameters, x, y, rate, binary):
    value, gradient = jax.value_and_grad(cost)(parameters, x, y, binary)
    return jax.tree.map(lambda p, g: p - rate * g, parameters, gradient), value


@functools.partial(jax.jit, static_argnames="binary")
def predict(parameters, x, binary):
    z = scores(parameters, x)
    return jax.nn.sigmoid(z) if binary else jax.nn.softmax(z)


class Job:
    def __init__(self, workload):
        self.workload = workload
        self.x, self.y = jnp.asarray(workload.x), jnp.asarray(workload.y)
        self.parameters = [(jnp.array(w.T), jnp.array(b)) for w, b in zip(workload.weights, workload.biases)]

    def one_step(self):
        rate, binary = self.workload.learning_rate, self.workload.binary
        self.parameters, value = step(self.parameters, self.x, self.y, rate, binary)
        return value

    def costs(self, steps):
        return [float(self.one_step()) for _ in range(steps)]

    def step(self, times):
        self.one_step().block_until_ready()

        def run():
            for _ in range(times):
                value = self.one_step()
            jax.block_until_ready((self.parameters, value))

        return run

    def predict(self, count, times):
        x, binary = jnp.asarray(self.workload.examples(count)), self.workload.binary
        predict(self.parameters, x, binary).block_until_ready()
        # Each answer is waited for, as whoever asked would.
        return lambda: [predict(self.parameters, x, binary).block_until_ready() for _ in range(times)]


if __name__ == "__main__":
    serve(f"JAX {jax.__version__}, jit", Job)
