// How a course counts: set up on its page with and without JavaScript, explained beside the grid and to the
// student, and printed.
import assert from "node:assert/strict";
import { DESKTOP, onDatabases, PHONE } from "./harness.mjs";

const TEACHER = "chen.siyuan";
const PUPIL = "2026070301";

onDatabases(["sqlite", "mariadb"], (scenario) => {
  scenario("without JavaScript: an assessment is added, and a weight changed with a reason after its effect was said", async ({ visit, client }) => {
    const teacher = await client(TEACHER);
    const { id } = await teacher.course("Class 3", "mathematics");
    const visitor = await visit({ javaScriptEnabled: false, viewport: PHONE, locale: "en" });
    visitor.expects(/422 \(Unprocessable/);
    await visitor.signIn(TEACHER);
    await visitor.page.goto(`${visitor.base}/courses/${id}/settings`);
    assert.equal(await visitor.scrollsSideways(), false);
    const { page } = visitor;
    await page.locator(".page-actions .is-primary").click();
    await page.fill("#title", "Dictation");
    await page.fill("#max_score", "twenty");
    await page.locator(".scheme-form .is-primary").click();
    assert.match(await page.locator("#max_score-error").textContent(), /number above 0/);
    assert.equal(await page.inputValue("#title"), "Dictation");
    await page.fill("#max_score", "20");
    await page.locator(".scheme-form button:not([name])").click();
    await page.waitForSelector("[role=status]");
    const added = (await teacher.gradebook(id)).column("Dictation");
    assert.deepEqual([added.state, added.max_score], ["draft", 20]);

    const homework = (await teacher.gradebook(id)).categories.find((one) => one.name.endsWith("Homework"));
    await page.locator(`a[href="?open=category-${homework.id}#form"]`).click();
    await page.fill("#weight", "35");
    await page.locator(".scheme-form .is-primary").click();
    assert.match(await page.locator("#reason-error").textContent(), /4 assessments are published: 40 students’ totals change/);
    assert.equal(await page.inputValue("#weight"), "35");
    await page.fill("#reason", "agreed with the faculty");
    await page.locator(".scheme-form .is-primary").click();
    await page.waitForSelector("[role=status]");
    assert.equal((await teacher.gradebook(id)).categories.find((one) => one.id === homework.id).weight, 35);
  });

  scenario("a total says how it came about, in the grid by mouse and keyboard, and to the student", async ({ visit, client }) => {
    const teacher = await client(TEACHER);
    const { id } = await teacher.course("Class 3", "mathematics");
    const book = await teacher.gradebook(id);
    const pupil = book.students.find((one) => one.student_number === PUPIL).id;
    const why = await teacher.get(`/api/v1/courses/${id}/students/${pupil}/total`);
    const visitor = await visit({ viewport: DESKTOP, locale: "en" });
    await visitor.signIn(TEACHER);
    await visitor.open(`/courses/${id}`);
    const { page } = visitor;
    const total = page.locator(`.tabulator-cell[data-student="${pupil}"][tabulator-field="final"]`);
    await total.click();
    const panel = page.locator(".side-panel");
    await panel.locator(".total-category").first().waitFor();
    assert.ok((await panel.textContent()).includes(why.final.percentage.toFixed(2)));
    assert.match(await panel.locator(".is-dropped").first().textContent(), /dropped, among the lowest/);
    await panel.locator("button").first().click();
    assert.equal(await panel.count(), 0);
    await total.click();
    await page.keyboard.press("Alt+h");
    await panel.locator(".total-category").first().waitFor();
    await page.keyboard.press("Escape");
    assert.equal(await panel.count(), 0);
    assert.deepEqual(await visitor.barriers(), []);

    const student = await client(PUPIL);
    const mine = (await student.get("/api/v1/me/grades")).courses.find((one) => one.course.id === id);
    const phone = await visit({ viewport: PHONE, locale: "en" });
    await phone.signIn(PUPIL);
    await phone.page.goto(`${phone.base}/me/courses/${id}`);
    assert.equal(await phone.page.locator(`[data-live="l${id}"]`).textContent(), mine.letter);
    assert.match(await phone.page.locator("table.why").first().textContent(), /dropped, among the lowest/);
    assert.match(await phone.page.locator(".grade-class").first().textContent(), /Class mean \d+\.\d\d of \d+ scores/);
    assert.equal(await phone.scrollsSideways(), false);
    assert.deepEqual(await phone.barriers(), []);
  });

  scenario("a student's page follows a change of the scheme, and report cards are one page each", async ({ visit, client }) => {
    const teacher = await client(TEACHER);
    const { id, class: of } = await teacher.course("Class 3", "mathematics");
    const visitor = await visit({ viewport: DESKTOP, locale: "en" });
    await visitor.signIn(PUPIL);
    const following = visitor.following();
    await visitor.page.goto(`${visitor.base}/me/courses/${id}`);
    await following;
    const shown = visitor.page.locator(`[data-live="l${id}"]`);
    const before = await shown.textContent();
    await teacher.patch(`/api/v1/courses/${id}`, { policy: { letters: [{ letter: `${before}+`, from: 0 }] }, reason: "one letter for all" });
    await visitor.page.waitForFunction(([selector, text]) => document.querySelector(selector)?.textContent === text, [`[data-live="l${id}"]`, `${before}+`]);

    const staff = await visit({ viewport: DESKTOP, locale: "en" });
    await staff.signIn(TEACHER);
    await staff.page.goto(`${staff.base}/classes/${of.id}/report`);
    assert.equal(await staff.page.locator("article.report").count(), 40);
    assert.deepEqual(await staff.barriers(), []);
    const pdf = await staff.page.pdf({ format: "A4" });
    assert.equal(pdf.toString("latin1").match(/\/Type\s*\/Page\b/g).length, 40);
  });
});
