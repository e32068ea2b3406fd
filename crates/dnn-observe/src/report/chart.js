// A chart of lines that is read by pointer, by keyboard, and aloud.

const DASHES = ["", "7 4", "2 3"];
const PHONE = 480;

/**
 * A chart. `view()` says what to show each time it is drawn: `{ label, x, y, log, smooth, lines, range, diagonal, first }`, where a
 * line is `{ name, look, xs, ys }`, and `range` the y to show instead of all values. Returns its element and `draw`.
 */
function chart(view) {
  const drawing = svg("svg", { "aria-hidden": "true" });
  const tip = html("div", { class: "tip", hidden: true });
  const spoken = html("p", { class: "unseen", role: "status" });
  const plot = html("div", { class: "plot", tabindex: "0", role: "group" }, drawing, tip, spoken);
  let shown = null;
  let cursor = null;

  function draw() {
    const width = plot.clientWidth;
    if (!width) return;
    shown = layout(view(), width);
    plot.setAttribute("aria-label", `${shown.label}: ${summary(shown)} Arrow keys read values, Home and End go to the ends.`);
    plot.classList.toggle("many", shown.lines.length > 12);
    drawing.setAttribute("viewBox", `0 0 ${shown.width} ${shown.height}`);
    drawing.setAttribute("height", shown.height);
    drawing.replaceChildren(...axes(shown), ...curves(shown), svg("g", { class: "at" }));
    if (cursor) point(cursor.x, null);
  }

  /** Puts the cursor at a value of x, nearest to a height in pixels if there is one. */
  function point(x, height, aloud = false) {
    const found = (shown?.lines ?? []).filter((line) => line.xs.length).map((line) => {
      const i = nearest(line.xs, x);
      const at = [shown.toX.pixel(line.xs[i]), shown.toY.pixel(line.seen[i])];
      return { line, i, at, far: Math.abs(at[1] - (height ?? at[1])) };
    }).filter((found) => Number.isFinite(found.at[1]));
    if (!found.length) return leave();
    found.sort((a, b) => a.far - b.far || a.at[1] - b.at[1]);
    cursor = { x };
    const across = shown.toX.pixel(x);
    const first = height === null ? null : found[0];
    for (const path of drawing.querySelectorAll(".curve:not(.raw)")) {
      const mine = first && path.dataset.line === String(shown.lines.indexOf(first.line));
      path.classList.toggle("high", Boolean(mine));
      path.classList.toggle("dim", Boolean(first) && !mine && shown.lines.length > 3);
    }
    drawing.querySelector(".at").replaceChildren(
      svg("line", { class: "cross", x1: across, x2: across, y1: shown.top, y2: shown.bottom }),
      ...found.slice(0, 6).filter(({ at }) => at[1] >= shown.top && at[1] <= shown.bottom).map(({ line, at }) =>
        svg("circle", { cx: at[0], cy: at[1], r: 4, style: `fill: ${line.look.colour}; stroke: var(--paper); stroke-width: 1.5` })));
    showTip(found, across, first);
    if (aloud) spoken.textContent = `${shown.x} ${short(x)}: ${found.slice(0, 6).map(({ line, i }) => `${line.name} ${short(line.ys[i])}`).join(", ")}`;
  }

  function showTip(found, across, first) {
    const rows = found.slice(0, 6).map((entry) => html("div", { class: entry === first && found.length > 1 ? "first" : null },
      sample(entry.line.look), html("span", {}, entry.line.name), html("span", {}, short(entry.line.ys[entry.i]))));
    const more = found.length > 6 ? [html("div", { class: "soft" }, html("span", {}, `and ${found.length - 6} more`))] : [];
    tip.replaceChildren(html("b", {}, `${shown.x} ${short(found[0].line.xs[found[0].i])}`), ...rows, ...more);
    tip.hidden = false;
    const room = plot.clientWidth - tip.offsetWidth;
    const beside = across + 14 <= room ? across + 14 : across - tip.offsetWidth - 14;
    tip.style.left = `${Math.min(Math.max(beside, 0), Math.max(room, 0))}px`;
    tip.style.top = `${shown.top + 6}px`;
  }

  function leave() {
    cursor = null;
    tip.hidden = true;
    drawing.querySelector(".at")?.replaceChildren();
    for (const path of drawing.querySelectorAll(".curve")) path.classList.remove("high", "dim");
  }

  function key(event) {
    if (event.key === "Escape") return leave();
    const moves = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };
    if (!(event.key in moves) || !shown) return;
    event.preventDefault();
    const now = cursor ? shown.toX.pixel(cursor.x) : shown.left;
    const stride = (shown.right - shown.left) / (event.shiftKey ? 10 : 50);
    const next = Math.min(Math.max(now + (cursor ? moves[event.key] : 0) * stride || now, shown.left), shown.right);
    point(shown.toX.value(Math.abs(moves[event.key]) === Infinity ? (moves[event.key] < 0 ? shown.left : shown.right) : next), null, true);
  }

  function hover(event) {
    const box = plot.getBoundingClientRect();
    const across = Math.min(Math.max(event.clientX - box.left, shown.left), shown.right);
    point(shown.toX.value(across), event.clientY - box.top);
  }

  plot.addEventListener("pointermove", hover);
  plot.addEventListener("pointerdown", hover);
  plot.addEventListener("pointerleave", leave);
  plot.addEventListener("keydown", key);
  plot.addEventListener("blur", leave);
  new ResizeObserver(draw).observe(plot);
  return { element: plot, draw };
}

/** What `view` asks for, with its scales: everything in pixels but the values. */
function layout(view, width) {
  const height = view.square ? Math.min(width, 380) : width < PHONE ? 280 : 380;
  const lines = view.lines.map((line) => ({ ...line, seen: view.smooth ? smoothed(line.ys, view.smooth) : line.ys }));
  const positive = (value) => Number.isFinite(value) && (!view.log || value > 0);
  const ys = lines.flatMap((line) => line.seen).filter(positive);
  let [low, high] = view.range ?? [least(ys), most(ys)];
  if (!view.range && view.ceiling && view.ceiling > low) high = Math.min(high, Math.max(view.ceiling, quantile(ys, 0.95)));
  // A logarithm would give most of the chart to a few values that are almost zero.
  if (!view.range && view.log && ys.length > 50) low = Math.max(low, quantile(ys, 0.01) / 2);
  if (!(low < high)) [low, high] = Number.isFinite(low) ? (view.log ? [low / 2, low * 2] : [low - 0.5, low + 0.5]) : [view.log ? 0.1 : 0, 1];
  if (!view.range) [low, high] = view.log ? [low / 1.15, high * 1.15] : [low - 0.04 * (high - low), high + 0.04 * (high - low)];
  const xs = lines.flatMap((line) => (line.xs.length ? [line.xs[0], line.xs[line.xs.length - 1]] : []));
  let [start, end] = view.range ? [0, 1] : [least(xs), most(xs)];
  if (!(start < end)) [start, end] = Number.isFinite(start) ? [start - 1, start + 1] : [0, 1];
  const [left, right, top, bottom] = [width < PHONE ? 46 : 58, width - 10, 26, height - 42];
  const toX = scale(start, end, left, right, false);
  const toY = scale(low, high, bottom, top, view.log);
  return { ...view, lines, width, height, left, right, top, bottom, toX, toY, high };
}

function least(values) {
  return values.reduce((a, b) => Math.min(a, b), Infinity);
}

function most(values) {
  return values.reduce((a, b) => Math.max(a, b), -Infinity);
}

/** An exponential mean that starts without bias; what is not finite leaves a gap. */
function smoothed(values, weight) {
  let [mean, sum] = [0, 0];
  return values.map((value) => {
    if (!Number.isFinite(value)) return value;
    mean = weight * mean + (1 - weight) * value;
    sum = weight * sum + (1 - weight);
    return mean / sum;
  });
}

function axes(shown) {
  const { left, right, top, bottom, width, height, toX, toY } = shown;
  const rows = toY.ticks(width < PHONE ? 5 : 6).map((tick) => [tick, toY.pixel(tick)]);
  const columns = toX.ticks(width < PHONE ? 4 : 8).map((tick) => [tick, toX.pixel(tick)]);
  return [
    svg("defs", {}, svg("clipPath", { id: clip(shown) }, svg("rect", { x: left, y: top, width: right - left, height: bottom - top }))),
    ...rows.map(([, y]) => svg("line", { class: "grid", x1: left, x2: right, y1: y, y2: y })),
    ...columns.map(([, x]) => svg("line", { class: "grid faint", x1: x, x2: x, y1: top, y2: bottom })),
    ...rows.map(([tick, y]) => svg("text", { x: left - 7, y: y + 4, "text-anchor": "end" }, short(tick))),
    ...columns.map(([tick, x]) => svg("text", { x: Math.min(x, width - 8), y: bottom + 17, "text-anchor": x > right - 14 ? "end" : "middle" }, short(tick))),
    svg("text", { x: right, y: height - 6, "text-anchor": "end" }, shown.x),
    svg("text", { x: 2, y: 12 }, `${shown.y}${shown.log ? ", log scale" : ""}`),
    ...(shown.diagonal ? [svg("line", { class: "diagonal", x1: toX.pixel(0), y1: toY.pixel(0), x2: toX.pixel(1), y2: toY.pixel(1) })] : []),
  ];
}

/** A name for the clip that no other chart has. */
function clip(shown) {
  return `clip-${shown.label}-${shown.x}`.replace(/[^\w-]/g, "-");
}

function curves(shown) {
  const faint = shown.smooth && shown.lines.length <= 12;
  const draw = (line, ys, index, raw) => svg("path", {
    class: raw ? "curve raw" : "curve", "data-line": index, d: path(line.xs, ys, shown),
    style: `stroke: ${line.look.colour}`, "stroke-dasharray": DASHES[line.look.dash] || null,
  });
  const group = svg("g", { "clip-path": `url(#${clip(shown)})` },
    faint ? shown.lines.map((line, index) => draw(line, line.ys, index, true)) : [],
    shown.lines.map((line, index) => draw(line, line.seen, index, false)),
    shown.lines.filter((line) => line.xs.length === 1).map((line) =>
      svg("circle", { cx: shown.toX.pixel(line.xs[0]), cy: shown.toY.pixel(line.seen[0]), r: 3.5, style: `fill: ${line.look.colour}` })));
  return [group];
}

/** A path with a gap wherever a value is not finite, or has no logarithm. */
function path(xs, ys, { toX, toY }) {
  let pen = "M";
  let text = "";
  for (let i = 0; i < xs.length; i++) {
    const y = ys[i] === null ? NaN : toY.pixel(ys[i]);
    if (!Number.isFinite(y)) { pen = "M"; continue; }
    text += `${pen}${toX.pixel(xs[i]).toFixed(1)},${Math.min(Math.max(y, -1e4), 1e4).toFixed(1)}`;
    pen = "L";
  }
  return text;
}

/** What the chart shows, in a sentence. */
function summary(shown) {
  const ends = shown.lines.filter((line) => line.ys.length).map((line) => `${line.name} ends at ${short(line.ys[line.ys.length - 1])}`);
  const rest = ends.length > 5 ? `; and ${ends.length - 5} more` : "";
  return ends.length ? `${shown.y} against ${shown.x}. ${ends.slice(0, 5).join("; ")}${rest}.` : "nothing to show.";
}

/** Buttons that hide and show lines, each `{ name, look, hidden, press }`. */
function legend(label, entries) {
  return html("ul", { class: "legend", "aria-label": label }, entries.map((entry) =>
    html("li", {}, html("button", { type: "button", "aria-pressed": String(!entry.hidden), title: entry.name, onclick: entry.press },
      sample(entry.look), html("span", {}, entry.name)))));
}
