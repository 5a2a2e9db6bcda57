//! The guarantees of the embedded server when processes die, with a real Postgres.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use pg_launcher::{EmbeddedError, EmbeddedPostgres, Options};
use tokio_postgres::{Client, NoTls};

/// Environment variable with the data folder for the process that runs
/// [`an_owner_that_waits_to_be_killed`].
const OWNER_DATA_DIR: &str = "SMS_TEST_OWNER_DATA_DIR";

struct DataDir(PathBuf);

impl DataDir {
    fn new(name: &str) -> Self {
        let unique = format!("embedded-{name}-{}", std::process::id());
        Self(Path::new(env!("CARGO_TARGET_TMPDIR")).join(unique))
    }

    fn options(&self) -> Options {
        options(&self.0)
    }

    fn durable_options(&self) -> Options {
        let mut options = options(&self.0);
        options.durable = true;
        options
    }
}

impl Drop for DataDir {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).unwrap();
    }
}

fn options(data_dir: &Path) -> Options {
    let mut options = Options::new(
        data_dir,
        Path::new(env!("CARGO_TARGET_TMPDIR")).join("postgres-cache"),
    );
    options.search_path = std::env::var_os("PATH");
    options.durable = false;
    options
}

async fn connect(server: &EmbeddedPostgres) -> Client {
    connect_to(&server.url("postgres")).await.unwrap()
}

async fn connect_to(url: &str) -> Result<Client, tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

async fn write_a_row(server: &EmbeddedPostgres) {
    connect(server)
        .await
        .batch_execute("CREATE TABLE kept (id bigint); INSERT INTO kept VALUES (42)")
        .await
        .unwrap();
}

async fn read_the_row(server: &EmbeddedPostgres) -> i64 {
    let client = connect(server).await;
    let row = client.query_one("SELECT id FROM kept", &[]).await;
    row.unwrap().get(0)
}

async fn setting(server: &EmbeddedPostgres, name: &str) -> String {
    let client = connect(server).await;
    let row = client
        .query_one("SELECT current_setting($1)", &[&name])
        .await;
    row.unwrap().get(0)
}

/// Sends `SIGKILL`.
fn kill(pid: u32) {
    signal("KILL", pid);
}

fn signal(name: &str, pid: u32) {
    let sent = Command::new("sh")
        .args(["-c", &format!("kill -s {name} {pid}")])
        .status();
    assert!(sent.unwrap().success());
}

/// Whether a process runs. A zombie, which on Linux has no command line, does not count.
fn is_running(pid: u32) -> bool {
    let ended = std::fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|line| line.is_empty());
    let exists = Command::new("sh")
        .args(["-c", &format!("kill -0 {pid}")])
        .stderr(Stdio::null())
        .status();
    exists.unwrap().success() && !ended
}

#[tokio::test]
async fn a_new_server_listens_on_a_private_socket_and_nowhere_else() {
    let data = DataDir::new("private");
    let server = EmbeddedPostgres::start(&data.options()).unwrap();

    assert_eq!(setting(&server, "listen_addresses").await, "");
    let socket_dir = setting(&server, "unix_socket_directories").await;
    let socket_dir = socket_dir.trim_matches('"');
    let mode = std::fs::metadata(socket_dir).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}

#[tokio::test]
async fn a_durable_server_waits_for_the_disk() {
    let data = DataDir::new("durable");
    let server = EmbeddedPostgres::start(&data.durable_options()).unwrap();
    for name in ["fsync", "synchronous_commit", "full_page_writes"] {
        assert_eq!(setting(&server, name).await, "on", "{name}");
    }
}

#[tokio::test]
async fn a_restart_keeps_what_was_committed() {
    let data = DataDir::new("restart");
    let first = EmbeddedPostgres::start(&data.durable_options()).unwrap();
    write_a_row(&first).await;
    first.stop().unwrap();

    let second = EmbeddedPostgres::start(&data.durable_options()).unwrap();
    assert_eq!(read_the_row(&second).await, 42);
}

#[tokio::test]
async fn a_start_with_an_empty_cluster_forgets_what_was_there() {
    let data = DataDir::new("empty");
    let first = EmbeddedPostgres::start(&data.options()).unwrap();
    first.ensure_database("left_behind").await.unwrap();
    first.stop().unwrap();

    let second = EmbeddedPostgres::start_empty(&data.options()).unwrap();
    let url = second.url("left_behind");
    assert!(connect_to(&url).await.is_err());
}

#[test]
fn a_dropped_server_is_gone() {
    let data = DataDir::new("dropped");
    let server = EmbeddedPostgres::start(&data.options()).unwrap();
    let pid = server.pid();
    assert!(is_running(pid));
    drop(server);
    assert!(!is_running(pid));
}

#[tokio::test]
async fn a_server_stops_although_a_session_is_open() {
    let data = DataDir::new("open-session");
    let server = EmbeddedPostgres::start(&data.options()).unwrap();
    let pid = server.pid();
    let session = connect(&server).await;
    session.batch_execute("BEGIN; SELECT 1").await.unwrap();
    server.stop().unwrap();
    assert!(!is_running(pid));
}

#[tokio::test]
async fn a_killed_server_is_recovered_at_the_next_start() {
    let data = DataDir::new("killed");
    let server = EmbeddedPostgres::start(&data.durable_options()).unwrap();
    write_a_row(&server).await;
    let _open_session = connect(&server).await;
    kill(server.pid());
    drop(server);

    let recovered = EmbeddedPostgres::start(&data.durable_options()).unwrap();
    assert_eq!(read_the_row(&recovered).await, 42);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_killed_servers_process_that_does_not_end_is_no_obstacle_to_the_next_start() {
    let data = DataDir::new("lingering");
    let server = EmbeddedPostgres::start(&data.durable_options()).unwrap();
    write_a_row(&server).await;
    let session = connect(&server).await;
    let row = session.query_one("SELECT pg_backend_pid()", &[]).await;
    let backend: i32 = row.unwrap().get(0);
    // A stopped backend cannot notice that its server is gone.
    signal("STOP", u32::try_from(backend).unwrap());
    kill(server.pid());
    drop(server);
    let again = EmbeddedPostgres::start(&data.durable_options()).unwrap();
    assert_eq!(read_the_row(&again).await, 42);
}

#[tokio::test]
async fn a_dead_servers_process_id_may_belong_to_another_program_now() {
    let data = DataDir::new("reused-id");
    let server = EmbeddedPostgres::start(&data.durable_options()).unwrap();
    write_a_row(&server).await;
    let old_pid = server.pid();
    kill(old_pid);
    drop(server);
    let mut other_program = Command::new("sleep").arg("60").spawn().unwrap();
    rename_the_owner(&data.0, old_pid, other_program.id());

    let started = EmbeddedPostgres::start(&data.durable_options());
    other_program.kill().unwrap();
    other_program.wait().unwrap();
    assert_eq!(read_the_row(&started.unwrap()).await, 42);
}

fn rename_the_owner(data_dir: &Path, old_pid: u32, new_pid: u32) {
    let file = data_dir.join("cluster/postmaster.pid");
    let text = std::fs::read_to_string(&file).unwrap();
    let (first, rest) = text.split_once('\n').unwrap();
    assert_eq!(first, old_pid.to_string());
    std::fs::write(&file, format!("{new_pid}\n{rest}")).unwrap();
}

#[test]
fn a_second_start_on_a_live_data_folder_names_the_folder_and_its_owner() {
    let data = DataDir::new("second");
    let _first = EmbeddedPostgres::start(&data.options()).unwrap();

    let error = EmbeddedPostgres::start(&data.options()).unwrap_err();
    let own_id = std::process::id();
    assert!(
        matches!(&error, EmbeddedError::InUse { owner, .. } if *owner == Some(own_id)),
        "{error}"
    );
    let text = error.to_string();
    assert!(text.contains(&data.0.display().to_string()), "{text}");
}

#[tokio::test]
async fn a_data_folder_with_a_long_and_unusual_path_works() {
    let data = DataDir::new("long");
    let deep = data.0.join("x".repeat(100)).join("my \"data\", ü%");
    let server = EmbeddedPostgres::start(&options(&deep)).unwrap();
    let url = server.ensure_database("sms").await.unwrap();
    assert!(connect_to(&url).await.is_ok());
}

#[tokio::test]
async fn a_database_may_be_asked_for_twice_and_at_the_same_time() {
    let data = DataDir::new("database");
    let server = EmbeddedPostgres::start(&data.options()).unwrap();
    let (first, second) = tokio::join!(
        server.ensure_database("my \"sms\" base"),
        server.ensure_database("my \"sms\" base")
    );
    let url = first.unwrap();
    assert_eq!(url, second.unwrap());
    assert!(connect_to(&url).await.is_ok());
}

#[test]
fn a_cluster_that_the_server_refuses_is_an_error_that_quotes_its_log() {
    let data = DataDir::new("refused");
    EmbeddedPostgres::start(&data.options())
        .unwrap()
        .stop()
        .unwrap();
    let file = data.0.join("cluster/postgresql.conf");
    std::fs::write(&file, "no_such_setting = 1\n").unwrap();

    let error = EmbeddedPostgres::start(&data.options()).unwrap_err();
    let text = error.to_string();
    assert!(text.contains("no_such_setting"), "{text}");
    assert!(text.contains("postgres.log"), "{text}");
}

#[tokio::test]
async fn a_server_whose_owner_was_killed_gives_way_to_the_next() {
    let data = DataDir::new("orphan");
    let mut owner = Owner::start(&data.0);
    owner.kill();

    let server = EmbeddedPostgres::start(&data.options()).unwrap();
    assert!(!is_running(owner.server));
    assert_eq!(read_the_row(&server).await, 42);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_server_whose_owner_was_killed_ends_by_itself() {
    let data = DataDir::new("widowed");
    let mut owner = Owner::start(&data.0);
    let session = connect_to(&owner.url).await.unwrap();
    owner.kill();

    let ended = session.batch_execute("SELECT pg_sleep(60)").await;
    assert!(ended.is_err(), "the session outlived the owner");
}

/// This test program, started again as a process that owns a server.
struct Owner {
    process: Child,
    server: u32,
    url: String,
}

impl Owner {
    fn start(data_dir: &Path) -> Self {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "an_owner_that_waits_to_be_killed"])
            .args(["--ignored", "--nocapture"])
            .env(OWNER_DATA_DIR, data_dir)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let answer = BufReader::new(process.stdout.take().unwrap())
            .lines()
            .find_map(|line| Some(line.unwrap().strip_prefix("server ")?.to_owned()));
        let answer = answer.expect("the owner says which server is its own");
        let (server, url) = answer.split_once(' ').unwrap();
        Self {
            process,
            server: server.parse().unwrap(),
            url: url.to_owned(),
        }
    }

    fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

#[tokio::test]
#[ignore = "another test runs this as a process of its own"]
#[expect(clippy::print_stdout, reason = "tells the parent process")]
async fn an_owner_that_waits_to_be_killed() {
    let Some(data_dir) = std::env::var_os(OWNER_DATA_DIR) else {
        return;
    };
    let server = EmbeddedPostgres::start(&options(Path::new(&data_dir))).unwrap();
    write_a_row(&server).await;
    println!("\nserver {} {}", server.pid(), server.url("postgres"));
    std::future::pending::<()>().await;
}
