// Every page of the portal, by a name and the way to it. Each way begins anywhere and ends on the page.
import { contract } from "./walk.js";

const to = (path) => ({ walk }) => walk.at(path);

/** Pages before anybody has signed in; they are visited by a stranger. */
export const outside = {
  "sign-in": to("/sign-in"),
  "sign-in refused": async ({ walk }) => {
    await walk.at("/sign-in");
    await walk.signIn("not the password at all");
    await walk.page.locator("[aria-invalid]").first().waitFor();
  },
  "set-up link that does not work": to("/set-up/gw_set_nothing"),
  "sign-in link that does not work": to("/sign-in/gw_sil_nothing"),
  "help of a problem": to("/help/errors/insufficient-scope"),
  "decision, explained to its caller": ({ walk, town }) => walk.at(`/decisions/${town.decision}`),
};

/** Pages of an installation in which nothing has happened yet. */
export const empty = {
  "first home": to("/console"),
  "no API": to("/console/apis"),
  "no consumer": to("/console/consumers"),
  "no decision": to("/console/decisions"),
  "no usage": to("/console/usage"),
  "no access token": to("/console/account/tokens"),
  "first keys": to("/console/keys"),
  "first trail": to("/console/audit"),
  "first gateways": to("/console/gateways"),
  "first operator": to("/console/operators"),
  "nothing revoked": to("/console/revocations"),
  "no outside issuer": to("/console/issuers"),
};

const pressing = (path, button, before = async () => {}) => async ({ walk, town }) => {
  await walk.at(typeof path === "function" ? path(town) : path);
  await before(walk);
  await walk.page.getByRole("main").getByRole("button", { name: button, exact: true }).click();
  await walk.page.waitForLoadState();
};

/** Sends a form past the browser's own checks, as a script would. */
const unchecked = async (walk) => {
  for (const form of await walk.page.locator("main form").all()) await form.evaluate((form) => { form.noValidate = true; });
};

const ring = "/console/keys/rings/access/ES256";

/** The address of the key that signs. */
const aKey = async (walk) => {
  await walk.at(ring);
  const signer = walk.page.getByRole("table", { name: "Keys of access/ES256" }).getByRole("row").filter({ hasText: "Active" });
  return signer.getByRole("link").first().evaluate((link) => link.href);
};

const application = (town, rest = "") => `/console/applications/${town.applications.shop}${rest}`;

/** Pages of the console, for whoever has signed in. */
export const inside = {
  home: to("/console"),
  "verify elsewhere": to("/console/apis/orders/v2/verifiers"),
  "verify elsewhere, by HAProxy": to("/console/apis/orders/v2/verifiers?with=haproxy"),
  credentials: ({ walk, town }) => walk.at(application(town, "/credentials")),
  "new secret": ({ walk, town }) => walk.at(application(town, "/credentials/new")),
  "edit the client": ({ walk, town }) => walk.at(application(town, "/credentials/edit")),
  "revoke a secret": ({ walk, town }) => walk.at(application(town, `/credentials/${town.secret}/revoke`)),
  consent: ({ walk, town }) => walk.at(town.consent),
  "consent to nobody known": to("/oauth2/authorize?client_id=c_nobody&redirect_uri=https://app.example/back"),
  "let programs register": to("/console/consumers/Acme/initial-tokens/new"),
  "revoke an initial access token": ({ walk, town }) => walk.at(`/console/initial-tokens/${town.initialToken}/revoke`),
  "new API key": ({ walk, town }) => walk.at(application(town, "/api-keys/new")),
  "API key": ({ walk, town }) => walk.at(`/console/api-keys/${town.apiKey}`),
  "revoke an API key": ({ walk, town }) => walk.at(`/console/api-keys/${town.apiKey}/revoke`),
  "replace a token": ({ walk, town }) => walk.at(`/console/tokens/${town.tokens.production.id}/replace`),
  grants: ({ walk, town }) => walk.at(application(town, "/grants")),
  "revoke a grant": ({ walk, town }) => walk.at(`/console/grants/${town.grant}/revoke`),
  "applications that act for you": to("/console/account/grants"),
  "key-encryption keys": to("/console/keks"),
  "outside issuers": to("/console/issuers"),
  "trust an issuer": to("/console/issuers/new"),
  "outside issuer": ({ walk, town }) => walk.at(`/console/issuers/${town.issuer}`),
  "rules of an issuer": ({ walk, town }) => walk.at(`/console/issuers/${town.issuer}/rules`),
  "suspend an issuer": ({ walk, town }) => walk.at(`/console/issuers/${town.issuer}/suspend`),
  revocations: to("/console/revocations"),
  "revoke widely": to("/console/revocations/new"),
  apis: to("/console/apis"),
  "register an API": to("/console/apis/new"),
  "register an API, with faults": pressing("/console/apis/new", "Register the API", async (walk) => {
    await unchecked(walk);
    await walk.fill("Name", "Not A Name!");
  }),
  api: to("/console/apis/orders"),
  "algorithm of an API": to("/console/apis/orders/algorithm"),
  "algorithm of an API, with faults": pressing("/console/apis/orders/algorithm", "Choose"),
  "ruleset of an API": to("/console/apis/orders/ruleset"),
  "ruleset of an API, with faults": pressing("/console/apis/orders/ruleset", "Choose", async (walk) => {
    await walk.page.getByLabel("Ruleset", { exact: true }).selectOption("own");
    await walk.page.getByLabel(/A ruleset of your own/).fill("rules: [1");
  }),
  "new version": to("/console/apis/orders/versions/new"),
  "new version, with faults": pressing("/console/apis/orders/versions/new", "Draft the version", async (walk) => {
    await walk.fill("Upstream", "ftp://nowhere");
  }),
  "new plan": to("/console/apis/orders/plans/new"),
  "new plan, with faults": pressing("/console/apis/orders/plans/new", "Open the plan", async (walk) => {
    await unchecked(walk);
    await walk.fill("Requests", "0");
  }),
  "version, deprecated": to("/console/apis/orders/v1"),
  "version, published": to("/console/apis/orders/v2"),
  "version, draft": to("/console/apis/billing/v2"),
  contract: to("/console/apis/billing/v2/contract"),
  "contract, with callers that it breaks": pressing("/console/apis/orders/v2/contract", "Upload", async (walk) => {
    await walk.page.getByLabel(/Or the text/).fill(contract.replace("  /orders:", "  /others:"));
  }),
  reference: to("/console/apis/orders/v2/reference"),
  "reference, to subscribe": to("/console/apis/orders/v2/subscribe"),
  "reference of what is closed, to subscribe": to("/console/apis/billing/v2/subscribe"),
  "reference, nothing found": to("/console/apis/orders/v2/reference?q=no+such+thing"),
  "reference without a contract": to("/console/apis/billing/v2/reference"),
  "reference of an operation": to("/console/apis/orders/v2/reference/getOrder"),
  "reference of a large operation": to("/console/apis/catalogue/v1/reference/hostile"),
  "contract history": to("/console/apis/orders/v2/contracts"),
  "findings of a contract": to("/console/apis/orders/v2/contract/findings"),
  "findings of a contract, narrowed": to("/console/apis/orders/v2/contracts/1/findings?level=hint"),
  "findings of a contract, of no severity": to("/console/apis/orders/v2/contract/findings?level=grave"),
  "contracts compared, what breaks": to("/console/apis/orders/compare?from=v1&to=v2&level=error"),
  "contracts compared": to("/console/apis/orders/compare?from=v1&to=v2"),
  "contract, with findings": pressing("/console/apis/billing/v2/contract", "Upload", async (walk) => {
    await walk.page.getByLabel(/Or the text/).fill(contract.replace("openapi: 3.1.0", "openapi: 9.9.9"));
  }),
  "publish, not yet": to("/console/apis/billing/v2/publish"),
  staleness: to("/console/apis/orders/v2/staleness"),
  "staleness, with faults": pressing("/console/apis/orders/v2/staleness", "Agree", async (walk) => {
    await unchecked(walk);
    await walk.fill("Without news for", "1");
  }),
  deprecate: to("/console/apis/orders/v2/deprecate"),
  retire: to("/console/apis/orders/v1/retire"),
  "retire, with faults": pressing("/console/apis/orders/v1/retire", "Retire v1", async (walk) => {
    await walk.page.getByLabel(/^Type/).fill("orders/v1");
    await walk.page.locator("form [name=name]").evaluate((field) => { field.value = "orders/v2"; });
  }),
  block: to("/console/apis/orders/v2/block"),
  discard: to("/console/apis/billing/v2/discard"),
  consumers: to("/console/consumers"),
  "register a consumer": to("/console/consumers/new"),
  consumer: async ({ walk }) => {
    await walk.at("/console/consumers");
    await walk.follow("Acme");
    await walk.page.waitForURL(/consumers\/con_/);
  },
  "register an application": async (visit) => {
    await inside.consumer(visit);
    await visit.walk.follow("New application");
    await visit.walk.page.waitForURL(/applications\/new/);
  },
  application: ({ walk, town }) => walk.at(application(town)),
  "application without anything": ({ walk, town }) => walk.at(`/console/applications/${town.applications.idle}`),
  subscribe: ({ walk, town }) => walk.at(application(town, "/subscribe")),
  "subscribe, plan and scopes": ({ walk, town }) => walk.at(application(town, "/subscribe?api=billing&version=v1")),
  "issue a token": ({ walk, town }) => walk.at(application(town, "/tokens/new")),
  "issue a token, with faults": pressing((town) => application(town, "/tokens/new"), "Issue the token", unchecked),
  "token, once": async ({ walk, town }) => {
    await walk.at(application(town, "/tokens/new"));
    await walk.fill("Name", `spare ${(town.spares = (town.spares ?? 0) + 1)}`);
    await walk.press("Issue the token");
    await walk.page.getByLabel("Token of shop").waitFor();
  },
  token: ({ walk, town }) => walk.at(`/console/tokens/${town.tokens.production.id}`),
  "token, revoked": ({ walk, town }) => walk.at(`/console/tokens/${town.tokens.pilot.id}?receipt=1`),
  "revoke a token": ({ walk, town }) => walk.at(`/console/tokens/${town.tokens.production.id}/revoke`),
  "revoke all tokens": ({ walk, town }) => walk.at(application(town, "/revoke-all")),
  keys: to("/console/keys"),
  ring: to(`${ring}`),
  "form a ring": to("/console/keys/rings/new"),
  rotate: to(`${ring}/rotate`),
  "times of a ring": to(`${ring}/times`),
  "times of a ring, with faults": pressing(`${ring}/times`, "Keep these times", async (walk) => {
    await walk.page.getByLabel(/And is published before for/).fill("1");
  }),
  "disable a ring": to(`${ring}/disable`),
  key: async ({ walk }) => walk.page.goto(await aKey(walk)),
  "suspend a key": async ({ walk }) => walk.page.goto(`${await aKey(walk)}/suspend`),
  compromise: async ({ walk }) => walk.page.goto(`${await aKey(walk)}/compromise`),
  "compromise, rehearsed": async ({ walk }) => {
    await walk.page.goto(`${await aKey(walk)}/compromise`);
    await walk.page.getByRole("button", { name: "Rehearse" }).click();
    await walk.page.getByRole("heading", { name: "Rehearsal" }).waitFor();
  },
  inspector: to("/console/inspector"),
  "inspector, a good token": pressing("/console/inspector", "Inspect", async (walk) => {
    await walk.page.getByLabel("Token", { exact: true }).fill(walk.town.tokens.production.token);
  }),
  "inspector, a sample": pressing("/console/inspector", "Try a sample token"),
  decisions: to("/console/decisions"),
  decision: ({ walk, town }) => walk.at(`/console/decisions/${town.decision}`),
  usage: to("/console/usage"),
  "usage, 30 days": to("/console/usage?days=30"),
  gateways: to("/console/gateways"),
  "enrol a gateway": to("/console/gateways/enrol"),
  "gateway token, once": pressing("/console/gateways/enrol", "Enrol the gateway", async (walk) => {
    await walk.fill("Name", `region-${Date.now().toString(36)}`);
  }),
  "remove a gateway": to("/console/gateways/remove"),
  audit: to("/console/audit"),
  "audit, filtered to nothing": to("/console/audit?action=token.nothing"),
  "audit, verified": pressing("/console/audit", "Verify now"),
  "audit event": to("/console/audit/12"),
  operators: to("/console/operators"),
  "admit an operator": to("/console/operators/new"),
  "admit an operator, with faults": pressing("/console/operators/new", "Admit the operator", unchecked),
  "form a team": to("/console/operators/teams/new"),
  operator: async ({ walk }) => {
    await walk.at("/console/operators");
    await walk.page.getByRole("link", { name: "Change Ada Byron" }).click();
    await walk.page.waitForURL(/operators\/op_/);
  },
  account: to("/console/account"),
  "account, with faults": pressing("/console/account", "Change the password", unchecked),
  "access tokens": to("/console/account/tokens"),
  "new access token": to("/console/account/tokens/new"),
  settings: to("/console/settings"),
  "search, nothing found": async ({ walk }) => {
    await walk.at("/console");
    await walk.page.getByRole("searchbox").first().fill("no such thing");
    await walk.page.keyboard.press("Enter");
    await walk.page.getByText("Nothing found").waitFor();
  },
  "search, found": async ({ walk }) => {
    await walk.at("/console");
    await walk.page.getByRole("searchbox").first().fill("o");
    await walk.page.keyboard.press("Enter");
    await walk.page.waitForURL(/search/);
  },
  "not found": to("/console/apis/nothing"),
};

