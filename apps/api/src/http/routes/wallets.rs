//! What an organization has left.

use poem_openapi::{ApiResponse, OpenApi};

use super::{Changed, Tag};
use crate::http::auth::{Authorized, UsageRead};
use crate::http::dto::WalletResponse;
use crate::http::payload::Json;
use crate::http::problem::{Failure, Problem, ProblemKind};
use crate::http::state::AppState;

/// The operations on wallets.
pub(super) struct WalletsApi(pub(super) AppState);

/// A wallet.
#[derive(ApiResponse)]
enum Shown {
    /// The wallet as it is now.
    #[oai(status = 200)]
    Wallet(Json<WalletResponse>),
}

#[OpenApi]
impl WalletsApi {
    /// Shows the organization's wallet.
    ///
    /// An organization that never had any money has no wallet.
    #[oai(
        path = "/wallets/me",
        method = "get",
        tag = "Tag::Wallets",
        operation_id = "Wallets_GetForCurrentOrganization"
    )]
    async fn mine(&self, caller: Authorized<UsageRead>) -> Result<Shown, Failure<Changed>> {
        let organization = caller.sender.organization_id;
        let wallet = self.0.wallets.wallet(organization).await?;
        let wallet = wallet.ok_or_else(|| Problem::new(ProblemKind::NotFound))?;
        Ok(Shown::Wallet(Json(WalletResponse::new(
            wallet,
            self.0.clock.now(),
        ))))
    }
}
