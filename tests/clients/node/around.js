// What the tests know of the installation, and what they do to it.
export const town = JSON.parse(process.env.GATEWRIGHT_TOWN);
export const { issuer, gateway, audience, shop, depot } = town;
export const scopes = "orders:v1:read orders:v1:write";

/** A call of the JSON API, as an administrator. */
export async function api(method, path, body, headers = {}) {
  const answer = await fetch(`${town.portal}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${town.admin}`, "content-type": "application/json", ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return { tag: answer.headers.get("etag"), body: await answer.json() };
}

/** Rotates the signing key, as an operator in a hurry would. */
export const rotate = async () => (await api("POST", "/keys/rotate", { force: "a rotation under clients" })).body;

/** Changes what an application may ask for, on top of what it is now. */
export async function edit(application, terms) {
  const { tag } = await api("GET", `/applications/${application}/client`);
  return (await api("PATCH", `/applications/${application}/client`, terms, { "if-match": tag })).body;
}

/** Sends a form as the browser of the person would, and says where it is sent next. */
async function send(path, fields, cookie = "") {
  const answer = await fetch(town.portal + path, {
    method: "POST",
    redirect: "manual",
    headers: { origin: town.portal, cookie, accept: "text/html" },
    body: new URLSearchParams(fields),
  });
  if (answer.status !== 303) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return { to: new URL(answer.headers.get("location"), town.portal), cookie: answer.headers.getSetCookie().map((one) => one.split(";")[0]).join("; ") };
}

/** Signs the person in at this address, shows them what is asked, and gives their answer: where their browser is sent. */
export async function answer(url, decision) {
  const { cookie } = await send("/sign-in", town.operator);
  const page = await fetch(url, { headers: { cookie, accept: "text/html" } });
  if (!(await page.text()).includes("act for you?")) throw new Error(`nobody is asked at ${url}`);
  return (await send(url.pathname, { request: url.search.slice(1), decision }, cookie)).to;
}

/** A token of the shop's, by the shortest way. */
export async function accessToken(client = shop) {
  const quoted = [client.client_id, client.client_secret].map(encodeURIComponent).join(":");
  const answer = await fetch(`${issuer}/oauth2/token`, {
    method: "POST",
    headers: { authorization: `Basic ${btoa(quoted)}` },
    body: new URLSearchParams({ grant_type: "client_credentials", scope: scopes }),
  });
  return (await answer.json()).access_token;
}
