"""Standard OAuth 2 and JWT libraries against a running server, used as their manuals show.

    pip install --require-hashes --only-binary :all: -r e2e/requirements.txt
    GRADEBOOK_BIN=target/debug/gradebook python e2e/standard_clients.py

Starts `gradebook serve --demo` on a free port of this machine and stops it. Fails if a test was left out.
"""

import base64
import hmac
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import warnings
from pathlib import Path

# The server of the test has no TLS, which these libraries refuse unless told that it is a test.
os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
# Nothing leaves this machine, whatever the environment says of proxies.
os.environ["NO_PROXY"] = "127.0.0.1"

import jwt  # noqa: E402
import requests  # noqa: E402
from authlib.integrations.base_client import OAuthError  # noqa: E402
from authlib.integrations.requests_client import OAuth2Session as AuthlibSession  # noqa: E402
from oauthlib.oauth2 import InvalidGrantError, LegacyApplicationClient, TokenExpiredError  # noqa: E402
from requests_oauthlib import OAuth2Session  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "gradebook-demo"
ADMIN = "demo.admin"
TEACHER = "lin.yue"
CAREFUL = "olivia.hart"
CLIENT = "school-app"
AUDIENCE = "gradebook-api"
STEP_S = 30
STARTS_WITHIN_S = 60
STOPS_WITHIN_S = 20


class Server:
    """A gradebook with the demonstration school, whose tokens are signed with the algorithm."""

    def __init__(self, algorithm):
        self.folder = tempfile.mkdtemp(prefix="gradebook-clients-")
        port = free_port()
        self.base = f"http://127.0.0.1:{port}"
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": self.folder,
            "GRADEBOOK_DATA_DIR": os.path.join(self.folder, "data"),
            "GRADEBOOK_LISTEN": f"127.0.0.1:{port}",
            "GRADEBOOK_PUBLIC_URL": self.base,
            "GRADEBOOK_BCRYPT_COST": "4",
            "GRADEBOOK_LOG": "error",
            "GRADEBOOK_TOKEN_ALGORITHM": algorithm,
        }
        binary = Path(os.environ.get("GRADEBOOK_BIN", ROOT / "target/debug/gradebook")).resolve()
        self.process = subprocess.Popen(
            [binary, "serve", "--demo"], env=environment, cwd=self.folder, stdout=subprocess.PIPE, text=True
        )
        # A server that says nothing must not hold the test for ever.
        guard = threading.Timer(STARTS_WITHIN_S, self.process.kill)
        guard.start()
        said = ""
        for line in self.process.stdout:
            said += line
            if line.startswith("listening on "):
                break
        guard.cancel()
        if "listening on " not in said:
            self.stop()
            raise RuntimeError(f"the server did not start: {said}")
        ready = time.monotonic() + STARTS_WITHIN_S
        while requests.get(f"{self.base}/readyz", timeout=10).status_code != 200:
            if time.monotonic() > ready:
                self.stop()
                raise RuntimeError("the server does not get ready")
            time.sleep(0.05)

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(STOPS_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def metadata(self):
        return requests.get(f"{self.base}/.well-known/oauth-authorization-server", timeout=10).json()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def code_of_app(secret, step):
    """What an authenticator app shows in this step (RFC 6238)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    mac = hmac.digest(key, step.to_bytes(8, "big"), "sha1")
    four = mac[mac[-1] & 15 :][:4]
    return f"{(int.from_bytes(four, 'big') & 0x7FFFFFFF) % 1_000_000:06}"


class WithServer(unittest.TestCase):
    algorithm = "ES256"

    @classmethod
    def setUpClass(cls):
        cls.server = Server(cls.algorithm)
        cls.metadata = cls.server.metadata()
        cls.me = f"{cls.server.base}/api/v1/users/me"

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()


class Oauthlib(WithServer):
    """requests-oauthlib with the resource owner password grant of oauthlib."""

    def sign_in(self, username=TEACHER, password=PASSWORD, **fields):
        session = OAuth2Session(client=LegacyApplicationClient(client_id=CLIENT))
        session.fetch_token(self.metadata["token_endpoint"], username=username, password=password, **fields)
        return session

    def test_password_grant_opens_the_interface(self):
        session = self.sign_in()
        self.assertEqual(session.token["token_type"], "bearer")
        self.assertTrue(0 < session.token["expires_in"] <= 300)
        self.assertEqual(session.get(self.me).json()["username"], TEACHER)
        courses = session.get(f"{self.server.base}/api/v1/courses").json()["items"]
        self.assertGreater(len(courses), 0)

    def test_a_wrong_password_is_the_librarys_own_error(self):
        with self.assertRaises(InvalidGrantError) as refused:
            self.sign_in(username="ben.foster", password="not this one")
        self.assertEqual(refused.exception.error, "invalid_grant")

    def test_a_code_goes_along_with_the_password(self):
        session = self.sign_in(username=CAREFUL)
        begun = session.post(f"{self.me}/totp").json()
        step = int(time.time()) // STEP_S
        code = {"code": code_of_app(begun["secret"], step)}
        self.assertEqual(session.post(f"{self.me}/totp/confirm", json=code).status_code, 200)
        with self.assertRaises(InvalidGrantError):
            self.sign_in(username=CAREFUL)
        # The step that confirmed is spent; the next one counts already.
        session = self.sign_in(username=CAREFUL, otp=code_of_app(begun["secret"], step + 1))
        self.assertEqual(session.get(self.me).json()["totp_enabled"], True)
        claims = jwt.decode(session.token["access_token"], options={"verify_signature": False})
        self.assertEqual(claims["amr"], ["pwd", "otp"])

    def test_a_token_is_refreshed(self):
        session = self.sign_in()
        old = dict(session.token)
        new = session.refresh_token(self.metadata["token_endpoint"], client_id=CLIENT)
        self.assertNotEqual(new["refresh_token"], old["refresh_token"])
        self.assertEqual(session.get(self.me).status_code, 200)

    def test_an_expired_token_is_refreshed_on_the_way(self):
        session = self.sign_in()
        session.token = {**session.token, "expires_at": time.time() - 60}
        with self.assertRaises(TokenExpiredError):
            session.get(self.me)
        kept = []
        session = OAuth2Session(
            CLIENT,
            token=session.token,
            auto_refresh_url=self.metadata["token_endpoint"],
            auto_refresh_kwargs={"client_id": CLIENT},
            token_updater=kept.append,
        )
        before = session.token["refresh_token"]
        self.assertEqual(session.get(self.me).json()["username"], TEACHER)
        self.assertEqual(len(kept), 1)
        self.assertNotEqual(kept[0]["refresh_token"], before)

    def test_a_revoked_session_is_over(self):
        session = self.sign_in()
        token = session.token["refresh_token"]
        answer = session.post(self.metadata["revocation_endpoint"], data={"token": token}, withhold_token=True)
        self.assertEqual(answer.status_code, 200)
        with self.assertRaises(InvalidGrantError):
            session.refresh_token(self.metadata["token_endpoint"], client_id=CLIENT)
        # Every process hears of it within two seconds.
        until = time.monotonic() + 10
        while (answer := session.get(self.me)).status_code == 200 and time.monotonic() < until:
            time.sleep(0.05)
        self.assertEqual((answer.status_code, answer.json()["code"]), (401, "token_revoked"))


class Authlib(WithServer):
    """Authlib's client."""

    def session(self, **options):
        endpoint = self.metadata["token_endpoint"]
        return AuthlibSession(CLIENT, token_endpoint_auth_method="none", token_endpoint=endpoint, **options)

    def test_password_grant_refresh_and_revocation(self):
        kept = []
        session = self.session(update_token=lambda token, refresh_token=None, **_: kept.append((token, refresh_token)))
        first = dict(session.fetch_token(username=TEACHER, password=PASSWORD))
        self.assertEqual(session.get(self.me).json()["username"], TEACHER)
        session.token["expires_at"] = int(time.time()) - 60
        self.assertEqual(session.get(self.me).json()["username"], TEACHER)
        self.assertEqual([old for _, old in kept], [first["refresh_token"]])
        self.assertNotEqual(kept[0][0]["refresh_token"], first["refresh_token"])
        revoked = session.revoke_token(self.metadata["revocation_endpoint"], token=kept[0][0]["refresh_token"])
        self.assertEqual(revoked.status_code, 200)
        with self.assertRaises(OAuthError) as refused:
            session.refresh_token()
        self.assertEqual(refused.exception.error, "invalid_grant")

    def test_a_wrong_password_is_the_librarys_own_error(self):
        with self.assertRaises(OAuthError) as refused:
            self.session().fetch_token(username="ben.foster", password="not this one")
        self.assertEqual(refused.exception.error, "invalid_grant")


class Tokens(WithServer):
    """PyJWT with the published keys."""

    def decode(self, token, **changed):
        keys = jwt.PyJWKClient(self.metadata["jwks_uri"])
        options = {
            "algorithms": [self.algorithm],
            "audience": AUDIENCE,
            "issuer": self.metadata["issuer"],
            "options": {"require": ["iss", "aud", "sub", "iat", "nbf", "exp", "jti"]},
            **changed,
        }
        return jwt.decode(token, keys.get_signing_key_from_jwt(token).key, **options)

    def token(self):
        form = {"grant_type": "password", "username": ADMIN, "password": PASSWORD}
        return requests.post(self.metadata["token_endpoint"], data=form, timeout=10).json()["access_token"]

    def test_an_access_token_proves_itself(self):
        token = self.token()
        header = jwt.get_unverified_header(token)
        self.assertEqual(header["typ"], "at+jwt")
        self.assertEqual(header["alg"], self.algorithm)
        claims = self.decode(token)
        self.assertEqual(claims["iss"], self.server.base)
        self.assertEqual(claims["role"], "admin")
        self.assertEqual(claims["exp"] - claims["iat"], 300)
        who = requests.get(self.me, headers={"Authorization": f"Bearer {token}"}, timeout=10).json()
        self.assertEqual(claims["sub"], str(who["id"]))

    def test_the_library_refuses_what_it_should(self):
        token = self.token()
        with self.assertRaises(jwt.InvalidAudienceError):
            self.decode(token, audience="another")
        with self.assertRaises(jwt.InvalidIssuerError):
            self.decode(token, issuer="https://another.example")
        head, body, signature = token.split(".")
        claims = json.loads(base64.urlsafe_b64decode(body + "=="))
        claims["role"] = "student"
        changed = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
        with self.assertRaises(jwt.InvalidSignatureError):
            self.decode(".".join([head, changed, signature]))

    def test_only_public_keys_are_published(self):
        keys = requests.get(self.metadata["jwks_uri"], timeout=10).json()["keys"]
        self.assertGreater(len(keys), 0)
        for key in keys:
            self.assertIn(key["kty"], ("EC", "OKP"))
            self.assertFalse({"d", "k", "p", "q"} & key.keys(), key.keys())


class EdwardsTokens(Tokens):
    """The same with the other algorithm that has public keys."""

    algorithm = "EdDSA"


# One number for all tests of this file: a test that was not found or was skipped fails the run.
EXPECTED = 14

if __name__ == "__main__":
    # Authlib tells its users of its next version.
    warnings.filterwarnings("ignore", module="authlib")
    program = unittest.main(verbosity=2, exit=False)
    run = program.result.testsRun - len(program.result.skipped)
    if not program.result.wasSuccessful():
        sys.exit(1)
    if run != EXPECTED:
        sys.exit(f"{run} tests ran, and {EXPECTED} are expected")
