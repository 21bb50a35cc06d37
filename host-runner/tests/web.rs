//! `web`: the page that is inside the program, served to this machine.

mod desk;

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use desk::Desk;

/// A program that serves the page, ended with the test.
struct Served {
    program: Child,
    url: String,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

/// Serves the page; none, with a message, where the program was built without it.
fn served() -> Option<Served> {
    let mut program = Command::new(env!("CARGO_BIN_EXE_host-runner"))
        .args(["web", "--no-open", "--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("started");
    let mut line = String::new();
    let out = program.stdout.take().expect("piped");
    BufReader::new(out).read_line(&mut line).expect("read");
    if line.is_empty() {
        let ended = program.wait_with_output().expect("ended");
        let told = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert_eq!(ended.status.code(), Some(1), "{told}");
        assert!(told.contains("run `cargo xtask web`"), "{told}");
        eprintln!("skipped: the page was not built; run `cargo xtask web`");
        return None;
    }
    Some(Served {
        program,
        url: line.trim_end().to_owned(),
    })
}

fn get(url: &str) -> ureq::http::Response<ureq::Body> {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .build()
        .into();
    agent.get(url).call().expect("an answer")
}

#[test]
fn the_page_and_its_files_are_given() {
    let Some(served) = served() else { return };
    let mut page = get(&served.url);
    assert_eq!(page.status(), 200);
    let header = |page: &ureq::http::Response<ureq::Body>, name: &str| {
        let value = page.headers().get(name).map(|value| value.to_str());
        value.and_then(Result::ok).unwrap_or_default().to_owned()
    };
    assert_eq!(header(&page, "content-type"), "text/html");
    assert_eq!(header(&page, "x-content-type-options"), "nosniff");
    let policy = header(&page, "content-security-policy");
    let text = page.body_mut().read_to_string().expect("text");
    let own = policy.trim_end_matches("; frame-ancestors 'none'");
    assert!(own.len() < policy.len(), "{policy}");
    let said = format!("content=\"{own}\"");
    assert!(text.contains(&said), "{said} is not in\n{text}");
    let script = text
        .split('"')
        .find(|part| part.ends_with(".js"))
        .expect("the page has a script");
    let script = get(&format!(
        "{}{}",
        served.url,
        script.trim_start_matches("./")
    ));
    assert_eq!(script.status(), 200);
    assert_eq!(header(&script, "content-type"), "text/javascript");
    for path in ["none", "../Cargo.toml", "..%2fCargo.toml", "/etc/passwd"] {
        assert_eq!(
            get(&format!("{}{path}", served.url)).status(),
            404,
            "{path}"
        );
    }
}

#[test]
fn it_is_for_this_machine_alone() {
    if served().is_none() {
        return;
    }
    Desk::new()
        .run(&["web", "--no-open", "--listen", "0.0.0.0:0"])
        .told(1, &["other machines reach `0.0.0.0:0`"]);
}
