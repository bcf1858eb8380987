// Draws the installed app's icons anew after icons/mark.svg was changed: node static/dev/draw-icons.mjs
// They are the mark as it is, and on a ground without corners, with room for whatever shape a phone cuts out of it.
import { execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { chromium } from "playwright-core";

const icons = path.join(import.meta.dirname, "..", "icons");
const mark = await readFile(path.join(icons, "mark.svg"), "utf8");
const [, ground, drawing] = /^<svg[^>]*><rect[^>]*fill="(#\w+)"\/>(.*)<\/svg>\s*$/s.exec(mark) ?? [];
if (!drawing) throw new Error("icons/mark.svg is no drawing on a <rect fill>");
const full = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path fill="${ground}" d="M0 0h32v32H0z"/><g transform="translate(4 4) scale(.75)">${drawing}</g></svg>`;

const executablePath = process.env.CHROMIUM ?? execFileSync("sh", ["-c", "command -v chromium"], { encoding: "utf8" }).trim();
const browser = await chromium.launch({ executablePath, args: ["--headless", "--no-sandbox", "--disable-gpu"] });
const page = await browser.newPage();
for (const [name, svg, size] of [["icon-192.png", mark, 192], ["icon-512.png", mark, 512], ["icon-maskable.png", full, 512], ["icon-touch.png", full, 180]]) {
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(`<style>body{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${svg}`);
  await writeFile(path.join(icons, name), await page.screenshot({ omitBackground: true }));
}
await browser.close();
