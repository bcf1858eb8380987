// Bundles the front end into dist/: hashed names, a manifest, and .br/.gz beside each text file.
// Run after `npm ci --ignore-scripts`. The same sources always give the same bytes.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import zlib from "node:zlib";

const root = path.dirname(fileURLToPath(import.meta.url));
const out = path.join(root, "dist");
const quiet = process.argv.includes("--quiet");

const entryPoints = [
  { in: "styles/app.css", out: "app" },
  { in: "styles/grid.css", out: "grid" },
  { in: "styles/design.css", out: "design" },
  { in: "src/base.ts", out: "base" },
  { in: "src/student.ts", out: "student" },
  { in: "src/shell.ts", out: "shell" },
  { in: "src/analysis.ts", out: "analysis" },
  { in: "src/entry.ts", out: "entry" },
  { in: "src/grid/main.ts", out: "grid" },
];

await mkdir(out, { recursive: true });

const result = await build({
  absWorkingDir: root,
  entryPoints,
  outdir: out,
  bundle: true,
  minify: true,
  format: "iife",
  target: ["es2022", "chrome109", "firefox115", "safari16.4"],
  entryNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  loader: { ".svg": "dataurl" },
  legalComments: "eof",
  charset: "utf8",
  metafile: true,
  logLevel: "warning",
});

const manifest = {};
for (const [file, info] of Object.entries(result.metafile.outputs)) {
  if (!info.entryPoint) continue;
  const name = path.basename(file);
  manifest[name.replace(/-[A-Z0-9]{8}(\.\w+)$/, "$1")] = name;
}

async function addHashed(name, bytes) {
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 8).toUpperCase();
  const { name: stem, ext } = path.parse(name);
  manifest[name] = `${stem}-${hash}${ext}`;
  await writeFile(path.join(out, manifest[name]), bytes);
}

// Icons that pages and the app's manifest link to by address; those used by styles are inlined above.
for (const name of (await readdir(path.join(root, "icons"))).sort()) {
  if (!/^(favicon|mark|icon-\w+)\.(svg|png)$/.test(name)) continue;
  await addHashed(name, await readFile(path.join(root, "icons", name)));
}

// The service worker last: it names what it keeps. It has a fixed address, where the server puts it.
const kept = ["app.css", "base.js", "student.js", "shell.js", "mark.svg", "favicon.svg"];
await build({
  absWorkingDir: root,
  entryPoints: ["worker/sw.ts"],
  outfile: path.join(out, "sw.js"),
  bundle: true,
  minify: true,
  format: "iife",
  target: ["es2022", "chrome109", "firefox115", "safari16.4"],
  define: { "process.env.NODE_ENV": '"production"', SHELL_FILES: JSON.stringify(kept.map((name) => `/static/${manifest[name]}`)) },
  legalComments: "eof",
  charset: "utf8",
  logLevel: "warning",
});

const sorted = Object.fromEntries(Object.entries(manifest).sort(([a], [b]) => (a < b ? -1 : 1)));

const brotli = promisify(zlib.brotliCompress);
const gzip = promisify(zlib.gzip);
const rows = [];
for (const name of Object.values(sorted).filter((name) => !name.endsWith(".png"))) {
  const bytes = await readFile(path.join(out, name));
  const br = await brotli(bytes, {
    params: {
      [zlib.constants.BROTLI_PARAM_QUALITY]: zlib.constants.BROTLI_MAX_QUALITY,
      [zlib.constants.BROTLI_PARAM_MODE]: zlib.constants.BROTLI_MODE_TEXT,
      [zlib.constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
  const gz = await gzip(bytes, { level: 9 });
  await writeFile(path.join(out, `${name}.br`), br);
  await writeFile(path.join(out, `${name}.gz`), gz);
  rows.push({ file: name, bytes: bytes.length, gzip: gz.length, brotli: br.length });
}

// The manifest last, and only when it says something new; then what it no longer names goes.
const file = path.join(out, "manifest.json");
const text = JSON.stringify(sorted, null, 2) + "\n";
if ((await readFile(file, "utf8").catch(() => "")) !== text) await writeFile(file, text);
const wanted = new Set(["manifest.json", "sw.js", ...Object.values(sorted).flatMap((name) => [name, `${name}.br`, `${name}.gz`])]);
for (const name of await readdir(out)) if (!wanted.has(name)) await rm(path.join(out, name), { recursive: true });
if (!quiet) console.table(rows);
