//! Runs the built `gradebook` in a folder and an environment of its own.

mod canary;
mod commands;
mod exports;
mod full_disk;
mod imports;
mod rosters;
mod serve;
mod two_servers;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::rc::Rc;
use std::thread::JoinHandle;
use std::time::Duration;

use tempfile::TempDir;

/// A folder to run in, and what the command is given.
pub(crate) struct Home {
    folder: Rc<TempDir>,
    variables: Vec<(String, String)>,
}

/// What to give to one command beyond that.
pub(crate) struct With<'a> {
    home: &'a Home,
    variable: Option<(&'a str, &'a str)>,
    input: Option<&'a str>,
}

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Said {
    /// Fails the test unless the command ended with this code.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.status.code(), Some(code), "{self:?}");
        self
    }
}

impl Home {
    /// With the default database.
    pub(crate) fn new() -> Self {
        Self {
            folder: Rc::new(tempfile::tempdir().unwrap()),
            // A cost that is no use but for tests.
            variables: vec![("GRADEBOOK_BCRYPT_COST".to_owned(), "4".to_owned())],
        }
    }

    /// With this database.
    pub(crate) fn on(url: &str) -> Self {
        let mut home = Self::new();
        home.variables
            .push(("DATABASE_URL".to_owned(), url.to_owned()));
        home
    }

    /// The same folder, with one more variable for every command.
    pub(crate) fn in_place_of(other: &Self, name: &str, value: &str) -> Self {
        let mut variables = other.variables.clone();
        variables.push((name.to_owned(), value.to_owned()));
        Self {
            folder: Rc::clone(&other.folder),
            variables,
        }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// One command with one more variable.
    pub(crate) fn with<'a>(&'a self, name: &'a str, value: &'a str) -> With<'a> {
        With {
            home: self,
            variable: Some((name, value)),
            input: None,
        }
    }

    /// One command with this standard input.
    pub(crate) fn type_in<'a>(&'a self, input: &'a str) -> With<'a> {
        With {
            home: self,
            variable: None,
            input: Some(input),
        }
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Said {
        self.start(arguments).end()
    }

    /// Runs a command that succeeds and prints JSON.
    #[track_caller]
    pub(crate) fn json(&self, arguments: &[&str]) -> serde_json::Value {
        let said = self.run(arguments).exits(0);
        serde_json::from_str(&said.stdout).unwrap()
    }

    pub(crate) fn start(&self, arguments: &[&str]) -> Process {
        Process::start(
            With {
                home: self,
                variable: None,
                input: None,
            },
            arguments,
        )
    }
}

impl With<'_> {
    pub(crate) fn run(self, arguments: &[&str]) -> Said {
        Process::start(self, arguments).end()
    }
}

/// A command that is running; killed if the test forgets it.
pub(crate) struct Process(Option<Child>, Option<JoinHandle<String>>);

impl Process {
    fn start(with: With<'_>, arguments: &[&str]) -> Self {
        // Past the limit that a test sets to the size of its files the system would end the process;
        // a full disk only fails the write.
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""])
            .arg(env!("CARGO_BIN_EXE_gradebook"))
            .args(arguments)
            .current_dir(with.home.path())
            // Nothing of the developer's own settings.
            .env_clear()
            .envs(with.home.variables.iter().cloned())
            .envs(with.variable)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // A command that reads nothing may have closed its end.
        let _ = stdin.write_all(with.input.unwrap_or("").as_bytes());
        // Read as it comes: a pipe that nobody reads stops a talkative command.
        let mut stderr = child.stderr.take().unwrap();
        let reader = std::thread::spawn(move || {
            let mut said = String::new();
            stderr.read_to_string(&mut said).unwrap();
            said
        });
        Self(Some(child), Some(reader))
    }

    pub(crate) fn end(mut self) -> Said {
        let output = self.0.take().unwrap().wait_with_output().unwrap();
        Said {
            status: output.status,
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: self.1.take().unwrap().join().unwrap(),
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Some(mut child) = self.0.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// `gradebook serve` that has said where it listens.
pub(crate) struct Serving {
    process: Process,
    said: String,
    stdout: BufReader<std::process::ChildStdout>,
    address: String,
}

/// Starts `gradebook serve` on a free port and reads its output up to the last line.
pub(crate) fn serving(home: &Home, more: &[&str]) -> Serving {
    let mut arguments = vec!["serve", "--listen", "127.0.0.1:0"];
    arguments.extend(more);
    let mut process = home.start(&arguments);
    let stdout = process.0.as_mut().unwrap().stdout.take().unwrap();
    let mut stdout = BufReader::new(stdout);
    let mut said = String::new();
    loop {
        let before = said.len();
        if stdout.read_line(&mut said).unwrap() == 0 {
            panic!("it ended before it listened: {said}{:?}", process.end());
        }
        if let Some(address) = said[before..].strip_prefix("listening on http://") {
            let address = address.trim_end().to_owned();
            return Serving {
                process,
                said,
                stdout,
                address,
            };
        }
    }
}

impl Serving {
    /// The answer to a GET, as it came.
    pub(crate) fn get(&self, path: &str) -> String {
        self.ask(&format!("GET {path}"), &[], "")
    }

    /// The answer to a request without a body; `headers` are whole lines.
    pub(crate) fn send(&self, request: &str, headers: &str) -> String {
        let headers: Vec<&str> = headers.lines().collect();
        self.ask(request, &headers, "")
    }

    /// The answer to a request with these headers and this body, as it came.
    pub(crate) fn ask(&self, method_and_path: &str, headers: &[&str], body: &str) -> String {
        let mut answer = String::new();
        let mut stream = self.open(method_and_path, headers, body);
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// Sends a request and leaves its answer to be read.
    pub(crate) fn open(&self, method_and_path: &str, headers: &[&str], body: &str) -> TcpStream {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let slowest = Some(Duration::from_secs(60));
        stream.set_read_timeout(slowest).unwrap();
        let mut headers: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
        if !body.is_empty() {
            headers.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        write!(
            stream,
            "{method_and_path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{headers}\r\n{body}",
            self.address,
        )
        .unwrap();
        stream
    }

    /// Sends SIGTERM and waits for the end.
    pub(crate) fn id(&self) -> u32 {
        self.process.0.as_ref().unwrap().id()
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Ends it with SIGKILL.
    pub(crate) fn kill(self) {
        drop(self.process);
    }

    pub(crate) fn stop(mut self) -> Said {
        let id = self.id();
        let sent = Command::new("kill")
            .args(["-TERM", &id.to_string()])
            .status();
        assert!(sent.unwrap().success());
        self.stdout.read_to_string(&mut self.said).unwrap();
        let ended = self.process.end();
        Said {
            stdout: self.said,
            ..ended
        }
    }
}

/// The body of an answer, as JSON.
#[track_caller]
pub(crate) fn json_of(answer: &str) -> serde_json::Value {
    let body = answer.split_once("\r\n\r\n").unwrap().1;
    serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {answer}"))
}

/// The header of a form.
pub(crate) const FORM: &str = "Content-Type: application/x-www-form-urlencoded";
/// The header of JSON.
pub(crate) const JSON: &str = "Content-Type: application/json";
