"""Python with joserfc 1: one function that gives the claims of a good token, and raises for every other.

What it cannot do, so that you know: see whether a token was revoked (keep lifetimes short, or introspect), and refuse
JSON in which a name stands twice.
"""

import json
import time
import urllib.request

from joserfc import jwt
from joserfc.jwk import KeySet

JWKS_URI = "{{jwks_uri}}"
ISSUER = "{{issuer}}"
AUDIENCE = "{{audience}}"
ALGORITHMS = [{{algorithms}}]  # Pinned here; the token may only agree.
LEEWAY = {{leeway}}
MAX_LIFETIME = {{max_lifetime}}

_kept = {"until": 0.0, "keys": None}


def _keys(kid):
    """The key set, fetched again after five minutes; for a kid that is new, no more than every thirty seconds."""
    now = time.monotonic()
    keys = _kept["keys"]
    known = keys is not None and any(key.kid == kid for key in keys.keys)
    if keys is None or now > _kept["until"] or (not known and now > _kept["until"] - 270):
        with urllib.request.urlopen(JWKS_URI, timeout=5) as answer:
            keys = KeySet.import_key_set(json.loads(answer.read(65536)))
        _kept.update(until=now + 300, keys=keys)
    return keys


def verify(token: str) -> dict:
    if len(token) > 8192:
        raise ValueError("the token is too large")
    decoded = jwt.decode(token, lambda found: _keys(found.headers().get("kid")), algorithms=ALGORITHMS)
    header, claims = decoded.header, decoded.claims
    if str(header.get("typ", "")).lower() not in ("at+jwt", "application/at+jwt"):
        raise ValueError("the token is not an access token")
    if not isinstance(header.get("kid"), str):
        raise ValueError("the token names no key")
    for name in ("iss", "sub", "client_id", "jti"):
        if not isinstance(claims.get(name), str):
            raise ValueError(f"{name} is not a text")
    for name in ("iat", "exp"):
        if type(claims.get(name)) not in (int, float):
            raise ValueError(f"{name} is not a number")
    if not isinstance(claims.get("scope", ""), str):
        raise ValueError("scope is not a text")
    audience = claims.get("aud")
    if audience != AUDIENCE and not (
        isinstance(audience, list) and all(isinstance(one, str) for one in audience) and AUDIENCE in audience
    ):
        raise ValueError("the token is for somebody else")
    if claims["iss"] != ISSUER:
        raise ValueError("the token is of another issuer")
    now = time.time()
    if claims["exp"] + LEEWAY <= now or claims["iat"] - LEEWAY > now or claims["exp"] - claims["iat"] > MAX_LIFETIME:
        raise ValueError("the token is out of its time")
    if "nbf" in claims and not (type(claims["nbf"]) in (int, float) and claims["nbf"] - LEEWAY <= now):
        raise ValueError("the token does not hold yet")
    # A bound token is refused, because nothing here checks its proof.
    if "cnf" in claims:
        raise ValueError("the token is bound to a key")
    return claims
