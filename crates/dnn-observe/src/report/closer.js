// One run looked at closely: what it confuses, its scores, how its numbers are distributed, pictures, the worst examples.

function closerSection() {
  const known = runs.map((_, index) => index).filter((index) => runs[index].evaluation);
  if (!known.length) return null;
  const order = ranked().filter((index) => known.includes(index));
  const body = html("div");
  const show = (index) => body.replaceChildren(...evaluation(runs[index].evaluation, `run-${index}`));
  const tools = known.length > 1 ? html("div", { class: "tools" }, choice("Run", order.map((index) => [String(index), runs[index].name]), String(order[0]), (index) => show(Number(index)))) : null;
  queueMicrotask(() => show(order[0]));
  const left = runs.length - known.length;
  const note = runs.length > 1 ? `What a trained network does, run by run${left ? `; the report holds it for ${known.length} of ${runs.length} runs` : ""}.` : "";
  return section("closer", runs.length > 1 ? "One run closely" : "What it does", note, tools, body);
}

function evaluation(shown, id) {
  const on = shown.split ? ` on the ${shown.split} examples` : "";
  return [
    shown.confusion.length ? [html("h3", {}, `Confusion matrix${on}`), confusion(shown)] : [],
    shown.curves.length ? [html("h3", {}, `How well scores tell classes apart${on}`), scoreCurves(shown.curves, id)] : [],
    shown.predictions.length ? [html("h3", {}, `Prediction against truth${on}`), predictions(shown.predictions)] : [],
    shown.worst.length ? [html("h3", {}, `Highest cost${on}`), worst(shown.worst)] : [],
    ...shown.galleries.map((gallery) => [html("h3", {}, gallery.title), gallery.note ? html("p", { class: "soft small" }, gallery.note) : null,
      html("div", { class: "tiles" }, gallery.tiles.map((tile) => picture(tile.picture, `${gallery.title}: ${tile.caption}`, tile.caption)))].filter(Boolean)),
    histograms("Weights", shown.weights),
    histograms("Activations", shown.activations),
  ].flat(Infinity);
}

/** A row for each true class, as dark as the share of the row. */
function confusion({ classes, confusion }) {
  const n = classes.length;
  const row = (i) => {
    const counts = confusion.slice(i * n, (i + 1) * n);
    const all = counts.reduce((a, b) => a + b, 0);
    const cells = counts.map((count, j) => {
      const depth = all ? Math.round(100 * Math.sqrt(count / all)) : 0;
      const style = `background: color-mix(in oklab, var(--share) ${depth}%, var(--paper))`;
      // From three quarters of the colour on, white is read better than black.
      return html("td", { style, class: depth > 74 ? "dark" : null, title: `${classes[i]} taken for ${classes[j]}: ${count} of ${all}` }, count ? String(count) : "·");
    });
    return html("tr", {}, html("th", { scope: "row" }, classes[i]), cells, html("td", {}, all ? `${short((100 * counts[i]) / all)}\u00a0%` : "–"));
  };
  const head = html("tr", {}, html("td"), classes.map((name) => html("th", { scope: "col" }, name)), html("th", { scope: "col" }, "right"));
  const table = html("table", { class: "confusion" }, html("thead", {}, head), html("tbody", {}, classes.map((_, i) => row(i))));
  return [html("p", { class: "soft small" }, "Rows: true class. Columns: predicted class. The darker, the larger the share of the row."), scrolled("confusion matrix", table, "fit")];
}

/** ROC and precision-recall side by side; classes are hidden in both. */
function scoreCurves(curves, id) {
  const hidden = new Set();
  const lines = (part) => curves.map((curve, i) => ({ name: curve.name, look: kindLook(i), xs: curve[part].map((point) => point[0]), ys: curve[part].map((point) => point[1]), i })).filter(({ i }) => !hidden.has(i));
  const roc = chart(() => ({ label: `ROC ${id}`, x: "share of false alarms", y: "share found", range: [0, 1], diagonal: true, square: true, lines: lines("roc") }));
  const recall = chart(() => ({ label: `Precision and recall ${id}`, x: "recall", y: "precision", range: [0, 1], square: true, lines: lines("precision_recall") }));
  const below = html("div");
  const draw = () => {
    roc.draw();
    recall.draw();
    below.replaceChildren(...(curves.length > 1 ? [legend("classes shown", curves.map((curve, i) => ({
      name: `${curve.name}: AUC ${short(curve.auc)}`, look: kindLook(i), hidden: hidden.has(i),
      press: () => { if (!hidden.delete(i)) hidden.add(i); draw(); below.querySelectorAll("button")[i].focus(); },
    })))] : []));
  };
  queueMicrotask(draw);
  const areas = (name) => (curves.length > 1 ? `mean over classes ${short(curves.reduce((sum, curve) => sum + curve[name], 0) / curves.length)}` : `${short(curves[0][name])} of ${curves[0].name}`);
  const side = (title, area, element) => html("figure", {}, html("figcaption", {}, html("b", {}, title), ` · ${area}`), element);
  return html("div", {}, html("div", { class: "pair" }, side("ROC", `AUC ${areas("auc")}`, roc.element), side("Precision and recall", `average precision ${areas("average_precision")}`, recall.element)), below);
}

/** Truth across, prediction up: on the diagonal is right. */
function predictions(pairs) {
  const [low, high] = [least(pairs.flat()), most(pairs.flat())];
  const across = scale(low, high, 46, 370, false);
  const up = scale(low, high, 338, 10, false);
  const marks = ticks(low, high, 5);
  return html("div", { class: "plot", style: "max-width: 26rem" }, svg("svg", { viewBox: "0 0 380 380", role: "img", "aria-label": `${pairs.length} predictions against their truths, from ${short(low)} to ${short(high)}` },
    marks.flatMap((tick) => [svg("line", { class: "grid", x1: 46, x2: 370, y1: up.pixel(tick), y2: up.pixel(tick) }), svg("text", { x: 40, y: up.pixel(tick) + 4, "text-anchor": "end" }, short(tick)), svg("text", { x: across.pixel(tick), y: 355, "text-anchor": "middle" }, short(tick))]),
    svg("line", { class: "diagonal", x1: 46, y1: 338, x2: 370, y2: 10 }),
    pairs.map(([truth, found]) => svg("circle", { cx: across.pixel(truth).toFixed(1), cy: up.pixel(found).toFixed(1), r: 2.4, style: "fill: var(--c0); opacity: .55" })),
    svg("text", { x: 370, y: 375, "text-anchor": "end" }, "truth"), svg("text", { x: 51, y: 22 }, "prediction")));
}

function picture(address, alternative, ...caption) {
  return html("figure", {}, html("img", { src: address, alt: alternative }), html("figcaption", {}, caption));
}

/** The most wrong examples: as pictures where they are, else as a table. */
function worst(examples) {
  const said = (example) => [html("b", {}, example.found), ` for ${example.truth}`, html("br"), html("span", { class: "soft" }, `${example.name} · cost ${short(example.cost)}`)];
  if (examples.every((example) => example.picture)) {
    return html("div", { class: "tiles examples" }, examples.map((example) => picture(example.picture, `${example.name}: ${example.found} for ${example.truth}`, said(example))));
  }
  const features = [...new Set(examples.flatMap((example) => example.features.map(([name]) => name)))];
  const heads = ["Example", "Truth", "Prediction", "Cost", ...features].map((name) => html("th", { scope: "col" }, name));
  const rows = examples.map((example) => {
    const values = new Map(example.features);
    return html("tr", {}, html("th", { scope: "row" }, example.name), [example.truth, example.found, short(example.cost), ...features.map((name) => values.get(name) ?? "–")].map((text) => html("td", {}, text)));
  });
  return scrolled("the most wrong examples", html("table", {}, html("thead", {}, html("tr", {}, heads)), html("tbody", {}, rows)));
}

function histograms(heading, all) {
  return all.length ? [html("h3", {}, heading), html("div", { class: "bars" }, all.map(histogram))] : [];
}

function histogram({ name, range: [low, high], counts, not_finite }) {
  const total = counts.reduce((a, b) => a + b, 0);
  const tallest = Math.max(most(counts), 1);
  const width = 240 / counts.length;
  const value = (i) => low + (i / counts.length) * (high - low);
  const bars = counts.map((count, i) => svg("rect", { x: (i * width).toFixed(2), width: Math.max(width - 0.8, 0.5).toFixed(2), y: (96 - (92 * count) / tallest).toFixed(2), height: ((92 * count) / tallest).toFixed(2) },
    svg("title", {}, `${short(value(i))} to ${short(value(i + 1))}: ${count}`)));
  const peak = counts.indexOf(most(counts));
  const label = `${name}: ${total} values from ${short(low)} to ${short(high)}, most near ${short(value(peak + 0.5))}`;
  return html("figure", {}, html("figcaption", {}, html("b", {}, name), html("br"), html("span", { class: "soft" }, `${short(total)} values${not_finite ? `, ${not_finite} not finite` : ""}`)),
    svg("svg", { viewBox: "0 0 240 114", role: "img", "aria-label": label }, bars,
      svg("line", { x1: 0, x2: 240, y1: 96, y2: 96 }), svg("text", { x: 0, y: 111 }, short(low)), svg("text", { x: 240, y: 111, "text-anchor": "end" }, short(high))));
}
