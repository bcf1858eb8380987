// The grid in a real browser, against the mock server.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import test from "node:test";
import { makeState } from "../dev/mock-server.mjs";
import { cell, on, paste, settled, shows, text } from "./browser.mjs";
import { root } from "./helpers.mjs";

const axe = await readFile(path.join(root, "node_modules/axe-core/axe.min.js"), "utf8");

const violations = async (page) => {
  // injected as the test's own script; the page's policy stays as it is
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  return violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => `${n.html.slice(0, 160)} ${n.failureSummary}`).join(" | ")}`);
};

test("40 values typed down without a pause: none is wrong, all arrive", () => on("/courses/12", async ({ page, state }) => {
  await cell(page, 100, 15).click();
  const values = Array.from({ length: 40 }, (_, i) => `${50 + i}.${i % 10}`);
  // every key in one go, as fast as the protocol takes them
  const session = await page.context().newCDPSession(page);
  const keys = [];
  for (const v of values) {
    for (const key of v) keys.push(session.send("Input.dispatchKeyEvent", { type: "keyDown", key, text: key }));
    keys.push(session.send("Input.dispatchKeyEvent", { type: "keyDown", key: "Enter", code: "Enter", windowsVirtualKeyCode: 13, text: "\r" }));
  }
  await Promise.all(keys);
  await settled(page);
  values.forEach((v, i) => assert.equal(state.scores.get(`15:${100 + i}`)?.value, Number(v), `pupil ${i}`));
  for (const [i, v] of values.entries()) assert.equal(await text(page, 100 + i, 15), v.replace(/\.0$/, ""));
  assert.equal(state.scores.size, makeState().scores.size + 40);
  const sent = state.requests.filter((r) => r.method === "PATCH").length;
  assert.ok(sent <= 40, `${sent} requests`);
}));

test("a block of 40 × 3 from Excel with its trailing line break, one undo, redo", () => on("/courses/12", async ({ page, state }) => {
  const earlier = await text(page, 140, 14);
  await cell(page, 140, 16).click();
  await page.keyboard.type("99");
  await page.keyboard.press("Enter");
  await cell(page, 100, 14).click();
  const rows = Array.from({ length: 40 }, (_, i) => [`${i % 10}.5`, `${60 + i / 2}`, i === 3 ? "缺考" : `${100 + (i % 20)}`]);
  await paste(page, rows.map((r) => r.join("\t")).join("\r\n") + "\r\n");
  await settled(page);
  rows.forEach((r, i) => {
    assert.equal(state.scores.get(`14:${100 + i}`).value, Number(r[0]));
    assert.equal(state.scores.get(`15:${100 + i}`).value, Number(r[1]));
  });
  assert.equal(state.scores.get("16:103").status, "absent");
  assert.equal(await text(page, 140, 14), earlier, "the pupil below the block is untouched");
  assert.equal(state.scores.get("16:140").value, 99);
  await page.keyboard.press("Control+z");
  await settled(page);
  assert.equal(await text(page, 100, 15), "");
  assert.equal(state.scores.get("15:100").status, "blank");
  assert.equal(state.scores.get("16:103").status, "blank");
  assert.equal(state.scores.get("16:140").value, 99, "one undo takes the block only");
  await page.keyboard.press("Control+y");
  await settled(page);
  assert.equal(state.scores.get("15:139").value, 79.5);
}));

test("a refused value stays in its open editor with the reason, and nothing is sent", () => on("/courses/12?lang=en", async ({ page, state }) => {
  await cell(page, 100, 15).click();
  await page.keyboard.type("850");
  await page.keyboard.press("Enter");
  assert.match(await page.locator("#cell-note").textContent(), /maximum is 100/);
  assert.equal(await page.inputValue("#cell-input"), "850");
  assert.equal(await page.getAttribute("#cell-input", "aria-invalid"), "true");
  await page.keyboard.type("7");
  await page.keyboard.press("Enter"); // still refused: the next pupil's value goes nowhere
  assert.equal(await page.inputValue("#cell-input"), "8507");
  assert.equal(state.requests.filter((r) => r.method === "PATCH").length, 0);
  await page.keyboard.press("Escape");
  assert.equal(await text(page, 100, 15), "");
  await page.keyboard.type("８５。５"); // full-width
  await page.keyboard.press("Enter");
  await settled(page);
  assert.equal(state.requests.filter((r) => r.method === "PATCH")[0].text, '{"edits":[{"assessment_id":15,"student_id":100,"version":0,"value":85.5}]}');
  // a pasted value that is no score is kept in view, the rest is saved
  await paste(page, "90\r\nhello\r\n91\r\n");
  await page.click("dialog[open] .dialog-foot .is-primary");
  await page.waitForFunction(() => document.querySelector(".save-status")?.dataset.state === "failed");
  while (!state.scores.get("15:103")) await page.waitForTimeout(20);
  assert.equal(state.scores.get("15:103").value, 91);
  assert.equal(await text(page, 102, 15), "hello");
  assert.equal(await cell(page, 102, 15).getAttribute("data-state"), "refused");
  await page.keyboard.press("Control+z");
  await settled(page);
  assert.equal(await text(page, 102, 15), "");
}));

test("the teachers' keys", () => on("/courses/12", async ({ page, state }) => {
  const active = () => page.evaluate(() => document.activeElement.closest(".tabulator-cell")?.dataset.student + "/" + document.activeElement.closest(".tabulator-cell")?.getAttribute("tabulator-field"));
  await cell(page, 100, 14).click();
  await page.keyboard.press("F2");
  assert.equal(await page.inputValue("#cell-input"), "7.5");
  await page.keyboard.press("ArrowLeft"); // moves in the text, not to the next cell
  await page.keyboard.press("Escape");
  assert.equal(await active(), "100/a14");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowRight");
  assert.equal(await active(), "101/a15");
  await page.keyboard.type("5");
  await page.keyboard.press("Tab");
  await page.keyboard.type("6");
  await page.keyboard.press("Enter"); // back to where the Tabs began
  assert.equal(await active(), "102/a15");
  await page.keyboard.press("Shift+Enter");
  assert.equal(await active(), "101/a15");
  await page.keyboard.press("Shift+Tab");
  assert.equal(await active(), "101/a14");
  await page.keyboard.press("Control+ArrowDown");
  assert.equal(await active(), "120/a14");
  await page.keyboard.press("Control+Home");
  assert.equal(await active(), "100/a11");
  // fill down, delete, copy
  await cell(page, 101, 15).click();
  await page.keyboard.press("Shift+ArrowDown");
  await page.keyboard.press("Shift+ArrowDown");
  await page.keyboard.press("Control+d");
  await settled(page);
  assert.deepEqual([101, 102, 103].map((s) => state.scores.get(`15:${s}`).value), [5, 5, 5]);
  await page.keyboard.press("Control+c");
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), "5\r\n5\r\n5");
  await page.keyboard.press("Delete");
  await settled(page);
  assert.deepEqual([101, 102, 103].map((s) => state.scores.get(`15:${s}`).status), ["blank", "blank", "blank"]);
  await page.keyboard.press("Control+z");
  await settled(page);
  assert.equal(state.scores.get("15:103").value, 5);
  // one value fills a selection; a status code
  await page.evaluate(() => navigator.clipboard.writeText("缺考\r\n"));
  await page.keyboard.press("Control+v");
  await settled(page);
  assert.deepEqual([101, 102, 103].map((s) => state.scores.get(`15:${s}`).status), ["absent", "absent", "absent"]);
  // a locked column takes nothing
  await cell(page, 100, 13).click();
  await page.keyboard.type("5");
  assert.equal(await text(page, 100, 13), "75.5");
  assert.match(await page.locator("#cell-note").textContent(), /锁定/);
  await page.keyboard.press("?");
  await page.waitForSelector("dialog[open] .key-list");
  await page.keyboard.press("Escape");
  await page.waitForSelector("dialog", { state: "detached" });
  assert.equal(await active(), "100/a13");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("?");
  await page.keyboard.press("Escape");
  await page.waitForSelector("dialog", { state: "detached" });
  await page.keyboard.type("3"); // keys work again at once
  assert.equal(await page.inputValue("#cell-input"), "3");
  await page.keyboard.press("Escape");
  // double click edits
  await cell(page, 104, 14).dblclick();
  assert.equal(await page.inputValue("#cell-input"), "8.5");
  await page.keyboard.press("Escape");
}));

test("an input method: Enter inside a composition is its own", () => on("/courses/12", async ({ page, state }) => {
  await cell(page, 100, 15).click();
  const session = await page.context().newCDPSession(page);
  await session.send("Input.imeSetComposition", { text: "que", selectionStart: 3, selectionEnd: 3 });
  await session.send("Input.dispatchKeyEvent", { type: "keyDown", key: "Process", windowsVirtualKeyCode: 229 });
  assert.equal(await page.inputValue("#cell-input"), "que");
  await session.send("Input.insertText", { text: "缺考" });
  assert.equal(await page.inputValue("#cell-input"), "缺考");
  await page.keyboard.press("Enter");
  await settled(page);
  assert.equal(state.scores.get("15:100").status, "absent");
}));

test("a conflict shows both values; keep mine and take theirs", () => on("/courses/12?lang=en", async ({ page, state, elsewhere }) => {
  elsewhere(14, 100, 9, true);
  elsewhere(14, 101, 8, true);
  await cell(page, 100, 14).click();
  await page.keyboard.type("3");
  await page.keyboard.press("Enter");
  await page.keyboard.type("4");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector(".save-status")?.dataset.state === "conflict");
  assert.equal(await text(page, 100, 14), "3");
  assert.equal(state.scores.get("14:100").value, 9);
  await cell(page, 100, 14).click();
  assert.match(await page.locator("#cell-note").textContent(), /Li set 9 at .*Keep mine \(3\).*Take theirs \(9\)/);
  await page.keyboard.press("Alt+ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector(".save-status")?.textContent.includes("1 conflict"));
  await page.keyboard.press("F8");
  await page.keyboard.press("Alt+t");
  await settled(page);
  assert.equal(state.scores.get("14:100").value, 3);
  assert.equal(state.scores.get("14:101").value, 8);
  await shows(page, 101, 14, "8");
}));

test("other people's changes arrive, but not into a cell that is open", () => on("/courses/12", async ({ page, state, elsewhere }) => {
  await page.waitForFunction(() => true);
  while (!state.clients.size) await page.waitForTimeout(20);
  await cell(page, 100, 15).click();
  await page.keyboard.type("4");
  elsewhere(15, 100, 50);
  elsewhere(15, 101, 51);
  await shows(page, 101, 15, "51");
  assert.equal(await page.inputValue("#cell-input"), "4");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector(".save-status")?.dataset.state === "conflict");
  assert.equal(state.scores.get("15:100").value, 50, "nothing is overwritten unseen");
  await cell(page, 100, 15).click();
  await page.keyboard.press("Alt+m");
  await settled(page);
  assert.equal(state.scores.get("15:100").value, 4);
}));

test("offline: values stay, are marked, and leave when the network is back", () => on("/courses/12", async ({ page, state }) => {
  state.mode = "drop";
  await cell(page, 100, 15).click();
  await page.keyboard.type("70");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector(".save-status")?.dataset.state === "failed");
  assert.equal(await cell(page, 100, 15).getAttribute("data-state"), "failed");
  await page.keyboard.type("71");
  await page.keyboard.press("Enter");
  state.mode = "ok";
  await page.evaluate(() => window.dispatchEvent(new Event("online")));
  await settled(page);
  assert.deepEqual([state.scores.get("15:100").value, state.scores.get("15:101").value], [70, 71]);
  // the answer is lost after the server has written: the repeat is no conflict, nor is a newer value
  state.mode = "lose-answer";
  await page.keyboard.type("72");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector(".save-status")?.dataset.state === "failed");
  await cell(page, 102, 15).click();
  await page.keyboard.type("73");
  state.mode = "ok";
  await page.keyboard.press("Enter");
  await page.evaluate(() => window.dispatchEvent(new Event("online")));
  await settled(page);
  assert.equal(state.scores.get("15:102").value, 73);
}));

test("an ended session is renewed once; if it cannot be, the values wait", () => on("/courses/12?lang=en", async ({ page, state }) => {
  state.session = false;
  await cell(page, 100, 15).click();
  await page.keyboard.type("70");
  await page.keyboard.press("Enter");
  await settled(page);
  assert.equal(state.scores.get("15:100").value, 70);
  assert.equal(state.refreshes, 1);
  state.session = false;
  state.canRefresh = false;
  await page.keyboard.type("71");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".grid-banner a[href='/login']");
  assert.equal(await text(page, 101, 15), "71");
  state.canRefresh = true;
  await page.evaluate(() => window.dispatchEvent(new Event("focus")));
  await settled(page);
  assert.equal(state.scores.get("15:101").value, 71);
  assert.equal(await page.locator(".grid-banner").isHidden(), true);
}));

test("whoever signs in next saves nothing that another typed", () => on("/courses/12?lang=en", async ({ page, state }) => {
  const saves = () => state.requests.filter((r) => r.method === "PATCH").length;
  state.session = false;
  state.user = 6;
  await cell(page, 100, 15).click();
  await page.keyboard.type("70");
  await page.keyboard.press("Enter");
  const banner = page.locator(".grid-banner", { hasText: "Somebody else is signed in" });
  await banner.waitFor();
  assert.equal(await banner.locator("a, button").count(), 0);
  const tried = saves();
  for (const event of ["focus", "online"]) await page.evaluate((type) => window.dispatchEvent(new Event(type)), event);
  await page.waitForTimeout(300);
  assert.deepEqual([saves(), state.scores.get("15:100")?.value, await text(page, 100, 15)], [tried, undefined, "70"]);
  assert.equal(await page.evaluate(() => JSON.stringify(localStorage).includes("15:100")), true); // theirs to wipe, not ours
  state.user = 5;
  await page.evaluate(() => window.dispatchEvent(new Event("focus")));
  await settled(page);
  assert.equal(state.scores.get("15:100").value, 70);
  // somebody signs in in another tab without this one hearing of it: their page wipes what is kept
  state.user = 6;
  const other = await page.context().newPage();
  await other.goto(page.url());
  await other.evaluate(() => Object.keys(localStorage).filter((name) => name.startsWith("gradebook.unsaved.")).forEach((name) => localStorage.removeItem(name)));
  await banner.waitFor();
  await other.close();
  await cell(page, 102, 15).click();
  await page.keyboard.type("71");
  await page.keyboard.press("Enter");
  await page.waitForTimeout(300);
  assert.equal(state.scores.get("15:102")?.value, undefined);
}));

test("a published score asks for a reason when the teacher pauses, and never takes typed scores for one", () => on("/courses/12?lang=en", async ({ page, state }) => {
  state.needReason.add(12);
  await cell(page, 100, 12).click();
  await page.keyboard.type("70");
  await page.keyboard.press("Enter");
  await page.keyboard.type("71");
  await page.keyboard.press("Enter");
  await page.waitForSelector("dialog[open] #reason-field");
  await page.keyboard.type("72");
  await page.keyboard.press("Enter");
  assert.equal(await page.locator("dialog[open]").count(), 1);
  await page.fill("#reason-field", "Marking error");
  await page.keyboard.press("Enter");
  await settled(page);
  assert.deepEqual([state.scores.get("12:100").value, state.scores.get("12:101").value], [70, 71]);
  await page.keyboard.type("73");
  await page.keyboard.press("Enter");
  await settled(page);
  assert.equal(state.history.get("12:102")[0].reason, "Marking error");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Alt+h");
  await page.waitForSelector(".side-panel .timeline li");
  assert.match(await page.locator(".side-panel").textContent(), /73.*Marking error/);
  await page.keyboard.press("Escape");
}));

test("the panel of a cell offers to undo what was not undone yet", () => on("/courses/12?lang=en", async ({ page, state }) => {
  const line = (value, batch_id, undoes) => ({
    at: "2026-11-20T08:00:00Z", actor: { name: "Chen" }, source: "import", reason: null, comment: null, batch_id, batch_size: 5, undoes,
    before: { status: "blank", value: null }, after: { status: "scored", value },
  });
  // Newest first: import 1 was undone, import 3 too, and then its undo was.
  state.history.set("12:100", [line(80, 5, 4), line(70, 4, 3), line(80, 3, null), line(60, 2, 1), line(70, 1, null)]);
  await cell(page, 100, 12).click();
  await page.keyboard.press("Alt+h");
  await page.waitForSelector(".side-panel .timeline li");
  const entries = page.locator(".side-panel .timeline li");
  const offered = await entries.evaluateAll((all) => all.map((one) => [one.querySelectorAll("button").length, one.textContent.includes("Taken back")]));
  assert.deepEqual(offered, [[1, false], [0, true], [0, true], [1, false], [0, true]]);
}));

test("publishing: Enter never does it, a click does", () => on("/courses/12?lang=en", async ({ page, state }) => {
  const posted = () => state.requests.filter((r) => r.path.endsWith("/publish")).length;
  const openIt = async () => {
    await page.click('.tabulator-col[tabulator-field="a14"] .col-menu');
    await page.click(".popup-menu >> text=Publish…");
    await page.waitForSelector("dialog[open]");
  };
  await openIt();
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Cancel");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Publish");
  await page.keyboard.press("Enter");
  await page.waitForTimeout(60);
  assert.equal(posted(), 0);
  await page.keyboard.press("Escape");
  await openIt();
  assert.match(await page.locator("dialog[open]").textContent(), /21 of 48 entered/);
  await page.click("dialog[open] .is-primary");
  await page.waitForSelector('.tabulator-col[tabulator-field="a14"] .col-state.is-published');
  assert.equal(posted(), 1);
}));

test("taking back, locking and unlocking: the menus offer what the state allows, and taking back needs a reason", () => on("/courses/12?lang=en", async ({ page, state }) => {
  const posted = () => state.requests.filter((r) => r.method === "POST" && r.path.startsWith("/api/")).map((r) => [r.path.split("/").slice(-2).join("/"), r.text]);
  const column = (id) => `.tabulator-col[tabulator-field="a${id}"]`;
  const menu = async (id) => {
    await page.click(`${column(id)} .col-menu`);
    return page.locator(".popup-menu [role=menuitem]").allTextContents();
  };
  const looks = ["Sort highest first", "Sort lowest first", "Fold “测验与考试”", "Statistics", "Changes of this column"];
  const changes = ["Fill this column…", "Enter as a list", "Import from a file…", "Title and maximum…"];
  // back to draft: nothing leaves without words
  assert.deepEqual(await menu(12), [...looks, ...changes, "Unpublish…", "Lock…"]);
  await page.click(".popup-menu >> text=Unpublish…");
  await page.waitForSelector("dialog[open] #reason-field");
  assert.match(await page.locator("dialog[open]").textContent(), /Unpublish 单元测验一\?.*no longer see/);
  for (const wrong of ["", "  ", "85"]) {
    await page.fill("#reason-field", wrong);
    await page.keyboard.press("Enter");
    assert.equal(await page.locator("#reason-error").textContent(), "Write a reason in words.");
  }
  await page.keyboard.press("Escape");
  await page.waitForSelector("dialog", { state: "detached" });
  assert.deepEqual(posted(), []);
  await menu(12);
  await page.click(".popup-menu >> text=Unpublish…");
  await page.click("dialog[open] .chip >> text=Marking error");
  await page.click("dialog[open] .is-primary");
  await page.waitForSelector(`${column(12)} .col-state.is-draft`);
  assert.deepEqual(posted().splice(0), [["12/unpublish", '{"reason":"Marking error"}']]);
  assert.deepEqual(await menu(12), [...looks, ...changes, "Publish…"]);
  await page.keyboard.press("Escape");
  // locked: after a question that Enter does not answer, and the column takes nothing
  await menu(11);
  await page.click(".popup-menu >> text=/^Lock…$/");
  await page.waitForSelector("dialog[open]");
  assert.match(await page.locator("dialog[open]").textContent(), /Lock .*\?.*unlock it again with a reason/);
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  assert.equal(posted().length, 1);
  await page.click("dialog[open] .is-primary");
  await page.waitForSelector(`${column(11)} .col-state.is-locked`);
  assert.deepEqual(posted().slice(1), [["11/lock", ""]]);
  await cell(page, 100, 11).click();
  await page.keyboard.type("5");
  assert.equal(await page.locator("#cell-input").evaluate((input) => input.readOnly), true);
  assert.match(await page.locator("#cell-note").textContent(), /locked/);
  // unlocked: with a reason, and it takes scores again
  assert.deepEqual(await menu(11), [...looks.map((one) => one.replace("测验与考试", "作业")), "Unlock…"]);
  await page.click(".popup-menu >> text=Unlock…");
  await page.fill("#reason-field", "Wrong paper");
  await page.keyboard.press("Enter");
  await page.waitForSelector(`${column(11)} .col-state.is-published`);
  assert.deepEqual(posted().slice(2), [["11/unlock", '{"reason":"Wrong paper"}']]);
  await cell(page, 100, 11).click();
  await page.keyboard.type("9");
  await page.keyboard.press("Enter");
  await settled(page);
  assert.equal(state.scores.get("11:100").value, 9);
  // somebody else was first: said, and the page catches up
  await menu(11);
  state.assessments[0].state = "locked";
  await page.click(".popup-menu >> text=/^Lock…$/");
  await page.click("dialog[open] .is-primary");
  await page.waitForSelector(`${column(11)} .col-state.is-locked`);
  assert.match(await page.locator(".grid-banner").textContent(), /not possible in this state/);
}));

test("the sheet opens in the first column that the teacher may fill", async () => {
  for (const [teaches, width, field] of [[["maths"], 1440, "a15"], [["english"], 390, "a16"], [[], 1440, "a14"]]) {
    await on("/exams/3/classes/5", async ({ page }) => {
      const active = page.locator('.tabulator-cell[data-student="100"].is-active');
      assert.equal(await active.getAttribute("tabulator-field"), field);
      const box = await active.boundingBox();
      assert.ok(box.x >= 0 && box.x + box.width <= width, "in view");
    }, { state: { ...makeState(), teaches }, viewport: { width, height: 844 } });
  }
});

test("search and sort", () => on("/courses/12", async ({ page }) => {
  const names = () => page.locator(".tabulator-tableholder .tabulator-row .col-name").allTextContents();
  await page.fill("#grid-search", "李雷");
  assert.deepEqual(await names(), ["李雷"]);
  await page.fill("#grid-search", "20260048");
  assert.deepEqual(await names(), ["吕良"]);
  await page.fill("#grid-search", "");
  assert.equal((await names()).length, 48);
  await page.selectOption("#grid-sort", "name|asc");
  assert.equal((await names())[0], "蔡明"); // pinyin
  await page.selectOption("#grid-sort", "a11|desc");
  assert.equal(await page.locator('.tabulator-tableholder .tabulator-row:first-child [tabulator-field="a11"] .cell-text').textContent(), "10");
}));

test("touch: a tap selects, a second tap edits, and the page warns before unsaved work is lost", () => on("/courses/12", async ({ page, state }) => {
  await cell(page, 100, 14).tap();
  await cell(page, 100, 14).tap();
  assert.equal(await page.inputValue("#cell-input"), "7.5");
  state.mode = "drop";
  await page.fill("#cell-input", "8");
  await cell(page, 101, 14).tap();
  await page.waitForFunction(() => document.querySelector(".save-status")?.dataset.state === "failed");
  const asked = new Promise((done) => page.once("dialog", (dialog) => dialog.dismiss().then(() => done(dialog.type()))));
  await page.close({ runBeforeUnload: true });
  assert.equal(await asked, "beforeunload");
  state.mode = "ok";
  await page.evaluate(() => window.dispatchEvent(new Event("online")));
  await settled(page);
  assert.equal(state.scores.get("14:100").value, 8);
}, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }));

test("on a phone a head that is brought into view brings its scores along", () => on("/courses/12", async ({ page }) => {
  const lefts = (field) => page.evaluate((name) => [".tabulator-col", ".tabulator-row .tabulator-cell", ".tabulator-calcs .tabulator-cell"]
    .map((part) => Math.round(document.querySelector(`${part}[tabulator-field="${name}"]`).getBoundingClientRect().left)), field);
  const together = async (field) => {
    const [head, body, foot] = await lefts(field);
    assert.deepEqual([body, foot], [head, head], field);
  };
  const at = () => page.evaluate(() => document.querySelector(".tabulator-tableholder").scrollLeft);
  for (const field of ["a14", "a11", "a13"]) {
    await page.locator(`.tabulator-col[tabulator-field="${field}"] .col-menu`).evaluate((button) => {
      button.focus();
      button.scrollIntoView({ inline: "center" });
    });
    await page.waitForTimeout(100);
    await together(field);
  }
  await page.locator(".tabulator-header-contents").evaluate((heads) => (heads.scrollLeft = 1e5));
  await page.waitForTimeout(100);
  assert.ok(await at() > 0);
  await together("final");
  await page.locator(".tabulator-tableholder").evaluate((rows) => (rows.scrollLeft = 0));
  await page.waitForTimeout(100);
  await together("a11");
}, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }));

test("a category folds to its subtotal by its head and its menu, is remembered, and never hides what is unsaved", () => on("/courses/12", async ({ page, state }) => {
  const fields = () => page.locator(".tabulator-header .tabulator-col").evaluateAll((all) => all.map((one) => one.getAttribute("tabulator-field")));
  const head = (category) => page.locator(`.col-fold[data-category="${category}"]`).first();
  const all = ["number", "name", "a11", "a12", "a13", "a14", "a15", "a16", "current", "final"];
  assert.deepEqual(await fields(), all);
  assert.equal(await head(2).getAttribute("aria-expanded"), "true");
  await head(2).click();
  assert.deepEqual(await fields(), ["number", "name", "a11", "c2", "a14", "current", "final"]);
  assert.equal(await head(2).getAttribute("aria-expanded"), "false");
  assert.equal(await head(2).evaluate((button) => button === document.activeElement), true);
  const subtotal = page.locator('.tabulator-cell[data-student="100"][tabulator-field="c2"]');
  const own = [...state.scores].filter(([key, one]) => key.endsWith(":100") && one.status === "scored" && !key.startsWith("11:") && !key.startsWith("14:"));
  const parts = own.map(([key, one]) => one.value / state.assessments.find((a) => a.id === Number(key.split(":")[0])).max_score);
  const mean = Math.round((10000 * parts.reduce((a, b) => a + b, 0)) / parts.length) / 100;
  assert.equal(Number(await subtotal.locator(".cell-text").textContent()), mean);
  assert.ok((await subtotal.getAttribute("aria-label")).includes("测验与考试"));
  assert.ok(!(await page.locator("#grid-sort option").evaluateAll((all) => all.map((one) => one.value))).includes("a12|desc"));
  await page.selectOption("#grid-sort", "c2|desc");
  const shown = (await page.locator('.tabulator-row .tabulator-cell[tabulator-field="c2"] .cell-text').allTextContents()).filter(Boolean).map(Number);
  assert.deepEqual(shown, [...shown].sort((a, b) => b - a));

  // It is as it was left, for whoever uses the page; a key opens it.
  await page.reload();
  await page.waitForSelector("#grid[data-ready]");
  assert.deepEqual(await fields(), ["number", "name", "a11", "c2", "a14", "current", "final"]);
  await head(2).focus();
  await page.keyboard.press("Enter");
  await page.waitForSelector('.tabulator-col[tabulator-field="a12"]');
  assert.deepEqual(await fields(), all);
  assert.equal(await page.evaluate(() => Object.keys(localStorage).filter((name) => name.startsWith("gradebook.folded.")).length), 0);

  // From the menu of a column, where the keyboard is at home.
  await page.locator('.tabulator-col[tabulator-field="a14"] .col-menu').focus();
  await page.keyboard.press("Enter");
  await page.locator(".popup-menu button", { hasText: "折叠“作业”" }).press("Enter");
  await page.waitForSelector('.tabulator-col[tabulator-field="c1"]');
  await head(1).click();

  // Unsaved work stays in sight, and an undo brings its column back.
  await cell(page, 101, 14).click();
  await page.keyboard.type("9");
  await page.keyboard.press("Enter");
  await settled(page);
  await head(1).click();
  await page.waitForSelector('.tabulator-col[tabulator-field="c1"]');
  await page.locator(".toolbar-group button").first().click();
  await page.waitForSelector('.tabulator-col[tabulator-field="a14"]');
  await settled(page);
  state.mode = "drop";
  await cell(page, 101, 14).click();
  await page.keyboard.type("8");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector(".save-status")?.dataset.state === "failed");
  await head(1).click();
  assert.match(await page.locator(".grid-notice").first().textContent(), /“作业”中还有未保存的成绩/);
  assert.equal(await head(1).getAttribute("aria-expanded"), "true");
  state.mode = "ok";
  await page.evaluate(() => window.dispatchEvent(new Event("online")));
  await settled(page);
}));

test("a student's page follows new grades", () => on("/me", async ({ page, state, send }) => {
  while (!state.clients.size) await page.waitForTimeout(20);
  await page.locator("#why-1 summary").click();
  state.studentScore = "110";
  send("score", { course_id: 12, assessment_id: 13, student_id: 1, version: 2 });
  await page.waitForFunction(() => document.querySelector('[data-live="a13"] strong').textContent === "110");
  assert.equal(await page.locator("#why-1").getAttribute("open"), "");
  await page.waitForFunction(() => /期中考试 110/.test(document.querySelector("#announcer")?.textContent ?? ""));
}, { viewport: { width: 390, height: 844 } }));

for (const [address, name] of [["/courses/12", "gradebook"], ["/exams/3/classes/5", "sheet"], ["/me", "student"], ["/login", "sign-in"], ["/courses", "lists"], ["/404", "error"]]) {
  test(`no accessibility violations: ${name}`, async () => {
    for (const [width, colorScheme] of [[1440, "light"], [360, "dark"]]) {
      await on(address, async ({ page }) => {
        assert.deepEqual(await violations(page), []);
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), "no sideways scrolling of the page");
        if (name === "gradebook" && width === 1440) {
          await cell(page, 100, 15).click();
          await page.keyboard.type("850");
          await page.keyboard.press("Enter");
          assert.deepEqual(await violations(page), []);
          await page.keyboard.press("Escape");
          await page.keyboard.press("Shift+F10");
          assert.deepEqual(await violations(page), []);
          await page.keyboard.press("Escape");
          await page.keyboard.press("?");
          assert.deepEqual(await violations(page), []);
        }
      }, { viewport: { width, height: 800 }, colorScheme });
    }
  });
}
