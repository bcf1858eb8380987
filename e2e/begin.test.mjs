// A school from nothing to a published grade: the first administrator with the code of the server's terminal, the
// steps of the set-up, the first teacher in the grid, the first pupil on a phone.
import assert from "node:assert/strict";
import { Client, DESKTOP, onDatabases, PHONE } from "./harness.mjs";

const OWN = "quiet-lantern-7";
const press = ({ page }, selector = "main button.is-primary") => Promise.all([page.waitForNavigation(), page.click(selector)]);
const fill = async ({ page }, fields) => {
  for (const [id, text] of Object.entries(fields)) await page.fill(`#${id}`, text);
};
const slipPassword = ({ page }, of) => page.locator(".slip", { hasText: of }).locator(".slip-password").textContent();

/** Signs in with a one-time password, and chooses one of their own. */
async function firstSignIn(visitor, username, password) {
  await visitor.signIn(username, "/", password);
  assert.equal(new URL(visitor.page.url()).pathname, "/account/password");
  await fill(visitor, { current: password, new: OWN, repeat: OWN });
  await press(visitor);
}

for (const [database, look] of [
  ["sqlite", { locale: "en", viewport: DESKTOP }],
  ["mariadb", { locale: "zh-CN", viewport: PHONE, javaScriptEnabled: false }],
]) {
  onDatabases([database], (scenario) => {
    scenario(`from an empty database to a published grade, ${look.locale}, ${look.viewport.width} px`, async ({ school, visit }) => {
      const admin = await visit(look);
      const { page } = admin;
      admin.expects(/(422|403) \(/);
      const wrong = [];
      const check = async (what) => {
        if (look.javaScriptEnabled !== false) wrong.push(...(await admin.barriers()).map((one) => `${what}: ${one}`));
        if (await admin.scrollsSideways()) wrong.push(`${what}: scrolls sideways`);
      };

      // Whoever comes first is asked for the code.
      await page.goto(school.base);
      assert.equal(new URL(page.url()).pathname, "/setup");
      await check("first admin");
      await fill(admin, { code: "0000-0000-0000-0000", name: "Head", username: "head", password: OWN, repeat: OWN });
      await press(admin);
      assert.equal(await page.locator("#code-error").count(), 1);
      assert.equal(await page.inputValue("#name"), "Head");
      await check("first admin, refused");
      const shown = await school.run(["setup-code"]);
      await fill(admin, { code: shown.stdout.trim(), password: OWN, repeat: OWN });
      await press(admin);

      // The school, its year, its subjects.
      assert.equal(new URL(page.url()).pathname, "/admin/setup/school");
      await check("school");
      await fill(admin, { name: "实验小学 Hill School" });
      await press(admin);
      assert.equal(new URL(page.url()).pathname, "/admin/setup/year");
      await check("year");
      const year = await page.inputValue("#school_year");
      assert.match(year, /^\d{4}-\d{4}$/);
      // Left, and gone on with later.
      await admin.open("/admin");
      await check("overview");
      await press(admin, ".setup-progress a");
      await press(admin);
      await check("subjects");
      await fill(admin, { more: "物理 Physics\nMathematics" });
      await press(admin);
      assert.equal(await page.locator("#more-error").count(), 1, "there is one of this name");
      await check("subjects, refused");
      await fill(admin, { more: "物理 Physics" });
      await press(admin);

      // A class with its pupils, and its teacher.
      await check("class");
      await fill(admin, { grade_level: "Grade 6", name: "Class 1", pupils: "2026001 李雷\n2026001 韩梅梅" });
      await press(admin);
      assert.equal(await page.locator("#pupils-error p").count(), 1);
      await check("class, refused");
      await fill(admin, { pupils: "2026001\t李雷\n2026002\t韩梅梅" });
      await press(admin);
      assert.equal(new URL(page.url()).pathname, "/admin/setup/teacher");
      await check("teacher");
      await fill(admin, { name: "Ms Li", username: "li" });
      await page.locator("[name=courses]").first().check();
      await press(admin);
      const teachersPassword = await slipPassword(admin, "Ms Li");
      await press(admin, ".form-actions a");
      await check("what comes next");
      await press(admin, "main .link-list a >> nth=0");
      await press(admin, "main .link-list a >> nth=0");
      await press(admin);
      const pupilsPassword = await slipPassword(admin, "李雷");
      assert.ok((await page.textContent(".slips")).includes("实验小学 Hill School"), "slips name the school");

      // The teacher adds a test, enters scores and publishes.
      const teacher = await visit({ viewport: DESKTOP, locale: "en" });
      await firstSignIn(teacher, "li", teachersPassword);
      const client = await Client.signIn(school.base, "li", OWN);
      const { id } = (await client.get("/api/v1/courses")).items[0];
      await teacher.page.goto(`${school.base}/courses/${id}/settings`);
      await teacher.page.locator(".page-actions .is-primary").click();
      await fill(teacher, { title: "Dictation", max_score: "20" });
      await teacher.page.locator(".scheme-form button:not([name])").click();
      await teacher.page.waitForSelector("[role=status]");
      await teacher.open(`/courses/${id}`);
      const book = await client.gradebook(id);
      const column = book.column("Dictation");
      assert.deepEqual(book.students.map((one) => one.name), ["李雷", "韩梅梅"]);
      await teacher.grid.enter(book.students[0].id, column.id, "18.5");
      await teacher.grid.type("17");
      await teacher.grid.settled();
      await teacher.page.goto(`${school.base}/assessments/${column.id}/publish`);
      await press(teacher, "main button.is-primary");
      assert.equal((await client.gradebook(id)).column("Dictation").state, "published");

      // The pupil reads it.
      const pupil = await visit({ viewport: PHONE, locale: "zh-CN" });
      await firstSignIn(pupil, "2026001", pupilsPassword);
      await pupil.page.goto(`${school.base}/me`);
      assert.match(await pupil.page.textContent("main"), /18\.5/);
      assert.match(await pupil.page.title(), /实验小学 Hill School/);
      assert.deepEqual(wrong, []);
    });
  }, (school) => school.serve());
}
