// Node.js with jose 6: one function that gives the claims of a good token, and throws for every other.
//
// What it cannot do, so that you know: see whether a token was revoked (keep lifetimes short, or introspect), and refuse
// JSON in which a name stands twice.
import { createRemoteJWKSet, jwtVerify } from "jose";

const keys = createRemoteJWKSet(new URL("{{jwks_uri}}"));

export async function verify(token) {
  if (token.length > 8192) throw new Error("the token is too large");
  const { payload } = await jwtVerify(token, keys, {
    issuer: "{{issuer}}",
    audience: "{{audience}}",
    // Pinned here; the token may only agree.
    algorithms: [{{algorithms}}],
    typ: "at+jwt",
    clockTolerance: {{leeway}},
    maxTokenAge: {{max_lifetime}},
    requiredClaims: ["iss", "aud", "sub", "client_id", "iat", "exp", "jti"],
  });
  for (const name of ["iss", "sub", "client_id", "jti"]) {
    if (typeof payload[name] !== "string") throw new Error(`${name} is not a text`);
  }
  if (payload.scope !== undefined && typeof payload.scope !== "string") throw new Error("scope is not a text");
  if (payload.exp - payload.iat > {{max_lifetime}}) throw new Error("the token lives too long");
  // A bound token is refused, because nothing here checks its proof.
  if (payload.cnf !== undefined) throw new Error("the token is bound to a key");
  return payload;
}
