//! What is built in: detections, macros and the name tables, as one JSON text.
//!
//! The data are the YAML files beside this crate's source: `detections/` in the
//! published form, each with its test cases; `macros/`; and `sources.yml`, which
//! says how the fields of each kind of event get the names that Splunk gives
//! them. The build script joins them; nothing here knows a detection by name.
//!
//! To build another rule in, put its file into `detections/` and its macros into
//! `macros/`.

#![no_std]

/// The bundle: `{"detections":[...],"macros":{...},"sources":{...}}`.
///
/// The shape is that of the configuration which opens a rule:
///
/// - `detections`: each detection's YAML as a JSON object, in the order of the
///   file names;
/// - `macros`: name to `{"definition":"...","arguments":["..."]}`, `arguments`
///   left out where there are none;
/// - `sources`: the name tables of `sources.yml`.
///
/// The keys are sorted, so that the same files give the same bytes.
pub const BUNDLE: &str = include_str!(concat!(env!("OUT_DIR"), "/bundle.json"));
