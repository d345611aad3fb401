"""joserfc, which refuses header members that it does not know, and whole key sets for one bad key."""

import json
import unittest
import urllib.request

from joserfc import jwt
from joserfc.jwk import KeySet

from around import AUDIENCE, ISSUER, metadata, rotate
from issued import access_token


class Joserfc(unittest.TestCase):
    def keys(self):
        with urllib.request.urlopen(metadata()["jwks_uri"]) as answer:
            return KeySet.import_key_set(json.load(answer))

    def test_tokens_verify_with_the_key_set_before_and_after_a_rotation(self):
        claims = jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": ISSUER}, aud={"essential": True, "value": AUDIENCE}, exp={"essential": True}
        )
        before = access_token()
        rotate()
        after = access_token()
        keys = self.keys()
        for token in (before, after):
            decoded = jwt.decode(token, keys, algorithms=["ES256"])
            claims.validate(decoded.claims)
            self.assertEqual(decoded.header["typ"], "at+jwt")

    def test_the_standby_is_in_the_set_before_it_signs(self):
        known = {key.kid for key in self.keys().keys}
        rotated = rotate()
        self.assertIn(rotated["active"], known)


if __name__ == "__main__":
    unittest.main()
