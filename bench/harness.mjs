// What the measurements share: databases and servers of their own on this machine, requests, figures.
// Nothing but node. Everything listens on loopback, is bounded in count and time, and is stopped and
// removed at the end.
import { execFileSync, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const root = path.join(path.dirname(fileURLToPath(import.meta.url)), "..");
export const PASSWORD = "gradebook-demo";
const START_MS = 120_000;
const STOP_MS = 40_000;

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export function binary() {
  const found = process.env.GRADEBOOK_BIN ?? path.join(root, "target/release/gradebook");
  if (!existsSync(found)) throw new Error(`no binary at ${found}: run cargo build --release --locked, or set GRADEBOOK_BIN`);
  return path.resolve(found);
}

/** What a table of figures is worth nothing without. */
export function machine() {
  const cpus = os.cpus();
  const memory = Math.round(os.totalmem() / 2 ** 30);
  const load = os.loadavg().map((one) => one.toFixed(1)).join(" ");
  return `${new Date().toISOString()}, ${cpus.length} x ${cpus[0].model.trim()}, ${memory} GB, node ${process.version}, load ${load}`;
}

// ---- databases and servers ------------------------------------------------------------------------------

const cleanups = [];

/** Runs `work` and removes whatever it started, also after an error or a signal. */
export async function measured(work) {
  const stopAll = async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  };
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => stopAll().finally(() => process.exit(1)));
  try {
    process.exitCode = (await work()) ? 0 : 1;
  } finally {
    await stopAll();
  }
}

/** A private MariaDB with one empty database; its URL. */
export function mariadb() {
  const script = path.join(root, "scripts/mariadb");
  const said = execFileSync(script, ["start", "--for-pid", String(process.pid)], { encoding: "utf8" }).trim();
  const [url, directory] = said.split(" ");
  cleanups.push(async () => execFileSync(script, ["stop", directory]));
  const server = new URL(url);
  execFileSync("mariadb", [
    "--no-defaults", `--host=${server.hostname}`, `--port=${server.port}`, "--protocol=tcp", `--user=${server.username}`,
    "--execute=CREATE DATABASE gradebook CHARACTER SET utf8mb4",
  ]);
  return `${url}/gradebook`;
}

export async function folder() {
  const made = await mkdtemp(path.join(os.tmpdir(), "gradebook-bench-"));
  cleanups.push(() => rm(made, { recursive: true, force: true }));
  return made;
}

/** A server that answers. `settings` are environment variables. */
export class Server {
  static async start(directory, settings, flags = []) {
    const server = new Server();
    const env = {
      PATH: process.env.PATH,
      HOME: directory,
      GRADEBOOK_DATA_DIR: path.join(directory, "data"),
      GRADEBOOK_LISTEN: "127.0.0.1:0",
      GRADEBOOK_LOG: "error,actix_http=off",
      ...settings,
    };
    const child = spawn(binary(), ["serve", "--migrate", ...flags], { env, cwd: directory, stdio: ["ignore", "pipe", "inherit"] });
    const exited = new Promise((resolve) => child.once("exit", resolve));
    cleanups.push(async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
      const late = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
      await exited;
      clearTimeout(late);
    });
    server.pid = child.pid;
    server.port = await new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error("the server does not answer")), START_MS);
      let printed = "";
      child.stdout.on("data", (text) => {
        printed += text;
        const found = /listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(printed);
        if (!found) return;
        clearTimeout(late);
        resolve(Number(found[1]));
      });
      child.once("error", reject);
      child.once("exit", (code) => reject(new Error(`the server ended with ${code}`)));
    });
    while ((await server.get("/readyz")).status !== 200) await sleep(50);
    return server;
  }

  /** Memory of the process in MB. */
  rss() {
    const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${this.pid}/status`, "utf8"));
    return Number(line[1]) / 1024;
  }

  /** Sends a request; the status, the body and how long it took. Without an answer the status is 0. */
  send(method, target, { headers = {}, body, agent = keepAlive, timeout = 120_000 } = {}) {
    return new Promise((resolve) => {
      const begin = performance.now();
      const end = (status, text) => resolve({ status, text, ms: performance.now() - begin, json: () => JSON.parse(text) });
      const request = http.request({ host: "127.0.0.1", port: this.port, method, path: target, headers, agent, timeout }, (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (more) => (text += more));
        response.on("end", () => end(response.statusCode, text));
        response.on("error", () => end(0, ""));
      });
      request.on("timeout", () => request.destroy());
      request.on("error", () => end(0, ""));
      request.end(body);
    });
  }

  get(target, token) {
    return this.send("GET", target, { headers: token ? { authorization: `Bearer ${token}` } : {} });
  }

  /** One sign-in, as from the given address: the server trusts this machine as a proxy. */
  signIn(username, { address = "10.9.9.9", password = PASSWORD, agent = keepAlive, timeout } = {}) {
    const body = new URLSearchParams({ grant_type: "password", username, password }).toString();
    const headers = { "content-type": "application/x-www-form-urlencoded", "x-forwarded-for": address };
    return this.send("POST", "/api/v1/token", { headers, body, agent, timeout });
  }

  async token(username, options) {
    const answer = await this.signIn(username, options);
    if (answer.status !== 200) throw new Error(`${username} cannot sign in: ${answer.status} ${answer.text}`);
    return answer.json().access_token;
  }

  /** All accounts, which an admin may list. */
  async users(token) {
    const users = [];
    let cursor = "";
    do {
      const page = (await this.get(`/api/v1/users?limit=200${cursor}`, token)).json();
      users.push(...page.items);
      cursor = page.next_cursor ? `&cursor=${encodeURIComponent(page.next_cursor)}` : null;
    } while (cursor);
    return users;
  }
}

export const keepAlive = new http.Agent({ keepAlive: true, maxSockets: 64 });
cleanups.push(async () => keepAlive.destroy());

// ---- figures --------------------------------------------------------------------------------------------

/** The value that `share` of the values do not exceed (nearest rank). */
export function percentile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

export const ms = (value) => (value === undefined ? "-" : `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ms`);

export function spread(values) {
  return `min ${ms(percentile(values, 0))}, median ${ms(percentile(values, 0.5))}, max ${ms(percentile(values, 1))}`;
}

/** Prints whether a target is met. */
export function target(words, met) {
  console.log(`  ${met ? "met   " : "MISSED"}  ${words}`);
  return met;
}
