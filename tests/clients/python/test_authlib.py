"""Authlib: a session that gets its own tokens, asks about them and revokes them."""

import time
import unittest

from authlib.integrations.requests_client import OAuth2Session, OAuthError

from around import DEPOT, SCOPES, SHOP, call, metadata


class Authlib(unittest.TestCase):
    def setUp(self):
        self.server = metadata()

    def session(self, client=SHOP, **more):
        return OAuth2Session(client["client_id"], client["client_secret"], **more)

    def fetch(self, session, scope=SCOPES):
        return session.fetch_token(self.server["token_endpoint"], grant_type="client_credentials", scope=scope)

    def test_a_session_gets_a_token_and_calls_with_it(self):
        token = self.fetch(self.session())
        self.assertEqual(token["token_type"], "Bearer")
        self.assertGreater(token["expires_at"], time.time())
        self.assertEqual(call(token["access_token"]), 200)

    def test_a_wrong_secret_is_an_error_that_the_library_reads(self):
        session = OAuth2Session(SHOP["client_id"], SHOP["client_secret"][:-1] + "x")
        with self.assertRaises(OAuthError) as refused:
            self.fetch(session)
        self.assertEqual(refused.exception.error, "invalid_client")

    def test_a_scope_that_is_not_granted_is_named(self):
        with self.assertRaises(OAuthError) as refused:
            self.fetch(self.session(), scope="billing:v1:read")
        self.assertEqual(refused.exception.error, "invalid_scope")

    def test_a_token_is_known_until_it_is_revoked(self):
        session, guard = self.session(), self.session(DEPOT)
        token = self.fetch(session)["access_token"]
        ask = lambda: guard.introspect_token(self.server["introspection_endpoint"], token=token).json()
        told = ask()
        self.assertIs(told["active"], True)
        self.assertEqual(told["client_id"], SHOP["client_id"])
        gone = session.revoke_token(self.server["revocation_endpoint"], token=token)
        self.assertEqual(gone.status_code, 200)
        self.assertEqual(ask(), {"active": False})
        deadline = time.time() + 5
        while call(token) != 401:
            self.assertLess(time.time(), deadline, "the gateway goes on accepting it")
            time.sleep(0.02)

    def test_a_client_does_not_revoke_what_is_of_another(self):
        token = self.fetch(self.session())["access_token"]
        refused = self.session(DEPOT).revoke_token(self.server["revocation_endpoint"], token=token)
        self.assertEqual(refused.status_code, 400)
        self.assertEqual(refused.json()["error"], "invalid_grant")
        self.assertEqual(call(token), 200)


if __name__ == "__main__":
    unittest.main()
