// Uses the reports as people do, in headless Chromium, and fails where something is not as it must be.
//
//   node check.mjs REPORTS PICTURES CHROMIUM

import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import axe from "axe-core";
import { chromium } from "playwright-core";

const [, , reports, pictures, executablePath] = process.argv;
const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const browser = await chromium.launch({ executablePath, args });
console.log(`# Reports in Chromium ${browser.version().split(".")[0]}, with axe-core ${axe.version}\n`);

/** A page whose every error and request is kept. */
async function open(name, width = 1280, colorScheme = "light") {
  const context = await browser.newContext({ viewport: { width, height: width < 500 ? 844 : 900 }, colorScheme, reducedMotion: "reduce" });
  const page = await context.newPage();
  const faults = [];
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && faults.push(message.text()));
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("request", (request) => /^(file|data):/.test(request.url()) || faults.push(`asked for ${request.url()}`));
  await page.goto(`file://${reports}/${name}.html`);
  await page.waitForSelector("#cost .curve", { state: "attached" });
  return { page, faults, done: async () => { assert.deepEqual(faults, []); await context.close(); } };
}

/** What a person with a screen reader or a phone would stumble over. */
async function accessible(page, what) {
  // The page's own policy lets no other script in, so axe comes by the debugger.
  const client = await page.context().newCDPSession(page);
  await client.send("Runtime.evaluate", { expression: axe.source });
  const { violations } = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
  assert.deepEqual(violations.map(({ id, nodes }) => `${what}: ${id}: ${nodes[0].html.slice(0, 160)} ${nodes[0].failureSummary}`), []);
  const levels = await page.$$eval("h1, h2, h3, h4", (headings) => headings.map((heading) => Number(heading.tagName[1])));
  assert.equal(levels[0], 1);
  levels.slice(1).forEach((level, i) => assert.ok(level <= levels[i] + 1, `a heading jumps from ${levels[i]} to ${level}`));
}

for (const name of ["one", "sweep"]) {
  for (const scheme of ["light", "dark"]) {
    for (const width of [1280, 390]) {
      const { page, done } = await open(name, width, scheme);
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(wider <= 0, `${name} is ${wider} px wider than ${width}`);
      assert.doesNotMatch(await page.locator("body").innerText(), /\[object|undefined|NaN/);
      await accessible(page, `${name}, ${width} px, ${scheme}`);
      await page.screenshot({ path: `${pictures}/${name}-${width}-${scheme}.png`, fullPage: true });
      await done();
    }
  }
}
console.log("- one run and a sweep, light and dark, 1280 and 390 px wide: no errors, no requests, nothing wider than the page, nothing that axe finds, headings in order");

const curves = (page) => page.$$eval("#cost .curve:not(.raw)", (paths) => paths.map((path) => path.getAttribute("d")));

{
  const { page, done } = await open("sweep");
  const plot = page.locator("#cost .plot");
  await plot.scrollIntoViewIfNeeded();
  const box = await plot.boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  const tip = await plot.locator(".tip").innerText();
  assert.match(tip, /step \d/);
  assert.match(tip, /trial-\d\d\s+[\d.]+/);
  await page.screenshot({ path: `${pictures}/hover.png` });
  await page.mouse.move(2, 2);
  assert.equal(await plot.locator(".tip").isVisible(), false);
  console.log("- the pointer over a chart shows the step and the runs' values there");

  const before = await curves(page);
  await page.locator("#cost .legend button").first().click();
  assert.equal((await curves(page)).length, before.length - 1);
  assert.equal(await page.locator("#cost .legend button").first().getAttribute("aria-pressed"), "false");
  assert.equal(await page.locator("#validation .legend button").first().getAttribute("aria-pressed"), "false");
  await page.getByRole("checkbox", { name: "show trial-01 in charts" }).check();
  assert.equal((await curves(page)).length, before.length);
  await page.locator("#cost").getByRole("button", { name: "Hide all" }).click();
  assert.equal((await curves(page)).length, 0);
  await page.locator("#cost").getByRole("button", { name: "Best 5" }).click();
  assert.equal((await curves(page)).length, 5);
  await page.locator("#cost").getByRole("button", { name: "Show all" }).click();
  console.log("- a run is hidden and shown by its button or its box in the table, in all charts; all, none, the best five");

  await page.locator("#cost").getByRole("combobox", { name: "Show" }).selectOption("cost");
  const log = page.locator("#cost").getByRole("button", { name: "Log scale" });
  const pressed = await log.getAttribute("aria-pressed");
  const shown = await curves(page);
  await log.click();
  assert.notEqual(await log.getAttribute("aria-pressed"), pressed);
  assert.notDeepEqual(await curves(page), shown);
  assert.equal(await page.locator("#cost svg").textContent().then((text) => text.includes("log scale")), pressed === "false");
  console.log("- the switch to a logarithmic scale redraws the curves and is named on the axis");

  const rough = await curves(page);
  await page.locator("#cost").getByRole("slider", { name: "Smoothing" }).fill("0.9");
  const length = (path) => path.split(/[ML]/).slice(1).map((point) => Number(point.split(",")[1])).reduce((sum, y, i, all) => sum + (i ? Math.abs(y - all[i - 1]) : 0), 0);
  const [up, down] = [rough, await curves(page)].map((paths) => paths.map(length).reduce((a, b) => a + b));
  assert.ok(down < 0.7 * up, `ways of ${up} and ${down}`);
  await page.screenshot({ path: `${pictures}/smooth.png` });
  console.log(`- smoothing at 0.9 makes the curves' ups and downs ${(up / down).toFixed(1)} times shorter`);

  await page.locator("#cost").getByRole("combobox", { name: "Against" }).selectOption("seconds");
  assert.match(await page.locator("#cost .plot").getAttribute("aria-label"), /against seconds/);
  await page.locator("#cost").getByRole("combobox", { name: "Colour by" }).selectOption("optimizer");
  assert.match(await page.locator("#validation .key").innerText(), /optimizer/);
  const first = page.locator("#runs tbody th").first();
  await page.locator("#runs thead").getByRole("button", { name: "Run" }).click();
  assert.equal(await first.innerText(), "trial-01");
  console.log("- curves against time, colours by a setting, the table sorted by any column");

  const lines = page.locator(".parallel .plot");
  await lines.scrollIntoViewIfNeeded();
  await lines.focus();
  await page.keyboard.press("ArrowRight");
  assert.match(await lines.locator(".tip").innerText(), /trial-\d\d/);
  await page.screenshot({ path: `${pictures}/parallel.png` });
  console.log("- the best run stands out in the parallel coordinates");
  await done();
}

{
  const { page, done } = await open("sweep");
  const active = () => page.evaluate(() => {
    const { activeElement: at } = document;
    const style = getComputedStyle(at);
    return { name: at.getAttribute("aria-label") ?? at.textContent.trim(), part: at.closest("section")?.id ?? "", tag: at.tagName, outline: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0 };
  });
  const tab = async (wanted) => {
    for (let i = 0; i < 120; i++) {
      await page.keyboard.press("Tab");
      const at = await active();
      assert.ok(at.outline, `focus on ${at.name} is not seen`);
      if (wanted(at)) return at;
    }
    assert.fail("not reached by the tabulator");
  };
  await tab((at) => at.name === "Skip to the report");
  await tab((at) => at.name === "Cost of training" && at.tag === "A");
  await page.keyboard.press("Enter");
  const log = await tab((at) => at.part === "cost" && at.name === "Log scale");
  await page.keyboard.press("Space");
  await tab((at) => at.part === "cost" && at.name.startsWith("Cost of training:"));
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("End");
  const spoken = await page.locator("#cost .plot [role=status]").innerText();
  assert.match(spoken, /^step 600: trial-\d\d [\d.]+/);
  await page.screenshot({ path: `${pictures}/keyboard.png` });
  const count = (await curves(page)).length;
  await tab((at) => at.part === "cost" && at.name === "trial-02");
  await page.keyboard.press("Enter");
  assert.equal((await curves(page)).length, count - 1);
  assert.equal((await active()).name, "trial-02");
  console.log(`- by keyboard alone: the contents, the switch "${log.name}", the values of a chart read aloud ("${spoken.slice(0, 24)}…"), a run hidden; focus is seen at every stop`);
  await done();
}

{
  const times = [];
  for (let i = 0; i < 3; i++) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    const page = await context.newPage();
    const start = performance.now();
    await page.goto(`file://${reports}/hundred.html`);
    await page.waitForFunction(() => document.querySelectorAll("#cost .curve").length === 100);
    await page.evaluate(() => new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted))));
    times.push(performance.now() - start);
    if (i === 2) await page.screenshot({ path: `${pictures}/hundred.png`, fullPage: true });
    await context.close();
  }
  const slowest = Math.max(...times);
  const size = statSync(`${reports}/hundred.html`).size;
  assert.ok(slowest < 2000, `a hundred runs took ${slowest} ms`);
  console.log(`- a hundred runs of 2000 lines (${(size / 1e6).toFixed(1)} MB) are painted ${(slowest / 1000).toFixed(2)} s after the address is entered, the slowest of three`);
}

assert.ok(!readFileSync(`${reports}/sweep.html`, "utf8").includes("src=\"http"));
await browser.close();
