//! `web`: serves the triage page to the browser of this machine.

use std::io::{self, Write};

use crate::cli::Web;
use crate::failure::{DONE, Failure, warn};
use crate::serve::listen;
use crate::web;

pub(super) fn execute(options: &Web) -> Result<u8, Failure> {
    let refused = |text: String| Err(Failure::Usage(text));
    if !web::is_there() {
        return refused(
            "this program was built without the page; run `cargo xtask web`, then build it again"
                .to_owned(),
        );
    }
    if !options.listen.ip().is_loopback() {
        return refused(format!(
            "other machines reach `{}`, and the page is for this one; for others put the folder `web/dist` on a web server",
            options.listen
        ));
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::Usage(format!("cannot start: {error}")))?;
    runtime.block_on(async {
        let (listener, address) = listen(options.listen).await.map_err(|error| {
            Failure::Usage(format!("cannot listen at `{}`: {error}", options.listen))
        })?;
        let url = format!("http://{address}/");
        writeln!(io::stdout(), "{url}")?;
        if !options.no_open
            && let Err(error) = open::that_detached(&url)
        {
            warn(&format!(
                "no browser could be opened ({error}); open the page yourself"
            ));
        }
        axum::serve(listener, web::router()).await?;
        Ok(DONE)
    })
}
