"""The carrier simulator against Telnyx's official Python SDK.

The SDK is the oracle: it parses every answer with strict validation and verifies every webhook.
Usage: check.py BASE_URL CONTROL_URL PUBLIC_KEY RECEIVER_PORT, with a simulator that sends the
profile's webhooks to http://127.0.0.1:RECEIVER_PORT/profile. The script `run` beside it does that.
"""

import collections
import json
import queue
import sys
import threading
import unittest
import urllib.request
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import telnyx

BASE_URL, CONTROL_URL, PUBLIC_KEY, RECEIVER_PORT = sys.argv[1:5]
RECEIVER = f"http://127.0.0.1:{RECEIVER_PORT}"
OURS = "+13125550001"
# Webhooks by path: every message has a path of its own.
WEBHOOKS = collections.defaultdict(queue.Queue)


class Receiver(BaseHTTPRequestHandler):
    """Records every webhook as received."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        WEBHOOKS[self.path].put((body.decode(), dict(self.headers.items())))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *args):
        pass


def client(**options):
    """A client that refuses answers which do not fit the SDK's types."""
    return telnyx.Telnyx(
        api_key=options.pop("api_key", "KEYSIM"),
        base_url=BASE_URL,
        public_key=PUBLIC_KEY,
        max_retries=options.pop("max_retries", 0),
        _strict_response_validation=True,
        **options,
    )


def control(path, body=None):
    """Calls the simulator's control endpoints."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(CONTROL_URL + path, data=data)
    request.add_header("content-type", "application/json")
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def left(to):
    """The messages to this number that really left."""
    return [entry for entry in control("/ledger") if entry["to"] == to]


def next_webhook(url):
    """Body and headers of the next webhook to this URL, within ten seconds."""
    return WEBHOOKS[url.removeprefix(RECEIVER)].get(timeout=10)


class SimulatorThroughTheOfficialSdk(unittest.TestCase):
    def setUp(self):
        self.sdk = client()

    def send(self, to, **options):
        sdk = options.pop("sdk", self.sdk)
        url = f"{RECEIVER}/{uuid.uuid4()}"
        return sdk.messages.send(
            to=to, from_=OURS, text="Grüße from a test", webhook_url=url, **options
        )

    def test_a_message_is_sent_told_of_and_read_back(self):
        sent = self.send("+12025550101").data
        self.assertEqual(sent.to[0].status, "queued")
        self.assertEqual((sent.encoding, sent.parts), ("GSM-7", 1))
        statuses = []
        for kind in ("message.sent", "message.finalized"):
            body, headers = next_webhook(sent.webhook_url)
            event = self.sdk.webhooks.unwrap(body, headers=headers)
            self.assertEqual(event.data.event_type, kind)
            self.assertEqual(event.data.payload.id, sent.id)
            statuses.append(event.data.payload.to[0].status)
        self.assertEqual(statuses, ["sent", "delivered"])
        read = self.sdk.messages.retrieve(sent.id).data
        self.assertEqual((read.id, read.to[0].status), (sent.id, "delivered"))
        self.assertEqual(read.cost.amount, "0.0070")

    def test_a_changed_webhook_is_not_accepted(self):
        sent = self.send("+12025556002").data
        body, headers = next_webhook(sent.webhook_url)
        with self.assertRaisesRegex(ValueError, "(?i)signature"):
            self.sdk.webhooks.unwrap(body.replace("Gr", "gr"), headers=headers)
        respelled = json.dumps(json.loads(body), indent=1)
        with self.assertRaisesRegex(ValueError, "(?i)signature"):
            self.sdk.webhooks.unwrap(respelled, headers=headers)
        self.sdk.webhooks.unwrap(body, headers=headers)

    def test_failures_arrive_with_their_code(self):
        sent = self.send("+12025555008").data
        next_webhook(sent.webhook_url)
        body, headers = next_webhook(sent.webhook_url)
        payload = self.sdk.webhooks.unwrap(body, headers=headers).data.payload
        self.assertEqual(payload.to[0].status, "delivery_failed")
        self.assertEqual(payload.errors[0].code, "40008")

    def test_refusals_are_the_sdks_exceptions(self):
        expected = {
            "+12025554310": telnyx.BadRequestError,
            "+12025551009": telnyx.AuthenticationError,
            "+12025551011": telnyx.RateLimitError,
            "+12025554333": telnyx.RateLimitError,
            "+12025551007": telnyx.InternalServerError,
            "nobody": telnyx.UnprocessableEntityError,
        }
        for to, error in expected.items():
            with self.subTest(to), self.assertRaises(error):
                self.send(to)
            self.assertEqual(left(to), [])
        with self.assertRaises(telnyx.AuthenticationError):
            self.send("+12025550102", sdk=client(api_key="KEYWRONG"))
        with self.assertRaises(telnyx.NotFoundError):
            self.sdk.messages.retrieve(str(uuid.uuid4()))

    def test_a_key_makes_repetitions_harmless(self):
        key = str(uuid.uuid4())
        request = dict(
            to="+12025550103", from_=OURS, text="once", idempotency_key=key, use_profile_webhooks=False
        )
        first = self.sdk.messages.send(**request).data
        raw = self.sdk.messages.with_raw_response.send(**request)
        self.assertEqual(raw.headers["idempotent-replayed"], "true")
        self.assertEqual(raw.parse().data.id, first.id)
        with self.assertRaises(telnyx.UnprocessableEntityError):
            self.sdk.messages.send(**{**request, "text": "twice"})
        self.assertEqual(len(left("+12025550103")), 1)

    def test_the_sdks_own_retries_after_a_lost_answer_are_harmless_with_a_key(self):
        retrying = client(max_retries=2)
        sent = self.send("+12025557002", sdk=retrying, idempotency_key=str(uuid.uuid4())).data
        entries = left("+12025557002")
        self.assertEqual([entry["id"] for entry in entries], [sent.id])

    def test_the_sdks_own_retries_after_a_lost_answer_send_twice_without_a_key(self):
        self.send("+12025517002", sdk=client(max_retries=2))
        self.assertEqual(len(left("+12025517002")), 2)

    def test_a_stop_arrives_blocks_and_is_listed(self):
        person = "+12025550104"
        control("/inbound", {"from": person, "to": OURS, "text": "STOP"})
        body, headers = next_webhook("/profile")
        event = self.sdk.webhooks.unwrap(body, headers=headers)
        self.assertEqual(event.data.event_type, "message.received")
        self.assertEqual(event.data.payload.from_.phone_number, person)
        self.assertEqual(event.data.payload.text, "STOP")
        listed = self.sdk.messaging_optouts.list(filter={"from": OURS}, page_size=250)
        self.assertIn((OURS, person, "STOP"), [(o.from_, o.to, o.keyword) for o in listed])
        with self.assertRaises(telnyx.BadRequestError) as refused:
            self.send(person)
        self.assertIn("40300", str(refused.exception))

    def test_opt_outs_are_paged_through(self):
        people = [f"+120255501{n}" for n in range(50, 55)]
        for person in people:
            control("/inbound", {"from": person, "to": OURS, "text": "UNSUBSCRIBE"})
        listed = [item.to for item in self.sdk.messaging_optouts.list(page_size=2)]
        self.assertEqual([to for to in listed if to in people], people)


def main():
    server = ThreadingHTTPServer(("127.0.0.1", int(RECEIVER_PORT)), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    unittest.main(argv=sys.argv[:1], verbosity=2)


if __name__ == "__main__":
    main()
