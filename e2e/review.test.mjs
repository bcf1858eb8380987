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
    assert.ok(text.includes(`Previous one of its kind: ${MONTHLY}`), text);
    assert.match(text, /\d+\.\d\d percentage points (higher|lower)/);
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
    // Enter is on "Cancel": it leads back to the gradebook and publishes nothing
    await Promise.all([page.waitForURL((url) => url.pathname === `/courses/${id}`), page.keyboard.press("Enter")]);
    assert.equal((await teacher.gradebook(id)).column(MIDTERM).state, "draft");
    await visitor.open(`/assessments/${column.id}/publish`);
    await press("Publish");
    assert.equal(await badge(), "Published");
    await page.fill("#reason", "Too early");
    await press("Unpublish");
    assert.equal(await badge(), "Draft");
  });

  scenario("a pupil asks from a phone, the teacher answers, an admin approves, and the pupil sees it come", async ({ visit, client }) => {
    const admin = await client("demo.admin");
    const { id } = await admin.course("Class 1", "chinese");
    const book = await admin.gradebook(id);
    const column = book.column(MONTHLY);
    const pupil = book.students[4];
    const before = book.mark(column.id, pupil.id);
    await admin.post(`/api/v1/assessments/${column.id}/lock`);

    // the admin's list is open all the while
    const office = await visit({ locale: "en" });
    const watching = office.following();
    await office.signIn("demo.admin", "/reviews");
    await watching;
    assert.match(await office.page.locator("main").innerText(), /Nothing is open/);

    const phone = await visit({ viewport: PHONE, hasTouch: true, isMobile: true, locale: "en" });
    await phone.signIn(pupil.student_number, `/me/courses/${id}`);
    const row = phone.page.locator(`#score-${column.id}`);
    await row.getByRole("link", { name: "Ask for a review" }).click();
    assert.equal(await phone.scrollsSideways(), false);
    assert.deepEqual(await phone.barriers(), []);
    await phone.page.fill("#reason", "Question 7 is right, I think.");
    const follows = phone.following();
    await phone.page.getByRole("button", { name: "Send" }).click();
    await row.locator(".own-review .badge", { hasText: "Open" }).waitFor();
    await follows;
    assert.equal(await row.getByRole("link", { name: "Ask for a review" }).count(), 0, "one request a score");
    assert.equal(await phone.scrollsSideways(), false);
    assert.deepEqual(await phone.barriers(), []);

    // it appears by itself, in the list and in the navigation
    await office.page.locator(".review-list a", { hasText: pupil.name }).waitFor();
    await office.page.locator(".nav-count", { hasText: "1" }).waitFor();
    assert.deepEqual(await office.barriers(), []);

    // the teacher sees a mark on the cell, and answers
    const teacher = await visit({ locale: "en" });
    teacher.expects(/422 \(Unprocessable Entity\)/);
    await teacher.signIn("lin.yue", `/courses/${id}`);
    await teacher.gridReady();
    const cell = teacher.grid.cell(pupil.id, column.id);
    assert.match(await cell.getAttribute("class"), /has-request/);
    assert.match(await cell.getAttribute("aria-label"), /review asked for/);
    await cell.click();
    await teacher.page.keyboard.press("Shift+F10");
    await teacher.page.locator(".popup-menu button", { hasText: "Request for a review" }).click();
    await teacher.page.waitForURL(/\/reviews\/\d+$/);
    assert.equal(await teacher.page.getByRole("button", { name: "Approve" }).count(), 0, "a teacher does not approve");
    await teacher.page.fill("#value", "500");
    await teacher.page.fill("#note", "Two points were not counted.");
    await teacher.page.getByRole("button", { name: "Recommend another score" }).click();
    assert.match(await teacher.page.locator("#value-error").textContent(), /At most 100/);
    assert.equal(await teacher.page.inputValue("#note"), "Two points were not counted.");
    const given = before === 88.5 ? 87.5 : 88.5;
    await teacher.page.fill("#value", String(given));
    await teacher.page.getByRole("button", { name: "Recommend another score" }).click();
    await teacher.page.locator(".alert.is-success").waitFor();
    assert.match(await row.innerText(), /Open/, "nothing is decided yet");

    await office.page.locator(".review-said", { hasText: "Two points were not counted." }).waitFor();
    await office.page.locator(".review-list a", { hasText: pupil.name }).click();
    assert.equal(await office.page.inputValue("#value"), String(given));
    await office.page.fill("#note", "Thank you for asking.");
    await office.page.getByRole("button", { name: "Approve" }).click();
    await office.page.locator(".alert.is-success", { hasText: "Approved" }).waitFor();
    assert.equal(await office.page.locator(".nav-count").count(), 0);

    // on the phone, without touching it
    await phone.page.waitForFunction(([selector, text]) => document.querySelector(selector).textContent.includes(text), [`[data-live="a${column.id}"]`, String(given)]);
    const shown = await row.innerText();
    assert.match(shown, new RegExp(`was ${before}`));
    assert.match(shown, /Corrected/);
    assert.match(shown, /Approved/);
    assert.match(shown, /Thank you for asking\./);
    assert.doesNotMatch(shown, /Two points/, "what the teacher told the admin is not for the pupil");
    assert.equal((await admin.gradebook(id)).mark(column.id, pupil.id), given);
  });

  scenario("a teacher proposes another score for a locked cell in the grid, and the rest goes without script", async ({ visit, client }) => {
    const admin = await client("demo.admin");
    const { id } = await admin.course("Class 3", "chinese");
    const book = await admin.gradebook(id);
    const column = book.column(MONTHLY);
    const pupil = book.students[2];
    await admin.post(`/api/v1/assessments/${column.id}/lock`);
    const teacher = await visit({ locale: "en" });
    await teacher.signIn("lin.yue", `/courses/${id}`);
    await teacher.gridReady();
    const { page, grid } = teacher;
    const dialog = page.locator("dialog[open]");
    await grid.cell(pupil.id, column.id).click({ button: "right" });
    await page.locator(".popup-menu button", { hasText: "Propose a change" }).click();
    await dialog.waitFor();
    assert.deepEqual(await teacher.barriers(), []);
    await page.fill("#propose-value", "101");
    await page.fill("#propose-reason", "Page 3 was not counted");
    await page.keyboard.press("Enter");
    assert.match(await page.locator("#propose-value-error").textContent(), /maximum is 100/);
    await page.fill("#propose-value", "42.5");
    await page.keyboard.press("Enter");
    await dialog.waitFor({ state: "detached" });
    await page.waitForSelector(`.tabulator-cell.has-request[data-student="${pupil.id}"][tabulator-field="a${column.id}"]`);
    assert.equal((await admin.gradebook(id)).mark(column.id, pupil.id), book.mark(column.id, pupil.id), "the score stays until somebody approves");

    const office = await visit({ locale: "en", javaScriptEnabled: false });
    await office.signIn("demo.admin", "/");
    await office.page.locator(".nav-count").waitFor();
    await office.page.click('.nav a[href="/reviews"]');
    await office.page.locator(".review-list a", { hasText: pupil.name }).click();
    const press = (name) => Promise.all([office.page.waitForNavigation(), office.page.getByRole("button", { name, exact: true }).click()]);
    await press("Approve");
    await office.page.locator(".alert.is-success").waitFor();
    await grid.shows(pupil.id, column.id, "42.5");
    assert.equal(await page.locator(".has-request").count(), 0);
  });
});
