// jose: the key set from afar, kept, and fetched again when a kid is new.
import assert from "node:assert/strict";
import { test } from "node:test";

import { createRemoteJWKSet, errors, jwtVerify } from "jose";

import { accessToken, audience, issuer, rotate, shop } from "./around.js";

const options = { issuer, audience, algorithms: ["ES256"], typ: "at+jwt", requiredClaims: ["sub", "client_id", "jti", "iat", "exp"] };

test("tokens verify through a rotation with a key set that is kept", async () => {
  // Fetched again at most once in so many milliseconds; by default every thirty seconds.
  const keys = createRemoteJWKSet(new URL(`${issuer}/oauth2/jwks`), { cooldownDuration: 0 });
  const before = await accessToken();
  const { payload } = await jwtVerify(before, keys, options);
  assert.equal(payload.client_id, shop.client_id);
  await rotate();
  await rotate();
  const after = await accessToken();
  for (const token of [before, after]) await jwtVerify(token, keys, options);
});

test("a token for another audience is not taken", async () => {
  const keys = createRemoteJWKSet(new URL(`${issuer}/oauth2/jwks`));
  const token = await accessToken();
  await assert.rejects(jwtVerify(token, keys, { ...options, audience: `${audience}0` }), errors.JWTClaimValidationFailed);
});
