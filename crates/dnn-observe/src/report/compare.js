// All runs together: their table, the cost of training, the validations.

const AXES = { steps: "step", seconds: "seconds" };

/** A section with its heading, listed in the contents. */
function section(id, heading, note, ...children) {
  return html("section", { id, "aria-labelledby": `${id}-heading` },
    html("h2", { id: `${id}-heading` }, heading), note ? html("p", { class: "soft" }, note) : null, children);
}

/** The table of the runs: what each is, what came of it, and whether it is shown. */
function runsSection() {
  const measures = [...new Set(runs.flatMap((run) => Object.keys(run.metrics)))];
  const columns = [
    { head: "Run", cell: (run) => run.name, text: true },
    { head: "State", cell: (run) => run.state, text: true },
    ...measures.map((name) => ({ head: name, cell: (run) => run.metrics[name] ?? null })),
    { head: "Time", cell: (run) => run.seconds, show: time },
    ...(runs.length > 1 ? varied : []).map((name) => ({ head: name, cell: (run) => valueOf(run, name) })),
  ];
  const order = { column: measures.indexOf(report.measure) + 2, down: report.higher };
  if (order.column < 2) Object.assign(order, { column: 0, down: false });
  const body = html("tbody");
  const heads = columns.map((column, i) => html("th", { scope: "col", class: column.text ? null : "number" },
    html("button", { type: "button", onclick: () => sort(i) }, column.head)));

  function sort(i) {
    order.down = order.column === i ? !order.down : false;
    order.column = i;
    draw();
  }

  function row(index) {
    const run = runs[index];
    const box = html("input", { type: "checkbox", checked: !state.hidden.has(index), "aria-label": `show ${run.name} in charts`, onchange: () => hide(index, !box.checked) });
    const name = html("th", { scope: "row" }, html("span", { class: "name" }, runs.length > 1 ? box : null, sample(look(index)), run.name));
    const state_ = html("td", {}, html("span", { class: `state ${run.state}`, title: run.reason || null }, run.state));
    const rest = columns.slice(2).map(({ cell, show }) => html("td", { class: "number" }, (show ?? short)(cell(run))));
    return html("tr", {}, name, state_, rest);
  }

  function draw() {
    const { cell } = columns[order.column];
    const indices = runs.map((_, index) => index);
    const sign = order.down ? -1 : 1;
    indices.sort((a, b) => compare(cell(runs[a]), cell(runs[b]), sign));
    const held = body.contains(document.activeElement) ? document.activeElement.getAttribute("aria-label") : null;
    body.replaceChildren(...indices.map(row));
    if (held) body.querySelector(`[aria-label="${CSS.escape(held)}"]`)?.focus();
    heads.forEach((head, i) => {
      const here = i === order.column;
      if (here) head.setAttribute("aria-sort", order.down ? "descending" : "ascending"); else head.removeAttribute("aria-sort");
      head.firstChild.textContent = columns[i].head + (here ? (order.down ? " ↓" : " ↑") : "");
    });
  }

  state.charts.push(draw);
  draw();
  const table = html("table", {}, html("thead", {}, html("tr", {}, heads)), body);
  const notes = runs.flatMap((run) => [...(run.reason ? [`${run.name}: ${run.reason}`] : []), ...run.notes.map((note) => `${run.name}: ${note}`)]);
  return section("runs", runs.length > 1 ? "The runs" : "The run", "", scrolled("the runs", table, runs.length > 12 ? "tall" : ""),
    notes.length ? html("details", { class: "notes small" }, html("summary", {}, `${notes.length} ${notes.length > 1 ? "notes" : "note"} on how runs ended or were read`), notes.map((note) => html("p", {}, note))) : null);
}

/** Missing values last, whatever the direction. */
function compare(a, b, sign) {
  const missing = (value) => value === null || value === undefined || Number.isNaN(value);
  if (missing(a) || missing(b)) return missing(a) - missing(b);
  return sign * (typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "en", { numeric: true }));
}

/** Cost against step or time of all runs. */
function costSection() {
  const which = [...new Set(runs.flatMap((run) => Object.keys(run.training)))];
  if (!which.length) return null;
  // Many runs are told apart by their epochs; the steps of each would cover those of the others.
  const name = runs.length > PALETTE && which.includes("cost of epochs") ? "cost of epochs" : which[0];
  const view = { label: "Cost of training", curves: "training", names: which, log: isSteep(), smooth: 0, axis: "steps", name };
  return section("cost", "Cost of training", "Mean cost of each step's batch before its update, and of each epoch's batches.", ...curvesPanel(view));
}

/** Whether the costs span so much that a logarithm shows more. */
function isSteep() {
  const ys = runs.flatMap((run) => Object.values(run.training).flatMap((curve) => curve.ys)).filter((y) => y > 0);
  // The lowest and highest twentieths are noise, or runs that go wrong.
  return ys.length > 0 && quantile(ys, 0.95) / quantile(ys, 0.05) > 100;
}

/** What was measured on examples that are not learnt from. */
function validationSection() {
  const names = [...new Set(runs.flatMap((run) => Object.keys(run.validation)))];
  if (!names.length) return null;
  const view = { label: "Validation", curves: "validation", names, log: false, smooth: 0, axis: "steps", name: names.includes("accuracy") ? "accuracy" : names[0] };
  return section("validation", "Validation", "Measured on examples that are not learnt from.", ...curvesPanel(view));
}

/** Tools, chart, legend, and the values as a table. */
function curvesPanel(view) {
  const lines = () => runs.map((run, index) => ({ index, curve: run[view.curves][view.name] })).filter(({ curve, index }) => curve && !state.hidden.has(index));
  const drawn = chart(() => ({
    label: view.label, x: AXES[view.axis], y: view.name, log: view.log, smooth: view.smooth, ceiling: view.name.startsWith("cost") ? ceiling(view) : null,
    lines: lines().map(({ index, curve }) => ({ name: runs[index].name, look: look(index), xs: curve[view.axis], ys: curve.ys })),
  }));
  const below = html("div");
  const table = html("details", { class: "small" }, html("summary", {}, "These curves as a table"));
  table.addEventListener("toggle", () => table.open && fillTable());

  function fillTable() {
    const row = ({ index, curve }) => html("tr", {}, html("th", { scope: "row" }, runs[index].name),
      [curve.ys[0], least(curve.ys.filter(Number.isFinite)), most(curve.ys.filter(Number.isFinite)), curve.ys[curve.ys.length - 1], curve.steps[curve.steps.length - 1]].map((value) => html("td", { class: "number" }, short(value))));
    const heads = ["Run", "First", "Least", "Most", "Last", "Last step"].map((head, i) => html("th", { scope: "col", class: i ? "number" : null }, head));
    table.replaceChildren(table.firstChild, scrolled(view.label, html("table", {}, html("thead", {}, html("tr", {}, heads)), html("tbody", {}, lines().map(row))), "tall"));
  }

  function draw() {
    drawn.draw();
    drawLegend(below, view);
    if (table.open) fillTable();
  }

  state.charts.push(draw);
  queueMicrotask(draw);
  return [tools(view, draw), drawn.element, below, runs.length > 2 ? selection() : null, table];
}

/** Diverging runs may leave the chart: a little above the costs that all begin with is enough. */
function ceiling({ curves, name }) {
  const starts = runs.flatMap((run) => run[curves][name]?.ys.slice(0, 3) ?? []);
  return starts.some(Number.isFinite) ? 1.5 * quantile(starts, 0.75) : null;
}

function tools(view, draw) {
  const output = html("output", {}, "0");
  const range = html("input", { type: "range", min: "0", max: "0.98", step: "0.02", value: "0" });
  range.addEventListener("input", () => {
    view.smooth = Number(range.value);
    output.textContent = range.value;
    draw();
  });
  const set = (name) => (value) => { view[name] = value; draw(); };
  const colours = [["", "run"], ...[...varied, report.measure].filter(Boolean).map((name) => [name, name])];
  return html("div", { class: "tools", role: "group", "aria-label": `${view.label}: how it is shown` },
    view.names.length > 1 ? choice("Show", view.names.map((name) => [name, name]), view.name, set("name")) : null,
    toggle("Log scale", view.log, set("log")),
    html("label", {}, "Smoothing", range, output),
    choice("Against", [["steps", "step"], ["seconds", "time"]], view.axis, set("axis")),
    runs.length > 1 && colours.length > 1 ? colourChoice(colours) : null,
  );
}

/** Buttons that show or hide many runs at once. */
function selection() {
  const show = (kept) => () => {
    state.hidden = new Set(runs.map((_, index) => index).filter((index) => !kept(index)));
    changed();
  };
  const best = new Set(ranked().slice(0, BEST));
  const button = (text, kept) => html("button", { type: "button", onclick: show(kept) }, text);
  return html("div", { class: "tools", role: "group", "aria-label": "which runs are shown" }, button("Show all", () => true), button("Hide all", () => false),
    runs.length > BEST && report.measure ? button(`Best ${BEST}`, (index) => best.has(index)) : null);
}

/** What the colours mean: the same in every chart, so each such choice follows the others. */
function colourChoice(colours) {
  const label = choice("Colour by", colours, state.colourBy, (name) => { state.colourBy = name; changed(); });
  state.charts.push(() => (label.querySelector("select").value = state.colourBy));
  return label;
}

/** The key to the colours, and a button for each run. */
function drawLegend(below, view) {
  const here = below.contains(document.activeElement) ? [...below.querySelectorAll("button")].indexOf(document.activeElement) : -1;
  const scrolledTo = below.querySelector(".legend")?.scrollTop ?? 0;
  const entries = runs.map((run, index) => ({ name: run.name, look: look(index), hidden: state.hidden.has(index), press: () => hide(index, !state.hidden.has(index)) }));
  below.replaceChildren(...(state.colourBy ? [key(state.colourBy)] : []), ...(runs.length > 1 ? [legend(`${view.label}: runs shown`, entries)] : []));
  if (here >= 0) below.querySelectorAll("button")[here]?.focus();
  if (below.querySelector(".legend")) below.querySelector(".legend").scrollTop = scrolledTo;
}

function key(name) {
  const values = spread(name);
  if (!values.kinds) return html("div", { class: "key" }, ...[`${name}${values.log ? ", log scale" : ""}:`, short(values.low)].map((text) => html("span", {}, text)), html("span", { class: "scale", "aria-hidden": "true" }), html("span", {}, short(values.high)));
  return html("div", { class: "key" }, html("span", {}, `${name}:`), values.kinds.map((kind, i) => html("span", { class: "item" }, sample(kindLook(i)), kind)));
}
