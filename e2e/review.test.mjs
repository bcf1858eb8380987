// Publishing after a look, taking back with a reason, and a request for a review from a phone to its approval.
import assert from "node:assert/strict";
import { MIDTERM, MONTHLY, onDatabases, PHONE } from "./harness.mjs";

onDatabases(["sqlite", "mariadb"], (scenario) => {
  scenario("publishing shows what students would see, Enter never publishes, and taking back needs a reason", async ({ visit, client }) => {
    const teacher = await client("lin.yue");
    const { id } = await teacher.course("Class 1", "chinese");
    const book = await teacher.gradebook(id);
    const column = book.column(MIDTERM);
    const state = async () => (await teacher.gradebook(id)).column(MIDTERM).state;
    const blank = book.students.filter((one) => book.mark(column.id, one.id) === "blank");
    const visitor = await visit({ locale: "en" });
    await visitor.signIn("lin.yue", `/courses/${id}`);
    await visitor.gridReady();
    const { page, grid } = visitor;
    const dialog = page.locator("dialog[open]");

    await grid.menu(column.id, "Publish");
    await dialog.waitFor();
    const text = await dialog.innerText();
    assert.match(text, new RegExp(`${book.students.length - blank.length} of ${book.students.length} entered`));
    assert.ok(text.includes(blank[0].name), "who has nothing entered is named");
    assert.ok(text.includes(`Last exam: ${MONTHLY}`), text);
    assert.match(text, /[+-]?\d+\.\d\d points of percent/);
    assert.deepEqual(await visitor.barriers(), []);
    // Enter, wherever the focus is
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "Cancel");
    let sent = 0;
    page.on("request", (request) => (sent += request.method() === "POST" && request.url().endsWith("/publish")));
    for (let tab = 0; tab < 4; tab++) {
      await page.keyboard.press("Enter");
      assert.ok(await dialog.isVisible());
      await page.keyboard.press("Tab");
    }
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    assert.equal(sent, 0);
    assert.equal(await state(), "draft");

    await grid.menu(column.id, "Publish");
    await dialog.locator(".is-primary").click();
    await grid.columnState(column.id, "published");
    assert.equal(await state(), "published");

    await grid.menu(column.id, "Unpublish");
    await dialog.waitFor();
    await page.keyboard.press("Enter");
    await dialog.locator("#reason-error", { hasText: /\w/ }).waitFor();
    assert.equal(await state(), "published");
    await page.fill("#reason-field", "Two papers are not marked yet");
    await page.keyboard.press("Enter");
    await grid.columnState(column.id, "draft");
    assert.equal(await state(), "draft");
  });

  scenario("the same works without script, on a phone", async ({ visit, client }) => {
    const teacher = await client("lin.yue");
    const { id } = await teacher.course("Class 2", "chinese");
    const column = (await teacher.gradebook(id)).column(MIDTERM);
    const visitor = await visit({ viewport: PHONE, locale: "en", javaScriptEnabled: false });
    const { page } = visitor;
    await visitor.signIn("lin.yue", `/courses/${id}`);
    await page.click(`a[href="/assessments/${column.id}/publish"]`);
    assert.equal(await visitor.scrollsSideways(), false);
    const press = (name) => Promise.all([page.waitForNavigation(), page.getByRole("button", { name, exact: true }).click()]);
    const badge = () => page.locator(".page-sub .badge").textContent();
    assert.equal(await badge(), "Draft");
    await page.keyboard.press("Enter");
    assert.equal((await teacher.gradebook(id)).column(MIDTERM).state, "draft");
    await visitor.open(`/assessments/${column.id}/publish`);
    await press("Publish");
    assert.equal(await badge(), "Published");
    await page.fill("#reason", "Too early");
    await press("Unpublish");
    assert.equal(await badge(), "Draft");
  });
});
