"""The receiver's view: starts `dev`, makes an endpoint, sends a message, answers the first call with 500, and verifies
everything that arrives with the official library of Standard Webhooks.

With --kill N it also kills `dev` and the receiver N times at random moments under load, and checks that every event
arrived."""

import json
import os
import queue
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from standardwebhooks import Webhook, WebhookVerificationError

START_SECONDS = 120
DELIVERY_SECONDS = 40
KILLED_SECONDS = 400
STATUSES = ["queued", "sending", "sent", "delivered"]


class Receiver(BaseHTTPRequestHandler):
    calls = queue.Queue()
    refuse_next = 1

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.calls.put((dict(self.headers.items()), body))
        status = 204
        if Receiver.refuse_next:
            Receiver.refuse_next -= 1
            status = 500
        self.send_response(status)
        self.end_headers()

    def log_message(self, *_):
        pass


class Api:
    def __init__(self, base_url, key):
        self.base_url, self.key = base_url, key

    def call(self, method, path, body=None, status=200):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base_url + path, data, method=method)
        request.add_header("Authorization", f"Bearer {self.key}")
        request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                got, text = answer.status, answer.read()
        except urllib.error.HTTPError as error:
            got, text = error.code, error.read()
        assert got == status, f"{method} {path}: {got} {text}"
        return json.loads(text) if text else None


def instructions(process):
    """Reads what `dev` prints until it is ready."""
    found = {}
    for line in process.stdout:
        text = line.strip()
        for name in ("base URL:", "API key:"):
            if text.startswith(name):
                found[name] = text.removeprefix(name).strip()
        if text.startswith("-d '") or "conversationId" in text:
            found["conversation"] = text.split('"conversationId": "')[1].split('"')[0]
        if len(found) == 3:
            return found
    raise SystemExit("dev ended before it was ready")


def verified(secret, headers, body):
    """The event of a call that the official library accepts."""
    lower = {name.lower(): value for name, value in headers.items()}
    event = Webhook(secret).verify(body, lower)
    try:
        Webhook(secret).verify(body + b" ", lower)
    except WebhookVerificationError:
        return lower["webhook-id"], event
    raise AssertionError("an altered body was accepted")


def collect(secret, count, kind):
    """The events of a kind by id, as often as each arrived."""
    events, deadline = {}, time.monotonic() + DELIVERY_SECONDS
    while len(events) < count:
        headers, body = Receiver.calls.get(timeout=max(0.1, deadline - time.monotonic()))
        id, event = verified(secret, headers, body)
        if event["type"] == kind:
            events.setdefault(id, []).append(body)
    return events


def check(api, conversation, receiver_url):
    made = api.call("POST", "/webhooks/endpoints", {"url": receiver_url, "events": ["message.status"]}, 201)
    id, secret = made["endpoint"]["id"], made["secret"]
    message = api.call("POST", "/sms/send", {"conversationId": conversation, "text": "Hello!"}, 201)
    events = collect(secret, len(STATUSES), "message.status")
    told = sorted(
        (event["data"]["sequence"], event["data"]["status"])
        for event in (json.loads(bodies[0]) for bodies in events.values())
        if event["data"]["id"] == message["id"]
    )
    assert told == list(enumerate(STATUSES, 1)), told
    print(f"verified and numbered: {told}")

    # The first call was answered with 500 and is made again, with the same id and the same bytes.
    deadline = time.monotonic() + DELIVERY_SECONDS
    while True:
        log = api.call("GET", f"/webhooks/endpoints/{id}/attempts")["items"]
        by_event = {}
        for attempt in log:
            by_event.setdefault(attempt["eventId"], []).append(attempt["result"])
        if any(sorted(results) == ["again", "taken"] for results in by_event.values()):
            break
        assert time.monotonic() < deadline, log
        time.sleep(0.3)
    print("a refused call was made again")

    while not Receiver.calls.empty():
        verified(secret, *Receiver.calls.get())
    renewed = api.call("POST", f"/webhooks/endpoints/{id}/secret")["secret"]
    assert renewed != secret
    event = api.call("POST", f"/webhooks/endpoints/{id}/test", status=202)["eventId"]
    assert event in collect(renewed, 1, "webhook.test")
    print("a test event is signed with the new secret")


class Dev:
    """A running `dev` on a folder and a port that stay the same."""

    def __init__(self, program, folder):
        self.program, self.folder = program, folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.bind = f"127.0.0.1:{free.getsockname()[1]}"
        self.log = open(f"{folder}/log", "w+")
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [self.program, "dev", "--allow-private", "--data-dir", f"{self.folder}/data"],
            env={**os.environ, "BIND": self.bind, "RATE_LIMIT": "0"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
        )
        timer = threading.Timer(START_SECONDS, self.process.kill)
        timer.start()
        found = instructions(self.process)
        timer.cancel()
        threading.Thread(target=self.process.stdout.read, daemon=True).start()
        self.api = Api(found["base URL:"], found["API key:"])
        self.conversation = found["conversation"]

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()

    def show_log(self):
        self.log.seek(0)
        print(self.log.read()[-4000:], file=sys.stderr)


class Listening:
    """The receiver, which can be stopped and started again on its port."""

    def __init__(self):
        self.port = 0
        self.start()

    def start(self):
        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), Receiver)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def check_kills(dev, listening, kills):
    """Every event of every message arrives, whoever is killed meanwhile."""
    url = f"http://127.0.0.1:{listening.port}/hooks"
    made = dev.api.call("POST", "/webhooks/endpoints", {"url": url, "events": ["message.status"]}, 201)
    secret, told, sent = made["secret"], {}, []
    for round in range(kills):
        for n in range(10):
            body = {"conversationId": dev.conversation, "text": f"Round {round}, message {n}"}
            sent.append(dev.api.call("POST", "/sms/send", body, 201)["id"])
        time.sleep(random.uniform(0, 1.5))
        if random.random() < 0.5:
            dev.kill()
            dev.start()
        else:
            listening.stop()
            time.sleep(random.uniform(0, 1))
            listening.start()
    deadline = time.monotonic() + KILLED_SECONDS
    while True:
        while not Receiver.calls.empty():
            headers, body = Receiver.calls.get()
            if headers.get("Webhook-Id") or headers.get("webhook-id"):
                try:
                    _, event = verified(secret, headers, body)
                except WebhookVerificationError:
                    continue  # It is for the endpoint of the first part.
                told.setdefault(event["data"]["id"], {})[event["data"]["sequence"]] = event["data"]["status"]
        missing = [id for id in sent if not is_complete(dev.api, told.get(id, {}), id)]
        if not missing:
            break
        assert time.monotonic() < deadline, {id: told.get(id) for id in missing}
        time.sleep(2)
    print(f"{len(sent)} messages are told completely after {kills} kills")


def is_complete(api, told, id):
    """Whether the numbers have no gap and the last one tells what the message is now."""
    if sorted(told) != list(range(1, len(told) + 1)) or not told:
        return False
    return told[len(told)] == api.call("GET", f"/events/sms/{id}")["status"]


def main(program, kills):
    listening = Listening()
    with tempfile.TemporaryDirectory() as folder:
        dev = Dev(program, folder)
        try:
            check(dev.api, dev.conversation, f"http://127.0.0.1:{listening.port}/hooks")
            if kills:
                check_kills(dev, listening, kills)
        except BaseException:
            dev.show_log()
            raise
        finally:
            dev.stop()


main(sys.argv[1], int(sys.argv[3]) if sys.argv[2:3] == ["--kill"] else 0)
