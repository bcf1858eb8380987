//! What is compiled in and what a URL may say.

use gradebook_persistence::Db;
use gradebook_persistence::db::{ConnectError, ConnectOptions, Dialect};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// The public half of a key that nobody kept the private half of.
const PUBLIC_KEY: &str = "\
-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA3O5AoVkaOFRbD+s8VUeq
xMQjFHuAJBfH/eOgnBt9Ln1qkmu5Ol18GC7zMgef59otgGz6D2h3WuZQ9qe51e1q
HD0R7uSPBgWTNLhEEH52U085j7hfJH5PmhXBcFDBM9svrgORCJZAD5b1gm0U6CPO
Zkg7GcknZ5YfU0hjcEzTXrl1mKn75vArKsPxm3DwvmEjZf9Bkd8J8rdSnSt9R6kN
vyYT6yCINGymYOQ9ONXP3CCpa/HNHd7MVQF79YZwHMycz25LtAvz5JFhj8m5p85T
JNRdVprNrQhZ6whrQl45mdPdtJNrr9wt1yD+5xp1lztXIFnzf2FIf4IDC0cN1d++
1wIDAQAB
-----END PUBLIC KEY-----
";

async fn send(stream: &mut TcpStream, sequence: u8, payload: &[u8]) {
    let length = u32::try_from(payload.len()).unwrap().to_le_bytes();
    let mut packet = vec![length[0], length[1], length[2], sequence];
    packet.extend_from_slice(payload);
    stream.write_all(&packet).await.unwrap();
}

async fn receive(stream: &mut TcpStream) -> Vec<u8> {
    let mut head = [0; 4];
    if stream.read_exact(&mut head).await.is_err() {
        return Vec::new();
    }
    let length = u32::from_le_bytes([head[0], head[1], head[2], 0]);
    let mut payload = vec![0; length as usize];
    stream.read_exact(&mut payload).await.unwrap();
    payload
}

/// The first packet of a MySQL 8 server without TLS.
fn greeting() -> Vec<u8> {
    // Protocol 4.1, secure connection, authentication by plugin; nothing of TLS.
    let capabilities: u32 = 0x0008_8209;
    let [low, high] = [capabilities as u16, (capabilities >> 16) as u16];
    let mut packet = vec![10];
    packet.extend_from_slice(b"8.4.0\0");
    packet.extend_from_slice(&1_u32.to_le_bytes());
    packet.extend_from_slice(b"abcdefgh\0");
    packet.extend_from_slice(&low.to_le_bytes());
    packet.push(45);
    packet.extend_from_slice(&2_u16.to_le_bytes());
    packet.extend_from_slice(&high.to_le_bytes());
    packet.push(21);
    packet.extend_from_slice(&[0; 10]);
    packet.extend_from_slice(b"ijklmnopqrst\0");
    packet.extend_from_slice(b"caching_sha2_password\0");
    packet
}

/// A MySQL 8 that has not seen the user's password since it started asks for it encrypted by RSA.
/// A driver that was compiled without `mysql-rsa` gives up there, which no MariaDB would show.
#[tokio::test]
async fn the_driver_can_encrypt_a_password_for_mysql_8_without_tls() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!(
        "mysql://teacher:secret@{}/gradebook",
        listener.local_addr().unwrap()
    );
    let server = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        send(&mut stream, 0, &greeting()).await;
        receive(&mut stream).await;
        send(&mut stream, 2, &[1, 4]).await; // the quick way will not do
        assert_eq!(
            receive(&mut stream).await,
            [2],
            "it asks for the public key"
        );
        let key = [&[1], PUBLIC_KEY.as_bytes()].concat();
        send(&mut stream, 4, &key).await;
        let password = receive(&mut stream).await;
        send(&mut stream, 6, b"\xff\x15\x04#28000that is all").await;
        password
    };
    let options = ConnectOptions::new(url);
    let (password, refused) = tokio::join!(server, Db::connect(&options));
    let refused = refused.map(|_| ()).unwrap_err().to_string();
    assert_eq!(password.len(), 256, "no encrypted password came: {refused}");
    assert!(refused.contains("that is all"), "{refused}");
    assert!(!refused.contains("secret"), "{refused}");
}

#[tokio::test]
async fn a_url_that_cannot_work_is_told_in_words() {
    for (url, part) in [
        ("", "no scheme"),
        ("gradebook.db", "no scheme"),
        ("postgres://localhost/gradebook", "not supported"),
        ("sqlite::memory:", "in-memory"),
        ("sqlite://:memory:", "in-memory"),
        ("sqlite://gradebook?mode=memory", "in-memory"),
        ("sqlite://gradebook?mode=memory&cache=shared", "in-memory"),
        ("sqlite://gradebook?mode=bold", "mode"),
        ("mysql://root:hunter2@localhost", "names no database"),
        ("mysql://root:hunter2@localhost/", "names no database"),
        ("mysql://root:hunter2@localhost:port/gradebook", "no URL"),
    ] {
        let error = Db::connect(&ConnectOptions::new(url))
            .await
            .map(|_| ())
            .unwrap_err();
        assert!(matches!(error, ConnectError::Url(_)), "{url}: {error}");
        let text = error.to_string();
        assert!(text.contains(part), "{url}: {text}");
        assert!(!text.contains("hunter2"), "{text}");
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_opened_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("missing/gradebook.db");
    for mode in ["rwc", "rw"] {
        let url = format!("sqlite://{}?mode={mode}", file.display());
        let error = Db::connect(&ConnectOptions::new(url))
            .await
            .map(|_| ())
            .unwrap_err();
        assert!(
            matches!(&error, ConnectError::File { path, .. } if *path == file),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_url_may_say_mariadb() {
    let database = gradebook_test_databases::mysql().await;
    let url = database.url.replacen("mysql://", "mariadb://", 1);
    let db = Db::connect(&ConnectOptions::new(url)).await.unwrap();
    assert_eq!(db.dialect(), Dialect::MySql);
    db.migrate_up().await.unwrap();
}

/// One connection is enough for everything, migrations included.
#[tokio::test]
async fn a_pool_of_one_connection_works() {
    for database in gradebook_test_databases::both().await {
        let mut options = database.options();
        options.max_connections = 1;
        let db = Db::connect(&options).await.unwrap();
        db.migrate_up().await.unwrap();
        db.ping().await.unwrap();
    }
}

/// Turning on the write-ahead log of a new file needs the file alone, and SQLite does not wait for it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_may_open_a_new_file_at_once() {
    let folder = tempfile::tempdir().unwrap();
    for turn in 0..10 {
        let url = format!(
            "sqlite://{}?mode=rwc",
            folder.path().join(format!("{turn}.db")).display()
        );
        let openings = (0..8).map(|_| {
            let options = ConnectOptions::new(&url);
            tokio::spawn(async move { Db::connect(&options).await })
        });
        for opening in openings.collect::<Vec<_>>() {
            let db = opening.await.unwrap().unwrap();
            db.ping().await.unwrap();
            db.close().await;
        }
    }
}
