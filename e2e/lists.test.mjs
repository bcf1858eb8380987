// Lists are searched and accounts renamed in a browser, with and without JavaScript.
import assert from "node:assert/strict";
import { onDatabases } from "./harness.mjs";

onDatabases(["sqlite"], (scenario) => {
  scenario("an admin finds a course and an account, and gives it another username, with and without JavaScript", async ({ visit, client }) => {
    const admin = await client("demo.admin");
    for (const javaScriptEnabled of [true, false]) {
      const visitor = await visit({ javaScriptEnabled });
      const { page } = visitor;
      await visitor.signIn("demo.admin", "/admin/courses");
      await page.locator("#q").fill("class 2 math");
      await page.locator("form[role=search] button").click();
      await page.waitForURL(/q=class/);
      assert.equal(await page.locator(".link-list a[href^='/admin/courses/']").count(), 1);
      await page.locator("#q").fill("nosuch");
      await page.locator("form[role=search] button").click();
      await page.locator(".empty a").click();
      assert.ok((await page.locator(".link-list a[href^='/admin/courses/']").count()) > 1);

      const name = javaScriptEnabled ? "pupil.one" : "pupil.two";
      const { items } = await admin.get("/api/v1/users?role=student&limit=1");
      await page.goto(new URL(`/admin/users/${items[0].id}`, page.url()).href);
      await page.locator("#username").fill(name);
      await page.locator("#username").press("Enter");
      await page.waitForURL(/done=saved/);
      assert.equal((await admin.get(`/api/v1/users/${items[0].id}`)).username, name);
    }
  });
});
