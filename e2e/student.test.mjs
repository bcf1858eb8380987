// A pupil's way through the pages, with JavaScript switched off from beginning to end.
import assert from "node:assert/strict";
import { MONTHLY, onDatabases, PASSWORD, PHONE } from "./harness.mjs";

const withoutScript = { javaScriptEnabled: false, viewport: PHONE };
const NEWCOMER = "2026070340";

onDatabases(["sqlite", "mariadb"], (scenario) => {
  scenario("without JavaScript: sign in, own grades, how a total came about, language, sign out", async ({ school, visit, client }) => {
    const pupil = await client("2026070101");
    const { courses, exams } = await pupil.get("/api/v1/me/grades");
    const visitor = await visit(withoutScript);
    visitor.expects(/401 \(Unauthorized\)/);
    const { page } = visitor;
    // to where one wanted to go, after a mistake
    await page.goto(`${school.base}/me`);
    assert.equal(new URL(page.url()).pathname, "/login");
    await page.fill("#username", "2026070101");
    await page.fill("#password", "wrong password");
    await page.locator("form .is-primary").click();
    assert.match(await page.locator("[role=alert]").textContent(), /用户名或密码不正确/);
    assert.equal(await page.inputValue("#username"), "2026070101");
    assert.equal(await page.inputValue("#password"), "");
    await page.fill("#password", PASSWORD);
    await page.locator("form .is-primary").click();
    await page.waitForURL((url) => url.pathname === "/me");

    assert.equal(await page.locator("h1").textContent(), "我的成绩");
    for (const { course, assessments, current } of courses) {
      for (const grade of assessments) {
        const shown = await page.locator(`[data-live="a${grade.id}"]`).first().textContent();
        assert.ok(grade.status === "scored" ? shown.includes(String(grade.value)) : shown.trim().length > 0, shown);
      }
      assert.equal(await page.locator(`[data-live="c${course.id}"]`).textContent(), current === null ? "–" : current.toFixed(2));
    }
    assert.equal(exams.length, 1);
    assert.match(await page.locator(".is-total").textContent(), new RegExp(`总分\\s*${exams[0].total}`));
    assert.equal(await visitor.scrollsSideways(), false);

    // a course and how its total came about; <details> opens by itself
    const { course, current, explanation } = courses.find((one) => one.current !== null);
    await page.locator(`.course-title a[href="/me/courses/${course.id}"]`).click();
    await page.waitForURL((url) => url.pathname === `/me/courses/${course.id}`);
    assert.equal(await page.locator(`[data-live="c${course.id}"]`).textContent(), current.toFixed(2));
    const why = page.locator("details").filter({ hasText: "当前成绩是怎样算出来的" });
    assert.match(await why.locator("table.why").textContent(), new RegExp(`${explanation.categories[0].name}.*${MONTHLY}`, "s"));
    assert.match(await why.locator("tfoot").textContent(), new RegExp(`合计\\s*${current}`));
    const final = page.locator("details").filter({ hasText: "总评是怎样算出来的" });
    assert.equal(await final.locator("table.why").isVisible(), false);
    await final.locator("summary").click();
    assert.equal(await final.locator("table.why").isVisible(), true);

    // the language, on the page where one is
    await page.locator(".topbar summary").first().click();
    await page.locator('.topbar button[value="en"]').click();
    assert.equal(new URL(page.url()).pathname, `/me/courses/${course.id}`);
    assert.equal(await page.getAttribute("html", "lang"), "en");
    await page.locator(".brand").click();
    await page.waitForURL((url) => url.pathname === "/me");
    assert.equal(await page.locator("h1").textContent(), "My grades");

    await page.locator(".topbar summary").nth(1).click();
    await page.locator('form[action="/logout"] button').click();
    await page.waitForURL((url) => url.pathname === "/login");
    assert.deepEqual((await visitor.context.cookies()).map((one) => one.name).sort(), ["browser", "device", "language", "visit"], "nothing that signs anybody in");
    await page.goBack();
    await page.goto(`${school.base}/me/courses/${course.id}`);
    assert.equal(new URL(page.url()).pathname, "/login");
    assert.equal(await page.getAttribute("html", "lang"), "en");
  });

  scenario("without JavaScript: the initial password is changed before anything else", async ({ school, visit }) => {
    const visitor = await visit({ ...withoutScript, locale: "en" });
    visitor.expects(/422 \(Unprocessable/);
    const { page } = visitor;
    await visitor.signIn(NEWCOMER);
    assert.equal(new URL(page.url()).pathname, "/account/password");
    for (const address of ["/", "/account", "/me"]) {
      await page.goto(school.base + address);
      assert.equal(new URL(page.url()).pathname, "/account/password");
    }
    const own = "a warm lamp by the sea";
    const change = async (current, chosen, repeated = chosen) => {
      await page.fill("#current", current);
      await page.fill("#new", chosen);
      await page.fill("#repeat", repeated);
      await page.locator("main .is-primary").click();
    };
    const refused = async (field) => {
      assert.equal(await page.getAttribute(`#${field}`, "aria-invalid"), "true");
      const text = await page.locator(`#${field}-error`).textContent();
      assert.ok(text.length > 5);
      for (const one of ["current", "new", "repeat"]) assert.equal(await page.inputValue(`#${one}`), "", "a password is never shown again");
      return text;
    };
    await change("not it", own);
    await refused("current");
    await change(PASSWORD, own, `${own}!`);
    await refused("repeat");
    await change(PASSWORD, "short");
    await refused("new");
    await change(PASSWORD, NEWCOMER);
    await refused("new");
    await change(PASSWORD, PASSWORD);
    await refused("new");
    await change(PASSWORD, own);
    await page.waitForURL((url) => url.pathname === "/me");
    assert.equal(await page.locator("h1").textContent(), "My grades");

    const later = await visit({ ...withoutScript, locale: "en" });
    later.expects(/401 \(Unauthorized\)/);
    await later.page.goto(`${school.base}/login`);
    await later.page.fill("#username", NEWCOMER);
    await later.page.fill("#password", PASSWORD);
    await later.page.locator("form .is-primary").click();
    assert.equal(await later.page.locator("[role=alert]").count(), 1, "the initial password holds no longer");
    await later.page.fill("#password", own);
    await later.page.locator("form .is-primary").click();
    await later.page.waitForURL((url) => url.pathname === "/me");
  });

  scenario("without JavaScript the grid's page says what it needs", async ({ visit, client }) => {
    const { id } = await (await client("ben.foster")).course("Class 1", "mathematics");
    const visitor = await visit(withoutScript);
    await visitor.signIn("ben.foster", `/courses/${id}`);
    assert.match(await visitor.page.locator("#grid").textContent(), /JavaScript/);
  });
});
