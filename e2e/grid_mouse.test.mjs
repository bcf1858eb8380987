// What is half in sight can be clicked: nothing moves under the mouse.
import assert from "node:assert/strict";
import { onDatabases } from "./harness.mjs";

/** How much of a cell is in sight beside the frozen columns, and how far the grid is scrolled. */
const sight = (cell) => cell.evaluate((element) => {
  const scroller = document.querySelector(".tabulator-tableholder");
  const right = scroller.getBoundingClientRect().left + scroller.clientWidth;
  return { hidden: Math.max(0, Math.round(element.getBoundingClientRect().right - right)), scrolled: Math.round(scroller.scrollLeft) };
});

/** Scrolls until `hidden` pixels of the cell are behind the right edge, once an earlier scroll has come to its end. */
const cut = (cell, hidden) => cell.evaluate(async (element, wanted) => {
  const painted = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  await painted();
  const scroller = document.querySelector(".tabulator-tableholder");
  scroller.scrollLeft += element.getBoundingClientRect().right - scroller.getBoundingClientRect().left - scroller.clientWidth - wanted;
  await painted();
}, hidden);

onDatabases(["sqlite"], (scenario) => {
  scenario("a cell that is half hidden is clicked, double-clicked and typed into where it stands", async ({ visit, client }) => {
    const teacher = await client("chen.siyuan");
    const { id } = await teacher.course("Class 3", "mathematics").catch(() => teacher.course("Class 1", "mathematics"));
    const { id: column } = await teacher.post(`/api/v1/courses/${id}/assessments`, { title: "Edge", max_score: 50 });
    const [first, second, third] = (await teacher.gradebook(id)).students.map((one) => one.id);
    const visitor = await visit({ viewport: { width: 1000, height: 800 }, locale: "en" });
    await visitor.signIn("chen.siyuan", `/courses/${id}`);
    await visitor.gridReady();
    const { page, grid } = visitor;
    const cellOf = (student) => page.locator(`.tabulator-cell[data-student="${student}"][tabulator-field="a${column}"]`);
    const clickLeft = async (cell, clickCount) => {
      const { x, y, height } = await cell.boundingBox();
      await page.mouse.click(x + 8, y + height / 2, { clickCount, delay: 60 });
    };

    // put away from the column, so that the press goes to a new cell
    await page.keyboard.press("Control+Home");
    await cut(cellOf(first), 25);
    const before = await sight(cellOf(first));
    assert.equal(before.hidden, 25, "the column is cut by the right edge");
    await clickLeft(cellOf(first), 1);
    await page.mouse.move(400, 300);
    assert.deepEqual(await sight(cellOf(first)), before, "nothing moves under the mouse");
    assert.equal(await page.locator(".tabulator-cell.is-selected").count(), 0, "one cell, not a range");
    assert.ok(await cellOf(first).evaluate((cell) => cell.classList.contains("is-active")));

    await page.keyboard.type("37");
    assert.equal((await sight(cellOf(first))).hidden, 0, "what is typed is in sight");
    await page.keyboard.press("Enter");

    await cut(cellOf(third), 25);
    await clickLeft(cellOf(third), 2);
    assert.ok(await cellOf(third).evaluate((cell) => cell.classList.contains("is-editing")), "the cell that was double-clicked opens");
    await page.keyboard.type("41");
    assert.equal(await page.locator("#cell-input").inputValue(), "41");
    await page.keyboard.press("Enter");
    await grid.settled();
    const book = await teacher.gradebook(id);
    assert.deepEqual([first, second, third].map((one) => book.mark(column, one)), [37, "blank", 41]);
  });

  scenario("dragging beyond an edge scrolls on and selects on; letting go ends it", async ({ visit, client }) => {
    const teacher = await client("chen.siyuan");
    const { id } = await teacher.course("Class 3", "mathematics").catch(() => teacher.course("Class 1", "mathematics"));
    const { id: column } = await teacher.post(`/api/v1/courses/${id}/assessments`, { title: "Long", max_score: 50 });
    const pupils = (await teacher.gradebook(id)).students.map((one) => one.id);
    const visitor = await visit({ viewport: { width: 1000, height: 700 }, locale: "en" });
    await visitor.signIn("chen.siyuan", `/courses/${id}`);
    await visitor.gridReady();
    const { page } = visitor;
    const cellOf = (student) => page.locator(`.tabulator-cell[data-student="${student}"][tabulator-field="a${column}"]`);
    const selected = () => page.locator(".tabulator-cell.is-selected").count();
    const scrolled = () => page.evaluate(() => document.querySelector(".tabulator-tableholder").scrollTop);
    await cellOf(pupils[0]).click();
    const { x, y } = await cellOf(pupils[0]).boundingBox();
    await page.mouse.move(x + 20, y + 12);
    await page.mouse.down();
    await page.mouse.move(x + 20, 690, { steps: 4 });
    await page.waitForFunction((all) => document.querySelector(".tabulator-tableholder").scrollTop > 0 && document.querySelectorAll(".is-selected").length === all, pupils.length);
    await page.mouse.move(x + 20, y + 12, { steps: 4 });
    await page.mouse.up();
    assert.ok((await scrolled()) > 0, "back inside, nothing scrolls");
    const [left, reached] = [await selected(), await scrolled()];
    assert.ok(left < pupils.length, "the selection follows the pointer back");
    await page.mouse.move(x + 20, 690, { steps: 4 });
    await page.waitForTimeout(200);
    assert.deepEqual([await selected(), await scrolled()], [left, reached], "let go, neither moves");
  });

  scenario("a pressed wheel pastes nothing; a right click takes over what is typed; after a column's menu scores are typed on", async ({ visit, client }) => {
    const teacher = await client("chen.siyuan");
    const { id } = await teacher.course("Class 3", "mathematics").catch(() => teacher.course("Class 1", "mathematics"));
    const { id: column } = await teacher.post(`/api/v1/courses/${id}/assessments`, { title: "Wheel", max_score: 50 });
    const [first, second, third] = (await teacher.gradebook(id)).students.map((one) => one.id);
    const visitor = await visit({ locale: "en" });
    await visitor.signIn("chen.siyuan", `/courses/${id}`);
    await visitor.gridReady();
    const { page } = visitor;
    const cellOf = (student) => page.locator(`.tabulator-cell[data-student="${student}"][tabulator-field="a${column}"]`);
    const stands = (student, text) => page.waitForFunction(([one, field, wanted]) => {
      const cell = document.querySelector(`.tabulator-cell[data-student="${one}"][tabulator-field="${field}"]`);
      return cell?.querySelector(".cell-text")?.textContent === wanted && cell.dataset.state === "clean";
    }, [student, `a${column}`, text]);

    // what is marked in an input is what some systems paste where the wheel is pressed
    await cellOf(first).click();
    await page.keyboard.type("31");
    const box = await cellOf(first).boundingBox();
    await page.mouse.move(box.x + box.width - 3, box.y + 15);
    await page.mouse.down();
    await page.mouse.move(box.x + 5, box.y + 15, { steps: 4 });
    await page.mouse.up();
    assert.equal(await page.evaluate(() => document.activeElement.selectionEnd - document.activeElement.selectionStart), 2);
    await page.keyboard.press("Enter");
    await stands(first, "31");
    await page.evaluate(() => {
      window.pasted = 0;
      document.addEventListener("paste", () => window.pasted++, true);
    });
    await cellOf(third).click({ button: "middle" });
    await cellOf(second).click();
    await cellOf(second).click({ button: "middle" });
    await page.waitForTimeout(200);
    assert.equal(await page.evaluate(() => window.pasted), 0);

    await page.keyboard.type("32");
    await cellOf(third).click({ button: "right" });
    assert.ok(await page.locator(".popup-menu [role=menuitem]").count());
    assert.ok(await cellOf(third).evaluate((cell) => cell.classList.contains("is-active")));
    await page.keyboard.press("Escape");
    await stands(second, "32");

    await page.click(`.tabulator-col[tabulator-field="a${column}"] .col-menu`);
    await page.keyboard.press("Escape");
    await page.keyboard.type("33");
    await page.keyboard.press("Enter");
    await stands(third, "33");
    const book = await teacher.gradebook(id);
    assert.deepEqual([first, second, third].map((one) => book.mark(column, one)), [31, 32, 33]);

    // from the keyboard the focus stays with the heads, where ? helps as it does below
    await page.keyboard.press("Control+Home");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Escape");
    await page.keyboard.press("?");
    assert.ok(await page.locator("dialog[open]").isVisible());
  });

  scenario("a click that sorts or goes nowhere ends no typing, and what cannot be saved is found again", async ({ visit, client }) => {
    const teacher = await client("chen.siyuan");
    const { id } = await teacher.course("Class 1", "mathematics");
    const { id: column } = await teacher.post(`/api/v1/courses/${id}/assessments`, { title: "Aside", max_score: 50 });
    const pupils = (await teacher.gradebook(id)).students.map((one) => one.id);
    const visitor = await visit({ viewport: { width: 1200, height: 800 }, locale: "en" });
    await visitor.signIn("chen.siyuan", `/courses/${id}#a${column}`);
    await visitor.gridReady();
    const { page, grid } = visitor;
    const head = (field) => page.locator(`.tabulator-col[tabulator-field="${field}"] .col-title`).click();
    const focused = () => page.evaluate(() => document.activeElement.id);

    await grid.cell(pupils[1], column).click();
    await page.keyboard.type("11");
    await head("name");
    await head("number");
    await grid.shows(pupils[1], column, "11");
    assert.equal(await focused(), "cell-input");
    await page.keyboard.type("12"); // over the cell where we are
    await page.locator(`.tabulator-calcs [tabulator-field="a${column}"]`).first().click();
    await grid.shows(pupils[1], column, "12");
    await page.locator(`.tabulator-row[data-student="${pupils[3]}"] .col-name`).click();
    await page.keyboard.type("13");
    await page.keyboard.press("Enter");

    // a column is drawn wider around the score that is being typed
    await page.keyboard.type("1");
    const { x, y, width } = await page.locator(`.tabulator-col[tabulator-field="a${column}"]`).boundingBox();
    await page.mouse.move(x + width - 1, y + 20);
    await page.mouse.down();
    await page.mouse.move(x + width + 40, y + 20, { steps: 4 });
    await page.mouse.up();
    assert.ok((await grid.cell(pupils[4], column).boundingBox()).width > width + 20);
    await page.keyboard.type("5");
    await page.keyboard.press("Enter");

    await page.keyboard.type("777");
    await page.locator("#grid-search").click();
    assert.equal(await focused(), "grid-search");
    await grid.cell(pupils[9], column).click();
    assert.equal(await focused(), "cell-input");
    await page.keyboard.press("Escape");
    await grid.cell(pupils[9], column).click();
    await page.keyboard.type("14");
    await page.keyboard.press("Enter");
    await grid.shows(pupils[9], column, "14");
    await grid.settled();
    const book = await teacher.gradebook(id);
    assert.deepEqual([1, 2, 3, 4, 9].map((n) => book.mark(column, pupils[n])), [12, "blank", 13, 15, 14]);
  });

  scenario("an input method that is given up takes no score away; what it holds goes with a click", async ({ visit, client }) => {
    const teacher = await client("chen.siyuan");
    const { id } = await teacher.course("Class 1", "mathematics");
    const { id: column } = await teacher.post(`/api/v1/courses/${id}/assessments`, { title: "Method", max_score: 50 });
    const pupils = (await teacher.gradebook(id)).students.map((one) => one.id);
    const visitor = await visit({ locale: "en" });
    await visitor.signIn("chen.siyuan", `/courses/${id}#a${column}`);
    await visitor.gridReady();
    const { page, grid } = visitor;
    const session = await page.context().newCDPSession(page);
    const compose = (text) => session.send("Input.imeSetComposition", { text, selectionStart: text.length, selectionEnd: text.length });
    await grid.enter(pupils[0], column, "25");
    await grid.shows(pupils[0], column, "25");
    await grid.cell(pupils[0], column).click();
    await compose("n");
    await compose("");
    await grid.cell(pupils[1], column).click();
    await compose("缺考");
    await grid.cell(pupils[2], column).click();
    await compose("2");
    await compose("26");
    await session.send("Input.insertText", { text: "26" });
    await page.keyboard.press("Enter");
    await grid.shows(pupils[2], column, "26");
    await grid.settled();
    const book = await teacher.gradebook(id);
    assert.deepEqual([0, 1, 2, 3].map((n) => book.mark(column, pupils[n])), [25, "absent", 26, "blank"]);
  });
});
