//! Opt-ins: the entries they end, and the late opt-outs they overtake. The domain decides which those are.

use chrono::{DateTime, Utc};
use diesel::result::QueryResult;
use diesel::sql_types::{Text, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use sms_domain::lifecycle::{
    OptIn, OptInReach, OptOutChange, ProviderProfile, ReleasedSuppression,
};
use sms_domain::values::ProviderAccount;
use sms_domain::values::ids::{OrganizationId, PhoneNumberId};
use sms_domain::values::phone::PhoneNumber;
use uuid::Uuid;

use super::scope::{ScopeRow, ScopeSql};
use super::{active, list_active, release_entries};
use crate::error::StoreError;
use crate::statement::statement;

type SqlUuid = diesel::sql_types::Uuid;

statement! {
    PutOptIn {
        organization: SqlUuid = Uuid,
        phone: Text = String,
        number: SqlUuid = Uuid,
        account: Text = String,
        profile: Text = String,
        at: Timestamptz = DateTime<Utc>,
    } -> ();
    "INSERT INTO opt_ins
         (organization_id, phone, number_id, provider_account, messaging_profile_id, at)
     VALUES ($organization, $phone, $number, $account, $profile, $at)
     ON CONFLICT (organization_id, phone, number_id, provider_account, messaging_profile_id)
         DO UPDATE SET at = greatest(opt_ins.at, excluded.at)"
}

statement! {
    ListOptIns {
        organization: SqlUuid = Uuid,
        phone: Text = String,
        since: Timestamptz = DateTime<Utc>,
    } -> (SqlUuid, Text, Text, Timestamptz);
    "SELECT number_id, provider_account, messaging_profile_id, at FROM opt_ins
     WHERE organization_id = $organization AND phone = $phone AND at >= $since"
}

statement! {
    ListReleased {
        organization: SqlUuid = Uuid,
        phone: Text = String,
        since: Timestamptz = DateTime<Utc>,
    } -> (ScopeSql, Timestamptz);
    "SELECT id, scope, scope_id, source, provider_account, messaging_profile_id, released_at
     FROM suppressions
     WHERE organization_id = $organization AND phone = $phone AND released_at >= $since
         AND channel IN ('sms', 'all')"
}

/// When the person last opted in, in any way that concerns the number.
pub(crate) async fn last_opt_in(
    connection: &AsyncPgConnection,
    organization_id: OrganizationId,
    phone: &PhoneNumber,
    number: PhoneNumberId,
) -> QueryResult<Option<DateTime<Utc>>> {
    let all = list(connection, organization_id, phone, DateTime::UNIX_EPOCH).await?;
    let concerning = all.iter().filter(|opt_in| opt_in.concerns(number));
    Ok(concerning.map(|opt_in| opt_in.at).max())
}

/// Records an opt-in and releases the entries that it ends. The caller must hold the recipient's row.
pub(crate) async fn opt_in(
    connection: &mut AsyncPgConnection,
    change: &OptIn,
) -> Result<(), StoreError> {
    put(connection, change).await?;
    let rows = list_active(&*connection, change.organization_id, &change.phone).await?;
    let ended = active(rows)?.into_iter();
    let ended: Vec<_> = ended
        .filter(|entry| change.ends(entry.closing()))
        .map(|entry| entry.id.as_uuid())
        .collect();
    if !ended.is_empty() {
        let (organization, phone) = (change.organization_id, &change.phone);
        release_entries(connection, organization, phone, ended, change.at, None).await?;
    }
    Ok(())
}

pub(super) async fn put(connection: &mut AsyncPgConnection, change: &OptIn) -> QueryResult<()> {
    let (number, profile) = match &change.reach {
        OptInReach::Texted { number_id, profile } => (number_id.as_uuid(), Some(profile)),
        OptInReach::OnlyNumber(number_id) => (number_id.as_uuid(), None),
        OptInReach::Everything => (Uuid::nil(), None),
    };
    let statement = PutOptIn {
        organization: change.organization_id.as_uuid(),
        phone: change.phone.as_str().to_owned(),
        number,
        account: profile.map_or_else(String::new, |profile| profile.account.as_str().to_owned()),
        profile: profile
            .and_then(|profile| profile.id.clone())
            .unwrap_or_default(),
        at: change.at,
    };
    statement.execute(connection).await.map(|_| ())
}

/// Whether the person opted in after this opt-out, before it arrived. The caller must hold the recipient's row.
pub(super) async fn is_overtaken(
    connection: &mut AsyncPgConnection,
    change: &OptOutChange,
) -> Result<bool, StoreError> {
    let (organization_id, phone) = (change.organization_id, &change.phone);
    let opt_ins = list(&*connection, organization_id, phone, change.at).await?;
    let released = ListReleased {
        organization: organization_id.as_uuid(),
        phone: phone.as_str().to_owned(),
        since: change.at,
    };
    let released: Vec<(ScopeRow, DateTime<Utc>)> = released.load(connection).await?;
    let released: Result<Vec<_>, _> = released
        .into_iter()
        .map(|(row, released_at)| {
            let (_, scope, source, profile) = row.read()?;
            Ok::<_, StoreError>(ReleasedSuppression {
                scope,
                source,
                profile,
                released_at,
            })
        })
        .collect();
    Ok(change.is_overtaken(&opt_ins, &released?))
}

/// The person's opt-ins from an instant on.
async fn list(
    mut connection: &AsyncPgConnection,
    organization_id: OrganizationId,
    phone: &PhoneNumber,
    since: DateTime<Utc>,
) -> QueryResult<Vec<OptIn>> {
    let statement = ListOptIns {
        organization: organization_id.as_uuid(),
        phone: phone.as_str().to_owned(),
        since,
    };
    let rows: Vec<(Uuid, String, String, DateTime<Utc>)> = statement.load(&mut connection).await?;
    let opt_in = |(number, account, profile, at)| OptIn {
        organization_id,
        phone: phone.clone(),
        reach: reach(number, account, profile),
        at,
    };
    Ok(rows.into_iter().map(opt_in).collect())
}

/// Every account has a name, so a row with a number but no account is an opt-in for that number alone.
fn reach(number: Uuid, account: String, profile: String) -> OptInReach {
    if number.is_nil() {
        return OptInReach::Everything;
    }
    if account.is_empty() {
        return OptInReach::OnlyNumber(PhoneNumberId::new(number));
    }
    OptInReach::Texted {
        number_id: PhoneNumberId::new(number),
        profile: ProviderProfile {
            account: ProviderAccount::new(account),
            id: Some(profile).filter(|profile| !profile.is_empty()),
        },
    }
}
