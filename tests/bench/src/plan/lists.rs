//! The row about long lists.

use super::{Bench, asked};
use crate::options::Options;
use crate::report::{Asked, Kind, Report};
use crate::rows;

const THOUSANDTH: Asked = asked(
    "list of messages, thousandth page ÷ first",
    Kind::Multiple,
    1.5,
    1.1,
);

pub(super) fn is_wanted(options: &Options) -> bool {
    options.wants(THOUSANDTH.name)
}

impl Bench<'_> {
    /// Reads pages of a long list.
    pub(super) async fn lists(&self, report: &mut Report) -> anyhow::Result<()> {
        if !self.wants(&[THOUSANDTH]) {
            return Ok(());
        }
        let pages = self.watched(THOUSANDTH, rows::pages(self)).await?;
        let (first, thousandth) = (pages.first_ms, pages.thousandth_ms);
        report.add_against(THOUSANDTH, thousandth / first, thousandth, first);
        Ok(())
    }
}
