//! `serve`: events from the network in, alerts out, until it is told to stop.
//!
//! [`engine`] is the thread that owns the module; [`kept`] is what a checkpoint has of
//! it beside the module's state: the journal, and alerts on their way. The
//! [station](crate::serve) is the clients' side.

mod engine;
mod kept;

use std::io::{self, Write};
use std::net::SocketAddr;
use std::sync::Arc;

use bytesize::ByteSize;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::watch;

use self::engine::Engine;
use self::kept::Kept;
use super::keeping::{Keeper, alert_file, output_state, start};
use super::open::open_rules;
use super::settings::settings;
use super::summary;
use crate::checkpoint::Header;
use crate::cli::Serve;
use crate::failure::{DONE, Failure, UNREAD, warn};
use crate::follow::{Clock, Stop};
use crate::input::Format;
use crate::module::Session;
use crate::output::{Destination, OutputForm, Receiver, Start};
use crate::rules::InputSettings;
use crate::serve::access::Token;
use crate::serve::metrics::Metrics;
use crate::serve::outbox::{Goal, Outbox};
use crate::serve::status::Status;
use crate::serve::work::{self, Senders};
use crate::serve::{self, Budget, Limits, Station};

/// Threads that serve clients; the module has one of its own.
const THREADS: usize = 2;

/// Threads that unpack bodies.
const UNPACKING: usize = 2;

pub(super) fn execute(options: &Serve) -> Result<u8, Failure> {
    let settings = settings(
        &options.common,
        &options.module,
        &options.windows,
        Some("host"),
    )?;
    let configuration = settings.to_json()?;
    let token = token(options)?;
    check_together(options, token.is_some())?;
    let events = options.events.settings()?;
    let keeper = Keeper::lock(options.checkpoint.as_deref(), options.checkpoint_interval)?;
    let module = options.module.load()?;
    let mut instance = module.instantiate()?;
    let mut session = open_rules(&mut instance, &configuration, &settings)?;

    let mut fresh = Header::new(true, Vec::new());
    fresh.output = output_state(options.to.as_ref());
    fresh.journal = Some(0);
    let resumed = match &keeper {
        Some(keeper) => keeper.resume(&mut session, &fresh)?,
        None => None,
    };
    let runtime = runtime()?;
    let places = Places::open(options, &runtime)?;
    let stop = Stop::on_signals()
        .map_err(|error| Failure::Usage(format!("cannot listen to signals: {error}")))?;

    let status = Arc::new(Status::default());
    let build = build(&mut session)?;
    let metrics = Arc::new(Metrics::new(&build, keeper.is_some()));
    let at = start(resumed.as_ref(), Start::AtEnd);
    let (goal, length) = goal(options, at)?;
    let limit = options.alert_limit as usize;
    let outbox = Outbox::open(
        goal,
        limit,
        length,
        Arc::clone(&status),
        Arc::clone(&metrics),
    );

    let (senders, receivers) = work::ways();
    let by_host = configuration.get("clock") == Some(&json!("host"));
    let mut engine = Engine {
        session,
        outbox,
        status: Arc::clone(&status),
        metrics: Arc::clone(&metrics),
        receivers,
        kept: None,
        clock: by_host.then(Clock::default),
        streams: Default::default(),
        counters: Default::default(),
        waiting: None,
        unwritten: false,
        passed_over: false,
        stopping: false,
    };
    if let Some(keeper) = keeper {
        engine.resume(Kept::new(keeper, resumed, fresh))?;
    }
    engine.tick()?;

    let (tell, stopping) = watch::channel(false);
    let station = station(options, events, token, senders, status, metrics, stopping);
    places.tell(options.quiet);
    runtime.spawn(serve::serve(
        station,
        places.http.0,
        places.tcp.map(|tcp| tcp.0),
    ));
    let ran = engine.run(&runtime, &stop, &tell);
    runtime.shutdown_background();
    match ran {
        Ok(()) => end(options, engine),
        Err(failure @ Failure::Output(_)) => Err(failure),
        Err(failure) => {
            show(&engine.fail())?;
            Err(failure)
        }
    }
}

/// The token that the options give.
fn token(options: &Serve) -> Result<Option<Token>, Failure> {
    let token = match (&options.token, &options.token_file) {
        (Some(text), _) => Some(Token::new(text)),
        (None, Some(path)) => Some(Token::from_file(path)),
        (None, None) => None,
    };
    token.transpose().map_err(Failure::Usage)
}

/// Refuses what cannot be meant together, or would let anyone in.
fn check_together(options: &Serve, has_token: bool) -> Result<(), Failure> {
    let refused = |text: String| Err(Failure::Usage(text));
    if !options.listen.ip().is_loopback() && !has_token {
        return refused(format!(
            "other machines reach `{}`: give a token with `--token-file` or RULE_TOKEN, or listen at 127.0.0.1",
            options.listen
        ));
    }
    if let Some(tcp) = options.tcp
        && !tcp.ip().is_loopback()
        && options.tcp_allow.is_empty()
    {
        return refused(format!(
            "other machines reach `{tcp}`, and TCP has no token: say with `--tcp-allow` from where they may, or listen at 127.0.0.1"
        ));
    }
    if options.format == Format::Evtx {
        return refused("`--format evtx` is of files; give them to `run`".to_owned());
    }
    if options.queue_limit / 2 < options.body_limit {
        return refused(
            "`--queue-limit` has to be twice `--body-limit`, for a body packed and unpacked"
                .to_owned(),
        );
    }
    Ok(())
}

fn runtime() -> Result<Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(THREADS)
        .max_blocking_threads(UNPACKING)
        .enable_all()
        .build()
        .map_err(|error| Failure::Usage(format!("cannot start threads: {error}")))
}

/// Where clients come in.
struct Places {
    http: (TcpListener, SocketAddr),
    tcp: Option<(TcpListener, SocketAddr)>,
}

impl Places {
    fn open(options: &Serve, runtime: &Runtime) -> Result<Self, Failure> {
        let open = |address| {
            runtime
                .block_on(serve::listen(address))
                .map_err(|error| Failure::Usage(format!("cannot listen at `{address}`: {error}")))
        };
        Ok(Self {
            http: open(options.listen)?,
            tcp: options.tcp.map(open).transpose()?,
        })
    }

    /// Tells the user where that is: a port may be the system's choice.
    fn tell(&self, quiet: bool) {
        if quiet {
            return;
        }
        anstream::eprintln!("listening on http://{}", self.http.1);
        if let Some((_, address)) = self.tcp {
            anstream::eprintln!("listening on tcp://{address}");
        }
    }
}

/// What runs here, as the labels of a metric.
fn build(session: &mut Session<'_>) -> Result<Vec<(&'static str, String)>, Failure> {
    let described = session.describe().map_err(Failure::Midway)?;
    let text = |key: &str| {
        let value = described.get(key).and_then(Value::as_str);
        value.unwrap_or_default().to_owned()
    };
    Ok(vec![
        ("version", env!("CARGO_PKG_VERSION").to_owned()),
        ("abi", text("abi")),
        ("engine", text("engine")),
        ("digest", text("digest")),
    ])
}

/// Where the alerts go, and the length of their file.
fn goal(options: &Serve, at: Start) -> Result<(Goal, Option<u64>), Failure> {
    Ok(match &options.to {
        None => (Goal::Stdout(OutputForm::Ndjson.to_stdout()), None),
        Some(Destination::Url(url)) => (Goal::Receiver(Receiver::new(url)), None),
        Some(Destination::File(path)) => {
            let file = alert_file(path, at, options.checkpoint.is_some())?;
            let length = file.length();
            (Goal::File(OutputForm::Ndjson.to_file(file)), length)
        }
    })
}

fn station(
    options: &Serve,
    events: InputSettings,
    token: Option<Token>,
    senders: Senders,
    status: Arc<Status>,
    metrics: Arc<Metrics>,
    stop: watch::Receiver<bool>,
) -> Station {
    Station {
        limits: Limits {
            body: options.body_limit as usize,
            connections: usize::from(options.connections),
            tcp_connections: usize::from(options.tcp_connections),
            patience: options.timeout,
        },
        token,
        networks: options.tcp_allow.clone(),
        events,
        format: options.format,
        budget: Budget::new(options.queue_limit),
        senders,
        status,
        metrics,
        stop,
    }
}

/// Shows alerts that could not be delivered: it is the last place for them.
fn show(lines: &[u8]) -> Result<(), Failure> {
    if !lines.is_empty() {
        warn("alerts are not delivered; here they are on standard output");
        io::stdout().write_all(lines)?;
    }
    Ok(())
}

/// Ends in order: delivers what can be, and tells what was read and what is left.
fn end(options: &Serve, mut engine: Engine<'_>) -> Result<u8, Failure> {
    let ended = engine.end()?;
    if !ended.left.is_empty() {
        match ended.kept {
            true => warn(&format!(
                "{} of alerts are not delivered; they are kept in the checkpoint, for the next start",
                ByteSize(ended.left.len() as u64)
            )),
            false => show(&ended.left)?,
        }
    }
    if !options.quiet {
        summary::tell(&ended.counters, 0);
    }
    let whole = ended.kept || ended.left.is_empty();
    Ok(if whole && !ended.behind { DONE } else { UNREAD })
}
