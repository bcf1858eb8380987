// How long does it take to refuse a bearer token of 1 MB, and a long one that still fits into a head?
//
//   node bench/token.mjs
import net from "node:net";

import { Server, folder, machine, measured, percentile, sleep, spread, target } from "./harness.mjs";

const TRIES = 20;
const LIMIT_MS = 50;
const GIVE_UP_MS = 10_000;

/** Sends a request with this Authorization by hand; the status and the time to the first line of the answer. */
function refused(port, token) {
  return new Promise((resolve, failed) => {
    const socket = net.connect(port, "127.0.0.1");
    socket.setNoDelay(true);
    socket.setTimeout(GIVE_UP_MS, () => (socket.destroy(), failed(new Error("no answer in time"))));
    let begin;
    let answer = "";
    socket.on("connect", () => {
      begin = performance.now();
      socket.write(`GET /api/v1/users/me HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n\r\n`);
    });
    socket.on("data", (more) => {
      answer += more;
      const status = /^HTTP\/1\.1 (\d+)/.exec(answer);
      if (!status) return;
      socket.destroy();
      resolve({ status: Number(status[1]), ms: performance.now() - begin });
    });
    // The server may hang up while the rest is still on its way.
    socket.on("error", () => {});
    socket.on("close", () => (answer ? undefined : resolve({ status: 0, ms: performance.now() - begin })));
  });
}

await measured(async () => {
  console.log(machine());
  const server = await Server.start(await folder(), { GRADEBOOK_BCRYPT_COST: "10" }, ["--demo"]);
  const [head, , signature] = (await server.token("demo.admin")).split(".");
  const before = server.rss();
  let met = true;
  for (const [name, length] of [["1 MB", 2 ** 20], ["60 KB", 60_000], ["4 KB", 4_000]]) {
    // Three parts, a known key and a signature of the right length: nothing but the content is wrong.
    const token = `${head}.${"e".repeat(length - head.length - signature.length - 2)}.${signature}`;
    const times = [];
    const statuses = {};
    for (let index = 0; index < TRIES; index += 1) {
      const answer = await refused(server.port, token);
      statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
      times.push(answer.ms);
      await sleep(20);
    }
    console.log(`  a token of ${name}: ${JSON.stringify(statuses)}, ${spread(times)}`);
    met = target(`refused within ${LIMIT_MS} ms`, percentile(times, 1) < LIMIT_MS && !statuses[200]) && met;
  }
  console.log(`  memory: ${before.toFixed(1)} MB before, ${server.rss().toFixed(1)} MB after`);
  return met;
});
