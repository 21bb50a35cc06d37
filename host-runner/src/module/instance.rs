//! An instance: a module's code with a memory of its own, and the calls into it.

use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::Value;
use wasmtime::{
    Memory, Store, StoreLimits, StoreLimitsBuilder, Trap, TypedFunc, WasmParams, WasmResults,
};

use super::abi::{SPOKEN, Version};
use super::bounds::Deadline;
use super::session::Session;
use super::{Module, ModuleError};

/// The memory in bytes that an instance may grow to: 1 GiB.
///
/// A module bounds its own state far below this; the limit is for one that does not.
pub const MEMORY_LIMIT: usize = 1 << 30;

/// What a module's tables may hold; ours has a few hundred functions in one.
const TABLES: usize = 16;
const TABLE_ELEMENTS: usize = 1 << 20;

/// The bytes that an answer may have that is read into this program's memory, where it
/// takes up to sixteen times as much: a description of all rules, the fate of one record.
pub(super) const LONG_ANSWER: usize = 64 << 20;

/// The same for what is short: counters, errors.
pub(super) const SHORT_ANSWER: usize = 4 << 20;

/// The size in bytes of the buffer inside the module that input is read into.
///
/// Large enough that the cost of a call vanishes, small enough to stay in the
/// processor's cache.
pub(super) const BUFFER: u32 = 256 * 1024;

/// A detection module with a memory of its own.
///
/// One set of rules is open in it at a time, as a [`Session`]; an instance can be
/// used for any number of them, one after the other.
pub struct Instance {
    pub(super) module: Arc<str>,
    pub(super) store: Store<StoreLimits>,
    /// The instance with all that it exports.
    pub(super) whole: wasmtime::Instance,
    memory: Memory,
    pub(super) exports: Exports,
    /// The buffer for input, made at its first use and kept: pointer, or 0.
    buffer: u32,
    deadline: Option<Deadline>,
    /// How many bytes of alerts it may give at once.
    pub(super) output: Option<u64>,
    /// Whether it was stopped in the middle of a call, after which nothing of it is sure.
    stopped: bool,
}

/// The exports of the ABI that this host calls.
pub(super) struct Exports {
    malloc: TypedFunc<u32, u32>,
    free: TypedFunc<u32, ()>,
    open: TypedFunc<(u32, u32), i32>,
    pub(super) close: TypedFunc<i32, i32>,
    pub(super) input: TypedFunc<(i32, u32, u32), i32>,
    pub(super) push: TypedFunc<(i32, u32, u32), i32>,
    /// A module need not have it.
    pub(super) pass: Option<TypedFunc<(i32, u32, u32, u32), i32>>,
    pub(super) advance: TypedFunc<(i32, i64), i32>,
    pub(super) finish: TypedFunc<i32, i32>,
    pub(super) alerts: TypedFunc<i32, u64>,
    pub(super) describe: TypedFunc<i32, u64>,
    pub(super) counters: TypedFunc<i32, u64>,
    pub(super) explain: TypedFunc<(i32, u32, u32), u64>,
    pub(super) snapshot: TypedFunc<i32, u64>,
    pub(super) restore: TypedFunc<(i32, u32, u32), i32>,
    pub(super) merge: TypedFunc<(i32, u32, u32), i32>,
    last_error: TypedFunc<i32, u64>,
}

impl Instance {
    pub(super) fn new(module: &Module) -> Result<Self, ModuleError> {
        let limits = StoreLimitsBuilder::new()
            .memory_size(MEMORY_LIMIT)
            .memories(1)
            .tables(TABLES)
            .table_elements(TABLE_ELEMENTS)
            .instances(1)
            .build();
        let mut store = Store::new(module.code.engine(), limits);
        store.limiter(|limits| limits);
        if let Some(deadline) = module.deadline {
            store.set_epoch_deadline(deadline.ticks());
        }
        let instance = wasmtime::Instance::new(&mut store, &module.code, &[])
            .map_err(|error| stop(&module.name, "start", module.deadline, &error))?;
        let no_export = |export| ModuleError::Export {
            module: module.name.to_string(),
            export,
            spoken: SPOKEN,
        };
        macro_rules! export {
            ($name:literal) => {
                instance
                    .get_typed_func(&mut store, $name)
                    .map_err(|_| no_export($name))?
            };
        }
        let version: TypedFunc<(), u32> = export!("rule_abi_version");
        let exports = Exports {
            malloc: export!("malloc"),
            free: export!("free"),
            open: export!("rule_open"),
            close: export!("rule_close"),
            input: export!("rule_input"),
            push: export!("rule_push"),
            pass: instance.get_typed_func(&mut store, "rule_pass").ok(),
            advance: export!("rule_advance"),
            finish: export!("rule_finish"),
            alerts: export!("rule_alerts"),
            describe: export!("rule_describe"),
            counters: export!("rule_counters"),
            explain: export!("rule_explain"),
            snapshot: export!("rule_snapshot"),
            restore: export!("rule_restore"),
            merge: export!("rule_merge"),
            last_error: export!("rule_last_error"),
        };
        let memory = instance
            .get_memory(&mut store, "memory")
            .ok_or_else(|| no_export("memory"))?;
        let mut this = Self {
            module: Arc::clone(&module.name),
            store,
            whole: instance,
            memory,
            exports,
            buffer: 0,
            deadline: module.deadline,
            output: module.output,
            stopped: false,
        };
        let answered = Version::from_answer(this.call("rule_abi_version", &version, ())?);
        if answered != module.version {
            return Err(this.wrong(
                "rule_abi_version",
                format!(
                    "it says {answered}, its section `rule-abi` says {}",
                    module.version
                ),
            ));
        }
        Ok(this)
    }

    /// Opens a set of rules.
    ///
    /// `configuration` is the JSON that `rule_open` takes; without the key
    /// `detections` the rules inside the module are opened.
    ///
    /// # Errors
    ///
    /// [`ModuleError::Refused`] where the module says what is wrong with the
    /// configuration or a detection in it.
    pub fn open(&mut self, configuration: &Value) -> Result<Session<'_>, ModuleError> {
        let function = self.exports.open.clone();
        let text = configuration.to_string();
        let handle = self.with_bytes("rule_open", text.as_bytes(), |this, at, length| {
            this.call("rule_open", &function, (at, length))
        })?;
        if handle > 0 {
            Ok(Session::new(self, handle))
        } else {
            Err(self.refusal("rule_open", 0))
        }
    }

    /// Calls an export; a trap becomes an error that names module and export. After one
    /// there are no more calls.
    pub(super) fn call<P: WasmParams, R: WasmResults>(
        &mut self,
        name: &'static str,
        function: &TypedFunc<P, R>,
        arguments: P,
    ) -> Result<R, ModuleError> {
        if self.stopped {
            return Err(self.wrong(name, "it was stopped before".to_owned()));
        }
        if let Some(deadline) = self.deadline {
            self.store.set_epoch_deadline(deadline.ticks());
        }
        function.call(&mut self.store, arguments).map_err(|error| {
            self.stopped = true;
            stop(&self.module, name, self.deadline, &error)
        })
    }

    /// Copies bytes into memory of the module for the length of one call.
    pub(super) fn with_bytes<R>(
        &mut self,
        name: &'static str,
        bytes: &[u8],
        call: impl FnOnce(&mut Self, u32, u32) -> Result<R, ModuleError>,
    ) -> Result<R, ModuleError> {
        let no_memory = || ModuleError::Memory {
            module: self.module.to_string(),
            call: name,
        };
        let length = u32::try_from(bytes.len()).map_err(|_| no_memory())?;
        let at = self.allocate(name, length)?;
        self.slice_mut("malloc", at, length)?.copy_from_slice(bytes);
        let answer = call(self, at, length)?;
        let free = self.exports.free.clone();
        self.call("free", &free, at)?;
        Ok(answer)
    }

    fn allocate(&mut self, name: &'static str, length: u32) -> Result<u32, ModuleError> {
        let malloc = self.exports.malloc.clone();
        match self.call("malloc", &malloc, length)? {
            0 => Err(ModuleError::Memory {
                module: self.module.to_string(),
                call: name,
            }),
            at => Ok(at),
        }
    }

    /// The buffer for input inside the module's memory, and where it is.
    pub(super) fn buffer(&mut self) -> Result<(u32, &mut [u8]), ModuleError> {
        if self.buffer == 0 {
            self.buffer = self.allocate("rule_push", BUFFER)?;
        }
        let at = self.buffer;
        Ok((at, self.slice_mut("malloc", at, BUFFER)?))
    }

    /// The size of its memory in bytes.
    pub(super) fn memory_size(&self) -> usize {
        self.memory.data_size(&self.store)
    }

    /// The bytes that an export answered: pointer << 32 + length, 0 an error.
    pub(super) fn answer(
        &mut self,
        name: &'static str,
        handle: i32,
        packed: u64,
    ) -> Result<&[u8], ModuleError> {
        if packed == 0 {
            return Err(self.refusal(name, handle));
        }
        let [a, b, c, d, e, f, g, h] = packed.to_be_bytes();
        let at = u32::from_be_bytes([a, b, c, d]);
        let length = u32::from_be_bytes([e, f, g, h]);
        self.slice_mut(name, at, length).map(|slice| &*slice)
    }

    /// An answer that is JSON of no more than so many bytes.
    pub(super) fn json<T: DeserializeOwned>(
        &mut self,
        name: &'static str,
        handle: i32,
        packed: u64,
        limit: usize,
    ) -> Result<T, ModuleError> {
        let answer = self.answer(name, handle, packed)?;
        let parsed = match answer.len() {
            length if length > limit => Err(format!(
                "{length} bytes are more than the {limit} that it may say"
            )),
            _ => serde_json::from_slice(answer).map_err(|error| error.to_string()),
        };
        parsed.map_err(|reason| self.wrong(name, reason))
    }

    /// What the module says about its last error.
    pub(super) fn refusal(&mut self, name: &'static str, handle: i32) -> ModuleError {
        let last_error = self.exports.last_error.clone();
        let packed = match self.call("rule_last_error", &last_error, handle) {
            Ok(packed) => packed,
            Err(error) => return error,
        };
        // Without a reason of its own it would be asked for that of this refusal.
        if packed == 0 {
            return self.wrong(name, "it refused and did not say why".to_owned());
        }
        match self.json("rule_last_error", handle, packed, SHORT_ANSWER) {
            Ok(refusal) => ModuleError::Refused(Box::new(refusal)),
            Err(error) => error,
        }
    }

    /// A part of the module's memory; one that is not inside it is the module's fault.
    fn slice_mut(
        &mut self,
        name: &'static str,
        at: u32,
        length: u32,
    ) -> Result<&mut [u8], ModuleError> {
        let start = at as usize;
        let range = start..start.saturating_add(length as usize);
        let size = self.memory.data_size(&self.store);
        match self.memory.data_mut(&mut self.store).get_mut(range) {
            Some(slice) => Ok(slice),
            None => Err(ModuleError::Answer {
                module: self.module.to_string(),
                call: name,
                reason: format!("{length} bytes at {at} do not lie in its memory of {size} bytes"),
            }),
        }
    }

    pub(super) fn wrong(&self, name: &'static str, reason: String) -> ModuleError {
        ModuleError::Answer {
            module: self.module.to_string(),
            call: name,
            reason,
        }
    }
}

/// Why a call was stopped.
fn stop(
    module: &str,
    call: &'static str,
    deadline: Option<Deadline>,
    error: &wasmtime::Error,
) -> ModuleError {
    let module = module.to_owned();
    match (error.downcast_ref::<Trap>(), deadline) {
        (Some(Trap::Interrupt), Some(deadline)) => ModuleError::Time {
            module,
            call,
            after: deadline.call,
        },
        // In its own words, without the engine's list of frames.
        (Some(trap), _) => ModuleError::Trap {
            module,
            call,
            reason: trap.to_string(),
        },
        (None, _) => ModuleError::Trap {
            module,
            call,
            reason: format!("{error:#}"),
        },
    }
}
