// Opens what `dnn report` made of a hundred trainings and of one, measures how long the hundred take, and takes pictures.
//
//   node check.mjs FOLDER CHROMIUM MILLISECONDS-TO-MAKE

import assert from "node:assert/strict";
import { statSync } from "node:fs";
import axe from "axe-core";
import { chromium } from "playwright-core";

const [, , folder, executablePath, made] = process.argv;
const args = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const browser = await chromium.launch({ executablePath, args });
console.log(`# Pages of \`dnn report\` in Chromium ${browser.version().split(".")[0]}\n`);

for (const [name, curves] of [["hundred-runs", 100], ["one-run", 1]]) {
  for (const colorScheme of ["light", "dark"]) {
    for (const width of [1280, 390]) {
      const context = await browser.newContext({ viewport: { width, height: width < 500 ? 844 : 900 }, colorScheme, reducedMotion: "reduce" });
      const [page, faults] = [await context.newPage(), []];
      page.on("console", (message) => ["error", "warning"].includes(message.type()) && faults.push(message.text()));
      page.on("pageerror", (error) => faults.push(error.message));
      page.on("request", (request) => /^(file|data):/.test(request.url()) || faults.push(`asked for ${request.url()}`));
      await page.goto(`file://${folder}/${name}.html`);
      await page.waitForFunction((count) => document.querySelectorAll("#cost .curve:not(.raw)").length === count, curves);
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(wider <= 0, `${name} is ${wider} px wider than ${width}`);
      const client = await page.context().newCDPSession(page);
      await client.send("Runtime.evaluate", { expression: axe.source });
      const { violations } = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
      assert.deepEqual(violations.map(({ id, nodes }) => `${name}: ${id}: ${nodes[0].html.slice(0, 160)}`), []);
      await page.screenshot({ path: `${folder}/pictures/${name}-${width}-${colorScheme}.png`, fullPage: true });
      assert.deepEqual(faults, []);
      await context.close();
    }
  }
}
console.log("- a hundred trainings and one, light and dark, 1280 and 390 px wide: no errors, no requests, nothing wider than the page, nothing that axe finds");

const times = [];
for (let i = 0; i < 3; i++) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  const start = performance.now();
  await page.goto(`file://${folder}/hundred-runs.html`);
  await page.waitForFunction(() => document.querySelectorAll("#cost .curve").length === 100);
  await page.evaluate(() => new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted))));
  times.push(performance.now() - start);
  await context.close();
}
const [slowest, size] = [Math.max(...times), statSync(`${folder}/hundred-runs.html`).size];
assert.ok(slowest < 2000, `a hundred trainings took ${slowest} ms`);
console.log(`- made of a hundred folders with 2000 steps each in ${(made / 1000).toFixed(2)} s (debug build); ${(size / 1e6).toFixed(1)} MB, painted ${(slowest / 1000).toFixed(2)} s after the address is entered, the slowest of three`);
await browser.close();
