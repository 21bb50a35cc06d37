//! The module under wasmtime, which compiles it.

use std::sync::OnceLock;

use wasmtime::{
    Engine, Instance, Memory, Module, Store, StoreLimits, StoreLimitsBuilder, TypedFunc, Val,
};

use super::abi::{self, Argument};
use crate::MODULE;

/// An instance of the module.
pub struct Guest {
    store: Store<StoreLimits>,
    instance: Instance,
    memory: Memory,
}

/// The module, compiled once for all tests of a process.
fn compiled() -> &'static (Engine, Module) {
    static COMPILED: OnceLock<(Engine, Module)> = OnceLock::new();
    COMPILED.get_or_init(|| {
        let engine = Engine::default();
        let module = Module::new(&engine, MODULE).expect("wasmtime takes the module");
        (engine, module)
    })
}

impl Guest {
    /// A new instance, whose memory may grow to `limit` bytes where there is one.
    #[must_use]
    pub fn start(limit: Option<usize>) -> Self {
        Self::try_start(limit).expect("it imports nothing")
    }

    /// The same; none where the limit is below the memory that it starts with.
    #[must_use]
    pub fn try_start(limit: Option<usize>) -> Option<Self> {
        let (engine, module) = compiled();
        let limits = match limit {
            Some(bytes) => StoreLimitsBuilder::new().memory_size(bytes).build(),
            None => StoreLimits::default(),
        };
        let mut store = Store::new(engine, limits);
        store.limiter(|limits| limits);
        let instance = Instance::new(&mut store, module, &[]).ok()?;
        let memory = instance
            .get_memory(&mut store, "memory")
            .expect("it exports its memory");
        Some(Guest {
            store,
            instance,
            memory,
        })
    }
}

impl abi::Guest for Guest {
    fn call(&mut self, export: &str, arguments: &[Argument]) -> i64 {
        let function = self
            .instance
            .get_func(&mut self.store, export)
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
            .unwrap_or_else(|error| panic!("`{export}` must not trap: {error:?}"));
        match results {
            [Val::I32(value)] => i64::from(value),
            [Val::I64(value)] => value,
            other => panic!("`{export}` gives an integer, not {other:?}"),
        }
    }

    fn free(&mut self, pointer: i32) {
        let free: TypedFunc<i32, ()> = self
            .instance
            .get_typed_func(&mut self.store, "free")
            .expect("the module exports `free`");
        free.call(&mut self.store, pointer)
            .unwrap_or_else(|error| panic!("`free` must not trap: {error:?}"));
    }

    fn memory(&mut self) -> &mut [u8] {
        self.memory.data_mut(&mut self.store)
    }
}
