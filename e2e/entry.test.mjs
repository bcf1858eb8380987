// How a teacher enters, corrects and publishes scores.
import assert from "node:assert/strict";
import { MIDTERM, MONTHLY, onDatabases } from "./harness.mjs";

onDatabases(["sqlite", "mariadb"], (scenario) => {
  scenario("40 scores typed down a column without a pause: all of them arrive, none is wrong", async ({ visit, client }) => {
    const teacher = await client("chen.siyuan");
    const { id } = await teacher.course("Class 2", "mathematics");
    const before = await teacher.gradebook(id);
    const column = before.column(MIDTERM).id;
    assert.equal(before.students.length, 40);
    assert.ok(before.students.every((s) => before.mark(column, s.id) === "blank"));

    const visitor = await visit();
    const { page } = visitor;
    await visitor.signIn("chen.siyuan");
    await page.locator(`a[href="/courses/${id}"]`).first().click();
    await visitor.gridReady();
    let requests = 0;
    page.on("request", (request) => (requests += request.method() === "PATCH"));
    await visitor.grid.cell(before.students[0].id, column).click();
    const typed = before.students.map((_, i) => (i === 7 ? "abs" : i === 21 ? "ex" : i === 30 ? "mi" : i % 3 === 0 ? `${50 + i}.5` : i % 7 === 0 ? "100" : `${95 - i}`));
    const stored = typed.map((text) => ({ abs: "absent", ex: "excused", mi: "missing" })[text] ?? Number(text));
    await visitor.grid.typeDown(typed);
    await visitor.grid.settled();

    const book = await teacher.gradebook(id);
    assert.deepEqual(book.students.map((s) => book.mark(column, s.id)), stored);
    assert.ok(book.students.every((s) => book.cell(column, s.id).version === 1), "each cell was written once");
    assert.ok(requests >= 1 && requests <= 40, `${requests} requests`);
    // the other column is as it was
    const other = before.column(MONTHLY).id;
    assert.deepEqual(book.students.map((s) => book.mark(other, s.id)), book.students.map((s) => before.mark(other, s.id)));
    // and it is all there after opening the page again
    await page.reload();
    await visitor.gridReady();
    const words = { absent: "缺考", excused: "免考", missing: "未交" };
    for (const [i, student] of book.students.entries()) assert.equal(await visitor.grid.text(student.id, column), words[stored[i]] ?? String(stored[i]));
  });

  scenario("a block of 40 × 3 from Excel with its trailing line break; one undo takes all of it back", async ({ visit, client }) => {
    const admin = await client("demo.admin");
    const { page: address, sheet } = await admin.examClass(MIDTERM, "Class 3");
    const before = await admin.sheet(sheet);
    const columns = before.assessments.map((a) => a.id);
    assert.equal(columns.length, 3);
    assert.ok(before.assessments.every((a) => a.editable), "an admin may edit every subject");

    const visitor = await visit();
    const { page } = visitor;
    await visitor.signIn("demo.admin", address);
    await visitor.gridReady();
    const { grid } = visitor;
    const first = before.students[0].id;
    await grid.cell(first, columns[0]).click();
    const rows = before.students.map((_, i) => [`${i % 10}.5`, i === 3 ? "缺考" : `${60 + i / 2}`, i === 5 ? "免考" : `${100 - i}`]);
    const stored = rows.map((row) => row.map((text) => ({ 缺考: "absent", 免考: "excused" })[text] ?? Number(text)));
    const asTsv = (block) => `${block.map((row) => row.join("\t")).join("\r\n")}\r\n`;
    await grid.paste(asTsv(rows));
    await grid.settled();
    let book = await admin.sheet(sheet);
    assert.deepEqual(book.students.map((s) => columns.map((c) => book.mark(c, s.id))), stored);
    assert.equal(await page.locator("#cell-note").isVisible(), false, "nothing of the block was left over");
    const history = await Promise.all([[0, 0], [39, 2]].map(([r, c]) => admin.history(columns[c], before.students[r].id)));
    assert.equal(history[0][0].batch_id, history[1][0].batch_id, "the block is one batch");

    // the line break at the end of a smaller block does not blank the pupil below it
    await grid.cell(first, columns[0]).click();
    await grid.paste(asTsv([["11", "12", "13"], ["21", "22", "23"]]));
    await grid.settled();
    book = await admin.sheet(sheet);
    assert.deepEqual(book.students.slice(0, 3).map((s) => columns.map((c) => book.mark(c, s.id))), [[11, 12, 13], [21, 22, 23], stored[2]]);

    await page.keyboard.press("Control+z");
    await grid.settled();
    book = await admin.sheet(sheet);
    assert.deepEqual(book.students.map((s) => columns.map((c) => book.mark(c, s.id))), stored);
    await page.keyboard.press("Control+z");
    await grid.settled();
    assert.deepEqual((await admin.sheet(sheet)).marks(), before.marks(), "the server has what it had before");
    for (const student of before.students.slice(0, 12)) {
      for (const column of columns) {
        const mark = before.mark(column, student.id);
        await grid.shows(student.id, column, { blank: "", absent: "缺考", excused: "免考", missing: "未交" }[mark] ?? String(mark));
      }
    }
  });

  scenario("a value that is no score is refused in its cell and nothing is sent; words for a status are understood", async ({ visit, client }) => {
    const teacher = await client("lin.yue");
    const { id } = await teacher.course("Class 3", "chinese");
    const before = await teacher.gradebook(id);
    const column = before.column(MIDTERM).id;
    const [a, b, c, d] = before.students.map((s) => s.id);
    const visitor = await visit({ locale: "en" });
    const { page } = visitor;
    await visitor.signIn("lin.yue", `/courses/${id}`);
    await visitor.gridReady();
    const { grid } = visitor;
    const sent = [];
    page.on("request", (request) => request.method() === "PATCH" && sent.push(request.postData()));
    for (const [text, reason] of [["850", /maximum is 100/], ["-1", /cannot be negative/], ["8.12345", /four decimals/], ["eighty", /is not a score/]]) {
      await grid.enter(a, column, text);
      assert.match(await page.locator("#cell-note").textContent(), reason);
      assert.equal(await page.inputValue("#cell-input"), text);
      assert.equal(await page.getAttribute("#cell-input", "aria-invalid"), "true");
      await page.keyboard.press("Escape");
    }
    assert.deepEqual(sent, []);
    assert.equal((await teacher.gradebook(id)).mark(column, a), "blank");
    await grid.cell(a, column).click();
    for (const text of ["缺考", "ex", "mi", "８５．５"]) await grid.type(text);
    await grid.settled();
    const book = await teacher.gradebook(id);
    assert.deepEqual([a, b, c, d].map((s) => book.mark(column, s)), ["absent", "excused", "missing", 85.5]);
    assert.deepEqual(await Promise.all([a, b, c, d].map((s) => grid.text(s, column))), ["Absent", "Excused", "Missing", "85.5"]);
  });

  scenario("two teachers in one cell: both see both values, one keeps theirs, one takes the other's, none is lost", async ({ visit, client }) => {
    const admin = await client("demo.admin");
    const { id } = await admin.course("Class 1", "mathematics");
    const before = await admin.gradebook(id);
    const column = before.column(MIDTERM).id;
    const [a, b, c] = before.students.slice(20).map((s) => s.id);
    const [chen, ben] = [await visit({ locale: "en" }), await visit({ locale: "en" })];
    await Promise.all([chen.signIn("chen.siyuan", `/courses/${id}`), ben.signIn("ben.foster", `/courses/${id}`)]);
    await Promise.all([chen.gridReady(), ben.gridReady()]);

    // both have the cell open; the first to finish wins, the other is asked
    const clash = async (student, mine, theirs) => {
      await chen.grid.cell(student, column).click();
      await chen.page.keyboard.type(mine);
      await ben.grid.enter(student, column, theirs);
      await ben.grid.settled();
      await chen.page.keyboard.press("Enter");
      await chen.grid.state("conflict");
      assert.equal(await chen.grid.text(student, column), mine);
      assert.equal((await admin.gradebook(id)).mark(column, student), Number(theirs), "nothing is overwritten unseen");
      await chen.grid.cell(student, column).click();
      const note = await chen.page.locator("#cell-note").textContent();
      assert.match(note, new RegExp(`Ben Foster set ${theirs} at .*Keep mine \\(${mine}\\).*Take theirs \\(${theirs}\\)`));
    };
    await clash(a, "71", "64");
    assert.deepEqual(await chen.barriers(), []);
    await chen.page.click("#cell-note >> text=Keep mine");
    await chen.grid.settled();
    await clash(b, "72", "65.5");
    await chen.page.keyboard.press("Alt+t");
    await chen.grid.settled();
    await clash(c, "73", "66");
    await chen.page.keyboard.press("Alt+m");
    await chen.grid.settled();

    const book = await admin.gradebook(id);
    assert.deepEqual([a, b, c].map((s) => book.mark(column, s)), [71, 65.5, 73]);
    for (const [student, text] of [[a, "71"], [b, "65.5"], [c, "73"]]) {
      await chen.grid.shows(student, column, text);
      await ben.grid.shows(student, column, text);
    }
    const changes = async (student) => (await admin.history(column, student)).map((one) => [one.actor.name, one.before.value ?? one.before.status, one.after.value]);
    assert.deepEqual(await changes(a), [["陈思远", 64, 71], ["Ben Foster", "blank", 64]]);
    assert.deepEqual(await changes(b), [["Ben Foster", "blank", 65.5]]);
    assert.deepEqual(await changes(c), [["陈思远", 66, 73], ["Ben Foster", "blank", 66]]);
    // and in the panel beside the grid
    await ben.grid.cell(a, column).click();
    await ben.page.keyboard.press("Alt+h");
    await ben.page.waitForSelector(".side-panel .timeline li >> nth=1");
    assert.match(await ben.page.locator(".side-panel").textContent(), /64.*71.*陈思远.*64.*Ben Foster/s);
    assert.deepEqual(await ben.barriers(), []);
  });

  scenario("what is typed without a network is kept, and leaves when it is back", async ({ visit, client }) => {
    const teacher = await client("olivia.hart");
    const { id } = await teacher.course("Class 2", "english");
    const before = await teacher.gradebook(id);
    const column = before.column(MIDTERM).id;
    const [a, b] = before.students.slice(36).map((s) => s.id);
    const visitor = await visit({ locale: "en" });
    visitor.expects(/ERR_INTERNET_DISCONNECTED/);
    await visitor.signIn("olivia.hart", `/courses/${id}`);
    await visitor.gridReady();
    await visitor.context.setOffline(true);
    await visitor.grid.enter(a, column, "41");
    await visitor.grid.state("failed");
    await visitor.grid.type("42.25");
    assert.match(await visitor.page.locator(".save-status").textContent(), /not saved/);
    await visitor.context.setOffline(false);
    await visitor.grid.settled();
    const book = await teacher.gradebook(id);
    assert.deepEqual([a, b].map((s) => [book.mark(column, s), book.cell(column, s).version]), [[41, before.cell(column, a).version + 1], [42.25, before.cell(column, b).version + 1]]);
  });

  scenario("an access token that ends is renewed unnoticed, in the grid and between pages; the end of the session is not", async ({ visit, client }) => {
    const teacher = await client("olivia.hart");
    const { id } = await teacher.course("Class 3", "english");
    const before = await teacher.gradebook(id);
    const column = before.column(MIDTERM).id;
    const [a, b] = before.students.slice(36).map((s) => s.id);
    const visitor = await visit({ locale: "en" });
    const { page, context } = visitor;
    visitor.expects(/401 \(Unauthorized\)/);
    await visitor.signIn("olivia.hart", `/courses/${id}`);
    await visitor.gridReady();
    await context.clearCookies({ name: "access" });
    await visitor.grid.enter(a, column, "43");
    await visitor.grid.settled();
    assert.equal((await teacher.gradebook(id)).mark(column, a), 43);
    assert.ok((await context.cookies()).some((one) => one.name === "access"), "the browser has a new token");
    await context.clearCookies({ name: "access" });
    await page.reload();
    await visitor.gridReady();
    assert.equal(new URL(page.url()).pathname, `/courses/${id}`);

    // signed out altogether: what is typed stays, and leaves once somebody has signed in again
    const kept = await context.cookies();
    await context.clearCookies();
    await visitor.grid.enter(b, column, "44.5");
    await page.waitForSelector(".grid-banner a[href='/login']");
    assert.equal(await visitor.grid.text(b, column), "44.5");
    assert.equal((await teacher.gradebook(id)).mark(column, b), "blank");
    await context.addCookies(kept);
    await page.evaluate(() => window.dispatchEvent(new Event("focus")));
    await visitor.grid.settled();
    assert.equal((await teacher.gradebook(id)).mark(column, b), 44.5);
  });

  scenario("an exam sheet: a teacher changes the own subject only, and totals and ranks follow", async ({ visit, client }) => {
    const teacher = await client("olivia.hart");
    const { page: address, sheet } = await teacher.examClass(MIDTERM, "Class 1");
    const before = await teacher.sheet(sheet);
    const english = before.column("english").id;
    const others = ["chinese", "mathematics"].map((code) => before.column(code).id);
    assert.deepEqual(before.assessments.map((a) => a.editable), before.assessments.map((a) => a.id === english));
    const visitor = await visit({ locale: "en" });
    const { page } = visitor;
    await visitor.signIn("olivia.hart", address);
    await visitor.gridReady();
    const { grid } = visitor;
    const sent = [];
    page.on("request", (request) => request.method() === "PATCH" && sent.push(request.postData()));
    const pupil = before.students[4].id;
    for (const column of others) {
      const text = await grid.text(pupil, column);
      await grid.enter(pupil, column, "12");
      await grid.cell(pupil, column).click();
      await page.keyboard.press("Delete");
      const { teachers } = before.assessments.find((one) => one.id === column);
      assert.equal(await page.locator("#cell-note").textContent(), `The scores of this column are entered by ${teachers.map((one) => one.name).join(", ")}.`);
      await grid.paste("13\r\n");
      await page.locator("dialog[open]", { hasText: "Before this is pasted" }).waitFor();
      await page.keyboard.press("Escape");
      assert.equal(await grid.text(pupil, column), text);
      assert.match(await page.locator(`.tabulator-col[tabulator-field="a${column}"]`).textContent(), /read-only/);
    }
    assert.deepEqual(sent, []);
    await grid.enter(pupil, english, "99.5");
    await grid.settled();
    const after = await teacher.sheet(sheet);
    assert.equal(after.mark(english, pupil), 99.5);
    for (const column of others) assert.deepEqual(after.students.map((s) => after.mark(column, s.id)), before.students.map((s) => before.mark(column, s.id)));
    const total = (book) => others.concat(english).map((c) => book.mark(c, pupil)).filter(Number.isFinite).reduce((sum, value) => sum + value, 0);
    assert.equal(after.total(pupil).total, total(after));
    assert.equal(after.total(pupil).total, (before.total(pupil).total ?? 0) + 99.5);
    assert.ok(before.total(pupil).rank === null || after.total(pupil).rank < before.total(pupil).rank);
    // the page follows without being opened again, for everybody whose rank has changed
    for (const student of after.students) {
      const { total: sum, rank } = after.total(student.id) ?? {};
      const shown = (field, text) => page.waitForFunction(
        ([selector, wanted]) => document.querySelector(selector).textContent === wanted,
        [`.tabulator-cell[data-student="${student.id}"][tabulator-field="${field}"] .cell-text`, text],
      );
      await shown("total", sum == null ? "" : String(sum));
      await shown("rank", rank == null ? "" : String(rank));
    }
    // equal totals share a rank, and the next one is skipped
    const totals = after.totals.filter((one) => one.total !== null);
    for (const one of totals) assert.equal(one.rank, 1 + totals.filter((other) => other.total > one.total).length);
  });

  scenario("publishing asks first and never by Enter; a published score needs a reason; unpublish, lock, unlock", async ({ visit, client }) => {
    const teacher = await client("lin.yue");
    const { id } = await teacher.course("Class 2", "chinese");
    const before = await teacher.gradebook(id);
    const column = before.column(MIDTERM);
    const [first, second] = before.students.map((s) => s.id);
    const preflight = await teacher.get(`/api/v1/assessments/${column.id}/preflight`);
    const pupil = await client(before.students[0].student_number);
    const seen = async () => {
      const { courses } = await pupil.get("/api/v1/me/grades");
      return courses.flatMap((one) => one.assessments).find((one) => one.id === column.id);
    };
    assert.equal(await seen(), undefined);

    const visitor = await visit({ locale: "en" });
    const { page } = visitor;
    await visitor.signIn("lin.yue", `/courses/${id}`);
    await visitor.gridReady();
    const { grid } = visitor;
    const posted = [];
    page.on("request", (request) => request.method() === "POST" && request.url().includes("/assessments/") && posted.push(new URL(request.url()).pathname.split("/").at(-1)));
    const dialog = page.locator("dialog[open]");

    await grid.menu(column.id, "Publish…");
    await dialog.waitFor();
    assert.match(await dialog.textContent(), new RegExp(`${preflight.entered} of 40 entered`));
    assert.match(await dialog.textContent(), new RegExp(`${preflight.blank} students have nothing entered`));
    assert.deepEqual(await visitor.barriers(), []);
    await page.keyboard.press("Enter"); // on Cancel
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "Publish");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    assert.equal((await teacher.gradebook(id)).column(MIDTERM).state, "draft");
    assert.deepEqual(posted, []);

    await grid.menu(column.id, "Publish…");
    await dialog.locator(".is-primary").click();
    await grid.columnState(column.id, "published");
    assert.deepEqual(posted, ["publish"]);
    assert.equal((await seen()).corrected, false);

    // a change asks why, and is marked for the pupil
    await grid.enter(first, column.id, "77.5");
    await page.fill("#reason-field", "");
    await page.keyboard.press("Enter");
    assert.match(await page.locator("#reason-error").textContent(), /in words/);
    assert.deepEqual(await visitor.barriers(), []);
    await page.fill("#reason-field", "Marking error on page 2");
    await page.keyboard.press("Enter");
    await grid.settled();
    assert.deepEqual([(await seen()).value, (await seen()).corrected], [77.5, true]);
    assert.equal((await teacher.history(column.id, first))[0].reason, "Marking error on page 2");

    await grid.menu(column.id, "Unpublish…");
    await page.fill("#reason-field", "Published too early");
    await page.keyboard.press("Enter");
    await grid.columnState(column.id, "draft");
    assert.equal(await seen(), undefined);

    await grid.menu(column.id, "Publish…");
    await dialog.locator(".is-primary").click();
    await grid.columnState(column.id, "published");
    await grid.menu(column.id, "Lock…");
    await page.keyboard.press("Enter");
    assert.match(await dialog.textContent(), /unlock it again with a reason/);
    await dialog.locator(".is-primary").click();
    await grid.columnState(column.id, "locked");
    const locked = await grid.text(second, column.id);
    await grid.enter(second, column.id, "1");
    assert.equal(await grid.text(second, column.id), locked);
    const { version } = (await teacher.gradebook(id)).cell(column.id, second);
    const answer = await teacher.patch("/api/v1/scores", { edits: [{ assessment_id: column.id, student_id: second, version, value: 1 }], reason: "No" });
    assert.deepEqual(answer.rejected.map((one) => one.code), ["locked"]);
    assert.equal((await seen()).value, 77.5, "a pupil sees locked scores");

    await grid.menu(column.id, "Unlock…");
    await page.fill("#reason-field", "One paper was found");
    await page.keyboard.press("Enter");
    await grid.columnState(column.id, "published");
    assert.deepEqual(posted, ["publish", "unpublish", "publish", "lock", "unlock"]);
  });
});
