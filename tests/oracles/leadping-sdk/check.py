"""The published operations through the service's official Python client, unmodified, under the contract 2026-08.

The client is the oracle: it builds every request and reads every answer by its own types. A property that it cannot
read is None, so that each test looks at the values. Usage: check.py BASE_URL KEY_FILE, with a new `sms-api dev`. The
script `run` beside it does that.
"""

import asyncio
import base64
import datetime
import sys
import unittest

from kiota_abstractions.authentication.base_bearer_token_authentication_provider import (
    BaseBearerTokenAuthenticationProvider,
)
from kiota_abstractions.authentication.access_token_provider import AccessTokenProvider
from kiota_abstractions.authentication.allowed_hosts_validator import AllowedHostsValidator
from kiota_abstractions.multipart_body import MultipartBody
from kiota_http.httpx_request_adapter import HttpxRequestAdapter
from leadping import LeadpingOpenApiClient
from leadping.models.lead_intake_request import LeadIntakeRequest
from leadping.models.request_data_options import RequestDataOptions
from leadping.models.send_sms_request import SendSmsRequest
from leadping.models.source_request import SourceRequest
from leadping.models.suppression_entry_request import SuppressionEntryRequest

BASE_URL = sys.argv[1]
with open(sys.argv[2]) as file:
    KEY = file.read().strip()


# The smallest picture of one pixel.
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


class Key(AccessTokenProvider):
    """Gives one API key, also without TLS: the service runs on this machine."""

    def __init__(self, key):
        self.key = key
        self.hosts = AllowedHostsValidator([])

    async def get_authorization_token(self, uri, additional_authentication_context={}):
        return self.key

    def get_allowed_hosts_validator(self):
        return self.hosts


def client(key=KEY):
    """The official client with a key."""
    adapter = HttpxRequestAdapter(BaseBearerTokenAuthenticationProvider(Key(key)))
    adapter.base_url = BASE_URL
    return LeadpingOpenApiClient(adapter)


def page(size=20):
    """The first page of a list, with its count."""
    return RequestDataOptions(page_size=size, include_count=True)


async def until(look, is_right):
    """Looks again until it is right, within twenty seconds."""
    for _ in range(200):
        seen = await look()
        if is_right(seen):
            return seen
        await asyncio.sleep(0.1)
    raise AssertionError(f"after twenty seconds: {seen}")


class ThroughTheOfficialClient(unittest.IsolatedAsyncioTestCase):
    phones = iter(range(100, 200))

    async def asyncSetUp(self):
        self.sdk = client()

    async def intake(self):
        """A source, a lead that came through it, and the id of their conversation."""
        source = await self.sdk.sources.post(
            SourceRequest(
                name="Website", default_tag_ids=[], default_tag_names=[], allowed_states=[], allowed_products=[],
            )
        )
        self.assertTrue(source.api_key.startswith("lp_src_"))
        phone = f"(470) 555-0{next(self.phones)}"
        lead = await client(source.api_key).leads.intake.post(
            LeadIntakeRequest(
                first_name="Ann", last_name="Lee", phone=phone, state="Georgia", zip="30301", external_id=phone,
            )
        )
        return source, lead, str(lead.additional_data["conversationId"])

    async def test_a_lead_is_taken_in_and_shown(self):
        source, lead, thread = await self.intake()
        threads = await self.sdk.conversations.lead.by_lead_id(lead.id).post(page())
        self.assertEqual([one.id for one in threads.items], [thread])
        mine = await self.sdk.conversations.my.post(page(100))
        self.assertIn(thread, [one.id for one in mine.items])
        shown = await self.sdk.leads.by_id(lead.id).get()
        self.assertEqual(shown.contact.first_name, "Ann")
        self.assertRegex(shown.contact.phone.number, r"^\+1470555\d{4}$")
        listed = await self.sdk.leads.all.my.post(page(100))
        self.assertIn(lead.id, [one.id for one in listed.items])
        self.assertEqual((await self.sdk.sources.by_id(source.id).get()).name, "Website")

    async def test_a_message_is_sent_and_read_back_in_its_thread(self):
        _, lead, thread = await self.intake()
        request = SendSmsRequest(conversation_id=thread, text="Thanks for your inquiry! When may we call you?")
        sent = await self.sdk.sms.send.post(request)
        self.assertEqual((sent.retry_count, sent.lead_id), (0, lead.id))
        self.assertIsInstance(sent.billable_amount, float)
        look = self.sdk.events.sms.by_sms_event_id(sent.id).get
        done = await until(look, lambda seen: seen.status.value == "delivered")
        self.assertEqual(done.text, sent.text)
        events = await self.sdk.events.conversations.by_conversation_id(thread).post(page())
        self.assertIn(sent.id, [one.related_entity_id or one.id for one in events.items])
        by_lead = await self.sdk.events.sms.lead.by_lead_id(lead.id).post(page())
        self.assertEqual([one.id for one in by_lead.items], [sent.id])
        by_phone = await self.sdk.events.sms.phone.by_phone_number(done.to_phone_number).post(page())
        self.assertEqual([one.id for one in by_phone.items], [sent.id])

    async def test_a_picture_is_uploaded_sent_and_shown_in_its_thread(self):
        _, _, thread = await self.intake()
        form = MultipartBody()
        form.request_adapter = self.sdk.request_adapter
        form.add_or_replace_part("file", "image/png", PICTURE, "roof.png")
        file = await self.sdk.sms.media.post(form)
        self.assertEqual((file.content_type, file.size), ("image/png", len(PICTURE)))
        request = SendSmsRequest(conversation_id=thread, text="Here is your roof.", media_urls=[file.url])
        sent = await self.sdk.sms.send.post(request)
        self.assertEqual([one.sha256 for one in sent.media], [file.sha256])
        look = self.sdk.events.sms.by_sms_event_id(sent.id).get
        await until(look, lambda seen: seen.status.value == "delivered")
        events = await self.sdk.events.conversations.by_conversation_id(thread).post(page())
        self.assertEqual([one.url for one in events.items[0].media], [file.url])

    async def test_a_scheduled_message_is_canceled(self):
        _, _, thread = await self.intake()
        later = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=2)
        waiting = await self.sdk.sms.send.post(
            SendSmsRequest(conversation_id=thread, text="See you soon.", scheduled_for=later)
        )
        self.assertEqual(waiting.status.value, "scheduled")
        canceled = await self.sdk.sms.by_sms_event_id(waiting.id).cancel.post()
        self.assertEqual(canceled.status.value, "canceled")

    async def test_messages_are_listed_page_by_page(self):
        _, lead, thread = await self.intake()
        for text in ["One.", "Two.", "Three."]:
            await self.sdk.sms.send.post(SendSmsRequest(conversation_id=thread, text=text))
        events = self.sdk.events.sms.lead.by_lead_id(lead.id)
        first = await events.post(page(2))
        self.assertEqual((len(first.items), first.total_count), (2, 3))
        rest = await events.post(RequestDataOptions(page_size=2, continuation_token=first.continuation_token))
        self.assertEqual(len(rest.items), 1)
        self.assertEqual(len({one.id for one in first.items + rest.items}), 3)
        everything = await self.sdk.events.sms.all.my.post(page(100))
        self.assertGreaterEqual(everything.total_count, 3)

    async def test_a_suppressed_person_gets_nothing_until_released(self):
        _, lead, thread = await self.intake()
        entry = SuppressionEntryRequest(
            organization_id=lead.metadata.organization_id,
            phone_number=lead.contact.phone.number,
            channel="sms",
            reason="asked by phone",
        )
        made = await self.sdk.suppressions.post(entry)
        self.assertTrue(made.id)
        checked = await self.sdk.suppressions.check.post(entry)
        self.assertEqual((checked.allowed, checked.suppression_entry_id), (False, made.id))
        request = SendSmsRequest(conversation_id=thread, text="Hello again.")
        self.assertEqual((await self.sdk.sms.send.post(request)).status.value, "opted_out")
        shown = await self.sdk.suppressions.by_id(made.id).get()
        self.assertEqual(shown.normalized_phone_number, lead.contact.phone.number)
        await self.sdk.suppressions.release.post(entry)
        self.assertEqual((await self.sdk.sms.send.post(request)).status.value, "queued")

    async def test_the_wallet_and_the_number_that_sent_are_shown(self):
        wallet = await self.sdk.wallets.me.get()
        self.assertGreater(wallet.balance, 0)
        _, _, thread = await self.intake()
        sent = await self.sdk.sms.send.post(SendSmsRequest(conversation_id=thread, text="Good morning."))
        number = await self.sdk.phone_numbers.by_phone_number_id(sent.outbound_phone_number_id).get()
        self.assertEqual((number.id, number.number), (sent.outbound_phone_number_id, sent.from_phone_number))
        numbers = await self.sdk.phone_numbers.all.organization.post(page())
        self.assertEqual(numbers.total_count, 2)
        self.assertIn(number.id, [one.id for one in numbers.items if one.sms_ready])


unittest.main(argv=sys.argv[:1], verbosity=1)
