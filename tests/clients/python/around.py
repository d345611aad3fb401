"""What the tests know of the installation, and what they do to it."""

import json
import os
import urllib.error
import urllib.request

TOWN = json.loads(os.environ["GATEWRIGHT_TOWN"])
ISSUER, GATEWAY, AUDIENCE = TOWN["issuer"], TOWN["gateway"], TOWN["audience"]
SHOP, DEPOT = TOWN["shop"], TOWN["depot"]
SCOPES = "orders:v1:read orders:v1:write"


def metadata():
    """What the issuer says of itself (RFC 8414), which is where clients begin."""
    with urllib.request.urlopen(f"{ISSUER}/.well-known/oauth-authorization-server") as answer:
        return json.load(answer)


def rotate():
    """Rotates the signing key, as an operator in a hurry would."""
    body = json.dumps({"force": "a rotation under clients"}).encode()
    headers = {"Authorization": f"Bearer {TOWN['admin']}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{TOWN['portal']}/api/v1/keys/rotate", data=body, headers=headers)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def call(token, path="/orders/v1/orders"):
    """Calls the API, and gives the status."""
    request = urllib.request.Request(GATEWAY + path, headers={"Authorization": f"Bearer {token}"})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status
    except urllib.error.HTTPError as refused:
        return refused.code
