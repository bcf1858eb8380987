// A column entered as a list: by a phone, by the keyboard alone, and without script.
import assert from "node:assert/strict";
import { MIDTERM, onDatabases, PHONE } from "./harness.mjs";

onDatabases(["sqlite", "mariadb"], (scenario) => {
  scenario("a column is typed down a list with Enter, and what contradicts or exceeds stays to be mended", async ({ visit, client }) => {
    const teacher = await client("lin.yue");
    const { id } = await teacher.course("Class 1", "chinese");
    const book = await teacher.gradebook(id);
    const column = book.column(MIDTERM);
    const [one, two, three] = book.students;
    const visitor = await visit({ viewport: PHONE, hasTouch: true, isMobile: true, locale: "en" });
    await visitor.signIn("lin.yue", `/assessments/${column.id}/publish`);
    const { page } = visitor;
    await page.getByRole("link", { name: "Enter as a list" }).click();
    const field = (student) => page.locator(`[id="score.${student.id}"]`);
    await field(one).waitFor();
    assert.equal(await visitor.scrollsSideways(), false);
    assert.deepEqual(await visitor.barriers(), []);
    await field(one).focus();
    for (const text of ["61.5", "500", "63"]) {
      await page.keyboard.type(text);
      await page.keyboard.press("Enter");
    }
    // choosing a status takes the number away
    await page.getByLabel(`Status of ${three.name}`).selectOption("absent");
    assert.equal(await field(three).inputValue(), "");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.locator(".alert.is-error", { hasText: "2 saved, 1 not saved" }).waitFor();
    visitor.expects(/422.*\/entry/);
    assert.equal(await field(two).inputValue(), "500");
    assert.equal(await field(two).getAttribute("aria-invalid"), "true");
    assert.deepEqual(await visitor.barriers(), []);
    await field(two).fill("62");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.locator(".alert.is-success", { hasText: "1 score saved" }).waitFor();
    const now = await teacher.gradebook(id);
    assert.deepEqual([one, two, three].map((student) => now.mark(column.id, student.id)), [61.5, 62, "absent"]);
  });

  scenario("without script a teacher gets from the gradebook to the list and saves", async ({ visit, client }) => {
    const teacher = await client("lin.yue");
    const { id } = await teacher.course("Class 2", "chinese");
    const book = await teacher.gradebook(id);
    const column = book.column(MIDTERM);
    const student = book.students.at(-1);
    const visitor = await visit({ javaScriptEnabled: false, locale: "zh-CN" });
    await visitor.signIn("lin.yue", `/courses/${id}`);
    const { page } = visitor;
    await page.click(`a[href="/assessments/${column.id}/entry"]`);
    await page.fill(`[id="score.${student.id}"]`, "８８。５");
    await page.getByRole("button", { name: "保存", exact: true }).click();
    await page.locator(".alert.is-success").waitFor();
    assert.equal((await teacher.gradebook(id)).mark(column.id, student.id), 88.5);
  });
});
