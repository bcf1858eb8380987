// An admin at a browser: finds, adds, changes and disables accounts, and prints slips for a class.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { DESKTOP, onDatabases, PASSWORD, PHONE } from "./harness.mjs";

const LOOKS = [
  { locale: "zh-CN", viewport: PHONE },
  { locale: "en", viewport: DESKTOP },
];
const NEW_STUDENTS = 23;

/** A class of students who have no password yet, as an import makes it. */
async function withClassOfNewStudents(school) {
  await school.serve("--demo");
  const rows = Array.from({ length: NEW_STUDENTS }, (_, n) => `六年级,1班,S${String(n).padStart(3, "0")},新生 ${n},80`);
  const file = path.join(school.directory, "roster.csv");
  await writeFile(file, `年级,班级,考号,姓名,语文\n${rows.join("\n")}\n`);
  const { code, stderr } = await school.run(["import", "scores", file, "--school-year", "2027-2028", "--term", "Autumn", "--exam", "First", "--create-missing"]);
  assert.equal(code, 0, stderr);
}

onDatabases(["sqlite", "mariadb"], (scenario) => {
  for (const javaScriptEnabled of [true, false]) {
    scenario(`people are found by a part of what they are called, ${javaScriptEnabled ? "with" : "without"} script`, async ({ visit }) => {
      const admin = await visit({ locale: "en", javaScriptEnabled });
      const { page } = admin;
      await admin.signIn("demo.admin");
      await Promise.all([page.waitForURL("**/admin"), page.click("nav.nav >> text=Admin")]);
      await Promise.all([page.waitForURL("**/admin/users"), page.click("main >> text=Users")]);
      assert.match(await page.textContent(".page-sub"), /^1[0-9]{2} accounts$/);
      await page.fill("#q", "OLIVIA");
      await Promise.all([page.waitForURL(/q=OLIVIA/), page.press("#q", "Enter")]);
      assert.equal(await page.textContent(".page-sub"), "1 account found");
      assert.equal(await page.inputValue("#q"), "OLIVIA", "what was looked for is there still");
      await page.fill("#q", "20260703");
      await page.selectOption("#role", "student");
      await Promise.all([page.waitForURL(/role=student/), page.click("form.filters button")]);
      assert.equal(await page.locator("tbody tr").count(), 40);
      await page.fill("#q", "");
      await Promise.all([page.waitForURL(/q=&/), page.press("#q", "Enter")]);
      const names = new Set();
      for (;;) {
        for (const href of await page.locator("tbody a").evaluateAll((links) => links.map((one) => one.href))) names.add(href);
        const next = page.locator("a[rel=next]");
        if (!(await next.count())) break;
        await Promise.all([page.waitForNavigation(), next.click()]);
      }
      assert.equal(names.size, 120 + NEW_STUDENTS);
      await page.fill("#q", "nobody at all");
      await Promise.all([page.waitForURL(/nobody/), page.press("#q", "Enter")]);
      assert.equal(await page.textContent("main h2"), "Nobody found");
      await Promise.all([page.waitForURL("**/admin/users"), page.click("text=Show all")]);
    });
  }

  for (const look of LOOKS) {
    scenario(`an account is added, used, changed and disabled: ${look.locale}`, async ({ visit }) => {
      const wrong = [];
      const check = async (visitor, what) => {
        wrong.push(...(await visitor.barriers()).map((one) => `${what}: ${one}`));
        if (await visitor.scrollsSideways()) wrong.push(`${what}: scrolls sideways`);
      };
      const admin = await visit(look);
      const { page } = admin;
      admin.expects(/409 \(Conflict\)/, /422 \(Unprocessable/);
      const username = `e2e.${look.locale}`.toLowerCase();
      await admin.signIn("demo.admin", "/admin/users/new");
      await page.selectOption("#role", "teacher");
      await page.fill("#name", "陈 & <i>Chen</i>");
      await page.fill("#username", "Lin.Yue");
      const submit = (selector) => Promise.all([page.waitForNavigation(), page.click(selector)]);
      await submit("main button.is-primary");
      assert.equal(await page.getAttribute("#username", "aria-invalid"), "true");
      assert.equal(await page.evaluate(() => document.activeElement.id), "username", "the wrong field has the focus");
      assert.equal(await page.inputValue("#name"), "陈 & <i>Chen</i>", "what was typed is kept");
      assert.equal(await page.inputValue("#role"), "teacher");
      await check(admin, "refused");
      await page.fill("#username", username);
      await submit("main button.is-primary");
      const password = await page.textContent(".slip-password");
      assert.match(password, /^[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4}$/);
      assert.doesNotMatch(page.url(), new RegExp(password));
      await check(admin, "added");

      const other = await visit(look);
      await other.signIn(username, "/", password);
      assert.equal(new URL(other.page.url()).pathname, "/account/password");
      for (const [field, text] of [["current", password], ["new", "four words in a row"], ["repeat", "four words in a row"]]) await other.page.fill(`#${field}`, text);
      await Promise.all([other.page.waitForURL((url) => url.pathname === "/"), other.page.press("#repeat", "Enter")]);

      await submit(".form-actions a");
      const account = new URL(page.url()).pathname;
      await page.fill("#name", "陈晓");
      await submit("main form.card-body button.is-primary");
      assert.equal(await page.textContent("h1"), "陈晓");
      assert.equal(await page.locator(".alert.is-success").count(), 1);
      await check(admin, "changed");

      await submit("#disable");
      await check(admin, "disabling");
      await submit("main form a.is-quiet");
      assert.equal(await page.locator(".page-head .badge.is-danger").count(), 0, "nothing has happened");
      await submit("#disable");
      await submit("main button.is-danger");
      const disabled = Date.now();
      for (;;) {
        await other.open("/");
        if (new URL(other.page.url()).pathname === "/login") break;
        assert.ok(Date.now() - disabled < 10_000, "the other browser is signed in still");
        await other.page.waitForTimeout(50);
      }
      assert.equal(await page.locator(".page-head .badge.is-danger").count(), 1);
      await check(admin, "disabled");
      assert.equal(await page.locator(".grade-row").count(), 4, "added, password chosen, changed, disabled");
      assert.ok(!(await page.content()).includes(password), "the log tells no secret");
      await submit("button[name=enabled]");
      await submit("#reset");
      await check(admin, "resetting");
      await submit(`form[action="${account}/password-reset"] button`);
      assert.notEqual(await page.textContent(".slip-password"), password);
      await check(admin, "reset");

      await page.goto(`${admin.base}/admin/users?q=demo.admin`);
      await submit("tbody a");
      await submit("#disable");
      await submit("main button.is-danger");
      assert.equal(await page.locator("[role=alert]").count(), 1, "why the last admin stays");
      await check(admin, "last admin");
      assert.deepEqual(wrong, []);
    });
  }

  scenario("the slips of a class are made without script too, and printed ten on a page", async ({ visit }) => {
    const admin = await visit({ locale: "en", javaScriptEnabled: false });
    const { page } = admin;
    await admin.signIn("demo.admin", "/admin/slips");
    const row = page.locator(".link-list li", { hasText: "1班" });
    assert.match(await row.textContent(), new RegExp(`${NEW_STUDENTS} need a slip`));
    await Promise.all([page.waitForNavigation(), row.locator("a").click()]);
    assert.match(await page.textContent("#lasts"), /takes about \d+ seconds/);
    await Promise.all([page.waitForNavigation(), page.click("main button.is-primary")]);
    const passwords = await page.locator(".slip-password").allTextContents();
    assert.equal(new Set(passwords).size, NEW_STUDENTS);
    assert.equal(await page.locator(".slip dd").first().textContent(), "S000");

    await page.emulateMedia({ media: "print" });
    await page.setViewportSize({ width: 718, height: 1000 }); // A4 without its margins
    assert.equal(await page.locator(".topbar, .page-head, .alert, .button").filter({ visible: true }).count(), 0, "only slips are printed");
    const pdf = (await page.pdf({ format: "A4" })).toString("latin1");
    assert.equal(pdf.match(/\/Type\s*\/Page\b/g).length, Math.ceil(NEW_STUDENTS / 10));
    const cut = await page.locator(".slip").evaluateAll((slips) => slips.filter((one) => one.scrollHeight > one.clientHeight + 1).length);
    assert.equal(cut, 0, "no slip is cut off");
    await page.emulateMedia({ media: "screen" });

    const pupil = await visit({ locale: "zh-CN" });
    await pupil.signIn("S000", "/", passwords[0]);
    assert.equal(new URL(pupil.page.url()).pathname, "/account/password");
    const printedBefore = await visit();
    printedBefore.expects(/401 \(/);
    await Promise.all([page.waitForNavigation(), page.click("text=Password slips")]);
    await page.locator(".link-list li", { hasText: "1班" }).locator("a").click();
    await Promise.all([page.waitForNavigation(), page.click("main button.is-primary")]);
    await printedBefore.open("/login");
    await printedBefore.page.fill("#username", "S001");
    await printedBefore.page.fill("#password", passwords[1]);
    await printedBefore.page.press("#password", "Enter");
    await printedBefore.page.waitForSelector("[role=alert]");
  });

  scenario("only admins see the pages of accounts", async ({ visit }) => {
    for (const username of ["lin.yue", "2026070102"]) {
      const visitor = await visit();
      visitor.expects(/403 \(/);
      await visitor.signIn(username, "/", PASSWORD);
      assert.equal(await visitor.page.locator('nav.nav a[href^="/admin"]').count(), 0);
      for (const address of ["/admin/users", "/admin/users/new", "/admin/users/1", "/admin/slips"]) {
        assert.equal((await visitor.open(address)).status(), 403, address);
      }
    }
    const stranger = await visit();
    await stranger.open("/admin/users?role=admin");
    assert.equal(new URL(stranger.page.url()).searchParams.get("next"), "/admin/users?role=admin");
  });
}, withClassOfNewStudents);
