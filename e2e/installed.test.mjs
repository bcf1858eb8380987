// The app on a phone, with its real service worker: what opens without a network, what this device keeps of
// grades and for whom, and when it goes.
import assert from "node:assert/strict";
import http from "node:http";
import { onDatabases, PHONE } from "./harness.mjs";

const PUPIL = "2026070301";
const OTHER = "2026070302";
const TEACHER = "chen.siyuan";
const phone = { viewport: PHONE, serviceWorkers: "allow" };

/** Resolves when the worker has taken over: it has all that the shell needs. */
const workerReady = (page) => page.evaluate(async () => {
  const { active } = await navigator.serviceWorker.ready;
  if (active.state !== "activated") await new Promise((done) => active.addEventListener("statechange", () => active.state === "activated" && done()));
  await caches.match("/language").then((kept) => kept ?? new Promise((done) => setTimeout(done, 300)));
});

/** Everything that is kept on this device: names of caches, and each answer's address and text. */
const kept = (page) => page.evaluate(async () => {
  const found = [];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) found.push({ name, path: new URL(request.url).pathname, text: await (await cache.match(request)).text() });
  }
  return found;
});

const ofGrades = (all) => all.filter(({ name }) => name.startsWith("grades-"));

/** Opens an address with the network gone. */
async function offline(visitor, address) {
  await visitor.context.setOffline(true);
  await visitor.page.goto(visitor.base + address);
}

/** The browser says of every request without a network that it failed. */
const noNetwork = (visitor) => visitor.expects(/ERR_INTERNET_DISCONNECTED|Failed to fetch|ERR_FAILED|ERR_NETWORK/);

/** Turns the copy on, and waits until the courses are in it, too. */
async function turnCopyOn(page) {
  const courses = await page.locator('.course-title a[href^="/me/courses/"]').count();
  assert.ok(courses > 0);
  await page.locator("[data-copy-switch]").click();
  await page.waitForFunction(async (wanted) => {
    const name = (await caches.keys()).find((one) => one.startsWith("grades-"));
    return name && (await (await caches.open(name)).keys()).length === wanted;
  }, courses + 1);
  assert.equal(await page.getAttribute("[data-copy-switch]", "aria-checked"), "true");
}

async function signOut(page) {
  await page.locator(".topbar summary").nth(1).click();
  await page.locator('form[action="/logout"] button').click();
  await page.waitForURL((url) => url.pathname === "/login");
}

onDatabases(["sqlite"], (scenario) => {
  scenario("the app can be installed, in the language of the page", async ({ school, visit }) => {
    const visitor = await visit({ ...phone, locale: "zh-CN" });
    const { page, context } = visitor;
    await visitor.open("/login");
    const session = await context.newCDPSession(page);
    const { errors, url } = await session.send("Page.getAppManifest");
    assert.deepEqual(errors, []);
    assert.match(url, /lang=zh-CN/);
    await workerReady(page);
    const { installabilityErrors } = await session.send("Page.getInstallabilityErrors");
    // The tests' windows are private ones, in which no browser installs anything; nothing else is amiss.
    assert.deepEqual(installabilityErrors.map((one) => one.errorId).filter((id) => id !== "in-incognito"), []);

    for (const lang of ["zh-CN", "en"]) {
      const answer = await fetch(`${school.base}/manifest.webmanifest?lang=${lang}`);
      assert.equal(answer.headers.get("content-type"), "application/manifest+json");
      const manifest = await answer.json();
      assert.equal(manifest.lang, lang);
      assert.deepEqual([manifest.id, manifest.start_url, manifest.scope, manifest.display], ["/", "/", "/", "standalone"]);
      assert.ok(manifest.short_name.length > 0 && manifest.short_name.length <= 12);
      const purposes = [];
      for (const { src, sizes, type, purpose } of manifest.icons) {
        const picture = await fetch(school.base + src);
        assert.equal(picture.headers.get("content-type"), type);
        const bytes = new DataView(await picture.arrayBuffer());
        assert.equal(`${bytes.getUint32(16)}x${bytes.getUint32(20)}`, sizes, "the width and height of a PNG");
        purposes.push(`${sizes} ${purpose}`);
      }
      assert.deepEqual(purposes, ["192x192 any", "512x512 any", "512x512 maskable"]);
    }
    const worker = await fetch(`${school.base}/sw.js`);
    assert.equal(worker.headers.get("cache-control"), "no-cache");
    assert.match(worker.headers.get("content-type"), /^text\/javascript/);
    assert.match(worker.headers.get("content-security-policy"), /worker-src 'self'/);
  });

  scenario("without a network and without a copy the page says so, keeps nothing, and opens by itself again", async ({ visit }) => {
    const visitor = await visit({ ...phone, locale: "en" });
    noNetwork(visitor);
    const { page, context } = visitor;
    await visitor.signIn(PUPIL);
    await workerReady(page);
    await page.locator(".course-title a").first().click();
    await page.waitForURL(/courses/);
    const grades = await page.locator(".course-totals").textContent();
    const all = await kept(page);
    assert.ok(all.some(({ path }) => path === "/offline"), "the shell");
    assert.deepEqual([...new Set(all.map(({ path }) => path))].filter((path) => !path.startsWith("/static/")).sort(), ["/language", "/offline"], "nothing of the server's pages and answers");
    for (const { path, text } of all) assert.doesNotMatch(text, /September exam|class="grade-row/, path);

    for (const address of ["/me", "/me/courses/1", "/", "/account"]) {
      await offline(visitor, address);
      await page.locator('[data-shell="offline"] h1').waitFor();
      assert.equal(await page.getAttribute("html", "lang"), "en");
      assert.doesNotMatch(await page.locator("body").textContent(), /September exam/);
    }
    assert.deepEqual(await visitor.barriers(), []);
    assert.equal(await visitor.scrollsSideways(), false);
    await offline(visitor, "/me");
    await context.setOffline(false);
    await page.locator(".grade-list").waitFor({ timeout: 20_000 });
    assert.equal(new URL(page.url()).pathname, "/me");
    assert.equal(await page.locator("h1").textContent(), "My grades");
    // the page that came is a whole one: its script runs
    await page.locator("[data-copy-switch]").waitFor();
    assert.ok(grades.length > 0);
  });

  /** The head of an answer and its first half at once, the rest a good while later. */
  async function inTwoParts(answer, response) {
    const text = Buffer.concat(await answer.toArray());
    response.write(text.subarray(0, text.length / 2));
    setTimeout(() => response.end(text.subarray(text.length / 2)), 1200);
  }

  scenario("a late page: the shell at once, then the page in it", async ({ school, test, visit }) => {
    let late = false;
    let asked = 0;
    const server = new URL(school.base);
    const proxy = http.createServer((request, response) => {
      const own = request.url === "/me";
      if (own && !request.headers["x-live"]) asked++; // not what a page that is open asks for by itself
      const pass = () => request.pipe(http.request({ host: server.hostname, port: server.port, path: request.url, method: request.method, headers: request.headers }, (answer) => {
        response.writeHead(answer.statusCode, answer.headers);
        if (late && own) inTwoParts(answer, response);
        else answer.pipe(response);
      }));
      if (late && own) setTimeout(pass, 2500);
      else pass();
    });
    await new Promise((done) => proxy.listen(0, "127.0.0.1", done));
    proxy.unref();
    test.after(() => proxy.closeAllConnections());
    const visitor = await visit({ ...phone, locale: "en" });
    visitor.base = `http://127.0.0.1:${proxy.address().port}`;
    const { page, context } = visitor;
    await visitor.signIn(PUPIL);
    await workerReady(page);
    late = true;
    asked = 0;
    await page.goto(`${visitor.base}/me`, { waitUntil: "commit" });
    await page.locator('[data-shell="loading"]').waitFor({ timeout: 2000 });
    assert.equal(await page.locator(".grade-list").count(), 0);
    await page.locator(".grade-list").waitFor({ timeout: 10_000 });
    assert.equal(await page.locator('[data-shell="loading"]').count(), 0);
    assert.match(await page.title(), /^My grades · /);
    assert.equal(asked, 1, "the page was asked for once");
    // signed out meanwhile: what comes is the page that it leads to
    await context.clearCookies();
    await page.goto(`${visitor.base}/me`, { waitUntil: "commit" });
    await page.locator("#password").waitFor({ timeout: 15_000 });
    assert.equal(new URL(page.url()).pathname, "/login");
  });

  scenario("a copy of own grades, once asked for: read without a network, gone at sign-out", async ({ visit }) => {
    const visitor = await visit({ ...phone, locale: "en" });
    noNetwork(visitor);
    const { page, context } = visitor;
    await visitor.signIn(PUPIL);
    await workerReady(page);
    await turnCopyOn(page);
    const shown = await page.locator(".grade-row").first().textContent();
    const course = await page.locator(".course-title a").first().getAttribute("href");
    for (const { text } of ofGrades(await kept(page))) assert.doesNotMatch(text, /form_token/);

    await offline(visitor, "/me");
    await page.locator('[data-shell="copy"]').waitFor();
    assert.match(await page.locator('[data-shell="copy"] .alert').textContent(), /Copy of \d+ \w+ \d{4}.*No connection/s);
    assert.equal(await page.locator(".grade-row").first().textContent(), shown);
    assert.deepEqual(await visitor.barriers(), []);
    await page.locator(`.course-title a[href="${course}"]`).click();
    await page.waitForURL((url) => url.pathname === course);
    await page.locator('[data-shell="copy"] table.why').first().waitFor();
    await offline(visitor, "/me/report");
    await page.locator('[data-shell="offline"] h1').waitFor();

    await context.setOffline(false);
    await page.goto(`${visitor.base}/me`);
    await page.locator("[data-copy-switch][aria-checked=true]").waitFor();
    await signOut(page);
    assert.deepEqual(ofGrades(await kept(page)), [], "nothing is left");
    await workerReady(page);
    await offline(visitor, "/me");
    await page.locator('[data-shell="offline"] h1').waitFor();
    assert.doesNotMatch(await page.locator("body").textContent(), /September exam/);
  });

  scenario("the copy is turned off by the same switch", async ({ visit }) => {
    const visitor = await visit({ ...phone, locale: "en" });
    const { page } = visitor;
    await visitor.signIn(PUPIL);
    await workerReady(page);
    await turnCopyOn(page);
    await page.locator("[data-copy-switch]").press("Space");
    await page.waitForFunction(async () => !(await caches.keys()).some((name) => name.startsWith("grades-")));
    await page.reload();
    await page.locator("[data-copy-switch][aria-checked=false]").waitFor();
    assert.deepEqual(ofGrades(await kept(page)), []);
  });

  scenario("turned off while courses are still on their way: nothing of them is kept", async ({ visit }) => {
    const visitor = await visit({ ...phone, locale: "en" });
    const { page } = visitor;
    await visitor.signIn(PUPIL);
    await workerReady(page);
    // Every course that is fetched to be kept waits until the test lets it come.
    await page.evaluate(() => {
      const { fetch } = window;
      let come;
      const letCome = new Promise((done) => (come = done));
      Object.assign(window, { come, asked: 0, came: 0 });
      window.fetch = async (address, options) => {
        const answer = await fetch(address, options);
        if (!String(address).startsWith("/me/courses/")) return answer;
        window.asked++;
        await letCome;
        setTimeout(() => window.came++, 300); // after the page has done with it
        return answer;
      };
    });
    const copies = page.locator("[data-copy-switch]");
    await copies.click();
    await page.waitForFunction(() => window.asked > 0);
    assert.equal(ofGrades(await kept(page)).length, 1, "the list itself");
    await copies.click();
    await page.waitForFunction(async () => !(await caches.keys()).some((name) => name.startsWith("grades-")));
    await page.evaluate(() => window.come());
    await page.waitForFunction(() => window.came === window.asked);
    assert.deepEqual(ofGrades(await kept(page)), [], "what was forgotten does not come back");
    assert.equal(await copies.getAttribute("aria-checked"), "false");
  });

  scenario("a session that was ended elsewhere, and another user: the copy is gone before they see anything", async ({ visit, client }) => {
    const visitor = await visit({ ...phone, locale: "en" });
    noNetwork(visitor);
    visitor.expects(/401|aborted/i);
    const { page, context } = visitor;
    await visitor.signIn(PUPIL);
    await workerReady(page);
    await turnCopyOn(page);
    await (await client(PUPIL)).post("/api/v1/users/me/sessions/end-others").catch(() => undefined);
    await page.waitForURL((url) => url.pathname === "/login", { timeout: 20_000 });
    await page.waitForFunction(async () => !(await caches.keys()).some((name) => name.startsWith("grades-")));

    await visitor.signIn(PUPIL);
    await turnCopyOn(page);
    const mine = ofGrades(await kept(page));
    // Somebody takes the device without signing out: the session's cookies go, the copy stays behind.
    await context.clearCookies();
    await context.setOffline(true);
    await context.setOffline(false);
    await page.goto(`${visitor.base}/login`);
    await page.waitForFunction(async () => !(await caches.keys()).some((name) => name.startsWith("grades-")));
    // And even if it were there at the moment of signing in, it is not the other's.
    await page.evaluate(async ({ name, path, text }) => (await caches.open(name)).put(path, new Response(text)), mine[0]);
    await visitor.signIn(OTHER, "/me");
    await page.waitForFunction(async () => !(await caches.keys()).some((name) => name.startsWith("grades-")));
    await offline(visitor, "/me");
    await page.locator('[data-shell="offline"] h1').waitFor();
  });

  scenario("a teacher's pages are never kept; without a network they say what becomes of what was typed", async ({ visit, client }) => {
    const { id } = await (await client(TEACHER)).course("Class 3", "mathematics");
    const visitor = await visit({ serviceWorkers: "allow", locale: "en" });
    noNetwork(visitor);
    const { page } = visitor;
    await visitor.signIn(TEACHER);
    await workerReady(page);
    for (const address of ["/", `/courses/${id}`, "/account", "/reviews"]) await visitor.open(address);
    const all = await kept(page);
    assert.deepEqual([...new Set(all.map(({ path }) => path))].filter((path) => !path.startsWith("/static/")).sort(), ["/language", "/offline"]);
    for (const { path, text } of all) assert.doesNotMatch(text, /2026070301/, path);
    await offline(visitor, `/courses/${id}`);
    await page.locator('[data-shell="offline"] h1').waitFor();
    assert.match(await page.locator('[data-shell="offline"]').textContent(), /stay on this device/);
    await visitor.context.setOffline(false);
    await page.locator("#grid[data-ready]").waitFor({ timeout: 20_000 });
  });
});
