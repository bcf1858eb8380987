// An admin at a browser sets a school up: terms, classes and who is in them, courses, an exam; closes the
// term and opens it again.
import assert from "node:assert/strict";
import { Client, DESKTOP, onDatabases, PHONE } from "./harness.mjs";

/** Presses a button of the page and waits for what the server answers. */
const press = ({ page }, selector) => Promise.all([page.waitForNavigation(), page.click(selector)]);

for (const [database, look] of [
  ["sqlite", { locale: "en", viewport: DESKTOP }],
  ["mariadb", { locale: "en", viewport: PHONE, javaScriptEnabled: false }],
]) {
  onDatabases([database], (scenario) => {
    scenario(`a school is set up from the pages of administration: ${look.viewport.width} px`, async ({ school, visit }) => {
      const admin = await visit(look);
      const { page } = admin;
      admin.expects(/422 \(/);
      await admin.signIn("demo.admin");
      const wrong = [];
      const check = async (what) => {
        if (look.javaScriptEnabled !== false) wrong.push(...(await admin.barriers()).map((one) => `${what}: ${one}`));
        if (await admin.scrollsSideways()) wrong.push(`${what}: scrolls sideways`);
      };
      await press(admin, "nav.nav >> text=Admin");
      await check("overview");

      // A term: a mistake keeps what was typed.
      await press(admin, "main >> text=Terms");
      await page.fill("#school_year", "2026-2027");
      await page.fill("#name", "Spring");
      await page.fill("#starts_on", "2027-01-01");
      await page.fill("#ends_on", "2027-07-10");
      await press(admin, "main button.is-primary");
      assert.match(await page.textContent("#starts_on-error"), /^Autumn of the same school year lasts from /);
      assert.equal(await page.inputValue("#name"), "Spring");
      await check("refused term");
      await page.fill("#starts_on", "2027-02-10");
      await press(admin, "main button.is-primary");
      assert.equal(await page.locator(".link-list li").count(), 2);
      await check("terms");

      // A class, and a student by number.
      await admin.open("/admin/classes");
      await check("classes");
      await page.fill("#school_year", "2026-2027");
      await page.fill("#grade_level", "Grade 7");
      await page.fill("#name", "Class 9");
      await press(admin, "main section button.is-primary");
      const nine = new URL(page.url()).pathname;
      await page.fill("#student_number", "nobody");
      await press(admin, "main form[action$=students] button");
      assert.equal(await page.textContent("#student_number-error"), "No student has this number or name. Add the account first.");
      await page.fill("#student_number", "2026070101");
      await page.fill("#starts_on", "2026-11-01");
      await press(admin, "main form[action$=students] button");
      assert.match(await page.textContent("tbody tr"), /2026070101.*since 1 Nov 2026/s);
      // By a part of the name: whoever fits is offered, and nobody is taken in unasked.
      await page.fill("#student_number", "Grace");
      await page.fill("#starts_on", "2026-11-02");
      await press(admin, "main form[action$=students] button");
      assert.equal(await page.inputValue("#student_number"), "Grace");
      const offered = await page.locator(".matches button").allTextContents();
      assert.ok(offered.length > 0 && offered.every((text) => text.includes("Grace")), String(offered));
      assert.equal(await page.locator("tbody tr").count(), 1);
      await check("students who fit");
      await press(admin, ".matches button >> nth=0");
      assert.equal(await page.locator("tbody tr").count(), 2);
      assert.match(await page.textContent("tbody"), /Grace.*since 2 Nov 2026/s);
      assert.deepEqual(
        await Promise.all(["next_year", "next_level", "next_name"].map((id) => page.inputValue(`#${id}`))),
        ["2027-2028", "Grade 8", "Class 9"],
      );
      await page.getByRole("button", { name: "Promote 2 students" }).waitFor();
      await check("class");
      await page.fill("#first_day", "2027-09-01");
      await press(admin, "main form[action$='/promote'] button");
      assert.match(await page.textContent("#effects"), /2 students who are here now belong to it from 1 Sep 2027/);
      await check("promoting a class");
      await press(admin, "main .form-foot a"); // they stay for now

      // The pupil moves from the old class to another one; the old class remembers.
      const client = await Client.signIn(school.base, "demo.admin");
      const course = await client.course("Class 1", "chinese");
      const { items } = await client.get(`/api/v1/classes/${course.class.id}/students?limit=200`);
      const pupil = items.find((one) => one.student_number === "2026070102").id;
      await admin.open(`/admin/classes/${course.class.id}?student=${pupil}`);
      await check("a student's days");
      await page.selectOption("#to_class_id", { label: "Grade 7 Class 9" });
      await page.fill("#from", "2026-11-16");
      await press(admin, "main button[value=move]");
      assert.ok((await page.locator("#effects li").count()) >= 3, "what follows is said first");
      await check("moving a student");
      await press(admin, "main button.is-danger");
      const row = page.locator("tbody tr", { hasText: "2026070102" });
      assert.match(await row.textContent(), /to 15 Nov 2026/);
      const book = await client.gradebook(course.id);
      assert.ok(book.students.some((one) => one.id === pupil), "the gradebook of the term keeps the row");

      // Courses of the new class in the open term, all at once; one is given to a teacher.
      await admin.open(`/admin/courses?term=1`);
      await press(admin, "main section button.is-primary");
      assert.equal(await page.locator(".field-error").count(), 2, "classes and subjects are to be chosen");
      await check("courses");
      await page.check(`#class-${nine.split("/").at(-1)}`);
      for (const subject of [1, 2, 3]) await page.check(`#subject-${subject}`);
      await page.selectOption("#teacher-2", "chen.siyuan");
      await press(admin, "main section button.is-primary");
      assert.equal(await page.textContent("[role=status]"), "3 courses have been added.");
      const added = await page.locator("section.card", { has: page.locator("h2", { hasText: "Class 9" }) }).locator(".link-list li").allTextContents();
      assert.equal(added.filter((text) => text.includes("陈思远")).length, 1);
      assert.equal(added.filter((text) => text.includes("no teacher")).length, 2);
      await press(admin, 'section.card:has(h2:has-text("Class 9")) .link-list a >> nth=0');
      await page.selectOption("#username", "lin.yue");
      await press(admin, "main button.is-primary");
      assert.equal(await page.locator(".action-row").count(), 1);
      await check("course");

      // An exam over all classes and subjects.
      await admin.open("/admin/exams?term=1");
      await check("exams");
      await page.fill("#name", "Final exam");
      await page.selectOption("#kind", "final");
      await page.fill("#held_on", "2027-01-18");
      await page.fill("#full-1", "-5");
      await press(admin, "main form[method=post] button.is-primary");
      assert.equal(await page.inputValue("#name"), "Final exam");
      assert.equal(await page.locator(".field-error").count(), 1);
      await page.fill("#full-1", "120");
      await press(admin, "main form[method=post] button.is-primary");
      assert.equal(await page.locator("tbody tr").count(), 12, "four classes, three subjects");
      assert.equal(await page.locator("tbody tr", { hasText: "120" }).count(), 4);
      await press(admin, "tbody button >> nth=0");
      assert.equal(await page.locator("tbody tr").count(), 11);
      await check("exam");

      // The term is closed once the consequences are confirmed, and opened again with a reason.
      await admin.open("/admin/terms/1");
      await check("term");
      await press(admin, "main button.is-danger");
      assert.equal(await page.textContent("#confirm-error"), "Tick this to close the term.");
      await page.check("#confirm");
      await press(admin, "main button.is-danger");
      assert.match(await page.textContent("[role=status]"), /^The term is closed\. \d+ assessments were locked\.$/);
      const locked = await client.gradebook(course.id);
      assert.ok(locked.assessments.every((one) => one.state !== "published"));
      await check("closed term");
      await page.fill("#reason", " ");
      await press(admin, "main form[action$=reopen] button");
      assert.match(await page.textContent("#reason-error"), /^Say why/);
      await page.fill("#reason", "a paper was found");
      await press(admin, "main form[action$=reopen] button");
      assert.match(await page.textContent("[role=status]"), /^The term is open\./);
      const opened = await client.gradebook(course.id);
      assert.ok(opened.assessments.some((one) => one.state === "published"));
      assert.deepEqual(wrong, []);
    });
  });
}
