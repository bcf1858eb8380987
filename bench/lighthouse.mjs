// Lighthouse on the pages that a phone opens: a server with the demonstration school, a student's session,
// Lighthouse's own simulation of a phone on slow 4G. Prints a table and fails below the bounds.
//
//   npm --prefix bench/lighthouse ci --ignore-scripts
//   node bench/lighthouse.mjs            # GRADEBOOK_BIN, CHROMIUM as in e2e/
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { chromium } from "../static/node_modules/playwright-core/index.mjs";
import { PASSWORD, School } from "../e2e/harness.mjs";

const packages = createRequire(new URL("lighthouse/package.json", import.meta.url));
let lighthouse;
try {
  lighthouse = (await import(packages.resolve("lighthouse"))).default;
} catch {
  console.error("Lighthouse is not installed: npm --prefix bench/lighthouse ci --ignore-scripts");
  process.exit(2);
}

const PUPIL = "2026070301";
const BOUNDS = { performance: 95, accessibility: 100, "best-practices": 100 };
const LCP_MS = 2000;
const CLS = 0.05;

const freePort = () => new Promise((resolve) => {
  const server = net.createServer().listen(0, "127.0.0.1", () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});

const school = await School.make("sqlite");
const profile = await mkdtemp(path.join(os.tmpdir(), "gradebook-lighthouse-"));
let failed = false;
let browser;
try {
  await school.serve("--demo");
  const port = await freePort();
  browser = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--headless", "--no-sandbox", "--disable-gpu", `--remote-debugging-port=${port}`],
    locale: "en",
  });
  const page = await browser.newPage();
  const rows = [];
  const measure = async (address) => {
    const { lhr } = await lighthouse(school.base + address, {
      port, output: [], logLevel: "error", formFactor: "mobile", // what it clears first is all but cookies
      onlyCategories: Object.keys(BOUNDS), throttlingMethod: "simulate",
    });
    const score = (id) => Math.round((lhr.categories[id].score ?? 0) * 100);
    const row = { page: address.replace(/\d+/, "{id}"), ...Object.fromEntries(Object.keys(BOUNDS).map((id) => [id, score(id)])), "LCP ms": Math.round(lhr.audits["largest-contentful-paint"].numericValue), CLS: lhr.audits["cumulative-layout-shift"].numericValue };
    rows.push(row);
    if (new URL(lhr.finalDisplayedUrl).pathname !== address) throw new Error(`${address} led to ${lhr.finalDisplayedUrl}`);
    const short = Object.entries(BOUNDS).some(([id, bound]) => row[id] < bound) || row["LCP ms"] > LCP_MS || row.CLS >= CLS;
    if (!short) return;
    failed = true;
    for (const { id, title, score: of, scoreDisplayMode } of Object.values(lhr.audits)) if (of !== null && of < 0.9 && scoreDisplayMode !== "informative") console.error(`${address}: ${id} (${title}): ${of}`);
  };
  await measure("/login");
  await page.goto(`${school.base}/login`);
  await page.fill("#username", PUPIL);
  await page.fill("#password", PASSWORD);
  await Promise.all([page.waitForURL((url) => url.pathname === "/me"), page.press("#password", "Enter")]);
  const course = await page.locator(".course-title a").first().getAttribute("href");
  for (const address of ["/me", course]) await measure(address);
  console.table(rows);
} finally {
  await browser?.close();
  await school.stop();
  await rm(profile, { recursive: true, force: true });
}
process.exitCode = failed ? 1 : 0;
