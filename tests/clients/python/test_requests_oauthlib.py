"""requests-oauthlib: the oldest of them, which many scripts are written with."""

import unittest

from oauthlib.oauth2 import BackendApplicationClient, InvalidClientError
from requests.auth import HTTPBasicAuth
from requests_oauthlib import OAuth2Session

from around import GATEWAY, SCOPES, SHOP, metadata


class RequestsOauthlib(unittest.TestCase):
    def session(self):
        return OAuth2Session(client=BackendApplicationClient(client_id=SHOP["client_id"], scope=SCOPES.split()))

    def test_a_session_gets_a_token_and_calls_with_it(self):
        session = self.session()
        auth = HTTPBasicAuth(SHOP["client_id"], SHOP["client_secret"])
        token = session.fetch_token(metadata()["token_endpoint"], auth=auth)
        self.assertEqual(token["token_type"], "Bearer")
        answer = session.get(f"{GATEWAY}/orders/v1/orders")
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.json()["gatewright-application"], "shop")

    def test_a_wrong_secret_is_an_error_that_the_library_reads(self):
        with self.assertRaises(InvalidClientError):
            self.session().fetch_token(metadata()["token_endpoint"], auth=HTTPBasicAuth(SHOP["client_id"], "wrong"))


if __name__ == "__main__":
    unittest.main()
