// Every page, in both languages and both colour schemes, wide and narrow; and what other sites can do to them.
import assert from "node:assert/strict";
import http from "node:http";
import { DESKTOP, MIDTERM, MONTHLY, onDatabases } from "./harness.mjs";

const PUPIL = "2026070102";
const NARROW = { width: 360, height: 740 };
const LOOKS = [
  { locale: "zh-CN", colorScheme: "light", viewport: DESKTOP },
  { locale: "zh-CN", colorScheme: "dark", viewport: NARROW },
  { locale: "en", colorScheme: "light", viewport: NARROW },
  { locale: "en", colorScheme: "dark", viewport: DESKTOP },
];

onDatabases(["sqlite"], (scenario) => {
  for (const look of LOOKS) {
    scenario(`every page: ${look.locale}, ${look.colorScheme}, ${look.viewport.width} px`, async ({ visit, client }) => {
      const admin = await client("demo.admin");
      const { id: course } = await admin.course("Class 1", "chinese");
      const { page: sheet } = await admin.examClass(MONTHLY, "Class 1");
      const { id: self } = await admin.get("/api/v1/users/me");
      const third = (await admin.course("Class 3", "chinese")).class.id;
      const wrong = [];
      const look_at = async (visitor, address, status = 200) => {
        const answer = await visitor.open(address);
        assert.equal(answer.status(), status, address);
        const { page } = visitor;
        const found = await visitor.barriers();
        if ((await page.getAttribute("html", "lang")) !== look.locale) found.push("the language of the page is not named");
        if (await visitor.scrollsSideways()) found.push(`scrolls sideways at ${look.viewport.width} px`);
        if ((await page.locator("h1").count()) !== 1) found.push("not exactly one h1");
        if (/\[\[|\{ ?\$|undefined|NaN/.test(await page.locator("body").innerText())) found.push("a text is missing");
        if (look.viewport.width !== NARROW.width) {
          await page.setViewportSize(NARROW);
          if (await visitor.scrollsSideways()) found.push(`scrolls sideways at ${NARROW.width} px`);
          await page.setViewportSize(look.viewport);
        }
        wrong.push(...found.map((what) => `${address}: ${what}`));
      };
      const stranger = await visit(look);
      stranger.expects(/404 \(Not Found\)/, /401 \(Unauthorized\)/);
      await look_at(stranger, "/login");
      await look_at(stranger, "/login?next=%2Fme");
      await look_at(stranger, "/nowhere", 404);
      await stranger.open("/login");
      await stranger.page.fill("#username", PUPIL);
      await stranger.page.fill("#password", "wrong");
      await stranger.page.press("#password", "Enter");
      await stranger.page.waitForSelector("[role=alert]");
      wrong.push(...(await stranger.barriers()).map((what) => `failed sign-in: ${what}`));

      const people = [
        ["demo.admin", ["/", `/courses/${course}`, sheet, "/admin/users", "/admin/users?q=nobody&role=teacher", "/admin/users/new", `/admin/users/${self}`, "/admin/slips", `/admin/slips?class=${third}`]],
        ["lin.yue", ["/", `/courses/${course}`, sheet, "/account", "/account/password"]],
        ["ben.foster", ["/"]],
        [PUPIL, ["/me", `/me/courses/${course}`, "/account"]],
        ["2026070340", ["/account/password"]],
      ];
      for (const [username, addresses] of people) {
        const visitor = await visit(look);
        visitor.expects(/404 \(Not Found\)/);
        await visitor.signIn(username);
        for (const address of addresses) await look_at(visitor, address);
        if (username === "2026070340") continue;
        await look_at(visitor, "/courses/999999", 404);
        // the menus of the bar at the top
        await visitor.open("/account");
        for (const n of [0, 1]) {
          await visitor.page.locator(".topbar summary").nth(n).click();
          wrong.push(...(await visitor.barriers()).map((what) => `menu ${n}: ${what}`));
          if (await visitor.scrollsSideways()) wrong.push(`menu ${n}: scrolls sideways`);
          await visitor.page.keyboard.press("Escape");
          await visitor.page.evaluate(() => document.querySelectorAll("details[open]").forEach((e) => (e.open = false)));
        }
      }
      assert.deepEqual(wrong, []);
    });
  }

  scenario("a page can be used by keyboard: skip link, sign-in, menus, and the focus is visible", async ({ visit }) => {
    const visitor = await visit({ locale: "en" });
    const { page } = visitor;
    await visitor.open("/login");
    assert.equal(await page.evaluate(() => document.activeElement.id), "username");
    await page.keyboard.type("lin.yue");
    await page.keyboard.press("Tab");
    await page.keyboard.type("gradebook-demo");
    await Promise.all([page.waitForURL((url) => url.pathname === "/"), page.keyboard.press("Enter")]);
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.className), "skip-link");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    const focused = () => page.evaluate(() => {
      const { activeElement: element } = document;
      const ringed = [null, "::after"].some((part) => {
        const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element, part);
        return (outlineStyle !== "none" && outlineWidth !== "0px") || boxShadow !== "none";
      });
      return { inMain: !!element.closest("main"), ringed };
    });
    assert.deepEqual(await focused(), { inMain: true, ringed: true });
  });

  scenario("what a pupil may not see answers 404 or 403, also as a page", async ({ visit, client }) => {
    const admin = await client("demo.admin");
    const { id: course } = await admin.course("Class 2", "chinese");
    const { page: sheet } = await admin.examClass(MIDTERM, "Class 1");
    const pupil = await visit();
    pupil.expects(/40[34] \(/);
    await pupil.signIn(PUPIL);
    for (const address of [`/courses/${course}`, sheet, `/me/courses/${course}`]) {
      const answer = await pupil.open(address);
      assert.ok([403, 404].includes(answer.status()), `${address}: ${answer.status()}`);
      assert.match(await pupil.page.locator(".request-id").textContent(), /[0-9a-f]{16}/);
    }
    const assistant = await visit();
    assistant.expects(/404 \(/);
    await assistant.signIn("ben.foster");
    assert.equal((await assistant.open(`/courses/${course}`)).status(), 404);
    await assistant.open("/");
    assert.equal(await assistant.page.locator(".home-courses .link-list a").count(), 1, "one course");
  });

  scenario("cookies are out of reach of scripts, and nothing personal is kept or named", async ({ visit, school }) => {
    const visitor = await visit();
    await visitor.signIn(PUPIL);
    const cookies = await visitor.context.cookies();
    assert.deepEqual(cookies.map((one) => [one.name, one.httpOnly, one.sameSite, one.path]).sort(), [["access", true, "Lax", "/"], ["device", true, "Lax", "/"], ["refresh", true, "Lax", "/"], ["visit", true, "Lax", "/"]]);
    assert.equal(await visitor.page.evaluate(() => document.cookie), "");
    assert.deepEqual(await visitor.page.evaluate(() => [localStorage.length, sessionStorage.length]), [0, 0]);
    const answer = await visitor.open("/me");
    const headers = answer.headers();
    assert.equal(headers["cache-control"], "no-store");
    assert.equal(headers["x-content-type-options"], "nosniff");
    assert.match(headers["content-security-policy"], /frame-ancestors 'none'/);
    assert.doesNotMatch(headers["content-security-policy"], /unsafe/);
    // after signing out, which the page that follows events must not get in the way of, the browser's own way
    // back shows nothing
    await visitor.page.locator(".topbar summary").nth(1).click();
    await Promise.all([visitor.page.waitForURL((url) => url.pathname === "/login"), visitor.page.locator('form[action="/logout"] button').click()]);
    await visitor.page.goBack();
    await visitor.page.waitForURL((url) => url.pathname === "/login");
    const left = await visitor.context.cookies(school.base);
    assert.deepEqual(left.map((one) => one.name).sort(), ["browser", "device", "visit"], "only the name of a browser, that its user has signed in with it, and when they last looked");
    assert.equal(left.find((one) => one.name === "browser").expires, -1, "until it is closed");
    assert.ok(!left.some((one) => one.value.includes(PUPIL)), "nobody's name");
  });

  scenario("another site can neither send a form, nor read an answer, nor put a page into a frame", async ({ visit, school }) => {
    const visitor = await visit();
    await visitor.signIn(PUPIL);
    visitor.expects(/./); // the other site's own pages complain of what is refused to them
    const other = http.createServer((request, response) => {
      const [, kind, target] = /^\/(\w+)(\/.*)$/.exec(request.url) ?? [null, "nothing", ""];
      const body = kind === "form"
        ? `<form method="post" action="${school.base}${target}"><input name="locale" value="en"><input name="current" value="gradebook-demo"><input name="new" value="stolen password"><input name="repeat" value="stolen password"><input name="username" value="demo.admin"><input name="password" value="gradebook-demo"><button>Win</button></form>`
        : `<iframe src="${school.base}${target}"></iframe>`;
      response.setHeader("content-type", "text/html; charset=utf-8").end(`<!doctype html><title>Elsewhere</title>${body}`);
    });
    await new Promise((resolve) => other.listen(0, resolve));
    try {
      const { port } = other.address();
      // another port of the same address is the same site, so that cookies are sent; a name is another site
      for (const origin of [`http://127.0.0.1:${port}`, `http://localhost:${port}`]) {
        for (const target of ["/language", "/account/password", "/logout", "/login"]) {
          await visitor.page.goto(`${origin}/form${target}`);
          const [answer] = await Promise.all([
            visitor.page.waitForResponse((one) => one.request().method() === "POST"),
            visitor.page.click("button"),
          ]);
          assert.equal(answer.status(), 403, `${origin} → ${target}`);
          await visitor.page.waitForLoadState();
          assert.match(await visitor.page.locator("main").textContent(), /请求来自其他网站/);
        }
        await visitor.page.goto(`${origin}/form/language`);
        for (const [method, address] of [["GET", "/api/v1/me/grades"], ["PATCH", "/api/v1/scores"], ["POST", "/session/refresh"]]) {
          const read = await visitor.page.evaluate(
            ([url, verb]) => fetch(url, { method: verb, credentials: "include" }).then(() => "read", () => "refused"),
            [school.base + address, method],
          );
          assert.equal(read, "refused", `${origin} ${method} ${address}`);
        }
        await visitor.page.goto(`${origin}/frame/me`);
        const frame = visitor.page.frames()[1];
        assert.equal(await frame.locator("#main").count(), 0, "framed");
      }
      // still signed in, in the same language, with the same password
      await visitor.open("/me");
      assert.equal(await visitor.page.locator("h1").textContent(), "我的成绩");
      const again = await visit();
      await again.signIn(PUPIL);
    } finally {
      other.closeAllConnections();
      other.close();
    }
  });
});
