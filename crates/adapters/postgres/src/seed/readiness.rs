//! Warnings about a valid seed whose organizations cannot send yet, with the reason that a decision would
//! give.

use diesel::result::QueryResult;
use diesel::sql_types::{Array, Bool};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use sms_domain::ports::{Seed, SeedFault};
use sms_domain::values::reason::Reason;
use uuid::Uuid;

use crate::statement::statement;

type SqlUuid = diesel::sql_types::Uuid;

statement! {
    /// A sandbox organization sends only from simulated numbers and pays nothing.
    FindReadiness { ids: Array<SqlUuid> = Vec<Uuid> } -> (SqlUuid, Bool, Bool);
    "SELECT organization.id,
         organization.kind = 'sandbox' OR coalesce((organization.policy->>'mayOverdraw')::boolean, false)
             OR EXISTS (
                 SELECT FROM wallets AS wallet
                 WHERE wallet.organization_id = organization.id AND wallet.balance > 0),
         EXISTS (
             SELECT FROM phone_numbers AS number
             WHERE number.organization_id = organization.id AND number.is_enabled
                 AND (number.provider_account = 'simulator') = (organization.kind = 'sandbox'))
     FROM organizations AS organization WHERE organization.id = ANY($ids)"
}

pub(super) async fn warnings(
    connection: &mut AsyncPgConnection,
    seed: &Seed,
) -> QueryResult<Vec<SeedFault>> {
    let ids = seed.organizations.iter().map(|row| row.id.as_uuid());
    let statement = FindReadiness { ids: ids.collect() };
    let found: Vec<(Uuid, bool, bool)> = statement.load(connection).await?;
    let mut warnings = Vec::new();
    for (index, row) in seed.organizations.iter().enumerate() {
        let ready = found.iter().find(|(id, ..)| *id == row.id.as_uuid());
        let Some((_, has_money, has_number)) = ready else {
            continue;
        };
        let mut warn = |problem: &str, reason: Reason| {
            warnings.push(SeedFault {
                place: format!("organizations[{index}]"),
                problem: format!("{problem} ({reason})"),
            });
        };
        if !has_money {
            let problem = "has no money: nothing real is sent until it puts some in";
            warn(problem, Reason::WalletInsufficient);
        }
        if !has_number {
            let problem = "has no number that is switched on and of its kind, real or simulated: \
                           nothing is sent until it has one";
            warn(problem, Reason::NoEligiblePhoneNumber);
        }
    }
    Ok(warnings)
}
