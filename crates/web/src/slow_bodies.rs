//! Middleware that gives the body of a request a bounded time to arrive.
//!
//! The framework bounds how long the head of a request may take, but waits for a body as long as the
//! client likes: a byte a minute would hold a connection for ever.

use std::cell::{Cell, RefCell};
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::HttpMessage;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::middleware::Next;
use actix_web::web::Bytes;
use futures_util::Stream;
use tokio::time::{Instant, Sleep, sleep};

use crate::server::Patience;

/// Bytes for which a body gets a second more, so that a file of 10 MiB comes through a slow line: it has
/// three minutes. Whoever sends a byte now and then gains nothing.
const BYTES_A_SECOND: u32 = 64 * 1024;

/// Answers 408 where a body is still incomplete when its time is over.
pub(crate) async fn check<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<Held>, actix_web::Error> {
    let payload = request.take_payload();
    if matches!(payload, Payload::None) {
        let response = next.call(request).await?;
        return Ok(response.map_body(|_, body| Held::new(body, None)));
    }
    let patience = request.app_data::<Patience>().copied().unwrap_or_default();
    let payload = Rc::new(RefCell::new(payload));
    let complete = Rc::new(Cell::new(false));
    let bounded = Bounded {
        payload: Rc::clone(&payload),
        complete: Rc::clone(&complete),
        in_all: Box::pin(sleep(patience.body)),
        pause: Box::pin(sleep(patience.pause)),
        longest_pause: patience.pause,
    };
    request.set_payload(Payload::Stream {
        payload: Box::pin(bounded),
    });
    let response = next.call(request).await?;
    let unread = (!complete.get()).then_some(payload);
    Ok(response.map_body(|_, body| Held::new(body, unread)))
}

/// A body that fails when it takes too long.
struct Bounded {
    payload: Rc<RefCell<Payload>>,
    complete: Rc<Cell<bool>>,
    in_all: Pin<Box<Sleep>>,
    pause: Pin<Box<Sleep>>,
    longest_pause: Duration,
}

impl Stream for Bounded {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let too_late = || Poll::Ready(Some(Err(PayloadError::Io(io::ErrorKind::TimedOut.into()))));
        if self.in_all.as_mut().poll(context).is_ready() {
            return too_late();
        }
        let polled = Pin::new(&mut *self.payload.borrow_mut()).poll_next(context);
        match &polled {
            Poll::Ready(Some(Ok(bytes))) => {
                let until = Instant::now() + self.longest_pause;
                self.pause.as_mut().reset(until);
                let bytes = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
                let more = Duration::from_secs(1) * bytes / BYTES_A_SECOND;
                let until = self.in_all.deadline() + more;
                self.in_all.as_mut().reset(until);
            }
            Poll::Ready(None) => self.complete.set(true),
            Poll::Ready(Some(Err(_))) => {}
            Poll::Pending => {
                if self.pause.as_mut().poll(context).is_ready() {
                    return too_late();
                }
            }
        }
        polled
    }
}

/// An answer that keeps the unread rest of the request's body until it is sent.
///
/// While somebody holds the rest, the connection is closed after the answer. If nobody does, the
/// framework reads and drops a chunked body to its end, which may never come.
pub(crate) struct Held {
    body: BoxBody,
    #[expect(dead_code, reason = "what counts is that it is not dropped yet")]
    unread: Option<Rc<RefCell<Payload>>>,
}

impl Held {
    fn new<B: MessageBody + 'static>(body: B, unread: Option<Rc<RefCell<Payload>>>) -> Self {
        Self {
            body: body.boxed(),
            unread,
        }
    }
}

impl MessageBody for Held {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.body).poll_next(context)
    }
}
