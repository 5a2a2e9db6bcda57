//! How old the reviews of the rows are: what a person has to look at again.

use chrono::{NaiveDate, TimeDelta};

use crate::law::data::RuleData;
use crate::law::data::dating::Status;
use crate::law::data::table::DataError;

/// The longest time after which somebody compares a row with its source again.
const REVIEW_EVERY: TimeDelta = TimeDelta::days(400);

impl RuleData {
    /// Rejects a row that was reviewed after `today`: its date is wrong.
    ///
    /// # Errors
    /// The first such row, in the order of the files. The program must then not start.
    pub fn check_reviews(&self, today: NaiveDate) -> Result<(), DataError> {
        let early = self
            .reviews
            .iter()
            .find(|review| today < review.reviewed_on);
        early.map_or(Ok(()), |review| {
            let (what, on) = (&review.what, review.reviewed_on);
            let reason = format!("{what}: `reviewed_on` is {on}, which is after today, {today}");
            Err(review.line.error(reason))
        })
    }

    /// What a person should look at: rows whose review is older than 400 days, and proposed rows
    /// whose date has come.
    #[must_use]
    pub fn reviews_due(&self, today: NaiveDate) -> Vec<DataError> {
        let mut due = Vec::new();
        for review in &self.reviews {
            let (what, on) = (&review.what, review.reviewed_on);
            if today.signed_duration_since(on) > REVIEW_EVERY {
                let reason = format!("{what} was reviewed on {on}, more than 400 days ago");
                due.push(review.line.error(reason));
            }
            if review.dating.status == Status::Proposed
                && let Some(from) = review.dating.from
                && from <= today
            {
                let reason = format!("{what} is proposed for {from}, which has come: is it law?");
                due.push(review.line.error(reason));
            }
        }
        due
    }
}
