//! A fresh, migrated database for each test, on a real Postgres.
//!
//! One throw-away server per test process, started when first asked for. Its data folder lies in the
//! build's `tmp` and is used again by later runs; processes that run at the same time each take one
//! of their own. `TEST_DATABASE_URL` names an existing server to use instead.
//!
//! It must not know the schema: it clones what the migrations made.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Sender};

use sms_postgres::embedded::{
    DatabaseAdmin, EmbeddedError, EmbeddedPostgres, Options, with_database,
};
use sms_postgres::migrations;
use tokio::sync::OnceCell;

/// The prefix of every database made here.
const PREFIX: &str = "sms_test_";

/// Held while the template is made, so that test processes on one server make it once.
const TEMPLATE_LOCK: i64 = 0x534d_535f_5445_4d50; // "SMS_TEMP"

/// How many databases earlier processes may have left behind (some 8 MB each: templates of other
/// migrations, and what was not yet dropped at their end) before the cluster is made anew.
const LEFTOVERS: usize = 16;

/// How many test processes may run at the same time.
const SLOTS: usize = 64;

static SERVER: OnceCell<Server> = OnceCell::const_new();

/// A database of one test's own: migrated, otherwise empty, dropped with this value.
#[derive(Debug)]
pub struct TestDatabase {
    name: String,
    url: String,
    server: &'static Server,
}

impl TestDatabase {
    /// Clones a database from the migrated template: some 50 ms, a second for the first in a
    /// process that starts from nothing.
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
    /// Names of databases that a thread drops while the tests go on.
    discarded: Sender<Discarded>,
    /// The server stays for the whole process and ends with it. `None`: it is somebody else's.
    embedded: Option<EmbeddedPostgres>,
}

#[derive(Debug)]
struct Discarded {
    name: String,
    /// Answered when the database is gone.
    done: Sender<()>,
}

impl Server {
    async fn start() -> Self {
        let (url, embedded) = match existing_server() {
            Some(url) => (url, None),
            None => {
                let server = start_throw_away_server().await;
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

    /// Drops a database. A server of our own may keep some, so nobody waits for it.
    fn discard(&self, name: String) {
        let (done, is_done) = mpsc::channel();
        let accepted = self.discarded.send(Discarded { name, done }).is_ok();
        if accepted && self.embedded.is_none() {
            // An error means that the thread gave up: nothing to wait for.
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

async fn start_throw_away_server() -> EmbeddedPostgres {
    let server = or_panic(in_background(|| start_in_a_free_slot(false)).await);
    if count_leftovers(&server).await <= LEFTOVERS {
        return server;
    }
    or_panic(
        in_background(move || {
            server.stop()?;
            start_in_a_free_slot(true)
        })
        .await,
    )
}

async fn in_background<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    or_panic(tokio::task::spawn_blocking(work).await)
}

async fn count_leftovers(server: &EmbeddedPostgres) -> usize {
    let mut admin = or_panic(DatabaseAdmin::connect(&server.url("postgres")).await);
    or_panic(admin.names_starting_with(PREFIX).await).len()
}

/// A server on the first data folder that no other process uses.
fn start_in_a_free_slot(empty: bool) -> Result<EmbeddedPostgres, EmbeddedError> {
    let [in_build, in_system] = homes();
    match start_below(&in_build, empty) {
        Err(EmbeddedError::CannotLeaveRoot { .. } | EmbeddedError::Folder { .. }) => {
            start_below(&in_system, empty)
        }
        other => other,
    }
}

/// What an unlucky run left unusable (nothing here survives a power loss) is made anew.
fn start_below(home: &Path, empty: bool) -> Result<EmbeddedPostgres, EmbeddedError> {
    let mut slot = 0;
    loop {
        let options = options(home, slot);
        let started = if empty {
            EmbeddedPostgres::start_empty(&options)
        } else {
            EmbeddedPostgres::start(&options)
        };
        match started {
            Err(EmbeddedError::InUse { .. }) if slot < SLOTS => slot += 1,
            Err(EmbeddedError::WrongVersion { .. } | EmbeddedError::CannotStart { .. })
                if !empty =>
            {
                return EmbeddedPostgres::start_empty(&options);
            }
            other => return other,
        }
    }
}

fn options(home: &Path, slot: usize) -> Options {
    let mut options = Options::new(home.join(format!("{slot}")), home.join("cache"));
    options.search_path = std::env::var_os("PATH");
    options.durable = false;
    options
}

/// Where data folders may be: in the build's own `tmp`; or, if the server's account may not go
/// there, in the system's.
fn homes() -> [PathBuf; 2] {
    let program = std::env::current_exe().unwrap_or_default();
    let build = program
        .ancestors()
        .find(|folder| folder.join("CACHEDIR.TAG").is_file());
    let system = std::env::temp_dir().join("sms-test-postgres");
    let in_build = build.map_or_else(|| system.clone(), |folder| folder.join("tmp/postgres"));
    [in_build, system]
}

/// Named after the migrations: other migrations, another template.
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

/// A thread, because a test's runtime ends with the test.
fn start_cleaning(url: String) -> Sender<Discarded> {
    let (sender, discarded) = mpsc::channel::<Discarded>();
    let clean = move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let runtime = or_panic(runtime);
        for Discarded { name, done } in discarded {
            // A database that cannot be dropped is a leftover; the test has its result.
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

async fn drop_database(
    url: &str,
    name: &str,
) -> Result<(), sms_postgres::embedded::DatabaseAdminError> {
    DatabaseAdmin::connect(url).await?.drop_database(name).await
}

/// Differs between calls and between processes, as the standard library seeds its hash maps.
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
        // The thread takes names in order: when it answers for a later one, the first is gone.
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
