// What the report knows: the runs, what differs between them, which are hidden, and the colour of each.

const report = JSON.parse(document.getElementById("data").textContent);
const runs = report.runs;
const PALETTE = 8;

/** What all charts share; `changed` redraws those that have joined. */
const state = { hidden: new Set(), colourBy: "", charts: [] };

function changed() {
  for (const redraw of state.charts) redraw();
}

function hide(index, hidden) {
  if (hidden) state.hidden.add(index); else state.hidden.delete(index);
  changed();
}

/** Settings, or facts of the environment, whose values are not the same in all runs. */
function differing(part) {
  const names = [...new Set(runs.flatMap((run) => Object.keys(run[part])))];
  return names.filter((name) => new Set(runs.map((run) => JSON.stringify(run[part][name]))).size > 1);
}

/** Settings that were varied: a run that lacks one, such as another optimizer's, does not make it so. */
const varied = differing("settings").filter((name) => {
  const having = runs.filter((run) => name in run.settings);
  return new Set(having.map((run) => JSON.stringify(run.settings[name]))).size > 1;
});

/** What a run can be told apart and coloured by: a setting, or the measure. */
function valueOf(run, name) {
  if (name === report.measure) return run.metrics[name] ?? null;
  return run.settings[name] === null ? "none" : run.settings[name] ?? null;
}

/** How the values of a name are laid out: numbers on a line, anything else side by side. */
function spread(name) {
  const values = runs.map((run) => valueOf(run, name)).filter((value) => value !== null);
  const numbers = values.filter((value) => typeof value === "number" && Number.isFinite(value));
  if (numbers.length < values.length || new Set(numbers).size < 2) {
    return { name, kinds: [...new Set(values.map(String))].sort() };
  }
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  return { name, low, high, log: low > 0 && high / low >= 20 };
}

/** Where a value stands, 0 to 1; null where there is none. */
function place(spread, value) {
  if (value === null || value === undefined) return null;
  if (spread.kinds) return spread.kinds.length < 2 ? 0.5 : spread.kinds.indexOf(String(value)) / (spread.kinds.length - 1);
  return Number.isFinite(value) ? scale(spread.low, spread.high, 0, 1, spread.log).pixel(value) : null;
}

/** The colour at a place of the scale; it follows the theme by itself. */
function onScale(place) {
  if (place === null) return "var(--soft)";
  const at = Math.min(Math.max(place, 0), 1) * 4;
  const step = Math.min(Math.floor(at), 3);
  const rest = Math.round((at - step) * 100);
  return `color-mix(in oklab, var(--s${step}) ${100 - rest}%, var(--s${step + 1}))`;
}

/** Colour and dashes of run number `index`. */
function look(index) {
  if (state.colourBy) {
    const values = spread(state.colourBy);
    const value = valueOf(runs[index], state.colourBy);
    if (!values.kinds) return { colour: onScale(place(values, value)), dash: 0 };
    return kindLook(values.kinds.indexOf(String(value)));
  }
  return kindLook(index);
}

/** The look of the n-th of things that have no order. */
function kindLook(n) {
  if (n < 0) return { colour: "var(--soft)", dash: 0 };
  return { colour: `var(--c${n % PALETTE})`, dash: Math.floor(n / PALETTE) % 3 };
}

/** Whether the first value of the measure is better than the second. */
function better(a, b) {
  return report.higher ? a > b : a < b;
}

/** Numbers of the runs, the best first; those without a value last. */
function ranked() {
  const value = (index) => runs[index].metrics[report.measure];
  const has = (index) => Number.isFinite(value(index));
  const order = runs.map((_, index) => index);
  return order.sort((a, b) => has(b) - has(a) || (has(a) ? (better(value(a), value(b)) ? -1 : better(value(b), value(a)) ? 1 : 0) : 0));
}

function sample(look) {
  return html("span", { class: `sample d${look.dash}`, style: `color: ${look.colour}`, "aria-hidden": "true" });
}
