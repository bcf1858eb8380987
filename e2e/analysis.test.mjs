// The analysis of an exam: figures, charts with their tables, lines that an admin edits, paper.
import assert from "node:assert/strict";
import { DESKTOP, MIDTERM, MONTHLY, onDatabases, PHONE } from "./harness.mjs";

const cell = (page, subject, column) => page.locator("section.card", { has: page.locator("h2", { hasText: subject }) }).locator(".figures tbody tr").first().locator("td").nth(column).innerText();
const [COUNT, , , PASS_RATE] = [0, 1, 2, 3];

/** Brings every chart into view and waits until it is drawn. */
async function drawn(page) {
  const figures = await page.locator("figure[data-chart]").all();
  assert.ok(figures.length > 0, "there are charts");
  for (const figure of figures) {
    await figure.scrollIntoViewIfNeeded();
    await page.waitForFunction((element) => element.dataset.drawn, await figure.elementHandle());
  }
  return figures;
}

onDatabases(["sqlite", "mariadb"], (scenario) => {
  scenario("an admin edits a line and the figures change", async ({ visit, client }) => {
    const admin = await client("demo.admin");
    const { exam } = await admin.examClass(MONTHLY, "Class 1");
    const visitor = await visit({ locale: "en" });
    visitor.expects(/422 \(Unprocessable/);
    await visitor.signIn("demo.admin");
    const { page } = visitor;
    await visitor.open("/");
    await Promise.all([page.waitForNavigation(), page.click(`a[href="/exams/${exam.id}/analysis"]`)]);
    assert.equal(await page.locator("h1").innerText(), `Analysis: ${MONTHLY}`);
    const before = await cell(page, "Chinese", PASS_RATE);

    // A line that cannot be is refused beside its field, and what was typed stays.
    const type = async (values) => {
      for (const [field, text] of Object.entries(values)) await page.fill(`#line-0-${field}`, text);
      await Promise.all([page.waitForNavigation(), page.click("#lines-form button")]);
    };
    await type({ full: "100", excellent: "85", good: "75", pass: "75.5" });
    assert.equal(await page.getAttribute("#line-0-pass", "aria-invalid"), "true");
    assert.match(await page.locator("#line-0-error").innerText(), /above the good line/);
    assert.equal(await page.inputValue("#line-0-pass"), "75.5");
    assert.equal(await cell(page, "Chinese", PASS_RATE), before, "nothing was changed");

    await type({ pass: "0" });
    await page.waitForSelector(".alert.is-success");
    assert.equal(await cell(page, "Chinese", PASS_RATE), "100.00%");
    assert.notEqual(before, "100.00%");
    const { subjects } = await admin.get(`/api/v1/exams/${exam.id}/analysis`);
    const chinese = subjects.find((one) => one.subject.code === "chinese");
    assert.deepEqual(chinese.lines, { full: 100, excellent: 85, good: 75, pass: 0 });
    const { students } = await admin.get(`/api/v1/exams/${exam.id}/analysis`);
    const inClass = students.filter((one) => one.class_id === chinese.classes[0].class_id).length;
    assert.equal(await cell(page, "Chinese", COUNT), `${chinese.classes[0].count}/${inClass}`);

    // An empty row is the usual one again.
    await type({ full: "", excellent: "", good: "", pass: "" });
    assert.equal(await cell(page, "Chinese", PASS_RATE), before);

    await page.fill("#weight-mean", "50");
    await Promise.all([page.waitForNavigation(), page.click("#settings-form button")]);
    assert.match(await page.locator("#weights-error").innerText(), /100/);
    await page.fill("#weight-pass", "20");
    await page.selectOption("#ties", "dense");
    await Promise.all([page.waitForNavigation(), page.click("#settings-form button")]);
    assert.match(await page.locator("#all-subjects >> xpath=../..").innerText(), /mean × 50 %.*1, 1, 2/s);
    await page.fill("#weight-mean", "40");
    await page.fill("#weight-pass", "30");
    await page.selectOption("#ties", "competition");
    await Promise.all([page.waitForNavigation(), page.click("#settings-form button")]);
    assert.deepEqual(await visitor.barriers(), []);
  });

  scenario("what is drawn is what its table says", async ({ visit, client }) => {
    const admin = await client("demo.admin");
    const { exam } = await admin.examClass(MONTHLY, "Class 1");
    const { subjects } = await admin.get(`/api/v1/exams/${exam.id}/analysis`);
    const visitor = await visit({ viewport: PHONE, locale: "en" });
    await visitor.signIn("demo.admin");
    await visitor.open(`/exams/${exam.id}/analysis`);
    const { page } = visitor;
    const figures = await drawn(page);
    assert.equal(figures.length, subjects.length * 2);
    for (const [n, figure] of figures.entries()) {
      const { classes, grade_levels: levels } = subjects[Math.floor(n / 2)];
      const points = JSON.parse(await figure.getAttribute("data-drawn"));
      const texts = await figure.locator("tbody tr").evaluateAll((rows) => rows.map((row) => [...row.querySelectorAll("td")].map((one) => one.textContent.trim())));
      if ((await figure.getAttribute("data-chart")) === "histogram") {
        const counts = classes.map((one) => one.histogram.map((bin) => bin.count));
        assert.deepEqual(points, counts, "a set of bars a class");
        assert.deepEqual(texts.map((row) => row.map(Number)), [...counts, levels[0].histogram.map((bin) => bin.count)]);
      } else {
        const bands = [...classes, ...levels].map((one) => one.bands);
        assert.deepEqual(points, bands[0].map((_, band) => bands.map((row) => row[band].rate)), "a set of bars a band");
        assert.deepEqual(texts.map((row) => row.map((text) => Number(text.split(" ")[0]))), bands.map((row) => row.map((band) => band.count)));
      }
      const inked = await figure.locator("canvas").evaluate((canvas) => canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.some((byte) => byte !== 0));
      assert.ok(inked, "something is drawn");
    }
    assert.equal(await visitor.scrollsSideways(), false);
  });

  scenario("a teacher compares ranks with an earlier exam and prints a class", async ({ visit, client }) => {
    const admin = await client("demo.admin");
    const [first, second] = [await admin.examClass(MONTHLY, "Class 1"), await admin.examClass(MIDTERM, "Class 1")];
    // Two pupils have every subject of both exams; what the others lack makes their ranks provisional.
    for (const { sheet } of [first, second]) {
      const book = await admin.sheet(sheet);
      const edits = book.students.slice(0, 2).flatMap((one, n) => book.assessments.filter((column) => book.mark(column.id, one.id) !== "scored").map((column) => ({
        assessment_id: column.id, student_id: one.id, version: book.cell(column.id, one.id).version, value: (sheet === first.sheet) === (n === 0) ? 1 : 99,
      })));
      const { rejected } = await admin.patch("/api/v1/scores", { edits, reason: "complete" });
      for (const one of rejected) assert.equal(one.code, "locked");
    }
    const visitor = await visit({ locale: "en" });
    await visitor.signIn("lin.yue");
    const { page } = visitor;
    await visitor.open(second.page);
    await Promise.all([page.waitForNavigation(), page.click(`a[href^="/exams/${second.exam.id}/analysis"]`)]);
    await Promise.all([page.waitForNavigation(), page.selectOption("#compare_to", String(first.exam.id))]);
    assert.equal(await page.locator("#lines-form").count(), 0, "teachers edit no lines");
    const rows = await page.locator(".student-group tbody tr").evaluateAll((all) => all.map((row) => [...row.children].map((one) => one.textContent.replace(/\s+/g, " ").trim())));
    const teacher = await client("lin.yue");
    const { students } = await teacher.get(`/api/v1/exams/${second.exam.id}/analysis?class_id=${second.schoolClass.id}&compare_to=${first.exam.id}`);
    assert.equal(rows.length, students.length);
    const { students: before } = await teacher.get(`/api/v1/exams/${first.exam.id}/analysis`);
    let compared = 0;
    for (const [, name, number, total, rank, earlier, change] of rows) {
      const student = students.find((one) => one.student_number === number);
      assert.equal(student.name, name);
      assert.deepEqual([rank, earlier], [student.rank_in_grade, student.earlier_rank_in_grade].map((one) => (one === null ? "–" : String(one))));
      const lacks = student.counted < student.subjects;
      assert.equal(total, student.total === null ? "–" : `${lacks ? `${student.counted} of ${student.subjects} ` : ""}${student.total}`);
      const earlierOne = before.find((one) => one.student_id === student.student_id);
      const complete = !lacks && earlierOne.counted === earlierOne.subjects;
      compared += complete;
      const places = complete ? student.rank_change : null;
      const expected = places === null ? "no comparison" : places === 0 ? "→ same" : places > 0 ? `↑ ${places} up` : `↓ ${-places} down`;
      assert.equal(change, expected);
    }
    assert.ok(compared > 0 && compared < rows.length, "some can be compared, some cannot");
    await page.locator(".alert", { hasText: "their totals and ranks are provisional" }).waitFor();

    await page.emulateMedia({ media: "print" });
    const shown = (selector) => page.locator(selector).first().isVisible();
    assert.deepEqual([await shown(".figures"), await shown(".student-group table"), await shown(".filters"), await shown(".topbar")], [true, true, false, false]);
    await page.setViewportSize({ width: 794, height: 1123 });
    assert.equal(await visitor.scrollsSideways(), false, "A4 is wide enough");
    await page.emulateMedia({ media: "screen" });
    await page.setViewportSize(DESKTOP);
    assert.deepEqual(await visitor.barriers(), []);
  });

  scenario("without script the tables are open and the forms work", async ({ visit, client }) => {
    const admin = await client("demo.admin");
    const { exam } = await admin.examClass(MONTHLY, "Class 1");
    const visitor = await visit({ locale: "en", javaScriptEnabled: false });
    await visitor.signIn("demo.admin");
    const { page } = visitor;
    await visitor.open(`/exams/${exam.id}/analysis`);
    assert.ok(await page.locator("figure[data-chart] table").first().isVisible());
    assert.equal(await page.locator("figure canvas").first().isVisible(), false);
    await Promise.all([page.waitForNavigation(), page.click("#settings-form button")]);
    await page.waitForSelector(".alert.is-success");
    const options = await page.locator("#class_id option").evaluateAll((all) => all.map((one) => one.value));
    await page.selectOption("#class_id", options[1]);
    await Promise.all([page.waitForNavigation(), page.click(".filters button")]);
    assert.equal(await page.locator(".student-group").count(), 1);
  });
});
