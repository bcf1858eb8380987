// What a teacher enters without a connection is kept on the device until the server has it.
import assert from "node:assert/strict";
import { MIDTERM, onDatabases } from "./harness.mjs";

/** How many changes are kept; an empty record stays while its owner is signed in. */
const kept = (page) => page.evaluate(() => Object.entries(localStorage).filter(([name]) => name.startsWith("gradebook.unsaved."))
  .reduce((sum, [, text]) => sum + Object.keys(JSON.parse(text).cells).length, 0));
const records = (page) => page.evaluate(() => Object.keys(localStorage).filter((name) => name.startsWith("gradebook.unsaved.")).length);

onDatabases(["sqlite", "mariadb"], (scenario) => {
  scenario("scores entered offline survive a reload and are all saved; what another wrote meanwhile is a conflict", async ({ visit, client }) => {
    const [teacher, colleague] = [await client("chen.siyuan"), await client("ben.foster")];
    const { id } = await teacher.course("Class 1", "mathematics");
    const before = await teacher.gradebook(id);
    const column = before.column(MIDTERM);
    const pupils = before.students.filter((s) => before.mark(column.id, s.id) === "blank").slice(0, 8);
    const visitor = await visit({ locale: "en" });
    visitor.expects(/ERR_INTERNET_DISCONNECTED|net::/);
    const { page, context } = visitor;
    await visitor.signIn("chen.siyuan", `/courses/${id}`);
    await visitor.gridReady();
    // Being offline is told to a page; that nothing gets through is seen to here, also in the moment of a reload.
    await context.setOffline(true);
    await context.route("**/*", (route) => route.abort("internetdisconnected"));
    for (const [n, pupil] of pupils.entries()) await visitor.grid.enter(pupil.id, column.id, String(41 + n));
    await visitor.grid.state("failed");
    // a colleague, who has a connection
    const answer = await colleague.patch("/api/v1/scores", { edits: [{ assessment_id: column.id, student_id: pupils[7].id, version: 0, value: 77 }] });
    assert.equal(answer.saved.length, 1);
    await page.reload().catch(() => {}); // there is nothing to load it from
    assert.equal((await teacher.gradebook(id)).mark(column.id, pupils[0].id), "blank");

    await context.unroute("**/*");
    await context.setOffline(false);
    await visitor.open(`/courses/${id}`);
    await visitor.grid.state("conflict");
    // The browser may have tried again by itself, and saved some of the eight before we came.
    await page.locator(".grid-notice", { hasText: /\d changes? from/ }).waitFor();
    for (const [n, pupil] of pupils.slice(0, 7).entries()) await visitor.grid.shows(pupil.id, column.id, String(41 + n));
    const book = await teacher.gradebook(id);
    assert.deepEqual(pupils.map((s) => book.mark(column.id, s.id)), [41, 42, 43, 44, 45, 46, 47, 77]);
    // the conflict, too, survives a reload
    await page.reload();
    await visitor.gridReady();
    await visitor.grid.state("conflict");
    await visitor.grid.cell(pupils[7].id, column.id).click();
    await page.keyboard.press("Alt+m");
    await visitor.grid.settled();
    assert.equal((await teacher.gradebook(id)).mark(column.id, pupils[7].id), 48);
    assert.equal(await kept(page), 0);
  });

  scenario("signing out wipes what is kept; so does another's signing in; running out of a session does not", async ({ visit, client }) => {
    const teacher = await client("chen.siyuan");
    const { id } = await teacher.course("Class 2", "mathematics");
    const before = await teacher.gradebook(id);
    const column = before.column(MIDTERM);
    const [pupil] = before.students.filter((s) => before.mark(column.id, s.id) === "blank");
    const visitor = await visit({ locale: "en" });
    visitor.expects(/Failed to load resource|net::/);
    const { page, context } = visitor;
    const failing = (route) => (route.request().method() === "PATCH" ? route.abort() : route.continue());
    await page.route("**/api/v1/scores", failing);
    const enter = async () => {
      await visitor.signIn("chen.siyuan", `/courses/${id}`);
      await visitor.gridReady();
      await visitor.grid.enter(pupil.id, column.id, "55");
      await visitor.grid.state("failed");
      assert.equal(await kept(page), 1);
    };
    await enter();
    await page.locator(".topbar-end details", { hasText: "Account" }).locator("summary").click();
    await Promise.all([page.waitForURL("**/login"), page.click('form[action="/logout"] button')]);
    await page.waitForLoadState("load");
    assert.equal(await records(page), 0);

    await enter();
    await context.clearCookies();
    await page.goto(`${visitor.base}/login`);
    assert.equal(await kept(page), 1, "whoever comes back finds it");
    await visitor.signIn("lin.yue", "/");
    await page.waitForLoadState("load");
    assert.equal(await records(page), 0);
    assert.equal((await teacher.gradebook(id)).mark(column.id, pupil.id), "blank");
  });
});
