// 300 people sign in at once while pupils read their grades: what do the readers notice?
//
//   node bench/sign-in-storm.mjs [sqlite] [mariadb]
import http from "node:http";

import { Server, folder, machine, mariadb, measured, ms, percentile, sleep, target } from "./harness.mjs";

const SIGN_INS = 300;
const READERS = 20;
/** Each reader asks this often, whether or not the answer before has come. */
const EVERY_MS = 200;
const BASELINE_MS = 15_000;
const LONGEST_STORM_MS = 150_000;
const READS_P99_MS = 200;
/** What 300 waiting connections may cost, which the allocator keeps afterwards. */
const MEMORY_MB = 40;
/** What a later storm may cost beyond the first. */
const GROWTH_MB = 4;

/** Reads grades at a fixed pace until it is told to stop; the times of all answers. */
function reading(server, tokens) {
  const times = [];
  const wrong = {};
  let under_way = 0;
  const read = async (token) => {
    under_way += 1;
    const answer = await server.get("/api/v1/me/grades", token);
    under_way -= 1;
    if (answer.status === 200) times.push(answer.ms);
    else wrong[answer.status] = (wrong[answer.status] ?? 0) + 1;
  };
  const timers = tokens.map((token, index) => {
    let timer;
    const first = setTimeout(() => {
      timer = setInterval(() => read(token), EVERY_MS);
    }, (index * EVERY_MS) / tokens.length);
    return () => (clearTimeout(first), clearInterval(timer));
  });
  return async () => {
    for (const stop of timers) stop();
    for (let waited = 0; under_way > 0 && waited < 5_000; waited += 50) await sleep(50);
    return { times, wrong, unanswered: under_way };
  };
}

/** Memory of the server twice a second. */
function weighing(server) {
  const samples = [];
  const timer = setInterval(() => samples.push(server.rss()), 500);
  return () => (clearInterval(timer), samples);
}

async function storm(server, usernames, address) {
  const agent = new http.Agent({ maxSockets: Infinity });
  const begin = performance.now();
  const all = usernames.map((username, index) => server.signIn(username, { address: address(index), agent, timeout: LONGEST_STORM_MS }));
  const answers = await Promise.all(all);
  agent.destroy();
  const counts = {};
  for (const answer of answers) counts[answer.status] = (counts[answer.status] ?? 0) + 1;
  const waited = answers.filter((answer) => answer.status === 200).map((answer) => answer.ms);
  const refused = answers.filter((answer) => [429, 503].includes(answer.status)).map((answer) => answer.ms);
  return { counts, waited, refused, seconds: (performance.now() - begin) / 1000 };
}

const row = (name, { times, wrong, unanswered }) =>
  console.log(`  reads ${name.padEnd(22)} ${String(times.length).padStart(5)} answered, p50 ${ms(percentile(times, 0.5))}, p99 ${ms(percentile(times, 0.99))}, max ${ms(percentile(times, 1))}` +
    `${Object.keys(wrong).length ? `, others ${JSON.stringify(wrong)}` : ""}${unanswered ? `, ${unanswered} unanswered` : ""}`);

async function on(kind) {
  console.log(`\n${kind}`);
  const settings = { GRADEBOOK_TRUSTED_PROXIES: "127.0.0.1", ...(kind === "mariadb" && { DATABASE_URL: mariadb() }) };
  const server = await Server.start(await folder(), settings, ["--demo"]);
  const users = await server.users(await server.token("demo.admin"));
  const pupils = users.filter((user) => user.role === "student" && !user.password_change_required).map((user) => user.username);
  const tokens = [];
  for (const [index, pupil] of pupils.slice(0, READERS).entries()) tokens.push(await server.token(pupil, { address: `10.8.0.${index + 1}` }));
  const others = pupils.slice(READERS);

  let stop = reading(server, tokens);
  await sleep(BASELINE_MS);
  const quiet = await stop();
  row("without a storm", quiet);

  const before = server.rss();
  const peaks = [];
  let met = true;
  const variants = [
    [`${others.length} accounts`, (index) => others[index % others.length], (index) => `10.${index >> 8}.${index & 255}.7`],
    ["one account", () => others[0], () => "10.77.0.7"],
    ["many accounts, again", (index) => others[index % others.length], (index) => `10.${100 + (index >> 8)}.${index & 255}.7`],
  ];
  for (const [name, username, address] of variants) {
    const weighed = weighing(server);
    stop = reading(server, tokens);
    const usernames = Array.from({ length: SIGN_INS }, (_, index) => username(index));
    const result = await storm(server, usernames, address);
    const reads = await stop();
    peaks.push(Math.max(...weighed()));
    console.log(`  ${SIGN_INS} sign-ins, ${name}: ${JSON.stringify(result.counts)} in ${result.seconds.toFixed(1)} s; ` +
      `let in after p50 ${ms(percentile(result.waited, 0.5))}, max ${ms(percentile(result.waited, 1))}; refused after at most ${ms(percentile(result.refused, 1))}`);
    row("beside it", reads);
    met = target(`p99 of the reads under ${READS_P99_MS} ms`, percentile(reads.times, 0.99) < READS_P99_MS && reads.unanswered === 0 && Object.keys(reads.wrong).length === 0) && met;
    met = target("every sign-in is answered 200, 429 or 503", Object.keys(result.counts).every((status) => ["200", "429", "503"].includes(status))) && met;
  }
  await sleep(2_000);
  const after = server.rss();
  const shown = peaks.map((peak) => peak.toFixed(1)).join(", ");
  console.log(`  memory: ${before.toFixed(1)} MB before, at most ${shown} MB in the storms, ${after.toFixed(1)} MB two seconds after`);
  met = target(`the first storm costs at most ${MEMORY_MB} MB`, peaks[0] - before <= MEMORY_MB) && met;
  return target(`the later ones at most ${GROWTH_MB} MB more`, Math.max(...peaks) - peaks[0] <= GROWTH_MB) && met;
}

await measured(async () => {
  console.log(machine());
  const asked = process.argv.slice(2);
  let met = true;
  for (const kind of asked.length ? asked : ["sqlite", "mariadb"]) {
    if (!["sqlite", "mariadb"].includes(kind)) throw new Error(`unknown database ${kind}; name sqlite or mariadb`);
    met = (await on(kind)) && met;
  }
  return met;
});
