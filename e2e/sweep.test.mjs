// Every page in every state that pictures are taken of (the scenes of screens.mjs), in both languages: axe with the
// rules of WCAG 2.2 AA, contrast in light and dark, and the order of headings; no violation of the content security
// policy and no complaint of the browser; no scrolling sideways at 360 and 1440 px, at 200 % zoom (1280 px wide), and
// with text of twice the size; nothing that moves for who asks for less motion, nothing that is said by a background
// alone, which forced colours take away. A page route that no scene opens fails it.
//   GRADEBOOK_SCENES=PATTERN for some scenes, while one of them is worked on
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { describe, it } from "node:test";
import { DESKTOP, root } from "./harness.mjs";
import { arrive, leave, makeScenes, withSchools } from "./screens.mjs";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const ONLY = new RegExp(process.env.GRADEBOOK_SCENES ?? "");
/** What a browser says of answers that the scenes ask for. */
const EXPECTED = [/40[0-9] \(/, /42[29] \(/];
/** Pages that no scene opens by their address, each with its reason. */
const NOT_OPENED = new Map([
  ["/admin/setup", "leads on to the step that is next"],
  ["/offline", "what the worker shows without a network: installed.test.mjs looks at it"],
  ["/admin/imports/forms/{name}", "a file to download"],
  ["/sw.js", "a script"],
  ["/manifest.webmanifest", "a file"],
]);

/** Rows like the ones above them, which take axe as long as all the rest. */
const ALIKE = ["tbody > tr", ".tabulator-row", ".link-list > li", ".entry-list > li", ".name-list > li", ".slips > li", ".slips > article"].map((row) => [`${row}:nth-child(n + 8)`]);

/** Whether the page is wider than its window, and by what. */
const tooWide = () => {
  const { scrollWidth } = document.documentElement;
  if (scrollWidth <= window.innerWidth) return null;
  const out = [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > window.innerWidth + 1);
  return `${scrollWidth} px: ${out.slice(0, 3).map((e) => `${e.tagName}.${e.className}`).join(", ")}`;
};

/** Texts of a row in a list that lie on each other. */
const onEachOther = () => {
  const boxes = (element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    return [...range.getClientRects()].filter(({ width }) => width > 1);
  };
  const meet = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
  const rows = [...document.querySelectorAll(".link-list > li, .action-row, .grade-row")].filter((row) => row.checkVisibility());
  const crowded = rows.filter((row) => {
    const parts = [...row.children].filter((part) => part.checkVisibility()).map(boxes);
    return parts.some((one, n) => parts.slice(n + 1).some((other) => one.some((a) => other.some((b) => meet(a, b)))));
  });
  return crowded.map((row) => row.textContent.trim().replace(/\s+/g, " ").slice(0, 60));
};

/** What moves, or would, for longer than a moment. */
const moving = () => {
  const longest = (durations) => Math.max(...durations.split(",").map((one) => Number.parseFloat(one) * (one.endsWith("ms") ? 0.001 : 1)));
  const styled = [...document.querySelectorAll("body, body *")].filter((element) =>
    [undefined, "::before", "::after"].some((part) => {
      const style = getComputedStyle(element, part);
      return longest(style.transitionDuration) > 0.01 || (style.animationName !== "none" && longest(style.animationDuration) > 0.01);
    }));
  const running = document.getAnimations().filter((one) => one.playState === "running" && one.effect.getComputedTiming().endTime > 10);
  return [...new Set([...styled.map((e) => `${e.tagName}.${e.className}`), ...running.map((one) => one.animationName ?? one.transitionProperty ?? one.id)])];
};

/** With colours forced, nothing is left of a background or a shadow: what has only these cannot be told. */
const onlyBackground = () => {
  const edge = (style) => ["Top", "Right", "Bottom", "Left"].some((side) => Number.parseFloat(style[`border${side}Width`]) > 0 && style[`border${side}Style`] !== "none")
    || (style.outlineStyle !== "none" && Number.parseFloat(style.outlineWidth) > 0);
  const visible = (selector) => [...document.querySelectorAll(selector)].filter((e) => e.checkVisibility({ visibilityProperty: true }) && e.getBoundingClientRect().width > 1);
  const parts = visible(".badge, .button, .chip, .input, .select, .textarea, .card, .course-card, .alert, .toast, .menu-panel, .dialog, .nav-count, .switch, progress.meter")
    .filter((e) => !edge(getComputedStyle(e)));
  const chosen = visible("[aria-current], [aria-selected='true'], [aria-pressed='true']")
    .filter((e) => !edge(getComputedStyle(e)) && !getComputedStyle(e).textDecorationLine.includes("underline"));
  // A wrong field must not look like every other field.
  const wrong = visible(".input[aria-invalid='true'], .select[aria-invalid='true'], .textarea[aria-invalid='true']")
    .filter((e) => Number.parseFloat(getComputedStyle(e).borderTopWidth) < 2);
  return [...new Set([...parts, ...chosen, ...wrong].map((e) => `${e.tagName}.${e.className}`))];
};

async function widths(page) {
  const found = [];
  for (const [what, width, height] of [["360 px", 360, 740], ["200 % zoom", 640, 400], ["1440 px", 1440, 900]]) {
    await page.setViewportSize({ width, height });
    const over = await page.evaluate(tooWide);
    if (over) found.push(`scrolls sideways at ${what}, ${over}`);
    found.push(...(await page.evaluate(onEachOther)).map((text) => `texts on each other at ${what}: ${text}`));
  }
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.evaluate(() => (document.documentElement.style.fontSize = "200%"));
  const over = await page.evaluate(tooWide);
  if (over) found.push(`scrolls sideways with text of 200 %, ${over}`);
  await page.evaluate(() => (document.documentElement.style.fontSize = ""));
  await page.setViewportSize(DESKTOP);
  return found;
}

async function headings(page) {
  const levels = await page.evaluate(() => [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].filter((e) => e.checkVisibility()).map((e) => Number(e.tagName[1])));
  const skipped = levels.findIndex((level, n) => n > 0 && level > levels[n - 1] + 1);
  return skipped < 0 ? [] : [`headings out of order: ${levels}`];
}

/** All that is wrong with the page that a visitor is on. */
async function faults(visitor, locale) {
  const { page } = visitor;
  const found = await visitor.barriers({ resultTypes: ["violations"], runOnly: RULES }, ALIKE);
  found.push(...(await headings(page)));
  if ((await page.getAttribute("html", "lang")) !== locale) found.push("another language");
  found.push(...(await page.evaluate(moving)).map((what) => `moves: ${what}`));
  await page.emulateMedia({ colorScheme: "dark" });
  const contrast = { resultTypes: ["violations"], runOnly: { type: "rule", values: ["color-contrast"] } };
  found.push(...(await visitor.barriers(contrast, ALIKE)).map((one) => `dark: ${one}`));
  await page.emulateMedia({ colorScheme: "light", media: "screen", forcedColors: "active" });
  found.push(...(await page.evaluate(onlyBackground)).map((what) => `forced colours: nothing but a background: ${what}`));
  await page.emulateMedia({ forcedColors: "none" });
  return [...found, ...(await widths(page))];
}

async function missedRoutes(opened) {
  const source = await readFile(path.join(root, "crates/web/src/routes.rs"), "utf8");
  const routes = [...source.matchAll(/"(\/[^"]*)" => \{\s*GET pages::/g)].map(([, route]) => route);
  assert.ok(routes.length > 40, "the routes are read from routes.rs");
  const parameters = (route) => route.split("{").length;
  const matches = (route, address) => new RegExp(`^${route.replaceAll(".", "\\.").replace(/\{[^}]*\}/g, "[^/]+")}$`).test(address);
  const reached = new Set([...opened].map((address) => routes.filter((route) => matches(route, address)).sort((a, b) => parameters(a) - parameters(b))[0]));
  return routes.filter((route) => !reached.has(route) && !NOT_OPENED.has(route));
}

// Each language has schools of its own, so that both go on at once.
describe("every page can be used by everybody", { concurrency: true }, () => {
  for (const locale of ["zh-CN", "en"]) {
    it(locale, { timeout: 1_800_000 }, async () => {
      const wrong = [];
      const note = (what) => {
        wrong.push(what);
        console.error(`${locale} ${what}`); // at once: the whole takes minutes
      };
      const opened = new Set();
      await withSchools(async (browser, school, strict, empty) => {
        const next = await makeScenes(school, strict, empty, 1);
        for (const [username, all, code, at = school] of next()) {
          const pages = all.filter(([name]) => ONLY.test(name));
          if (!pages.length) continue;
          const visitor = await arrive(browser, at.base, username, code, { viewport: DESKTOP, locale, colorScheme: "light", reducedMotion: "reduce" });
          visitor.expects(...EXPECTED);
          for (const [name, address, act] of pages) {
            try {
              await visitor.open(address);
              opened.add(address.replace(/[?#].*/, "")).add(new URL(visitor.page.url()).pathname);
              await act?.(visitor);
              opened.add(new URL(visitor.page.url()).pathname);
              for (const what of await faults(visitor, locale)) note(`${name}: ${what}`);
            } catch (error) {
              note(`${name}: ${error.message}`);
            }
            if (act) await leave(visitor);
          }
          for (const what of visitor.complaints()) note(`${username}: the browser complained: ${what}`);
          await visitor.context.close();
        }
      });
      assert.deepEqual(wrong, []);
      if (!process.env.GRADEBOOK_SCENES) assert.deepEqual(await missedRoutes(opened), [], "pages that no scene of screens.mjs opens");
    });
  }
});
