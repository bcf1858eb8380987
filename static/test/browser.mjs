// A page of the mock server in a real browser, and what the tests do to its grid.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { chromium } from "playwright-core";
import { makeState, start } from "../dev/mock-server.mjs";
import { chromiumPath, FLAGS } from "./helpers.mjs";

let browser;
before(async () => {
  browser = await chromium.launch({ executablePath: chromiumPath(), args: FLAGS });
});
after(() => browser?.close());

/** Opens a page; at its end there must have been no policy violation and no script error. */
export async function on(address, run, { state = makeState(), viewport = { width: 1440, height: 900 }, ...options } = {}) {
  const server = await start({ state });
  const context = await browser.newContext({ viewport, permissions: ["clipboard-read", "clipboard-write"], ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(5000);
  const errors = [];
  page.on("pageerror", (error) => errors.push(String(error.stack)));
  page.on("console", (message) => {
    if (/Content Security Policy|Tabulator|Warning|Error -/i.test(message.text())) errors.push(message.text());
  });
  await page.addInitScript(() => {
    window.violations = [];
    document.addEventListener("securitypolicyviolation", (e) => window.violations.push(`${e.violatedDirective} ${e.blockedURI}`));
  });
  try {
    await page.goto(server.base + address);
    if (address.startsWith("/courses/") || address.startsWith("/exams/")) await page.waitForSelector("#grid[data-ready]");
    await run({ page, state, ...server });
    assert.deepEqual(await page.evaluate(() => window.violations), []);
    assert.deepEqual(errors, []);
  } finally {
    await context.close();
    await server.stop();
  }
}

export const cell = (page, student, assessment) => page.locator(`.tabulator-cell[data-student="${student}"][tabulator-field="a${assessment}"]`);
export const text = (page, student, assessment) => cell(page, student, assessment).locator(".cell-text").textContent();
export const shows = async (page, student, assessment, wanted) => {
  const at = Date.now();
  for (;;) {
    const now = await text(page, student, assessment);
    if (now === wanted) return;
    if (Date.now() - at > 3000) assert.equal(now, wanted);
    await page.waitForTimeout(25);
  }
};
export const settled = (page) => page.waitForFunction(() => document.querySelector(".save-status")?.dataset.state === "saved");
export const paste = async (page, block) => {
  await page.evaluate((t) => navigator.clipboard.writeText(t), block);
  await page.keyboard.press("Control+v");
};
