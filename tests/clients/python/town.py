"""One installation with an API and two applications, and the tests of every client against it.

Without arguments everything is run; `town.py python MODULE` and `town.py node FILE` run a part.
"""

import contextlib
import json
import os
import pathlib
import queue
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parent.parent.parent
PROGRAM = pathlib.Path(os.environ["GATEWRIGHT_PROGRAMS"]) / "gatewright"
PASSWORD = "a long sentence that nobody guesses"
SETTINGS = ("GATEWRIGHT_", "DATABASE_URL")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Upstream(BaseHTTPRequestHandler):
    """An upstream that says whom it was told is calling."""

    def do_GET(self):
        told = {name.lower(): value for name, value in self.headers.items() if name.lower().startswith("gatewright-")}
        body = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Town:
    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        self.portal = f"http://127.0.0.1:{free_port()}"
        self.gateway = f"http://127.0.0.1:{free_port()}"
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith(SETTINGS)}
        self.environment["GATEWRIGHT_CLIENT_REGISTRATION"] = "true"
        self.upstream = ThreadingHTTPServer(("127.0.0.1", 0), Upstream)
        threading.Thread(target=self.upstream.serve_forever, daemon=True).start()

    def serve(self):
        flags = ["--listen", self.portal.removeprefix("http://"), "--gateway-listen", self.gateway.removeprefix("http://")]
        server = subprocess.Popen(
            [PROGRAM, "serve", *flags, "--data-dir", self.directory / "data"],
            env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )
        said = queue.Queue()

        def listen():
            for line in server.stderr:
                said.put(line)
            said.put(None)

        threading.Thread(target=listen, daemon=True).start()
        heard = ""
        while "Ready. Portal" not in heard:
            line = said.get(timeout=60)
            if line is None:
                raise SystemExit(f"the server ended at once:\n{heard}")
            heard += line
        return server

    def command(self, *words):
        flags = ["--data-dir", self.directory / "data", "--quiet"]
        ran = subprocess.run([PROGRAM, *words, *flags], env=self.environment, check=True, capture_output=True, text=True)
        return ran.stdout.strip()

    def api(self, method, path, body=None, kind="application/json", **headers):
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self.admin}", "Content-Type": kind, **headers}
        request = urllib.request.Request(f"{self.portal}/api/v1{path}", data=data, method=method, headers=headers)
        try:
            with urllib.request.urlopen(request) as answer:
                text = answer.read()
                return json.loads(text) if text else None
        except urllib.error.HTTPError as refused:
            raise SystemExit(f"{method} {path}: {refused.code} {refused.read().decode()}") from None

    def edit_client(self, application, **terms):
        """Changes what an application may ask for, on top of what it is now."""
        url = f"{self.portal}/api/v1/applications/{application}/client"
        request = urllib.request.Request(url, headers={"Authorization": f"Bearer {self.admin}"})
        with urllib.request.urlopen(request) as answer:
            tag = answer.headers["ETag"]
        return self.api("PATCH", f"/applications/{application}/client", terms, **{"If-Match": tag})

    def fill(self):
        password = self.directory / "password"
        password.write_text(PASSWORD)
        password.chmod(0o600)
        self.command("operator", "add", "ada", "--role", "admin", "--password-file", str(password))
        self.admin = self.command("operator", "access-token", "ada", "--name", "clients")
        address = f"http://127.0.0.1:{self.upstream.server_port}"
        self.api("POST", "/apis", {"name": "orders", "title": "Orders"})
        self.api("POST", "/apis/orders/versions", {"number": "v1", "upstream": address})
        contract = (TOP / "crates/server/assets/orders.yaml").read_bytes()
        self.api("PUT", "/apis/orders/versions/v1/contract", contract, "application/yaml")
        self.api("POST", "/apis/orders/versions/v1/publish", {})
        rate = {"requests": 1000, "per_seconds": 1, "burst": 2000}
        self.api("POST", "/apis/orders/plans", {"name": "standard", "rate": rate, "max_token_lifetime_s": 86400})
        self.api("POST", "/consumers", {"name": "Acme"})
        shop, depot = self.application("shop"), self.application("depot")
        # The depot stands behind the API as well, and may ask about tokens for it.
        self.edit_client("depot", serves=["orders/v1"])
        return {
            "issuer": self.portal, "portal": self.portal, "gateway": self.gateway, "admin": self.admin,
            "audience": f"{self.gateway}/orders/v1", "shop": shop, "depot": depot,
            "operator": {"name": "ada", "password": PASSWORD},
        }

    def application(self, name):
        self.api("POST", "/consumers/Acme/applications", {"name": name})
        wish = {"api": "orders", "version": "v1", "plan": "standard", "scopes": ["read", "write"]}
        self.api("POST", f"/applications/{name}/subscriptions", wish)
        secret = self.api("POST", f"/applications/{name}/secrets", {})
        return {"name": name, "client_id": secret["client_id"], "client_secret": secret["client_secret"]}


def tests(what):
    """The commands to run: those of one language and one file, or all."""
    match what:
        case [] | ["python"]:
            python = [sys.executable, "-m", "unittest", "discover", "-v", "-s", str(HERE)]
        case ["python", *modules]:
            python = [sys.executable, "-m", "unittest", "-v", *modules]
        case _:
            python = None
    if python:
        yield python, HERE
    if what[:1] in ([], ["node"]):
        node = HERE.parent / "node"
        files = what[1:] or sorted(path.name for path in node.glob("*.test.js"))
        yield ["node", "--test", "--test-reporter=spec", *files], node


def main():
    with tempfile.TemporaryDirectory(prefix="gatewright-clients-") as directory, contextlib.ExitStack() as stack:
        town = Town(directory)
        server = town.serve()
        stack.callback(server.wait, 60)
        stack.callback(server.terminate)
        environment = {**os.environ, "GATEWRIGHT_TOWN": json.dumps(town.fill())}
        # Both libraries demand https, which a server on this machine does not need.
        environment |= {"OAUTHLIB_INSECURE_TRANSPORT": "1", "AUTHLIB_INSECURE_TRANSPORT": "1"}
        # The gateway beside the portal has the last of it within a moment.
        time.sleep(0.5)
        failed = [command for command, where in tests(sys.argv[1:]) if subprocess.run(command, cwd=where, env=environment).returncode]
        if failed:
            raise SystemExit(1)


if __name__ == "__main__":
    main()
