// The grid in a small window: the scores begin near its top, and everything else can still be reached.
import assert from "node:assert/strict";
import { onDatabases, PHONE } from "./harness.mjs";

/** A third of the first screen would be gone otherwise. */
const HEAD_PX = 150;

onDatabases(["sqlite"], (scenario) => {
  for (const [name, options] of [
    ["a phone", { viewport: PHONE, hasTouch: true, isMobile: true }],
    ["a window at 200 %", { viewport: { width: 640, height: 400 } }],
  ]) {
    scenario(`${name}: the first score is near the top, and one menu has the rest`, async ({ visit, client }) => {
      const { id } = await (await client("chen.siyuan")).course("Class 2", "mathematics");
      const visitor = await visit(options);
      const { page } = visitor;
      await visitor.signIn("chen.siyuan", `/courses/${id}`);
      await visitor.gridReady();
      const top = await page.locator(".tabulator-table > .tabulator-row").first().evaluate((row) => row.getBoundingClientRect().top);
      assert.ok(top <= HEAD_PX, `${top} px`);
      assert.equal(await visitor.scrollsSideways(), false);
      for (const tool of ["#grid-search", "#grid-sort", ".grid-toolbar .icon-undo", ".grid-toolbar .icon-keyboard"]) assert.ok(await page.locator(tool).isVisible(), tool);
      await page.locator(".grid-more summary").click();
      const site = await page.locator(".topbar .nav a").evaluateAll((links) => links.map((one) => `a[href="${one.getAttribute("href")}"]`));
      assert.ok(site.length >= 2, "the site has links");
      for (const link of [...site, `a[href="/courses/${id}/settings?open=assessment#form"]`, `a[href="/courses/${id}/changes"]`, 'a[href*=".csv"]', 'a[href*=".xlsx"]']) {
        assert.ok(await page.locator(`.grid-more ${link}`).first().isVisible(), link);
      }
      const panel = await page.locator(".grid-more .menu-panel").boundingBox();
      assert.ok(panel.x >= 0 && panel.y + panel.height <= options.viewport.height, "all of the menu can be scrolled to");
      assert.deepEqual(await visitor.barriers(), []);
    });
  }

  scenario("a phone: the frozen names cut no column when the grid opens at a later one", async ({ visit, client }) => {
    const { id } = await (await client("lin.yue")).course("Class 1", "chinese");
    const visitor = await visit({ viewport: PHONE, hasTouch: true, isMobile: true });
    const { page } = visitor;
    await visitor.signIn("lin.yue", `/courses/${id}`);
    await visitor.gridReady();
    const { scrolled, cut, active } = await page.evaluate(() => {
      const row = document.querySelector(".tabulator-table > .tabulator-row");
      const edge = Math.max(...[...row.querySelectorAll(".tabulator-frozen")].map((one) => one.getBoundingClientRect().right));
      const beside = [...row.querySelectorAll(".tabulator-cell:not(.tabulator-frozen)")].map((one) => one.getBoundingClientRect());
      const { left, right } = document.querySelector(".tabulator-cell.is-active").getBoundingClientRect();
      return {
        scrolled: document.querySelector(".tabulator-tableholder").scrollLeft,
        cut: beside.filter((one) => one.left < edge - 1 && one.right > edge + 1).length,
        active: left >= edge - 1 && right <= window.innerWidth,
      };
    });
    assert.ok(scrolled > 0, "the column that is worked on does not fit beside the numbers");
    assert.equal(cut, 0);
    assert.ok(active, "the active cell is in sight");
  });
});

onDatabases(["sqlite"], (scenario) => {
  scenario("a phone: a finger that reaches for another cell is brought back to what cannot be saved", async ({ visit, client }) => {
    const teacher = await client("chen.siyuan");
    const { id } = await teacher.course("Class 2", "mathematics");
    const { id: column } = await teacher.post(`/api/v1/courses/${id}/assessments`, { title: "Finger", max_score: 50 });
    const pupils = (await teacher.gradebook(id)).students.map((one) => one.id);
    const visitor = await visit({ viewport: PHONE, hasTouch: true, isMobile: true, locale: "en" });
    await visitor.signIn("chen.siyuan", `/courses/${id}`);
    await visitor.gridReady();
    const { page, grid } = visitor;
    const input = page.locator("#cell-input");
    const opened = () => input.evaluate((one) => one.classList.contains("is-editing"));

    // nothing has the focus yet: the first tap chooses, so that what is typed does not go behind what is there
    await page.locator(".tabulator-cell.is-active").tap();
    assert.equal(await opened(), false);
    await grid.cell(pupils[0], column).tap();
    await page.keyboard.type("37");
    await grid.cell(pupils[2], column).tap();
    await grid.shows(pupils[0], column, "37");

    await page.keyboard.type("999");
    await page.locator("#grid-search").tap();
    assert.equal(await input.evaluate((one) => one === document.activeElement), false);
    await page.evaluate(() => (document.querySelector(".tabulator-tableholder").scrollTop = 600));
    await grid.cell(pupils[20], column).tap();
    assert.ok(await input.evaluate((one) => one === document.activeElement), "typing goes on where it has to be put right");
    assert.ok(await grid.cell(pupils[2], column).evaluate((cell) => cell.getBoundingClientRect().top > document.querySelector(".tabulator-tableholder").getBoundingClientRect().top - 1));
    assert.match(await page.locator("#cell-note").textContent(), /50/);
    await page.keyboard.press("Control+a");
    await page.keyboard.type("38");

    // a name stands for its pupil
    await page.locator(`.tabulator-row[data-student="${pupils[4]}"] .col-name`).tap();
    await grid.shows(pupils[2], column, "38");
    await page.keyboard.type("39");
    await page.keyboard.press("Enter");
    await grid.shows(pupils[4], column, "39");
    await grid.settled();
    const book = await teacher.gradebook(id);
    assert.deepEqual([0, 1, 2, 3, 4, 20].map((n) => book.mark(column, pupils[n])), [37, "blank", 38, "blank", 39, "blank"]);
  });
});
