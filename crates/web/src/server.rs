//! The HTTP server: how requests reach the handlers, and how it starts and stops.

mod client_address;
mod documentation;
mod input;
mod key_watch;
mod static_files;

use std::future::Future;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::middleware::{Compress, from_fn};
use actix_web::web::Data;
use actix_web::{App as HttpApp, HttpServer};
use gradebook_app::{App, DbError, NotReady, TailStopped};
use tokio::sync::watch;
use tokio::task::JoinHandle;

pub use key_watch::WatchedKeys;

use crate::config::Network;
use crate::cookies::CookieSafety;
use crate::headers::BehindTls;
use crate::shutdown::Shutdown;
use crate::{
    access, assets, error_answers, headers, plain_bodies, routes, same_origin, slow_bodies,
};

/// The `aud` of access tokens: this interface, and no other that trusts the same keys.
pub const AUDIENCE: &str = "gradebook-api";

/// How often files that nobody waits for, and who had a gradebook open, are forgotten.
const TIDIED_EVERY: Duration = Duration::from_secs(600);
/// How long requests under way may take after a stop was asked for. Compose kills after 40 seconds.
const DRAIN: Duration = Duration::from_secs(10);
/// How long a client that said goodbye may take to close its connection.
const DISCONNECT: Duration = Duration::from_secs(5);
/// Connections of one worker. Every open page holds one for its events.
const MOST_CONNECTIONS: usize = 10_000;
/// How long the first reading of the change log may take.
const READY_WITHIN: Duration = Duration::from_secs(30);
/// Between two looks whether it has been read.
const READY_PAUSE: Duration = Duration::from_millis(10);

/// How to serve.
#[derive(Debug, Clone)]
pub struct ServerSettings {
    /// Where to listen; port 0 picks a free one.
    pub listen: SocketAddr,
    /// Whether cookies are bound to TLS.
    pub tls_cookies: bool,
    /// Whether browsers reach the server through TLS, and may insist on it.
    pub behind_tls: bool,
    /// The bundled front end, unless it is where the build put it.
    pub static_dir: Option<PathBuf>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<Network>,
    /// Threads that answer requests; one a core if not stated.
    pub workers: Option<usize>,
    /// How long to wait for clients.
    pub patience: Patience,
    /// Where keys are changed while the server runs.
    pub keys: Option<WatchedKeys>,
}

/// How long the server waits for a client that holds a connection.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// For the head of the first request.
    pub head: Duration,
    /// For the whole body of a request, besides a second for each 64 KiB of it.
    pub body: Duration,
    /// Between two parts of a body.
    pub pause: Duration,
    /// Between two requests.
    pub idle: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(5),
            body: Duration::from_secs(30),
            pause: Duration::from_secs(10),
            // Longer than the pause between two page views of one reader, so that a page needs no new
            // connection; idle ones are closed at once when the server stops.
            idle: Duration::from_secs(75),
        }
    }
}

impl ServerSettings {
    /// Plain HTTP on a free port of the loopback address, as tests want it.
    #[must_use]
    pub fn on_loopback() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            tls_cookies: false,
            behind_tls: false,
            static_dir: None,
            trusted_proxies: Vec::new(),
            workers: None,
            patience: Patience::default(),
            keys: None,
        }
    }
}

/// Why the server could not be started or did not go on; each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Something else listens there.
    #[error(
        "cannot listen on {0}: the address is in use; stop the other program, or choose another port \
         with --listen or GRADEBOOK_LISTEN"
    )]
    PortBusy(SocketAddr),
    /// The system does not allow or know the address.
    #[error(
        "cannot listen on {0}: {1}; choose an address of this machine and a port above 1023 with \
         --listen or GRADEBOOK_LISTEN"
    )]
    Listen(SocketAddr, #[source] io::Error),
    /// The front end is not where it should be.
    #[error(
        "there is no front end in {}; set GRADEBOOK_STATIC_DIR to the folder that `static/dist` of the \
         build was copied to", .0.display()
    )]
    NoStaticFiles(PathBuf),
    /// The database failed while starting.
    #[error("cannot read the database: {0}; look at the database's own log")]
    Database(#[from] DbError),
    /// Not ready in time.
    #[error("the server does not get ready: {0}; look at the log above")]
    NotReady(NotReady),
    /// The threads that answer requests cannot run.
    #[error("the server stopped: {0}; look at the log above")]
    Stopped(#[source] io::Error),
}

/// A server that has its port and does not answer yet.
pub struct Server {
    app: Arc<App>,
    settings: ServerSettings,
    listener: TcpListener,
    address: SocketAddr,
}

/// A server that answers.
pub struct RunningServer {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    handle: ServerHandle,
    http: JoinHandle<io::Result<()>>,
    tail: JoinHandle<Result<TailStopped, DbError>>,
    keys: Option<JoinHandle<()>>,
}

impl Server {
    /// Takes the port. Requests that arrive from now on wait until the server runs.
    ///
    /// # Errors
    /// [`StartError`] when the port cannot be had or the front end is missing.
    pub fn bind(app: Arc<App>, settings: ServerSettings) -> Result<(Self, SocketAddr), StartError> {
        let directory = assets::directory(settings.static_dir.as_deref());
        if !directory.is_dir() {
            return Err(StartError::NoStaticFiles(directory));
        }
        let wanted = settings.listen;
        let refused = |error: io::Error| match error.kind() {
            io::ErrorKind::AddrInUse => StartError::PortBusy(wanted),
            _ => StartError::Listen(wanted, error),
        };
        let listener = TcpListener::bind(wanted).map_err(refused)?;
        let address = listener.local_addr().map_err(refused)?;
        let server = Self {
            app,
            settings,
            listener,
            address,
        };
        Ok((server, address))
    }

    /// The port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Starts to follow the change log, waits until it has been read, and starts to answer.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn start(self) -> Result<RunningServer, StartError> {
        let (stop, stopping) = watch::channel(false);
        let tail = start_tail(&self.app, &stopping).await?;
        let workers = self
            .settings
            .workers
            .or_else(|| std::thread::available_parallelism().ok().map(usize::from))
            .unwrap_or(2);
        let (app, settings) = (self.app, self.settings);
        let patience = settings.patience;
        let keys = settings.keys.clone().map(|keys| {
            let stop = Shutdown::new(stopping.clone());
            tokio::spawn(key_watch::watch(Arc::clone(&app), keys, stop))
        });
        // It ends with the runtime: nothing is lost when a tidying does not end.
        tokio::spawn(tidy(Arc::clone(&app), Shutdown::new(stopping.clone())));
        let shutdown = Data::new(Shutdown::new(stopping));
        let server = HttpServer::new(move || {
            let cookies = CookieSafety {
                tls: settings.tls_cookies,
            };
            // The last middleware here is the first that sees a request.
            HttpApp::new()
                .app_data(cookies)
                .app_data(BehindTls(settings.behind_tls))
                .app_data(patience)
                .app_data(Data::clone(&shutdown))
                .configure(input::limits)
                .configure(|config| access::install(config, Arc::clone(&app)))
                .configure(routes::configure)
                .configure(documentation::configure)
                .configure(|config| {
                    let directory = assets::directory(settings.static_dir.as_deref());
                    static_files::configure(config, &directory);
                })
                .wrap(from_fn(access::waiting::count))
                .wrap(from_fn(same_origin::check))
                .wrap(from_fn(plain_bodies::check))
                .wrap(from_fn(error_answers::render))
                // Outside of what makes error pages: they, too, have to carry the renewed cookies.
                .wrap(from_fn(access::renew))
                .wrap(from_fn(access::form_token::name_browser))
                .wrap(Compress::default())
                .wrap(from_fn(slow_bodies::check))
                .wrap(from_fn(headers::complete))
                .wrap(client_address::Believe::new(
                    settings.trusted_proxies.clone(),
                ))
        })
        .workers(workers)
        .keep_alive(patience.idle)
        .client_request_timeout(patience.head)
        .client_disconnect_timeout(DISCONNECT)
        .max_connections(MOST_CONNECTIONS)
        .shutdown_timeout(DRAIN.as_secs())
        // Signals are the command line's business: tests run several servers in one process.
        .disable_signals()
        .listen(self.listener)
        .map_err(StartError::Stopped)?
        .run();
        let handle = server.handle();
        Ok(RunningServer {
            address: self.address,
            stop,
            handle,
            http: tokio::spawn(server),
            tail,
            keys,
        })
    }

    /// Starts, answers until `stop` resolves, and ends as [`RunningServer::until`] does.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn run(self, stop: impl Future<Output = ()>) -> Result<(), StartError> {
        self.start().await?.until(stop).await
    }
}

impl RunningServer {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers until `stop` resolves. Then event streams end, no new connections are taken,
    /// requests under way have ten seconds, and the change log is no longer followed.
    ///
    /// # Errors
    /// [`StartError::Stopped`] when the server ended by itself.
    pub async fn until(self, stop: impl Future<Output = ()>) -> Result<(), StartError> {
        let mut http = self.http;
        let ended = tokio::select! {
            () = stop => None,
            ended = &mut http => Some(ended),
        };
        // Before the drain: an open stream would hold it up for its whole time.
        self.stop.send_replace(true);
        let ended = match ended {
            Some(ended) => ended,
            None => {
                self.handle.stop(true).await;
                http.await
            }
        };
        // It listens to the same signal; what it was reading may be dropped.
        let _ = self.tail.await;
        if let Some(keys) = self.keys {
            let _ = keys.await;
        }
        match ended {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(StartError::Stopped(error)),
            Err(error) => Err(StartError::Stopped(io::Error::other(error))),
        }
    }
}

/// Forgets from time to time what nobody waits for any more.
async fn tidy(app: Arc<App>, mut stop: Shutdown) {
    loop {
        tokio::select! {
            () = stop.requested() => return,
            () = tokio::time::sleep(TIDIED_EVERY) => {}
        }
        let (app, runtime) = (Arc::clone(&app), tokio::runtime::Handle::current());
        // What writes to the database stays on its thread.
        let forgot = move || {
            runtime.block_on(async { (app.forget_imports().await, app.forget_presence().await) })
        };
        match tokio::task::spawn_blocking(forgot).await {
            Ok((imports, presence)) => {
                if let Err(error) = imports {
                    tracing::warn!(%error, "files of imports are kept for longer");
                }
                if let Err(error) = presence {
                    tracing::warn!(%error, "who had a gradebook open is kept for longer");
                }
            }
            Err(error) => tracing::warn!(%error, "nothing was tidied"),
        }
    }
}

/// Follows the change log from now on. Returns once it has been read: before that nobody can say
/// which tokens are void, and every request would be refused.
async fn start_tail(
    app: &Arc<App>,
    stopping: &watch::Receiver<bool>,
) -> Result<JoinHandle<Result<TailStopped, DbError>>, StartError> {
    let mut stop = Shutdown::new(stopping.clone());
    let follower = Arc::clone(app);
    let mut tail = tokio::spawn(async move {
        follower
            .follow_changes(async move { stop.requested().await })
            .await
    });
    let ready = tokio::time::timeout(READY_WITHIN, async {
        loop {
            match app.ready().await {
                Err(NotReady::Tail) => tokio::time::sleep(READY_PAUSE).await,
                ready => return ready,
            }
        }
    });
    tokio::select! {
        ended = &mut tail => match ended {
            Ok(Err(error)) => Err(StartError::Database(error)),
            Ok(Ok(TailStopped)) | Err(_) => Err(StartError::NotReady(NotReady::Tail)),
        },
        ready = ready => match ready {
            Ok(Ok(())) => Ok(tail),
            Ok(Err(error)) => {
                tail.abort();
                Err(StartError::NotReady(error))
            }
            Err(_) => {
                tail.abort();
                Err(StartError::NotReady(NotReady::Tail))
            }
        },
    }
}
