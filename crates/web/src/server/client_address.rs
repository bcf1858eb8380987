//! Middleware that decides who the client is: the peer, or whom a trusted proxy names.
//!
//! Anybody can send `X-Forwarded-For`. It counts only from a peer that the school named as its
//! proxy; from everybody else these headers are taken away, so that nothing behind can believe them.

use std::future::{Ready, ready};
use std::net::{IpAddr, SocketAddr};
use std::rc::Rc;

use actix_web::Error;
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::http::header::{self, HeaderMap, HeaderName};

use crate::config::Network;

/// Headers by which proxies tell where a request came from.
const FORWARDED: [HeaderName; 5] = [
    header::FORWARDED,
    header::X_FORWARDED_FOR,
    header::X_FORWARDED_HOST,
    header::X_FORWARDED_PROTO,
    HeaderName::from_static("x-real-ip"),
];

/// Puts the client's address where the peer's is.
pub(super) struct Believe {
    proxies: Rc<[Network]>,
}

impl Believe {
    pub(super) fn new(proxies: Vec<Network>) -> Self {
        Self {
            proxies: proxies.into(),
        }
    }
}

impl<S, B> Transform<S, ServiceRequest> for Believe
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
{
    type Response = ServiceResponse<B>;
    type Error = Error;
    type Transform = Believing<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        ready(Ok(Believing {
            service,
            proxies: Rc::clone(&self.proxies),
        }))
    }
}

/// The middleware of one worker.
pub(super) struct Believing<S> {
    service: S,
    proxies: Rc<[Network]>,
}

impl<S, B> Service<ServiceRequest> for Believing<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
{
    type Response = ServiceResponse<B>;
    type Error = Error;
    type Future = S::Future;

    forward_ready!(service);

    fn call(&self, mut request: ServiceRequest) -> Self::Future {
        let head = request.head_mut();
        let trusted =
            |address: IpAddr| self.proxies.iter().any(|network| network.contains(address));
        match head.peer_addr {
            Some(peer) if trusted(peer.ip()) => {
                if let Some(client) = forwarded_for(&head.headers, trusted) {
                    head.peer_addr = Some(SocketAddr::new(client, 0));
                }
            }
            _ => {
                for name in &FORWARDED {
                    head.headers.remove(name);
                }
            }
        }
        self.service.call(request)
    }
}

/// The last address of the chain that no trusted proxy has: what stands before it was written by
/// the client itself. `None` when there is no chain or it is no list of addresses.
fn forwarded_for(headers: &HeaderMap, trusted: impl Fn(IpAddr) -> bool) -> Option<IpAddr> {
    let mut client = None;
    let values: Vec<&str> = headers
        .get_all(header::X_FORWARDED_FOR)
        .map(|value| value.to_str().unwrap_or(""))
        .collect();
    for one in values.iter().rev().flat_map(|value| value.rsplit(',')) {
        let address: IpAddr = one.trim().parse().ok()?;
        client = Some(address);
        if !trusted(address) {
            break;
        }
    }
    client
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;
    use actix_web::test::{TestRequest, call_and_read_body, init_service};
    use actix_web::{App, HttpRequest, web};

    use super::*;

    /// The address that handlers see, and the host that they take for ours.
    async fn seen(peer: &str) -> String {
        async fn show(request: HttpRequest) -> String {
            let address = request.peer_addr().map(|peer| peer.ip().to_string());
            let host = request.connection_info().host().to_owned();
            format!("{} {host}", address.unwrap_or_default())
        }
        let believe = Believe::new(vec!["10.0.0.2".parse().unwrap()]);
        let app = App::new().wrap(believe).default_service(web::to(show));
        let request = TestRequest::get()
            .peer_addr(SocketAddr::new(peer.parse().unwrap(), 4711))
            .insert_header(("host", "school.example"))
            .insert_header(("x-forwarded-for", "203.0.113.7"))
            .insert_header(("x-forwarded-host", "grades.example"))
            .to_request();
        let body = call_and_read_body(&init_service(app).await, request).await;
        String::from_utf8(body.to_vec()).unwrap()
    }

    #[actix_web::test]
    async fn only_a_named_proxy_is_believed() {
        assert_eq!(seen("10.0.0.2").await, "203.0.113.7 grades.example");
        assert_eq!(seen("10.0.0.3").await, "10.0.0.3 school.example");
    }

    fn client(values: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for value in values {
            let value = HeaderValue::from_str(value).unwrap();
            headers.append(header::X_FORWARDED_FOR, value);
        }
        let proxies: Network = "10.0.0.0/8".parse().unwrap();
        forwarded_for(&headers, |address| proxies.contains(address)).map(|ip| ip.to_string())
    }

    #[test]
    fn what_the_client_wrote_itself_does_not_count() {
        let expected = Some("203.0.113.7".to_owned());
        assert_eq!(client(&["203.0.113.7"]), expected);
        assert_eq!(client(&["1.2.3.4, 203.0.113.7"]), expected);
        assert_eq!(client(&["1.2.3.4, 203.0.113.7, 10.0.0.2"]), expected);
        assert_eq!(client(&["1.2.3.4", "203.0.113.7, 10.0.0.2"]), expected);
        assert_eq!(client(&["junk, 203.0.113.7"]), expected);
        assert_eq!(client(&["203.0.113.7, junk"]), None);
        assert_eq!(client(&[]), None);
        assert_eq!(client(&["10.0.0.3"]), Some("10.0.0.3".to_owned()));
    }
}
