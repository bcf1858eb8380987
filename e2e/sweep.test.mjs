// Every page in every state that pictures are taken of, in both languages: axe with the rules of WCAG 2.2 AA, in
// light and dark; no violation of the content security policy and no complaint of the browser; no scrolling
// sideways at 360 and 1440 px, at 200 % zoom (1280 px wide), and with text of twice the size.
import assert from "node:assert/strict";
import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { it } from "node:test";
import { DESKTOP, launch, root, School, visit } from "./harness.mjs";
import { arrive, leave, makeScenes, MOST_BYTES, pageOf, withSchools } from "./screens.mjs";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
/** What a browser says of answers that the scenes ask for. */
const EXPECTED = [/40[0-9] \(/, /42[29] \(/];
/** Pages that no scene opens by their address, each with its reason. */
const NOT_OPENED = new Map([
  ["/admin/imports/forms/{id}", "a file to download"],
]);

async function widths(page) {
  const wide = () => page.evaluate(() => {
    const { scrollWidth } = document.documentElement;
    if (scrollWidth <= window.innerWidth) return null;
    const out = [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > window.innerWidth + 1);
    return `${scrollWidth} px: ${out.slice(0, 3).map((e) => `${e.tagName}.${e.className}`).join(", ")}`;
  });
  const found = [];
  for (const [what, width, height] of [["360 px", 360, 740], ["200 % zoom", 640, 400], ["1440 px", 1440, 900]]) {
    await page.setViewportSize({ width, height });
    const over = await wide();
    if (over) found.push(`scrolls sideways at ${what}, ${over}`);
  }
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.evaluate(() => (document.documentElement.style.fontSize = "200%"));
  const over = await wide();
  if (over) found.push(`scrolls sideways with text of 200 %, ${over}`);
  await page.evaluate(() => (document.documentElement.style.fontSize = ""));
  return found;
}

async function axe(visitor, options) {
  const violations = await visitor.barriers({ resultTypes: ["violations"], ...options });
  const levels = await visitor.page.evaluate(() => [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].filter((e) => e.checkVisibility()).map((e) => Number(e.tagName[1])));
  const skipped = levels.findIndex((level, n) => n > 0 && level > levels[n - 1] + 1);
  return skipped < 0 ? violations : [...violations, `headings out of order: ${levels}`];
}

for (const locale of ["zh-CN", "en"]) {
  it(`every page can be used by everybody: ${locale}`, { timeout: 1_800_000 }, async () => {
    const wrong = [];
    const opened = new Set();
    await withSchools(async (browser, school, strict, empty) => {
      const next = await makeScenes(school, strict, empty);
      for (const [username, pages, code, at = school] of next()) {
        const visitor = await arrive(browser, at.base, username, code, { viewport: DESKTOP, locale, colorScheme: "light", reducedMotion: "reduce" });
        visitor.expects(...EXPECTED);
        for (const [name, address, act] of pages) {
          await visitor.open(address);
          opened.add(pageOf(address)).add(pageOf(new URL(visitor.page.url()).pathname));
          await act?.(visitor);
          await visitor.page.waitForTimeout(200);
          opened.add(pageOf(new URL(visitor.page.url()).pathname));
          const found = await axe(visitor, { runOnly: RULES });
          await visitor.page.emulateMedia({ colorScheme: "dark" });
          found.push(...(await visitor.barriers({ resultTypes: ["violations"], runOnly: { type: "rule", values: ["color-contrast"] } })).map((one) => `dark: ${one}`));
          await visitor.page.emulateMedia({ colorScheme: "light", media: "screen" });
          if ((await visitor.page.getAttribute("html", "lang")) !== locale) found.push("another language");
          found.push(...(await widths(visitor.page)));
          await visitor.page.setViewportSize(DESKTOP);
          wrong.push(...found.map((what) => `${name}: ${what}`));
          if (act) await leave(visitor);
        }
        visitor.check();
        await visitor.context.close();
      }
    });
    const source = await readFile(path.join(root, "crates/web/src/routes.rs"), "utf8");
    const pages = [...source.matchAll(/"(\/[^"]*)" => \{\s*GET pages::/g)].map(([, address]) => address.replace(/\{[^}]*\}/g, "{id}"));
    assert.ok(pages.length > 30, "the routes are read from routes.rs");
    const missed = pages.filter((address) => !opened.has(address) && !NOT_OPENED.has(address));
    assert.deepEqual(missed, [], "pages that no scene of screens.mjs opens");
    assert.deepEqual(wrong, []);
  });
}

it("the components work by keyboard, without motion and in forced colours", { timeout: 120_000 }, async () => {
  const school = await School.make("sqlite");
  let browser;
  try {
    [browser] = await Promise.all([launch(), school.serve()]);
    const visitor = await visit(browser, school.base, { locale: "en", reducedMotion: "reduce", forcedColors: "active" });
    const { page } = visitor;
    await visitor.open("/design");
    // what was done is said outside the flow, and goes when it is closed
    const top = () => page.locator("#colours").evaluate((e) => e.offsetTop);
    const before = await top();
    assert.equal(await page.locator("[data-toast] [role=status]").innerText(), "Saved.");
    await page.locator("[data-toast-close]").focus();
    await page.keyboard.press("Enter");
    assert.equal(await page.locator("[data-toast]").count(), 0);
    assert.equal(await top(), before, "nothing moves");
    // a dialog keeps the focus, and gives it back
    await page.locator("#dialog-opener").focus();
    await page.keyboard.press("Enter");
    await page.waitForSelector("#a-dialog[open]");
    for (let n = 0; n < 5; n++) {
      await page.keyboard.press("Tab");
      assert.ok(await page.evaluate(() => document.activeElement === document.body || !!document.activeElement.closest("#a-dialog")), "inside the dialog");
    }
    await page.keyboard.press("Escape");
    assert.equal(await page.evaluate(() => document.activeElement.id), "dialog-opener");
    // a menu opens, closes and gives it back
    const summary = page.locator("main details.menu summary");
    await summary.focus();
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Escape");
    assert.equal(await page.locator("main details.menu[open]").count(), 0);
    assert.ok(await summary.evaluate((e) => e === document.activeElement));
    // without motion nothing moves for long
    const slow = await page.evaluate(() => [...document.querySelectorAll("*")].filter((e) => {
      const { transitionDuration, animationDuration } = getComputedStyle(e);
      return [transitionDuration, animationDuration].some((time) => time.split(",").some((one) => Number.parseFloat(one) > 0.001));
    }).length);
    assert.equal(slow, 0);
    // in forced colours a field that has the focus has an outline
    await page.focus("#f1");
    assert.notEqual(await page.locator("#f1").evaluate((e) => getComputedStyle(e).outlineStyle), "none");
    visitor.check();
    // without script it is a link that leads to the page without the message's address
    const plain = await visit(browser, school.base, { locale: "en", javaScriptEnabled: false });
    await plain.page.goto(`${school.base}/design?done=saved`);
    await plain.page.click("[data-toast-close]");
    assert.equal(new URL(plain.page.url()).search, "");
  } finally {
    await browser?.close();
    await school.stop();
  }
});

it("the pictures of the documentation are small, and those that it shows are there", async () => {
  const directory = path.join(root, "docs/screens");
  const files = await readdir(directory);
  assert.ok(files.length > 60, `${files.length} pictures`);
  for (const file of files) {
    assert.match(file, /^[a-z-]+-(phone-en|desktop-zh-CN)\.png$/);
    assert.ok((await stat(path.join(directory, file))).size <= MOST_BYTES, file);
  }
  const readme = await readFile(path.join(root, "README.md"), "utf8");
  const shown = [...readme.matchAll(/docs\/screens\/([\w.-]+\.png)/g)].map(([, file]) => file);
  assert.ok(shown.length > 0, "the README shows some");
  assert.deepEqual(shown.filter((file) => !files.includes(file)), []);
});
