//! Migrations: `schema.rs` says what the catalogue of a migrated database says, and every migration
//! can be taken back.

use std::fs;
use std::path::{Path, PathBuf};

use diesel::QueryableByName;
use diesel::sql_types::{Bool, Text};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use sms_testkit::database::TestDatabase;

use crate::sql;

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    table: String,
    #[diesel(sql_type = Text)]
    name: String,
    /// As Postgres writes it: `bigint`, `uuid[]`.
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Bool)]
    is_nullable: bool,
    /// The columns of the table's primary key.
    #[diesel(sql_type = Text)]
    key: String,
}

const COLUMNS: &str = "
    SELECT class.relname::text AS table, attribute.attname::text AS name,
        format_type(attribute.atttypid, NULL) AS kind, NOT attribute.attnotnull AS is_nullable,
        (SELECT string_agg(part.attname, ', ' ORDER BY place)
         FROM pg_constraint, unnest(conkey) WITH ORDINALITY AS keys (attnum, place)
         JOIN pg_attribute AS part USING (attnum)
         WHERE contype = 'p' AND conrelid = class.oid AND part.attrelid = class.oid) AS key
    FROM pg_class AS class JOIN pg_attribute AS attribute ON attribute.attrelid = class.oid
    WHERE class.relnamespace = 'public'::regnamespace AND class.relkind = 'r'
        AND class.relname <> '__diesel_schema_migrations'
        AND attribute.attnum > 0 AND NOT attribute.attisdropped
    ORDER BY class.relname, attribute.attnum";

#[tokio::test]
async fn the_schema_file_says_what_the_migrated_catalogue_says() {
    let database = TestDatabase::create().await;
    let mut connection = AsyncPgConnection::establish(database.url()).await.unwrap();
    let columns: Vec<Column> = diesel::sql_query(COLUMNS)
        .load(&mut connection)
        .await
        .unwrap();
    let tables: Vec<String> = columns
        .chunk_by(|a, b| a.table == b.table)
        .map(|columns| {
            let lines: String = columns.iter().map(line).collect();
            format!(
                "{} ({}) {{\n{lines}    }}",
                columns[0].table, columns[0].key
            )
        })
        .collect();
    assert_eq!(declared(), tables);
}

fn line(column: &Column) -> String {
    let element = column.kind.trim_end_matches("[]");
    let mut diesel = sql_type(element).to_owned();
    if element != column.kind {
        diesel = format!("Array<{diesel}>");
    }
    if column.is_nullable {
        diesel = format!("Nullable<{diesel}>");
    }
    format!("        {} -> {diesel},\n", column.name)
}

fn sql_type(name: &str) -> &'static str {
    match name {
        "uuid" => "Uuid",
        "text" => "Text",
        "bigint" => "BigInt",
        "integer" => "Integer",
        "smallint" => "SmallInt",
        "boolean" => "Bool",
        "timestamp with time zone" => "Timestamptz",
        "date" => "Date",
        "bytea" => "Bytea",
        "json" => "Json",
        "jsonb" => "Jsonb",
        other => panic!("{other} has no counterpart yet"),
    }
}

/// The tables of `schema.rs`, sorted by name.
fn declared() -> Vec<String> {
    let file = include_str!("../../src/schema.rs");
    let mut tables: Vec<String> = file
        .split("diesel::table! {\n    ")
        .skip(1)
        .map(|table| table.split("\n}").next().unwrap_or_default().to_owned())
        .collect();
    tables.sort();
    tables
}

/// The migrations' folders, newest first.
fn newest_first() -> Vec<PathBuf> {
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let mut folders: Vec<PathBuf> = fs::read_dir(migrations)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    folders.reverse();
    folders
}

#[tokio::test]
async fn taking_all_migrations_back_leaves_nothing_and_they_can_be_applied_again() {
    let database = TestDatabase::create().await;
    let mut connection = AsyncPgConnection::establish(database.url()).await.unwrap();
    for folder in newest_first() {
        let down = fs::read_to_string(folder.join("down.sql")).unwrap();
        connection.batch_execute(&down).await.unwrap();
    }
    let left = "SELECT (SELECT count(*) FROM pg_class
            WHERE relnamespace = 'public'::regnamespace AND relkind = 'r')
        + (SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace)";
    assert_eq!(
        sql::number(&mut connection, left).await,
        1,
        "only diesel's own table"
    );
    for folder in newest_first().into_iter().rev() {
        let up = fs::read_to_string(folder.join("up.sql")).unwrap();
        connection.batch_execute(&up).await.unwrap();
    }
}
