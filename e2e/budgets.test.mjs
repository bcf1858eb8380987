// What pages weigh on their way to a browser that has nothing of them yet. The bytes are those that came over
// the connection, compressed, with their headers' bodies: what a phone on a bad network waits for.
import assert from "node:assert/strict";
import http from "node:http";
import { onDatabases, PHONE } from "./harness.mjs";

const KB = 1024;
const PUPIL = "2026070301";
const TEACHER = "chen.siyuan";

/** Opens an address with an empty cache; answers the bytes of each kind of file. */
async function weigh(visitor, address) {
  const { page, context } = visitor;
  const session = await context.newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.clearBrowserCache");
  const types = new Map();
  const files = [];
  session.on("Network.responseReceived", ({ requestId, type, response }) => types.set(requestId, { type, url: response.url, encoding: response.headers["content-encoding"] ?? response.headers["Content-Encoding"] }));
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const found = types.get(requestId);
    if (found && !found.url.startsWith("data:")) files.push({ ...found, bytes: encodedDataLength });
  });
  await page.goto(visitor.base + address, { waitUntil: "load" });
  await page.waitForTimeout(500);
  await session.detach();
  const sum = (some) => some.reduce((all, { bytes }) => all + bytes, 0);
  return { files, js: sum(files.filter(({ type }) => type === "Script")), all: sum(files), document: files.find(({ type }) => type === "Document") };
}

/** The bytes of an answer as it comes to a browser: compressed. */
const overTheWire = (url) => new Promise((resolve, reject) => {
  http.get(url, { headers: { "accept-encoding": "br, gzip" } }, (answer) => {
    let bytes = 0;
    answer.on("data", (chunk) => (bytes += chunk.length));
    answer.on("end", () => (answer.statusCode === 200 ? resolve(bytes) : reject(new Error(`${url}: ${answer.statusCode}`))));
  }).on("error", reject);
});

const shown = ({ files }) => files.map(({ url, bytes }) => `${new URL(url).pathname} ${bytes}`).join(", ");

onDatabases(["sqlite"], (scenario) => {
  scenario("a student's pages are light", async ({ test, visit }) => {
    const visitor = await visit({ viewport: PHONE });
    const check = async (address) => {
      const weight = await weigh(visitor, address);
      test.diagnostic(`${address}: JS ${weight.js}, all ${weight.all} bytes (${shown(weight)})`);
      assert.ok(weight.files.length >= 3, shown(weight));
      assert.match(weight.document.encoding ?? "", /br|gzip|zstd/, `${address} is compressed`);
      assert.ok(weight.js > 0 && weight.js <= 20 * KB, `${address}: ${shown(weight)}`);
      assert.ok(weight.all <= 60 * KB, `${address}: ${shown(weight)}`);
    };
    await check("/login");
    await visitor.signIn(PUPIL);
    const course = await visitor.page.locator(".course-title a").first().getAttribute("href");
    for (const address of ["/me", course, `${course}/calculator`]) await check(address);
  });

  scenario("with all that the service worker keeps, too", async ({ school, test, visit }) => {
    const visitor = await visit({ viewport: PHONE, serviceWorkers: "allow" });
    await visitor.signIn(PUPIL);
    const kept = await visitor.page.evaluate(async () => {
      await navigator.serviceWorker.ready;
      const addresses = ["/sw.js"];
      for (const name of await caches.keys()) for (const { url } of await (await caches.open(name)).keys()) addresses.push(url);
      return addresses;
    });
    let all = 0;
    for (const address of kept.filter((one) => !one.endsWith("/language"))) {
      const answer = await overTheWire(new URL(address, school.base));
      all += answer;
    }
    test.diagnostic(`the worker and what it keeps: ${all} bytes in ${kept.length} files`);
    assert.ok(kept.length >= 8);
    assert.ok(all > 0 && all <= 60 * KB, String(all));
  });

  scenario("the grid's scripts are within their budget", async ({ test, visit, client }) => {
    const { id } = await (await client(TEACHER)).course("Class 3", "mathematics");
    const visitor = await visit();
    await visitor.signIn(TEACHER);
    const weight = await weigh(visitor, `/courses/${id}`);
    test.diagnostic(`grid: JS ${weight.js}, all ${weight.all} bytes`);
    assert.ok(weight.js > 0 && weight.js <= 140 * KB, shown(weight));
  });
});
