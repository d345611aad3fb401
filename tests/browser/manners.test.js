// Keyboard, focus, forms, the way back, motion: how the portal behaves towards a person.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { desktop, narrow, openContext, startBrowser } from "./kit/browser.js";
import { Installation } from "./kit/program.js";
import { fill, settle } from "./kit/town.js";
import { Walk, contract, owner } from "./kit/walk.js";

let house, chromium, walk, town, page;

before(async () => {
  house = await Installation.start();
  chromium = await startBrowser();
  const context = await openContext(chromium.browser);
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: house.portal });
  page = await context.newPage();
  walk = await settle(house, page);
  town = await fill(house, walk);
});

after(async () => {
  await chromium?.stop();
  await house?.stop();
});

/** Everything that Tab reaches, in order, with whether the focus shows. */
async function tabbed() {
  const reached = [];
  for (let step = 0; step < 150; step += 1) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body) return null;
      const box = element.getBoundingClientRect();
      const shown = (of) => {
        const style = getComputedStyle(of);
        return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
      };
      // A choice that is drawn as a button shows the focus of the input inside it.
      const label = element.closest("label");
      return {
        name: (element.getAttribute("aria-label") || element.labels?.[0]?.innerText || element.innerText || element.id).trim().split("\n")[0],
        role: element.tagName, shows: shown(element) || (label !== null && shown(label)),
        visible: box.width > 0 && box.height > 0,
      };
    });
    if (!at) return reached;
    reached.push(at);
  }
  return reached;
}

test("the first Tab reaches the skip link, which leads to the content", async () => {
  await walk.at("/console/apis");
  await page.keyboard.press("Tab");
  const skip = page.getByRole("link", { name: "Skip to the content" });
  assert.ok(await skip.evaluate((link) => link === document.activeElement));
  assert.ok((await skip.boundingBox()).y >= 0, "it shows itself when it has the focus");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "main");
});

test("every main action is reached with Tab, and the focus shows everywhere", async (t) => {
  const actions = {
    "/console": "See the token",
    "/console/apis": "New API",
    "/console/apis/new": "Register the API",
    "/console/apis/orders": "New version",
    "/console/apis/orders/v2": "Deprecate",
    "/console/apis/billing/v2/contract": "Upload",
    "/console/consumers": "New consumer",
    [`/console/applications/${town.applications.shop}`]: "Issue a token",
    [`/console/applications/${town.applications.shop}/tokens/new`]: "Issue the token",
    [`/console/applications/${town.applications.shop}/subscribe?api=billing&version=v1`]: "Subscribe",
    [`/console/tokens/${town.tokens.production.id}`]: "Revoke",
    "/console/keys": "Form a ring",
    "/console/keys/rings/access/ES256": "Rotate",
    "/console/inspector": "Inspect",
    "/console/audit": "Verify now",
    "/console/gateways": "Enrol a gateway",
    "/console/operators": "Admit an operator",
    "/console/account/tokens/new": /token/i,
  };
  for (const [path, action] of Object.entries(actions)) {
    await t.test(path.replace(/app_\w+|tok_\w+/, "…"), async () => {
      await walk.at(path);
      const reached = await tabbed();
      const found = reached.find(({ name }) => (action instanceof RegExp ? action.test(name) : name === action));
      assert.ok(found, `${action} is among ${reached.map(({ name }) => name).join(", ")}`);
      const hidden = reached.filter(({ shows, visible }) => !shows || !visible);
      assert.deepEqual(hidden, [], "the focus shows");
    });
  }
});

test("a dialog takes the focus, keeps it, and gives it back", async () => {
  await walk.at("/console/keys/rings/access/ES256");
  const rotate = page.getByRole("main").getByRole("link", { name: "Rotate" });
  await rotate.focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Rotate access/ES256" });
  await dialog.waitFor();
  for (let step = 0; step < 8; step += 1) {
    assert.ok(await page.evaluate(() => document.activeElement === document.body || document.activeElement.closest("dialog") !== null));
    await page.keyboard.press("Tab");
  }
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  assert.ok(await rotate.evaluate((link) => link === document.activeElement));
});

test("the search is reached with a slash and with Ctrl K, and knows ids, names and tokens", async () => {
  await walk.at("/console");
  await page.keyboard.press("/");
  const search = page.getByRole("searchbox");
  assert.ok(await search.evaluate((field) => field === document.activeElement));
  await page.getByRole("heading", { level: 1 }).click();
  await page.keyboard.press("Control+k");
  assert.ok(await search.evaluate((field) => field === document.activeElement));
  for (const [typed, address] of [[town.tokens.scanner.id, /\/console\/tokens\/tok_/], ["Acme", /\/console\/consumers\/con_/], [town.decision, /\/console\/decisions\/dec_/]]) {
    await search.fill(typed);
    await search.press("Enter");
    await page.waitForURL(address);
  }
  await search.fill(town.tokens.production.token);
  await search.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Inspector" }).waitFor();
  assert.ok(!page.url().includes("eyJ"), page.url());
  assert.match(await page.locator(".verdict").textContent(), /genuine and alive/);
});

test("a form that was refused keeps what was typed, and each fault is at its field", async (t) => {
  const forms = {
    "register an API": { path: "/console/apis/new", typed: { name: "Not A Name!", title: "A title that stays" }, wrong: "name", button: "Register the API" },
    "new version": { path: "/console/apis/orders/versions/new", typed: { number: "v7", upstream: "ftp://nowhere" }, wrong: "upstream", button: "Draft the version" },
    "new plan": { path: "/console/apis/orders/plans/new", typed: { name: "gold", requests: "0", daily_quota: "77" }, wrong: "requests", button: "Open the plan" },
    "new consumer": { path: "/console/consumers/new", typed: { name: "x".repeat(300) }, wrong: "name", button: "Register the consumer" },
    "a name that is taken": { path: "/console/consumers/new", typed: { name: "Acme" }, wrong: "name", button: "Register the consumer" },
    "new operator": { path: "/console/operators/new", typed: { name: "Mary", teams: "Nobody knows them", password: "a long enough password" }, wrong: "teams", button: "Admit the operator", forgets: ["password"] },
    "enrol a gateway": { path: "/console/gateways/enrol", typed: { name: " " }, wrong: "name", button: "Enrol the gateway" },
  };
  for (const [name, form] of Object.entries(forms)) {
    await t.test(name, async () => {
      await walk.at(form.path);
      await page.locator("main form").first().evaluate((element) => { element.noValidate = true; });
      for (const [field, text] of Object.entries(form.typed)) await page.locator(`main [name="${field}"]`).fill(text);
      await walk.press(form.button);
      const field = page.locator(`main [name="${form.wrong}"]`);
      await page.locator(`#${form.wrong}[aria-invalid="true"]`).waitFor();
      const fault = await page.locator(`#${form.wrong}-fault`).textContent();
      assert.ok(fault.trim().length > 8, fault);
      assert.ok((await field.getAttribute("aria-describedby")).split(" ").includes(`${form.wrong}-fault`));
      const alert = page.getByRole("alert");
      assert.ok((await alert.textContent()).includes(fault.trim()));
      await alert.getByRole("link").first().click();
      assert.ok(await field.evaluate((element) => element === document.activeElement), "the list at the top leads to the field");
      for (const [other, text] of Object.entries(form.typed)) {
        const expected = form.forgets?.includes(other) ? "" : text.trim();
        assert.equal((await page.locator(`main [name="${other}"]`).inputValue()).trim(), expected, other);
      }
    });
  }
  await t.test("a contract with findings", async () => {
    await walk.at("/console/apis/billing/v2/contract");
    const text = "openapi: 3.1.0\ninfo: {}\n";
    await page.getByLabel(/Or the text/).fill(text);
    await walk.press("Upload");
    await walk.sees("This contract cannot be taken");
    assert.equal((await page.getByLabel(/Or the text/).inputValue()).trim(), text.trim());
  });
  await t.test("a contract that breaks callers", async () => {
    await walk.at("/console/apis/orders/v2/contract");
    const text = contract.replace("  /orders:", "  /others:");
    await page.getByLabel(/Or the text/).fill(text);
    await walk.press("Upload");
    await walk.sees("2 breaking changes");
    await page.getByRole("table", { name: "Changes of GET /orders", exact: true }).getByText("Breaks").waitFor();
    assert.equal((await page.getByLabel(/Or the text/).inputValue()).trim(), text.trim());
  });
  await t.test("a token without a name", async () => {
    await walk.at(`/console/applications/${town.applications.shop}/tokens/new`);
    await page.locator("main form").first().evaluate((element) => { element.noValidate = true; });
    await page.getByLabel("orders:v2:write").uncheck();
    await page.getByText("7 days", { exact: true }).click();
    await walk.press("Issue the token");
    await page.locator('#name[aria-invalid="true"]').waitFor();
    assert.equal(await page.getByLabel("orders:v2:write").isChecked(), false);
    assert.equal(await page.getByLabel("7 days").isChecked(), true);
  });
});

test("the list of operations follows the ticks exactly as the server counts them", async () => {
  const address = `/console/applications/${town.applications.shop}/tokens/new`;
  await walk.at(address);
  const ticks = [["orders:v2:read"], ["orders:v2:read", "catalogue:v1:read"], []];
  for (const wanted of ticks) {
    for (const box of await page.locator("input[data-scope]").all()) await box.setChecked(wanted.includes(await box.getAttribute("value")));
    const live = await page.locator("[data-count]").textContent();
    const body = new URLSearchParams([["name", ""], ["lifetime", "3600"], ...wanted.map((scope) => ["scope", scope])]);
    const answer = await page.request.post(`${house.portal}${address}/preview`, {
      headers: { "content-type": "application/x-www-form-urlencoded", origin: house.portal }, data: body.toString(),
    });
    assert.equal(answer.status(), 200);
    assert.ok((await answer.text()).includes(`>${live}<`), `${wanted}: the script says ${live}`);
  }
});

test("a secret asks before it is left, and is gone when one comes back", async () => {
  await walk.at(`/console/applications/${town.applications.shop}/tokens/new`);
  await walk.fill("Name", "left");
  await walk.press("Issue the token");
  const shown = page.getByLabel("Token of shop");
  await shown.waitFor();
  const text = await shown.inputValue();
  let asked = 0;
  page.once("dialog", async (dialog) => { asked += 1; await dialog.dismiss(); });
  await page.getByRole("link", { name: "Home" }).click();
  await page.waitForTimeout(300);
  assert.equal(asked, 1, "it asks while nothing was copied");
  const [tested] = await Promise.all([page.waitForEvent("popup"), walk.press("Test it now")]);
  await tested.locator(".verdict").waitFor();
  assert.match(await tested.locator(".verdict").textContent(), /would let it through/);
  assert.ok(!tested.url().includes("eyJ"), tested.url());
  await tested.close();
  await page.locator(".secret").getByRole("button", { name: "Copy" }).click();
  await page.locator(".secret").getByRole("button", { name: "Copied" }).waitFor();
  await page.getByRole("link", { name: "Home" }).click();
  await page.waitForURL("**/console");
  await page.goBack();
  assert.ok(!(await page.content()).includes(text), "the way back shows it again");
});

test("the way back from a filtered list keeps the filter, and from a dialog the page", async () => {
  await walk.at("/console/audit?action=token");
  await page.getByRole("table", { name: "Audit events" }).locator("tbody a[href^='/console/audit/']").first().click();
  await page.waitForURL(/\/console\/audit\/\d+$/);
  await page.goBack();
  assert.match(page.url(), /action=token$/);
  assert.equal(await page.getByLabel(/^Action/).inputValue(), "token");
  await walk.press("Verify now");
  await page.waitForURL(/audit\/verify$/);
  await page.goto(page.url());
  assert.match(page.url(), /\/console\/audit$/, "the address of an act leads to the page it belongs to");
});

test("the theme is chosen, kept, and there from the first paint", async () => {
  await walk.at("/console");
  await page.emulateMedia({ colorScheme: "light" });
  await Promise.all([page.waitForResponse(/\/theme$/), page.getByRole("button", { name: "Dark" }).click()]);
  const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const dark = await ground();
  await page.reload();
  assert.equal(await page.locator("html").getAttribute("data-theme"), "dark");
  assert.equal(await ground(), dark);
  await Promise.all([page.waitForResponse(/\/theme$/), page.getByRole("button", { name: "As the system" }).click()]);
  assert.notEqual(await ground(), dark);
});

test("nothing moves for whoever asked for that", async () => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await walk.at("/console");
  const moving = await page.evaluate(() => [...document.querySelectorAll("*")].filter((element) => {
    const style = getComputedStyle(element);
    const lasts = (value) => value.split(",").some((part) => parseFloat(part) > 0);
    return lasts(style.transitionDuration) || (style.animationName !== "none" && lasts(style.animationDuration));
  }).map((element) => element.className));
  assert.deepEqual(moving, []);
  await page.emulateMedia({ reducedMotion: "no-preference" });
});

test("on a narrow screen the navigation opens and closes by keyboard", async () => {
  await page.setViewportSize(narrow);
  await walk.at("/console");
  const menu = page.getByRole("button", { name: "Menu" });
  await menu.focus();
  await page.keyboard.press("Enter");
  const usage = page.getByRole("navigation", { name: "Console" }).getByRole("link", { name: "Usage" });
  await usage.waitFor();
  await page.keyboard.press("Escape");
  await usage.waitFor({ state: "hidden" });
  await page.keyboard.press("Enter");
  await usage.click();
  await page.waitForURL("**/console/usage");
  await page.setViewportSize(desktop);
});

test("a publisher is told which permission is missing and who has it", async () => {
  const context = await openContext(chromium.browser);
  const ada = new Walk(house, await context.newPage());
  await ada.at("/sign-in");
  await ada.fill("Name", "Ada Byron");
  await ada.fill("Password", "another long sentence");
  await ada.press("Sign in");
  await ada.page.waitForURL("**/console");
  await ada.at("/console/audit");
  const text = await ada.page.getByRole("main").textContent();
  assert.match(text, /403/);
  assert.match(text, /audit|trail/);
  assert.match(text, /auditor|security|admin/i);
  // Another team's API is not there, in the same words as one that does not exist.
  const said = async (path) => { await ada.at(path); return (await ada.page.getByRole("main").textContent()).replace(/req_\w+/g, ""); };
  assert.equal(await said("/console/apis/orders"), await said("/console/apis/nothing"));
  await context.close();
});

test("a sign-in link signs in once: by itself with JavaScript, by a button without", async () => {
  for (const javaScriptEnabled of [true, false]) {
    const context = await openContext(chromium.browser, { javaScriptEnabled });
    const guest = await context.newPage();
    const link = house.command("operator", "sign-in-link", owner.name);
    await guest.goto(link);
    if (!javaScriptEnabled) await guest.getByRole("button", { name: "Sign in", exact: true }).click();
    await guest.waitForURL("**/console");
    await context.clearCookies();
    await guest.goto(link);
    assert.match(await guest.getByRole("main").textContent(), /works once/);
    await context.close();
  }
});
