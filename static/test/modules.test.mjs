// The shape of src/: imports, those of types among them, point one way.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import test from "node:test";
import { root } from "./helpers.mjs";

test("no module imports itself by way of others", async () => {
  const source = path.join(root, "src");
  const imports = new Map();
  for (const name of await readdir(source, { recursive: true })) {
    if (!name.endsWith(".ts")) continue;
    const file = path.join(source, name);
    const found = (await readFile(file, "utf8")).matchAll(/\bfrom "(\.[^"]+)"/g);
    imports.set(file, [...found].map(([, to]) => path.join(path.dirname(file), to)));
  }
  assert.ok(imports.size > 20);
  const done = new Set();
  const visit = (file, above) => {
    assert.ok(!above.includes(file), [...above, file].map((one) => path.relative(source, one)).join(" → "));
    if (done.has(file)) return;
    for (const next of imports.get(file) ?? []) visit(next, [...above, file]);
    done.add(file);
  };
  for (const file of imports.keys()) visit(file, []);
});
