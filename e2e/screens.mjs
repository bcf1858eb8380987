// Takes pictures of every page, on a phone and on a desktop, in both languages and colour schemes:
//   node e2e/screens.mjs DIRECTORY [PATTERN-OF-NAMES [LANGUAGE]]
// and those in docs/screens, which the documentation shows:
//   node e2e/screens.mjs --docs
// Its scenes are every page in every state; sweep.test.mjs visits them too.
import { spawnSync } from "node:child_process";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Authenticator } from "./authenticator.mjs";
import { Client, DESKTOP, launch, MIDTERM, MONTHLY, PASSWORD, PHONE, root, School, visit } from "./harness.mjs";

const PUPIL = "2026070102";
/** How many looks there are pupils for, who do what cannot be undone. */
const LOOKS = 8;
/** Of what is done on a page, what the documentation shows too. */
const SHOWN = new Set(["gradebook", "scheme-me", "gradebook-history", "gradebook-publish", "gradebook-help", "import-plan", "setup-class-leave", "scheme-needs", "scheme-covered"]);
/** A picture of the documentation may weigh so much. */
export const MOST_BYTES = 200_000;

/** Fills the schools with something to see; answers who opens what, for one look after another. */
export async function makeScenes(school, strict, empty, looks = LOOKS) {
  const admin = await Client.signIn(school.base, "demo.admin");
  const { id: course } = await admin.course("Class 1", "chinese");
  const { page: sheet } = await admin.examClass(MONTHLY, "Class 1");

  const examOf = (page) => page.split("/")[2];
  const analysis = `/exams/${examOf(sheet)}/analysis`;
  const { page: midtermSheet } = await admin.examClass(MIDTERM, "Class 1");
  const compared = `/exams/${examOf(midtermSheet)}/analysis?class_id=${midtermSheet.split("/")[4]}&compare_to=${examOf(sheet)}`;

  // something to see: a corrected score with a remark, and a conflict
  const book = await admin.gradebook(course);
  const [monthly, midterm] = [MONTHLY, MIDTERM].map((title) => book.column(title).id);
  const pupil = book.students.find((s) => s.student_number === PUPIL).id;
  await admin.patch("/api/v1/scores", {
    edits: [{ assessment_id: monthly, student_id: pupil, version: book.cell(monthly, pupil).version, value: 87.5, comment: "卷面整洁，作文有进步。Neat work." }],
    reason: "批改有误",
  });

  // Two blocks, of which somebody changed a score since.
  const block = async (column, values, way) => {
    const now = await admin.gradebook(course);
    const edits = now.students.slice(8, 8 + values.length).map((student, i) => ({ assessment_id: column, student_id: student.id, version: now.cell(column, student.id).version, value: values[i], comment: i === 2 ? "进步很大" : undefined }));
    return (await admin.patch("/api/v1/scores", { edits, reason: "复核后更正", way })).batch_id;
  };
  const batch = await block(monthly, [81, 82.5, 83, 84, 85, 86], "paste");
  const draftBatch = await block(midterm, [71, 72, 73, 74], "fill");
  await block(midterm, [99], "typed");
  const conflict = async ({ page, grid }) => {
    const student = book.students[5].id;
    await grid.cell(student, midterm).click();
    await page.keyboard.type("71");
    await admin.patch("/api/v1/scores", { edits: [{ assessment_id: midterm, student_id: student, version: (await admin.gradebook(course)).cell(midterm, student).version, value: 60 + (conflict.times = (conflict.times ?? 0) + 1) }] });
    await page.keyboard.press("Enter");
    await grid.state("conflict");
    await grid.cell(student, midterm).click();
  };
  const refused = async ({ page, grid }) => {
    await grid.cell(book.students[2].id, midterm).click();
    await page.keyboard.type("850");
    await page.keyboard.press("Enter");
  };
  const history = async ({ page, grid }) => {
    await grid.cell(pupil, monthly).click();
    await page.keyboard.press("Alt+h");
    await page.waitForSelector(".side-panel .timeline li");
  };
  const undoBatch = async (visitor) => {
    await history(visitor);
    await visitor.page.locator(".timeline-undo").first().click();
    await visitor.page.waitForSelector("dialog[open] .button.is-primary");
  };
  // amendments: a request of the pupil and a proposal of the teacher, both open, and a settled one
  const asking = await Client.signIn(school.base, PUPIL);
  const send = (who, address, body) => fetch(school.base + address, { method: "POST", headers: { authorization: `Bearer ${who.token}`, "content-type": "application/json" }, body: JSON.stringify(body) }).then((answer) => answer.json());
  const settled = await send(asking, "/api/v1/amendments", { assessment_id: monthly, reason: "作文的分数好像少加了。" });
  await send(admin, `/api/v1/amendments/${settled.id}/answer`, { note: "已核对，作文分数无误。" });
  const maths = await admin.course("Class 1", "mathematics");
  const other = (await admin.gradebook(maths.id)).column(MONTHLY).id;
  await admin.post(`/api/v1/assessments/${other}/lock`);
  const wish = await send(asking, "/api/v1/amendments", { assessment_id: other, reason: "第 7 题我觉得是对的。I think question 7 is right." });
  await send(admin, "/api/v1/amendments", { assessment_id: other, student_id: book.students[6].id, proposed: { value: 66 }, reason: "第三页没有计分" });
  await send(await Client.signIn(school.base, "chen.siyuan"), `/api/v1/amendments/${wish.id}/answer`, { note: "少加了两分。", proposed: { value: 81.5 } });
  const propose = async ({ page, grid }) => {
    await grid.cell(book.students[3].id, other).click({ button: "right" });
    await page.locator(".popup-menu button").first().click();
    await page.waitForSelector("dialog[open]");
  };

  const columnMenu = ({ page }) => page.click(`.tabulator-col[tabulator-field="a${midterm}"] .col-menu`);
  const publish = async (visitor) => {
    await columnMenu(visitor);
    await visitor.page.locator(".popup-menu button", { hasText: /^(发布|Publish)/ }).click();
    await visitor.page.waitForSelector("dialog[open]");
  };
  const drawn = async ({ page }) => {
    for (const figure of await page.locator("figure[data-chart]").all()) {
      await figure.scrollIntoViewIfNeeded();
      await page.waitForFunction((element) => element.dataset.drawn, await figure.elementHandle());
    }
  };
  const printed = async (visitor) => {
    await drawn(visitor);
    await visitor.page.emulateMedia({ media: "print" });
  };
  const refusedLines = async ({ page }) => {
    for (const [field, text] of [["full", "100"], ["excellent", "90"], ["good", "75"], ["pass", "80"]]) await page.fill(`#line-0-${field}`, text);
    await Promise.all([page.waitForNavigation(), page.click("#lines-form button")]);
  };
  const help = async ({ page }) => {
    await page.keyboard.press("?");
    await page.waitForSelector("dialog[open] .key-list");
  };
  const menu = (n) => ({ page }) => page.locator(".topbar summary").nth(n).click();
  const states = ({ page }) => page.locator(".page-actions summary:visible").last().click();
  const wrongPassword = async ({ page }) => {
    await page.fill("#username", PUPIL);
    await page.fill("#password", "wrong");
    await page.press("#password", "Enter");
    await page.waitForSelector("[role=alert]");
  };
  const weakPassword = async ({ page }) => {
    for (const [field, text] of [["current", "gradebook-demo"], ["new", "short"], ["repeat", "short"]]) await page.fill(`#${field}`, text);
    await page.press("#repeat", "Enter");
    await page.waitForSelector("[aria-invalid]");
  };

  const { items: accounts } = await admin.get("/api/v1/users?limit=200");
  const account = (username) => accounts.find((one) => one.username === username).id;
  const [self, teacher] = ["demo.admin", "lin.yue"].map(account);
  // a class of new students, who wait for their slips
  const file = path.join(school.directory, "roster.csv");
  const rows = Array.from({ length: 13 }, (_, n) => `七年级,四班,20260704${String(n + 1).padStart(2, "0")},${["新生", "Newcomer "][n % 2]}${n + 1},80`);
  await writeFile(file, `年级,班级,考号,姓名,语文\n${rows.join("\n")}\n`);
  await school.run(["import", "scores", file, "--school-year", "2027-2028", "--term", "Autumn", "--exam", "First", "--create-missing"]);
  const third = (await admin.course("Class 3", "chinese")).class.id;
  const fourth = (await admin.course("四班", "chinese")).class.id;
  const fillUser = async ({ page }, username) => {
    await page.selectOption("#role", "teacher");
    await page.fill("#name", "陈晓 Chen Xiao");
    await page.fill("#username", username);
    await Promise.all([page.waitForLoadState("load"), page.click("main button.is-primary")]);
  };
  const refusedUser = (visitor) => fillUser(visitor, "LIN.YUE").then(() => visitor.page.waitForSelector("[aria-invalid]"));
  const addedUser = (visitor) => fillUser(visitor, `chen.xiao.${(addedUser.times = (addedUser.times ?? 0) + 1)}`).then(() => visitor.page.waitForSelector(".slip"));
  const lastAdmin = async ({ page }) => {
    await Promise.all([page.waitForNavigation(), page.click("#disable")]);
    await page.click("main button.is-danger");
    await page.waitForSelector("[role=alert]");
  };
  const { items: [{ id: pupilOfThird }] } = await admin.get(`/api/v1/classes/${third}/students`);
  const refusedTerm = async ({ page }) => {
    await page.fill("#ends_on", "2026-01-01");
    await Promise.all([page.waitForNavigation(), page.click("main button.is-primary")]);
  };
  const moving = async (visitor) => {
    await visitor.page.selectOption("#to_class_id", { index: 1 });
    await step("move")(visitor);
  };
  const promoting = ({ page }) => Promise.all([page.waitForNavigation(), page.click("form[action$='/promote'] button")]);
  const step = (name) => ({ page }) => Promise.all([page.waitForNavigation(), page.click(`button[name=action][value=${name}]`)]);
  const take = ({ page }) => Promise.all([page.waitForNavigation(), page.click("button[name=remove]")]);
  const needs = async ({ page }) => {
    await page.fill("#target", "85");
    await Promise.all([page.waitForNavigation(), page.click(".calc-ask .is-primary")]);
  };
  // Grades out of sight, of which one was tapped; what a device remembers of it is gone after the second.
  const tapped = (page) => page.locator(".grade-row .cover summary").first().click();
  const cover = async ({ page }) => {
    await Promise.all([page.waitForNavigation(), page.click('form[action="/me/cover"] button')]);
    await tapped(page);
    await page.evaluate(() => window.scrollTo(0, 0));
  };
  const covered = async ({ page, context }) => {
    await tapped(page);
    await context.clearCookies({ name: "cover" });
  };
  const makeSlips = async ({ page }) => {
    await page.click("main button.is-primary");
    await page.waitForSelector(".slip");
  };

  const sendTable = (text, exam) => async ({ page }) => {
    await page.setInputFiles("#file", { name: "名单 roster.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
    if (exam) await page.selectOption("#exam_id", { index: 1 });
    await Promise.all([page.waitForNavigation(), page.click("main button.is-primary")]);
  };
  const { items: inThird } = await admin.get(`/api/v1/classes/${third}/students?limit=3`);
  const known = (await admin.get("/api/v1/classes?limit=200")).items.find((one) => one.id === third);
  const roster = ["学年,年级,班级,学号,姓名,入班日期,性别",
    `${known.school_year},${known.grade_level},${known.name},${inThird[0].student_number},改名 Renamed,,女`,
    `${known.school_year},${known.grade_level},Class 2,${inThird[1].student_number},${inThird[1].name},2027-03-01,男`,
    `${known.school_year},${known.grade_level},${known.name},${inThird[2].student_number},${inThird[2].name},,男`,
    `${known.school_year},${known.grade_level},${known.name},2026079901,新同学 Newcomer,,女`,
    `${known.school_year},八年级,1班,2026079902,陈新,,女`,
    `${known.school_year},${known.grade_level},${known.name},,没有学号,,女`,
    `${known.school_year},${known.grade_level},${known.name},lin.yue,同名 Namesake,,女`].join("\n");
  const committed = async (visitor) => {
    await sendTable(`学年,年级,班级,学号,姓名\n2029-2030,七年级,1班,20290${++committed.times}01,陈新`)(visitor);
    await visitor.page.click("main button.is-primary");
    await visitor.page.waitForSelector(".alert.is-success");
  };
  committed.times = 10;
  const newExam = ({ page }) => page.selectOption("#exam_id", "new");
  const press = ({ page }, selector = "main button.is-primary") => Promise.all([page.waitForNavigation(), page.click(selector)]);
  const throttled = async (visitor) => {
    for (let status = 0; status !== 429; ) {
      await visitor.page.fill("#username", "li.ming");
      await visitor.page.fill("#password", "wrong");
      const [answer] = await press(visitor);
      status = answer.status();
    }
  };
  const wrongCode = async (visitor) => {
    await visitor.page.fill("#code", "000000");
    await press(visitor);
  };
  const askedForCode = (pupil) => async (visitor) => {
    await visitor.askedForCode(pupil);
  };
  const wrongSecondStep = (pupil) => async (visitor) => {
    await visitor.askedForCode(pupil);
    await wrongCode(visitor);
  };
  const begin = (visitor) => press(visitor);
  const wrongFirstCode = async (visitor) => {
    await press(visitor);
    await wrongCode(visitor);
  };
  const typeIn = async (visitor) => {
    await press(visitor);
    await visitor.page.click("details summary >> nth=-1");
  };
  const codes = async (visitor) => {
    await press(visitor);
    await visitor.page.fill("#code", await new Authenticator(await visitor.page.textContent("#totp-secret")).next());
    await press(visitor);
  };
  const printedCodes = async (visitor) => {
    await visitor.page.fill("#renew-password", PASSWORD);
    await press(visitor, "form[action$=recovery-codes] .form-actions button");
    await visitor.page.emulateMedia({ media: "print" });
  };
  const wrongOwnPassword = async (visitor) => {
    await visitor.page.fill("#remove-password", "wrong");
    await press(visitor, "form[action$=remove] .form-actions button");
  };
  // Each look has pupils of its own, because what they do cannot be undone: one without two-step sign-in, and
  // two with it.
  const pupils = [];
  for (let n = 0; n < looks; n++) {
    const [plain, asked, safe] = [10, 20, 30].map((first) => `20260702${first + n}`);
    const { codes: [code] } = await (await Client.signIn(school.base, safe)).setUpTotp();
    await (await Client.signIn(school.base, asked)).setUpTotp();
    pupils.push({ plain, asked, safe, code, id: account(safe) });
  }

  // the course that counts more than exams
  const counted = await admin.course("Class 3", "mathematics");
  const settings = `/courses/${counted.id}/settings`;
  const countedBook = await admin.gradebook(counted.id);
  const [firstPiece] = countedBook.assessments.map((one) => one.id);
  const [, homework] = countedBook.categories.map((one) => one.id);
  const withoutReason = async (visitor) => {
    await visitor.page.fill("#weight", "35");
    await press(visitor, ".scheme-form button.is-primary");
  };
  const total = async ({ page }) => {
    await page.locator(".tabulator-row .col-total").first().click();
    await page.waitForSelector(".total-category");
  };

  const upload = async (visitor) => {
    const now = await admin.gradebook(course);
    const marks = now.students.slice(20, 24).map((one, i) => `${one.student_number},${one.name},${[88 - ++upload.times / 2, 76.5, "缺考", 999][i]}`);
    const text = ["学号,姓名," + MIDTERM, ...marks, "2026079999,不在班里,60"].join("\n");
    await visitor.page.setInputFiles("#file", { name: "midterm.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
    await Promise.all([visitor.page.waitForURL("**/imports/*"), visitor.page.click("main button.is-primary")]);
  };
  const uploadTable = (titles, cells) => async (visitor) => {
    const now = await admin.gradebook(course);
    const rows = now.students.slice(20, 23).map((one) => [one.student_number, one.name, ...cells].join(","));
    await visitor.page.setInputFiles("#file", { name: "成绩 scores.csv", mimeType: "text/csv", buffer: Buffer.from([`学号,姓名,${titles}`, ...rows].join("\n")) });
    await Promise.all([visitor.page.waitForURL("**/imports/*"), visitor.page.click("main button.is-primary")]);
  };
  const uploadUnknown = uploadTable(`${MIDTERM},备注,书法 Calligraphy`, [71, "进步很大", "A"]);
  const ignored = async (visitor) => {
    await uploadUnknown(visitor);
    for (const box of await visitor.page.locator("[name=ignore]").all()) await box.check();
    await press(visitor, "form[action$='/columns'] button:not([form])");
  };
  const uploadCorrecting = async (visitor) => {
    await uploadTable(MONTHLY, [61]).call(null, visitor);
    await visitor.page.evaluate(() => document.querySelectorAll("main form").forEach((form) => (form.noValidate = true)));
    await press(visitor, "form[action$='/commit'] button.is-primary");
  };
  upload.times = 0;
  const imported = async (visitor) => {
    await upload(visitor);
    await visitor.page.check("[name=allow_partial]");
    await visitor.page.click("main button.is-primary");
    await visitor.page.waitForSelector("form[action$='/undo'], .alert.is-success");
  };

  // somebody who moves in the middle of the term, and an exam of before that the new class has sat
  const second = await admin.course("Class 2", "chinese");
  const home = (await admin.course("Class 1", "chinese")).class.id;
  await admin.post(`/api/v1/classes/${home}/students/${book.students.at(-1).id}/move`, { to_class_id: second.class.id, from: "2026-11-09" });
  const secondMonthly = (await admin.gradebook(second.id)).column(MONTHLY).id;
  const lookAtCopy = async ({ page }) => {
    for (const box of await page.locator('input[name="to"]').all()) await box.check();
    await page.click('button[value="look"]');
    await page.waitForSelector("#preview");
  };

  /** Who opens what, and does what there; with which recovery code; in which school. */
  const scenes = ({ plain, asked, safe, code, id }) => [
    [null, [
      ["login", "/login"], ["login-return", "/login?next=%2Fme"], ["login-failed", "/login", wrongPassword], ["login-throttled", "/login", throttled],
      ["login-code", "/login", askedForCode(asked)], ["login-code-wrong", "/login", wrongSecondStep(asked)], ["not-found", "/nowhere"], ["design", "/design"],
    ]],
    ["demo.admin", [
      ["admin-home", "/"], ["admin-sheet", sheet],
      ["reviews", "/reviews"], ["review-decide", `/reviews/${wish.id}`], ["gradebook-propose", `/courses/${maths.id}`, propose],
      ["admin-overview", "/admin"],
      ["setup-school", "/admin/school"], ["begin-subjects", "/admin/setup/subjects"], ["begin-class", "/admin/setup/class"], ["begin-teacher", "/admin/setup/teacher"], ["begin-done", "/admin/setup/done"],
      ["setup-terms", "/admin/terms"], ["setup-term", "/admin/terms/1"], ["setup-subjects", "/admin/subjects"], ["setup-subject", "/admin/subjects/1"],
      ["setup-classes", "/admin/classes"], ["setup-class", `/admin/classes/${third}`], ["setup-class-student", `/admin/classes/${third}?student=${pupilOfThird}`], ["setup-class-leave", `/admin/classes/${third}?student=${pupilOfThird}`, step("leave")], ["setup-class-move", `/admin/classes/${third}?student=${pupilOfThird}`, moving], ["setup-class-promote", `/admin/classes/${third}`, promoting],
      ["setup-courses", "/admin/courses"], ["setup-courses-none", "/admin/courses?q=nosuch"], ["setup-teaching", "/admin/teaching"], ["setup-course", `/admin/courses/${course}`], ["setup-course-take", `/admin/courses/${course}`, take], ["setup-exams", "/admin/exams"], ["setup-exam", "/admin/exams/1"],
      ["setup-term-refused", "/admin/terms/1", refusedTerm],
      ["admin-users", "/admin/users"], ["admin-users-found", "/admin/users?q=li&role=teacher"], ["admin-users-none", "/admin/users?q=nobody"],
      ["analysis", analysis, drawn], ["analysis-printed", compared, printed], ["analysis-refused", analysis, refusedLines],
      ["admin-user-new", "/admin/users/new"], ["admin-user-refused", "/admin/users/new", refusedUser], ["admin-user-added", "/admin/users/new", addedUser],
      ["admin-user-student", `/admin/users/${pupil}`], ["admin-user-teacher", `/admin/users/${teacher}`], ["admin-user-last-admin", `/admin/users/${self}`, lastAdmin],
      ["admin-user-totp", `/admin/users/${id}`], ["admin-user-disable", `/admin/users/${teacher}?confirm=disable`], ["admin-user-reset", `/admin/users/${pupil}?confirm=reset`],
      ["progress", "/admin/progress"], ["progress-unfinished", "/admin/progress?show=unfinished"], ["anomalies", "/admin/anomalies"], ["anomalies-far", "/admin/anomalies?kind=far_from_own_mean"],
      ["gradebook-mover", `/courses/${second.id}`], ["entry-mover", `/assessments/${secondMonthly}/entry`],
      ["changes-school", "/admin/changes"], ["changes-school-grades", "/admin/changes?area=grades"], ["changes-school-wrong", "/admin/changes?actor=nobody&kind=score"],
      ["admin-slips", "/admin/slips"], ["admin-imports", "/admin/imports"], ["admin-imports-new", "/admin/imports", newExam],
      ["admin-imports-exam", "/admin/imports?exam_id=1"], ["admin-imports-roster", "/admin/imports/roster"], ["admin-imports-roster-refused", "/admin/imports/roster", sendTable("学号,班级\n1,2")],
      ["admin-imports-roster-plan", "/admin/imports/roster", sendTable(roster)], ["admin-imports-roster-done", "/admin/imports/roster", committed], ["admin-slips-class", `/admin/slips?class=${third}`], ["admin-slips-printed", `/admin/slips?class=${fourth}`, makeSlips],
    ]],
    ["lin.yue", [
      ["teacher-home", "/"], ["gradebook", `/courses/${course}`], ["gradebook-conflict", `/courses/${course}`, conflict], ["gradebook-refused", `/courses/${course}`, refused],
      ["gradebook-history", `/courses/${course}`, history], ["gradebook-column-menu", `/courses/${course}`, columnMenu], ["gradebook-publish", `/courses/${course}`, publish],
      ["gradebook-help", `/courses/${course}`, help], ["gradebook-states", `/courses/${course}`, states], ["sheet", sheet],
      ["analysis-teacher", compared], ["course-anomalies", `/courses/${course}/anomalies`],
      ["publish-draft", `/assessments/${midterm}/publish`], ["entry-draft", `/assessments/${midterm}/entry`], ["entry-published", `/assessments/${monthly}/entry`], ["publish-published", `/assessments/${monthly}/publish`], ["publish-lock", `/assessments/${monthly}/publish?ask=lock#steps`],
      ["changes-course", `/courses/${course}/changes`], ["changes-batch", `/batches/${batch}`], ["changes-batch-draft", `/batches/${draftBatch}`], ["gradebook-undo", `/courses/${course}`, undoBatch],
      ["import-plan", `/courses/${course}/import`, upload], ["import-outcome", `/courses/${course}/import`, imported], ["import-unknown", `/courses/${course}/import`, uploadUnknown], ["import-ignored", `/courses/${course}/import`, ignored], ["import-reason", `/courses/${course}/import`, uploadCorrecting], ["import-form", `/courses/${course}/import`],
      ["account", "/account"], ["account-menu", "/account", menu(1)], ["language-menu", "/account", menu(0)], ["password", "/account/password"], ["password-refused", "/account/password", weakPassword],
    ]],
    [PUPIL, [["me", "/me"], ["my-course", `/me/courses/${course}`], ["my-course-request", `/me/courses/${maths.id}`], ["my-review", `/me/assessments/${monthly}/review`], ["pupil-account", "/account"], ["not-found-signed-in", "/courses/1"]]],
    ["chen.siyuan", [
      ["scheme-settings", settings], ["scheme-category", `${settings}?open=category-${homework}#form`], ["scheme-reason", `${settings}?open=category-${homework}#form`, withoutReason],
      ["scheme-assessment", `${settings}?open=assessment#form`], ["scheme-copy", `${settings}/copy`], ["scheme-copy-preview", `${settings}/copy`, lookAtCopy], ["scheme-also", `${settings}?open=assessment#title`], ["scheme-empty", `${settings}?open=empty-category-${homework}#form`], ["scheme-edit", `${settings}?open=assessment-${firstPiece}#form`], ["scheme-policy", `${settings}?open=policy#form`],
      ["scheme-total", `/courses/${counted.id}`, total], ["scheme-reports", `/classes/${counted.class.id}/report`],
    ]],
    ["2026070301", [["scheme-mine", `/me/courses/${counted.id}`], ["scheme-calculator", `/me/courses/${counted.id}/calculator`], ["scheme-needs", `/me/courses/${counted.id}`, needs], ["scheme-report", "/me/report"], ["scheme-me", "/me"], ["scheme-covered", "/me", cover], ["scheme-mine-covered", `/me/courses/${counted.id}`, covered]]],
    ["2026070340", [["first-password", "/account/password"]]],
    [plain, [
      ["totp", "/account/totp"], ["totp-scan", "/account/totp", begin], ["totp-type", "/account/totp", typeIn], ["totp-wrong", "/account/totp", wrongFirstCode],
      ["totp-codes", "/account/totp", codes],
    ]],
    [safe, [
      ["account-totp", "/account"], ["totp-manage", "/account/totp"], ["totp-manage-wrong", "/account/totp", wrongOwnPassword], ["totp-codes-print", "/account/totp", printedCodes],
    ], code],
    [null, [["begin", "/setup"]], null, empty],
    ["lin.yue", [["totp-required", "/"], ["totp-required-scan", "/account/totp", begin]], null, strict],
  ];

  return () => {
    const mine = pupils.shift();
    if (!mine) throw new Error(`there are pupils for ${looks} looks only`);
    return scenes(mine);
  };
}

/** Somebody at the beginning of their scenes: signed in, or not. */
export async function arrive(browser, base, username, code, options) {
  const visitor = await visit(browser, base, options);
  if (code) await visitor.signInWithCode(username, code);
  else if (username) await visitor.signIn(username);
  return visitor;
}

/** What was only typed on a page is given up. */
export async function leave(visitor) {
  await visitor.page.close({ runBeforeUnload: false });
  await visitor.newPage();
}

/** The schools of the scenes, which serve for as long as `run` takes. */
export async function withSchools(run) {
  const school = await School.make("sqlite");
  const strict = await School.make("sqlite", { GRADEBOOK_REQUIRE_TOTP: "admin,teacher" });
  const empty = await School.make("sqlite");
  let browser;
  try {
    [browser] = await Promise.all([launch(), school.serve("--demo"), strict.serve("--demo"), empty.serve()]);
    await run(browser, school, strict, empty);
  } finally {
    await browser?.close();
    await strict.stop();
    await empty.stop();
    await school.stop();
  }
}

async function pictures(directory, only, locale) {
  await withSchools(async (browser, school, strict, empty) => {
    const next = await makeScenes(school, strict, empty);
    for (const colorScheme of ["light", "dark"]) {
      for (const [device, viewport] of [["phone", PHONE], ["desktop", DESKTOP]]) {
        for (const [username, pages, code, at = school] of next()) {
          const wanted = pages.map(([name, ...rest]) => [`${name}-${device}-${locale}-${colorScheme}`, ...rest]).filter(([name]) => only.test(name));
          if (!wanted.length) continue;
          const visitor = await arrive(browser, at.base, username, code, { viewport, locale, colorScheme, reducedMotion: "reduce" });
          for (const [name, address, act] of wanted) {
            await visitor.open(address);
            await act?.(visitor);
            await visitor.page.waitForTimeout(150); // until what appears has appeared
            if (!act) await visitor.page.evaluate(() => window.scrollTo(0, 0));
            await visitor.page.screenshot({ path: path.join(directory, `${name}.png`), fullPage: !act || /totp|login|analysis/.test(name) });
            await visitor.page.emulateMedia({ media: "screen" });
            if (act) await leave(visitor);
          }
          await visitor.context.close();
        }
      }
    }
  });
}

/** The page that an address leads to, without its ids. */
export const pageOf = (address) => address.replace(/[?#].*/, "").replace(/\/\d+(?=\/|$)/g, "/{id}");

/** Whose page it is, for the index of the pictures. */
const roleOf = (username, at, empty) =>
  at === empty ? "Setting the school up" : username === null ? "Before signing in" : username === "demo.admin" ? "Admins" : /^[a-z]/.test(username) ? "Teachers" : "Students, and everybody's account";

/** A picture of the top of the page, as high as fits into the bytes that it may have. */
async function pictured(page, file, viewport) {
  await page.evaluate(() => window.scrollTo(0, 0));
  const whole = await page.evaluate(() => document.documentElement.scrollHeight);
  for (const part of [1.4, 1, 0.75, 0.5]) {
    const height = Math.min(whole, Math.round(viewport.height * part));
    const bytes = await page.screenshot({ fullPage: true, clip: { x: 0, y: 0, width: viewport.width, height } });
    if (bytes.length <= MOST_BYTES) return writeFile(file, bytes);
  }
  throw new Error(`${file} has more than ${MOST_BYTES} bytes`);
}

/** The pictures by role; each as a phone and as a desktop has it. */
function indexOf(pages) {
  const lines = ["# Every page", "", "Taken from the demonstration school by `node e2e/screens.mjs --docs`, which writes this file too: phones in English, desktops in Chinese."];
  for (const role of new Set([...pages.values()].map((one) => one.role))) {
    lines.push("", `## ${role}`, "", "| page | phone | desktop |", "|---|---|---|");
    for (const [name, one] of pages) {
      const picture = (device, locale, width) => one.devices.has(device) ? `<img src="${name}-${device}-${locale}.png" alt="${one.title}, ${device}" width="${width}">` : "";
      if (one.role === role) lines.push(`| ${one.title}<br>\`${one.address}\` | ${picture("phone", "en", 180)} | ${picture("desktop", "zh-CN", 480)} |`);
    }
  }
  return `${lines.join("\n")}\n`;
}

/** The pictures that the documentation shows: each page once, as a phone and as a desktop has it. */
async function docs() {
  const directory = path.join(root, "docs/screens");
  await mkdir(directory, { recursive: true });
  const taken = new Set(["README.md"]);
  const shown = new Map();
  await withSchools(async (browser, school, strict, empty) => {
    const next = await makeScenes(school, strict, empty, 2);
    for (const [device, viewport, locale] of [["phone", PHONE, "en"], ["desktop", DESKTOP, "zh-CN"]]) {
      const seen = new Set();
      for (const [username, pages, code, at = school] of next()) {
        const wanted = pages.filter(([name, address, act]) => SHOWN.has(name) || (!act && !seen.has(pageOf(address)) && seen.add(pageOf(address))));
        if (!wanted.length) continue;
        const visitor = await arrive(browser, at.base, username, code, { viewport, locale, colorScheme: "light", reducedMotion: "reduce" });
        for (const [name, address, act] of wanted) {
          await visitor.open(address);
          await act?.(visitor);
          await visitor.page.waitForTimeout(150);
          const file = `${name}-${device}-${locale}.png`;
          await pictured(visitor.page, path.join(directory, file), viewport);
          taken.add(file);
          const title = (await visitor.page.title()).replace(/ · [^·]*$/, "");
          if (!shown.has(name)) shown.set(name, { role: roleOf(username, at, empty), title, address: pageOf(address), devices: new Set() });
          shown.get(name).devices.add(device);
          if (act) await leave(visitor);
        }
        await visitor.context.close();
      }
    }
  });
  await writeFile(path.join(directory, "README.md"), indexOf(shown));
  for (const file of await readdir(directory)) if (!taken.has(file)) await rm(path.join(directory, file));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [directory, pattern = "", language] = process.argv.slice(2);
  if (!directory) {
    console.error("usage: node e2e/screens.mjs DIRECTORY [PATTERN-OF-NAMES [LANGUAGE]], or --docs");
    process.exit(2);
  }
  await mkdir(directory === "--docs" ? "." : directory, { recursive: true });
  if (directory === "--docs") {
    await docs();
  } else if (language) {
    await pictures(directory, new RegExp(pattern), language);
  } else {
    // A school and a browser for each language: what one half enters, and how often it signs in, is not in the
    // way of the other.
    const again = (one) => spawnSync(process.execPath, [process.argv[1], directory, pattern, one], { stdio: "inherit" }).status;
    process.exit(["zh-CN", "en"].map(again).find((status) => status !== 0) ?? 0);
  }
}
