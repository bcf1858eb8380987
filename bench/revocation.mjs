// Two servers on one MariaDB: how soon does the second know what happened on the first?
//
//   node bench/revocation.mjs
import http from "node:http";

import { Server, folder, machine, mariadb, measured, sleep, spread, percentile, target } from "./harness.mjs";

const TRIES = 20;
const LIMIT_MS = 2_000;
const GIVE_UP_MS = 15_000;
const EVERY_MS = 5;

/** Opens the event stream of a person; resolves with a promise of the time at which it closes. */
function follow(server, token) {
  return new Promise((opened, failed) => {
    const request = http.request(
      { host: "127.0.0.1", port: server.port, path: "/api/v1/events", headers: { authorization: `Bearer ${token}` } },
      (response) => {
        if (response.statusCode !== 200) return failed(new Error(`the stream answers ${response.statusCode}`));
        const closed = new Promise((resolve) => {
          const late = setTimeout(() => (request.destroy(), resolve(Infinity)), GIVE_UP_MS);
          response.on("close", () => (clearTimeout(late), resolve(performance.now())));
        });
        response.on("error", () => {});
        response.once("data", () => opened({ closed }));
        response.resume();
      },
    );
    request.on("error", failed);
    request.end();
  });
}

async function refused(server, token) {
  const until = performance.now() + GIVE_UP_MS;
  while (performance.now() < until) {
    const answer = await server.get("/api/v1/users/me", token);
    if (answer.status === 401 && answer.json().code === "token_revoked") return performance.now();
    if (answer.status !== 200) throw new Error(`the token is answered ${answer.status} ${answer.text}`);
    await sleep(EVERY_MS);
  }
  return Infinity;
}

await measured(async () => {
  console.log(machine());
  const directory = await folder();
  // The cost of passwords is not what is measured here.
  const settings = { DATABASE_URL: mariadb(), GRADEBOOK_BCRYPT_COST: "10", GRADEBOOK_TRUSTED_PROXIES: "127.0.0.1" };
  const first = await Server.start(directory, settings, ["--demo"]);
  const second = await Server.start(directory, settings);
  const admin = await first.token("demo.admin");
  const pupils = (await first.users(admin)).filter((user) => user.role === "student" && !user.password_change_required);
  const tokens = [];
  const streams = [];
  for (const [index, pupil] of pupils.slice(0, TRIES).entries()) {
    const token = await second.token(pupil.username, { address: `10.8.0.${index + 1}` });
    const stream = await follow(second, token);
    // At different moments of the other server's second.
    await sleep(300 + ((index * 137) % 1000));
    const begin = performance.now();
    const disabled = await first.send("PATCH", `/api/v1/users/${pupil.id}`, {
      headers: { authorization: `Bearer ${admin}`, "content-type": "application/json" },
      body: JSON.stringify({ enabled: false }),
    });
    if (disabled.status !== 200) throw new Error(`${disabled.status} ${disabled.text}`);
    const [known, closed] = await Promise.all([refused(second, token), stream.closed]);
    tokens.push(known - begin);
    streams.push(closed - begin);
  }
  console.log(`  ${TRIES} tries, from the request to the first server:`);
  console.log(`  the second refuses the token after ${spread(tokens)}`);
  console.log(`  and its stream is closed after     ${spread(streams)}`);
  return target(`both within ${LIMIT_MS} ms`, percentile([...tokens, ...streams], 1) <= LIMIT_MS);
});
