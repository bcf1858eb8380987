// Report cards on paper: one page of A4 for each student, in the language that is chosen, whatever the page's own is.
import assert from "node:assert/strict";
import { Client, DESKTOP, onDatabases } from "./harness.mjs";

const TEACHER = "chen.siyuan";
const A4 = [595, 842];

/** How many pages a document has, and how large they are, in points. */
function pagesOf(pdf) {
  const text = pdf.toString("latin1");
  const boxes = [...text.matchAll(/\/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)\s*\]/g)].map(([, width, height]) => [Math.round(width), Math.round(height)]);
  return { count: (text.match(/\/Type\s*\/Page\b(?!s)/g) ?? []).length, boxes };
}

onDatabases(["sqlite"], (scenario) => {
  scenario("a class's cards are printed in both languages, one page each, and one student's alone", async ({ school, visit, client }) => {
    const admin = await Client.signIn(school.base, "demo.admin");
    await admin.patch("/api/v1/school", { name: "实验小学 Hill School" });
    const teacher = await client(TEACHER);
    const { class: of } = await teacher.course("Class 3", "mathematics");
    const { students } = await teacher.get(`/api/v1/classes/${of.id}/report`);
    const visitor = await visit({ viewport: DESKTOP, locale: "en" });
    await visitor.signIn(TEACHER);
    const { page } = visitor;
    for (const [lang, texts] of [
      ["zh-CN", ["成绩报告单", "实验小学 Hill School", "数学", "班主任签字", "家长签字", "打印日期"]],
      ["en", ["Report card", "实验小学 Hill School", "Mathematics", "Class teacher", "Parent or guardian", "Printed on"]],
    ]) {
      await page.goto(`${visitor.base}/classes/${of.id}/report`);
      await page.selectOption("#lang", lang);
      await Promise.all([page.waitForNavigation(), page.click(".filters button")]);
      assert.equal(await page.title().then((title) => title.startsWith("Report cards")), true, "the page keeps its language");
      assert.deepEqual(await visitor.barriers(), []);
      await page.emulateMedia({ media: "print" });
      const cards = page.locator("article.report");
      assert.equal(await cards.count(), students.length);
      const first = await cards.first().innerText();
      for (const text of [...texts, students[0].student.name, students[0].student.student_number]) assert.ok(first.includes(text), `${lang}: ${text}`);
      assert.equal(await cards.first().getAttribute("lang"), lang);
      const { count, boxes } = pagesOf(await page.pdf({ preferCSSPageSize: true }));
      assert.equal(count, students.length, "a page for each student");
      assert.ok(boxes.every(([width, height]) => Math.abs(width - A4[0]) <= 1 && Math.abs(height - A4[1]) <= 1), `A4, upright: ${boxes[0]}`);
      await page.emulateMedia({ media: null });
    }
    // One of them alone.
    await page.selectOption("#student", String(students[2].student.id));
    await Promise.all([page.waitForNavigation(), page.click(".filters button")]);
    assert.equal(await page.locator("article.report").count(), 1);
    assert.equal(await page.locator("article.report h2").textContent(), students[2].student.name);
    assert.equal(pagesOf(await page.pdf({ preferCSSPageSize: true })).count, 1);

    // A card with many subjects still is one page.
    await page.evaluate(() => {
      const rows = document.querySelector(".report-table tbody");
      const row = rows.querySelector("tr");
      while (rows.children.length < 20) rows.append(row.cloneNode(true));
    });
    assert.equal(pagesOf(await page.pdf({ preferCSSPageSize: true })).count, 1);

    // The student's own, in the language that they choose.
    const pupil = await visit({ viewport: DESKTOP, locale: "zh-CN" });
    await pupil.signIn("2026070301");
    await pupil.page.goto(`${pupil.base}/me/report?lang=en`);
    assert.match(await pupil.page.innerText("article.report"), /Report card/);
    assert.equal(pagesOf(await pupil.page.pdf({ preferCSSPageSize: true })).count, 1);
  });
});
