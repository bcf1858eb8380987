// Run by hand, since it takes minutes: node --test e2e/sweep.mjs
// Every page in every state that pictures are taken of, in both languages: axe with the rules of WCAG 2.2 AA, in
// light and dark; no violation of the content security policy and no complaint of the browser; no scrolling
// sideways at 360 and 1440 px, at 200 % zoom (1280 px wide), and with text of twice the size.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { it } from "node:test";
import { DESKTOP, root } from "./harness.mjs";
import { arrive, leave, makeScenes, withSchools } from "./screens.mjs";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
/** Scenes to visit, while one of them is worked on; all of them otherwise. */
const ONLY = new RegExp(process.env.GRADEBOOK_SCENES ?? "");
/** What a browser says of answers that the scenes ask for. */
const EXPECTED = [/40[0-9] \(/, /42[29] \(/];
/** Pages that no scene opens by their address, each with its reason. */
const NOT_OPENED = new Map([
  ["/admin/imports/forms/{name}", "a file to download"],
  ["/sw.js", "a script"],
  ["/manifest.webmanifest", "a file"],
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
      for (const [username, all, code, at = school] of next()) {
        const pages = all.filter(([name]) => ONLY.test(name));
        if (!pages.length) continue;
        const visitor = await arrive(browser, at.base, username, code, { viewport: DESKTOP, locale, colorScheme: "light", reducedMotion: "reduce" });
        visitor.expects(...EXPECTED);
        for (const [name, address, act] of pages) {
          await visitor.open(address);
          opened.add(address.replace(/[?#].*/, "")).add(new URL(visitor.page.url()).pathname);
          await act?.(visitor);
          await visitor.page.waitForTimeout(200);
          opened.add(new URL(visitor.page.url()).pathname);
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
    assert.deepEqual(wrong, []);
    if (process.env.GRADEBOOK_SCENES) return;
    const source = await readFile(path.join(root, "crates/web/src/routes.rs"), "utf8");
    const routes = [...source.matchAll(/"(\/[^"]*)" => \{\s*GET pages::/g)].map(([, route]) => route);
    assert.ok(routes.length > 40, "the routes are read from routes.rs");
    const parameters = (route) => route.split("{").length;
    const matches = (route, address) => new RegExp(`^${route.replaceAll(".", "\\.").replace(/\{[^}]*\}/g, "[^/]+")}$`).test(address);
    const reached = new Set([...opened].map((address) => routes.filter((route) => matches(route, address)).sort((a, b) => parameters(a) - parameters(b))[0]));
    const missed = routes.filter((route) => !reached.has(route) && !NOT_OPENED.has(route));
    assert.deepEqual(missed, [], "pages that no scene of screens.mjs opens");
  });
}
