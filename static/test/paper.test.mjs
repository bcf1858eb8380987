// The grid on paper.
import assert from "node:assert/strict";
import test from "node:test";
import { on, text } from "./browser.mjs";

test("printing shows every row and column in a plain table, whose head the browser repeats, and nothing of the screen", () => on("/courses/12", async ({ page, state }) => {
  await page.emulateMedia({ media: "print" });
  await page.evaluate(() => window.dispatchEvent(new Event("beforeprint")));
  const cells = await page.locator(".grid-paper tbody tr").evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent)));
  assert.equal(cells.length, state.students.length);
  assert.equal(cells[0].length, 2 + 6 + 2);
  assert.deepEqual(cells[0].slice(0, 2), [state.students[0].student_number, state.students[0].name]);
  assert.equal(cells[0][3], await text(page, 100, 12));
  assert.equal(await page.locator(".grid-toolbar, .grid-table, .topbar").evaluateAll((all) => all.filter((one) => one.checkVisibility()).length), 0);
  const pdf = (await page.pdf({ preferCSSPageSize: true })).toString("latin1");
  const boxes = [...pdf.matchAll(/\/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]/g)].map(([, width, height]) => Number(width) > Number(height));
  assert.ok(boxes.length >= 1 && boxes.every(Boolean), "landscape");
  await page.evaluate(() => window.dispatchEvent(new Event("afterprint")));
  assert.equal(await page.locator(".grid-paper").count(), 0);
}));
