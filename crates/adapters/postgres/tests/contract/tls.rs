//! Connections are encrypted, and servers believed, as libpq has it; the server says what it sees.

mod server;

use sms_postgres::migrations;

use self::server::{NAME, Server};

/// Whether the connection is encrypted, or what is said.
async fn outcome(
    server: &Server,
    user: &str,
    host: &str,
    parameters: &str,
) -> Result<bool, String> {
    let reached = server.reached(&server.url(user, host, parameters)).await;
    reached.map_err(|error| {
        let said = error.to_string();
        assert!(!error.may_pass(), "{parameters}: {said}");
        assert!(said.contains(&server.address()), "{parameters}: {said}");
        assert!(!said.contains("hunter2"), "{parameters}: {said}");
        said
    })
}

#[tokio::test]
async fn each_mode_does_what_it_says() {
    let (tls, plain) = tokio::join!(Server::with_tls(), Server::without_tls());
    // Mode, what comes of it where TLS is offered, and where there is none.
    for (mode, offered, missing) in [
        ("sslmode=disable", Some(false), Some(false)),
        ("sslmode=allow", Some(false), Some(false)),
        ("sslmode=prefer", Some(true), Some(false)),
        ("", Some(true), Some(false)),
        ("sslmode=require", Some(true), None),
        ("sslmode=require&sslrootcert={ca.pem}", Some(true), None),
        ("sslmode=verify-ca&sslrootcert={ca.pem}", Some(true), None),
        ("sslmode=verify-full&sslrootcert={ca.pem}", Some(true), None),
        // A certificate that is itself trusted.
        (
            "sslmode=verify-full&sslrootcert={server.pem}",
            Some(true),
            None,
        ),
        // With a stranger's authority: believed by none that look at it.
        ("sslmode=require&sslrootcert={other-ca.pem}", None, None),
        ("sslmode=verify-ca&sslrootcert={other-ca.pem}", None, None),
        ("sslmode=verify-full&sslrootcert={other-ca.pem}", None, None),
        ("sslrootcert=system", None, None),
        // What prefer cannot have it does without, as libpq does.
        (
            "sslmode=prefer&sslrootcert={other-ca.pem}",
            Some(false),
            Some(false),
        ),
        ("sslmode=require&sslrootcert={nothing.pem}", None, None),
    ] {
        let here = outcome(&tls, "app", NAME, mode).await;
        assert_eq!(here.as_ref().ok(), offered.as_ref(), "{mode}: {here:?}");
        let mode = mode.replace('{', &format!("{}/", tls.file("").display()));
        let there = outcome(&plain, "app", NAME, &mode).await;
        assert_eq!(there.as_ref().ok(), missing.as_ref(), "{mode}: {there:?}");
    }
}

#[tokio::test]
async fn only_verify_full_looks_at_the_host_in_names_and_addresses() {
    let server = Server::with_tls().await;
    let address = server.address();
    for (host, full) in [
        (NAME, true),
        ("DB.Example", true),
        (address.as_str(), true),
        ("other.example", false),
        ("sub.db.example", false),
        ("127.0.0.1", false),
    ] {
        let on = |mode: &str| format!("sslmode={mode}&sslrootcert={{ca.pem}}");
        for mode in ["require", "verify-ca"] {
            let reached = outcome(&server, "app", host, &on(mode)).await;
            assert_eq!(reached, Ok(true), "{host} {mode}");
        }
        let reached = outcome(&server, "app", host, &on("verify-full")).await;
        assert_eq!(reached.is_ok(), full, "{host}: {reached:?}");
        if let Err(said) = reached {
            assert!(said.contains("TLS failed"), "{said}");
        }
    }
}

#[tokio::test]
async fn a_way_that_the_server_refuses_gives_place_to_the_other_where_the_mode_has_one() {
    let server = Server::with_tls().await;
    for (user, mode, reached) in [
        ("plain", "prefer", Some(false)),
        ("plain", "allow", Some(false)),
        ("plain", "require", None),
        ("tls", "prefer", Some(true)),
        ("tls", "allow", Some(true)),
        ("tls", "disable", None),
    ] {
        let outcome = outcome(&server, user, NAME, &format!("sslmode={mode}")).await;
        assert_eq!(
            outcome.as_ref().ok(),
            reached.as_ref(),
            "{user} {mode}: {outcome:?}"
        );
    }
}

#[tokio::test]
async fn a_client_certificate_is_shown_where_the_server_wants_one() {
    let server = Server::with_tls().await;
    let full = "sslmode=verify-full&sslrootcert={ca.pem}";
    let with = |name: &str, key: &str| format!("{full}&sslcert={{{name}}}&sslkey={{{key}}}");
    let right = outcome(
        &server,
        "certified",
        NAME,
        &with("client.pem", "client.key"),
    )
    .await;
    assert_eq!(right, Ok(true));
    let none = outcome(&server, "certified", NAME, full).await.unwrap_err();
    assert!(none.contains("certificate"), "{none}");
    for (name, key, said) in [
        ("client.pem", "open.key", "sslkey"),
        ("client.pem", "nothing.key", "nothing.key"),
        ("nothing.pem", "client.key", "nothing.pem"),
        ("client.key", "client.key", "no PEM certificate"),
        ("client.pem", "stranger.key", "sslcert and sslkey"),
    ] {
        let refused = outcome(&server, "certified", NAME, &with(name, key)).await;
        let refused = refused.unwrap_err();
        assert!(refused.contains(said), "{name} {key}: {refused}");
    }
    // The server hangs up on a stranger; when that is heard depends on the network.
    let url = server.url("certified", NAME, &with("stranger.pem", "stranger.key"));
    assert!(server.reached(&url).await.is_err());
}

#[tokio::test]
async fn a_password_is_bound_to_the_channel_where_that_is_demanded() {
    let (tls, plain) = tokio::join!(Server::with_tls(), Server::without_tls());
    let bound = "sslmode=prefer&channel_binding=require";
    assert_eq!(outcome(&tls, "secret", NAME, bound).await, Ok(true));
    assert!(outcome(&plain, "secret", NAME, bound).await.is_err());
    let wrong = tls.url("secret", NAME, "sslmode=require");
    let wrong = wrong.replace("hunter2", "hunter3");
    let error = tls.reached(&wrong).await.unwrap_err();
    assert!(!error.may_pass());
    assert!(
        error.to_string().contains("password authentication failed"),
        "{error}"
    );
    assert!(!error.to_string().contains("hunter3"), "{error}");
}

#[tokio::test]
async fn migrations_take_the_same_way() {
    let server = Server::with_tls().await;
    let full = |ca: &str| format!("sslmode=verify-full&sslrootcert={{{ca}}}");
    let url = server.url("tls", NAME, &full("ca.pem"));
    assert_eq!(migrations::migrate(&url).await.unwrap(), [] as [String; 0]);
    let url = server.url("tls", NAME, &full("other-ca.pem"));
    assert!(migrations::migrate(&url).await.is_err());
}
