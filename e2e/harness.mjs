// What every browser test needs: a server of its own with the demonstration school, a browser, and
// pages that fail their test on anything a visitor should never meet: a violation of the content
// security policy, an error on the console, an exception.
import assert from "node:assert/strict";
import { execFile, execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { Authenticator } from "./authenticator.mjs";

const require = createRequire(new URL("../static/package.json", import.meta.url));
const { chromium } = require("playwright-core");
const axeSource = await readFile(require.resolve("axe-core/axe.min.js"), "utf8");

export const root = path.join(path.dirname(fileURLToPath(import.meta.url)), "..");
export const PASSWORD = "gradebook-demo";
export const DESKTOP = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };
export const MONTHLY = "九月月考 September exam";
export const MIDTERM = "期中考试 Mid-term exam";

const FLAGS = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];
const START_MS = 60_000;
const STOP_MS = 15_000;

function binary() {
  const found = process.env.GRADEBOOK_BIN ?? path.join(root, "target/debug/gradebook");
  if (!existsSync(found)) throw new Error(`no binary at ${found}: run cargo build -p gradebook-web, or set GRADEBOOK_BIN`);
  return found;
}

function chromiumPath() {
  return process.env.CHROMIUM ?? execFileSync("sh", ["-c", "command -v chromium"], { encoding: "utf8" }).trim();
}

/** A browser with a profile of its own, which goes with it. */
export const launch = () => chromium.launch({ executablePath: chromiumPath(), args: FLAGS });

// ---- databases and servers ------------------------------------------------------------------------------

let schemas = 0;

/** A fresh database: its URL (none for an SQLite file in the data directory) and how to remove it. */
function makeDatabase(kind) {
  if (kind === "sqlite") return { url: undefined, remove() {} };
  const server = new URL(process.env.GRADEBOOK_TEST_MYSQL_URL);
  const name = `gradebook_e2e_${process.pid}_${++schemas}`;
  const run = (statement) =>
    execFileSync("mariadb", [
      "--no-defaults", `--host=${server.hostname}`, `--port=${server.port || 3306}`, "--protocol=tcp",
      `--user=${decodeURIComponent(server.username)}`, `--execute=${statement}`,
    ], { env: { ...process.env, MYSQL_PWD: decodeURIComponent(server.password) } });
  run(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
  return { url: new URL(`/${name}`, server).href, remove: () => run(`DROP DATABASE ${name}`) };
}

/** An empty school: commands can be run on it, and a server started. */
export class School {
  static async make(database, settings = {}) {
    const school = new School();
    school.directory = await mkdtemp(path.join(os.tmpdir(), "gradebook-e2e-"));
    school.database = makeDatabase(database);
    school.env = {
      PATH: process.env.PATH,
      HOME: school.directory,
      RUST_BACKTRACE: "1",
      GRADEBOOK_DATA_DIR: path.join(school.directory, "data"),
      GRADEBOOK_LISTEN: "127.0.0.1:0",
      GRADEBOOK_BCRYPT_COST: "4",
      GRADEBOOK_LOG: "warn",
      ...settings,
      ...(school.database.url && { DATABASE_URL: school.database.url }),
      ...(process.env.GRADEBOOK_STATIC_DIR && { GRADEBOOK_STATIC_DIR: process.env.GRADEBOOK_STATIC_DIR }),
    };
    return school;
  }

  /** Runs a command to its end; its exit code and what it printed. */
  run(args, input = "") {
    return new Promise((resolve) => {
      const child = execFile(binary(), args, { env: this.env, cwd: this.directory }, (error, stdout, stderr) =>
        resolve({ code: error ? error.code : 0, stdout, stderr }));
      child.stdin.end(input);
    });
  }

  /** Starts the server and waits until it answers. */
  async serve(...flags) {
    const child = spawn(binary(), ["serve", "--migrate", ...flags], { env: this.env, cwd: this.directory, stdio: ["ignore", "pipe", "pipe"] });
    this.child = child;
    this.log = "";
    child.stderr.on("data", (text) => (this.log += text));
    this.exited = new Promise((resolve) => child.once("exit", (code, signal) => resolve(code ?? signal)));
    this.base = await new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`the server does not answer; it logged:\n${this.log}`)), START_MS);
      let printed = "";
      child.stdout.on("data", (text) => {
        printed += text;
        const address = /listening on (http:\/\/\S+)/.exec(printed);
        if (!address) return;
        clearTimeout(late);
        resolve(address[1]);
      });
      child.once("error", reject);
      child.once("exit", (code) => {
        clearTimeout(late);
        reject(new Error(`the server ended with ${code}; it logged:\n${this.log}`));
      });
    });
    return this;
  }

  /** Asks the server to stop, which it must do by itself and without a complaint in its log. */
  async stop() {
    const { child } = this;
    let code;
    if (child) {
      child.kill("SIGTERM");
      const late = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
      code = await this.exited;
      clearTimeout(late);
    }
    this.database.remove();
    await rm(this.directory, { recursive: true, force: true });
    if (!child) return;
    assert.equal(code, 0, `the server ended with ${code}; it logged:\n${this.log}`);
    assert.doesNotMatch(this.log, /panicked| ERROR /);
  }
}

// ---- the JSON interface ---------------------------------------------------------------------------------

/** Somebody with a token. Methods answer the JSON body, and fail on any status but 200. */
export class Client {
  static async signIn(base, username, password = PASSWORD) {
    const client = new Client();
    client.base = base;
    client.renew = async () => {
      const { access_token: token } = await client.call("POST", "/api/v1/token", new URLSearchParams({ grant_type: "password", username, password }));
      client.token = token;
    };
    await client.renew();
    return client;
  }

  /** Asks once more with a new token when the old one is too old, as every client does. */
  async call(method, address, body) {
    const form = body instanceof URLSearchParams;
    const answer = await fetch(this.base + address, {
      method,
      headers: {
        ...(this.token && { authorization: `Bearer ${this.token}` }),
        ...(body !== undefined && !form && { "content-type": "application/json" }),
      },
      body: body === undefined || form ? body : JSON.stringify(body),
    });
    const text = await answer.text();
    if (answer.status === 401 && this.token && text.includes('"token_expired"')) {
      this.token = undefined;
      await this.renew();
      return this.call(method, address, body);
    }
    assert.ok(answer.ok, `${method} ${address}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : null;
  }

  get(address) { return this.call("GET", address); }
  post(address, body) { return this.call("POST", address, body); }
  patch(address, body) { return this.call("PATCH", address, body); }

  /** Sets two-step sign-in up: the app that makes its codes, and the recovery codes. */
  async setUpTotp() {
    const { secret } = await this.post("/api/v1/users/me/totp");
    const app = new Authenticator(secret);
    const { recovery_codes: codes } = await this.post("/api/v1/users/me/totp/confirm", { code: await app.next() });
    return { app, codes };
  }

  /** The course of a class of the demonstration school in a subject. */
  async course(className, subject) {
    const { items } = await this.get("/api/v1/courses?limit=200");
    const course = items.find((one) => one.class.name === className && one.subject.code === subject);
    assert.ok(course, `${className} ${subject}`);
    return course;
  }

  /** An exam and a class of it. */
  async examClass(examName, className) {
    const { items } = await this.get("/api/v1/exams?limit=200");
    const exam = items.find((one) => one.name === examName);
    const schoolClass = exam?.classes.find((one) => one.name === className);
    assert.ok(schoolClass, `${examName} ${className}`);
    return { exam, schoolClass, page: `/exams/${exam.id}/classes/${schoolClass.id}`, sheet: `/api/v1/exams/${exam.id}/classes/${schoolClass.id}/sheet` };
  }

  async gradebook(course) {
    return new Book(await this.get(`/api/v1/courses/${course}/gradebook`));
  }

  async sheet(address) {
    return new Book(await this.get(address));
  }

  history(assessment, student) {
    return this.get(`/api/v1/assessments/${assessment}/students/${student}/history`).then(({ items }) => items);
  }
}

/** A grade sheet as the server has it. */
export class Book {
  constructor(answer) {
    Object.assign(this, answer);
    this.students.sort((a, b) => (a.student_number < b.student_number ? -1 : 1)); // as the grid does
    this.cells = new Map(this.scores.map((one) => [`${one.assessment_id}:${one.student_id}`, one]));
  }

  /** The column with this title or subject code. */
  column(name) {
    const found = this.assessments.find((one) => one.title === name || one.subject?.code === name);
    assert.ok(found, `no column ${name}`);
    return found;
  }

  cell(assessment, student) {
    return this.cells.get(`${assessment}:${student}`) ?? { status: "blank", value: null, version: 0 };
  }

  /** A cell as a value or the name of a status. */
  mark(assessment, student) {
    const { status, value } = this.cell(assessment, student);
    return status === "scored" ? value : status;
  }

  /** All cells, to compare two moments. */
  marks() {
    return Object.fromEntries(this.assessments.flatMap((a) => this.students.map((s) => [`${a.id}:${s.id}`, this.mark(a.id, s.id)])));
  }

  total(student) {
    return this.totals.find((one) => one.student_id === student);
  }

  statistics_of(assessment) {
    return this.statistics.find((one) => one.assessment_id === assessment);
  }
}

// ---- visitors -------------------------------------------------------------------------------------------

/** Somebody at a browser of their own. */
class Visitor {
  constructor(base, context, problems) {
    Object.assign(this, { base, context, problems, expected: [] });
  }

  /** A page that is listened to, in place of the one before. */
  async newPage() {
    this.page = await this.context.newPage();
    this.page.setDefaultTimeout(10_000);
    this.page.on("pageerror", (error) => this.problems.push(`exception: ${error.stack}`));
    this.page.on("console", (message) => {
      const text = message.text();
      if (message.type() === "error" || /Content Security Policy|Tabulator/.test(text)) this.problems.push(`console: ${text} (${message.location().url})`);
    });
  }

  /** What the browser will complain about, because the test provokes it. */
  expects(...patterns) {
    this.expected.push(...patterns);
  }

  async typePassword(username, address = "/", password = PASSWORD) {
    await this.page.goto(`${this.base}/login${address === "/" ? "" : `?next=${encodeURIComponent(address)}`}`);
    await this.page.fill("#username", username);
    await this.page.fill("#password", password);
  }

  async signIn(username, address = "/", password = PASSWORD) {
    await this.typePassword(username, address, password);
    await Promise.all([this.page.waitForURL((url) => !url.pathname.startsWith("/login")), this.page.press("#password", "Enter")]);
  }

  /** As far as the page that asks for the code. */
  async askedForCode(username, address = "/", password = PASSWORD) {
    await this.typePassword(username, address, password);
    await Promise.all([this.page.waitForSelector('form[action="/login/code"]'), this.page.press("#password", "Enter")]);
  }

  /** Signs in with two steps. */
  async signInWithCode(username, code, address = "/", password = PASSWORD) {
    await this.askedForCode(username, address, password);
    await this.page.fill("#code", code);
    await Promise.all([this.page.waitForURL((url) => !url.pathname.startsWith("/login")), this.page.press("#code", "Enter")]);
  }

  async open(address) {
    const answer = await this.page.goto(this.base + address);
    if (await this.page.locator("#grid").count()) await this.gridReady();
    return answer;
  }

  async gridReady() {
    await this.page.waitForSelector("#grid[data-ready]");
    this.grid = new Grid(this.page);
  }

  /** Resolves when the page follows the server's events; to be called before it is opened. */
  following() {
    return this.page.waitForResponse((answer) => new URL(answer.url()).pathname === "/api/v1/events" && answer.ok());
  }

  /** What an automatic check finds wrong with the page for people who use it differently. */
  async barriers(options = { resultTypes: ["violations"] }, exclude = []) {
    // the test's own script: the page's policy stays as it is
    if (!(await this.page.evaluate(() => !!window.axe))) await this.page.evaluate(axeSource);
    const { violations } = await this.page.evaluate(([how, without]) => window.axe.run({ exclude: without }, how), [options, exclude]);
    return violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => `${n.html.slice(0, 160)} ${n.failureSummary}`).join(" | ")}`);
  }

  scrollsSideways() {
    return this.page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
  }

  /** What the browser complained about, and should not have. */
  complaints() {
    return this.problems.filter((problem) => !this.expected.some((pattern) => pattern.test(problem)));
  }

  check() {
    assert.deepEqual(this.complaints(), [], "the browser complained");
  }
}

/** Somebody at a browser: a window with its own cookies. */
export async function visit(browser, base, { viewport = DESKTOP, locale = "zh-CN", ...options } = {}) {
  // Whoever tests the service worker lets it in; elsewhere requests go where the test can see them.
  const context = await browser.newContext({ viewport, locale, serviceWorkers: "block", permissions: ["clipboard-read", "clipboard-write"], ...options });
  const problems = [];
  await context.exposeBinding("reportViolation", (_, text) => problems.push(`policy violation: ${text}`));
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (e) => window.reportViolation(`${e.violatedDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber}`));
  });
  const visitor = new Visitor(base, context, problems);
  await visitor.newPage();
  return visitor;
}

// ---- the grid -------------------------------------------------------------------------------------------

/** The grid of a page, by what its user sees and does. */
export class Grid {
  constructor(page) {
    this.page = page;
  }

  cell(student, assessment) {
    return this.page.locator(`.tabulator-cell[data-student="${student}"][tabulator-field="a${assessment}"]`);
  }

  total(student, field) {
    return this.page.locator(`.tabulator-cell[data-student="${student}"][tabulator-field="${field}"] .cell-text`);
  }

  text(student, assessment) {
    return this.cell(student, assessment).locator(".cell-text").textContent();
  }

  /** Waits until a cell shows this text. */
  async shows(student, assessment, wanted, timeout = 3000) {
    await this.page.waitForFunction(
      ([selector, text]) => document.querySelector(selector)?.textContent === text,
      [`.tabulator-cell[data-student="${student}"][tabulator-field="a${assessment}"] .cell-text`, wanted],
      { timeout },
    ).catch(async () => assert.equal(await this.text(student, assessment), wanted));
  }

  async enter(student, assessment, text) {
    await this.cell(student, assessment).click();
    await this.type(text);
  }

  async type(text) {
    await (/^[\x20-\x7e]*$/.test(text) ? this.page.keyboard.type(text) : this.page.keyboard.insertText(text));
    await this.page.keyboard.press("Enter");
  }

  /** Every key of the values, Enter after each, all at once: as fast as the browser takes them. */
  async typeDown(values) {
    const session = await this.page.context().newCDPSession(this.page);
    const keys = [];
    const press = (event) => keys.push(session.send("Input.dispatchKeyEvent", { type: "keyDown", ...event }));
    for (const value of values) {
      for (const key of value) press({ key, text: key });
      press({ key: "Enter", code: "Enter", windowsVirtualKeyCode: 13, text: "\r" });
    }
    await Promise.all(keys);
  }

  async paste(block) {
    await this.page.evaluate((text) => navigator.clipboard.writeText(text), block);
    await this.page.keyboard.press("Control+v");
  }

  state(wanted) {
    return this.page.waitForFunction((state) => document.querySelector(".save-status")?.dataset.state === state, wanted);
  }

  settled() {
    return this.state("saved");
  }

  /** Opens the menu of a column and takes the entry with this text. */
  async menu(assessment, entry) {
    await this.page.click(`.tabulator-col[tabulator-field="a${assessment}"] .col-menu`);
    await this.page.locator(".popup-menu button", { hasText: entry }).click();
  }

  async columnState(assessment, state) {
    await this.page.waitForSelector(`.tabulator-col[tabulator-field="a${assessment}"] .col-state.is-${state}`);
  }

  mean(assessment) {
    return this.page.locator(`.tabulator-calcs [tabulator-field="a${assessment}"] .stat-mean`).textContent();
  }
}

// ---- tests ----------------------------------------------------------------------------------------------

/**
 * The tests of `define`, on each of the databases: `define(scenario)`, where `scenario(name, run)` makes a
 * test of `run({ school, visit, client })`. They share a server with these `settings`, on which
 * `prepare(school)` was called.
 */
export function onDatabases(databases, define, prepare = (school) => school.serve("--demo"), settings = {}) {
  for (const database of databases) {
    describe(database, () => {
      let browser;
      let school;
      before(async () => {
        if (database === "mariadb" && !process.env.GRADEBOOK_TEST_MYSQL_URL) {
          throw new Error("no MariaDB: set GRADEBOOK_TEST_MYSQL_URL to what `scripts/mariadb start --for-pid $$` prints");
        }
        school = await School.make(database, settings);
        [browser] = await Promise.all([launch(), prepare(school)]);
      });
      after(async () => {
        await browser?.close();
        await school?.stop();
      });
      define((name, run) =>
        it(name, { timeout: 120_000 }, async (test) => {
          const visitors = [];
          const tools = {
            test,
            school,
            async visit(options) {
              visitors.push(await visit(browser, school.base, options));
              return visitors.at(-1);
            },
            client: (username) => Client.signIn(school.base, username),
          };
          try {
            await run(tools);
            for (const visitor of visitors) visitor.check();
          } catch (error) {
            await Promise.all(visitors.map((visitor, n) => evidence(visitor, `${database} ${name} ${n + 1}`)));
            throw error;
          } finally {
            await Promise.all(visitors.map(({ context }) => context.close()));
          }
        }));
    });
  }
}

/** A picture of what a failed test's visitor saw, where GRADEBOOK_E2E_PICTURES says. */
async function evidence({ page, problems }, name) {
  if (problems.length) console.error(`${name}: ${problems.join("\n")}`);
  const directory = process.env.GRADEBOOK_E2E_PICTURES;
  if (directory) await page.screenshot({ path: path.join(directory, `${name.replaceAll(/[^\p{L}\p{N}]+/gu, "-")}.png`) }).catch(() => {});
}
