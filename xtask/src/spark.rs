//! The tests of `pipelines/spark`, on a cluster whose executors are processes of their own.
//!
//! They want Java and Spark, which are brought into `target/spark`, where they can be had;
//! Spark is some hundred MB. Where not, that is said, and the tests are passed over.

use crate::commands::{self, host_runner};
use crate::failure::Failure;
use crate::setup::hosts;
use crate::setup::java::Java;
use crate::workspace::{Workspace, say};

const TESTS: &str = "pipelines/spark/tests";
const REQUIREMENTS: &str = "pipelines/spark/requirements.txt";

/// Sees that the tests find the processes of the executors.
fn system() -> Result<(), String> {
    match cfg!(target_os = "linux") {
        true => Ok(()),
        false => Err("they look for processes where Linux lists them".to_owned()),
    }
}

/// Runs the tests, where what they need can be had.
pub(crate) fn test(workspace: &Workspace) -> Result<(), Failure> {
    let folder = workspace.root().join("target").join("spark");
    let requirements = workspace.root().join(REQUIREMENTS);
    let needed = system().and_then(|()| {
        let java = Java::find(workspace, &folder.join("java"))?;
        let python = hosts::python(workspace, &folder.join("python"), &requirements)?;
        Ok((java, hosts::python_in(&python)))
    });
    let (java, python) = match needed {
        Ok(needed) => needed,
        Err(why) => {
            say(&format!("goes on without the tests of Spark: {why}"));
            return Ok(());
        }
    };
    commands::build(workspace, false)?;
    let module = folder.join("rule.wasm");
    workspace.step(
        "writes the module that the program has inside",
        host_runner(workspace).args(["pack", "--out"]).arg(&module),
        "read the message above",
    )?;
    let program = workspace.target_dir()?.join("debug").join("host-runner");
    let tests = workspace
        .program(&python)
        // No compiled files beside the source.
        .args(["-B", "-W", "ignore", "-m", "unittest", "discover"])
        .args(["--start-directory", TESTS, "--verbose"])
        .env("RULE_MODULE", &module)
        .env(
            "HOST_RUNNER",
            program.with_extension(std::env::consts::EXE_EXTENSION),
        );
    workspace.step(
        "runs the tests of Spark, on two executors",
        java.used_by(tests),
        "`RULE_SPARK_EVENTS=1000` generates fewer events; pipelines/spark/README.md says how one \
         test is run",
    )
}
