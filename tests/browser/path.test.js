// The whole path in Chromium: on both engines, with the gateway inside and apart, with JavaScript and without.
import assert from "node:assert/strict";
import { test } from "node:test";

import { openContext, startBrowser, watch } from "./kit/browser.js";
import { Installation, until } from "./kit/program.js";
import { Walk } from "./kit/walk.js";

const modes = [
  { name: "SQLite, gateway inside, with JavaScript", database: "sqlite", gateway: "inside", script: true },
  { name: "SQLite, gateway inside, without JavaScript", database: "sqlite", gateway: "inside", script: false },
  { name: "SQLite, gateway apart, without JavaScript", database: "sqlite", gateway: "apart", script: false },
  { name: "PostgreSQL, gateway inside, without JavaScript", database: "postgres", gateway: "inside", script: false },
  { name: "PostgreSQL, gateway apart, with JavaScript", database: "postgres", gateway: "apart", script: true },
];

for (const mode of modes) {
  test(mode.name, async (t) => {
    const house = await Installation.start(mode);
    const { browser, stop } = await startBrowser();
    const context = await openContext(browser, { javaScriptEnabled: mode.script });
    if (mode.script) await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: house.portal });
    const seen = watch(context, [house.portal]);
    const page = await context.newPage();
    const addresses = [];
    page.on("framenavigated", async (frame) => addresses.push(frame.url()));
    try {
      await path(t, mode, house, new Walk(house, page), { seen, addresses });
    } finally {
      await stop();
      await house.stop();
    }
  });
}

async function path(t, mode, house, walk, { seen, addresses }) {
  const { page } = walk;
  let broken = null;
  // A step after a broken one would only repeat its complaint.
  const step = (name, act) => t.test(name, { skip: broken ?? false }, async () => {
    try {
      await act();
    } catch (error) {
      broken = `after "${name}"`;
      const picture = process.env.GATEWRIGHT_PICTURES;
      if (picture) await page.screenshot({ path: `${picture}/broken.png`, fullPage: true });
      throw error;
    }
  });
  const read = ["/orders/v1/orders", "/orders/v1/orders/{id}", "/orders/v1/status"];
  const everything = ["/orders/v1/orders", ...read];
  let reader, second;

  await step("the set-up link makes the first operator, once", () => walk.setUp());
  await step("signs out, is refused with a wrong password, signs in", async () => {
    await walk.signOut();
    await walk.signIn("not the password at all");
    assert.equal(await page.getByLabel("Name").inputValue(), "Grace Hopper");
    await walk.sees(/Name or password|do not match|not right|wrong/i);
    await walk.signIn();
    await page.waitForURL("**/console");
  });
  if (mode.gateway === "apart") await step("a gateway is enrolled and started", () => enrol(walk));
  await step("an API is registered and a contract imported", async () => {
    await walk.registerApi();
    await walk.importContract();
  });
  await step("the version is published", () => walk.publish());
  await step("an operation is looked up in the reference", () => walk.lookUp());
  await step("a plan is opened", () => walk.openPlan());
  await step("a consumer and an application are registered", () => walk.registerApplication());
  await step("the application subscribes", () => walk.subscribe());
  await step("a token is issued, with the operations it will open, and shown once", async () => {
    reader = await walk.issue("reader", ["read"], read);
    assert.match(reader, /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/);
    const shown = page.getByLabel("Token of shop");
    assert.equal(await shown.evaluate((field) => getComputedStyle(field).webkitTextSecurity), "disc");
    await page.getByLabel("Reveal it").check();
    assert.equal(await shown.evaluate((field) => getComputedStyle(field).webkitTextSecurity), "none");
    if (mode.script) {
      await page.locator(".secret").getByRole("button", { name: "Copy" }).click();
      await page.locator(".secret").getByRole("button", { name: "Copied" }).waitFor();
      assert.equal(await page.evaluate(() => navigator.clipboard.readText()), reader);
    }
  });
  await step("the ready curl works", async () => {
    await walk.answers(200, reader, 3_000);
    assert.match(await walk.runCurl(reader), /"path":"\/orders".* 200$/);
    await walk.leaveToken();
    assert.ok(!(await page.content()).includes(reader), "the page after holds the token's text");
  });
  await step("a wrong scope is refused with 403 and a link that explains it", async () => {
    const refused = await walk.call(reader, "/orders/v1/orders", "POST");
    assert.equal(refused.status, 403);
    const problem = await refused.json();
    const decision = refused.headers.get("gatewright-decision");
    assert.ok(problem.instance.includes(decision), `${problem.instance} leads to ${decision}`);
    await explained(page, problem.instance, "orders:v1:write");
    const help = await page.request.get(problem.type);
    assert.equal(help.status(), 200, `the page ${problem.type} is there`);
  });
  await step("rotation harms no token, old or new", async () => {
    // Tokens that live for days have a ring of their own; the page rotates the one of the short ones.
    const kids = async () => (await (await fetch(`${house.portal}/oauth2/jwks`)).json()).keys.map((key) => key.kid);
    const before = await kids();
    await walk.rotate();
    assert.equal((await kids()).filter((kid) => !before.includes(kid)).length, 1, "a new standby is published");
    second = await walk.issue("writer", ["read", "write"], everything);
    await walk.leaveToken();
    await walk.answers(200, second, 3_000);
    assert.equal((await walk.call(reader)).status, 200);
  });
  await step("a revoked token is refused within a second, and after a restart", async () => {
    await walk.revoke("reader");
    await walk.answers(401, reader, 1_000);
    await house.restart();
    assert.equal((await walk.call(reader)).status, 401);
    await walk.answers(200, second, 5_000);
  });
  await step("a deprecated version says so in its headers", async () => {
    await walk.move("Deprecate", "Deprecate v1");
    await walk.sees("Deprecated");
    await walk.sees(/^Deprecation: @\d+/);
    let answer;
    await until("the header", async () => (answer = await walk.call(second)).headers.has("deprecation"), 2_000);
    assert.match(answer.headers.get("deprecation"), /^@\d+$/);
    assert.match(answer.headers.get("sunset"), /GMT$/);
    const shown = await page.locator("pre").first().textContent();
    // The page that the answer names for people is there.
    const named = answer.headers.get("link").match(/<([^>]+)>; rel="deprecation"/)[1];
    await page.goto(named);
    await page.waitForURL("**/console/apis/orders/v1");
    for (const name of ["deprecation", "sunset", "link"]) assert.ok(shown.includes(answer.headers.get(name)), `${shown} shows ${name}`);
  });
  await step("a version is retired only when its name is typed", async () => {
    await walk.move("Retire", "Retire v1", async (question) => {
      const field = question.getByLabel("Type orders/v1 to confirm");
      const button = question.getByRole("button", { name: "Retire v1" });
      await field.fill("orders/v2");
      if (mode.script) {
        assert.equal(await button.isDisabled(), true);
      } else {
        await button.click();
        await walk.sees("Type orders/v1 exactly.");
      }
      await field.fill("orders/v1");
    });
    await walk.sees("Retired");
    await walk.answers(410, second, 2_000);
  });
  await step("the trail tells it, and its filters stand in the address", async () => {
    await walk.at("/console/audit");
    await walk.fill("Action (optional)", "token.revoke");
    await walk.press("Filter");
    await page.waitForURL(/[?&]action=token\.revoke/);
    const events = page.getByRole("table", { name: "Audit events" }).locator("tbody tr");
    assert.equal(await events.count(), 1);
    assert.match(await events.first().textContent(), /Grace Hopper.*reader/s);
    const link = page.url();
    await page.goto("about:blank");
    await page.goto(link);
    assert.equal(await page.getByLabel("Action (optional)").inputValue(), "token.revoke");
    assert.equal(await events.count(), 1);
  });
  await step("the trail verifies, until a row is edited behind its back", async () => {
    assert.match(await walk.verify(), /Verified/);
    const seq = tamper(house);
    const verdict = await walk.verify();
    assert.match(verdict, /Broken/);
    assert.match(verdict, new RegExp(`\\b${seq}\\b`));
    await walk.at("/console/audit");
    assert.match(await page.locator(".sealed").textContent(), new RegExp(`Broken.*\\b${seq}\\b`, "s"));
  });
  await step("no token was in an address or a title, no foreign host was asked, nothing was blocked", async () => {
    for (const address of addresses) assert.ok(!address.includes("eyJ"), address);
    assert.deepEqual(seen, { foreign: [], violations: [], errors: [] });
  });
}

const header = (token) => JSON.parse(Buffer.from(token.split(".")[0], "base64url"));

async function enrol(walk) {
  await walk.at("/console/gateways/enrol");
  await walk.fill("Name", "eu-west-1");
  await walk.press("Enrol the gateway");
  const token = await walk.page.getByLabel("Token of the gateway eu-west-1").inputValue();
  const command = await walk.page.locator("pre").first().textContent();
  await walk.house.startGateway({ token, snapshotKey: command.match(/--snapshot-key (\S+)/)[1] });
  await walk.follow("I have saved it");
}

async function explained(page, link, scope) {
  // The gateway tells its decisions a moment after its answers.
  await until("the decision's page", async () => (await page.goto(link)).status() === 200, 5_000);
  await page.getByRole("heading", { name: "Step by step" }).waitFor();
  const text = await page.getByRole("main").textContent();
  assert.ok(text.includes(scope), `the page names ${scope}`);
  assert.match(text, /What would pass/);
}

/** Changes a stored event, as somebody with the database's password could, and says which. */
function tamper(house) {
  const seq = Number(house.sql("select seq from audit_event order by seq limit 1 offset 6"));
  if (house.postgres) {
    house.sql(`alter table audit_event disable trigger user; update audit_event set canonical = canonical || '\\x20' where seq = ${seq}`);
  } else {
    house.sql(`drop trigger audit_event_keeps_rows; update audit_event set canonical = canonical || x'20' where seq = ${seq}`);
  }
  return seq;
}
