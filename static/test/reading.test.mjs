// What a screen reader is told of the grid, what the sheet of keys promises, and what is seen in colours of one's own.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import test from "node:test";
import { cell, on, settled } from "./browser.mjs";
import { root } from "./helpers.mjs";

/** The places that the rows and cells on the screen give themselves. */
const places = (page) => page.evaluate(() => {
  const grid = document.querySelector('[role="grid"]');
  const numbers = (name, within, selector) => [...within.querySelectorAll(selector)].map((one) => Number(one.getAttribute(name)));
  const rows = [...grid.querySelectorAll(".tabulator-table > .tabulator-row")];
  return {
    rowcount: Number(grid.getAttribute("aria-rowcount")),
    colcount: Number(grid.getAttribute("aria-colcount")),
    head: [Number(grid.querySelector(".tabulator-headers").getAttribute("aria-rowindex")), ...numbers("aria-colindex", grid, ".tabulator-headers > .tabulator-col")],
    rows: rows.map((row) => Number(row.getAttribute("aria-rowindex"))),
    cells: rows.map((row) => numbers("aria-colindex", row, ".tabulator-cell").join()),
    names: rows.map((row) => row.querySelector('[role="rowheader"]').textContent),
    roles: [...new Set(rows.flatMap((row) => [row.getAttribute("role"), ...[...row.children].map((one) => one.getAttribute("role"))]))].sort(),
  };
});
const upTo = (n, from = 1) => Array.from({ length: n }, (_, i) => i + from);

test("every row and cell says its place, also when sorted, searched and folded", () => on("/courses/12", async ({ page, state }) => {
  const pupils = state.students.length;
  const whole = await places(page);
  assert.equal(whole.rowcount, pupils + 2, "a head and the figures are rows, too");
  assert.deepEqual(whole.head, [1, ...upTo(whole.colcount)]);
  assert.deepEqual(whole.rows, upTo(pupils, 2));
  assert.deepEqual([...new Set(whole.cells)], [upTo(whole.colcount).join()]);
  assert.deepEqual(whole.roles, ["gridcell", "row", "rowheader"]);

  await page.selectOption("#grid-sort", "name|asc");
  await page.waitForFunction((first) => document.querySelector('.tabulator-table [role="rowheader"]').textContent !== first, whole.names[0]);
  const sorted = await places(page);
  assert.deepEqual(sorted.rows, upTo(pupils, 2));

  await page.fill("#grid-search", "000");
  await page.waitForFunction((all) => document.querySelectorAll(".tabulator-table > .tabulator-row").length < all, pupils);
  const found = await places(page);
  assert.deepEqual(found.rows, upTo(found.rows.length, 2));
  assert.equal(found.rowcount, pupils + 2, "it is the whole class that is searched");
}));

test("moving names student, column, value and state; a refusal and what is saved are said", () => on("/courses/12", async ({ page }) => {
  const saved = await page.evaluate(() => JSON.parse(document.querySelector("#messages").textContent)["grid-saved-other"].replace("{count}", "1"));
  const told = () => page.evaluate(() => document.activeElement.getAttribute("aria-label"));
  await cell(page, 100, 15).click();
  const first = await told();
  await page.keyboard.type("41.5");
  await page.keyboard.press("Enter");
  const second = await told();
  const names = await page.evaluate(() => [...document.querySelectorAll('.tabulator-table [role="rowheader"]')].slice(0, 2).map((one) => one.textContent));
  assert.ok(first.startsWith(`${names[0]}, `) && second.startsWith(`${names[1]}, `), `${first} | ${second}`);
  assert.equal(first.split(", ")[1], second.split(", ")[1], "the same column");
  await settled(page);
  // said once for what was saved together, politely
  await page.waitForFunction((words) => document.querySelector('[aria-live="polite"]#announcer')?.textContent === words, saved);
  await page.keyboard.press("ArrowUp");
  assert.match(await told(), /41\.5/);
  await page.keyboard.type("4x");
  await page.keyboard.press("Enter");
  const alert = await page.evaluate(() => [...document.querySelectorAll('[role="alert"]')].map((one) => one.textContent).join(""));
  assert.notEqual(alert, "");
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute("aria-invalid")), "true");
}));

test("the sheet of keys names every key that the grid takes", async () => {
  const source = await readFile(path.join(root, "src/grid/keyboard.ts"), "utf8");
  const handled = new Set([...source.matchAll(/case "([^"]+)":/g)].map(([, key]) => key));
  for (const [, code] of source.matchAll(/code === "(Key[A-Z])"/g)) handled.add(`Alt+${code.slice(3)}`);
  const dialogs = await readFile(path.join(root, "src/grid/dialogs.ts"), "utf8");
  const sheet = dialogs.slice(dialogs.indexOf("const KEYS"), dialogs.indexOf("];\n\nexport"));
  const listed = [...sheet.matchAll(/"([^"]+)"/g)].map(([, text]) => text).join(" ");
  const shown = {
    Enter: "Enter", Tab: "Tab", Escape: "Esc", F2: "F2", ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", Home: "Home", End: "End",
    PageUp: "PgUp", PageDown: "PgDn", F6: "F6", F8: "F8", F10: "Shift+F10", ContextMenu: "Shift+F10", Delete: "Delete", Backspace: "Backspace", "?": "?",
    KeyZ: "Ctrl+Z", KeyY: "Ctrl+Y", KeyD: "Ctrl+D", KeyA: "Ctrl+A", "Alt+H": "Alt+H", "Alt+M": "Alt+M", "Alt+T": "Alt+T",
  };
  assert.ok(handled.size > 20, "the keys were found");
  for (const key of handled) {
    assert.ok(shown[key], `${key} is handled, and this test does not know how the sheet writes it`);
    assert.ok(listed.includes(shown[key]), `${shown[key]} is not on the sheet`);
  }
});

const OWN_COLOURS = { forcedColors: "active" };
test("in colours of one's own the active cell, what is selected and what is wrong can be told apart", () => on("/courses/12", async ({ page }) => {
  const look = (locator) => locator.evaluate((one) => {
    const { backgroundColor, outlineStyle, outlineWidth } = getComputedStyle(one);
    return { backgroundColor, outline: `${outlineStyle} ${outlineWidth}` };
  });
  await cell(page, 100, 15).click();
  await page.keyboard.press("Shift+ArrowDown");
  await page.keyboard.press("Shift+ArrowDown");
  const [inside, outside, active] = [await look(cell(page, 101, 15)), await look(cell(page, 104, 15)), await look(page.locator("#cell-input"))];
  assert.notEqual(inside.backgroundColor, outside.backgroundColor);
  assert.match(active.outline, /^solid [1-9]/);
  await page.keyboard.press("Escape");
  await page.keyboard.type("zz");
  await page.keyboard.press("Enter");
  assert.match((await look(page.locator("#cell-input"))).outline, /^double/);
}, OWN_COLOURS));
