//! A fresh, migrated database for each test, on a real Postgres.
//!
//! Each test process has one disposable server, started on first use. Its data folder is in the build's
//! `tmp` folder and is reused by later runs; concurrent processes use separate folders.
//! `TEST_DATABASE_URL` names an existing server to use instead.
//!
//! This module must not know the schema: it clones what the migrations created.

mod listening;
mod throw_away;

use std::sync::mpsc::{self, Sender};

use pg_launcher::{DatabaseAdmin, EmbeddedPostgres, with_database};
use sms_postgres::migrations;
use tokio::sync::OnceCell;

pub use self::listening::ListeningServer;

/// Prefix of every database created here.
const PREFIX: &str = "sms_test_";

/// Advisory lock held while the template is created, so that test processes on one server create it once.
const TEMPLATE_LOCK: i64 = 0x534d_535f_5445_4d50; // "SMS_TEMP"

static SERVER: OnceCell<Server> = OnceCell::const_new();

/// The database of one test: migrated, otherwise empty, dropped with this value.
#[derive(Debug)]
pub struct TestDatabase {
    name: String,
    url: String,
    server: &'static Server,
}

impl TestDatabase {
    /// Clones a database from the migrated template. This takes about 50 ms, or a second for the first
    /// database of a process that has to start the server.
    ///
    /// # Panics
    /// When no server can be started or reached, or a migration fails; the message says why.
    pub async fn create() -> Self {
        let server = SERVER.get_or_init(Server::start).await;
        let name = format!("{PREFIX}{:016x}", random());
        let mut admin = or_panic(DatabaseAdmin::connect(&server.url).await);
        or_panic(admin.clone_database(&template_name(), &name).await);
        Self {
            url: with_database(&server.url, &name),
            name,
            server,
        }
    }

    /// The URL to connect to.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        self.server.discard(std::mem::take(&mut self.name));
    }
}

#[derive(Debug)]
struct Server {
    url: String,
    /// Databases for the background thread to drop.
    discarded: Sender<Discarded>,
    /// The embedded server, which lives as long as the process; `None` if an existing server is used.
    embedded: Option<EmbeddedPostgres>,
}

#[derive(Debug)]
struct Discarded {
    name: String,
    /// Notified when the database is gone.
    done: Sender<()>,
}

impl Server {
    async fn start() -> Self {
        let (url, embedded) = match existing_server() {
            Some(url) => (url, None),
            None => {
                let server = throw_away::start(PREFIX).await;
                (server.url("postgres"), Some(server))
            }
        };
        ensure_template(&url).await;
        let discarded = start_cleaning(url.clone());
        Self {
            url,
            discarded,
            embedded,
        }
    }

    /// Drops a database, and waits for it unless the server is our own, which may keep leftovers.
    fn discard(&self, name: String) {
        let (done, is_done) = mpsc::channel();
        let accepted = self.discarded.send(Discarded { name, done }).is_ok();
        if accepted && self.embedded.is_none() {
            // An error means that the thread has ended, so there is nothing to wait for.
            let _ = is_done.recv();
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a test process has no composition root that could read its configuration"
)]
fn existing_server() -> Option<String> {
    std::env::var("TEST_DATABASE_URL")
        .ok()
        .filter(|url| !url.is_empty())
}

/// The template's name, derived from the migrations, so that different migrations use another template.
fn template_name() -> String {
    format!("{PREFIX}template_{}", migrations::FINGERPRINT)
}

async fn ensure_template(url: &str) {
    let template = template_name();
    let unfinished = format!("{template}_new");
    let mut admin = or_panic(DatabaseAdmin::connect(url).await);
    or_panic(admin.lock(TEMPLATE_LOCK).await);
    if or_panic(admin.exists(&template).await) {
        return;
    }
    or_panic(admin.drop_database(&unfinished).await);
    or_panic(admin.ensure(&unfinished).await);
    or_panic(migrations::migrate(&with_database(url, &unfinished)).await);
    or_panic(admin.rename(&unfinished, &template).await);
}

/// Starts the thread that drops databases. It is a thread because a test's runtime ends with the test.
fn start_cleaning(url: String) -> Sender<Discarded> {
    let (sender, discarded) = mpsc::channel::<Discarded>();
    let clean = move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let runtime = or_panic(runtime);
        for Discarded { name, done } in discarded {
            // A database that cannot be dropped stays as a leftover; the test's result is not affected.
            let _ = runtime.block_on(drop_database(&url, &name));
            let _ = done.send(());
        }
    };
    or_panic(
        std::thread::Builder::new()
            .name("test-databases".to_owned())
            .spawn(clean),
    );
    sender
}

async fn drop_database(url: &str, name: &str) -> Result<(), pg_launcher::DatabaseAdminError> {
    DatabaseAdmin::connect(url).await?.drop_database(name).await
}

/// A value that differs between calls and processes, because the standard library seeds its hash maps.
fn random() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(std::process::id())
}

#[track_caller]
fn or_panic<T, E: std::error::Error>(result: Result<T, E>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => {
            let mut message = error.to_string();
            let mut cause = error.source();
            while let Some(error) = cause {
                message = format!("{message}: {error}");
                cause = error.source();
            }
            panic!("no test database: {message}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn names(prefix: &str) -> Vec<String> {
        let server = SERVER.get_or_init(Server::start).await;
        let mut admin = DatabaseAdmin::connect(&server.url).await.unwrap();
        admin.names_starting_with(prefix).await.unwrap()
    }

    #[tokio::test]
    async fn two_tests_have_databases_of_their_own() {
        let (one, other) = tokio::join!(TestDatabase::create(), TestDatabase::create());
        assert_ne!(one.url(), other.url());
        let (one_admin, other_admin) = tokio::join!(
            DatabaseAdmin::connect(one.url()),
            DatabaseAdmin::connect(other.url())
        );
        assert!(one_admin.is_ok() && other_admin.is_ok());
    }

    #[tokio::test]
    async fn a_test_database_is_migrated_already() {
        let database = TestDatabase::create().await;
        let applied = migrations::migrate(database.url()).await.unwrap();
        assert_eq!(applied, [] as [String; 0]);
    }

    #[tokio::test]
    async fn the_template_is_complete_before_it_has_its_name() {
        let _database = TestDatabase::create().await;
        assert_eq!(names(&template_name()).await, [template_name()]);
    }

    #[tokio::test]
    async fn a_database_is_dropped_after_its_test() {
        let database = TestDatabase::create().await;
        let name = database.name.clone();
        drop(database);
        // The thread processes names in order: when it answers for a later one, the first is gone.
        let server = SERVER.get_or_init(Server::start).await;
        let (done, is_done) = mpsc::channel();
        let name_of_nothing = format!("{PREFIX}nothing");
        server
            .discarded
            .send(Discarded {
                name: name_of_nothing,
                done,
            })
            .unwrap();
        is_done.recv().unwrap();
        assert_eq!(names(&name).await, [] as [String; 0]);
    }
}
