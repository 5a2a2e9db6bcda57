//! A lead texts STOP while messages to them wait. Once the text is acknowledged, it is committed, and no
//! message that still waits may ever leave. The simulated carrier is not told: it would refuse messages that
//! should not have been sent, and so hide the defect.

use anyhow::ensure;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sms_api::system::SystemClock;
use sms_domain::ports::Clock as _;
use sms_tests::Notice;

use crate::customer::{LEADS, phone};
use crate::load::Sent;
use crate::verdict::look;
use crate::world::World;

/// Statuses of messages that have not left and are not about to.
const WAITING: [&str; 3] = ["queued", "scheduled", "opted_out"];

pub(super) async fn say(world: &mut World, lead: usize) -> anyhow::Result<()> {
    let payload = text_in(&phone(lead), world.customer.number());
    let notice = Notice::new(SystemClock.now(), "message.received", &payload);
    let answer = notice.post(world.customer.client(), None).await;
    ensure!(answer.status == 200, "a text is answered {answer:?}");
    let acknowledged = SystemClock.now();
    let sent = world.answered.all().into_iter();
    for sent in sent.filter(|sent| sent.n % LEADS == lead) {
        let message = look(&world.customer, &sent).await?;
        if waits(&message) {
            world.events.stopped.push(sent.text());
        } else {
            began_before(acknowledged, &sent, &message)?;
        }
    }
    Ok(())
}

fn waits(message: &Value) -> bool {
    WAITING.iter().any(|status| message["status"] == *status)
}

/// Fails unless the attempt of a leaving message was committed before the stop. All processes share one clock
/// here.
fn began_before(stop: DateTime<Utc>, sent: &Sent, message: &Value) -> anyhow::Result<()> {
    let began = message["sendingStartedAt"].as_str().unwrap_or_default();
    let began: DateTime<Utc> = began.parse()?;
    ensure!(
        began <= stop,
        "{} began after its recipient said stop",
        sent.text()
    );
    Ok(())
}

/// The carrier's webhook about a received text.
fn text_in(from: &str, to: &str) -> Value {
    json!({
        "record_type": "message",
        "direction": "inbound",
        "id": format!("stop-of-{from}"),
        "type": "SMS",
        "from": { "phone_number": from, "carrier": "", "line_type": "Wireless" },
        "to": [{ "phone_number": to, "carrier": "Telnyx", "line_type": "Wireless",
                 "status": "webhook_delivered" }],
        "text": "STOP",
        "media": [],
        "errors": [],
        "autoresponse_type": "opt_out",
        "received_at": SystemClock.now(),
    })
}
