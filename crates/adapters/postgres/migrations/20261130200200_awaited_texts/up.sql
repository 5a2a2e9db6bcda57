-- Texts to numbers that nobody has: they count from the moment at which somebody has the number.
-- A row goes with its event, or once its text was taken.
CREATE TABLE awaited_texts (
    provider_account text NOT NULL,
    event_id         text NOT NULL,
    e164             text NOT NULL,
    PRIMARY KEY (provider_account, event_id, e164),
    FOREIGN KEY (provider_account, event_id) REFERENCES provider_events ON DELETE CASCADE
);

-- Few numbers are awaited, and all of them are looked for among ours.
CREATE INDEX awaited_texts_number ON awaited_texts (e164);
