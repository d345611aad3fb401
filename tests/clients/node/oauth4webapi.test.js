// oauth4webapi: as strict about answers as a client can be.
import assert from "node:assert/strict";
import { before, test } from "node:test";

import * as oauth from "oauth4webapi";

import { answer, api, audience, depot, edit, gateway, issuer, rotate, scopes, shop } from "./around.js";

// It demands https, which a server on this machine does not need.
const plain = { [oauth.allowInsecureRequests]: true };
const client = { client_id: shop.client_id };
const basic = oauth.ClientSecretBasic(shop.client_secret);
// The depot stands behind the API, and may ask about tokens for it.
const resource = { client_id: depot.client_id };
const guard = oauth.ClientSecretBasic(depot.client_secret);
let server;

before(async () => {
  const found = await oauth.discoveryRequest(new URL(issuer), { algorithm: "oauth2", ...plain });
  server = await oauth.processDiscoveryResponse(new URL(issuer), found);
});

/** How the library reports a 401, which says in WWW-Authenticate what would be right. */
const challenged = { code: "OAUTH_WWW_AUTHENTICATE_CHALLENGE", status: 401 };

const wish = () => new URLSearchParams({ scope: scopes });

async function fetchToken(auth = basic, more = {}) {
  const answer = await oauth.clientCredentialsGrantRequest(server, client, auth, wish(), { ...plain, ...more });
  return oauth.processClientCredentialsResponse(server, client, answer);
}

const call = (token, options = {}) =>
  oauth.protectedResourceRequest(token, "GET", new URL(`${gateway}/orders/v1/orders`), undefined, undefined, { ...plain, ...options });

/** A resource server's check of a request (RFC 9068), as the library does it. */
const accepted = (headers) =>
  oauth.validateJwtAccessToken(server, new Request(`${gateway}/orders/v1/orders`, { headers }), audience, plain);

test("a client gets a token by client_secret_basic, which is valid by RFC 9068", async () => {
  const token = await fetchToken();
  assert.equal(token.token_type, "bearer");
  const claims = await accepted({ authorization: `Bearer ${token.access_token}` });
  assert.equal(claims.client_id, shop.client_id);
  assert.equal((await call(token.access_token)).status, 200);
});

test("client_secret_post is refused until it is allowed", async () => {
  await assert.rejects(fetchToken(oauth.ClientSecretPost(shop.client_secret)), challenged);
  await edit("shop", { auth_methods: ["client_secret_basic", "client_secret_post"] });
  assert.ok((await fetchToken(oauth.ClientSecretPost(shop.client_secret))).access_token);
});

test("tokens are valid through a rotation", async () => {
  const old = await fetchToken();
  await rotate();
  const young = await fetchToken();
  for (const token of [old, young]) await accepted({ authorization: `Bearer ${token.access_token}` });
});

test("a token is introspected, revoked, and inactive then", async () => {
  const { access_token: token } = await fetchToken();
  const ask = async () =>
    oauth.processIntrospectionResponse(server, resource, await oauth.introspectionRequest(server, resource, guard, token, plain));
  const told = await ask();
  assert.equal(told.active, true);
  assert.equal(told.client_id, shop.client_id);
  await oauth.processRevocationResponse(await oauth.revocationRequest(server, client, basic, token, plain));
  assert.deepEqual(await ask(), { active: false });
});

test("an answer about a token is signed where that is asked for (RFC 9701), through a rotation of its ring", async () => {
  const { access_token: token } = await fetchToken();
  const signed = { ...resource, introspection_signed_response_alg: "ES256" };
  const ask = async (text) => {
    const answer = await oauth.introspectionRequest(server, resource, guard, text, { ...plain, requestJwtResponse: true });
    assert.match(answer.headers.get("content-type"), /^application\/token-introspection\+jwt/);
    return answer;
  };
  const kids = new Set();
  for (const told of [{ active: true }, { active: true }, { active: false }]) {
    const answer = await ask(told.active ? token : "garbage");
    kids.add(JSON.parse(Buffer.from((await answer.clone().text()).split(".")[0], "base64url")).kid);
    const heard = await oauth.processIntrospectionResponse(server, signed, answer);
    assert.equal(heard.active, told.active);
    await oauth.validateApplicationLevelSignature(server, answer, plain);
    const { body } = await api("GET", "/rings");
    const { standby } = body.items.find((one) => one.ring === "introspection/ES256");
    if (kids.size === 1) await api("POST", `/keys/${standby}/activate`, { force: "a rotation under clients" });
  }
  assert.equal(kids.size, 2);
  // What was said to the depot is not for the shop.
  await assert.rejects(oauth.processIntrospectionResponse(server, { ...signed, ...client }, await ask(token)), { code: "OAUTH_JWT_CLAIM_COMPARISON_FAILED" });
});

test("a client proves itself by private_key_jwt", async () => {
  const pair = await oauth.generateKeyPair("ES256", { extractable: true });
  const jwk = { ...(await crypto.subtle.exportKey("jwk", pair.publicKey)), kid: "shop-1", alg: "ES256", use: "sig" };
  delete jwk.key_ops;
  delete jwk.ext;
  await edit("shop", { auth_methods: ["client_secret_basic", "private_key_jwt"], key_set: { keys: [jwk] } });
  const assertion = oauth.PrivateKeyJwt({ key: pair.privateKey, kid: "shop-1" });
  assert.ok((await fetchToken(assertion)).access_token);
  const stranger = await oauth.generateKeyPair("ES256");
  await assert.rejects(fetchToken(oauth.PrivateKeyJwt({ key: stranger.privateKey, kid: "shop-1" })), challenged);
});

test("a token is bound to a key by DPoP, and is worth nothing without its proof", async () => {
  const pair = await oauth.generateKeyPair("ES256");
  const proof = oauth.DPoP(client, pair);
  const token = await fetchToken(basic, { DPoP: proof });
  assert.equal(token.token_type, "dpop");
  assert.equal((await call(token.access_token, { DPoP: proof })).status, 200);
  const stolen = await fetch(`${gateway}/orders/v1/orders`, { headers: { authorization: `Bearer ${token.access_token}` } });
  assert.equal(stolen.status, 401);
  const thief = oauth.DPoP(client, await oauth.generateKeyPair("ES256"));
  await assert.rejects(call(token.access_token, { DPoP: thief }), /WWW-Authenticate|www-authenticate|401/);
});

test("a client exchanges a token that it was sent for a narrower one (RFC 8693)", async () => {
  const { access_token: token } = await fetchToken();
  const grant = "urn:ietf:params:oauth:grant-type:token-exchange";
  const kind = "urn:ietf:params:oauth:token-type:access_token";
  const fields = new URLSearchParams({ subject_token: token, subject_token_type: kind, scope: "orders:v1:read" });
  const exchange = async () => {
    const asked = await oauth.genericTokenEndpointRequest(server, resource, guard, grant, fields, plain);
    return oauth.processGenericTokenEndpointResponse(server, resource, asked);
  };
  await assert.rejects(exchange(), { error: "unauthorized_client" });
  await edit("depot", { grants: ["client_credentials", grant] });
  const given = await exchange();
  assert.equal(given.issued_token_type, kind);
  const claims = await accepted({ authorization: `Bearer ${given.access_token}` });
  assert.deepEqual([claims.sub, claims.client_id, claims.act.sub], [shop.client_id, depot.client_id, depot.client_id]);
  assert.equal((await call(given.access_token)).status, 200);
});

test("a person lets a client act for them: a code with PKCE, and a grant that is refreshed", async () => {
  await edit("shop", { grants: ["client_credentials", "authorization_code", "refresh_token"], redirect_uris: ["http://127.0.0.1/back"] });
  const back = "http://127.0.0.1:50123/back";
  const ask = async () => {
    const verifier = oauth.generateRandomCodeVerifier();
    const state = oauth.generateRandomState();
    const url = new URL(server.authorization_endpoint);
    url.search = new URLSearchParams({
      response_type: "code", client_id: client.client_id, redirect_uri: back, scope: "orders:v1:read", state,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: "S256",
    });
    return { url, state, verifier };
  };
  const asked = await ask();
  const place = await answer(asked.url, "allow");
  assert.equal(place.origin + place.pathname, back);
  const params = oauth.validateAuthResponse(server, client, place, asked.state);
  const redeem = (verifier) => oauth.authorizationCodeGrantRequest(server, client, basic, params, back, verifier, plain);
  const process = async (verifier) => oauth.processAuthorizationCodeResponse(server, client, await redeem(verifier));
  await assert.rejects(process(oauth.generateRandomCodeVerifier()), { error: "invalid_grant" });
  const given = await process(asked.verifier);
  const claims = await accepted({ authorization: `Bearer ${given.access_token}` });
  assert.match(claims.sub, /^u_/);
  assert.equal((await call(given.access_token)).status, 200);
  const turned = await oauth.refreshTokenGrantRequest(server, client, basic, given.refresh_token, plain);
  const next = await oauth.processRefreshTokenResponse(server, client, turned);
  assert.equal((await call(next.access_token)).status, 200);
  // The code once more: everything that came of it is over.
  await assert.rejects(process(asked.verifier), { error: "invalid_grant" });
  const over = await oauth.refreshTokenGrantRequest(server, client, basic, next.refresh_token, plain);
  await assert.rejects(oauth.processRefreshTokenResponse(server, client, over), { error: "invalid_grant" });

  const again = await ask();
  const refused = await answer(again.url, "refuse");
  assert.throws(() => oauth.validateAuthResponse(server, client, refused, again.state), { error: "access_denied" });
});

test("a client learns of no other client's token", async () => {
  const other = { client_id: depot.client_id };
  const auth = oauth.ClientSecretBasic(depot.client_secret);
  const answer = await oauth.clientCredentialsGrantRequest(server, other, auth, wish(), plain);
  const { access_token: token } = await oauth.processClientCredentialsResponse(server, other, answer);
  const asked = await oauth.revocationRequest(server, client, basic, token, plain);
  await assert.rejects(oauth.processRevocationResponse(asked), { error: "invalid_grant" });
  assert.equal((await call(token)).status, 200);
  assert.ok(await api("GET", "/applications/depot/client"));
});

test("a program registers itself, gets a token, manages its registration and gives it up", async () => {
  const { body: initial } = await api("POST", "/consumers/Acme/initial-tokens", { name: "from npm", scopes: ["orders:v1:read"] });
  const wish = { client_name: "From npm", grant_types: ["client_credentials"], response_types: [] };
  const register = async (initialAccessToken) => oauth.processDynamicClientRegistrationResponse(
    await oauth.dynamicClientRegistrationRequest(server, wish, { initialAccessToken, ...plain }));
  await assert.rejects(register("gw_iat_guessed"), challenged);
  const own = await register(initial.initial_access_token);
  assert.deepEqual([own.scope, own.client_secret_expires_at], ["orders:v1:read", 0]);
  await assert.rejects(register(initial.initial_access_token), challenged);

  const application = own.client_id.replace("c_", "app_");
  await api("POST", `/applications/${application}/subscriptions`, { api: "orders", version: "v1", plan: "standard", scopes: ["read", "write"] });
  const auth = oauth.ClientSecretBasic(own.client_secret);
  const asked = await oauth.clientCredentialsGrantRequest(server, own, auth, new URLSearchParams({ scope: scopes }), plain);
  const given = await oauth.processClientCredentialsResponse(server, own, asked);
  assert.equal(given.scope, "orders:v1:read");
  assert.equal((await call(given.access_token)).status, 200);

  // The library leaves RFC 7592 to whoever uses it.
  const manage = (method, token, body) => fetch(own.registration_client_uri, {
    method, headers: { authorization: `Bearer ${token}`, "content-type": "application/json" }, body: body && JSON.stringify(body),
  });
  const read = await (await manage("GET", own.registration_access_token)).json();
  const replaced = await manage("PUT", read.registration_access_token, { ...wish, client_id: own.client_id, client_name: "Renamed" });
  const last = await replaced.json();
  assert.equal(last.client_name, "Renamed");
  assert.equal((await manage("GET", own.registration_access_token)).status, 401);
  assert.equal((await manage("DELETE", last.registration_access_token)).status, 204);
  assert.equal((await manage("GET", last.registration_access_token)).status, 401);
  // The gateway is told, and tells nobody when it has heard.
  const status = () => call(given.access_token).then((answer) => answer.status, (refusal) => refusal.status);
  const deadline = Date.now() + 5_000;
  while ((await status()) !== 401) assert.ok(Date.now() < deadline, "the token outlives its client");
});
