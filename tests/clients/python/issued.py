"""A token of the shop's, by the shortest way: the standard library."""

import base64
import json
import urllib.parse
import urllib.request

from around import SCOPES, SHOP, metadata


def access_token(client=SHOP, scope=SCOPES):
    quoted = ":".join(urllib.parse.quote_plus(client[name]) for name in ("client_id", "client_secret"))
    headers = {"Authorization": "Basic " + base64.b64encode(quoted.encode()).decode()}
    form = urllib.parse.urlencode({"grant_type": "client_credentials", "scope": scope}).encode()
    request = urllib.request.Request(metadata()["token_endpoint"], data=form, headers=headers)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["access_token"]
