// What a pupil reads on a phone, also with large text: nothing is cut off, broken or printed over anything
// else, and a page that changes under the pupil's hands leaves them where they were.
import assert from "node:assert/strict";
import path from "node:path";
import { DESKTOP, onDatabases, PHONE } from "./harness.mjs";

const TEACHER = "chen.siyuan";
const PUPIL = "2026070301";
const WIDTHS = [1440, 390, 360, 195];

/** A year of two terms, a course whose weights are scaled up, with letters and a weighted category. */
async function year(client) {
  const [admin, teacher, pupil] = [await client("demo.admin"), await client(TEACHER), await client(PUPIL)];
  const { id, term, class: of, subject } = await admin.course("Class 3", "mathematics");
  const { items: terms } = await admin.get("/api/v1/terms?limit=200");
  const book = await teacher.gradebook(id);
  const me = book.students.find((one) => one.student_number === PUPIL).id;
  if (terms.some((one) => one.name === "Spring 春季学期")) return { id, teacher, pupil, me };
  const patch = (address, body) => admin.patch(address, body);
  await patch(`/api/v1/terms/${term.id}`, { weight: 40, reason: "spring weighs more" });
  const spring = await admin.post("/api/v1/terms", { school_year: term.school_year, name: "Spring 春季学期", starts_on: "2027-02-10", ends_on: "2027-07-10", weight: 50 });
  const { user } = await teacher.get("/api/v1/users/me").then((answer) => ({ user: answer.user ?? answer }));
  const next = await admin.post("/api/v1/courses", { class_id: of.id, subject_id: subject.id, term_id: spring.id, teacher_ids: [user.id] });
  const quiz = await teacher.post(`/api/v1/courses/${next.id}/assessments`, { title: "Quiz", max_score: 30 });
  await teacher.post(`/api/v1/assessments/${quiz.id}/publish`);
  await teacher.patch("/api/v1/scores", { edits: [{ assessment_id: quiz.id, student_id: me, version: 0, value: 20 }] });
  for (const category of book.categories) await patch(`/api/v1/categories/${category.id}`, { weight: 25, reason: "room for quizzes" });
  const quizzes = await teacher.post(`/api/v1/courses/${id}/categories`, { name: "小测 Quizzes", weight: 30, aggregation: "weighted" });
  const scores = [["小测一：很长很长的标题，占满手机的一整行还不够 unabbreviatedassessmenttitle", 7, 40, { value: 4.5 }], ["Quiz 2", 13.5, 60, { status: "excused" }], ["Quiz 3", 100, 25, { value: 100 }]];
  for (const [title, max_score, weight, mark] of scores) {
    const one = await teacher.post(`/api/v1/courses/${id}/assessments`, { title, max_score, weight, category_id: quizzes.id });
    await teacher.patch("/api/v1/scores", { edits: [{ assessment_id: one.id, student_id: me, version: 0, ...mark }] });
    await teacher.post(`/api/v1/assessments/${one.id}/publish`);
  }
  await teacher.patch(`/api/v1/courses/${id}`, { policy: { show_class_statistics: true, letters: [{ letter: "优秀", from: 90 }, { letter: "良好", from: 60.5 }, { letter: "Needs improvem.", from: 0 }] }, reason: "as agreed" });
  return { id, teacher, pupil, me };
}

/** What is wrong with how the cells of tables, and the rows of grades, lie on the page. */
const faults = () => {
  const found = [];
  const out = (inner, outer) => inner.left < outer.left - 0.5 || inner.right > outer.right + 0.5 || inner.top < outer.top - 0.5 || inner.bottom > outer.bottom + 0.5;
  const meet = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3;
  const inked = (element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    return [...range.getClientRects()].filter((rect) => rect.width > 1 && rect.height > 1);
  };
  const name = (element) => `“${element.textContent.trim().replaceAll(/\s+/g, " ")}”`;
  let seen = 0;
  for (const card of document.querySelectorAll(".card, .course-card")) {
    const frame = card.getBoundingClientRect();
    const places = [...card.querySelectorAll(".why :is(th, td), .report-table :is(th, td), .grade-what > *, .grade-value, .course-totals > div, .facts > div, .report-foot dd")]
      .filter((element) => element.checkVisibility() && element.parentElement.getBoundingClientRect().width > 2)
      .map((element) => [element, inked(element)])
      .filter(([, rects]) => rects.length > 0);
    seen += places.length;
    for (const [index, [element, rects]] of places.entries()) {
      if (rects.some((rect) => out(rect, frame))) found.push(`${name(element)} leaves its card`);
      for (const [other, others] of places.slice(index + 1)) {
        if (element.contains(other) || other.contains(element)) continue;
        if (rects.some((a) => others.some((b) => meet(a, b)))) found.push(`${name(element)} and ${name(other)} lie on each other`);
      }
      if (element.matches(".report-table th") && /^\S+$/.test(element.textContent.trim()) && new Set(rects.map((rect) => Math.round(rect.top))).size > 1) found.push(`${name(element)} is broken`);
      const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        for (const token of node.data.matchAll(/\d[\d.,]*/g)) {
          const range = document.createRange();
          range.setStart(node, token.index);
          range.setEnd(node, token.index + token[0].length);
          const lines = new Set([...range.getClientRects()].filter((rect) => rect.width > 0).map((rect) => Math.round(rect.top)));
          if (lines.size > 1 && !element.matches("th, .grade-title")) found.push(`${token[0]} in ${name(element)} is broken`);
        }
      }
    }
  }
  return { found, seen };
};

onDatabases(["sqlite", "mariadb"], (scenario) => {
  scenario("on every width, in both languages, nothing is cut off, broken or printed over", async ({ visit, client }) => {
    const { id } = await year(client);
    for (const locale of ["zh-CN", "en"]) {
      const visitor = await visit({ viewport: DESKTOP, locale });
      // So many pages so fast would use up the streams that one person may have.
      await visitor.context.route("**/api/v1/events*", (route) => route.fulfill({ contentType: "text/event-stream", body: "retry: 600000\n\n" }));
      await visitor.signIn(PUPIL);
      for (const [n, width] of WIDTHS.entries()) {
        const scheme = n % 2 ? "dark" : "light";
        await visitor.page.setViewportSize({ width, height: 844 });
        await visitor.page.emulateMedia({ colorScheme: scheme });
        for (const address of [`/me/courses/${id}`, "/me/report", "/me"]) {
          await visitor.page.goto(visitor.base + address);
          await visitor.page.evaluate(() => document.querySelectorAll("main details").forEach((one) => (one.open = true)));
          const { found, seen } = await visitor.page.evaluate(faults);
          const pictures = process.env.GRADEBOOK_E2E_PICTURES;
          if (pictures) await visitor.page.screenshot({ fullPage: true, path: path.join(pictures, `pupil-${address.split("/")[2] ?? "me"}-${width}-${locale}-${scheme}.png`) });
          assert.deepEqual(found, [], `${address} at ${width} in ${locale}`);
          assert.ok(seen > 8, `${address} has something to see`);
          assert.equal(await visitor.scrollsSideways(), false, `${address} at ${width} in ${locale}`);
          if (width === 390) assert.deepEqual(await visitor.barriers(), []);
        }
      }
    }
  });

  scenario("a year says how it came about, and a total can be worked out again from its page", async ({ visit, client }) => {
    const { id, pupil } = await year(client);
    const visitor = await visit({ viewport: PHONE, locale: "en" });
    await visitor.signIn(PUPIL);
    await visitor.page.goto(`${visitor.base}/me/report`);
    const { subjects } = await pupil.get("/api/v1/me/report");
    const maths = subjects.find((one) => one.subject.code === "mathematics");
    const why = visitor.page.locator("#why-year-final");
    await why.locator("summary").click();
    const group = await why.locator("tbody", { hasText: "Mathematics" }).innerText();
    const lines = maths.final_explanation.terms;
    assert.deepEqual(lines.map((one) => [one.weight, one.effective_weight, one.treatment]), [[40, 44.44, "counted"], [50, 55.56, "counted"]]);
    for (const line of lines) {
      for (const text of [line.name, `${line.percentage.toFixed(2)}%`, `${line.weight}%`, `counts as ${line.effective_weight}%`, line.contribution.toFixed(2)]) assert.ok(group.includes(text), `${text} in ${group}`);
    }
    assert.ok(group.includes(maths.final.toFixed(2)), group);
    const chinese = await why.locator("tbody", { hasText: "Chinese" }).innerText();
    assert.match(chinese, /only .* counts/);
    assert.match(chinese, /not taught, left out/);

    await visitor.page.goto(`${visitor.base}/me/courses/${id}`);
    const course = (await pupil.get("/api/v1/me/grades")).courses.find((one) => one.course.id === id);
    const quizzes = course.explanation.categories.find((one) => one.name === "小测 Quizzes");
    assert.deepEqual(quizzes.assessments.map((one) => [one.weight, one.effective_weight]), [[40, 61.54], [60, 0], [25, 38.46]]);
    const shown = await visitor.page.locator("#why-current tbody", { hasText: "小测 Quizzes" }).innerText();
    assert.match(shown, /61\.54% of its category\s*weight 40%/);
    const notes = await visitor.page.locator("#why-current .why-notes").innerText();
    assert.match(notes, /The letter comes from the final total: .*良好 from 60\.5%/);
    assert.match(notes, /Leaves out what has not been entered or handed in/);
    assert.match(notes, /two decimals/);
  });

  scenario("a page that changes leaves the reader where they were, and says what was taken back", async ({ visit, client }) => {
    const { id, teacher, me } = await year(client);
    const visitor = await visit({ viewport: DESKTOP, locale: "en" });
    await visitor.signIn(PUPIL);
    const following = visitor.following();
    await visitor.page.goto(`${visitor.base}/me/courses/${id}`);
    await following;
    const { page } = visitor;
    const one = await teacher.post(`/api/v1/courses/${id}/assessments`, { title: "Oral test", max_score: 20 });
    await teacher.patch("/api/v1/scores", { edits: [{ assessment_id: one.id, student_id: me, version: 0, value: 19 }] });
    const link = page.locator(".grade-ask a").nth(1);
    const address = await link.getAttribute("href");
    await page.fill("#target", "88.5");
    await link.focus();
    await teacher.post(`/api/v1/assessments/${one.id}/publish`);
    await page.waitForSelector(`[data-live="a${one.id}"]`);
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute("href")), address);
    assert.equal(await page.inputValue("#target"), "88.5", "what was typed is still there");
    await page.locator("#why-final summary").focus();
    await teacher.patch("/api/v1/scores", { edits: [{ assessment_id: one.id, student_id: me, version: 1, value: 18 }], reason: "counted again" });
    await page.waitForFunction((key) => document.querySelector(`[data-live="${key}"]`).textContent.includes("18"), `a${one.id}`);
    assert.equal(await page.evaluate(() => document.activeElement.closest("details")?.id), "why-final");
    // the newest is what was shown last
    const second = await visit({ viewport: PHONE, locale: "en" });
    await second.signIn(PUPIL);
    assert.match(await second.page.locator(".grade-row").first().innerText(), /Oral test/);
    await second.page.locator(".grade-row a").first().click();
    await second.page.waitForURL((url) => url.pathname === `/me/courses/${id}` && url.hash === `#score-${one.id}`);

    await page.locator(`#score-${one.id} .grade-ask a`).focus();
    await teacher.post(`/api/v1/assessments/${one.id}/unpublish`, { reason: "not all were heard" });
    await page.waitForSelector(`[data-live="a${one.id}"]`, { state: "detached" });
    assert.equal(await page.evaluate(() => document.activeElement.id), "main");
    await page.waitForFunction(() => /taken back: .*Oral test/.test(document.querySelector("#announcer")?.textContent ?? ""));
  });

  scenario("a request for a review: what was typed is kept, going back works, and one is open at a time", async ({ visit, client }) => {
    const { id, teacher, me } = await year(client);
    const one = await teacher.post(`/api/v1/courses/${id}/assessments`, { title: "Dictation", max_score: 20 });
    await teacher.patch("/api/v1/scores", { edits: [{ assessment_id: one.id, student_id: me, version: 0, value: 9 }] });
    await teacher.post(`/api/v1/assessments/${one.id}/publish`);
    const visitor = await visit({ viewport: PHONE, locale: "en" });
    visitor.expects(/422 \(Unprocessable/, /404 \(Not Found/);
    await visitor.signIn(PUPIL);
    const { page } = visitor;
    const form = `${visitor.base}/me/assessments/${one.id}/review`;
    await page.goto(`${visitor.base}/me/courses/${id}`);
    await page.locator(`#score-${one.id} .grade-ask a`).click();
    await page.waitForURL(form);
    await page.fill("#reason", "  ");
    await page.locator("main button.is-primary").click();
    await page.waitForSelector("#reason-error");
    await page.fill("#reason", "question 3");
    await page.locator("main button.is-primary").click();
    await page.waitForURL((url) => url.pathname === `/me/courses/${id}`);
    await page.goBack();
    // The form is not offered while a request waits.
    await page.waitForURL(form);
    assert.match(await page.locator("main").innerText(), /waits already|already|open/i);
    assert.equal(await page.locator("textarea").count(), 0);
    await page.locator("main .form-actions a").click();
    await page.waitForURL((url) => url.pathname === `/me/courses/${id}`);

    // Taken back while somebody types.
    const other = await teacher.post(`/api/v1/courses/${id}/assessments`, { title: "Spelling", max_score: 20 });
    await teacher.patch("/api/v1/scores", { edits: [{ assessment_id: other.id, student_id: me, version: 0, value: 9 }] });
    await teacher.post(`/api/v1/assessments/${other.id}/publish`);
    await page.goto(`${visitor.base}/me/assessments/${other.id}/review`);
    await page.fill("#reason", "a long thought");
    await teacher.post(`/api/v1/assessments/${other.id}/unpublish`, { reason: "too early" });
    await page.locator("main button.is-primary").click();
    await page.waitForSelector("[role=alert]");
    assert.equal(await page.inputValue("#reason"), "a long thought");
    await page.locator("main .form-actions a").click();
    await page.waitForURL((url) => url.pathname === `/me/courses/${id}`);
  });
});
