//! One session in an instance of its own.

use wasmtime::{
    Engine, Instance, Memory, Module, Store, StoreLimits, StoreLimitsBuilder, TypedFunc,
};

use crate::error::{Refusal, RuleError};

/// The version of the interface that this host knows.
const ABI_MAJOR: u32 = 1;

/// A call that is given bytes: handle, pointer, length.
type Give<R> = TypedFunc<(i32, u32, u32), R>;

/// A call that gives bytes.
type Take = TypedFunc<i32, u64>;

/// An open session.
pub struct Session {
    store: Store<StoreLimits>,
    exports: Exports,
    handle: i32,
}

struct Exports {
    memory: Memory,
    malloc: TypedFunc<u32, u32>,
    free: TypedFunc<u32, ()>,
    input: Give<i32>,
    push: Give<i32>,
    advance: TypedFunc<(i32, i64), i32>,
    finish: TypedFunc<i32, i32>,
    alerts: Take,
    counters: Take,
    describe: Take,
    explain: Give<u64>,
    snapshot: Take,
    restore: Give<i32>,
    merge: Give<i32>,
    last_error: Take,
}

impl Session {
    pub(crate) fn open(
        engine: &Engine,
        module: &Module,
        memory_limit: usize,
        config: &[u8],
    ) -> Result<Self, RuleError> {
        let limits = StoreLimitsBuilder::new().memory_size(memory_limit).build();
        let mut store = Store::new(engine, limits);
        store.limiter(|limits| limits);
        let instance = Instance::new(&mut store, module, &[])?;
        let version: TypedFunc<(), u32> =
            instance.get_typed_func(&mut store, "rule_abi_version")?;
        let major = version.call(&mut store, ())? >> 16;
        if major != ABI_MAJOR {
            let text = format!("the module's interface is version {major}, not {ABI_MAJOR}");
            return Err(wasmtime::Error::msg(text).into());
        }
        let open: TypedFunc<(u32, u32), i32> = instance.get_typed_func(&mut store, "rule_open")?;
        let exports = Exports::of(&instance, &mut store)?;
        let mut session = Session {
            store,
            exports,
            handle: 0,
        };
        // While nothing is open the handle is 0, that of `rule_open`'s errors.
        session.handle = session.with_bytes(config, |session, pointer, length| {
            let handle = open.call(&mut session.store, (pointer, length))?;
            session.check(handle)?;
            Ok(handle)
        })?;
        Ok(session)
    }

    /// Begins an input, such as `{"name":"a.xml","format":"xml"}`.
    ///
    /// # Errors
    /// Settings that the module refuses.
    pub fn input(&mut self, settings: &[u8]) -> Result<(), RuleError> {
        let input = self.exports.input.clone();
        self.give(&input, settings).map(drop)
    }

    /// Bytes of the input, cut anywhere; the number of alerts that wait.
    ///
    /// # Errors
    /// A finished session, and bytes that there is no room for.
    pub fn push(&mut self, bytes: &[u8]) -> Result<usize, RuleError> {
        let push = self.exports.push.clone();
        self.give(&push, bytes)
    }

    /// Tells the time, in milliseconds since 1970; the number of alerts that wait.
    ///
    /// # Errors
    /// A finished session.
    pub fn advance(&mut self, now_ms: i64) -> Result<usize, RuleError> {
        let call = (self.handle, now_ms);
        let count = self.exports.advance.call(&mut self.store, call)?;
        self.check(count)
    }

    /// The end of all input and of time; the number of alerts that wait.
    ///
    /// # Errors
    /// A session that is finished already.
    pub fn finish(&mut self) -> Result<usize, RuleError> {
        let count = self.exports.finish.call(&mut self.store, self.handle)?;
        self.check(count)
    }

    /// Alerts that wait, as lines of JSON, taken. There may be more than are given
    /// at once: none wait any more when nothing is given.
    ///
    /// # Errors
    /// No room in the module's memory.
    pub fn alerts(&mut self) -> Result<Vec<u8>, RuleError> {
        let alerts = self.exports.alerts.clone();
        self.take(&alerts)
    }

    /// What was read, matched and left out, as JSON.
    ///
    /// # Errors
    /// No room in the module's memory.
    pub fn counters(&mut self) -> Result<Vec<u8>, RuleError> {
        let counters = self.exports.counters.clone();
        self.take(&counters)
    }

    /// The rules, limits and memory, as JSON.
    ///
    /// # Errors
    /// No room in the module's memory.
    pub fn describe(&mut self) -> Result<Vec<u8>, RuleError> {
        let describe = self.exports.describe.clone();
        self.take(&describe)
    }

    /// Which part of each search holds for a record, as JSON.
    ///
    /// # Errors
    /// Bytes that are no record.
    pub fn explain(&mut self, record: &[u8]) -> Result<Vec<u8>, RuleError> {
        let (explain, handle) = (self.exports.explain.clone(), self.handle);
        self.with_bytes(record, |session, pointer, length| {
            let packed = explain.call(&mut session.store, (handle, pointer, length))?;
            session.bytes(packed)
        })
    }

    /// The whole state, to be kept.
    ///
    /// # Errors
    /// No room in the module's memory.
    pub fn snapshot(&mut self) -> Result<Vec<u8>, RuleError> {
        let snapshot = self.exports.snapshot.clone();
        self.take(&snapshot)
    }

    /// Goes on from a state that was kept, of the same rules and settings.
    ///
    /// # Errors
    /// Bytes that are no such state.
    pub fn restore(&mut self, snapshot: &[u8]) -> Result<(), RuleError> {
        let restore = self.exports.restore.clone();
        self.give(&restore, snapshot).map(drop)
    }

    /// Joins the state of a session that read another part of the same events;
    /// the number of alerts that wait.
    ///
    /// # Errors
    /// States that cannot be joined.
    pub fn merge(&mut self, snapshot: &[u8]) -> Result<usize, RuleError> {
        let merge = self.exports.merge.clone();
        self.give(&merge, snapshot)
    }

    /// Calls `function` with bytes, and checks the number that it gives.
    fn give(&mut self, function: &Give<i32>, bytes: &[u8]) -> Result<usize, RuleError> {
        let handle = self.handle;
        self.with_bytes(bytes, |session, pointer, length| {
            let count = function.call(&mut session.store, (handle, pointer, length))?;
            session.check(count)
        })
    }

    /// Calls `function`, and copies the bytes that it gives.
    fn take(&mut self, function: &Take) -> Result<Vec<u8>, RuleError> {
        let packed = function.call(&mut self.store, self.handle)?;
        self.bytes(packed)
    }

    /// Runs `call` while a copy of `bytes` is in the module's memory.
    fn with_bytes<R>(
        &mut self,
        bytes: &[u8],
        call: impl FnOnce(&mut Self, u32, u32) -> Result<R, RuleError>,
    ) -> Result<R, RuleError> {
        if bytes.is_empty() {
            return call(self, 0, 0);
        }
        let no_room = || Refusal::no_room(bytes.len());
        let length = u32::try_from(bytes.len()).map_err(|_| no_room())?;
        let pointer = self.exports.malloc.call(&mut self.store, length)?;
        if pointer == 0 {
            return Err(no_room().into());
        }
        let memory = self.exports.memory;
        memory
            .write(&mut self.store, pointer as usize, bytes)
            .map_err(wasmtime::Error::from)?;
        let result = call(self, pointer, length);
        self.exports.free.call(&mut self.store, pointer)?;
        result
    }

    /// A number from the module: below 0 it is an error.
    fn check(&mut self, number: i32) -> Result<usize, RuleError> {
        match usize::try_from(number) {
            Ok(count) => Ok(count),
            Err(_) => Err(self.last_error()?.into()),
        }
    }

    /// Bytes from the module: the result 0 is an error.
    fn bytes(&mut self, packed: u64) -> Result<Vec<u8>, RuleError> {
        if packed == 0 {
            return Err(self.last_error()?.into());
        }
        Ok(self.copy(packed)?)
    }

    fn last_error(&mut self) -> Result<Refusal, RuleError> {
        let last_error = &self.exports.last_error;
        let packed = last_error.call(&mut self.store, self.handle)?;
        Ok(Refusal::of(self.copy(packed)?))
    }

    /// Copies what a result points to: the module's next call may overwrite it.
    fn copy(&self, packed: u64) -> wasmtime::Result<Vec<u8>> {
        let (pointer, length) = ((packed >> 32) as usize, packed as u32 as usize);
        let memory = self.exports.memory.data(&self.store);
        let bytes = memory.get(pointer..pointer + length);
        let bytes = bytes.ok_or_else(|| wasmtime::Error::msg("a result outside the memory"))?;
        Ok(bytes.to_vec())
    }
}

impl Exports {
    fn of(instance: &Instance, store: &mut Store<StoreLimits>) -> wasmtime::Result<Self> {
        let memory = instance
            .get_memory(&mut *store, "memory")
            .ok_or_else(|| wasmtime::Error::msg("the module exports no `memory`"))?;
        Ok(Exports {
            memory,
            malloc: instance.get_typed_func(&mut *store, "malloc")?,
            free: instance.get_typed_func(&mut *store, "free")?,
            input: instance.get_typed_func(&mut *store, "rule_input")?,
            push: instance.get_typed_func(&mut *store, "rule_push")?,
            advance: instance.get_typed_func(&mut *store, "rule_advance")?,
            finish: instance.get_typed_func(&mut *store, "rule_finish")?,
            alerts: instance.get_typed_func(&mut *store, "rule_alerts")?,
            counters: instance.get_typed_func(&mut *store, "rule_counters")?,
            describe: instance.get_typed_func(&mut *store, "rule_describe")?,
            explain: instance.get_typed_func(&mut *store, "rule_explain")?,
            snapshot: instance.get_typed_func(&mut *store, "rule_snapshot")?,
            restore: instance.get_typed_func(&mut *store, "rule_restore")?,
            merge: instance.get_typed_func(&mut *store, "rule_merge")?,
            last_error: instance.get_typed_func(&mut *store, "rule_last_error")?,
        })
    }
}
