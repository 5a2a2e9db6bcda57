//! Statements that are prepared once per connection. diesel caches a prepared query only if its type
//! determines its text, which is true of neither `sql_query` nor inserts of many rows.
//!
//! This module must not know what the statements do.

use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::{Error, QueryResult};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

/// The columns of a row, in the order of its fields.
pub(crate) trait Columns {
    /// Their SQL types.
    type Sql;
    /// Their names with the table's, for a select list.
    const SELECT: &'static str;
    /// Their names, for an insert.
    const NAMES: &'static str;
    /// The columns of `input`, for an update.
    const INPUT: &'static str;
}

/// Declares a statement with named parameters, each a Postgres type and the Rust type bound to it.
/// `$name` in the text stands for the parameter; the text may be given in pieces. The type after the arrow
/// is the returned row.
macro_rules! statement {
    (
        $(#[$doc:meta])*
        $name:ident { $($field:ident: $sql:ty = $rust:ty),* $(,)? } -> $row:ty;
        $($piece:expr),+ $(,)?
    ) => {
        $(#[$doc])*
        #[derive(diesel::query_builder::QueryId)]
        pub(crate) struct $name { $(pub(crate) $field: $rust),* }

        impl diesel::query_builder::Query for $name {
            type SqlType = $row;
        }

        impl diesel::query_builder::QueryFragment<diesel::pg::Pg> for $name {
            fn walk_ast<'b>(
                &'b self,
                mut out: diesel::query_builder::AstPass<'_, 'b, diesel::pg::Pg>,
            ) -> diesel::result::QueryResult<()> {
                for piece in [$($piece),+] {
                    $crate::statement::push(&mut out, piece, |parameter, _out| {
                        $(if parameter == stringify!($field) {
                            return _out.push_bind_param::<$sql, $rust>(&self.$field);
                        })*
                        Err($crate::statement::unknown(parameter))
                    })?;
                }
                Ok(())
            }
        }
    };
}

/// Declares a row of a table, one field per column, and a struct with one array per column as the parameter
/// of statements over `unnest`. The SQL types are those of `schema.rs`.
macro_rules! rows {
    (
        $(#[$doc:meta])*
        $row:ident, $arrays:ident of $table:ident {
            $first:ident: $first_type:ty, $($field:ident: $type:ty),* $(,)?
        }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, diesel::Queryable)]
        pub(crate) struct $row {
            pub(crate) $first: $first_type,
            $(pub(crate) $field: $type),*
        }

        impl $crate::statement::Columns for $row {
            type Sql = (
                diesel::dsl::SqlTypeOf<$crate::schema::$table::$first>,
                $(diesel::dsl::SqlTypeOf<$crate::schema::$table::$field>),*
            );
            const SELECT: &'static str = concat!(
                stringify!($table), ".", stringify!($first)
                $(, ", ", stringify!($table), ".", stringify!($field))*
            );
            const NAMES: &'static str =
                concat!(stringify!($first) $(, ", ", stringify!($field))*);
            const INPUT: &'static str =
                concat!("input.", stringify!($first) $(, ", input.", stringify!($field))*);
        }

        /// Rows as one array per column.
        #[derive(Debug, Default)]
        pub(crate) struct $arrays {
            pub(crate) $first: Vec<$first_type>,
            $(pub(crate) $field: Vec<$type>),*
        }

        impl FromIterator<$row> for $arrays {
            fn from_iter<I: IntoIterator<Item = $row>>(rows: I) -> Self {
                let mut arrays = Self::default();
                for row in rows {
                    arrays.$first.push(row.$first);
                    $(arrays.$field.push(row.$field);)*
                }
                arrays
            }
        }

        impl diesel::query_builder::QueryFragment<diesel::pg::Pg> for $arrays {
            fn walk_ast<'b>(
                &'b self,
                mut out: diesel::query_builder::AstPass<'_, 'b, diesel::pg::Pg>,
            ) -> diesel::result::QueryResult<()> {
                use diesel::dsl::SqlTypeOf;
                use diesel::sql_types::Array;
                out.push_bind_param::<Array<SqlTypeOf<$crate::schema::$table::$first>>, _>(
                    &self.$first,
                )?;
                $(
                    out.push_sql(", ");
                    out.push_bind_param::<Array<SqlTypeOf<$crate::schema::$table::$field>>, _>(
                        &self.$field,
                    )?;
                )*
                Ok(())
            }
        }
    };
}

/// Declares a statement over the arrays of [`rows!`]; `$rows` in the text stands for them.
macro_rules! statement_over {
    (
        $(#[$doc:meta])*
        $name:ident { $arrays:ty $(, $field:ident: $sql:ty = $rust:ty)* } -> $row:ty;
        $($piece:expr),+ $(,)?
    ) => {
        $(#[$doc])*
        #[derive(diesel::query_builder::QueryId)]
        pub(crate) struct $name {
            pub(crate) rows: $arrays,
            $(pub(crate) $field: $rust),*
        }

        impl diesel::query_builder::Query for $name {
            type SqlType = $row;
        }

        impl diesel::query_builder::QueryFragment<diesel::pg::Pg> for $name {
            fn walk_ast<'b>(
                &'b self,
                mut out: diesel::query_builder::AstPass<'_, 'b, diesel::pg::Pg>,
            ) -> diesel::result::QueryResult<()> {
                for piece in [$($piece),+] {
                    $crate::statement::push(&mut out, piece, |parameter, out| {
                        if parameter == "rows" {
                            return self.rows.walk_ast(out.reborrow());
                        }
                        $(if parameter == stringify!($field) {
                            return out.push_bind_param::<$sql, $rust>(&self.$field);
                        })*
                        Err($crate::statement::unknown(parameter))
                    })?;
                }
                Ok(())
            }
        }
    };
}

pub(crate) use {rows, statement, statement_over};

/// Pushes one piece of a statement; `bind` pushes a parameter by its name.
pub(crate) fn push<'a, 'b>(
    out: &mut AstPass<'a, 'b, Pg>,
    text: &str,
    bind: impl Fn(&str, &mut AstPass<'a, 'b, Pg>) -> QueryResult<()>,
) -> QueryResult<()> {
    let mut parts = text.split('$');
    out.push_sql(parts.next().unwrap_or_default());
    for part in parts {
        let end = part
            .find(|c: char| !(c.is_ascii_lowercase() || c == '_'))
            .unwrap_or(part.len());
        let (parameter, rest) = part.split_at(end);
        bind(parameter, out)?;
        out.push_sql(rest);
    }
    Ok(())
}

/// The text uses a parameter that the statement does not declare.
pub(crate) fn unknown(parameter: &str) -> Error {
    Error::QueryBuilderError(format!("the statement has no parameter ${parameter}").into())
}

/// Runs a statement, if given.
pub(crate) async fn run<S>(
    mut connection: &AsyncPgConnection,
    statement: Option<S>,
) -> QueryResult<()>
where
    S: QueryFragment<Pg> + QueryId + Send,
{
    if let Some(statement) = statement {
        statement.execute(&mut connection).await?;
    }
    Ok(())
}
