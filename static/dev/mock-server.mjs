// A stand-in for the server: enough of the HTTP contract, in memory, to work on the front end and to test it.
// `node dev/mock-server.mjs [port]`; tests import start(). Not shipped.
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { pages } from "./pages.mjs";

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), "..");
const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'; worker-src 'self'; font-src 'self'";
const TYPES = { ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".json": "application/json" };

const NAMES = "李雷 韩梅梅 张伟 王芳 刘洋 陈静 杨帆 赵敏 黄磊 周杰 吴倩 徐强 孙丽 马超 朱琳 胡军 郭靖 何洁 高翔 林晓 罗文 郑爽 梁宇 谢娜 宋佳 唐嫣 许晴 韩冰 冯刚 邓超 曹颖 彭宇 曾毅 萧然 田甜 董洁 袁泉 潘虹 于和 蒋欣 蔡明 余男 杜鹃 叶青 程龙 苏醒 魏晨 吕良".split(" ");

export function makeState() {
  const assessments = [
    { id: 11, title: "第一次作业", max_score: 10, category_id: 1, exam_id: null, state: "published", date: "2026-09-18", extra_credit_limit: 2, editable: true },
    { id: 12, title: "单元测验一", max_score: 100, category_id: 2, exam_id: null, state: "published", date: "2026-10-09", extra_credit_limit: null, editable: true },
    { id: 13, title: "期中考试", max_score: 120, category_id: 2, exam_id: 3, state: "locked", date: "2026-11-06", extra_credit_limit: null, editable: false },
    { id: 14, title: "第二次作业", max_score: 10, category_id: 1, exam_id: null, state: "draft", date: "2026-11-20", extra_credit_limit: null, editable: true },
    { id: 15, title: "单元测验二", max_score: 100, category_id: 2, exam_id: null, state: "draft", date: "2026-12-04", extra_credit_limit: null, editable: true },
    { id: 16, title: "期末考试", max_score: 120, category_id: 2, exam_id: 4, state: "draft", date: "2027-01-15", extra_credit_limit: null, editable: true },
  ];
  const students = NAMES.map((name, i) => ({ id: 100 + i, student_number: `2026${String(i + 1).padStart(4, "0")}`, name }));
  const scores = new Map();
  students.forEach((s, i) => {
    for (const a of assessments.slice(0, 4)) {
      if (a.id === 14 && i > 20) continue;
      const odd = (i * 7 + a.id * 5) % 23;
      const status = odd === 3 ? "absent" : odd === 11 ? "missing" : odd === 17 ? "excused" : "scored";
      const value = status === "scored" ? Math.round(a.max_score * (0.55 + (((i * 37 + a.id * 11) % 45) / 100)) * 2) / 2 : null;
      scores.set(`${a.id}:${s.id}`, { status, value, comment: i === 2 && a.id === 12 ? "卷面整洁" : "", version: 1, updated_at: "2026-11-10T12:03:00Z", updated_by: { id: 5, name: "王老师" } });
    }
  });
  return { assessments, students, scores, clients: new Set(), history: new Map(), batches: 0, requests: [], mode: "ok", session: true, refreshes: 0, delay: 0, needReason: new Set(), user: 5, teaches: ["chinese", "maths"] };
}

function book(state, kind) {
  const assessments = kind === "sheet"
    ? state.assessments.slice(3).map((a, i) => {
      const code = ["chinese", "maths", "english"][i];
      return { ...a, title: "期末考试", subject: { code, name_zh: ["语文", "数学", "英语"][i], name_en: ["Chinese", "Mathematics", "English"][i] }, editable: state.teaches.includes(code), teachers: [{ id: 20 + i, name: ["陈老师", "王老师", "Ms Adams"][i] }] };
    })
    : state.assessments.map((a) => ({ ...a, course_id: 12, ...(state.termClosed && { editable: false }) }));
  const list = [];
  for (const [key, s] of state.scores) {
    const [assessment_id, student_id] = key.split(":").map(Number);
    list.push({ assessment_id, student_id, ...s });
  }
  const of = (id) => list.filter((s) => s.assessment_id === id && s.status === "scored").map((s) => s.value);
  const round = (n) => Math.round(n * 100) / 100;
  const totals = state.students.map((s) => {
    const own = list.filter((x) => x.student_id === s.id);
    const max = (x) => state.assessments.find((a) => a.id === x.assessment_id).max_score;
    const got = own.filter((x) => x.status === "scored").reduce((n, x) => n + x.value / max(x), 0);
    const counted = own.filter((x) => x.status === "scored").length;
    if (kind === "sheet") {
      const sum = own.filter((x) => x.assessment_id >= 14 && x.status === "scored").reduce((n, x) => n + x.value, 0);
      return { student_id: s.id, total: sum || null, mean: sum ? round(sum / 3) : null, rank: null };
    }
    const current = counted ? round((100 * got) / counted) : null;
    const subtotal = (category) => {
      const of = own.filter((x) => x.status === "scored" && state.assessments.find((a) => a.id === x.assessment_id).category_id === category);
      return of.length ? round((100 * of.reduce((n, x) => n + x.value / max(x), 0)) / of.length) : null;
    };
    return { student_id: s.id, current, final: round((100 * got) / 6), letter: null, categories: [1, 2].map((id) => ({ category_id: id, current: subtotal(id), final: subtotal(id) })) };
  });
  if (kind === "sheet") {
    const sorted = totals.map((t) => t.total ?? 0).sort((a, b) => b - a);
    for (const t of totals) t.rank = t.total === null ? null : sorted.indexOf(t.total) + 1;
  }
  return {
    ...(kind === "sheet" ? {} : {
      course: { id: 12, subject: { id: 2, code: "mathematics", name_zh: "数学", name_en: "Mathematics" }, class: { id: 5, name: "三班" } },
      categories: [{ id: 1, name: "作业", weight: 40 }, { id: 2, name: "测验与考试", weight: 60 }],
    }),
    amendments: [], term: { id: 1, name: "2026-2027 上学期", state: state.termClosed ? "closed" : "open" },
    assessments, students: state.students, scores: list, totals,
    statistics: assessments.map((a) => {
      const v = of(a.id);
      return { assessment_id: a.id, count: v.length, mean: v.length ? round(v.reduce((n, x) => n + x, 0) / v.length) : null, highest: v.length ? Math.max(...v) : null, lowest: v.length ? Math.min(...v) : null, median: v.length ? v.toSorted((x, y) => x - y)[v.length >> 1] : null, standard_deviation: v.length ? 8.25 : null, distribution: Array.from({ length: 10 }, (_, n) => v.filter((x) => Math.min(9, Math.floor((10 * x) / a.max_score)) === n).length) };
    }),
  };
}

export async function start({ port = 0, state = makeState() } = {}) {
  const manifest = JSON.parse(await readFile(path.join(root, "dist/manifest.json"), "utf8"));
  const messages = {};
  for (const l of ["en", "zh-CN"]) messages[l] = JSON.parse(await readFile(path.join(root, `messages.${l}.json`), "utf8"));

  const send = (event, data) => {
    for (const client of state.clients) client.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  };
  /** Somebody else writes a score. */
  const elsewhere = (assessment_id, student_id, value, quiet = false, comment = "") => {
    const old = state.scores.get(`${assessment_id}:${student_id}`);
    const version = (old?.version ?? 0) + 1;
    state.scores.set(`${assessment_id}:${student_id}`, { status: "scored", value, comment, version, updated_at: new Date().toISOString(), updated_by: { id: 9, name: "Li" } });
    if (!quiet) send("score", { course_id: 12, assessment_id, student_id, version });
  };

  const server = createServer(async (request, response) => {
    const url = new URL(request.url, "http://localhost");
    response.setHeader("Content-Security-Policy", CSP);
    response.setHeader("X-Content-Type-Options", "nosniff");
    const json = (status, value) => {
      response.writeHead(status, { "content-type": status >= 400 ? "application/problem+json" : "application/json", "cache-control": "no-store" });
      response.end(JSON.stringify(value));
    };
    const problem = (status, code, detail = "") => json(status, { type: "about:blank", title: code, status, detail, code, request_id: "r" });
    if (url.pathname.startsWith("/static/")) {
      const name = path.basename(url.pathname);
      try {
        const bytes = await readFile(path.join(root, "dist", name));
        response.writeHead(200, { "content-type": TYPES[path.extname(name)] ?? "application/octet-stream" });
        response.end(bytes);
      } catch {
        problem(404, "not_found");
      }
      return;
    }
    if (url.pathname === "/session/refresh") {
      state.refreshes++;
      if (state.canRefresh === false) return problem(401, "invalid_refresh_token");
      state.session = true;
      response.writeHead(204).end();
      return;
    }
    if (url.pathname.startsWith("/api/")) {
      let text = "";
      for await (const chunk of request) text += chunk;
      if (url.pathname.endsWith("/presence")) return json(200, { others: state.others ?? [] });
      state.requests.push({ method: request.method, path: url.pathname, text });
      if (state.delay) await new Promise((done) => setTimeout(done, state.delay));
      if (state.mode === "drop") return void request.socket.destroy();
      if (!state.session) return problem(401, "token_expired", "Token has expired");
      if (url.pathname === "/api/v1/events") {
        response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
        response.write(": hello\n\n");
        state.clients.add(response);
        request.on("close", () => state.clients.delete(response));
        return;
      }
      if (url.pathname === "/api/v1/users/me") return json(200, { id: state.user });
      if (/gradebook$/.test(url.pathname)) return json(200, book(state, "gradebook"));
      if (/sheet$/.test(url.pathname)) return json(200, book(state, "sheet"));
      if (url.pathname === "/api/v1/scores" && request.method === "PATCH") {
        const { edits, reason, way } = JSON.parse(text);
        const answer = { batch_id: ++state.batches, saved: [], conflicts: [], rejected: [] };
        for (const edit of edits) {
          const { assessment_id, student_id } = edit;
          const key = `${assessment_id}:${student_id}`;
          const at = { assessment_id, student_id };
          const a = state.assessments.find((x) => x.id === assessment_id);
          const old = state.scores.get(key) ?? { status: "blank", value: null, comment: "", version: 0 };
          const status = edit.status ?? (edit.value === undefined ? old.status : "scored");
          const value = status !== "scored" ? null : (edit.value ?? old.value);
          const comment = edit.comment ?? old.comment;
          if (a.state === "locked") answer.rejected.push({ ...at, code: "locked", detail: "This assessment is locked." });
          else if (value !== null && value > a.max_score + (a.extra_credit_limit ?? 0)) answer.rejected.push({ ...at, code: "above_maximum", detail: `The maximum is ${a.max_score}.` });
          else if (state.needReason.has(assessment_id) && !reason) answer.rejected.push({ ...at, code: "reason_required", detail: "" });
          else if (edit.version !== old.version) {
            if (old.version === edit.version + 1 && old.status === status && old.value === value && old.comment === comment && old.updated_by?.id === 1) answer.saved.push({ ...at, version: old.version });
            else answer.conflicts.push({ ...at, current: old });
          } else {
            const version = old.version + 1;
            const now = new Date().toISOString();
            state.scores.set(key, { ...old, status, value, comment, version, updated_at: now, updated_by: { id: 1, name: "我" } });
            const log = state.history.get(key) ?? [];
            log.unshift({ at: now, actor: { name: "我" }, before: { status: old.status, value: old.value }, after: { status, value }, ...(comment !== old.comment && { comment, comment_before: old.comment }), reason: reason ?? null, way: way ?? null, source: "web" });
            state.history.set(key, log);
            answer.saved.push({ ...at, version });
            send("score", { course_id: 12, assessment_id, student_id, version });
          }
        }
        if (state.mode === "lose-answer") return void request.socket.destroy();
        return json(200, answer);
      }
      const changed = /^\/api\/v1\/assessments\/(\d+)$/.exec(url.pathname);
      if (changed && request.method === "PATCH") {
        const a = state.assessments.find((x) => x.id === Number(changed[1]));
        const { title, max_score, reason } = JSON.parse(text);
        if (a.state === "published" && max_score !== undefined && !reason) return problem(422, "reason_required");
        if (max_score !== undefined && [...state.scores].some(([key, one]) => key.startsWith(`${a.id}:`) && one.value > max_score)) {
          return json(422, { status: 422, code: "validation_failed", detail: "", errors: [{ pointer: "/max_score", code: "invalid_field", detail: "below a score that is entered" }] });
        }
        Object.assign(a, { title: title ?? a.title, max_score: max_score ?? a.max_score });
        return json(200, a);
      }
      const match = /^\/api\/v1\/assessments\/(\d+)\/(preflight|publish|unpublish|lock|unlock)$/.exec(url.pathname);
      if (match) {
        const a = state.assessments.find((x) => x.id === Number(match[1]));
        const own = state.students.map((s) => state.scores.get(`${a.id}:${s.id}`)?.status ?? "blank");
        const count = (status) => own.filter((x) => x === status).length;
        if (match[2] === "preflight") {
          const stat = book(state, "gradebook").statistics.find((s) => s.assessment_id === a.id);
          return json(200, { entered: own.length - count("blank"), expected: own.length, absent: count("absent"), excused: count("excused"), missing: count("missing"), blank: count("blank"), blank_students: state.students.filter((one) => !state.scores.has(`${a.id}:${one.id}`)).slice(0, 20), mean: stat.mean, max_score: a.max_score, previous: null, mean_change: null, unusual: [] });
        }
        const [from, to, why] = { publish: ["draft", "published"], unpublish: ["published", "draft", true], lock: ["published", "locked"], unlock: ["locked", "published", true] }[match[2]];
        if (a.state !== from) return problem(409, "invalid_state");
        if (why && !(text && JSON.parse(text).reason?.trim())) return problem(422, "reason_required");
        a.state = to;
        a.editable = a.state !== "locked";
        send("assessment", { course_id: 12, assessment_id: a.id });
        return json(200, a);
      }
      const total = /courses\/12\/students\/(\d+)\/total$/.exec(url.pathname);
      if (total) {
        const { current, final } = book(state, "gradebook").totals.find((one) => one.student_id === Number(total[1]));
        const reading = (percentage) => ({ percentage, explanation: { categories: [{ name: "作业", percentage, weight: 100, effective_weight: 100, contribution: percentage, assessments: [] }] } });
        return json(200, { current: reading(current), final: reading(final), letter: null, student_sees: { current, final, letter: null } });
      }
      const history = /assessments\/(\d+)\/students\/(\d+)\/history$/.exec(url.pathname);
      if (history) return json(200, { items: state.history.get(`${history[1]}:${history[2]}`) ?? [] });
      return problem(404, "not_found");
    }
    const html = pages(url, { manifest, messages, state });
    response.writeHead(html ? 200 : 404, { "content-type": "text/html; charset=utf-8" });
    response.end(html ?? "no such page");
  });
  await new Promise((done) => server.listen(port, "127.0.0.1", done));
  const base = `http://127.0.0.1:${server.address().port}`;
  const stop = () => {
    for (const client of state.clients) client.end();
    server.closeAllConnections();
    return new Promise((done) => server.close(done));
  };
  return { base, state, send, elsewhere, stop };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { base } = await start({ port: Number(process.argv[2] ?? 8090) });
  console.log(`listening on ${base}`);
}
