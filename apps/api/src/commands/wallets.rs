//! `sms-api wallets`: money that is put into wallets. No API key can.

use anyhow::bail;
use sms_domain::ports::{Clock, IdGenerator, TopUp, TopUpOutcome};
use sms_domain::values::billing::Money;
use sms_domain::values::ids::LedgerEntryId;

use super::connect;
use super::known::parsed;
use super::output::say;
use super::waiting::Patience;
use crate::cli::WalletsCommand;
use crate::config::Config;
use crate::system::{SystemClock, SystemIds};

/// Runs a command about wallets; what cannot be read is refused before the store is asked.
pub(super) async fn run(config: &Config, command: WalletsCommand) -> anyhow::Result<()> {
    let WalletsCommand::TopUp {
        organization,
        amount,
        reference,
    } = command;
    let top_up = TopUp {
        organization_id: parsed("the organization", &organization)?,
        id: LedgerEntryId::new(SystemIds::default().uuid()),
        amount: dollars(&amount)?,
        reference: name(&reference)?,
        at: SystemClock.now(),
        by: config.operator.clone(),
    };
    let stores = connect::stores(config, Patience::NONE).await?;
    match stores.wallets.top_up(top_up).await? {
        TopUpOutcome::Booked(balance) => say(&format!("booked; the balance is {balance}")),
        TopUpOutcome::Repeated(balance) => say(&format!(
            "this reference was booked before; the balance is {balance}"
        )),
        TopUpOutcome::Contradicts(other) => {
            bail!("{other} was booked under this reference before: expected another reference")
        }
        TopUpOutcome::TooMuch => bail!("the balance would be higher than can be counted"),
        TopUpOutcome::Unknown => bail!("there is no organization {organization}"),
    }
}

fn dollars(text: &str) -> anyhow::Result<Money> {
    match Money::from_dollars(text) {
        Some(amount) if amount > Money::ZERO && amount <= TopUp::MOST => Ok(amount),
        _ => bail!(
            "the amount is {text:?}: expected US dollars above 0, at most {}, with up to six decimals",
            TopUp::MOST
        ),
    }
}

fn name(reference: &str) -> anyhow::Result<String> {
    let reference = reference.trim();
    let is_long = reference.chars().count() > TopUp::LONGEST_REFERENCE;
    if reference.is_empty() || is_long || reference.chars().any(char::is_control) {
        bail!(
            "--reference must have 1 to {} characters and no control characters",
            TopUp::LONGEST_REFERENCE
        );
    }
    Ok(reference.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_above_nothing_and_a_reference_is_a_name() {
        assert_eq!(dollars("99.50").unwrap(), Money::from_micros(99_500_000));
        for bad in ["0", "-5", "1000000001", "a lot"] {
            assert!(dollars(bad).is_err(), "{bad}");
        }
        assert_eq!(name(" transfer 7 ").unwrap(), "transfer 7");
        for bad in [" ", "a\nb", &"x".repeat(201)] {
            assert!(name(bad).is_err(), "{bad:?}");
        }
    }
}
