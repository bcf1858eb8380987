// Grades that stay out of sight until they are tapped, with and without JavaScript; and what the calculator
// says beside its fields and of extra credit.
import assert from "node:assert/strict";
import { onDatabases, PHONE } from "./harness.mjs";

const PUPIL = "2026070301";
const TEACHER = "chen.siyuan";

onDatabases(["sqlite"], (scenario) => {
  scenario("without JavaScript: grades are out of sight on this device until they are tapped", async ({ visit, client }) => {
    const visitor = await visit({ viewport: PHONE, javaScriptEnabled: false, locale: "en" });
    const { page } = visitor;
    await visitor.signIn(PUPIL);
    const shown = () => page.locator(".grade-value strong:visible, .course-totals dd:visible, .grade-figure strong:visible, .sparkline:visible").count();
    const before = await shown();
    assert.ok(before > 5);
    const switched = page.getByRole("switch", { name: /Hide grades/ });
    await switched.click();
    await page.waitForURL(/\/me#this-device/);
    assert.equal(await switched.getAttribute("aria-checked"), "true");
    assert.equal(await shown(), 0);
    assert.deepEqual(await visitor.scrollsSideways(), false);

    const row = page.locator(".grade-row").first();
    const cover = row.locator(".cover summary");
    assert.match(await cover.getAttribute("aria-label"), /^Show the grade: /);
    await cover.click();
    assert.equal(await row.locator(".grade-value strong, .grade-value .status").first().isVisible(), true);
    assert.equal(new URL(page.url()).pathname, "/me", "a tap shows the grade, and does not follow the row's link");
    await cover.click();
    assert.equal(await shown(), 0, "a second tap covers it");

    await page.locator(".course-title a").first().click();
    await page.waitForURL(/\/me\/courses\/\d+/);
    assert.equal(await page.locator("table.why:visible, .course-totals:visible, .grade-value strong:visible").count(), 0);
    const { id } = await (await client(TEACHER)).course("Class 3", "mathematics");
    await page.goto(`${visitor.base}/me/courses/${id}`);
    const beside = (of) => of.locator(".grade-class:visible, .grade-comment:visible, .grade-was:visible").count();
    assert.equal(await beside(page), 0, "what tells of a grade is covered with it");
    const told = page.locator(".grade-row", { has: page.locator(".grade-class") }).first();
    await told.locator(".cover summary").click();
    assert.ok((await beside(told)) > 0);
    assert.equal(await beside(page), await beside(told), "and shown with it, in its row alone");
    // The same student's other devices are as they were.
    const other = await visit({ viewport: PHONE, locale: "en" });
    await other.signIn(PUPIL);
    assert.equal(await other.page.locator(".cover").count(), 0);

    await page.goto(`${visitor.base}/me`);
    await switched.click();
    assert.equal(await shown(), before);
    assert.ok((await (await client(PUPIL)).get("/api/v1/me/grades")).courses.length > 0);
  });

  scenario("a new grade comes in under its cover: its name is said, not its value", async ({ visit, client }) => {
    const teacher = await client(TEACHER);
    const course = await teacher.course("Class 3", "mathematics");
    const me = (await teacher.gradebook(course.id)).students.find((one) => one.student_number === PUPIL).id;
    const visitor = await visit({ viewport: PHONE, locale: "en" });
    const { page } = visitor;
    await visitor.signIn(PUPIL);
    await page.getByRole("switch", { name: /Hide grades/ }).click();
    await page.waitForURL(/\/me#this-device/);
    assert.deepEqual(await visitor.barriers(), []);
    const following = visitor.following();
    await page.goto(`${visitor.base}/me/courses/${course.id}`);
    await following;
    const opened = page.locator(".page-head .cover");
    await opened.locator("summary").click();

    const one = await teacher.post(`/api/v1/courses/${course.id}/assessments`, { title: "Oral test", max_score: 20 });
    await teacher.patch("/api/v1/scores", { edits: [{ assessment_id: one.id, student_id: me, version: 0, value: 17 }] });
    await teacher.post(`/api/v1/assessments/${one.id}/publish`);
    const row = page.locator(`#score-${one.id}`);
    await row.waitFor();
    await page.waitForFunction(() => /Oral test/.test(document.querySelector("#announcer")?.textContent ?? ""));
    const said = await page.locator("#announcer").textContent();
    assert.doesNotMatch(said, /Oral test\s*17/);
    assert.equal(await row.locator("strong").first().isVisible(), false);
    assert.equal(await opened.getAttribute("open"), "", "what was shown stays shown");
    await row.locator(".cover summary").press("Enter");
    assert.match(await row.locator(".grade-value").innerText(), /17/);
  });

  scenario("the calculator says beside the field what is wrong while one types, and what extra credit can do", async ({ visit, client }) => {
    const teacher = await client(TEACHER);
    const course = await teacher.course("Class 3", "mathematics");
    for (const one of (await teacher.gradebook(course.id)).assessments.filter((each) => each.state === "draft")) await teacher.post(`/api/v1/assessments/${one.id}/publish`);
    const bonus = await teacher.post(`/api/v1/courses/${course.id}/assessments`, { title: "Project", max_score: 100, extra_credit_limit: 1000 });
    await teacher.post(`/api/v1/assessments/${bonus.id}/publish`);
    const visitor = await visit({ viewport: PHONE, locale: "en" });
    visitor.expects(/422 \(Unprocessable/);
    const { page } = visitor;
    await visitor.signIn(PUPIL, `/me/courses/${course.id}/calculator`);
    const beside = page.locator("#target-error");
    await page.fill("#target", "ninety");
    await beside.waitFor();
    assert.equal(await page.getAttribute("#target", "aria-invalid"), "true");
    assert.equal(await page.getAttribute("#target", "aria-describedby"), "target-error");
    assert.equal(await page.evaluate(() => document.activeElement?.id), "target");
    const score = page.locator(`#s${bonus.id}`);
    await score.fill("1100.5");
    await page.locator(`#s${bonus.id}-error`).waitFor();
    assert.match(await page.locator(`#s${bonus.id}-error`).textContent(), /1100/);
    assert.equal(await beside.count(), 1);
    await score.fill("");
    await page.fill("#target", "150");
    await page.waitForFunction(() => /extra credit/.test(document.querySelector(".calc-answer")?.textContent ?? ""));
    assert.equal(await page.locator(".field-error").count(), 0);
    assert.equal(await page.getAttribute("#target", "aria-invalid"), null);
    assert.equal(await page.getAttribute("#target", "aria-describedby"), "target-hint");
    await page.fill("#target", "1000");
    await page.waitForFunction(() => /cannot be reached/.test(document.querySelector(".calc-answer")?.textContent ?? ""));
    assert.deepEqual(await visitor.barriers(), []);
  });
});
