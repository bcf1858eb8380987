// The grid under load: fast and slow typing, the largest block, and two teachers at once.
import assert from "node:assert/strict";
import { bigClass } from "./big_class.mjs";
import { MIDTERM, onDatabases } from "./harness.mjs";

/** What teachers are promised of a block of 60 × 20. */
const PROMISED_MS = 1000;

onDatabases(["sqlite"], (scenario) => {
  scenario("30 values typed at 0, 30 and 80 ms a key: none is wrong", async ({ visit, client }) => {
    const teacher = await client("chen.siyuan");
    const { id } = await teacher.course("Class 2", "mathematics");
    const column = (await teacher.gradebook(id)).column(MIDTERM).id;
    const visitor = await visit();
    await visitor.signIn("chen.siyuan", `/courses/${id}`);
    await visitor.gridReady();
    for (const [n, delay] of [0, 30, 80].entries()) {
      const { students } = await teacher.gradebook(id);
      const typed = students.slice(0, 30).map((_, i) => (i % 5 === 4 ? `${20 * n + i}.5` : `${20 * n + i + 10}`));
      await visitor.grid.cell(students[0].id, column).click();
      if (delay === 0) await visitor.grid.typeDown(typed);
      else {
        for (const value of typed) {
          await visitor.page.keyboard.type(value, { delay });
          await visitor.page.keyboard.press("Enter", { delay });
        }
      }
      await visitor.grid.settled();
      const book = await teacher.gradebook(id);
      assert.deepEqual(students.slice(0, 30).map((s) => `${book.mark(column, s.id)}`), typed, `${delay} ms a key`);
      for (const [i, s] of students.slice(0, 30).entries()) assert.equal(await visitor.grid.text(s.id, column), typed[i]);
    }
  });

  scenario("a block of 60 × 20 is saved and shown within a second, and one undo takes it back", async ({ test, visit, client }) => {
    const admin = await client("demo.admin");
    const { id, columns } = await bigClass(admin, { pupils: 60, drafts: 20 });
    const { students } = await admin.gradebook(id);
    const visitor = await visit();
    const { page } = visitor;
    await visitor.signIn("demo.admin", `/courses/${id}`);
    await visitor.gridReady();
    // as they stand on the screen
    const fields = await page.locator(".tabulator-header .tabulator-col[tabulator-field^=a]").evaluateAll((heads) => heads.map((one) => Number(one.getAttribute("tabulator-field").slice(1))));
    const order = fields.filter((field) => columns.includes(field));
    assert.equal(order.length, 20);
    assert.equal(fields.indexOf(order[19]) - fields.indexOf(order[0]), 19, "the drafts stand side by side");
    const rows = students.map((_, r) => order.map((_, c) => ((r * 7 + c * 13) % 401) / 4));
    const took = [];
    // the best of three: what the page needs, not what else the machine does
    while (took.length < 3 && !took.some((one) => one < PROMISED_MS)) {
      await visitor.grid.cell(students[0].id, order[0]).click();
      await page.evaluate(([last, text]) => {
        const shown = () => document.querySelector(`.tabulator-cell[data-student="${last[0]}"][tabulator-field="a${last[1]}"] .cell-text`)?.textContent === text
          && document.querySelector(".save-status")?.dataset.state === "saved" && !document.querySelector('.tabulator-cell[data-state="queued"], .tabulator-cell[data-state="saving"]');
        window.pasted = new Promise((done) => document.addEventListener("paste", () => {
          const begin = performance.now();
          const look = () => (shown() ? done(performance.now() - begin) : requestAnimationFrame(look));
          requestAnimationFrame(look);
        }, { capture: true, once: true }));
      }, [[students[59].id, order[19]], `${rows[59][19]}`]);
      await visitor.grid.paste(`${rows.map((row) => row.join("\t")).join("\r\n")}\r\n`);
      took.push(Math.round(await page.evaluate(() => window.pasted)));
      const book = await admin.gradebook(id);
      assert.deepEqual(students.map((s) => order.map((c) => book.mark(c, s.id))), rows);
      const texts = await page.evaluate(([pupils, those]) => pupils.map((s) => those.map((c) => Number(document.querySelector(`.tabulator-cell[data-student="${s}"][tabulator-field="a${c}"] .cell-text`).textContent))), [students.map((s) => s.id), order]);
      assert.deepEqual(texts, rows);
      await page.keyboard.press("Control+z");
      await visitor.grid.settled();
      const after = await admin.gradebook(id);
      assert.ok(students.every((s) => order.every((c) => after.mark(c, s.id) === "blank")));
    }
    test.diagnostic(`60 × 20 saved and shown after ${took.join(", ")} ms`);
    assert.ok(took.some((one) => one < PROMISED_MS), `${took.join(", ")} ms`);
  });

  scenario("two teachers on one grid, 200 scores: none is lost, and each sees the other's", async ({ visit, client }) => {
    const teacher = await client("chen.siyuan");
    const { id } = await teacher.course("Class 1", "mathematics");
    const admin = await client("demo.admin");
    const { columns } = await bigClass(admin, { name: "Class 1", pupils: 40, drafts: 5 });
    const { students } = await teacher.gradebook(id);
    const [chen, ben] = [await visit(), await visit()];
    await Promise.all([chen.signIn("chen.siyuan", `/courses/${id}`), ben.signIn("ben.foster", `/courses/${id}`)]);
    await Promise.all([chen.gridReady(), ben.gridReady()]);
    const value = (c, r) => `${(c * 17 + r * 3) % 100}`;
    // one has the even columns, the other the odd ones; the last they share, from both ends
    const down = async (visitor, c, pupils) => {
      await visitor.grid.cell(pupils[0].id, columns[c]).click();
      for (const pupil of pupils) {
        await visitor.page.keyboard.type(value(c, students.indexOf(pupil)), { delay: 8 });
        await visitor.page.keyboard.press("Enter");
      }
    };
    await Promise.all([
      (async () => { for (const c of [0, 2]) await down(chen, c, students); await down(chen, 4, students.slice(0, 20)); })(),
      (async () => { for (const c of [1, 3]) await down(ben, c, students); await down(ben, 4, students.slice(20)); })(),
    ]);
    await Promise.all([chen.grid.settled(), ben.grid.settled()]);
    const book = await teacher.gradebook(id);
    const wanted = columns.map((_, c) => students.map((_, r) => value(c, r)));
    assert.equal(wanted.flat().length, 200);
    assert.deepEqual(columns.map((c) => students.map((s) => `${book.mark(c, s.id)}`)), wanted);
    assert.ok(columns.every((c) => students.every((s) => book.cell(c, s.id).version === 1)), "each was written once");
    for (const { grid } of [chen, ben]) {
      await grid.shows(students[39].id, columns[3], wanted[3][39]);
      await grid.shows(students[39].id, columns[2], wanted[2][39]);
    }
  });
});
