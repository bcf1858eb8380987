// What teachers ran into when they tried the grid.
import assert from "node:assert/strict";
import test from "node:test";
import { cell, on, paste, settled, text } from "./browser.mjs";

const notice = (page) => page.locator(".grid-notice:not(.grid-offer)");

test("a paste that ran past the last pupil, or held what is no score, says so until it is closed or the next paste", () => on("/courses/12", async ({ page, state }) => {
  state.delay = 30;
  await cell(page, 144, 15).click();
  await paste(page, Array.from({ length: 10 }, (_, i) => `${60 + i}`).join("\r\n") + "\r\n");
  await settled(page);
  await page.waitForSelector('.tabulator-cell[data-student="144"][data-state="clean"]');
  assert.match(await notice(page).textContent(), /已粘贴 4 个成绩。 6 个值超出表格/);
  await page.keyboard.press("ArrowUp");
  await page.keyboard.type("50");
  await page.keyboard.press("Enter");
  await settled(page);
  assert.equal(await notice(page).isVisible(), true);
  assert.deepEqual([143, 144, 147].map((s) => state.scores.get(`15:${s}`).value), [50, 60, 63]);
  await page.click(".grid-notice:not(.grid-offer) button.is-icon");
  assert.equal(await notice(page).isVisible(), false);
  assert.equal(await page.evaluate(() => document.activeElement.id), "cell-input");
  await cell(page, 100, 15).click();
  await paste(page, "90\r\nhello\r\n850\r\n");
  await page.click("dialog[open] .dialog-foot .is-primary");
  while (!state.scores.get("15:100")) await page.waitForTimeout(20);
  await page.waitForSelector('.tabulator-cell[data-student="100"][tabulator-field="a15"][data-state="clean"]');
  assert.match(await notice(page).textContent(), /已粘贴 1 个成绩。 2 个不是有效成绩/);
  await paste(page, "90\r\n91\r\n92\r\n");
  await settled(page);
  assert.equal(await notice(page).isVisible(), false, "the next paste had nothing to say");
}));

test("Enter after the last pupil: the next value typed overwrites nobody", () => on("/courses/12", async ({ page, state }) => {
  const note = page.locator("#cell-note");
  const active = () => page.locator(".tabulator-cell.is-active").getAttribute("data-student");
  await cell(page, 147, 15).click();
  for (const value of ["77", "78"]) {
    await page.keyboard.type(value);
    await page.keyboard.press("Enter");
  }
  await settled(page);
  await page.waitForSelector('.tabulator-cell[data-student="147"][tabulator-field="a15"][data-state="clean"]');
  assert.equal(state.scores.get("15:147").value, 77);
  assert.equal(state.requests.filter((r) => r.method === "PATCH").length, 1);
  assert.match(await note.textContent(), /已到列表末尾/);
  assert.equal(await note.isVisible(), true);
  await page.keyboard.press("ArrowDown"); // goes nowhere
  await page.keyboard.press("Backspace");
  await page.keyboard.type("79");
  assert.equal(await page.inputValue("#cell-input"), "");
  // on from there: back up, F2, a click
  await page.keyboard.press("Shift+Enter");
  assert.equal(await active(), "146");
  assert.equal(await note.isVisible(), false);
  await page.keyboard.type("60");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.type("78"); // a cell that was gone to is typed over, as ever
  await page.keyboard.press("ArrowDown");
  await page.keyboard.type("79");
  await settled(page);
  assert.deepEqual([146, 147].map((s) => state.scores.get(`15:${s}`).value), [60, 78]);
  await page.keyboard.press("F2");
  await page.keyboard.type(".5");
  await page.keyboard.press("Enter");
  await settled(page);
  assert.equal(state.scores.get("15:147").value, 78.5);
  await cell(page, 147, 15).click();
  await page.keyboard.type("80");
  await page.keyboard.press("Tab");
  await page.keyboard.type("90");
  await page.keyboard.press("Enter"); // to the column where the Tabs began, and no further
  await page.keyboard.type("91");
  await settled(page);
  assert.deepEqual([15, 16].map((a) => state.scores.get(`${a}:147`).value), [80, 90]);
  // the first row, upwards
  await cell(page, 100, 15).click();
  for (const value of ["1", "2"]) {
    await page.keyboard.type(value);
    await page.keyboard.press("Shift+Enter");
  }
  await settled(page);
  assert.equal(state.scores.get("15:100").value, 1);
  assert.match(await note.textContent(), /已到列表开头/);
  await page.keyboard.press("Enter");
  assert.equal(await active(), "101");
  // a list of one, then the whole list again
  await page.fill("#grid-search", "吕良");
  await cell(page, 147, 14).click();
  for (const value of ["3", "4"]) {
    await page.keyboard.type(value);
    await page.keyboard.press("Enter");
  }
  await settled(page);
  assert.equal(state.scores.get("14:147").value, 3);
  await page.keyboard.press("Escape");
  await page.keyboard.type("5");
  await page.keyboard.press("Enter");
  await settled(page);
  assert.equal(state.scores.get("14:147").value, 5);
}));

test("signing out works after an answer of “stay on this page”", () => on("/courses/12", async ({ page, state }) => {
  state.mode = "drop";
  await cell(page, 100, 15).click();
  await page.keyboard.type("70");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector(".save-status")?.dataset.state === "failed");
  await page.locator(".menu summary").nth(1).click();
  const form = page.locator('form[action="/logout"]');
  for (let time = 0; time < 2; time++) {
    const asked = new Promise((done) => page.once("dialog", (dialog) => dialog.dismiss().then(() => done(dialog.type()))));
    await form.locator("button").click({ noWaitAfter: true });
    assert.equal(await asked, "beforeunload");
    await page.waitForSelector('form[action="/logout"]:not([data-busy])');
  }
  state.mode = "ok";
  await page.evaluate(() => window.dispatchEvent(new Event("online")));
  await settled(page);
}));

test("a form that leaves without a question is still sent once", () => on("/login", async ({ page }) => {
  let sent = 0;
  await page.route("**/*", async (route) => {
    if (route.request().method() !== "POST") return route.continue();
    sent++;
    await new Promise((done) => setTimeout(done, 400));
    return route.fulfill({ status: 204 });
  });
  await page.evaluate(() => {
    const form = document.querySelector("form");
    form.noValidate = true;
    form.requestSubmit();
    setTimeout(() => form.requestSubmit(), 150);
  });
  await page.waitForTimeout(500);
  assert.equal(sent, 1);
}));

test("the foot of a column and publishing count the same entries", () => on("/courses/12", async ({ page, state }) => {
  const foot = () => page.locator('.tabulator-calcs [tabulator-field="a14"] .cell-stats > span').nth(1).textContent();
  const entered = state.students.filter((s) => state.scores.has(`14:${s.id}`)).length;
  assert.ok(state.students.some((s) => state.scores.get(`14:${s.id}`)?.status === "absent"));
  assert.equal(await foot(), `${entered} / 48`);
  await page.click('.tabulator-col[tabulator-field="a14"] .col-menu');
  await page.click(".popup-menu >> text=发布…");
  assert.match(await page.locator("dialog[open]").textContent(), new RegExp(`已录入 ${entered} / 48`));
  await page.keyboard.press("Escape");
  await cell(page, 147, 14).click();
  await page.keyboard.type("缺考");
  await page.keyboard.press("Enter");
  await page.waitForFunction((wanted) => document.querySelectorAll('.tabulator-calcs [tabulator-field="a14"] .cell-stats > span')[1].textContent === wanted, `${entered + 1} / 48`);
}));

for (const [lang, label] of [["zh-CN", "放弃 3 处更改"], ["en", "Discard 3 changes"]]) {
  test(`all changes that wait for a reason are given up together (${lang})`, () => on(`/courses/12?lang=${lang}`, async ({ page, state }) => {
    state.needReason.add(12);
    const students = [100, 101, 102];
    const before = await Promise.all(students.map((s) => text(page, s, 12)));
    await cell(page, 100, 12).click();
    for (const value of ["1", "2", "3"]) {
      await page.keyboard.type(value);
      await page.keyboard.press("Enter");
    }
    await page.waitForSelector("dialog[open] #reason-field");
    await page.keyboard.press("Escape");
    await page.waitForSelector("dialog", { state: "detached" });
    await cell(page, 101, 12).click();
    await page.click(`#cell-note >> text="${label}"`);
    await settled(page);
    assert.deepEqual(await Promise.all(students.map((s) => text(page, s, 12))), before);
    assert.ok(students.every((s) => state.scores.get(`12:${s}`).version === 1));
  }));
}
