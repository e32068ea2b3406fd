// The page: its head, its sections in order, and what was set and where it ran.

function showReport() {
  const facts = [
    runsSection, costSection, validationSection, sweepSection, closerSection,
    () => comparison("configuration", "Configuration", "settings", "setting"),
    () => comparison("environment", "Environment", "environment", "fact"),
  ];
  if (report.sweep && varied.length) state.colourBy = spread("learning_rate").kinds || !varied.includes("learning_rate") ? report.measure || varied[0] : "learning_rate";
  else if (runs.length > 2 * PALETTE) state.colourBy = report.measure || varied[0] || "";
  const sections = facts.map((make) => make()).filter(Boolean);
  const links = sections.map((section) => html("li", {}, html("a", { href: `#${section.id}` }, section.querySelector("h2").textContent)));
  document.getElementById("head").append(html("h1", {}, report.title), html("p", { class: "soft" }, facts_()), html("nav", { "aria-label": "Contents" }, html("ul", {}, links)));
  document.getElementById("main").append(...sections);
  changed();
}

/** The report in a line: how many runs in which state, and when it was written. */
function facts_() {
  const states = new Map();
  for (const run of runs) states.set(run.state, (states.get(run.state) ?? 0) + 1);
  const counts = runs.length > 1 ? `${runs.length} runs: ${[...states].map(([state, count]) => `${count} ${state}`).join(", ")}` : `1 run, ${runs[0].state}`;
  const first = runs.length === 1 && runs[0].network ? ` · ${runs[0].network}, ${short(runs[0].parameters)} parameters` : "";
  const best = report.measure && Number.isFinite(runs[ranked()[0]].metrics[report.measure]) ? ` · ${runs.length > 1 ? "best " : ""}${report.measure} ${short(runs[ranked()[0]].metrics[report.measure])}` : "";
  return `${counts}${first}${best} · written ${new Date(report.written * 1000).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** Names and values, side by side for a few runs and counted for many; what differs is marked and shown first. */
function comparison(id, heading, part, word) {
  const names = [...new Set(runs.flatMap((run) => Object.keys(run[part])))];
  if (!names.length) return null;
  const different = new Set(differing(part));
  const body = html("div");
  const draw = (only) => {
    const shown = names.filter((name) => !only || different.has(name)).sort((a, b) => different.has(b) - different.has(a));
    body.replaceChildren(shown.length ? scrolled(heading.toLowerCase(), runs.length <= 6 ? sideBySide(shown, part, word, different) : counted(shown, part, word, different), shown.length > 14 ? "tall" : "") : html("p", { class: "soft" }, "Nothing differs."));
  };
  const begin = runs.length > 1 && different.size > 0;
  draw(begin);
  const note = runs.length > 1 ? `${different.size} of ${names.length} ${word}s differ between the runs.` : "";
  return section(id, heading, note, runs.length > 1 ? html("div", { class: "tools" }, toggle("Only what differs", begin, draw)) : null, body);
}

function sideBySide(names, part, word, different) {
  const heads = [word, ...(runs.length > 1 ? runs.map((run) => run.name) : ["value"])].map((name) => html("th", { scope: "col" }, name));
  const rows = names.map((name) => html("tr", { class: different.has(name) && runs.length > 1 ? "differs" : null }, html("th", { scope: "row" }, name),
    runs.map((run) => html("td", { class: "value" }, part === "settings" ? short(run[part][name]) : String(run[part][name] ?? "–")))));
  return html("table", {}, html("thead", {}, html("tr", {}, heads)), html("tbody", {}, rows));
}

function counted(names, part, word, different) {
  const values = (name) => {
    const counts = new Map();
    for (const run of runs) counts.set(run[part][name] ?? null, (counts.get(run[part][name] ?? null) ?? 0) + 1);
    const sorted = [...counts].sort(([a], [b]) => compare(a, b, 1));
    if (!different.has(name)) return short(sorted[0][0]);
    if (sorted.length > 12 && sorted.every(([value]) => typeof value === "number")) return `${sorted.length} values from ${short(sorted[0][0])} to ${short(sorted[sorted.length - 1][0])}`;
    const few = sorted.slice(0, 12).map(([value, count]) => `${short(value)} (${count} ${count > 1 ? "runs" : "run"})`).join(", ");
    return sorted.length > 12 ? `${few}, and ${sorted.length - 12} more` : few;
  };
  const rows = names.map((name) => html("tr", { class: different.has(name) ? "differs" : null }, html("th", { scope: "row" }, name), html("td", { class: "value" }, values(name))));
  return html("table", {}, html("thead", {}, html("tr", {}, html("th", { scope: "col" }, word), html("th", { scope: "col" }, "values"))), html("tbody", {}, rows));
}
