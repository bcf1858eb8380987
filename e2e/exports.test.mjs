// What a teacher downloads from the menu of a gradebook: what it holds, and that it comes back unchanged.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { onDatabases } from "./harness.mjs";

const TEACHER = "chen.siyuan";

onDatabases(["sqlite", "mariadb"], (scenario) => {
  scenario("a gradebook is downloaded as a table and as a workbook, and importing either changes nothing", async ({ visit, client }) => {
    const teacher = await client(TEACHER);
    const { id } = await teacher.course("Class 3", "mathematics");
    const book = await teacher.gradebook(id);
    const before = book.marks();
    const visitor = await visit();
    const { page } = visitor;
    await visitor.signIn(TEACHER, `/courses/${id}`);
    await visitor.gridReady();
    const files = {};
    for (const kind of ["csv", "xlsx"]) {
      await page.locator(".page-actions summary", { hasText: "导出" }).click();
      const link = page.locator(`.page-actions a[href*=".${kind}"]:visible`);
      const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
      assert.match(download.suggestedFilename(), new RegExp(`\\.${kind}$`));
      files[kind] = await readFile(await download.path());
      await page.reload();
      await visitor.gridReady();
    }

    const lines = files.csv.toString("utf8").replace(/^\ufeff/, "").trimEnd().split(/\r?\n/).map((line) => line.split(","));
    const [head] = lines;
    for (const { title } of book.assessments) assert.ok(head.includes(title), `${title} in ${head}`);
    assert.ok(head.includes("总评") && head.includes("等级"), String(head));
    for (const pupil of book.students) {
      const line = lines.find((cells) => cells.includes(pupil.student_number));
      assert.ok(line, pupil.student_number);
      for (const column of book.assessments) {
        const mark = book.mark(column.id, pupil.id);
        const shown = line[head.indexOf(column.title)];
        if (typeof mark === "number") assert.equal(Number(shown), mark, `${pupil.name}, ${column.title}`);
        else assert.equal(shown === "", mark === "blank", `${pupil.name}, ${column.title}: ${shown}`);
      }
    }
    assert.equal(files.xlsx.subarray(0, 2).toString(), "PK", "a workbook is a zip file");

    for (const [kind, buffer] of Object.entries(files)) {
      await visitor.open(`/courses/${id}/import`);
      const mimeType = kind === "csv" ? "text/csv" : "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
      await page.setInputFiles("#file", { name: `gradebook.${kind}`, mimeType, buffer });
      await Promise.all([page.waitForURL("**/imports/*"), page.click("main button.is-primary")]);
      const rows = page.locator(".import-rows tbody tr");
      await rows.first().waitFor();
      assert.equal(await rows.count(), book.students.length, `${kind}: every pupil is known`);
      for (const text of await rows.allTextContents()) assert.match(text, /未变/);
      assert.equal(await page.locator("main button.is-primary").count(), 0, `${kind}: there is nothing to write`);
      assert.deepEqual((await teacher.gradebook(id)).marks(), before);
    }
  });
});
