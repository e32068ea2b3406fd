// Elements, numbers as text, and axes. Nothing here knows what a run is.

/** An HTML element; children are elements or texts, and a text is never read as HTML. */
function html(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** An SVG element. */
function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return element;
}

/** A button that is pressed or not, and calls `changed` with what it has become. */
function toggle(text, pressed, changed) {
  const button = html("button", { type: "button", "aria-pressed": String(pressed) }, text);
  button.addEventListener("click", () => {
    const now = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(now));
    changed(now);
  });
  return button;
}

/** A labelled choice among [value, text]. */
function choice(label, options, chosen, changed) {
  const select = html("select", {}, options.map(([value, text]) => html("option", { value, selected: value === chosen }, text)));
  select.addEventListener("change", () => changed(select.value));
  return html("label", {}, label, select);
}

/** A table that scrolls sideways where it does not fit, and can be scrolled by keyboard. */
function scrolled(label, table, classes = "") {
  return html("div", { class: `wide ${classes}`, tabindex: "0", role: "region", "aria-label": `table: ${label}` }, table);
}

/** A number in few signs. */
function short(value) {
  if (value === null || value === undefined) return "–";
  if (typeof value !== "number") return String(value);
  if (!Number.isFinite(value)) return "not finite";
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (Number.isInteger(value) && size < 1e7) return value.toLocaleString("en").replace("-", "−").replaceAll(",", " ");
  const text = size >= 1e7 || size < 1e-3 ? value.toExponential(2) : String(Number(value.toPrecision(4)));
  return text.replace(/\.?0+e/, "e").replace("e+", "e").replaceAll("-", "−");
}

/** Seconds as a person says them. */
function time(seconds) {
  if (!Number.isFinite(seconds)) return "–";
  if (seconds < 60) return `${Number(seconds.toPrecision(3))} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${Math.round(seconds % 60)} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Round numbers from low to high, about `count`. */
function ticks(low, high, count) {
  const rough = (high - low) / Math.max(count, 1);
  if (!(rough > 0)) return [low];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((step) => step >= rough);
  const found = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) found.push(Number((i * step).toPrecision(12)));
  return found;
}

/** Powers of ten from low to high, with twos and fives between them where these are few; above zero. */
function powers(low, high, count) {
  const decades = Math.log10(high / low);
  if (decades < 0.7) return ticks(low, high, count).filter((tick) => tick > 0);
  const every = Math.max(1, Math.round(decades / count));
  const factors = decades < 2 ? [1, 2, 5] : [1];
  const found = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power += every) {
    for (const factor of factors) {
      const tick = Number((factor * 10 ** power).toPrecision(3));
      if (tick >= low * 0.999 && tick <= high * 1.001) found.push(tick);
    }
  }
  return found;
}

/** The finite value below which this share of the finite values lies. */
function quantile(values, share) {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  return sorted[Math.min(Math.floor(share * sorted.length), sorted.length - 1)];
}

/** From values to pixels and back. */
function scale(low, high, from, to, log) {
  const forth = log ? Math.log : (value) => value;
  const [a, b] = [forth(low), forth(high)];
  const pixel = (value) => from + ((forth(value) - a) / (b - a || 1)) * (to - from);
  const value = (pixel) => {
    const place = a + ((pixel - from) / (to - from)) * (b - a);
    return log ? Math.exp(place) : place;
  };
  return { pixel, value, ticks: (count) => (log ? powers(low, high, count) : ticks(low, high, count)) };
}

/** The index whose value in the rising list is nearest. */
function nearest(values, value) {
  let [low, high] = [0, values.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (values[middle] < value) low = middle; else high = middle;
  }
  return Math.abs(values[low] - value) <= Math.abs(values[high] - value) ? low : high;
}
