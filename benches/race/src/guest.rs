//! The module in an interpreter, by the calls of its ABI.

use std::fs;
use std::path::Path;

use wasmi::{Engine, Instance, Linker, Memory, Module, Store, TypedFunc, WasmParams, WasmResults};

/// An instance of the module under wasmi.
pub(crate) struct Guest {
    store: Store<()>,
    instance: Instance,
    memory: Memory,
    malloc: TypedFunc<i32, i32>,
    free: TypedFunc<i32, ()>,
    filter: TypedFunc<(i32, i32, i32, i32, i32, i32), i32>,
    version: TypedFunc<(), i32>,
}

/// What Fluent Bit calls the stream.
const TAG: &[u8] = b"winlog.0";

impl Guest {
    /// A new instance of the module in a file.
    pub(crate) fn start(file: &Path) -> Result<Self, String> {
        let told = |error: &dyn std::fmt::Display| format!("`{}`: {error}", file.display());
        let bytes = fs::read(file).map_err(|error| told(&error))?;
        let engine = Engine::default();
        let module = Module::new(&engine, bytes).map_err(|error| told(&error))?;
        let mut store = Store::new(&engine, ());
        let instance = Linker::new(&engine)
            .instantiate_and_start(&mut store, &module)
            .map_err(|error| told(&error))?;
        let memory = instance.get_memory(&store, "memory");
        let memory = memory.ok_or_else(|| told(&"it exports no memory"))?;
        Ok(Self {
            malloc: export(&store, instance, "malloc")?,
            free: export(&store, instance, "free")?,
            filter: export(&store, instance, "rule_fluent_bit")?,
            version: export(&store, instance, "rule_abi_version")?,
            store,
            instance,
            memory,
        })
    }

    /// Opens a configuration: the handle.
    pub(crate) fn open(&mut self, config: &str) -> Result<i32, String> {
        let open = export::<(i32, i32), i32>(&self.store, self.instance, "rule_open")?;
        let at = self.put(config.as_bytes())?;
        let handle = call(&open, &mut self.store, (at, config.len() as i32))?;
        call(&self.free, &mut self.store, at)?;
        match handle {
            1.. => Ok(handle),
            error => Err(format!("`rule_open` gives {error}")),
        }
    }

    /// Gives bytes to a session.
    pub(crate) fn push(&mut self, handle: i32, bytes: &[u8]) -> Result<(), String> {
        let push = export::<(i32, i32, i32), i32>(&self.store, self.instance, "rule_push")?;
        let at = self.put(bytes)?;
        let waiting = call(&push, &mut self.store, (handle, at, bytes.len() as i32))?;
        call(&self.free, &mut self.store, at)?;
        match waiting {
            0.. => Ok(()),
            error => Err(format!("`rule_push` gives {error}")),
        }
    }

    /// A record through the filter of Fluent Bit; whether it goes on as it came.
    pub(crate) fn filter(&mut self, record: &[u8]) -> Result<bool, String> {
        let [tag, at] = [self.put(TAG)?, self.put(record)?];
        let arguments = (
            tag,
            TAG.len() as i32,
            1_615_680_000,
            0,
            at,
            record.len() as i32,
        );
        let given = call(&self.filter, &mut self.store, arguments)?;
        call(&self.free, &mut self.store, tag)?;
        call(&self.free, &mut self.store, at)?;
        Ok(given == at)
    }

    /// The same for a function that does nothing.
    pub(crate) fn nothing(&mut self, record: &[u8]) -> Result<(), String> {
        let [tag, at] = [self.put(TAG)?, self.put(record)?];
        call(&self.version, &mut self.store, ())?;
        call(&self.free, &mut self.store, tag)?;
        call(&self.free, &mut self.store, at)
    }

    /// As many bytes of its memory as are in pages that hold anything but zeros: what was
    /// asked for ahead and not used does not count.
    pub(crate) fn memory_in_use(&self) -> usize {
        const PAGE: usize = 4096;
        let pages = self.memory.data(&self.store).chunks(PAGE);
        let used = pages.filter(|page| page.iter().any(|byte| *byte != 0));
        used.count() * PAGE
    }

    /// A copy in the module's memory, with a NUL behind it.
    fn put(&mut self, bytes: &[u8]) -> Result<i32, String> {
        let at = call(&self.malloc, &mut self.store, bytes.len() as i32 + 1)?;
        if at == 0 {
            return Err("`malloc` gives 0".to_owned());
        }
        let start = at as u32 as usize;
        let place = self.memory.data_mut(&mut self.store);
        place[start..start + bytes.len()].copy_from_slice(bytes);
        place[start + bytes.len()] = 0;
        Ok(at)
    }
}

fn export<P: WasmParams, R: WasmResults>(
    store: &Store<()>,
    instance: Instance,
    name: &str,
) -> Result<TypedFunc<P, R>, String> {
    let found = instance.get_typed_func(store, name);
    found.map_err(|error| format!("`{name}`: {error}"))
}

fn call<P: WasmParams, R: WasmResults>(
    function: &TypedFunc<P, R>,
    store: &mut Store<()>,
    arguments: P,
) -> Result<R, String> {
    let given = function.call(store, arguments);
    given.map_err(|error| error.to_string())
}
