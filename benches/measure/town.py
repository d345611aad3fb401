"""A small installation of the product: one API with an upstream, one application that may call it, and its tokens."""

import json
import subprocess
import threading
import urllib.error
import urllib.request
from http.client import HTTPConnection

from processes import Failed, answers, free_port

SCOPE = "orders:v1:read"
PATH = "/orders/v1/orders/1"
DAY = 86_400

# The contract of the upstream: what the gateway must find the operation in.
CONTRACT = {
    "openapi": "3.1.0",
    "info": {"title": "Orders", "version": "1.0.0"},
    "paths": {
        "/orders": {
            "get": {
                "operationId": "listOrders",
                "security": [{"oauth": ["read"]}],
                "responses": {"200": {"description": "The orders"}},
            },
            "post": {
                "operationId": "placeOrder",
                "security": [{"oauth": ["write"]}],
                "responses": {"201": {"description": "The order"}},
            },
        },
        "/orders/{id}": {
            "get": {
                "operationId": "showOrder",
                "security": [{"oauth": ["read"]}],
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
                ],
                "responses": {"200": {"description": "The order"}},
            },
        },
    },
    "components": {
        "securitySchemes": {
            "oauth": {
                "type": "oauth2",
                "flows": {
                    "clientCredentials": {
                        "tokenUrl": "https://id.example/token",
                        "scopes": {"read": "Read orders", "write": "Change orders"},
                    }
                },
            }
        }
    },
}

# Above what any round sends, so that the limiter works on every request and stops none.
RATE = {"requests": 1_000_000, "per_seconds": 1, "burst": 1_000_000}


class Town:
    """A running `gatewright serve` with its JSON API."""

    def __init__(self, group, programs, database=None, core=None):
        self.group, self.programs, self.core = group, programs, core
        self.portal, self.gateway = free_port(), free_port()
        self.issuer = f"http://127.0.0.1:{self.portal}"
        self.settings = {"GATEWRIGHT_DATA_DIR": str(group.home / "data"), "GATEWRIGHT_LOG_LEVEL": "warn"}
        if database:
            self.settings["DATABASE_URL"] = database
        self.token = None

    def command(self, *arguments):
        """Runs a command of the program and gives what it prints."""
        ran = subprocess.run(
            [self.programs / "gatewright", *arguments],
            cwd=self.group.home,
            env=self.settings,
            input="a long pass phrase for benches\n",
            capture_output=True,
            text=True,
        )
        if ran.returncode != 0:
            raise Failed(f"gatewright {' '.join(arguments)}: {ran.stderr.strip()}")
        return ran.stdout.strip()

    def found(self):
        """Admits an administrator and gives them an access token."""
        self.command("operator", "add", "bench", "--role", "admin", "--password-stdin")
        self.token = self.command("--quiet", "operator", "access-token", "bench", "--name", "bench")

    def serve(self, *flags):
        """Starts the control plane, with a gateway inside unless told otherwise."""
        listen = ["--listen", f"127.0.0.1:{self.portal}", "--gateway-listen", f"127.0.0.1:{self.gateway}"]
        command = [self.programs / "gatewright", "serve", *listen, *flags]
        process = self.group.start("gatewright", command, core=self.core, environment=self.settings)
        answers(f"{self.issuer}/readyz", process)
        return process

    def call(self, method, path, body=None):
        """One call of the JSON API."""
        request = urllib.request.Request(f"{self.issuer}/api/v1{path}", method=method)
        request.add_header("Authorization", f"Bearer {self.token}")
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refusal:
            raise Failed(f"{method} {path} was answered {refusal.code}: {refusal.read().decode()}")

    def settle(self, upstream):
        """Publishes the API and subscribes one application to it; gives the application's id."""
        self.call("POST", "/teams", {"name": "bench"})
        self.call("POST", "/apis", {"name": "orders", "team": "bench"})
        self.call("POST", "/apis/orders/versions", {"number": "v1", "upstream": upstream})
        self.call("PUT", "/apis/orders/versions/v1/contract", CONTRACT)
        self.call("POST", "/apis/orders/versions/v1/publish")
        plan = {"name": "wide", "rate": RATE, "max_token_lifetime_s": 30 * DAY}
        self.call("POST", "/apis/orders/plans", plan)
        consumer = self.call("POST", "/consumers", {"name": "Acme"})["id"]
        application = self.call("POST", f"/consumers/{consumer}/applications", {"name": "shop"})["id"]
        right = {"api": "orders", "version": "v1", "plan": "wide", "scopes": ["read", "write"]}
        self.call("POST", f"/applications/{application}/subscriptions", right)
        return application

    def issue(self, application, how_many, at_once=8):
        """Issues tokens over HTTP from several connections at once; gives their texts."""
        texts, lock, left = [], threading.Lock(), iter(range(how_many))

        def work():
            connection = HTTPConnection("127.0.0.1", self.portal)
            while True:
                with lock:
                    number = next(left, None)
                if number is None:
                    return
                texts.append(self.issue_one(connection, application, f"bench {number}"))

        run_all([work] * at_once)
        return texts

    def issue_one(self, connection, application, name):
        """Issues one token by a connection that is kept open."""
        body = json.dumps({"name": name, "scopes": [SCOPE], "lifetime_s": 7 * DAY})
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        connection.request("POST", f"/api/v1/applications/{application}/tokens", body, headers)
        answer = connection.getresponse()
        text = answer.read()
        if answer.status != 201:
            raise Failed(f"a token was refused with {answer.status}: {text.decode()}")
        return json.loads(text)["token"]


def run_all(works):
    """Runs all of these at once and raises the first failure of any."""
    failures = []

    def guarded(work):
        try:
            work()
        except Exception as failure:
            failures.append(failure)

    threads = [threading.Thread(target=guarded, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
