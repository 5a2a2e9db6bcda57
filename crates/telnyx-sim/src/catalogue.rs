//! The Telnyx error codes that the simulator uses.
//!
//! Codes and titles come from <https://developers.telnyx.com/docs/messaging/messages/error-codes>.
//! Telnyx does not publish the HTTP status of most messaging codes, so clients must decide by code. The
//! table says 400 for an unpublished status.

/// One code, as it appears in `errors[]` of an answer or a receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) code: u32,
    /// HTTP status if the code refuses a request; meaningless in a receipt.
    pub(crate) status: u16,
    pub(crate) title: &'static str,
}

/// The entry for `code`. A code outside the table gets a generic entry that no client can know.
pub(crate) fn entry(code: u32) -> Entry {
    TABLE
        .iter()
        .copied()
        .find(|entry| entry.code == code)
        .unwrap_or(Entry {
            code,
            status: 400,
            title: "Unlisted error",
        })
}

const TABLE: &[Entry] = &[
    row(10003, 422, "Invalid URL"),
    row(10004, 422, "Missing required parameter"),
    row(10005, 404, "Resource not found"),
    row(10007, 500, "Unexpected error"),
    row(10009, 401, "Authentication failed"),
    row(10011, 429, "Too many requests"),
    row(10015, 400, "Bad Request"),
    row(10016, 422, "Phone number must be in +E.164 format"),
    row(10023, 400, "Invalid JSON"),
    row(10026, 422, "Invalid parameter type"),
    row(10027, 422, "Unprocessable Entity"),
    row(10028, 400, "Character encoding error"),
    row(10029, 415, "Expected JSON Content-Type"),
    row(10030, 405, "Method not allowed"),
    row(10032, 422, "Invalid enumerated value"),
    row(10033, 422, "Value outside of range"),
    row(10036, 409, "Resource is being processed"),
    row(10037, 503, "Service unavailable"),
    row(20012, 403, "Account inactive"),
    row(20100, 403, "Insufficient Funds"),
    row(40001, 400, "Not routable"),
    row(40002, 400, "Blocked as spam - temporary"),
    row(40003, 400, "Blocked as spam - permanent"),
    row(40005, 400, "Message expired during transmission"),
    row(40006, 400, "Recipient server unavailable"),
    row(40008, 400, "Undeliverable"),
    row(40010, 400, "Not 10DLC registered"),
    row(40011, 400, "Too many requests"),
    row(40014, 400, "Message expired in queue"),
    row(40016, 400, "T-Mobile 10DLC Sending Limit Reached"),
    row(40018, 400, "AT&T 10DLC Sending Limit Reached"),
    row(40300, 400, "Blocked due to STOP message"),
    row(40302, 400, "Message too large"),
    row(
        40304,
        400,
        "Invalid combination of message content arguments",
    ),
    row(40305, 400, "Invalid 'from' address"),
    row(40309, 400, "Invalid destination region"),
    row(40310, 400, "Invalid 'to' address"),
    row(40312, 400, "Messaging profile is disabled"),
    row(40315, 400, "Unhealthy 'from' address"),
    row(40316, 400, "No content provided for message"),
    row(40317, 400, "Invalid MMS content"),
    row(40318, 400, "Message queue full"),
    row(40321, 400, "No usable numbers on messaging profile"),
    row(40333, 429, "Messaging profile spend limit reached"),
];

const fn row(code: u32, status: u16, title: &'static str) -> Entry {
    Entry {
        code,
        status,
        title,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_listed_once_and_in_order() {
        assert!(TABLE.windows(2).all(|pair| pair[0].code < pair[1].code));
    }

    #[test]
    fn a_code_outside_the_table_is_still_a_refusal() {
        assert_eq!(entry(40999).title, "Unlisted error");
        assert_eq!(entry(40999).status, 400);
    }
}
