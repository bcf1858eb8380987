// All that a teacher does in a gradebook, without a mouse.
import assert from "node:assert/strict";
import { onDatabases, PASSWORD } from "./harness.mjs";

const focused = (page) => page.evaluate(() => document.activeElement?.closest(".tabulator-cell")
  ? `${document.activeElement.closest(".tabulator-cell").dataset.student}/${document.activeElement.closest(".tabulator-cell").getAttribute("tabulator-field")}`
  : document.activeElement?.id || document.activeElement?.textContent?.trim() || document.activeElement?.className);

async function press(page, ...keys) {
  for (const key of keys) await page.keyboard.press(key);
}

/** Presses Tab until the focus is on what matches; fails when it never comes there. */
async function tabTo(page, selector, back = false) {
  for (let n = 0; n < 80; n++) {
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) return;
    await page.keyboard.press(back ? "Shift+Tab" : "Tab");
  }
  assert.fail(`Tab does not lead to ${selector}`);
}

/** The entries of the open menu, each reached with the arrow. */
async function entries(page) {
  const wanted = await page.locator(".popup-menu [role=menuitem] > span").allTextContents();
  const reached = [];
  for (let n = 0; n < wanted.length; n++) {
    reached.push(await page.evaluate(() => document.activeElement.querySelector("span")?.textContent));
    await page.keyboard.press("ArrowDown");
  }
  assert.deepEqual(reached, wanted);
  assert.equal(await page.evaluate(() => document.activeElement.querySelector("span")?.textContent), wanted[0], "round again");
  return wanted;
}

/** What the page says to screen readers while something happens. */
const listen = (page) => page.evaluate(() => {
  window.heard = [];
  new MutationObserver((changes) => {
    for (const { target } of changes) {
      const region = (target instanceof Element ? target : target.parentElement)?.closest("[aria-live], [role=alert], [role=status]");
      if (region?.textContent) window.heard.push(region.textContent);
    }
  }).observe(document.body, { childList: true, characterData: true, subtree: true });
});
const heard = (page, pattern) => page.waitForFunction((text) => window.heard.some((one) => new RegExp(text).test(one)), pattern.source);

onDatabases(["sqlite", "mariadb"], (scenario) => {
  scenario("from signing in to publishing with the keyboard alone", async ({ visit, client }) => {
    const [admin, teacher] = [await client("demo.admin"), await client("chen.siyuan")];
    const { id } = await teacher.course("Class 3", "mathematics").catch(() => teacher.course("Class 1", "mathematics"));
    const { id: column } = await admin.post(`/api/v1/courses/${id}/assessments`, { title: "Keys", max_score: 50 });
    const pupils = (await teacher.gradebook(id)).students.map((one) => one.id);
    const mark = async (nth) => (await teacher.gradebook(id)).mark(column, pupils[nth]);
    const visitor = await visit({ locale: "en" });
    const { page } = visitor;

    await page.goto(`${visitor.base}/login`);
    await tabTo(page, "#username");
    await page.keyboard.type("chen.siyuan");
    await tabTo(page, "#password");
    await page.keyboard.type(PASSWORD);
    await Promise.all([page.waitForURL((url) => !url.pathname.startsWith("/login")), page.keyboard.press("Enter")]);
    await tabTo(page, `a[href="/courses/${id}"]`);
    await page.keyboard.press("Enter");
    await visitor.gridReady();
    const { grid } = visitor;
    // the grid has the focus; its last draft is a few columns away
    await press(page, "Control+Home");
    for (let n = 0; n < 40 && (await focused(page)) !== `${pupils[0]}/a${column}`; n++) await page.keyboard.press("ArrowRight");
    assert.equal(await focused(page), `${pupils[0]}/a${column}`);
    for (const text of ["41", "42.5", "abs"]) await grid.type(text);
    await grid.settled();
    assert.deepEqual([await mark(0), await mark(1), await mark(2)], [41, 42.5, "absent"]);

    // a comment
    await press(page, "ArrowUp", "Shift+F2");
    await page.locator("dialog[open]").waitFor();
    await page.keyboard.type("Was ill");
    await press(page, "Control+Enter");
    await grid.settled();
    assert.equal((await teacher.gradebook(id)).cell(column, pupils[2]).comment, "Was ill");
    assert.equal(await focused(page), `${pupils[2]}/a${column}`);

    // the menu of the column: every entry, and back
    const menu = async () => {
      await press(page, "Control+ArrowUp");
      while ((await focused(page)) !== `${pupils[0]}/a${column}`) await page.keyboard.press("ArrowUp");
      await press(page, "ArrowUp", "Enter");
      await page.locator(".popup-menu").waitFor();
    };
    const take = async (entry) => {
      for (let n = 0; n < 30 && !(await page.evaluate((text) => document.activeElement.textContent.startsWith(text), entry)); n++) await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
    };
    await menu();
    const items = await entries(page);
    for (const wanted of ["Statistics", "Publish…", "Sort highest first"]) assert.ok(items.some((one) => one === wanted), `${wanted}: ${items}`);
    await page.keyboard.press("End");
    await page.keyboard.press("p");
    assert.match(await focused(page), /^Publish/, "a letter goes to its entry");
    await page.keyboard.press("Escape");
    assert.ok(await page.evaluate((field) => document.activeElement.matches(`[tabulator-field="${field}"] .col-menu`), `a${column}`), "back to its button");
    await page.keyboard.press("ArrowDown");
    assert.equal(await focused(page), `${pupils[0]}/a${column}`);

    // the rest of the column is filled after a look at what it does
    await menu();
    await page.keyboard.press("f");
    while (!/^Fill/.test(await focused(page))) await page.keyboard.press("f");
    await page.keyboard.press("Enter");
    await page.keyboard.type("30");
    const rest = pupils.length - 3;
    assert.match(await page.locator(".fill-preview").textContent(), new RegExp(`${rest}`));
    await page.keyboard.press("Enter");
    await grid.settled();
    assert.equal(await mark(5), 30);

    // statistics
    await menu();
    await take("Statistics");
    await page.locator(".side-panel", { hasText: "Statistics of the column" }).waitFor();
    assert.deepEqual(await visitor.barriers(), []);
    await page.keyboard.press("Escape");
    assert.equal(await page.locator(".side-panel").count(), 0);

    // the history of a cell, and the undo of the block there
    await press(page, "ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown", "Alt+h");
    await page.locator(".timeline-undo").waitFor();
    await tabTo(page, ".timeline-undo");
    await page.keyboard.press("Enter");
    const submit = page.locator("dialog[open] .is-primary", { hasText: /Undo \d+ scores/ });
    await submit.waitFor();
    await tabTo(page, "dialog[open] .is-primary");
    await page.keyboard.press("Enter");
    await page.locator(".undo-done").waitFor();
    await page.keyboard.press("Enter");
    await page.locator("dialog[open]").waitFor({ state: "detached" });
    assert.deepEqual([await mark(0), await mark(5)], [41, "blank"]);
    await press(page, "Alt+h"); // the panel again, as it is now
    await page.locator(".side-panel", { hasText: "Taken back" }).waitFor();
    await page.keyboard.press("Escape");
    assert.equal(await page.locator(".side-panel").count(), 0);

    // a conflict: heard, found and decided
    await grid.shows(pupils[5], column, "");
    await listen(page);
    while ((await focused(page)) !== `${pupils[5]}/a${column}`) await page.keyboard.press(pupils.indexOf(Number((await focused(page)).split("/")[0])) < 5 ? "ArrowDown" : "ArrowUp");
    await page.keyboard.type("2");
    const { version } = (await teacher.gradebook(id)).cell(column, pupils[5]);
    await admin.patch("/api/v1/scores", { edits: [{ assessment_id: column, student_id: pupils[5], version, value: 17 }] });
    await page.keyboard.type("1");
    await page.keyboard.press("Enter");
    await grid.state("conflict");
    assert.equal(await focused(page), `${pupils[6]}/a${column}`, "typing goes on");
    await heard(page, /1 conflict\. F8 goes there/);
    await page.keyboard.press("F8");
    assert.equal(await focused(page), `${pupils[5]}/a${column}`);
    await heard(page, / set 17 at /);
    await press(page, "Alt+ArrowDown");
    assert.match(await focused(page), /^Keep mine \(21\)/);
    await page.keyboard.press("Enter");
    await grid.settled();
    assert.equal(await mark(5), 21);
    assert.equal(await focused(page), `${pupils[5]}/a${column}`);

    // the keys, and back
    await page.keyboard.press("?");
    await page.locator("dialog[open]", { hasText: "Keyboard shortcuts" }).waitFor();
    await page.keyboard.press("Escape");
    assert.equal(await focused(page), `${pupils[5]}/a${column}`);

    // a search keeps the column
    await page.keyboard.press("F6");
    assert.equal(await focused(page), "grid-search");
    const { students } = await teacher.gradebook(id);
    await page.keyboard.type(students[8].student_number);
    await page.keyboard.press("Enter");
    assert.equal(await focused(page), `${pupils[8]}/a${column}`);
    await grid.type("49");
    await grid.settled();
    assert.equal(await mark(8), 49);
    await press(page, "F6", "Escape", "Enter");

    // published from the menu, where Enter alone does not do it
    await menu();
    await take("Publish…");
    await page.locator("dialog[open]").waitFor();
    await tabTo(page, "dialog[open] .is-primary");
    await page.keyboard.press("Space");
    await grid.columnState(column, "published");
    assert.equal((await teacher.gradebook(id)).column("Keys").state, "published");
  });
});
