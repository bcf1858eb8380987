// The interface's own documentation, as a developer who is new to it uses it.
import assert from "node:assert/strict";
import { onDatabases, PASSWORD } from "./harness.mjs";

onDatabases(["sqlite"], (scenario) => {
  scenario("Swagger UI: sign in with Authorize, try a request", async ({ school, visit }) => {
    const visitor = await visit({ locale: "en" });
    const { page } = visitor;
    await page.goto(`${school.base}/api/v1/docs`);
    await page.waitForSelector(".swagger-ui .opblock");
    const operations = await page.locator(".opblock").count();
    assert.ok(operations > 20, `${operations} operations`);

    const block = page.locator(".opblock").filter({ has: page.locator('[data-path="/api/v1/users/me"]') });
    await block.locator(".opblock-summary").click();
    await block.locator(".try-out__btn").click();
    const tryIt = async () => {
      const [answer] = await Promise.all([
        page.waitForResponse((one) => new URL(one.url()).pathname === "/api/v1/users/me"),
        block.locator(".execute").click(),
      ]);
      return { answer, shown: (status) => block.locator(".live-responses-table .response-col_status", { hasText: status }).waitFor() };
    };
    visitor.expects(/401 \(Unauthorized\)/);
    assert.equal((await tryIt()).answer.status(), 401);

    await page.click(".auth-wrapper .authorize");
    const dialog = page.locator(".modal-ux");
    const form = dialog.locator(".auth-container").filter({ has: page.locator("#oauth_username, [data-name=username]") }).first();
    await form.locator("#oauth_username, [data-name=username]").first().fill("demo.admin");
    await form.locator("#oauth_password, [type=password]").first().fill(PASSWORD);
    const [token] = await Promise.all([
      page.waitForResponse((one) => new URL(one.url()).pathname === "/api/v1/token"),
      form.locator("button.authorize").click(),
    ]);
    assert.equal(token.status(), 200);
    await dialog.locator("button", { hasText: "Logout" }).waitFor();
    await dialog.locator(".close-modal").click();

    const { answer, shown } = await tryIt();
    assert.equal(answer.status(), 200);
    assert.equal((await answer.json()).username, "demo.admin");
    await shown("200");
  });
});
