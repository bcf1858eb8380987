// The keyboard stays where the teacher left it: through a search, another size of the window, a change of the columns.
import assert from "node:assert/strict";
import test from "node:test";
import { makeState } from "../dev/mock-server.mjs";
import { cell, on, settled, shows, text } from "./browser.mjs";

const active = (page) => page.evaluate(() => {
  const at = document.activeElement.closest(".tabulator-cell");
  return at ? `${at.dataset.student}/${at.getAttribute("tabulator-field")}` : document.activeElement.id || document.activeElement.tagName;
});
const saves = (state) => state.requests.filter((r) => r.method === "PATCH").flatMap((r) => JSON.parse(r.text).edits);

test("a stack of unsorted papers: search, Enter, score, and the column stays the same", () => on("/courses/12", async ({ page, state }) => {
  await cell(page, 100, 15).click();
  for (const [number, student, score] of [["0017", 116, 36], ["0048", 147, 41], ["0001", 100, 50]]) {
    await page.keyboard.press("F6");
    assert.equal(await active(page), "grid-search");
    await page.keyboard.type(number); // over the last number
    await page.keyboard.press("Enter");
    assert.equal(await active(page), `${student}/a15`);
    await page.keyboard.type(String(score));
    await page.keyboard.press("Enter");
    await settled(page);
    assert.equal(state.scores.get(`15:${student}`).value, score);
  }
  // a number that nobody has, put right: still the same column
  await page.fill("#grid-search", "99");
  await page.fill("#grid-search", "0005");
  await page.press("#grid-search", "Enter");
  assert.equal(await active(page), "104/a15");
  // several found: the first of them, even when the pupil from before is among them
  await page.fill("#grid-search", "000");
  await page.press("#grid-search", "ArrowDown");
  assert.equal(await active(page), "100/a15");
  await page.fill("#grid-search", "");
  await page.press("#grid-search", "Enter");
  assert.equal(await active(page), "100/a15");
  assert.ok(saves(state).every((edit) => edit.assessment_id === 15));
}));

for (const [name, options, sizes] of [
  ["the window", {}, [[1440, 600], [1440, 560], [900, 600]]],
  ["a phone with its keyboard", { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }, [[390, 480], [844, 390]]],
]) {
  test(`another size of ${name} leaves an open cell open`, () => on("/courses/12", async ({ page, state }) => {
    await cell(page, 112, 15).click();
    await page.keyboard.type("1");
    for (const [width, height] of sizes) {
      await page.setViewportSize({ width, height });
      await page.waitForTimeout(120);
      assert.equal(await active(page), "112/a15");
      assert.equal(await page.inputValue("#cell-input"), "1");
      assert.deepEqual(saves(state), []);
      const [box, heads] = [await cell(page, 112, 15).boundingBox(), await page.locator(".tabulator-header").boundingBox()];
      assert.ok(box.y >= heads.y + heads.height - 1 && box.y + box.height <= height && box.x >= 0 && box.x + box.width <= width, "in sight");
    }
    await page.keyboard.type("7");
    await page.keyboard.press("Enter");
    await settled(page);
    assert.equal(state.scores.get("15:112").value, 17);
    await page.setViewportSize({ width: 800, height: 700 });
    await page.waitForTimeout(120);
    assert.equal(await active(page), "113/a15");
    await page.keyboard.press("ArrowUp");
    assert.equal(await active(page), "112/a15");
  }, options));
}

test("a column that somebody adds or publishes leaves an open cell open", () => on("/courses/12", async ({ page, state, send }) => {
  while (!state.clients.size) await page.waitForTimeout(20);
  await cell(page, 101, 15).click();
  await page.keyboard.type("1");
  state.assessments[3].state = "published";
  state.assessments.push({ ...state.assessments[4], id: 17, title: "听写" });
  send("assessment", { course_id: 12, assessment_id: 17 });
  await page.waitForSelector('.tabulator-col[tabulator-field="a17"]');
  await page.waitForSelector('.tabulator-cell[data-student="101"][tabulator-field="a15"] #cell-input.is-editing');
  assert.equal(await active(page), "101/a15");
  await page.keyboard.type("7");
  assert.deepEqual(saves(state), []);
  await page.keyboard.press("Enter");
  await settled(page);
  assert.equal(state.scores.get("15:101").value, 17);
  await shows(page, 101, 15, "17");
  assert.equal(await text(page, 102, 15), "");
}));

test("the gradebook opens in the newest draft that has been held", async () => {
  const opens = (change) => {
    const state = makeState();
    change(state.assessments);
    let field;
    return on("/courses/12", async ({ page }) => {
      field = await page.locator(".tabulator-cell.is-active").getAttribute("tabulator-field");
    }, { state }).then(() => field);
  };
  const dates = (list, ...texts) => texts.forEach((date, i) => (list[3 + i].date = date));
  assert.equal(await opens((list) => dates(list, "2020-03-01", "2020-04-01", "2999-01-01")), "a15");
  assert.equal(await opens((list) => dates(list, "2999-03-01", "2999-02-01", "2999-04-01")), "a15", "none held yet: the next one");
  assert.equal(await opens((list) => list.forEach((a) => (a.state = a.id === 13 ? "locked" : "published"))), "a16", "no draft: the newest");
});
