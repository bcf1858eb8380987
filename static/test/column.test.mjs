// What a teacher does with one column, and blocks that are looked at before they go in.
import assert from "node:assert/strict";
import test from "node:test";
import { makeState } from "../dev/mock-server.mjs";
import { cell, on, paste, settled, shows, text } from "./browser.mjs";

const saves = (state) => state.requests.filter((r) => r.method === "PATCH" && r.path.endsWith("/scores"));
const menu = async (page, column, entry) => {
  await page.click(`.tabulator-col[tabulator-field="a${column}"] .col-menu`);
  await page.locator(".popup-menu button", { hasText: entry }).click();
};

test("filling a column: the blanks alone, the count first, one step", () => on("/courses/12?lang=en", async ({ page, state }) => {
  const blank = state.students.filter((s) => !state.scores.has(`14:${s.id}`));
  await menu(page, 14, "Fill this column");
  const go = page.locator("dialog[open] .dialog-foot .is-primary");
  assert.equal(await go.isDisabled(), true);
  await page.keyboard.type("11");
  assert.match(await page.locator("#fill-error").textContent(), /10/);
  await page.fill("#fill-value", "8");
  assert.equal(await page.locator(".fill-preview").textContent(), `${blank.length} cells are filled.`);
  await page.check("input[value=all]");
  assert.match(await page.locator(".fill-preview").textContent(), /of them have an entry, which is overwritten/);
  await page.check("input[value=blanks]");
  await page.keyboard.press("Enter");
  await settled(page);
  assert.ok(blank.every((s) => state.scores.get(`14:${s.id}`).value === 8));
  assert.deepEqual(saves(state).map((r) => JSON.parse(r.text).way), ["fill"]);
  assert.equal(JSON.parse(saves(state)[0].text).edits.length, blank.length);
  await page.keyboard.press("Control+z");
  await settled(page);
  assert.ok(blank.every((s) => state.scores.get(`14:${s.id}`).status === "blank"));
}));

test("statistics are the server's own figures and follow the scores", () => on("/courses/12?lang=en", async ({ page, state }) => {
  await menu(page, 12, "Statistics");
  const facts = () => page.locator(".side-panel dl").first().locator("div").evaluateAll((all) => Object.fromEntries(all.map((one) => [...one.children].map((e) => e.textContent))));
  const { mean, count, lowest } = await page.evaluate(() => fetch("/api/v1/courses/12/gradebook").then((r) => r.json()).then((b) => b.statistics.find((s) => s.assessment_id === 12)));
  const shown = await facts();
  assert.deepEqual([shown.Scores, Number(shown.Mean), shown.Lowest, shown["Standard deviation"]], [`${count}`, mean, `${lowest}`, "8.25"]);
  assert.match(await page.locator(".column-histogram").getAttribute("aria-label"), /90 to 100 %: \d+ score/);
  const absent = state.students.filter((s) => state.scores.get(`12:${s.id}`)?.status === "absent").length;
  assert.equal(await page.locator(".side-panel dl").nth(1).locator("dd").first().textContent(), `${absent}`);
  await page.keyboard.press("Escape");
  assert.equal(await page.locator(".side-panel").count(), 0);
}));

test("title and maximum change from the menu; what the server refuses is said beside the field", () => on("/courses/12?lang=en", async ({ page, state }) => {
  await menu(page, 12, "Title and maximum");
  await page.fill("#assessment-title", "Unit test one");
  await page.fill("#assessment-max", "150.5");
  await page.keyboard.press("Enter");
  assert.equal(await page.getAttribute("#assessment-reason", "aria-invalid"), "true");
  await page.fill("#assessment-reason", "Two more questions");
  await page.keyboard.press("Enter");
  await page.waitForSelector("dialog", { state: "detached" });
  const sent = state.requests.filter((r) => r.path === "/api/v1/assessments/12");
  assert.deepEqual(sent.map((r) => r.text), ['{"title":"Unit test one","max_score":150.5,"reason":"Two more questions"}']);
  await page.locator('.tabulator-col[tabulator-field="a12"]', { hasText: "Unit test one/ 150.5" }).waitFor();
  await menu(page, 14, "Title and maximum");
  await page.fill("#assessment-max", "1");
  await page.keyboard.press("Enter");
  await page.locator("#assessment-max-error", { hasText: "below a score" }).waitFor();
}));

test("a block with texts that are no scores is shown before it goes in; cancelling changes nothing", () => on("/courses/12?lang=en", async ({ page, state }) => {
  await cell(page, 100, 15).click();
  await paste(page, "90\r\nhello\r\n91\r\n");
  const dialog = page.locator("dialog[open]");
  assert.match(await dialog.textContent(), /2 scores will be entered.*1 value is not a valid score李雷|2 scores will be entered/s);
  assert.match(await dialog.textContent(), /韩梅梅 · 单元测验二: “hello”/);
  await page.keyboard.press("Escape");
  await page.waitForSelector("dialog", { state: "detached" });
  assert.deepEqual([saves(state).length, await text(page, 100, 15)], [0, ""]);
  // and the keyboard is back in the grid
  await page.keyboard.type("7");
  await page.keyboard.press("Enter");
  await shows(page, 100, 15, "7");
}));

test("rows with numbers and names go to their pupils, heads to their columns; one undo takes them back", () => on("/courses/12?lang=en", async ({ page, state }) => {
  const [a, b, c] = [state.students[30], state.students[4], state.students[9]];
  const before = await text(page, b.id, 14);
  await cell(page, 100, 15).click();
  await paste(page, [
    "学号\t姓名\t期末考试\t第二次作业\t朗读", `${a.student_number}\t${a.name}\t101.5\t9\t1`, `${b.student_number}\t${b.name}\t88\t\t1`,
    `${c.student_number}\t${a.name}\t70\t7\t1`, "20269999\t赵完全\t60\t6\t1",
  ].join("\r\n") + "\r\n");
  const dialog = page.locator("dialog[open]");
  const words = await dialog.textContent();
  assert.match(words, /2 rows are matched to students by number and name\. Columns: 期末考试, 第二次作业/);
  assert.match(words, /3 scores will be entered/);
  assert.match(words, /2 rows are left out.*row 4.*different students.*row 5.*20269999 赵完全.*not in this class/);
  assert.match(words, /朗读/);
  await dialog.locator(".is-primary").click();
  await settled(page);
  assert.deepEqual([state.scores.get(`16:${a.id}`).value, state.scores.get(`14:${a.id}`).value, state.scores.get(`16:${b.id}`).value], [101.5, 9, 88]);
  assert.equal(await text(page, b.id, 14), before, "an empty cell of a list leaves the score alone");
  assert.equal(state.scores.has(`16:${c.id}`), false);
  assert.equal(saves(state).length, 1);
  await page.keyboard.press("Control+z");
  await settled(page);
  assert.deepEqual([state.scores.get(`16:${a.id}`).status, state.scores.get(`16:${b.id}`).status], ["blank", "blank"]);
}));

test("a score that another writes while a preview stands is shown before it is overwritten", () => on("/courses/12?lang=en", async ({ page, state, elsewhere }) => {
  await cell(page, 100, 15).click();
  await paste(page, "90\r\nhello\r\n91\r\n");
  const dialog = page.locator("dialog[open]");
  assert.doesNotMatch(await dialog.textContent(), /overwrite/);
  elsewhere(15, 100, 77);
  await shows(page, 100, 15, "77");
  await dialog.locator(".dialog-foot .is-primary").click();
  await dialog.locator(".alert", { hasText: "changed scores here meanwhile" }).waitFor();
  assert.match(await dialog.textContent(), /1 of them overwrites an existing score/);
  assert.deepEqual([saves(state).length, await page.locator("dialog").count()], [0, 1]);
  await page.keyboard.press("Escape");
  await shows(page, 100, 15, "77");
  // filling a column
  await menu(page, 15, "Fill this column");
  await page.fill("#fill-value", "8");
  await page.check("input[value=all]");
  const count = Number(/(\d+) of them/.exec(await page.locator(".fill-preview").textContent())?.[1] ?? 0);
  elsewhere(15, 103, 66);
  await shows(page, 103, 15, "66");
  await page.locator("dialog[open] .dialog-foot .is-primary").click();
  await page.locator(".fill-preview", { hasText: "changed scores here meanwhile" }).waitFor();
  assert.match(await page.locator(".fill-preview").textContent(), new RegExp(`${count + 1} of them`));
  assert.equal(saves(state).length, 0);
  await page.locator("dialog[open] .dialog-foot .is-primary").click();
  await settled(page);
  assert.equal(saves(state).length, 1);
}));

test("headings that name no assessment: nothing goes in by position, and the preview says so", () => on("/courses/12?lang=en", async ({ page, state }) => {
  await cell(page, 100, 15).click();
  await paste(page, `姓名\t语文\t数学\r\n${state.students[4].name}\t9\t8\r\n`);
  const dialog = page.locator("dialog[open]");
  assert.match(await dialog.textContent(), /Nothing is pasted: the headings.*2 columns are left out.*语文, 数学/);
  assert.equal(await dialog.locator(".dialog-foot .is-primary").isDisabled(), true);
  await page.keyboard.press("Escape");
  assert.equal(saves(state).length, 0);
}));

test("every entry of the column menu is reached from the keyboard", () => on("/courses/12?lang=en", async ({ page }) => {
  await cell(page, 100, 15).click();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  const entries = await page.locator(".popup-menu [role=menuitem]").allTextContents();
  for (const [n, entry] of entries.entries()) {
    assert.equal(await page.evaluate(() => document.activeElement.textContent), entry, `${n}`);
    await page.keyboard.press("ArrowDown");
  }
  assert.ok(["Statistics", "Changes of this column", "Fill this column…", "Enter as a list", "Import from a file…", "Title and maximum…", "Publish…"].every((one) => entries.includes(one)), entries.join());
  assert.deepEqual(makeState().assessments.length, 6);
}));
