//! The module under wasmi, which interprets it and shares no code with wasmtime.
//!
//! Only what Fluent Bit's runtime accepts is switched on, so that a module which
//! starts here can be loaded there.

use std::sync::OnceLock;

use wasmi::{Config, Engine, Instance, Linker, Memory, Module, Store, TypedFunc, Val};

use super::abi::{self, Argument};
use crate::MODULE;

/// An instance of the module.
#[derive(Debug)]
pub struct Guest {
    store: Store<()>,
    instance: Instance,
    memory: Memory,
}

/// The module, translated once for all tests of a process.
fn translated() -> &'static (Engine, Module) {
    static TRANSLATED: OnceLock<(Engine, Module)> = OnceLock::new();
    TRANSLATED.get_or_init(|| translate(&mut Config::default(), MODULE))
}

fn translate(config: &mut Config, module: &[u8]) -> (Engine, Module) {
    config
        .wasm_tail_call(false)
        .wasm_extended_const(false)
        .wasm_multi_memory(false)
        .wasm_reference_types(false)
        .wasm_bulk_memory(false)
        .wasm_custom_page_sizes(false)
        .wasm_wide_arithmetic(false);
    let engine = Engine::new(config);
    let module = Module::new(&engine, module).expect("wasmi takes the module");
    (engine, module)
}

impl Guest {
    /// A new instance.
    #[must_use]
    pub fn start() -> Self {
        let (engine, module) = translated();
        Self::of(engine, module)
    }

    /// A new instance of any module, with as many bytes of stack.
    #[must_use]
    pub fn with_stack(module: &[u8], bytes: usize) -> Self {
        let mut config = Config::default();
        config
            .set_min_stack_height(bytes.min(1024))
            .set_max_stack_height(bytes);
        let (engine, module) = translate(&mut config, module);
        Self::of(&engine, &module)
    }

    fn of(engine: &Engine, module: &Module) -> Self {
        let mut store = Store::new(engine, ());
        let instance = Linker::new(engine)
            .instantiate_and_start(&mut store, module)
            .expect("it imports nothing");
        let memory = instance
            .get_memory(&store, "memory")
            .expect("it exports its memory");
        Guest {
            store,
            instance,
            memory,
        }
    }
}

impl abi::Guest for Guest {
    fn call(&mut self, export: &str, arguments: &[Argument]) -> i64 {
        let function = self
            .instance
            .get_func(&self.store, export)
            .unwrap_or_else(|| panic!("the module exports `{export}`"));
        let arguments: Vec<Val> = arguments
            .iter()
            .map(|argument| match argument {
                Argument::I32(value) => Val::I32(*value),
                Argument::I64(value) => Val::I64(*value),
            })
            .collect();
        let mut results = [Val::I32(0)];
        function
            .call(&mut self.store, &arguments, &mut results)
            .unwrap_or_else(|error| panic!("`{export}` must not trap: {error}"));
        match results {
            [Val::I32(value)] => i64::from(value),
            [Val::I64(value)] => value,
            other => panic!("`{export}` gives an integer, not {other:?}"),
        }
    }

    fn free(&mut self, pointer: i32) {
        let free: TypedFunc<i32, ()> = self
            .instance
            .get_typed_func(&self.store, "free")
            .expect("the module exports `free`");
        free.call(&mut self.store, pointer)
            .unwrap_or_else(|error| panic!("`free` must not trap: {error}"));
    }

    fn memory(&mut self) -> &mut [u8] {
        self.memory.data_mut(&mut self.store)
    }
}
