// Remarks to the student, written in the grid.
import assert from "node:assert/strict";
import test from "node:test";
import { cell, on, settled, text } from "./browser.mjs";

const marked = (page, student, assessment) => cell(page, student, assessment).evaluate((element) => element.classList.contains("has-comment"));
const saves = (state) => state.requests.filter((r) => r.method === "PATCH").map((r) => r.text);

test("a remark is written from the keyboard, seen, taken over, taken back and removed", () => on("/courses/12", async ({ page, state }) => {
  const score = state.scores.get("14:100").value;
  await cell(page, 100, 14).click();
  await page.keyboard.press("Shift+F2");
  assert.match(await page.locator("dialog[open] h2").textContent(), /评语：李雷，第二次作业/);
  await page.keyboard.type("步骤清楚");
  await page.keyboard.press("Control+Enter");
  await settled(page);
  assert.equal(saves(state)[0], '{"edits":[{"assessment_id":14,"student_id":100,"version":1,"comment":"步骤清楚"}]}');
  assert.deepEqual([state.scores.get("14:100").comment, state.scores.get("14:100").value], ["步骤清楚", score]);
  assert.equal(await marked(page, 100, 14), true);
  assert.equal(await cell(page, 100, 14).getAttribute("title"), "步骤清楚");
  assert.match(await cell(page, 100, 14).getAttribute("aria-label"), /步骤清楚/);
  // typed: the score alone is sent, the remark stays
  await page.keyboard.type("9");
  await page.keyboard.press("Enter");
  await settled(page);
  assert.equal(state.scores.get("14:100").comment, "步骤清楚");
  // the same remark for the next pupil, from the menu
  await page.keyboard.press("Shift+F10");
  await page.click(".popup-menu >> text=评语…");
  await page.click("dialog[open] .chip >> text=步骤清楚");
  await page.click("dialog[open] .is-primary");
  await settled(page);
  assert.equal(state.scores.get("14:101").comment, "步骤清楚");
  await page.keyboard.press("Control+z");
  await settled(page);
  assert.equal(state.scores.get("14:101").comment, "");
  assert.equal(await marked(page, 101, 14), false);
  assert.equal(await text(page, 100, 14), "9", "one undo takes the remark only");
  await page.keyboard.press("Control+y");
  await settled(page);
  assert.equal(state.scores.get("14:101").comment, "步骤清楚");
  // emptied, and given up with Escape
  await page.keyboard.press("Shift+F2");
  await page.fill("#remark-field", "不要");
  await page.keyboard.press("Escape");
  await page.waitForSelector("dialog", { state: "detached" });
  await page.keyboard.press("Shift+F2");
  assert.equal(await page.inputValue("#remark-field"), "步骤清楚");
  await page.fill("#remark-field", "");
  await page.click("dialog[open] .is-primary");
  await settled(page);
  assert.equal(state.scores.get("14:101").comment, "");
  assert.equal(saves(state).length, 6);
}));

test("a remark on a published score gives its reason; in a locked column it is only read", () => on("/courses/12?lang=en", async ({ page, state }) => {
  state.needReason.add(12);
  await cell(page, 102, 12).click();
  await page.keyboard.press("Shift+F2");
  assert.equal(await page.inputValue("#remark-field"), "卷面整洁");
  await page.fill("#remark-field", "Neat work");
  await page.click("dialog[open] .is-primary");
  await page.waitForSelector("dialog[open] #reason-field");
  await page.fill("#reason-field", "Wrong remark");
  await page.keyboard.press("Enter");
  await settled(page);
  assert.deepEqual([state.scores.get("12:102").comment, state.history.get("12:102")[0].reason], ["Neat work", "Wrong remark"]);
  state.scores.get("13:100").comment = "Well done";
  await page.reload();
  await page.waitForSelector("#grid[data-ready]");
  await cell(page, 100, 13).click();
  await page.keyboard.press("Shift+F2");
  assert.equal(await page.locator("dialog[open] .remark-text").textContent(), "Well done");
  assert.equal(await page.locator("#remark-field").count(), 0);
  await page.keyboard.press("Escape");
  await cell(page, 101, 13).click();
  await page.keyboard.press("Shift+F2");
  assert.match(await page.locator("#cell-note").textContent(), /locked/);
}));

test("two teachers' remarks: both are shown and one is chosen", () => on("/courses/12?lang=en", async ({ page, state, elsewhere }) => {
  elsewhere(14, 100, 8, true, "Careless");
  await cell(page, 100, 14).click();
  await page.keyboard.press("Shift+F2");
  await page.fill("#remark-field", "Neat");
  await page.click("dialog[open] .is-primary");
  await page.waitForFunction(() => document.querySelector(".save-status")?.dataset.state === "conflict");
  assert.match(await page.locator("#cell-note").textContent(), /Keep mine \(8, remark “Neat”\).*Take theirs \(8, remark “Careless”\)/);
  await page.keyboard.press("Alt+m");
  await settled(page);
  assert.deepEqual([state.scores.get("14:100").comment, state.scores.get("14:100").value], ["Neat", 8]);
}));
