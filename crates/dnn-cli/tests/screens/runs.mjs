// Writes the folders of a hundred trainings that never were, as `dnn train` writes them: 2000 steps and 20 looks each.
//
//   node runs.mjs FOLDER

import { mkdirSync, writeFileSync } from "node:fs";

const [, , folder] = process.argv;
const classes = [..."ABCDEFGHIJ"];
for (let i = 0; i < 100; i++) {
  const run = `${folder}/run-${String(i).padStart(3, "0")}`;
  mkdirSync(run, { recursive: true });
  const [rate, units] = [0.001 * 1.06 ** i, 8 << (i % 4)];
  const write = (name, value) => writeFileSync(`${run}/${name}`, JSON.stringify(value) + "\n");
  const lines = [{ event: "started", time: 1.7e9 + i, network: `16-${units}-10`, steps: 2000, steps_per_epoch: 100 }];
  let cost = 0;
  for (let step = 1; step <= 2000; step++) {
    const seconds = 0.001 * step;
    cost = 2.3 * Math.exp(-step * rate * 0.05) + 0.02 * (1 + Math.sin(0.37 * step + i));
    lines.push({ event: "step", step, cost, seconds });
    if (step % 100 === 0) {
      lines.push({ event: "epoch", epoch: step / 100, step, cost, seconds });
      lines.push({ event: "validation", epoch: step / 100, step, cost: 1.1 * cost, metrics: { accuracy: Math.max(0, 1 - 0.4 * cost) }, seconds });
    }
  }
  lines.push({ event: "finished", step: 2000, cost, seconds: 2 });
  writeFileSync(`${run}/metrics.jsonl`, lines.map((line) => JSON.stringify(line) + "\n").join(""));
  const configuration = { training: { learning_rate: rate, optimizer: { name: i % 3 ? "adam" : "momentum" } }, network: { hidden: [units] } };
  write("run.json", { name: `run ${i}`, started: 1.7e9 + i, seed: i, network: `16-${units}-10`, parameters: 27 * units, configuration, backend: "dnn", threads: 1 });
  const accuracy = Math.max(0, 1 - 0.4 * cost);
  write("outcome.json", { state: "finished", steps: 2000, seconds: 2, metrics: { validation: { accuracy, cost }, test: { accuracy: 0.98 * accuracy } } });
  const confusion = classes.flatMap((_, row) => classes.map((_, column) => (row === column ? 90 : (row * 7 + column * 3 + i) % 3)));
  write("evaluation.json", { split: "test", classes, confusion });
}
