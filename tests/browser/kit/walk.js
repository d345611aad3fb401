// The whole path as a person walks it, with a script or without: by labels and words, never by the shape of the page.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";

import { until } from "./program.js";

const run = promisify(execFile);

export const owner = { name: "Grace Hopper", password: "a bug is a moth in a relay" };
export const contract = readFileSync(new URL("../../../crates/portal/assets/sample-contract.yaml", import.meta.url), "utf8");

/** One operator at one browser. */
export class Walk {
  constructor(house, page) {
    this.house = house;
    this.page = page;
  }

  at(path) { return this.page.goto(this.house.portal + path); }
  press(name) { return this.page.getByRole("button", { name, exact: true }).click(); }
  follow(name) { return this.page.getByRole("main").getByRole("link", { name, exact: true }).first().click(); }
  fill(label, text) { return this.page.getByLabel(label, { exact: true }).fill(text); }
  heading() { return this.page.getByRole("heading", { level: 1 }).textContent(); }
  said() { return this.page.getByRole("status").filter({ hasText: /\S/ }).first().textContent(); }

  async sees(text) {
    await this.page.getByText(text).filter({ visible: true }).first().waitFor();
  }

  /** Follows a link to an act that asks first: a dialog where there is a script, a page where there is none. */
  async askedAbout(link, act) {
    await this.follow(link);
    const question = this.page.locator("dialog[open], main").filter({ has: this.page.locator("[data-confirm]") }).last();
    await question.waitFor();
    await act(question);
  }

  // Doors.

  async setUp() {
    const link = this.house.setUpLink;
    await this.page.goto(link);
    assert.equal(await this.heading(), "Set up Gatewright");
    await this.fill("Your name", owner.name);
    await this.fill("Password", "short");
    await this.press("Make the first operator");
    // What was typed stays, the password does not, and the fault is at its field.
    assert.equal(await this.page.getByLabel("Your name").inputValue(), owner.name);
    assert.equal(await this.page.getByLabel("Password").inputValue(), "");
    assert.equal(await this.page.getByLabel("Password").getAttribute("aria-invalid"), "true");
    await this.fill("Password", owner.password);
    await this.press("Make the first operator");
    await this.page.waitForURL("**/console");
    await this.page.goto(link);
    await this.page.waitForURL("**/sign-in");
  }

  async signOut() {
    await this.at("/console");
    await this.page.getByRole("button", { name: owner.name }).click();
    await this.press("Sign out");
    await this.page.waitForURL("**/sign-in");
  }

  async signIn(password = owner.password) {
    await this.fill("Name", owner.name);
    await this.fill("Password", password);
    await this.press("Sign in");
  }

  // Registry.

  async registerApi() {
    await this.at("/console/apis");
    await this.follow("Register an API");
    await this.fill("Name", "orders");
    await this.fill("Title", "Orders");
    await this.press("Register the API");
    await this.page.waitForURL("**/console/apis/orders");
  }

  async importContract() {
    await this.follow("New version");
    await this.fill("Upstream", this.house.upstream.address);
    await this.press("Draft the version");
    await this.page.waitForURL("**/contract");
    const name = "orders.yaml";
    await this.page.getByLabel("File").setInputFiles({ name, mimeType: "application/yaml", buffer: Buffer.from(contract) });
    await this.press("Upload");
    await this.page.waitForURL("**/console/apis/orders/v1");
    await this.sees("The contract is taken: 4 operations.");
    await this.sees("/orders/{id}");
  }

  async publish() {
    await this.follow("Publish");
    await this.press("Publish v1");
    await this.page.waitForURL("**/console/apis/orders/v1");
    await this.sees("Published");
  }

  /** Finds an operation in the reference, by words, and reads how it is called. */
  async lookUp() {
    await this.at("/console/apis/orders/v1");
    await this.follow("Reference");
    await this.page.getByLabel(/^Words/).fill("place an order");
    await this.press("Filter");
    await this.page.waitForURL(/reference\?q=place/);
    assert.deepEqual(await this.page.getByRole("main").getByRole("row").locator("code").first().allTextContents(), ["/orders"]);
    await this.page.getByRole("main").getByRole("link", { name: "POST /orders" }).click();
    await this.page.waitForURL("**/reference/placeOrder");
    assert.equal(await this.heading(), "Place an order");
    await this.sees("orders:v1:write");
    const call = await this.page.getByLabel("curl", { exact: true }).first().textContent();
    assert.ok(call.startsWith(`curl --request POST '${this.house.gateway}/orders/v1/orders'`), call);
    await this.follow("Next operation");
    await this.page.waitForURL("**/reference/getOrder");
    await this.page.getByRole("table", { name: "Parameters" }).getByRole("rowheader", { name: /^id/ }).waitFor();
  }

  async openPlan() {
    await this.at("/console/apis/orders");
    await this.follow("New plan");
    await this.press("Open the plan");
    await this.page.waitForURL("**/console/apis/orders");
    await this.sees("The plan is open.");
  }

  async registerApplication() {
    await this.at("/console/consumers");
    await this.follow("Register a consumer");
    await this.fill("Name", "Acme");
    await this.press("Register the consumer");
    await this.follow("Register an application");
    await this.fill("Name", "shop");
    await this.press("Register the application");
    await this.page.waitForURL("**/console/applications/*");
    this.application = new URL(this.page.url()).pathname;
  }

  async subscribe() {
    await this.follow("Subscribe");
    await this.page.getByRole("link", { name: "Choose orders v1" }).click();
    await this.press("Subscribe");
    await this.page.waitForURL(`**${this.application}`);
    await this.sees("standard");
  }

  /** Issues a token with these scopes and gives its text, as the page that shows it once has it. */
  async issue(name, scopes, opens) {
    await this.at(this.application);
    await this.page.getByRole("main").getByRole("link", { name: "Issue a token" }).first().click();
    await this.fill("Name", name);
    for (const scope of ["read", "write"]) {
      await this.page.getByLabel(`orders:v1:${scope}`).setChecked(scopes.includes(scope));
    }
    // Without a script a button shows what the ticked scopes open; with one the list follows by itself.
    const preview = this.page.getByRole("button", { name: "Show what it opens" });
    if (await preview.isVisible()) await preview.click();
    await this.sees(`${opens.length} of 4 operations`);
    const open = this.page.getByRole("row").filter({ has: this.page.getByText("Opens", { exact: true }).and(this.page.locator(".when-open:visible")) });
    assert.deepEqual((await open.locator("code").allTextContents()).sort(), [...opens].sort());
    assert.equal(await this.page.getByLabel("Name", { exact: true }).inputValue(), name);
    await this.press("Issue the token");
    const shown = this.page.getByLabel("Token of shop");
    await shown.waitFor();
    return shown.inputValue();
  }

  async leaveToken() {
    await this.follow("I have saved it");
    await this.page.waitForURL(/\/console\/tokens\//);
  }

  /** Calls through the gateway. */
  call(token, path = "/orders/v1/orders", method = "GET") {
    return fetch(this.house.gateway + path, { method, headers: { authorization: `Bearer ${token}` } });
  }

  /** Waits, at most so long, until a call is answered with this status. */
  async answers(status, token, within = 1_000) {
    await until(`an answer ${status}`, async () => (await this.call(token)).status === status, within);
  }

  /** Runs the ready curl of the page in a shell, with the token put where the page says. */
  async runCurl(token) {
    const text = await this.page.locator("pre").filter({ hasText: "curl" }).first().textContent();
    const command = text.replace(/^export TOKEN=.*$/m, "");
    const call = `${command} --silent --show-error --max-time 10 --write-out ' %{http_code}'`;
    const { stdout } = await run("sh", ["-eu", "-c", call], { env: { ...process.env, TOKEN: token } });
    return stdout;
  }

  // The house.

  async rotate() {
    await this.at("/console/keys/rings/access/ES256");
    const before = await this.kids();
    await this.askedAbout("Rotate", (question) => question.getByRole("button", { name: "Rotate now" }).click());
    await this.sees("signs now.");
    assert.equal((await this.kids()).length, before.length + 1);
    await this.sees("Draining");
  }

  kids() { return this.page.getByRole("table", { name: "Keys of access/ES256" }).locator("tbody th").allTextContents(); }

  async revoke(name) {
    await this.at(this.application);
    await this.askedAbout(`Revoke ${name}`, async (question) => {
      await question.getByLabel(/Reason/).fill("the walk is over");
      await question.getByRole("button", { name: "Revoke", exact: true }).click();
    });
    await this.sees("Enforced on 1 of 1 gateway.");
  }

  async move(link, button, fillIn = async () => {}) {
    await this.at("/console/apis/orders/v1");
    await this.askedAbout(link, async (question) => {
      await fillIn(question);
      await question.getByRole("button", { name: button }).click();
    });
    await this.page.waitForURL("**/console/apis/orders/v1");
  }

  async verify() {
    await this.at("/console/audit");
    await this.press("Verify now");
    return this.page.locator(".sealed").textContent();
  }
}
