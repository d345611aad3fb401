// A town with something going on in it, built through the JSON API, so that pages have something to show.
import assert from "node:assert/strict";

import { until } from "./program.js";
import { contract, Walk } from "./walk.js";

/** The SHA-256 of a secret that an application would keep (RFC 7636 appendix B). */
const challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/** A client of the JSON API. */
function client(house, accessToken) {
  return async (method, path, body, type = "application/json", headers = {}) => {
    const answer = await fetch(`${house.portal}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${accessToken}`, ...(body === undefined ? {} : { "content-type": type }), ...headers },
      body: body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body),
    });
    const text = await answer.text();
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
    return text && answer.headers.get("content-type")?.includes("json") ? JSON.parse(text) : text;
  };
}

/** An access token of the first operator, made where a person makes one. */
export async function accessToken(walk) {
  await walk.at("/console/account/tokens/new");
  await walk.fill("Name", "seed");
  await walk.page.getByRole("main").getByRole("button", { name: /access token|token/i }).first().click();
  const shown = walk.page.getByRole("textbox", { name: /seed|token/i }).last();
  const text = await shown.inputValue();
  await walk.page.getByRole("link", { name: "I have saved it" }).click();
  return text;
}

/** Sets the house up and fills it; `page` is signed in afterwards. */
export async function settle(house, page) {
  const walk = new Walk(house, page);
  await walk.setUp();
  await walk.signIn();
  await page.waitForURL("**/console");
  return walk;
}

const plan = (name, requests, quota) => ({
  name, rate: { requests, per_seconds: 1, burst: requests * 2 }, daily_quota: quota, max_token_lifetime_s: 90 * 86_400,
});

/** An operation with all that a reference tells, in the words of somebody who means harm or writes from right to left. */
const described = () => {
  const words = `<script>alert(1)</script> **bold** ${"W".repeat(400)} \u202eשלום עולם\n\nA second paragraph with \`code\` and [a link](https://docs.example/a).\n\n`
    + "# A heading\n\n1. first\n2. second\n   - within\n\n> said\n\n| Name | | What it is |\n|---|---|---|\n| `one` | 1 | the first of them |\n\n### Far below\n\n```\n{ \"long\": true }\n```\n\n<p>As HTML, <b>too</b></p>";
  const field = { type: "string", description: words, maxLength: 20 };
  const deep = { type: "object", required: ["id"], properties: { id: field, ["n".repeat(120)]: field, items: { type: "array", items: { type: "object", properties: { sku: field } } } } };
  const body = { content: { "application/json": { schema: deep }, "application/xml": { schema: deep } } };
  const named = (place, name) => ({ name, in: place, required: place === "path", description: words, schema: { type: "string", enum: ["one", "two", "W".repeat(200)] } });
  return {
    operationId: "hostile", summary: `${"Look ".repeat(20)}<b>at</b> שלום`, description: words, deprecated: true,
    parameters: [named("path", "id"), named("query", "p".repeat(150)), named("header", "X-Trace")],
    requestBody: { required: true, ...body },
    responses: { 200: { description: words, headers: { ETag: { schema: field } }, ...body }, "4XX": { description: "Not it" } },
  };
};

/** The sample contract with that operation. */
const rich = contract.replace("paths:\n", `tags: [{ name: odd, description: "Odd ones." }]\npaths:\n  /${"long".repeat(40)}/{id}:\n    put: ${JSON.stringify({ tags: ["odd"], ...described() })}\n`);

/** Three APIs, two consumers, tokens in every state, traffic with refusals, rotated keys. */
export async function fill(house, walk) {
  const token = await accessToken(walk);
  const api = client(house, token);
  const upstream = house.upstream.address;
  const town = { accessToken: token };
  const publish = async (name, title, number) => {
    await api("POST", `/apis/${name}/versions`, { number, upstream });
    await api("PUT", `/apis/${name}/versions/${number}/contract`, (name === "catalogue" ? rich : contract).replace("title: Orders", `title: ${title}`), "application/yaml");
    await api("POST", `/apis/${name}/versions/${number}/publish`, {});
  };
  for (const [name, title] of [["orders", "Orders"], ["billing", "Invoices and payments"], ["catalogue", "Products and prices"]]) {
    await api("POST", "/apis", { name, title });
    await publish(name, title, "v1");
    await api("POST", `/apis/${name}/plans`, plan("standard", 50, 100_000));
    await api("POST", `/apis/${name}/plans`, plan("trial", 2, 500));
  }
  await publish("orders", "Orders", "v2");
  await api("POST", "/apis/billing/versions", { number: "v2", upstream });
  await api("POST", "/apis/orders/versions/v1/deprecate", { sunset: new Date(Date.now() + 60 * 86_400_000).toISOString() });

  town.applications = {};
  for (const [consumer, applications] of [["Acme", ["shop", "warehouse", "idle"]], ["Globex", ["billing-worker"]]]) {
    await api("POST", "/consumers", { name: consumer });
    for (const name of applications) {
      town.applications[name] = (await api("POST", `/consumers/${consumer}/applications`, { name })).id;
    }
  }
  const subscribe = (application, name, version, scopes = ["read", "write"]) =>
    api("POST", `/applications/${town.applications[application]}/subscriptions`, { api: name, version, plan: "standard", scopes });
  await subscribe("shop", "orders", "v1");
  await subscribe("shop", "orders", "v2");
  await subscribe("shop", "catalogue", "v1", ["read"]);
  await subscribe("warehouse", "orders", "v2", ["read"]);
  await subscribe("billing-worker", "billing", "v1");
  const issue = (application, name, scopes, days) =>
    api("POST", `/applications/${town.applications[application]}/tokens`, { name, scopes, lifetime_s: days * 86_400 });
  town.tokens = {
    production: await issue("shop", "production", ["orders:v1:read", "orders:v2:read", "orders:v2:write", "catalogue:v1:read"], 30),
    reporting: await issue("shop", "reporting", ["orders:v2:read"], 3),
    pilot: await issue("shop", "pilot", ["orders:v2:read"], 30),
    nightly: await issue("billing-worker", "nightly run", ["billing:v1:read", "billing:v1:write"], 30),
  };
  town.apiKey = (await api("POST", `/applications/${town.applications.shop}/api-keys`, { name: "build server", scopes: ["orders:v2:read"] })).id;
  const nightly = { name: "nightly export", scopes: ["orders:v2:read"] };
  town.grant = (await api("POST", `/applications/${town.applications.shop}/grants`, nightly)).id;
  town.secret = (await api("POST", `/applications/${town.applications.shop}/secrets`, {})).id;
  town.initialToken = (await api("POST", "/consumers/Acme/initial-tokens", { name: "build servers", max_registrations: 5 })).id;
  // An application that asks people, and what it asks them.
  const asks = { grants: ["authorization_code", "refresh_token"], redirect_uris: ["https://app.example/back"] };
  const asker = await api("GET", `/applications/${town.applications.warehouse}/client`);
  await api("PATCH", `/applications/${town.applications.warehouse}/client`, asks, "application/json", { "if-match": `"${asker.revision}"` });
  town.consent = `/oauth2/authorize?${new URLSearchParams({
    response_type: "code", client_id: asker.client_id, redirect_uri: "https://app.example/back", scope: "orders:v2:read",
    code_challenge: challenge, code_challenge_method: "S256",
  })}`;
  town.issuer = (await api("POST", "/issuers", {
    name: "Partner", issuer: "partner-script", audience: "orders", keys: { secret: "a secret of as many bytes as it takes" },
    rules: [{ application: town.applications.shop, scopes: { fixed: ["orders:v2:read"] } }],
  })).id;
  await api("POST", "/keys/rotate", {});
  town.tokens.scanner = await issue("warehouse", "scanner", ["orders:v2:read"], 30);
  await api("POST", `/tokens/${town.tokens.pilot.id}/revoke`, { reason: "the pilot is over" });
  const team = await api("POST", "/teams", { name: "Payments" });
  await api("POST", "/operators", { name: "Ada Byron", role: "publisher", teams: [team.id], password: "another long sentence" });
  await traffic(house, town);
  return town;
}

/** Calls through the gateway: most pass, some are refused for reasons of every kind. */
async function traffic(house, town) {
  const call = (name, path, method = "GET") => fetch(house.gateway + path, {
    method, headers: name ? { authorization: `Bearer ${town.tokens[name].token}` } : {},
  });
  await until("the gateway to know the tokens", async () => (await call("scanner", "/orders/v2/orders")).status === 200, 5_000);
  for (let round = 0; round < 8; round += 1) {
    await call("production", "/orders/v2/orders");
    await call("production", `/orders/v2/orders/${round}`);
    await call("nightly", "/billing/v1/orders");
  }
  await call("production", "/orders/v1/orders");
  await call("production", "/orders/v2/orders", "POST");
  const refused = await call("scanner", "/orders/v2/orders", "POST");
  town.decision = refused.headers.get("gatewright-decision");
  await call("reporting", "/billing/v1/orders");
  await call(null, "/orders/v2/orders");
  await call("pilot", "/orders/v2/orders");
  await call("production", "/orders/v2/nothing");
  const isTold = () => fetch(`${house.portal}/api/v1/decisions/${town.decision}`, { headers: { authorization: `Bearer ${town.accessToken}` } });
  await until("the gateway to have told its decisions", async () => (await isTold()).ok, 8_000);
}

