// Eight writers on the same cells: every edit is saved or answered with what stands there, nothing fails, and
// the change log is the history of the table.
//
//   node bench/contention.mjs [sqlite|mariadb] [EDITS_PER_WRITER]
import path from "node:path";

import { Server, folder, machine, mariadb, measured, ms, percentile, target } from "./harness.mjs";

const WRITERS = 8;
const CELLS = 20;
const PASTE = 10;
const UNDO_EVERY = 100;
const MOST_RETRIES = 200;

const [which, count] = process.argv.slice(2);
const EDITS = Number(count ?? 1000);

/** Numbers that are the same each time. */
function randomness(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** One sign-in for all writers: many at once for one account would have to wait. */
class Session {
  constructor(server, username) {
    Object.assign(this, { server, username, signIn: null, current: null });
  }

  token() {
    this.signIn ??= this.server.token(this.username).then((token) => (this.current = token));
    return this.signIn;
  }

  /** A token lasts for five minutes. */
  expired(token) {
    if (token === this.current) this.signIn = null;
  }
}

class Writer {
  constructor(session, number, cells, assessment) {
    Object.assign(this, { server: session.server, session, cells, assessment });
    this.random = randomness(number + 1);
    this.seen = new Map();
    this.figures = { requests: [], edits: 0, saved: 0, conflicts: 0, retries: 0, undone: 0, errors: [] };
  }

  async send(method, target, body) {
    for (let signIns = 0; signIns < 3; signIns++) {
      const token = await this.session.token();
      const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
      const answer = await this.server.send(method, target, { headers, body: JSON.stringify(body) });
      if (answer.status === 401) {
        this.session.expired(token);
        continue;
      }
      this.figures.requests.push(answer.ms);
      if (answer.status !== 200) this.figures.errors.push(`${method} ${target}: ${answer.status} ${answer.text.slice(0, 200)}`);
      return answer.status === 200 ? answer.json() : null;
    }
    this.figures.errors.push("no token is taken");
    return null;
  }

  /** Writes these values, each until it is saved: a conflict names the version to go on from. */
  async write(values, way) {
    const { figures } = this;
    let batch = null;
    let open = values;
    for (let round = 0; open.size && round < MOST_RETRIES; round++) {
      const edits = [...open].map(([student, value]) => ({
        assessment_id: this.assessment, student_id: student, version: this.seen.get(student) ?? 0, value,
      }));
      const report = await this.send("PATCH", "/api/v1/scores", { edits, way });
      if (!report) return null;
      if (report.saved.length + report.conflicts.length !== edits.length) {
        figures.errors.push(`an edit is neither saved nor a conflict: ${JSON.stringify(report).slice(0, 300)}`);
      }
      for (const { student_id, version } of report.saved) this.seen.set(student_id, version);
      for (const { student_id, current } of report.conflicts) {
        if (!(current.version > 0)) figures.errors.push("a conflict without the current value");
        this.seen.set(student_id, current.version);
      }
      figures.saved += report.saved.length;
      figures.conflicts += report.conflicts.length;
      if (round) figures.retries += edits.length;
      batch = report.batch_id;
      const again = new Set(report.conflicts.map((one) => one.student_id));
      open = new Map([...open].filter(([student]) => again.has(student)));
    }
    if (open.size) figures.errors.push(`${open.size} edits did not get through`);
    return batch;
  }

  async run() {
    const { figures } = this;
    let turn = 0;
    while (figures.edits < EDITS) {
      const block = turn++ % 20 === 0 ? Math.min(PASTE, EDITS - figures.edits) : 1;
      const values = new Map();
      while (values.size < block) values.set(this.cells[this.random(this.cells.length)], this.random(1001) / 10);
      figures.edits += block;
      const batch = await this.write(values, block > 1 ? "paste" : "typed");
      if (batch && turn % UNDO_EVERY === 0) {
        const undone = await this.send("POST", `/api/v1/batches/${batch}/undo`, {});
        figures.undone += undone?.restored.length ?? 0;
      }
    }
    return figures;
  }
}

/** What is wrong with the log as the history of the table; nothing, if it is. */
async function compare(server, token, assessment, cells, course) {
  const wrong = [];
  let rows = 0;
  const book = (await server.get(`/api/v1/courses/${course}/gradebook`, token)).json();
  for (const student of cells) {
    const history = [];
    let cursor = "";
    while (cursor !== null) {
      const page = await server.get(`/api/v1/changes?kind=score&assessment_id=${assessment}&student_id=${student}&limit=200${cursor}`, token);
      const { items, next_cursor } = page.json();
      history.push(...items);
      cursor = next_cursor ? `&cursor=${next_cursor}` : null;
    }
    history.sort((a, b) => a.version - b.version);
    rows += history.length;
    let before = { status: "blank", value: null };
    history.forEach((change, place) => {
      if (change.version !== place + 1) wrong.push(`student ${student}: version ${change.version} at place ${place + 1}`);
      if (JSON.stringify(change.before) !== JSON.stringify(before)) wrong.push(`student ${student}: version ${change.version} begins elsewhere`);
      before = change.after;
    });
    const cell = book.scores.find((one) => one.assessment_id === assessment && one.student_id === student);
    if (cell?.version !== history.length || cell.value !== before.value || cell.status !== before.status) {
      wrong.push(`student ${student}: the cell is not what its history says`);
    }
  }
  return { rows, wrong };
}

async function run(name, database) {
  const directory = await folder();
  const url = database === "sqlite" ? `sqlite://${path.join(directory, "gradebook.db")}?mode=rwc` : mariadb();
  const settings = { DATABASE_URL: url, GRADEBOOK_BCRYPT_COST: "10", GRADEBOOK_TRUSTED_PROXIES: "127.0.0.1" };
  const server = await Server.start(directory, settings, ["--demo"]);
  const session = new Session(server, "demo.admin");
  const admin = await session.token();
  const courses = (await server.get("/api/v1/courses?limit=200", admin)).json().items;
  const { course, assessment, students } = await (async () => {
    for (const course of courses) {
      const book = (await server.get(`/api/v1/courses/${course.id}/gradebook`, admin)).json();
      const draft = book.assessments.find((one) => one.state === "draft" && !book.scores.some((cell) => cell.assessment_id === one.id));
      if (draft) return { course, assessment: draft.id, students: book.students.map((one) => one.id) };
    }
    throw new Error("no empty column");
  })();
  const cells = students.slice(0, CELLS);
  const writers = Array.from({ length: WRITERS }, (_, number) => new Writer(session, number, cells, assessment));
  const begin = performance.now();
  const all = await Promise.all(writers.map((writer) => writer.run()));
  const took = (performance.now() - begin) / 1000;
  const sum = (field) => all.reduce((total, one) => total + one[field], 0);
  const requests = all.flatMap((one) => one.requests);
  const errors = all.flatMap((one) => one.errors);
  session.expired(session.current);
  const fresh = await session.token();
  const { rows, wrong } = await compare(server, fresh, assessment, cells, course.id);
  console.log(`\n${name}: ${WRITERS} writers on ${CELLS} cells, ${sum("edits")} edits in ${took.toFixed(1)} s (${(sum("edits") / took).toFixed(0)}/s)`);
  console.log(`  saved ${sum("saved")}, conflicts ${sum("conflicts")}, sent again ${sum("retries")}, put back by undo ${sum("undone")}`);
  console.log(`  ${requests.length} requests: p50 ${ms(percentile(requests, 0.5))}, p99 ${ms(percentile(requests, 0.99))}, max ${ms(percentile(requests, 1))}; rows in the log ${rows}`);
  for (const line of [...errors, ...wrong].slice(0, 10)) console.log(`  ! ${line}`);
  return [
    target("no request fails", errors.length === 0),
    target("every edit is saved in the end", sum("saved") === sum("edits")),
    target("the log is the history of the table", wrong.length === 0),
    // Writing what stands there already leaves no row.
    target("the log has a row for each saved edit, at most", rows <= sum("saved") + sum("undone")),
  ].every(Boolean);
}

await measured(async () => {
  console.log(machine());
  let met = true;
  if (which !== "mariadb") met = (await run("SQLite", "sqlite")) && met;
  if (which !== "sqlite") met = (await run("MariaDB", "mariadb")) && met;
  return met;
});
