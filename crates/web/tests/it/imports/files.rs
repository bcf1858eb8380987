//! Forms with files.

use std::io::Write;

use crate::harness::{Reply, Request, TestServer};

/// A form with a file and fields.
pub(crate) fn multipart(
    request: Request,
    name: &str,
    file: &[u8],
    fields: &[(&str, &str)],
) -> Request {
    const BOUNDARY: &str = "a-boundary-that-no-file-has";
    let mut body = Vec::new();
    for (field, value) in fields {
        write!(
            body,
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n"
        )
        .unwrap();
    }
    write!(
        body,
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n"
    )
    .unwrap();
    body.extend_from_slice(file);
    write!(body, "\r\n--{BOUNDARY}--\r\n").unwrap();
    request.raw(&format!("multipart/form-data; boundary={BOUNDARY}"), body)
}

/// Sends a file to an address of the interface.
pub(crate) async fn send(
    server: &TestServer,
    token: &str,
    path: &str,
    (name, file): (&str, &[u8]),
    fields: &[(&str, &str)],
) -> Reply {
    let request = server.post(path).bearer(token);
    multipart(request, name, file, fields).send().await
}
