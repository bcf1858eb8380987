// Importing scores at a browser: the plan first, then written, then taken back; with and without script.
import assert from "node:assert/strict";
import { Client, DESKTOP, onDatabases, PHONE } from "./harness.mjs";

const TEACHER = "lin.yue";
const LOOKS = [
  { locale: "en", viewport: DESKTOP, javaScriptEnabled: true },
  { locale: "zh-CN", viewport: PHONE, javaScriptEnabled: false },
];

onDatabases(["sqlite", "mariadb"], (scenario) => {
  for (const look of LOOKS) {
    scenario(`a file is previewed, imported and taken back, ${look.javaScriptEnabled ? "with" : "without"} script`, async ({ school, visit }) => {
      const client = await Client.signIn(school.base, TEACHER);
      const { items } = await client.get("/api/v1/courses");
      const course = items[0].id;
      const book = await client.gradebook(course);
      const column = book.assessments.find((one) => one.state === "draft");
      const [first, second] = book.students;
      const before = book.mark(column.id, first.id);
      const file = [`学号,姓名,${column.title}`, `${first.student_number},,17.5`, `${second.student_number},,缺考`, "NOBODY,,1"].join("\n");

      const teacher = await visit(look);
      const { page } = teacher;
      await teacher.signIn(TEACHER, `/courses/${course}/import`);
      const checked = async () => {
        assert.equal(await teacher.scrollsSideways(), false, page.url());
        if (look.javaScriptEnabled) assert.deepEqual(await teacher.barriers(), [], page.url());
      };
      await checked();
      await page.setInputFiles("#file", { name: "scores.csv", mimeType: "text/csv", buffer: Buffer.from(file) });
      await Promise.all([page.waitForURL("**/imports/*"), page.click("main button.is-primary")]);
      await checked();
      const rows = page.locator(".import-rows tbody tr");
      assert.equal(await rows.count(), 3);
      assert.match(await rows.first().textContent(), /NOBODY/, "what is rejected comes first");
      assert.equal((await client.gradebook(course)).mark(column.id, first.id), before, "nothing is written yet");
      await page.check("[name=allow_partial]");
      await page.click("main button.is-primary");
      // Without script, too, the page looks again by itself.
      await page.waitForSelector("form[action$='/undo']");
      await checked();
      const after = await client.gradebook(course);
      assert.equal(after.mark(column.id, first.id), 17.5);
      assert.equal(after.mark(column.id, second.id), "absent");
      await Promise.all([page.waitForNavigation(), page.click("form[action$='/undo'] button")]);
      await page.waitForSelector(".alert.is-success");
      assert.equal(await page.locator("form[action$='/undo']").count(), 0);
      assert.equal((await client.gradebook(course)).mark(column.id, first.id), before);
      await Promise.all([page.waitForURL("**/import"), page.click(".crumbs li:last-child a")]);
      assert.match(await page.textContent(".link-list"), /scores\.csv/);
      await checked();
    });
  }
});
