//! The numbers of our accounts at Telnyx, with their messaging settings. Nothing is bought or changed.

use async_trait::async_trait;
use serde_json::Value;
use sms_domain::ports::{GatewayUnavailable, NumberCatalogue, OwnedNumber};
use sms_domain::values::ProviderAccount;
use sms_domain::values::phone::PhoneNumber;

use crate::gateway::TelnyxGateway;

#[async_trait]
impl NumberCatalogue for TelnyxGateway {
    fn accounts(&self) -> Vec<ProviderAccount> {
        self.account_names()
    }

    async fn owned_number(
        &self,
        name: &ProviderAccount,
        phone: &PhoneNumber,
    ) -> Result<Option<OwnedNumber>, GatewayUnavailable> {
        let account = self.account(name)?;
        let mut url = account.numbers().clone();
        url.query_pairs_mut()
            .append_pair("filter[phone_number]", phone.as_str());
        let page = self.get(account, url).await?;
        let page = page.ok_or_else(|| GatewayUnavailable("no list of numbers".to_owned()))?;
        let mut items = page
            .get("data")
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        let found = items.find(|item| item.get("phone_number") == Some(&phone.as_str().into()));
        Ok(found.map(|item| OwnedNumber {
            account: name.clone(),
            messaging_profile_id: profile(item),
            is_sms_capable: can(item, "/features/sms"),
            is_mms_capable: can(item, "/features/mms"),
        }))
    }
}

fn profile(item: &Value) -> Option<String> {
    let profile = item.get("messaging_profile_id")?.as_str()?;
    (!profile.is_empty()).then(|| profile.to_owned())
}

/// Telnyx lists what a number can do by product and direction, and null for what it cannot.
fn can(item: &Value, product: &str) -> bool {
    let directions = item.pointer(product).and_then(Value::as_object);
    directions.is_some_and(|of| of.values().any(|can| can == &Value::Bool(true)))
}
