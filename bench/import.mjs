// An import of 20,000 rows: how long it takes, what is seen of it meanwhile, what memory it needs, and what a
// kill -9 in the middle leaves behind: all of it, or nothing.
//
//   node bench/import.mjs [sqlite|mariadb] [ROWS]
import { readFileSync } from "node:fs";

import { Server, folder, machine, mariadb, measured, ms, percentile, sleep, target } from "./harness.mjs";

const [which, count] = process.argv.slice(2);
const ROWS = Number(count ?? 20_000);
const SUBJECTS = ["语文", "数学", "英语"];
const SCORES = ROWS * SUBJECTS.length;
const PHASES = ["checking", "students", "scores", "publishing"];
// Where the server is killed: a phase and how much of it is done.
const MOMENTS = [["checking", 0], ["students", 0], ["scores", 1], ["scores", SCORES * 0.3], ["scores", SCORES * 0.6], ["scores", SCORES * 0.9]];

function file() {
  let text = `年级,班级,考号,姓名,${SUBJECTS.join(",")}\n`;
  for (let row = 0; row < ROWS; row++) text += `七年级,${row % 100}班,${1_000_000 + row},学生${row},71.5,${row % 100},缺考\n`;
  return Buffer.from(text);
}

function form(fields, content) {
  const parts = Object.entries(fields).map(([name, value]) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`);
  const head = `${parts.join("")}--b\r\nContent-Disposition: form-data; name="file"; filename="exam.csv"\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), content, Buffer.from("\r\n--b--\r\n")]);
}

/** The most memory that the process ever had, in MB. */
const highest = (server) => Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${server.pid}/status`, "utf8"))[1]) / 1024;

class Import {
  constructor(server, token, term) {
    Object.assign(this, { server, term });
    this.headers = { authorization: `Bearer ${token}`, "sec-fetch-site": "same-origin" };
  }

  post(address, fields, content, timeout = 600_000) {
    const headers = { ...this.headers, "content-type": "multipart/form-data; boundary=b" };
    return this.server.send("POST", address, { headers, body: form(fields, content), timeout });
  }

  /** Sends the file and agrees to its plan. */
  async begin(content) {
    const begin = performance.now();
    const sent = await this.post("/admin/imports", { term_id: this.term, exam_name: "月考", create_missing: "on" }, content);
    if (sent.status !== 303) throw new Error(`not sent: ${sent.status} ${sent.text.slice(0, 500)}`);
    this.sent = performance.now() - begin;
    this.path = await this.newest();
    const page = await this.server.send("GET", this.path, { headers: this.headers, timeout: 600_000 });
    this.planned = page.ms;
    const again = await this.server.send("GET", this.path, { headers: this.headers, timeout: 600_000 });
    this.plannedAgain = again.ms;
    const hash = /name="plan_hash" value="([0-9a-f]+)"/.exec(page.text)[1];
    const headers = { ...this.headers, "content-type": "application/x-www-form-urlencoded" };
    const begun = await this.server.send("POST", `${this.path}/commit`, { headers, body: `plan_hash=${hash}` });
    if (begun.status !== 303) throw new Error(`not begun: ${begun.status} ${begun.text.slice(0, 500)}`);
  }

  /** The page of the newest import. */
  async newest() {
    const page = await this.server.send("GET", "/admin/imports", { headers: this.headers });
    const ids = [...page.text.matchAll(/href="\/imports\/(\d+)"/g)].map((one) => Number(one[1]));
    return `/imports/${Math.max(...ids)}`;
  }

  async told() {
    const answer = await this.server.send("GET", `/api/v1${this.path}`, { headers: this.headers });
    return { ...answer.json(), ms: answer.ms };
  }

  /** What an import of the file would find now. */
  async missing(content) {
    const fields = { term_id: this.term, exam_name: "月考", create_missing: "on" };
    const answer = await this.post("/api/v1/imports/scores?dry_run=true", fields, content);
    if (answer.status !== 200) throw new Error(`no plan: ${answer.status} ${answer.text.slice(0, 500)}`);
    return answer.json().summary;
  }
}

async function run(name, kind) {
  const directory = await folder();
  const url = kind === "mariadb" ? mariadb() : `sqlite://${directory}/gradebook.db?mode=rwc`;
  const settings = { DATABASE_URL: url, GRADEBOOK_BCRYPT_COST: "10", GRADEBOOK_TRUSTED_PROXIES: "127.0.0.1" };
  const content = file();
  const start = async (flags) => {
    const server = await Server.start(directory, settings, flags);
    const token = await server.token("demo.admin");
    const terms = (await server.get("/api/v1/terms", token)).json().items;
    return new Import(server, token, terms.find((one) => one.state === "open").id);
  };
  let school = await start(["--demo"]);
  console.log(`\n${name}: ${ROWS} rows, ${SCORES} scores, ${(content.length / 2 ** 20).toFixed(1)} MiB`);
  let met = true;
  // Killed in the middle.
  let middle = 0;
  for (const [phase, done] of MOMENTS) {
    await school.begin(content);
    let at;
    for (;;) {
      at = await school.told();
      const here = PHASES.indexOf(at.progress?.phase);
      const wanted = PHASES.indexOf(phase);
      if (at.state !== "running" || here > wanted || (here === wanted && at.progress.done >= done)) break;
    }
    process.kill(school.server.pid, "SIGKILL");
    middle += at.state === "running" ? 1 : 0;
    const where = at.progress ? `${at.progress.phase} ${at.progress.done}/${at.progress.total}` : at.state;
    await sleep(500);
    school = await start([]);
    const { scores, created } = await school.missing(content);
    const nothing = scores.new === SCORES && scores.unchanged === 0 && created.students === ROWS;
    const all = scores.new === 0 && scores.unchanged === SCORES && created.students === 0;
    met = target(`killed at ${where}: ${all ? "all of it" : nothing ? "nothing" : JSON.stringify({ scores, created })}`, all || nothing) && met;
    if (all) break;
  }
  met = target(`${middle} of the kills met it while it was written`, middle > 0) && met;
  // And through.
  const before = highest(school.server);
  await school.begin(content);
  const begin = performance.now();
  const seen = new Set();
  const reads = [];
  let told;
  do {
    told = await school.told();
    reads.push(told.ms);
    if (told.progress) seen.add(`${told.progress.phase} ${told.progress.done}`);
    await sleep(100);
  } while (told.state === "running");
  const took = performance.now() - begin;
  const after = highest(school.server);
  console.log(`  sent and checked in ${ms(school.sent)}, its plan shown in ${ms(school.planned)}, again in ${ms(school.plannedAgain)}`);
  console.log(`  written in ${(took / 1000).toFixed(1)} s (${(SCORES / took * 1000).toFixed(0)} scores/s); ${seen.size} steps of its progress were seen`);
  console.log(`  reads meanwhile: p50 ${ms(percentile(reads, 0.5))}, p99 ${ms(percentile(reads, 0.99))}; memory at most ${after.toFixed(0)} MB, ${before.toFixed(0)} MB before`);
  met = target("it is written", told.state === "committed") && met;
  met = target("its progress was seen in steps", seen.size >= 10) && met;
  const { scores } = await school.missing(content);
  met = target("every score is there", scores.unchanged === SCORES && scores.new === 0) && met;
  return met;
}

await measured(async () => {
  console.log(machine());
  let met = true;
  if (which !== "mariadb") met = (await run("SQLite", "sqlite")) && met;
  if (which !== "sqlite") met = (await run("MariaDB", "mariadb")) && met;
  return met;
});
