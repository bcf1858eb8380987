//! Word to long answers that the server is stopping.

use tokio::sync::watch;

/// Tells long answers, such as event streams, that the server is stopping. In the handlers'
/// `Data<Shutdown>`.
#[derive(Clone)]
pub(crate) struct Shutdown(watch::Receiver<bool>);

impl Shutdown {
    /// Stops when the channel says `true`, or when its sender is gone.
    pub(crate) fn new(stop: watch::Receiver<bool>) -> Self {
        Self(stop)
    }

    /// Resolves when the server is asked to stop.
    pub(crate) async fn requested(&mut self) {
        // An error means that the server is gone already.
        let _ = self.0.wait_for(|stop| *stop).await;
    }
}
