//! What clients may do to a listener, over real sockets with short limits.

use std::time::Duration;

use poem::endpoint::make;
use poem::{Body, Response};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

use super::*;

/// Makes limits differ from the usual ones.
type Differ = fn(&mut ConnectionLimits);

const GET: &[u8] = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n";

/// Longer than the answer takes to come.
const SOON: Duration = Duration::from_secs(20);

/// Longer than any test waits: what ends a listener sooner is not that it cuts connections off.
const DRAIN: Duration = Duration::from_secs(600);

/// A listener with an application that reads bodies at `/body`, answers much at `/much`, and works at
/// `/work` until it is let go.
struct Served {
    address: SocketAddr,
    work: Arc<Semaphore>,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

async fn serve(settings: ListenerSettings) -> Served {
    let work = Arc::new(Semaphore::new(0));
    let let_go = Arc::clone(&work);
    let application = move |mut request: poem::Request| {
        let let_go = Arc::clone(&let_go);
        async move {
            let body = match request.uri().path() {
                "/body" => {
                    let connection = request.data::<Arc<Connection>>().unwrap();
                    let _waits = connection.awaits_body();
                    request.take_body().into_bytes().await?
                }
                "/much" => vec![b'x'; 16 << 20].into(),
                "/work" => {
                    let_go.acquire().await.unwrap().forget();
                    "worked".into()
                }
                _ => format!("{:?}", request.data::<Origin>().unwrap()).into(),
            };
            Ok::<_, poem::Error>(Response::builder().body(Body::from_bytes(body)))
        }
    };
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    let (stop, stopped) = watch::channel(false);
    let listener = Listener {
        name: "test",
        socket,
        endpoint: Arc::new(make(application)),
        settings,
    };
    let task = tokio::spawn(listener.run(stopped, DRAIN));
    Served {
        address,
        work,
        stop,
        task,
    }
}

fn limits(differ: impl FnOnce(&mut ConnectionLimits)) -> ListenerSettings {
    let mut limits = ConnectionLimits::of(4);
    limits.most_per_address = 4;
    differ(&mut limits);
    ListenerSettings {
        limits,
        ..ListenerSettings::default()
    }
}

impl Served {
    async fn open(&self, said: &[u8]) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(said).await.unwrap();
        stream
    }

    async fn ask(&self, request: &[u8]) -> String {
        heard(&mut self.open(request).await).await
    }
}

/// What is answered until the answer to one request is complete.
async fn heard(stream: &mut TcpStream) -> String {
    let (mut all, mut some) = (Vec::new(), [0; 4096]);
    loop {
        let read = timeout(stream.read(&mut some)).await.unwrap_or(0);
        all.extend_from_slice(&some[..read]);
        let text = String::from_utf8_lossy(&all).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            assert!(read > 0, "closed after {text:?}");
            continue;
        };
        let head = head.to_ascii_lowercase();
        let length = head.split("content-length: ").nth(1).unwrap();
        let length: usize = length.lines().next().unwrap().parse().unwrap();
        if body.len() >= length || read == 0 {
            return text;
        }
    }
}

/// Returns once the server has closed a connection; what it said is not looked at.
async fn is_closed(mut stream: TcpStream) {
    let mut some = vec![0; 65536];
    while timeout(stream.read(&mut some))
        .await
        .is_ok_and(|read| read > 0)
    {}
}

async fn timeout<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(SOON, work).await.unwrap()
}

#[tokio::test]
async fn idle_and_half_sent_connections_give_way_to_a_request() {
    for said in [
        b"".as_slice(),
        b"GET / HTTP/1.1\r\nHost: h",
        b"POST /body HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nab",
    ] {
        let served = serve(limits(|_| {})).await;
        let mut held = Vec::new();
        for _ in 0..40 {
            held.push(served.open(said).await);
        }
        assert!(served.ask(GET).await.starts_with("HTTP/1.1 200"));
        is_closed(held.remove(0)).await;
    }
}

#[tokio::test]
async fn one_address_has_its_share_and_a_proxy_has_more() {
    let mut settings = limits(|limits| {
        limits.most = 100;
        limits.most_per_address = 3;
    });
    let served = serve(settings.clone()).await;
    let first = served.open(b"").await;
    let _others = [
        served.open(b"").await,
        served.open(b"").await,
        served.open(b"").await,
    ];
    is_closed(first).await;
    settings.proxies = "127.0.0.0/8".parse().unwrap();
    let served = serve(settings).await;
    let mut first = served.open(b"").await;
    for _ in 0..20 {
        served.open(b"").await;
    }
    first.write_all(GET).await.unwrap();
    assert!(heard(&mut first).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn a_proxy_that_is_not_named_has_more_than_the_share_of_one_address() {
    let served = serve(limits(|limits| {
        limits.most = 100;
        limits.most_per_address = 3;
    }))
    .await;
    let mut first = served
        .open(b"GET / HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: 8.8.8.8\r\n\r\n")
        .await;
    assert!(heard(&mut first).await.ends_with("UnnamedProxy"));
    let mut held = Vec::new();
    for _ in 0..20 {
        held.push(served.open(b"").await);
    }
    first.write_all(GET).await.unwrap();
    assert!(heard(&mut first).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn work_is_never_cut_off_and_one_more_is_told_to_wait() {
    let served = serve(limits(|_| {})).await;
    let mut working = Vec::new();
    for _ in 0..4 {
        working.push(served.open(b"GET /work HTTP/1.1\r\nHost: h\r\n\r\n").await);
    }
    let mut refused = served.ask(GET).await;
    // Until all four have begun, one of them still waits for its client and may give way.
    while refused.starts_with("HTTP/1.1 200") {
        refused = served.ask(GET).await;
    }
    assert!(refused.starts_with("HTTP/1.1 503"), "{refused}");
    assert!(refused.contains("Retry-After: 1\r\n"));
    served.work.add_permits(4);
    for stream in &mut working {
        assert!(heard(stream).await.ends_with("worked"));
    }
    assert!(served.ask(GET).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn what_waits_for_its_client_too_long_is_closed() {
    const SHORT: Duration = Duration::from_millis(50);
    let sets: [(&[u8], Differ); 4] = [
        (b"", |limits| limits.idle = SHORT),
        (b"GET / HTTP/1.1\r\nHo", |limits| limits.head = SHORT),
        (
            b"POST /body HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nab",
            |limits| limits.body = SHORT,
        ),
        (
            b"POST /body HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
            |limits| limits.body = SHORT,
        ),
    ];
    for (said, set) in sets {
        let served = serve(limits(set)).await;
        is_closed(served.open(said).await).await;
    }
}

#[tokio::test]
async fn a_connection_is_idle_again_after_each_answer() {
    let served = serve(limits(|limits| limits.idle = Duration::from_millis(50))).await;
    let mut stream = served.open(&[GET, GET].concat()).await;
    let both = heard(&mut stream).await;
    assert!(both.starts_with("HTTP/1.1 200"), "{both}");
    is_closed(stream).await;
}

#[tokio::test]
async fn who_does_not_read_the_answer_is_closed() {
    let served = serve(limits(|limits| limits.answer = Duration::from_millis(50))).await;
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let mut stream = socket.connect(served.address).await.unwrap();
    let request = b"GET /much HTTP/1.1\r\nHost: h\r\n\r\n";
    stream.write_all(request).await.unwrap();
    // A listener that stops waits for answers that are being read.
    let mut first = [0; 1];
    timeout(stream.read_exact(&mut first)).await.unwrap();
    served.stop.send_replace(true);
    timeout(served.task).await.unwrap();
    drop(stream);
}

#[tokio::test]
async fn a_head_may_be_so_long_and_no_longer() {
    let served = serve(limits(|_| {})).await;
    let head = |length| {
        let filler = "x".repeat(length);
        format!("GET / HTTP/1.1\r\nHost: h\r\nX-Filler: {filler}\r\n\r\n")
    };
    assert!(
        served
            .ask(head(15_000).as_bytes())
            .await
            .starts_with("HTTP/1.1 200")
    );
    let endless = format!("GET / HTTP/1.1\r\nX-Filler: {}", "x".repeat(17_000));
    assert!(
        served
            .ask(endless.as_bytes())
            .await
            .starts_with("HTTP/1.1 431")
    );
}

#[tokio::test]
async fn http_2_is_not_spoken() {
    let served = serve(limits(|_| {})).await;
    is_closed(served.open(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await).await;
}

#[tokio::test]
async fn a_listener_that_stops_closes_what_is_idle_and_finishes_what_it_works_for() {
    let served = serve(limits(|_| {})).await;
    let idle = served.open(b"").await;
    let mut kept = served.open(GET).await;
    assert!(heard(&mut kept).await.contains("200"));
    let mut working = served.open(b"GET /work HTTP/1.1\r\nHost: h\r\n\r\n").await;
    // It has begun once another request was answered after it.
    assert!(served.ask(GET).await.contains("200"));
    served.stop.send_replace(true);
    is_closed(idle).await;
    is_closed(kept).await;
    served.work.add_permits(1);
    assert!(heard(&mut working).await.ends_with("worked"));
    timeout(served.task).await.unwrap();
}

#[test]
fn errors_of_one_connection_are_no_reason_to_pause_and_others_are() {
    let connections = Connections::new("test", ConnectionLimits::of(4));
    let mut pause = Pause::default();
    pause.after(
        &io::ErrorKind::ConnectionAborted.into(),
        "test",
        &connections,
    );
    assert!(!pause.is_on);
    let mut pauses = Vec::new();
    for _ in 0..10 {
        pauses.push(pause.next);
        // EMFILE
        pause.after(&io::Error::from_raw_os_error(24), "test", &connections);
        assert!(pause.is_on);
    }
    assert_eq!(pauses[..3], [10, 20, 40].map(Duration::from_millis));
    assert_eq!(pauses[9], LONGEST_PAUSE);
}
