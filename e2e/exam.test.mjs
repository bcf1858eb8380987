// A real exam (242 pupils, three subjects) imported at the command line, against the figures that the
// school's own system published.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { Client, onDatabases, root } from "./harness.mjs";

const data = path.join(root, "crates/domain/tests/data");
const file = path.join(data, "grade6-monthly-exam.csv");
const order = ["import", "scores", file, "--school-year", "2025-2026", "--term", "秋", "--exam", "月考", "--create-missing", "--publish"];
const ADMIN = "head";
const ADMIN_PASSWORD = "one warm winter coat";

const table = async (name) => {
  const [header, ...lines] = (await readFile(path.join(data, name), "utf8")).replace(/^\ufeff/, "").trim().split(/\r?\n/).map((line) => line.split(","));
  return lines.map((line) => Object.fromEntries(header.map((title, i) => [title, line[i]])));
};

let first;

async function prepare(school) {
  const migrated = await school.run(["migrate", "up"]);
  assert.equal(migrated.code, 0, migrated.stderr);
  first = await school.run([...order, "--json"]);
  assert.equal(first.code, 0, first.stderr);
  const added = await school.run(["user", "add", ADMIN, "--name", "Head", "--role", "admin", "--password-stdin"], `${ADMIN_PASSWORD}\n`);
  assert.equal(added.code, 0, added.stderr);
  await school.serve();
}

onDatabases(["sqlite", "mariadb"], (scenario) => {
  scenario("the exam is imported, with everything that it needed", async () => {
    const rows = await table("grade6-monthly-exam.csv");
    const entered = rows.flatMap((row) => [row.语文, row.数学, row.英语]).filter((text) => text !== "").length;
    const report = JSON.parse(first.stdout);
    assert.equal(report.rows, rows.length);
    assert.equal(report.scores.new, entered);
    const classes = new Set(rows.map((row) => row.班级)).size;
    assert.deepEqual(
      [report.created.students, report.created.classes, report.created.courses, report.created.term, report.created.exam, report.published],
      [rows.length, classes, 3 * classes, true, true, 3 * classes],
    );
  });

  scenario("every mean and count is the one that the school's own system published", async ({ test, school, visit }) => {
    const admin = await Client.signIn(school.base, ADMIN, ADMIN_PASSWORD);
    const { items } = await admin.get("/api/v1/exams");
    const exam = items.find((one) => one.name === "月考");
    const published = await table("grade6-monthly-exam.stats.csv");
    assert.equal(published.length, 12);
    let compared = 0;
    const sheets = new Map();
    for (const row of published) {
      const schoolClass = exam.classes.find((one) => one.name === row.班级 && one.grade_level === row.年级);
      if (!sheets.has(row.班级)) sheets.set(row.班级, await admin.sheet(`/api/v1/exams/${exam.id}/classes/${schoolClass.id}/sheet`));
      const sheet = sheets.get(row.班级);
      const column = sheet.assessments.find((one) => one.subject.name_zh === row.学科);
      const figures = sheet.statistics_of(column.id);
      assert.equal(figures.mean.toFixed(2), row.平均分, `${row.班级} ${row.学科}`);
      assert.equal(figures.count, Number(row.人数));
      const sum = sheet.students.map((s) => sheet.mark(column.id, s.id)).filter(Number.isFinite).reduce((a, b) => a + b, 0);
      assert.equal(sum.toFixed(1), row.总分);
      compared++;
    }
    assert.equal(compared, 12);

    // and as an admin reads them, in one class
    const visitor = await visit();
    await visitor.signIn(ADMIN, "/", ADMIN_PASSWORD);
    const { id } = exam.classes.find((one) => one.name === "3班");
    await visitor.page.locator(`a[href="/exams/${exam.id}/classes/${id}"]`).click();
    await visitor.gridReady();
    const sheet = sheets.get("3班");
    const shown = {};
    for (const { id: column, subject } of sheet.assessments) shown[subject.name_zh] = await visitor.grid.mean(column);
    assert.deepEqual(shown, Object.fromEntries(published.filter((row) => row.班级 === "3班").map((row) => [row.学科, row.平均分])));
    const pupils = (await table("grade6-monthly-exam.csv")).filter((row) => row.班级 === "3班");
    for (const row of pupils) {
      const student = sheet.students.find((s) => s.student_number === row.考号);
      for (const { id: column, subject } of sheet.assessments) {
        const text = await visitor.grid.text(student.id, column);
        assert.equal(text === "" ? "" : Number(text).toFixed(1), row[subject.name_zh], `${row.考号} ${subject.name_zh}`);
      }
    }
    test.diagnostic(`3班: ${JSON.stringify(shown)}`);
  });

  scenario("the same file again changes nothing, and says so", async ({ school }) => {
    const admin = await Client.signIn(school.base, ADMIN, ADMIN_PASSWORD);
    const { items: [exam] } = await admin.get("/api/v1/exams");
    const sheets = () => Promise.all(exam.classes.map((one) => admin.get(`/api/v1/exams/${exam.id}/classes/${one.id}/sheet`)));
    const before = await sheets();
    const { code, stdout, stderr } = await school.run(order);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /nothing to write/);
    assert.match(stdout, /0 new, 0 changed, \d+ unchanged/);
    assert.equal(stderr, "");
    const again = JSON.parse((await school.run([...order, "--json"])).stdout);
    assert.deepEqual(again.scores, { new: 0, changed: 0, unchanged: JSON.parse(first.stdout).scores.new });
    assert.equal(again.batch_id, null);
    assert.equal(again.published, 0);
    assert.ok(Object.values(again.created).every((made) => !made), JSON.stringify(again.created));
    assert.deepEqual(await sheets(), before);
  });
}, prepare);
