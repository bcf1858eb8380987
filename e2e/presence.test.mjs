// Co-teachers see who else is in a gradebook, and where.
import assert from "node:assert/strict";
import { MIDTERM, onDatabases } from "./harness.mjs";

onDatabases(["sqlite", "mariadb"], (scenario) => {
  scenario("two teachers in one gradebook see each other's cells; who closes it is gone; nobody else is told", async ({ visit, client }) => {
    const teacher = await client("chen.siyuan");
    const { id } = await teacher.course("Class 1", "mathematics");
    const book = await teacher.gradebook(id);
    const column = book.column(MIDTERM).id;
    const [a, b] = book.students;
    const [chen, ben] = [await visit({ locale: "en" }), await visit({ locale: "en" })];
    await Promise.all([chen.signIn("chen.siyuan", `/courses/${id}`), ben.signIn("ben.foster", `/courses/${id}`)]);
    await Promise.all([chen.gridReady(), ben.gridReady()]);
    const { items: before } = await teacher.get("/api/v1/changes?limit=1");
    await chen.grid.cell(a.id, column).click();
    await ben.grid.cell(b.id, column).click();
    const marked = (visitor, student) => visitor.page.waitForSelector(`.tabulator-cell.is-present[data-student="${student}"][tabulator-field="a${column}"]`, { timeout: 20_000 });
    await Promise.all([marked(chen, b.id), marked(ben, a.id)]);
    assert.equal(await chen.page.locator(".present-dot").count(), 1);
    assert.match(await chen.page.locator(".present-dot").getAttribute("aria-label"), /Ben Foster: .*Mid-term/);
    assert.equal(await chen.page.locator(".is-present").count(), 1, "one's own cell has the cursor only");
    // it moves with him
    await ben.page.keyboard.press("ArrowDown");
    await chen.page.waitForFunction((old) => {
      const cell = document.querySelector(".tabulator-cell.is-present");
      return cell && cell.dataset.student !== old;
    }, String(b.id), { timeout: 20_000 });
    assert.deepEqual(await chen.barriers(), []);
    await ben.page.goto(`${ben.base}/`);
    await chen.page.waitForFunction(() => !document.querySelector(".is-present, .present-dot"), null, { timeout: 20_000 });
    // nothing of it is a change
    const { items: after } = await teacher.get("/api/v1/changes?limit=1");
    assert.equal(after[0].id, before[0].id);
  });
});
