// All that a pupil does, with JavaScript off.
import assert from "node:assert/strict";
import { onDatabases, PASSWORD, PHONE } from "./harness.mjs";

const NEWCOMER = "2026070340";
const PUPIL = "2026070301";
const ANOTHER = "2026070302";
const OWN = "a warm lamp by the sea";
const plain = { viewport: PHONE, javaScriptEnabled: false, locale: "en" };

onDatabases(["sqlite"], (scenario) => {
  scenario("without JavaScript: from the first sign-in to signing out", async ({ school, visit, client }) => {
    const visitor = await visit(plain);
    const { page } = visitor;
    const at = (pathname) => page.waitForURL((url) => url.pathname === pathname);

    // the first sign-in, with the initial password, which is changed
    await visitor.signIn(NEWCOMER, "/me");
    assert.equal(new URL(page.url()).pathname, "/account/password");
    await page.fill("#current", PASSWORD);
    await page.fill("#new", OWN);
    await page.fill("#repeat", OWN);
    await page.locator("main .is-primary").click();
    await at("/me");
    await page.locator(".topbar summary").nth(1).click();
    await page.locator('form[action="/logout"] button').click();
    await at("/login");

    // somebody with grades: the newest, marked as new on a device that they have not used yet
    await visitor.signIn(PUPIL, "/me");
    const { courses } = await (await client(PUPIL)).get("/api/v1/me/grades");
    assert.ok((await page.locator(".grade-row").count()) > 0);
    assert.equal(await page.locator(".grade-row .is-new").count(), await page.locator(".grade-row").count());
    assert.equal(await page.locator(".course-card").count(), courses.length);
    assert.equal(await page.locator(".course-card .sparkline[role=img][aria-label]").count(), courses.filter((one) => one.assessments.filter((grade) => grade.status === "scored").length > 1).length);
    assert.equal(await page.locator("[data-copy-switch]").isVisible(), false, "what needs a script is not shown");

    // why this total
    const one = courses.find((course) => course.current !== null);
    const address = `/me/courses/${one.course.id}`;
    await page.locator(`.course-title a[href="${address}"]`).click();
    await at(address);
    assert.match(await page.locator("details#why-current tfoot").textContent(), new RegExp(String(one.current)));

    // the calculator
    const open = one.assessments.filter((grade) => grade.status === "blank");
    await page.fill("#target", "0");
    await page.locator(".calc-ask .is-primary").click();
    await at(`${address}/calculator`);
    assert.equal(new URL(page.url()).search, "", "no score and no target in an address");
    assert.match(await page.locator(".calc-answer").textContent(), /reached/);
    await page.fill("#target", "nine");
    visitor.expects(/422 \(Unprocessable/);
    await page.locator("form[data-calculator] .is-primary").click();
    assert.equal(await page.inputValue("#target"), "nine", "what was typed is still there");
    assert.equal(await page.getAttribute("#target", "aria-invalid"), "true");
    assert.equal(await page.locator(".calc-answer").count(), 0);
    await page.fill("#target", "100");
    if (open.length === 0) await page.locator("details#calc-entered summary").click().catch(() => undefined);
    const details = page.locator("details.grade-more:not([open]) > summary");
    while (await details.count()) await details.first().click();
    const fields = page.locator(".entry-row .input");
    assert.ok((await fields.count()) >= one.assessments.length);
    for (let place = 0; place < (await fields.count()); place++) await fields.nth(place).fill("0");
    await page.locator("form[data-calculator] .is-primary").click();
    assert.equal(await page.locator(".is-supposed .grade-figure strong").first().textContent(), "0.00");
    assert.match(await page.locator(".calc-answer").textContent(), /not reached/);
    assert.equal(await visitor.scrollsSideways(), false);
    const after = await (await client(PUPIL)).get("/api/v1/me/grades");
    assert.deepEqual(after.courses, courses, "nothing was saved");
    await page.goto(school.base + address);
    assert.equal(await page.locator(`[data-live="c${one.course.id}"]`).textContent(), one.current.toFixed(2));

    // a request for a review
    await page.locator(".grade-ask a").first().click();
    await page.fill("#reason", "The second answer was right.");
    await page.locator("main form .is-primary").click();
    await at(address);
    assert.match(await page.locator(".own-review").first().textContent(), /The second answer was right/);
    await page.locator(".own-review form button").first().click();

    // the report card, the language, and out
    await page.goto(`${school.base}/me`);
    await page.locator('a[href="/me/report"]').click();
    await at("/me/report");
    assert.ok((await page.locator(".report-table").count()) > 0);
    await page.locator(".topbar summary").first().click();
    await page.locator('.topbar button[value="zh-CN"]').click();
    await at("/me/report");
    assert.equal(await page.getAttribute("html", "lang"), "zh-CN");
    await page.locator(".topbar summary").nth(1).click();
    await page.locator('form[action="/logout"] button').click();
    await at("/login");
    await page.goto(school.base + address);
    assert.equal(new URL(page.url()).pathname, "/login");
  });

  scenario("the calculator answers while one types, and says when a target is out of reach", async ({ visit, client }) => {
    const visitor = await visit({ viewport: PHONE, locale: "en" });
    visitor.expects(/422 \(Unprocessable/);
    const { page } = visitor;
    const { courses } = await (await client(ANOTHER)).get("/api/v1/me/grades");
    const one = courses.find((course) => course.current !== null);
    await visitor.signIn(ANOTHER, `/me/courses/${one.course.id}/calculator`);
    await page.locator("#target").pressSequentially("1000");
    await page.waitForFunction(() => /cannot be reached|not reached/.test(document.querySelector(".calc-answer")?.textContent ?? ""));
    assert.equal(await page.evaluate(() => document.activeElement?.id), "target");
    await page.fill("#target", "x");
    await page.locator("[data-result] .is-error").waitFor();
    await page.fill("#target", "1");
    await page.waitForFunction(() => /reached/.test(document.querySelector(".calc-answer")?.textContent ?? ""));
    assert.deepEqual(await visitor.barriers(), []);
    assert.equal(await visitor.scrollsSideways(), false);
  });
});
