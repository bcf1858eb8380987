// What a block did, what a cell did not take, and what waits: said once, where the teacher looks.
import assert from "node:assert/strict";
import test from "node:test";
import { makeState } from "../dev/mock-server.mjs";
import { cell, on, paste, settled, shows, text } from "./browser.mjs";

const bars = async (page) => (await page.locator(".grid-notice:visible").allTextContents()).join(" | ");
const active = (page) => page.evaluate(() => {
  const at = document.activeElement.closest(".tabulator-cell");
  return at ? `${at.dataset.student}/${at.getAttribute("tabulator-field")}` : document.activeElement.id || document.activeElement.tagName;
});
const saves = (state) => state.requests.filter((r) => r.method === "PATCH");

test("a paste tells one story: what went in, what it took away, what did not fit, and its undo", () => on("/courses/12", async ({ page, state }) => {
  assert.equal(state.scores.get("14:100").status, "scored");
  await cell(page, 100, 14).click();
  const top = (await cell(page, 100, 14).boundingBox()).y;
  // 14, 15, 16, and two columns that are not there: one of them holds a value
  await paste(page, ["\t80\t90\t7\t", "9\tabc\t500\t\t", "8\t81\t91\t\t"].join("\r\n") + "\r\n");
  await page.click("dialog[open] .dialog-foot .is-primary");
  await page.waitForSelector(".grid-notice button:not(.is-icon):visible");
  assert.equal((await bars(page)).replaceAll(" ", ""), "已粘贴7个成绩。其中1个原有成绩被清空。2个不是有效成绩，未保存。1个值超出表格，未粘贴。撤销");
  assert.equal(state.scores.get("14:100").status, "blank");
  assert.equal((await cell(page, 100, 14).boundingBox()).y, top, "no row has moved");
  const selected = await page.locator(".tabulator-cell.is-selected").evaluateAll((cells) => cells.map((one) => one.getAttribute("tabulator-field")));
  assert.deepEqual([...new Set(selected)].sort(), ["a14", "a15", "a16"], "the totals are not part of it");
  // the message about a cell is beside it
  await cell(page, 101, 15).click();
  const [note, own] = [await page.locator("#cell-note").boundingBox(), await cell(page, 101, 15).boundingBox()];
  assert.ok(note.y >= own.y + own.height || note.y + note.height <= own.y, "the cell is not covered");
  await page.click(".grid-notice button.is-icon");
  assert.equal(await bars(page), "");
  await cell(page, 110, 15).click();
  await paste(page, "1\r\n2\r\n");
  await page.waitForSelector(".grid-notice.grid-offer:visible");
  assert.match(await bars(page), /^已粘贴 2 个成绩撤销$/);
  await page.keyboard.press("Control+z");
  await page.waitForSelector(".grid-notice", { state: "hidden" });
}));

test("taking back a published score says which reason is recorded", () => on("/courses/12?lang=en", async ({ page, state }) => {
  state.needReason.add(12);
  const before = state.scores.get("12:101").value;
  await cell(page, 100, 12).click();
  await paste(page, "70\r\n71\r\n72\r\n");
  await page.click("dialog[open]:has(.paste-seen) .button.is-primary");
  await page.waitForSelector("dialog[open] #reason-field");
  await page.fill("#reason-field", "Marking error");
  await page.keyboard.press("Enter");
  await settled(page);
  await page.keyboard.press("Control+z");
  await settled(page);
  assert.equal(state.scores.get("12:101").value, before);
  assert.deepEqual(state.history.get("12:101").map((line) => line.reason), ["Undo", "Marking error"]);
  assert.match(await bars(page), /3 published scores were changed back; the reason recorded is “Undo”/);
}));

test("changes that wait for a reason are given up from the dialog or the bar", () => on("/courses/12", async ({ page, state }) => {
  state.needReason.add(12);
  const before = await text(page, 100, 12);
  for (const give of ['dialog[open] button:has-text("放弃 1 处更改")', '.save-status button:has-text("放弃")']) {
    await cell(page, 100, 12).click();
    await page.keyboard.type("1");
    await page.keyboard.press("Enter");
    await page.waitForSelector("dialog[open] #reason-field");
    if (give.startsWith(".save")) {
      await page.click('dialog[open] button:has-text("稍后填写")');
      await page.waitForSelector("dialog", { state: "detached" });
      assert.equal(await cell(page, 100, 12).getAttribute("data-state"), "reason");
    }
    await page.click(give);
    await settled(page);
    await page.waitForSelector("dialog", { state: "detached" });
    assert.equal(await text(page, 100, 12), before);
    assert.equal(await active(page), "101/a12");
  }
  assert.equal(state.scores.get("12:100").version, 1);
}));

test("a cell that takes nothing keeps saying so, and Enter does not go on", () => on("/courses/12", async ({ page, state }) => {
  const note = page.locator("#cell-note");
  await cell(page, 100, 13).click();
  await page.keyboard.type("15");
  await page.keyboard.press("Enter");
  assert.match(await note.textContent(), /“15”没有录入。该考核已锁定/);
  assert.equal(await note.isVisible(), true);
  assert.equal(await active(page), "100/a13");
  assert.equal(await page.getAttribute("#cell-input", "data-alarms"), "2");
  await page.keyboard.press("ArrowDown");
  assert.equal(await active(page), "101/a13");
  await page.keyboard.press("Enter"); // nothing typed here: on as ever
  assert.equal(await active(page), "102/a13");
  await page.keyboard.type("9");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Enter");
  assert.equal(await active(page), "103/a13");
  assert.equal(saves(state).length, 0);
}));

test("a closed term, and somebody else's column, are named as such", async () => {
  for (const [address, change, spot, words] of [
    ["/courses/12", { termClosed: true }, [100, 14], /学期已关闭/],
    ["/courses/12", { termClosed: true }, [100, 13], /学期已关闭/],
    ["/exams/3/classes/5", { teaches: ["maths"] }, [100, 14], /此列由陈老师录入/],
    ["/exams/3/classes/5?lang=en", { teaches: ["maths"] }, [100, 16], /The scores of this column are entered by Ms Adams/],
  ]) {
    await on(address, async ({ page }) => {
      await cell(page, ...spot).click();
      await page.keyboard.type("5");
      assert.match(await page.locator("#cell-note").textContent(), words);
    }, { state: { ...makeState(), ...change } });
  }
});

test("a refused text has an end, and each Enter alarms", () => on("/courses/12", async ({ page, state }) => {
  await cell(page, 100, 15).click();
  await page.keyboard.type("18,5");
  await page.keyboard.press("Enter");
  for (const score of ["21", "abc", "020", "18.1", "23.5", "19", "17", "16", "15"]) {
    await page.keyboard.type(score);
    await page.keyboard.press("Enter");
  }
  assert.equal(await page.inputValue("#cell-input"), "18,521abc02018.123.51917");
  assert.equal(await page.getAttribute("#cell-input", "data-alarms"), "10");
  assert.equal(await active(page), "100/a15");
  const [note, words] = await page.evaluate(() => [document.querySelector("#cell-note"), document.querySelector("#cell-note p")].map((e) => e.getBoundingClientRect().right));
  assert.ok(words <= note, "the words stay in their bubble");
  assert.match(await page.locator("#cell-note").textContent(), /缺考（缺、abs）、免考（免、ex）、未交（未、mi）/);
  assert.equal(saves(state).length, 0);
}));

test("the panel of a total follows the pupil, stands beside the columns, and keeps up with the scores", () => on("/courses/12", async ({ page, state }) => {
  const panel = page.locator(".side-panel");
  await page.locator('.tabulator-cell[data-student="100"][tabulator-field="final"]').click();
  await panel.locator("section").first().waitFor();
  const box = await panel.boundingBox();
  const table = await page.locator(".grid-table").boundingBox();
  assert.ok(table.x + table.width <= box.x + 1, "no column is covered");
  const shown = () => panel.locator(".total-why h3 .num").first().textContent();
  const current = (student) => page.locator(`.tabulator-cell[data-student="${student}"][tabulator-field="current"] .cell-text`).textContent();
  assert.equal(await shown(), await current(100));
  await page.keyboard.press("Enter");
  assert.equal(await panel.locator("h2").textContent(), "韩梅梅");
  await page.waitForSelector(".total-why:not([aria-busy])");
  assert.equal(await shown(), await current(101));
  assert.notEqual(await current(101), await current(100));
  const earlier = await current(101);
  await cell(page, 101, 15).click();
  await page.keyboard.type("100");
  await page.keyboard.press("Tab");
  await settled(page);
  await page.waitForFunction((was) => ![undefined, was].includes(document.querySelector(".total-why:not([aria-busy]) h3 .num")?.textContent), earlier);
  assert.equal(await shown(), await current(101));
  assert.equal(state.scores.get("15:101").value, 100);
  await page.click(".side-panel .button.is-icon");
  assert.ok((await page.locator(".grid-table").boundingBox()).width > table.width);
}));

test("a refused text that another refused text covered comes back with its undo, and its own undo clears it", () => on("/courses/12", async ({ page, state }) => {
  await cell(page, 100, 15).click();
  const was = await text(page, 100, 15);
  for (const block of ["9x\n", "8y\n"]) {
    await paste(page, block);
    await page.click("dialog[open] .dialog-foot .is-primary");
    await shows(page, 100, 15, block.trim());
  }
  await page.keyboard.press("Control+z");
  await shows(page, 100, 15, "9x");
  assert.equal(await cell(page, 100, 15).getAttribute("data-state"), "refused");
  await page.keyboard.press("Control+z");
  await shows(page, 100, 15, was);
  assert.equal(state.requests.filter((r) => r.method === "PATCH").length, 0, "no refused text is sent");
}));
