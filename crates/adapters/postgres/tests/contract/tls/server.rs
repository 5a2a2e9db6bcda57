//! A server with TLS or without, certificates, and how somebody reached it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use diesel_async::{AsyncConnection, AsyncPgConnection};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use sms_domain::law::RuleData;
use sms_postgres::{Pg, PgConfig, StoreError, migrations};
use sms_testkit::database::ListeningServer;

use crate::sql;

/// The name in the server's certificate, beside its address.
pub(super) const NAME: &str = "db.example";

/// The role `plain` may connect without TLS only, `tls` with it only, `certified` with a certificate of
/// its own, `secret` with a password, and `app` in any way.
const RULES: &str = "local all all trust\n\
    hostnossl all plain 127.0.0.0/8 trust\n\
    hostssl all tls 127.0.0.0/8 trust\n\
    hostssl all certified 127.0.0.0/8 cert\n\
    host all secret 127.0.0.0/8 scram-sha-256\n\
    host all app 127.0.0.0/8 trust";

type Authority = CertifiedIssuer<'static, KeyPair>;

pub(super) struct Server(ListeningServer);

impl Server {
    /// A server that offers TLS.
    pub(super) async fn with_tls() -> Self {
        let server = Self(ListeningServer::start().await);
        let (authority, other) = (authority(), authority());
        let names = [NAME.to_owned(), server.0.address().to_string()];
        let (certificate, key) = signed(&names, NAME, &authority);
        let client = signed(&[], "certified", &authority);
        let stranger = signed(&[], "certified", &other);
        for (name, text) in [
            ("ca.pem", &authority.pem()),
            ("other-ca.pem", &other.pem()),
            ("server.pem", &certificate),
            ("client.pem", &client.0),
            ("client.key", &client.1),
            ("stranger.pem", &stranger.0),
            ("stranger.key", &stranger.1),
            ("open.key", &client.1),
        ] {
            let mode = if name == "open.key" { 0o644 } else { 0o600 };
            fs::write(server.file(name), text).unwrap();
            fs::set_permissions(server.file(name), fs::Permissions::from_mode(mode)).unwrap();
        }
        let ours = [
            ("server.crt", certificate.as_str()),
            ("server.key", &key),
            ("ca.crt", &authority.pem()),
            ("pg_hba.conf", RULES),
        ];
        server.set_up(&ours, "on").await;
        server
    }

    /// A server that has none.
    pub(super) async fn without_tls() -> Self {
        let server = Self(ListeningServer::start().await);
        server.set_up(&[("pg_hba.conf", RULES)], "off").await;
        server
    }

    /// The server writes its own files, whoever it runs as.
    async fn set_up(&self, files: &[(&str, &str)], ssl: &str) {
        let mut admin = self.admin("postgres").await;
        let writes = files.iter().map(|(file, text)| {
            let text = text.trim_end();
            format!(
                "COPY (SELECT regexp_split_to_table('{text}', E'\\n')) \
                 TO PROGRAM 'umask 077; cat > {file}'"
            )
        });
        let roles = ["plain", "tls", "certified", "secret"]
            .map(|role| format!("CREATE ROLE {role} LOGIN SUPERUSER PASSWORD 'hunter2'"));
        let settings = [
            "CREATE DATABASE sms".to_owned(),
            "ALTER SYSTEM SET ssl_ca_file = 'ca.crt'".to_owned(),
            format!("ALTER SYSTEM SET ssl = {ssl}"),
            "ALTER SYSTEM SET cluster_name = 'set up'".to_owned(),
            "SELECT pg_reload_conf()".to_owned(),
        ];
        let settings = settings
            .into_iter()
            .filter(|one| ssl == "on" || !one.contains("ca_file"));
        for statement in writes.chain(roles).chain(settings) {
            let done = sql::execute(&mut admin, &statement).await;
            done.unwrap_or_else(|error| panic!("{statement}: {error}"));
        }
        self.reloaded(ssl).await;
        migrations::migrate(&self.0.local_url("sms")).await.unwrap();
    }

    /// A new session has the settings of the server's first process.
    async fn reloaded(&self, ssl: &str) {
        let rules = "SELECT count(*) FROM pg_hba_file_rules";
        let is_set = format!("SELECT (current_setting('ssl') = '{ssl}')::int");
        let until = Instant::now() + Duration::from_secs(60);
        loop {
            let mut admin = self.admin("postgres").await;
            assert_eq!(sql::number(&mut admin, rules).await, 6);
            if sql::number(&mut admin, &is_set).await == 1 {
                return;
            }
            assert!(Instant::now() < until, "the server does not reload");
        }
    }

    async fn admin(&self, database: &str) -> AsyncPgConnection {
        let url = self.0.local_url(database);
        AsyncPgConnection::establish(&url).await.unwrap()
    }

    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.0.folder().join(name)
    }

    /// `parameters` may contain names of our files in braces.
    pub(super) fn url(&self, user: &str, host: &str, parameters: &str) -> String {
        let address = self.0.address();
        let files = self.0.folder().display();
        let parameters = parameters
            .replace('{', &format!("{files}/"))
            .replace('}', "");
        format!("postgres://{user}:hunter2@{host}/sms?hostaddr={address}&{parameters}")
    }

    pub(super) fn address(&self) -> String {
        self.0.address().to_string()
    }

    /// Whether the connection is encrypted that the program makes.
    pub(super) async fn reached(&self, url: &str) -> Result<bool, StoreError> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("test-{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let config = PgConfig::new(format!("{url}&application_name={name}"));
        let _pg = Pg::connect(&config, RuleData::bundled().unwrap()).await?;
        let query = format!(
            "SELECT bool_and(ssl)::int FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) \
             WHERE application_name = '{name}'"
        );
        Ok(sql::number(&mut self.admin("sms").await, &query).await == 1)
    }
}

fn authority() -> Authority {
    let mut params = params(&[], "Authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A certificate and its key.
fn signed(names: &[String], common: &str, by: &Authority) -> (String, String) {
    let key = KeyPair::generate().unwrap();
    let certificate = params(names, common).signed_by(&key, by).unwrap();
    (certificate.pem(), key.serialize_pem())
}

fn params(names: &[String], common: &str) -> CertificateParams {
    let mut params = CertificateParams::new(names).unwrap();
    params.distinguished_name.push(DnType::CommonName, common);
    params
}
