//! A module with each of its bytes changed, one at a time: it is refused, or it runs within its
//! bounds, or it is packed. What it never does is to take the program down.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use host_runner::module::{Bounds, Compiler, ModuleError, Source};
use serde_json::json;

use crate::changed;

/// Uses a module as `pack` does, then as `run` does.
fn used(compiler: &Compiler, source: &Source) -> Result<(), ModuleError> {
    let packed = compiler.pack(source, &json!({}));
    let module = compiler.module(source)?;
    let mut instance = module.instantiate()?;
    let mut session = instance.open(&json!({}))?;
    session.push(b"{\"EventCode\":1}\n")?;
    session.finish()?;
    while !session.alerts()?.is_empty() {}
    session.counters()?;
    packed.map(drop)
}

#[test]
fn each_byte_changed() {
    let compiler = Compiler::new().bounded(Bounds {
        call: Some(Duration::from_secs(1)),
        // In a thread of its own a panic would not be seen here.
        compile: None,
        output: 1 << 20,
    });
    let packs = "(global (mut i32) (i32.const 7)) (table 2 funcref) \
        (func (export \"rule_pack\") (param i32 i32) (result i32) (i32.const 0)) \
        (func (export \"rule_abi_version\")";
    let module = changed("(func (export \"rule_abi_version\")", packs);
    used(&compiler, &Source::bytes("whole.wasm", module.clone())).expect("it is sound");

    let mut refused = 0_u32;
    for at in 0..module.len() {
        for change in [0x01, 0x10, 0x40, 0xff] {
            let mut module = module.clone();
            module[at] ^= change;
            let source = Source::bytes("damaged.wasm", module);
            let one = AssertUnwindSafe(|| used(&compiler, &source));
            match catch_unwind(one) {
                Ok(Ok(())) => {}
                Ok(Err(ModuleError::Refused(_))) => refused += 1,
                Ok(Err(error)) => {
                    let told = error.to_string();
                    assert!(
                        told.contains("`damaged.wasm`"),
                        "byte {at}, change {change}: {told}"
                    );
                    refused += 1;
                }
                Err(_) => panic!("byte {at}, change {change}: it took the program down"),
            }
        }
    }
    assert!(refused > 0, "some of the bytes must matter");
}
