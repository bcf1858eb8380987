// What a paste would change of what students see is asked first; into a draft it goes at once.
import assert from "node:assert/strict";
import { onDatabases } from "./harness.mjs";

onDatabases(["sqlite"], (scenario) => {
  scenario("a block over published scores is shown with what it writes over, and a draft takes it at once", async ({ visit, client }) => {
    const teacher = await client("chen.siyuan");
    const { id } = await teacher.course("Class 1", "mathematics");
    const { id: column } = await teacher.post(`/api/v1/courses/${id}/assessments`, { title: "Pasted", max_score: 50 });
    const { students } = await teacher.gradebook(id);
    const pupils = students.map((one) => one.id);
    const visitor = await visit({ locale: "en" });
    await visitor.signIn("chen.siyuan", `/courses/${id}#a${column}`);
    await visitor.gridReady();
    const { page, grid } = visitor;
    const marks = async (count) => {
      await grid.settled();
      const book = await teacher.gradebook(id);
      return pupils.slice(0, count).map((pupil) => book.mark(column, pupil));
    };
    const paste = async (block) => {
      await grid.cell(pupils[0], column).click();
      await grid.paste(block);
    };
    const dialog = page.locator("dialog[open]", { hasText: "Before this is pasted" });

    await paste("10\n20\n");
    await grid.shows(pupils[1], column, "20");
    await paste("11\n21\n31\n");
    await grid.shows(pupils[2], column, "31");
    assert.equal(await dialog.count(), 0, "nobody sees a draft");
    assert.deepEqual(await marks(4), [11, 21, 31, "blank"]);

    await teacher.post(`/api/v1/assessments/${column}/publish`, {});
    await grid.columnState(column, "published");
    await paste("12\n21\nabc\n999\n15\n");
    await dialog.waitFor();
    assert.match(await dialog.locator(".paste-seen").textContent(), /“Pasted” is published: its students see the change at once/);
    const said = await dialog.locator(".paste-list li").allTextContents();
    const [first, , third, fourth] = students.map((one) => one.name);
    assert.deepEqual(said, [
      `${first} · Pasted: 11 → 12`,
      `${third} · Pasted: “abc” is not a score. Type a number, or a status: abs (absent), ex (excused), mi (missing).`,
      `${fourth} · Pasted: “999” – The maximum is 50.`,
    ]);
    assert.deepEqual(await visitor.barriers(), []);
    await page.keyboard.press("Escape");
    assert.deepEqual(await marks(5), [11, 21, 31, "blank", "blank"]);

    // all valid, and one of them seen by a student
    await paste("12\n21\n\n41\n");
    await dialog.waitFor();
    assert.deepEqual(await dialog.locator(".paste-list li").allTextContents(), [`${first} · Pasted: 11 → 12`, `${third} · Pasted: 31 → Blank`]);
    await dialog.locator("button.is-primary").click();
    await page.fill("#reason-field", "marked again");
    await page.keyboard.press("Enter");
    await grid.shows(pupils[3], column, "41");
    assert.deepEqual(await marks(4), [12, 21, "blank", 41]);

    // nothing is written over: nothing to ask about
    await grid.cell(pupils[6], column).click();
    await grid.paste("16\n17\n");
    await grid.shows(pupils[7], column, "17");
    assert.equal(await dialog.count(), 0);
  });
});
