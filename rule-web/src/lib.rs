#![deny(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::unreachable,
    clippy::todo,
    clippy::unimplemented,
    clippy::get_unwrap,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::allow_attributes_without_reason
)]
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects,
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        clippy::cast_sign_loss,
        reason = "a test fails by panicking"
    )
)]
//! The detection engine for JavaScript: [`rule_core::session::Session`] by wasm-bindgen.
//!
//! The calls are those of the module's ABI (ABI.md), and so are the bytes that they take
//! and give: what holds for the module in any host holds here. The package around this
//! (`web/package`) gives them types, and makes a class of their errors.
//!
//! An error is thrown as the text that `rule_last_error` gives, which is JSON. After one
//! the session is as it was.

mod memory;

use rule_core::session::{ABI_VERSION, Headroom, Session, SessionError};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

/// A session that is open, in the forms of the ABI.
#[wasm_bindgen(js_name = RawSession)]
#[derive(Debug)]
pub struct RawSession(Session);

#[wasm_bindgen(js_class = RawSession)]
impl RawSession {
    /// `rule_open`: a session of a configuration in JSON, over what is built in.
    ///
    /// # Errors
    /// What is wrong with it, and memory that would not do.
    pub fn open(config: &[u8]) -> Result<RawSession, JsValue> {
        let builtin = rules::BUNDLE.as_bytes();
        let needed = Headroom::to_open(config.len().saturating_add(builtin.len()));
        let opened = needed.check(&memory::has).and_then(|()| {
            let session = Session::open_with(config, &[builtin], memory::has)?;
            session.memory_to_come().check(&memory::has)?;
            Ok(session)
        });
        opened.map(RawSession).map_err(thrown)
    }

    /// `rule_input`: the record in progress ends and an input begins.
    ///
    /// # Errors
    /// Settings that cannot be read, a finished session.
    pub fn input(&mut self, settings: &[u8]) -> Result<(), JsValue> {
        let needed = self.0.push_headroom(settings.len());
        self.run(needed, |session| session.input(settings))
    }

    /// `rule_push`: bytes of the input, in any split; the number of alerts that wait.
    ///
    /// # Errors
    /// A finished session, and memory that would not do.
    pub fn push(&mut self, bytes: &[u8]) -> Result<usize, JsValue> {
        let needed = self.0.push_headroom(bytes.len());
        self.run(needed, |session| session.push(bytes))
    }

    /// `rule_pass`: whether none of the events that are stored in these bytes can match.
    ///
    /// # Errors
    /// A finished session, and memory that would not do.
    pub fn pass(&mut self, bytes: &[u8], records: u32) -> Result<bool, JsValue> {
        let needed = self.0.pass_headroom(bytes.len());
        self.run(needed, |session| session.pass(bytes, u64::from(records)))
    }

    /// `rule_advance`: the time, in milliseconds since 1970; the number of alerts that
    /// wait.
    ///
    /// # Errors
    /// A finished session, and memory that would not do.
    pub fn advance(&mut self, now_ms: i64) -> Result<usize, JsValue> {
        let needed = self.0.close_headroom();
        self.run(needed, |session| session.advance(now_ms))
    }

    /// `rule_finish`: the end of the input and of time; the number of alerts that wait.
    ///
    /// # Errors
    /// A session that is finished already, and memory that would not do.
    pub fn finish(&mut self) -> Result<usize, JsValue> {
        let needed = self.0.close_headroom();
        self.run(needed, Session::finish)
    }

    /// `rule_alerts`: alerts that wait, as JSON lines, about 256 KiB at the most; empty
    /// where none waits.
    ///
    /// # Errors
    /// Memory that would not do.
    pub fn alerts(&mut self) -> Result<Vec<u8>, JsValue> {
        let needed = self.0.alerts_headroom();
        self.run(needed, |session| Ok(session.take_alerts()))
    }

    /// `rule_counters`: JSON.
    #[must_use]
    pub fn counters(&self) -> Vec<u8> {
        self.0.counters_json()
    }

    /// `rule_describe`: JSON.
    #[must_use]
    pub fn describe(&self) -> Vec<u8> {
        self.0.describe()
    }

    /// `rule_explain`: the first record of these bytes against each rule, as JSON.
    ///
    /// # Errors
    /// Bytes that are no record, and memory that would not do.
    pub fn explain(&self, record: &[u8]) -> Result<Vec<u8>, JsValue> {
        let needed = self.0.push_headroom(record.len());
        let explained = needed
            .check(&memory::has)
            .and_then(|()| self.0.explain(record));
        explained.map_err(thrown)
    }

    /// `rule_snapshot`: the whole state.
    ///
    /// # Errors
    /// Memory that would not do.
    pub fn snapshot(&mut self) -> Result<Vec<u8>, JsValue> {
        let needed = self.0.snapshot_headroom();
        self.run(needed, |session| Ok(session.snapshot()))
    }

    /// `rule_restore`: the state of a snapshot in place of its own.
    ///
    /// # Errors
    /// Bytes that are no snapshot of these rules, and memory that would not do.
    pub fn restore(&mut self, snapshot: &[u8]) -> Result<(), JsValue> {
        let needed = self.0.restore_headroom(snapshot.len());
        self.run(needed, |session| session.restore(snapshot))
    }

    /// `rule_merge`: the state of another part of the same events, joined; the number of
    /// alerts that wait.
    ///
    /// # Errors
    /// Bytes that are no snapshot of these rules, states that cannot be joined as they
    /// are, and memory that would not do.
    pub fn merge(&mut self, snapshot: &[u8]) -> Result<usize, JsValue> {
        let needed = self.0.restore_headroom(snapshot.len());
        self.run(needed, |session| session.merge(snapshot))
    }

    /// Runs a call, after the check for the memory that it needs.
    fn run<T>(
        &mut self,
        needed: Headroom,
        call: impl FnOnce(&mut Session) -> Result<T, SessionError>,
    ) -> Result<T, JsValue> {
        let checked = needed.check(&memory::has);
        checked.and_then(|()| call(&mut self.0)).map_err(thrown)
    }
}

/// `rule_abi_version`: major << 16 + minor.
#[wasm_bindgen(js_name = abiVersion)]
#[must_use]
pub fn abi_version() -> u32 {
    let (major, minor) = ABI_VERSION;
    u32::from(major) << 16 | u32::from(minor)
}

/// What is built in, as the JSON of a configuration: `detections`, `macros`, `sources`.
#[wasm_bindgen]
#[must_use]
pub fn builtin() -> String {
    rules::BUNDLE.to_owned()
}

fn thrown(error: SessionError) -> JsValue {
    JsValue::from_str(&String::from_utf8_lossy(&error.to_json()))
}
