//! The part of a claim that keeps the paces: the same steps for each kind of lane. Must not know how
//! rows are found or what becomes of them.
//!
//! A lane that a carrier complained about keeps to its lowered pace (`slowed_to`) for some minutes.
//!
//! A lane admits one message each `step`, and at most a moment's worth at once after a pause. With
//! its window and twice that moment shared among the window's messages, no window sees more than the
//! pace allows. What is refused is not rescanned: it becomes due again when its turn may come, bulk
//! messages at the lane's tail. A row passes one kind of lane after the other, so that what waits
//! for its number takes no room of what others share with it; a lane moves on only by what passed
//! all of them.

use std::sync::LazyLock;

/// A kind of lane.
struct Kind {
    /// Begins the names of its steps and columns.
    name: &'static str,
    table: &'static str,
    /// The columns that tell its lanes apart, in the table and in the rows that were found.
    keys: &'static str,
    /// Whether `lane` is that of `row`.
    is_same: &'static str,
    /// The time between two messages.
    step: &'static str,
    /// How much of a pause is made up for.
    at_once: &'static str,
}

/// In the order in which rows pass them and their lanes are locked.
const KINDS: [Kind; 3] = [
    Kind {
        name: "number",
        table: "lanes",
        keys: "provider_account, number_id",
        is_same: "lane.provider_account = row.provider_account AND lane.number_id = row.number_id",
        step: "interval '62 seconds' / least(per_minute, slowed_to)",
        at_once: "interval '1 second'",
    },
    Kind {
        name: "campaign",
        table: "campaign_lanes",
        keys: "organization_id, campaign_id",
        is_same: "lane.organization_id = row.organization_id AND lane.campaign_id = row.campaign_id",
        step: "interval '62 seconds' / least(per_minute, slowed_to)",
        at_once: "interval '1 second'",
    },
    // A worker looks at the queue about every 25 ms.
    Kind {
        name: "account",
        table: "account_lanes",
        keys: "provider_account",
        is_same: "lane.provider_account = row.provider_account",
        step: "interval '1100 milliseconds' / per_second",
        at_once: "interval '50 milliseconds'",
    },
];

/// The rows that have any lane: most have none, and the steps below cost them nothing.
const PACED: &str = "
     paced AS (
         SELECT * FROM taken AS row WHERE status = 'queued' AND ({exists})),";

/// Whether a row of `taken` has a lane.
const EXISTS: &str = "EXISTS (SELECT FROM {table} AS lane WHERE {is_same})";

/// From the rows of `{before}`, those of the last kind of lane or the `paced` ones, to those of
/// `by_{name}`. `{name}_step` is null where the row has no such lane or an earlier one refused it;
/// `{name}_turn` is null where it passes.
const PASS: &str = "
     {name}_lanes AS MATERIALIZED (
         SELECT {keys}, greatest(next_at, $now - {at_once}) AS {name}_next, tail_at AS {name}_tail,
             {step} AS {name}_pace
         FROM (SELECT DISTINCT {keys} FROM {before} WHERE {is_open}) AS wanted
         JOIN {table} AS lane USING ({keys}) ORDER BY {keys} FOR UPDATE OF lane),
     {name}_found AS (
         SELECT *, CASE WHEN {is_open} THEN {name}_pace END AS {name}_step
         FROM {before} LEFT JOIN {name}_lanes USING ({keys})),
     {name}_placed AS (
         SELECT *, {name}_next + {name}_step * (row_number() OVER (
             PARTITION BY {keys}, {name}_step IS NULL ORDER BY priority, due_at, id) - 1) AS {name}_at
         FROM {name}_found),
     by_{name} AS (
         SELECT *, CASE WHEN {name}_at <= $now THEN NULL
             WHEN priority < 2 THEN {name}_at
             ELSE greatest({name}_tail, $now) + {name}_step * row_number() OVER (
                 PARTITION BY {keys}, {name}_at > $now, priority ORDER BY due_at, id)
             END AS {name}_turn
         FROM {name}_placed),";

/// Moves the lanes on: by the rows that passed all kinds, and at the tail by the bulk messages that
/// were refused.
const MOVE: &str = "
     {name}_moved AS (
         UPDATE {table} AS lane SET next_at = row.next_at, tail_at = row.tail_at
         FROM (
             SELECT {keys},
                 min({name}_next) + min({name}_step) * count(*) FILTER (WHERE turn IS NULL) AS next_at,
                 greatest(min({name}_tail), $now) + min({name}_step)
                     * count(*) FILTER (WHERE {name}_turn IS NOT NULL AND priority = 2) AS tail_at
             FROM claimed WHERE {name}_step IS NOT NULL GROUP BY {keys}) AS row
         WHERE {is_same}),";

/// The steps from `taken` (`organization_id`, `id`, `priority`, `due_at`, `status`,
/// `provider_account`, `number_id`, `campaign_id` …) to `claimed`: those of its rows that have a lane,
/// with the turn of each; null for those that pass now.
pub(super) static PASS_LANES: LazyLock<String> = LazyLock::new(|| {
    let exists = KINDS.map(|kind| kind.fill(EXISTS, "", "")).join(" OR ");
    let mut steps = PACED.replace("{exists}", &exists);
    let mut before = "paced".to_owned();
    let mut is_open = "true".to_owned();
    for kind in &KINDS {
        steps += &kind.fill(PASS, &before, &is_open);
        before = format!("by_{}", kind.name);
        is_open += &format!(" AND {}_turn IS NULL", kind.name);
    }
    let turns = KINDS.map(|kind| format!("{}_turn", kind.name)).join(", ");
    steps += &format!("\n     claimed AS (SELECT *, coalesce({turns}) AS turn FROM {before}),");
    for kind in &KINDS {
        steps += &kind.fill(MOVE, "", "");
    }
    steps
});

impl Kind {
    fn fill(&self, template: &str, before: &str, is_open: &str) -> String {
        template
            .replace("{name}", self.name)
            .replace("{table}", self.table)
            .replace("{keys}", self.keys)
            .replace("{is_same}", self.is_same)
            .replace("{step}", self.step)
            .replace("{at_once}", self.at_once)
            .replace("{before}", before)
            .replace("{is_open}", is_open)
    }
}
