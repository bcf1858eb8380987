// Who watches over entry: what lacks, who is expected, what looks odd, and from there into the grid.
import assert from "node:assert/strict";
import { DESKTOP, MIDTERM, MONTHLY, onDatabases, PHONE } from "./harness.mjs";

onDatabases(["sqlite", "mariadb"], (scenario) => {
  scenario("nobody waits for a score of before a move, and the gradebook says who came", async ({ visit, client }) => {
    const admin = await client("demo.admin");
    const from = await admin.course("Class 1", "chinese");
    const to = await admin.course("Class 2", "chinese");
    const mover = (await admin.gradebook(from.id)).students.at(-1);
    await admin.post(`/api/v1/classes/${from.class.id}/students/${mover.id}/move`, { to_class_id: to.class.id, from: "2026-11-09" });
    const book = await admin.gradebook(to.id);
    const [before, after] = [MONTHLY, MIDTERM].map((title) => book.column(title).id);

    const visitor = await visit({ viewport: DESKTOP, locale: "en" });
    await visitor.signIn("demo.admin", `/courses/${to.id}`);
    await visitor.gridReady();
    const { page, grid } = visitor;
    const name = page.locator(`.tabulator-row[data-student="${mover.id}"] .col-name`);
    assert.equal(await name.locator(".stay-days").textContent(), "from Nov 9");
    const label = (assessment) => grid.cell(mover.id, assessment).getAttribute("aria-label");
    assert.match(await label(before), /Not expected: not in the class that day/);
    assert.match(await label(after), /Blank/);
    assert.deepEqual(await visitor.barriers(), []);
    // it can be entered all the same, and then it is a score like any other
    await grid.enter(mover.id, before, "64");
    await grid.settled();
    await grid.shows(mover.id, before, "64");
    assert.doesNotMatch(await label(before), /Not expected/);
  });

  scenario("from the lists an admin gets to the column that lacks scores", async ({ visit, client }) => {
    const admin = await client("demo.admin");
    const { items } = await admin.get("/api/v1/anomalies?kind=still_blank");
    const [line] = items;
    const visitor = await visit({ viewport: PHONE, hasTouch: true, isMobile: true, locale: "en" });
    await visitor.signIn("demo.admin", "/admin/progress");
    const { page } = visitor;
    await page.getByRole("status").filter({ hasText: /\d+ of \d+ assessments entered, \d+ published/ }).waitFor();
    assert.equal(await visitor.scrollsSideways(), false);
    assert.deepEqual(await visitor.barriers(), []);
    const all = await page.locator(".table.watch tbody tr").count();
    await Promise.all([page.waitForURL(/show=unfinished/), page.getByLabel("Show").selectOption("unfinished")]);
    assert.ok((await page.locator(".table.watch tbody tr").count()) < all);
    await page.getByRole("link", { name: "Unusual scores" }).click();
    await Promise.all([page.waitForURL(/kind=still_blank/), page.getByLabel("What is unusual").selectOption("still_blank")]);
    assert.equal(await visitor.scrollsSideways(), false);
    assert.deepEqual(await visitor.barriers(), []);
    const row = page.locator(".table.watch tbody tr", { has: page.locator(`a[href="${line.href}"]`) });
    await row.locator("summary").click();
    assert.equal(await row.locator(".name-list li").count(), line.count);
    assert.ok((await row.innerText()).includes(line.students[0].name));
    await row.locator(`a[href="${line.href}"]`).click();
    await page.waitForSelector("#grid[data-ready=true]");
    const active = page.locator(`.tabulator-cell.is-active[tabulator-field="a${line.assessment_id}"]`);
    assert.equal(await active.getAttribute("data-student"), String(line.students[0].id));
  });
});
