//! SQL for tests that look behind the ports. Apart from the rest because diesel's `RunQueryDsl` gives
//! every type a method `load`.

use diesel::QueryableByName;
use diesel::sql_types::BigInt;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

/// The single value of a query that gives a number.
pub(crate) async fn number(connection: &mut AsyncPgConnection, query: &str) -> i64 {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        value: i64,
    }
    let query = format!("SELECT ({query})::bigint AS value");
    let row: Row = diesel::sql_query(query)
        .get_result(connection)
        .await
        .unwrap();
    row.value
}

/// Runs a statement.
pub(crate) async fn execute(
    connection: &mut AsyncPgConnection,
    statement: &str,
) -> diesel::QueryResult<usize> {
    diesel::sql_query(statement).execute(connection).await
}
