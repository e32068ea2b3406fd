// Which settings make a good run: the best few, and every run across the axes of what was varied.

const BEST = 5;
const AXIS_WIDTH = 104;

function sweepSection() {
  if (runs.length < 2 || !varied.length || !report.measure) return null;
  const order = ranked().filter((index) => Number.isFinite(runs[index].metrics[report.measure])).slice(0, BEST);
  const names = [report.measure, ...varied];
  const rows = order.map((index, rank) => html("tr", {}, html("td", { class: "number" }, String(rank + 1)),
    html("th", { scope: "row" }, html("span", { class: "name" }, runs[index].name)),
    names.map((name) => html("td", { class: "number" }, short(valueOf(runs[index], name))))));
  const heads = ["Rank", "Run", ...names].map((name, i) => html("th", { scope: "col", class: i === 1 ? null : "number" }, name));
  return section("settings", "Settings and results", `Best is the ${report.higher ? "highest" : "lowest"} ${report.measure}.`,
    html("h3", {}, order.length > 1 ? `The best ${order.length}` : "The best"),
    scrolled("the best runs", html("table", {}, html("thead", {}, html("tr", {}, heads)), html("tbody", {}, rows))),
    html("h3", {}, "Every run across its settings"),
    html("p", { class: "soft small" }, `A line is a run, coloured by its ${report.measure}. Point at one, or move through them with the arrow keys, the best first.`),
    parallel([...varied.slice(0, 8), report.measure]), key(report.measure));
}

/** Parallel coordinates: an axis for each name, a line for each run. */
function parallel(names) {
  const drawing = svg("svg", { "aria-hidden": "true" });
  const spoken = html("p", { class: "unseen", role: "status" });
  const tip = html("div", { class: "tip", hidden: true });
  const plot = html("div", { class: "plot", tabindex: "0", role: "group", "aria-label": `Parallel coordinates of ${names.join(", ")}. Arrow keys go through the runs, the best first.` }, drawing, tip, spoken);
  const box = html("div", { class: "parallel" }, plot);
  plot.style.setProperty("--least", `${AXIS_WIDTH * names.length}px`);
  const axes = names.map(spread);
  let lines = [];
  let chosen = -1;

  function draw() {
    const width = plot.clientWidth;
    if (!width) return;
    const [height, top, bottom, edge] = [370, 54, 344, 56];
    const across = (i) => edge + (i / Math.max(names.length - 1, 1)) * (width - 2 * edge);
    const down = (share) => bottom - share * (bottom - top);
    lines = ranked().filter((index) => !state.hidden.has(index)).reverse().map((index) => {
      const points = axes.map((axis, i) => [across(i), place(axis, valueOf(runs[index], axis.name))]).filter(([, share]) => share !== null).map(([x, share]) => [x, down(share)]);
      const colour = onScale(place(axes[axes.length - 1], valueOf(runs[index], report.measure)));
      const line = svg("path", { d: smoothPath(points), style: `stroke: ${colour}` });
      return { index, points, colour, line };
    });
    drawing.setAttribute("viewBox", `0 0 ${width} ${height}`);
    drawing.setAttribute("height", height);
    drawing.replaceChildren(svg("g", {}, lines.map(({ line }) => line)), ...axes.flatMap((axis, i) => axisMarks(axis, across(i), down, top, bottom)));
  }

  function choose(at, aloud) {
    chosen = at;
    lines.forEach(({ line }, i) => {
      line.classList.toggle("high", i === at);
      line.classList.toggle("dim", at >= 0 && i !== at);
    });
    tip.hidden = at < 0;
    if (at < 0) return;
    const { index, points, colour } = lines[at];
    tip.replaceChildren(html("b", {}, html("span", { class: "sample", style: `color: ${colour}` }), ` ${runs[index].name}`),
      ...names.map((name) => html("div", {}, html("span"), html("span", {}, name), html("span", {}, short(valueOf(runs[index], name))))));
    const middle = points[Math.floor(points.length / 2)] ?? [0, 0];
    tip.style.left = `${Math.min(Math.max(middle[0] - tip.offsetWidth / 2, 0), Math.max(plot.clientWidth - tip.offsetWidth, 0))}px`;
    tip.style.top = `${middle[1] > 190 ? 50 : 200}px`;
    if (aloud) spoken.textContent = `${runs[index].name}: ${names.map((name) => `${name} ${short(valueOf(runs[index], name))}`).join(", ")}`;
  }

  function hover(event) {
    const bounds = plot.getBoundingClientRect();
    const [x, y] = [event.clientX - bounds.left, event.clientY - bounds.top];
    const far = lines.map(({ points }) => distance(points, x, y));
    const at = far.indexOf(least(far));
    choose(far[at] < 24 ? at : -1, false);
  }

  plot.addEventListener("pointermove", hover);
  plot.addEventListener("pointerdown", hover);
  plot.addEventListener("pointerleave", () => choose(-1, false));
  plot.addEventListener("blur", () => choose(-1, false));
  plot.addEventListener("keydown", (event) => {
    const last = lines.length - 1;
    const next = { ArrowRight: chosen < 0 ? last : Math.max(chosen - 1, 0), ArrowLeft: Math.min(chosen + 1, last), Home: last, End: 0, Escape: -1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    choose(next, true);
  });
  new ResizeObserver(draw).observe(plot);
  state.charts.push(draw);
  return box;
}

function axisMarks(axis, x, down, top, bottom) {
  const marks = axis.kinds ? axis.kinds.map((kind) => [kind, place(axis, kind)])
    : [...new Set([axis.low, ...scale(axis.low, axis.high, 0, 1, axis.log).ticks(4), axis.high])].map((value) => [short(value), place(axis, value)]);
  const apart = marks.filter(([, share], i) => i === 0 || i === marks.length - 1 || (share - marks[0][1] > 0.07 && marks[marks.length - 1][1] - share > 0.07));
  const heads = headLines(axis.name);
  return [
    svg("line", { class: "axis", x1: x, x2: x, y1: top, y2: bottom }),
    ...heads.map((text, i) => svg("text", { class: "head", x, y: 14 + 14 * i, "text-anchor": "middle" }, text, svg("title", {}, axis.name))),
    ...(axis.log ? [svg("text", { x, y: 14 + 14 * heads.length, "text-anchor": "middle" }, "log scale")] : []),
    ...apart.map(([text, share]) => svg("text", { x: x + 6, y: down(share) + 4 }, text)),
  ];
}

/** A name in one line or two, cut to the width of an axis. */
function headLines(name) {
  const cut = (text) => (text.length > 15 ? `${text.slice(0, 14)}…` : text);
  const at = name.length > 15 ? name.search(/[ .](?=[^ .]*$)/) : -1;
  return at < 0 ? [cut(name)] : [cut(name.slice(0, at)), cut(name.slice(at + 1))];
}

/** A line through the points that is level at each. */
function smoothPath(points) {
  return points.map(([x, y], i) => {
    if (i === 0) return `M${x.toFixed(1)},${y.toFixed(1)}`;
    const [before, above] = points[i - 1];
    const middle = ((before + x) / 2).toFixed(1);
    return `C${middle},${above.toFixed(1)} ${middle},${y.toFixed(1)} ${x.toFixed(1)},${y.toFixed(1)}`;
  }).join("");
}

/** How far up or down a line is from a place. */
function distance(points, x, y) {
  const i = points.findIndex(([right]) => right >= x);
  if (i <= 0) return points.length ? Math.hypot(points[0][0] - x, points[0][1] - y) : Infinity;
  const [[x0, y0], [x1, y1]] = [points[i - 1], points[i]];
  const share = (x - x0) / (x1 - x0);
  return Math.abs(y0 + (y1 - y0) * share * share * (3 - 2 * share) - y);
}
