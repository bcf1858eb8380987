// What a teacher types is neither lost nor put into another cell, whatever happens to the network, the server or the column.
import assert from "node:assert/strict";
import { onDatabases } from "./harness.mjs";

const SCORES = "**/api/v1/scores";
/** Longer than the page waits for an answer. */
const UNANSWERED_MS = 31_000;

/** A column of its own in somebody's course, and the pupils of the class. */
async function prepared(client, username, className, subject) {
  const [admin, teacher] = [await client("demo.admin"), await client(username)];
  const { id, class: schoolClass } = await teacher.course(className, subject);
  const add = (title) => admin.post(`/api/v1/courses/${id}/assessments`, { title, max_score: 100 });
  const column = await add("Trouble");
  const { students } = await teacher.gradebook(id);
  return { admin, teacher, id, schoolClass, add, column: column.id, pupils: students.map((one) => one.id) };
}

const state = (visitor, student, column, wanted, timeout = 10_000) =>
  visitor.page.waitForFunction(([selector, text]) => document.querySelector(selector)?.dataset.state === text,
    [`.tabulator-cell[data-student="${student}"][tabulator-field="a${column}"]`, wanted], { timeout });

const kept = (page) => page.evaluate(() => Object.entries(localStorage).filter(([name]) => name.startsWith("gradebook.unsaved."))
  .reduce((sum, [, text]) => sum + Object.keys(JSON.parse(text).cells).length, 0));

onDatabases(["sqlite", "mariadb"], (scenario) => {
  scenario("two tabs of one teacher without a network, one of them loaded again: all is saved once", async ({ visit, client }) => {
    const { teacher, id, column, pupils } = await prepared(client, "chen.siyuan", "Class 1", "mathematics");
    const one = await visit({ locale: "en" });
    one.expects(/net::/);
    await one.signIn("chen.siyuan", `/courses/${id}`);
    await one.gridReady();
    const [first, grid] = [one.page, one.grid];
    await one.newPage();
    await one.open(`/courses/${id}`);
    const [second, other] = [one.page, one.grid];
    await one.context.setOffline(true);
    await one.context.route("**/*", (route) => route.abort("internetdisconnected"));
    for (let n = 0; n < 5; n++) {
      await first.bringToFront();
      await grid.enter(pupils[n], column, String(51 + n));
      await second.bringToFront();
      await other.enter(pupils[5 + n], column, String(61 + n));
    }
    await grid.state("failed");
    await other.state("failed");
    // two windows write one record: each puts back what the other's writing took away
    await first.waitForFunction(() => Object.entries(localStorage).filter(([name]) => name.startsWith("gradebook.unsaved."))
      .reduce((sum, [, text]) => sum + Object.keys(JSON.parse(text).cells).length, 0) === 10);
    await first.reload().catch(() => {});
    await one.context.unroute("**/*");
    await one.context.setOffline(false);
    await first.bringToFront();
    await first.goto(`${one.base}/courses/${id}`);
    await first.waitForSelector("#grid[data-ready]");
    await grid.settled();
    await second.bringToFront();
    await other.settled();
    const book = await teacher.gradebook(id);
    assert.deepEqual(pupils.slice(0, 10).map((pupil) => book.mark(column, pupil)), [51, 52, 53, 54, 55, 61, 62, 63, 64, 65]);
    assert.deepEqual(pupils.slice(0, 10).map((pupil) => book.cell(column, pupil).version), Array(10).fill(1), "each was written once");
    for (let n = 0; n < 5; n++) {
      await grid.shows(pupils[5 + n], column, String(61 + n));
      await other.shows(pupils[n], column, String(51 + n));
    }
    assert.equal(await kept(first), 0);
  });

  scenario("a server that is busy, and one that never answers: each cell says so, is sent again, and is written once", async ({ visit, client }) => {
    const { teacher, id, column, pupils } = await prepared(client, "chen.siyuan", "Class 2", "mathematics");
    const visitor = await visit({ locale: "en" });
    visitor.expects(/503|net::/);
    const { page } = visitor;
    await page.clock.install();
    await visitor.signIn("chen.siyuan", `/courses/${id}`);
    await visitor.gridReady();
    const { grid } = visitor;
    // busy for a day, it says: nobody waits for that
    await page.route(SCORES, (route) => route.fulfill({ status: 503, headers: { "retry-after": "86400" }, contentType: "text/html", body: "<h1>Busy</h1>" }));
    await grid.enter(pupils[0], column, "71");
    await state(visitor, pupils[0], column, "failed");
    assert.match(await page.locator(".save-status").textContent(), /not saved/);
    await grid.type("72"); // typing goes on
    await grid.shows(pupils[1], column, "72");
    await page.unroute(SCORES);
    await page.clock.fastForward(61_000);
    await grid.settled();

    // the first request never comes back; the server has done what it asked for
    const hanging = [];
    await page.route(SCORES, async (route) => {
      hanging.push(route);
      if (hanging.length === 1) await route.fetch();
      else await route.continue();
    });
    await grid.enter(pupils[2], column, "73");
    await state(visitor, pupils[2], column, "saving");
    await grid.type("74");
    assert.equal(hanging.length, 1, "what is typed meanwhile waits");
    await page.clock.fastForward(UNANSWERED_MS);
    await state(visitor, pupils[2], column, "failed");
    await page.clock.fastForward(2_000);
    await grid.settled();
    const book = await teacher.gradebook(id);
    assert.deepEqual(pupils.slice(0, 4).map((pupil) => [book.mark(column, pupil), book.cell(column, pupil).version]), [[71, 1], [72, 1], [73, 1], [74, 1]]);
    assert.equal(await kept(page), 0);
  });

  scenario("a conflict and a refusal beside scores that are saved: the others are saved, both texts stay", async ({ visit, client }) => {
    const { admin, teacher, id, column, pupils } = await prepared(client, "lin.yue", "Class 1", "chinese");
    const visitor = await visit({ locale: "en" });
    visitor.expects(/net::/);
    const { page } = visitor;
    await visitor.signIn("lin.yue", `/courses/${id}`);
    await visitor.gridReady();
    const { grid } = visitor;
    await visitor.context.setOffline(true);
    for (const [n, text] of ["81", "82", "96", "84"].entries()) await grid.enter(pupils[n], column, text);
    await grid.state("failed");
    // an admin writes one of them, and takes the maximum down to 90
    await admin.patch("/api/v1/scores", { edits: [{ assessment_id: column, student_id: pupils[1], version: 0, value: 55 }] });
    await admin.patch(`/api/v1/assessments/${column}`, { max_score: 90 });
    await visitor.context.setOffline(false);
    await grid.state("conflict");
    await state(visitor, pupils[1], column, "conflict");
    await state(visitor, pupils[2], column, "refused");
    let book = await teacher.gradebook(id);
    assert.deepEqual(pupils.slice(0, 4).map((pupil) => book.mark(column, pupil)), [81, 55, "blank", 84]);
    await grid.shows(pupils[1], column, "82");
    await grid.shows(pupils[2], column, "96");
    // both outlive the page
    await page.reload();
    await visitor.gridReady();
    await state(visitor, pupils[1], column, "conflict");
    await state(visitor, pupils[2], column, "refused");
    await visitor.grid.shows(pupils[2], column, "96");
    await visitor.grid.cell(pupils[2], column).click();
    assert.match(await page.locator("#cell-note").textContent(), /maximum is 90/);
    await visitor.grid.type("86");
    await visitor.grid.cell(pupils[1], column).click();
    await page.keyboard.press("Alt+m");
    await visitor.grid.settled();
    book = await teacher.gradebook(id);
    assert.deepEqual(pupils.slice(0, 4).map((pupil) => book.mark(column, pupil)), [81, 82, 86, 84]);
  });

  scenario("a column locked or taken back under the hand: the rest of what is typed is taken, and kept with the reason", async ({ visit, client }) => {
    const { admin, teacher, id, column, pupils } = await prepared(client, "lin.yue", "Class 2", "chinese");
    const visitor = await visit({ locale: "en" });
    const { page } = visitor;
    const following = visitor.following();
    await visitor.signIn("lin.yue", `/courses/${id}`);
    await visitor.gridReady();
    await following;
    const { grid } = visitor;
    await grid.cell(pupils[3], column).click();
    await page.keyboard.type("8");
    await admin.post(`/api/v1/assessments/${column}/publish`);
    await admin.post(`/api/v1/assessments/${column}/lock`);
    await grid.columnState(column, "locked");
    await page.keyboard.type("7");
    assert.equal(await page.inputValue("#cell-input"), "87", "no digit is lost");
    await page.keyboard.press("Enter");
    await state(visitor, pupils[3], column, "refused");
    await grid.shows(pupils[3], column, "87");
    assert.match(await page.locator(".save-status").textContent(), /1 value refused/);
    assert.equal((await teacher.gradebook(id)).mark(column, pupils[3]), "blank");
    await page.keyboard.press("F8");
    assert.match(await page.locator("#cell-note").textContent(), /locked/);
    // unlocked and taken back while it stands there: it can be entered after all
    await admin.post(`/api/v1/assessments/${column}/unlock`, { reason: "One paper was found" });
    await grid.columnState(column, "published");
    await grid.shows(pupils[3], column, "87");
    await page.keyboard.press("F2");
    await admin.post(`/api/v1/assessments/${column}/unpublish`, { reason: "Published too early" });
    await grid.columnState(column, "draft");
    assert.equal(await page.inputValue("#cell-input"), "87");
    await page.keyboard.type(".5");
    await page.keyboard.press("Enter");
    await grid.settled();
    assert.equal((await teacher.gradebook(id)).mark(column, pupils[3]), 87.5);
  });

  scenario("a column deleted under the hand: what was typed is said, and the next digits are nobody's score", async ({ visit, client }) => {
    const { admin, teacher, id, add, column, pupils } = await prepared(client, "olivia.hart", "Class 1", "english");
    const doomed = await add("Doomed");
    const visitor = await visit({ locale: "en" });
    visitor.expects(/net::/);
    const { page } = visitor;
    const following = visitor.following();
    await visitor.signIn("olivia.hart", `/courses/${id}`);
    await visitor.gridReady();
    await following;
    const { grid } = visitor;
    const before = (await teacher.gradebook(id)).marks();
    const head = page.locator(`.tabulator-col[tabulator-field="a${doomed.id}"]`);
    await grid.cell(pupils[4], doomed.id).click();
    await page.keyboard.type("8");
    await admin.call("DELETE", `/api/v1/assessments/${doomed.id}`);
    await head.waitFor({ state: "detached" });
    for (const key of ["7", "Enter", "9", "0", "Enter"]) await page.keyboard.press(key);
    assert.match(await page.locator(".grid-notice").textContent(), /“8” was not entered: Doomed · .+ is no longer shown here/);
    assert.match(await page.locator("#cell-note").textContent(), /no longer here/);
    const after = (await teacher.gradebook(id)).marks();
    for (const key of Object.keys(after)) assert.equal(after[key], before[key], key);
    assert.equal(await kept(page), 0);
    // after a move typing goes in again
    await grid.enter(pupils[4], column, "66");
    await grid.settled();
    assert.equal((await teacher.gradebook(id)).mark(column, pupils[4]), 66);

    // typed without a network into a column that is gone by the time it could be sent
    const second = await add("Doomed, too");
    await page.waitForSelector(`.tabulator-col[tabulator-field="a${second.id}"]`);
    await page.route(SCORES, (route) => route.abort());
    await grid.enter(pupils[5], second.id, "77");
    await state(visitor, pupils[5], second.id, "failed");
    await page.locator(".grid-notice button[aria-label]").click();
    await admin.call("DELETE", `/api/v1/assessments/${second.id}`);
    const said = page.locator(".grid-notice", { hasText: /no longer here: Doomed, too · .+ 77/ });
    await said.waitFor();
    assert.equal(await kept(page), 1, "it stays until it was read");
    await page.unroute(SCORES);
    await page.locator(".grid-notice button[aria-label]").click();
    await grid.settled();
    assert.equal(await kept(page), 0);
  });

  scenario("a pupil who leaves the class while their cell is open", async ({ visit, client }) => {
    const { admin, teacher, id, schoolClass, column, pupils } = await prepared(client, "olivia.hart", "Class 2", "english");
    const visitor = await visit({ locale: "en" });
    const { page } = visitor;
    const following = visitor.following();
    await visitor.signIn("olivia.hart", `/courses/${id}`);
    await visitor.gridReady();
    await following;
    const { grid } = visitor;
    await grid.cell(pupils[6], column).click();
    await page.keyboard.type("8");
    await admin.call("DELETE", `/api/v1/classes/${schoolClass.id}/students/${pupils[6]}`);
    const { left_on: left } = (await teacher.gradebook(id)).students.find((one) => one.id === pupils[6]);
    assert.ok(left, "they have left");
    await page.waitForSelector(`.tabulator-row[data-student="${pupils[6]}"] .stay`);
    await page.keyboard.type("7");
    await page.keyboard.press("Enter");
    await grid.type("91");
    await grid.settled();
    const book = await teacher.gradebook(id);
    assert.deepEqual(pupils.slice(5, 9).map((pupil) => book.mark(column, pupil)), ["blank", 87, 91, "blank"]);
  });
});
