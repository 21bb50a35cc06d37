//! The benchmarks are in `benches`: `cargo bench --manifest-path benches/Cargo.toml
//! --package inner`.
