// What happened to scores: the panel of a cell, and taking a whole paste back.
import assert from "node:assert/strict";
import { MIDTERM, onDatabases } from "./harness.mjs";

const dialog = (page) => page.locator("dialog[open]");

onDatabases(["sqlite", "mariadb"], (scenario) => {
  scenario("a paste of 20 is undone as one: what a colleague changed since stays and is named", async ({ visit, client }) => {
    const teacher = await client("chen.siyuan");
    const colleague = await client("demo.admin");
    const { id } = await teacher.course("Class 2", "mathematics");
    const before = await teacher.gradebook(id);
    const column = before.column(MIDTERM).id;
    const pupils = before.students.slice(0, 20);
    assert.ok(pupils.every((one) => before.mark(column, one.id) === "blank"));

    const visitor = await visit();
    const { page } = visitor;
    await visitor.signIn("chen.siyuan", `/courses/${id}`);
    await visitor.gridReady();
    await visitor.grid.cell(pupils[0].id, column).click();
    await visitor.grid.paste(pupils.map((_, i) => `${60 + i}\r\n`).join(""));
    await visitor.grid.settled();
    assert.equal((await teacher.gradebook(id)).mark(column, pupils[19].id), 79);
    await page.locator(".grid-offer", { hasText: "已粘贴 20 个成绩" }).waitFor();

    const changed = pupils[4];
    await colleague.patch("/api/v1/scores", {
      edits: [{ assessment_id: column, student_id: changed.id, version: 1, value: 99, comment: "checked" }],
    });
    await page.locator(".grid-offer button", { hasText: "撤销" }).click();
    await dialog(page).getByText("19 个成绩连同评语恢复为之前的样子。").waitFor();
    const named = await dialog(page).locator(".undo-left").textContent();
    assert.ok(named.includes(changed.name) && named.includes("99"), named);
    assert.equal((await teacher.gradebook(id)).mark(column, pupils[0].id), 60, "nothing happens before it is confirmed");
    assert.equal(await dialog(page).locator(".dialog-title").textContent(), "撤销：粘贴 20 个成绩");
    const places = await dialog(page).locator(".undo-places li").allTextContents();
    assert.equal(places.length, 1);
    for (const part of ["数学", "Class 2", MIDTERM, "20 个成绩"]) assert.ok(places[0].includes(part), `${part} in ${places[0]}`);
    assert.deepEqual(await visitor.barriers(), []);
    await dialog(page).getByRole("button", { name: "撤销 19 个成绩", exact: true }).click();
    await dialog(page).getByText("19 个成绩已恢复为之前的样子。").waitFor();
    assert.ok((await dialog(page).locator(".undo-left").textContent()).includes(changed.name));
    await dialog(page).locator(".dialog-foot button").click();

    const after = await teacher.gradebook(id);
    for (const one of pupils) assert.equal(after.mark(column, one.id), one === changed ? 99 : "blank");
    await visitor.grid.shows(pupils[0].id, column, "");
    await visitor.grid.shows(changed.id, column, "99");

    // The panel of the cell tells it all, and offers the rest of the paste.
    await visitor.grid.cell(changed.id, column).click();
    await page.keyboard.press("Alt+h");
    const panel = page.locator(".side-panel");
    await panel.locator("li").nth(1).waitFor();
    const entries = await panel.locator("li").allTextContents();
    assert.match(entries[0], /64.*99/s);
    assert.ok(entries[0].includes("checked"), entries[0]);
    assert.ok(entries[1].includes("粘贴"), entries[1]);
    await panel.getByRole("button", { name: "撤销这次粘贴（20 个成绩）" }).click();
    await dialog(page).getByText("没有可以恢复的成绩。").waitFor();
    await dialog(page).locator(".dialog-foot button").click();

    // And so does the page of the course's changes, in which the undo is a batch of its own.
    await visitor.open(`/courses/${id}/changes`);
    await page.getByRole("link", { name: "撤销一批：19 个成绩", exact: true }).click();
    await page.getByRole("button", { name: "撤销 19 个成绩" }).click();
    await page.getByText("19 个成绩已恢复为之前的样子。").waitFor();
    assert.equal((await teacher.gradebook(id)).mark(column, pupils[0].id), 60, "undoing the undo does it again");
    assert.equal(await visitor.scrollsSideways(), false);
    assert.deepEqual(await visitor.barriers(), []);
    visitor.check();
  });

  scenario("a batch that reaches into another class says so in the panel, in the history and on its page", async ({ visit, client }) => {
    const teacher = await client("chen.siyuan");
    const books = [];
    for (const name of ["Class 2", "Class 3"]) {
      const course = await teacher.course(name, "mathematics");
      books.push({ course, book: await teacher.gradebook(course.id) });
    }
    const edits = books.flatMap(({ book }, n) => {
      const column = book.column(MIDTERM).id;
      return book.students.slice(20, 22 + n).map((one) => ({ assessment_id: column, student_id: one.id, version: book.cell(column, one.id).version, value: 77 }));
    });
    const { saved } = await teacher.patch("/api/v1/scores", { edits });
    assert.equal(saved.length, 5);
    const [{ course, book }] = books;
    const visitor = await visit();
    const { page } = visitor;
    await visitor.signIn("chen.siyuan", `/courses/${course.id}`);
    await visitor.gridReady();
    await visitor.grid.cell(book.students[20].id, book.column(MIDTERM).id).click();
    await page.keyboard.press("Alt+h");
    await page.locator(".side-panel .timeline-undo").first().click();
    await dialog(page).getByRole("button", { name: "撤销 5 个成绩", exact: true }).waitFor();
    const places = await dialog(page).locator(".undo-places li").allTextContents();
    assert.deepEqual(places.map((text) => [/Class \d/.exec(text)[0], /\d+ 个成绩/.exec(text)[0]]), [["Class 2", "2 个成绩"], ["Class 3", "3 个成绩"]]);
    assert.deepEqual(await visitor.barriers(), []);
    await dialog(page).getByRole("button", { name: "取消" }).click();

    await visitor.open(`/courses/${course.id}/changes`);
    await page.getByRole("link", { name: "录入 2 个成绩（整批 5 个）", exact: true }).click();
    const rows = await page.locator(".batch-places li").allTextContents();
    assert.deepEqual(rows.map((text) => /Class \d/.exec(text)[0]), ["Class 2", "Class 3"]);
    await page.getByRole("button", { name: "撤销 5 个成绩" }).waitFor();
    await page.getByRole("link", { name: "取消" }).click();
    await page.waitForURL((url) => url.pathname === `/courses/${course.id}/changes`);
  });

  scenario("a long history is read part by part", async ({ visit, client }) => {
    const teacher = await client("chen.siyuan");
    const { id } = await teacher.course("Class 2", "mathematics");
    const book = await teacher.gradebook(id);
    const column = book.column(MIDTERM).id;
    const pupil = book.students[30];
    for (let version = 0; version < 55; version++) {
      await teacher.patch("/api/v1/scores", { edits: [{ assessment_id: column, student_id: pupil.id, version, value: version }] });
    }
    const visitor = await visit();
    const { page } = visitor;
    await visitor.signIn("chen.siyuan", `/courses/${id}`);
    await visitor.gridReady();
    await visitor.grid.cell(pupil.id, column).click();
    await page.keyboard.press("Alt+h");
    const entries = page.locator(".side-panel li");
    await entries.nth(49).waitFor();
    assert.equal(await entries.count(), 50);
    await page.getByRole("button", { name: "更早的变更" }).click();
    await entries.nth(54).waitFor();
    assert.equal(await entries.count(), 55);
    assert.equal(await page.getByRole("button", { name: "更早的变更" }).count(), 0);
    visitor.check();
  });
});
