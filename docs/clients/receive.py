"""Receives webhooks, checked with the standard library alone: python receive.py 9000 whsec_… [whsec_…]"""

import base64
import hashlib
import hmac
import json
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

SECRETS = [base64.b64decode(secret.removeprefix("whsec_")) for secret in sys.argv[2:]]
seen = set()  # in real life a table: a message that comes again has the same webhook-id


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        message, at = self.headers["webhook-id"], self.headers["webhook-timestamp"]
        signed = f"{message}.{at}.".encode() + body
        right = [b"v1," + base64.b64encode(hmac.new(s, signed, hashlib.sha256).digest()) for s in SECRETS]
        given = self.headers["webhook-signature"].encode().split()
        genuine = any(hmac.compare_digest(one, other) for one in given for other in right)
        if genuine and abs(time.time() - int(at)) < 300 and message not in seen:
            change = json.loads(body)
            print(change["type"], change.get("seq"), change.get("subject"), flush=True)
            seen.add(message)
        self.send_response(204 if genuine else 400)
        self.end_headers()


server = HTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver)
print(f"listening on port {server.server_port}", file=sys.stderr)
server.serve_forever()
