"""PyJWT with its client of key sets, through rotations."""

import unittest

import jwt

from around import AUDIENCE, ISSUER, SHOP, call, metadata, rotate
from issued import access_token

REQUIRED = {"require": ["exp", "iat", "iss", "aud", "sub", "jti"]}


class Pyjwt(unittest.TestCase):
    def verify(self, keys, token):
        key = keys.get_signing_key_from_jwt(token)
        return jwt.decode(token, key, algorithms=["ES256"], audience=AUDIENCE, issuer=ISSUER, options=REQUIRED)

    def test_a_rotation_needs_no_new_key_set(self):
        keys = jwt.PyJWKClient(metadata()["jwks_uri"])
        before = access_token()
        self.verify(keys, before)
        # The key that signs next is in the set that the client has, and it fetches no other for thirty seconds.
        rotate()
        for token in (before, access_token()):
            self.verify(keys, token)

    def test_tokens_verify_through_rotations_in_quick_succession(self):
        # Without the pause between two fetches, which rotations of every day do not meet.
        keys = jwt.PyJWKClient(metadata()["jwks_uri"], cache_keys=True, cooldown_duration=0)
        tokens = [access_token()]
        self.assertEqual(self.verify(keys, tokens[0])["client_id"], SHOP["client_id"])
        for _ in range(3):
            rotate()
            tokens.append(access_token())
            for token in tokens:
                self.assertEqual(self.verify(keys, token)["iss"], ISSUER)
                self.assertEqual(call(token), 200)
        kids = {jwt.get_unverified_header(token)["kid"] for token in tokens}
        self.assertEqual(len(kids), 4, "every rotation brought another key")

    def test_a_token_says_what_it_is(self):
        header = jwt.get_unverified_header(access_token())
        self.assertEqual(set(header), {"alg", "typ", "kid"})
        self.assertEqual(header["typ"], "at+jwt")


if __name__ == "__main__":
    unittest.main()
