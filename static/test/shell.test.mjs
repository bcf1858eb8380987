// What stands in for a page that is late.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import test from "node:test";
import { on } from "./browser.mjs";
import { root } from "./helpers.mjs";

const manifest = JSON.parse(await readFile(path.join(root, "dist/manifest.json"), "utf8"));

/** A late address: the stand-in comes first, then what the page's own request gets, then whatever a reload gets. */
const late = (type) => on("/login", async ({ page, base }) => {
  const asked = [];
  await page.route("**/late", async (route) => {
    const own = route.request().headers()["x-shell"] === "1";
    asked.push(own ? "own" : "browser");
    if (own) return route.fulfill({ contentType: type, body: "<title>filled in</title><p>here</p>" });
    const first = asked.length === 1;
    return route.fulfill({ contentType: "text/html", body: first ? `<title>late</title><p data-shell="loading">…</p><script src="/static/${manifest["shell.js"]}" defer></script>` : "<title>loaded</title>" });
  });
  await page.goto(`${base}/late`);
  await page.waitForFunction(() => document.title !== "late");
  assert.deepEqual([await page.title(), asked], type.startsWith("text/html") ? ["filled in", ["browser", "own"]] : ["loaded", ["browser", "own", "browser"]]);
});

test("a page fills its stand-in", () => late("text/html; charset=utf-8"));
test("a file is the browser's to open", () => late("text/csv"));
test("closing what was done from the keyboard leaves the keyboard on the page", () => on("/login", async ({ page, base }) => {
  await page.route("**/noted", (route) => route.fulfill({
    contentType: "text/html",
    body: `<main id="main" tabindex="-1">x</main><div data-toast><p>Saved.</p><a href="?" data-toast-close>x</a></div><script src="/static/${manifest["base.js"]}" defer></script>`,
  }));
  await page.goto(`${base}/noted`);
  await page.locator("[data-toast-close]").focus();
  await page.keyboard.press("Enter");
  await page.waitForSelector("[data-toast]", { state: "detached" });
  assert.equal(await page.evaluate(() => document.activeElement.id), "main");
}));
