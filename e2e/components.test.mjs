// The page of components, which builds for development have; and the pictures that the documentation shows.
import assert from "node:assert/strict";
import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { it } from "node:test";
import { launch, root, School, visit } from "./harness.mjs";
import { MOST_BYTES } from "./screens.mjs";

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
    assert.equal(await page.evaluate(() => document.activeElement.id), "main");
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
  const files = (await readdir(directory)).filter((file) => file !== "README.md");
  for (const file of files) {
    assert.match(file, /^[a-z-]+-(phone-en|desktop-zh-CN)\.png$/);
    assert.ok((await stat(path.join(directory, file))).size <= MOST_BYTES, file);
  }
  const index = await readFile(path.join(directory, "README.md"), "utf8");
  const listed = [...index.matchAll(/src="([\w.-]+\.png)"/g)].map(([, file]) => file);
  assert.deepEqual(listed.sort(), files.sort(), "node e2e/screens.mjs --docs takes them anew");
  const readme = await readFile(path.join(root, "README.md"), "utf8");
  const shown = [...readme.matchAll(/docs\/screens\/([\w.-]+\.png)/g)].map(([, file]) => file);
  assert.ok(shown.length > 0, "the README shows some");
  assert.deepEqual(shown.filter((file) => !files.includes(file)), []);
});
