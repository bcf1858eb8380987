// What teachers ran into when they tried the grid.
import assert from "node:assert/strict";
import test from "node:test";
import { makeState } from "../dev/mock-server.mjs";
import { cell, on, paste, settled, text } from "./browser.mjs";

const notice = (page) => page.locator(".grid-notice");

test("a paste that ran past the last pupil, or held what is no score, says so until it is closed or the next paste", () => on("/courses/12", async ({ page, state }) => {
  state.delay = 30;
  await cell(page, 144, 15).click();
  await paste(page, Array.from({ length: 10 }, (_, i) => `${60 + i}`).join("\r\n") + "\r\n");
  await settled(page);
  await page.waitForSelector('.tabulator-cell[data-student="144"][data-state="clean"]');
  assert.match(await notice(page).textContent(), /已粘贴 4 个单元格。 6 个值超出表格/);
  await page.keyboard.press("ArrowUp");
  await page.keyboard.type("50");
  await page.keyboard.press("Enter");
  await settled(page);
  assert.equal(await notice(page).isVisible(), true);
  assert.deepEqual([143, 144, 147].map((s) => state.scores.get(`15:${s}`).value), [50, 60, 63]);
  await page.click(".grid-notice button");
  assert.equal(await notice(page).isVisible(), false);
  assert.equal(await page.evaluate(() => document.activeElement.id), "cell-input");
  await cell(page, 100, 15).click();
  await paste(page, "90\r\nhello\r\n850\r\n");
  while (!state.scores.get("15:100")) await page.waitForTimeout(20);
  await page.waitForSelector('.tabulator-cell[data-student="100"][tabulator-field="a15"][data-state="clean"]');
  assert.match(await notice(page).textContent(), /已粘贴 1 个单元格。 2 个不是有效成绩/);
  await paste(page, "90\r\n91\r\n92\r\n");
  await settled(page);
  assert.equal(await notice(page).isVisible(), false, "the next paste had nothing to say");
}));
