-- What received texts and the opt-out list look for, and what is known about numbers in trouble.

-- An opt-out that is said again: a START that was written before does not undo it.
ALTER TABLE suppressions ADD COLUMN renewed_at timestamptz;

-- Whether a person opted in again after an instant.
CREATE INDEX suppressions_released ON suppressions (organization_id, phone)
    WHERE released_at IS NOT NULL;

-- A person's messages that an opt-out turns. A hash index: four bytes a row, and only while it waits.
CREATE INDEX messages_waiting ON messages USING hash (recipient)
    WHERE status IN ('scheduled', 'queued');

-- What a person wrote last.
CREATE INDEX messages_texts ON messages (organization_id, conversation_id, received_at)
    WHERE status = 'received';

CREATE INDEX conversations_reviews ON conversations (last_inbound_at) WHERE awaits_opt_out_review;

-- Whether a provider's profile serves one organization alone.
CREATE INDEX phone_numbers_profile ON phone_numbers (provider_account, messaging_profile_id)
    WHERE messaging_profile_id IS NOT NULL;

-- Trouble with a number's messages, once per occurrence.
CREATE TABLE number_troubles (
    organization_id uuid NOT NULL,
    number_id       uuid NOT NULL,
    kind            text NOT NULL CHECK (kind IN
        ('undelivered', 'refused', 'spam_block', 'spam_block_for_good', 'opt_out')),
    -- Names the occurrence.
    reference       text NOT NULL,
    at              timestamptz NOT NULL,
    PRIMARY KEY (organization_id, number_id, kind, reference)
);

CREATE INDEX number_troubles_at ON number_troubles (at);

-- How a number's health changed, and why.
CREATE TABLE health_changes (
    organization_id uuid NOT NULL,
    number_id       uuid NOT NULL,
    at              timestamptz NOT NULL,
    before          text NOT NULL,
    after           text NOT NULL,
    reason          text NOT NULL,
    cooling_until   timestamptz,
    PRIMARY KEY (organization_id, number_id, at)
);
