"""Keys and tokens for proxies that are not ours: our public key as PEM, and our claims signed anew with RSA."""

import base64
import json
import subprocess

# What stands before the two coordinates in the DER of a P-256 public key (RFC 5480).
P256_PREFIX = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200" "04")


def decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def claims(token):
    """What a token says."""
    return json.loads(decoded(token.split(".")[1]))


def kid(token):
    """The key that a token says it was signed with."""
    return json.loads(decoded(token.split(".")[0]))["kid"]


def pem(jwk):
    """A public P-256 key as PEM."""
    der = P256_PREFIX + decoded(jwk["x"]) + decoded(jwk["y"])
    body = base64.encodebytes(der).decode().replace("\n", "")
    lines = [body[at : at + 64] for at in range(0, len(body), 64)]
    return "\n".join(["-----BEGIN PUBLIC KEY-----", *lines, "-----END PUBLIC KEY-----", ""])


def sign_with_rsa(home, tokens):
    """The same claims, signed RS256 with a new key of 2048 bits whose public half is left in `rs256.pem`."""
    private, public = home / "rs256.key", home / "rs256.pem"
    run = lambda *command, **more: subprocess.run(command, check=True, capture_output=True, **more).stdout
    run("openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", private)
    run("openssl", "pkey", "-in", private, "-pubout", "-out", public)
    header = encoded(json.dumps({"typ": "at+jwt", "alg": "RS256", "kid": "rsa"}).encode())
    signed = []
    for token in tokens:
        text = f"{header}.{token.split('.')[1]}"
        signature = run("openssl", "dgst", "-sha256", "-sign", private, input=text.encode())
        signed.append(f"{text}.{encoded(signature)}")
    return signed
