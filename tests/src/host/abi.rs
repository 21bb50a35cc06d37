//! The module's ABI, spoken over whatever runtime.

use super::{Answer, Host};

/// An argument of an export.
#[derive(Clone, Copy, Debug)]
pub enum Argument {
    /// A handle, a pointer or a length.
    I32(i32),
    /// A time.
    I64(i64),
}

/// A module that has been instantiated by some runtime.
pub trait Guest {
    /// Calls an export with one result, which is widened as it stands.
    fn call(&mut self, export: &str, arguments: &[Argument]) -> i64;

    /// Calls `free`, the one export without a result.
    fn free(&mut self, pointer: i32);

    /// The memory, as it is now: it may grow, and move, with each call.
    fn memory(&mut self) -> &mut [u8];
}

/// A host over a module.
#[derive(Debug)]
pub struct Client<G> {
    guest: G,
    /// The handle of the open session; 0 for none.
    handle: i32,
}

impl<G: Guest> Client<G> {
    /// A host with nothing open.
    #[must_use]
    pub fn new(guest: G) -> Self {
        Client { guest, handle: 0 }
    }

    /// The module, to call it beside the ways of [`Host`].
    pub fn guest(&mut self) -> &mut G {
        &mut self.guest
    }

    /// The handle of the open session; 0 for none.
    #[must_use]
    pub fn handle(&self) -> i32 {
        self.handle
    }

    /// A number of the ABI: a count or a handle, or below 0 an error, whose JSON
    /// is that of `handle`.
    fn number(&mut self, handle: i32, export: &str, arguments: &[Argument]) -> Answer<i32> {
        let number = i32::try_from(self.guest.call(export, arguments))
            .unwrap_or_else(|_| panic!("`{export}` gives an i32"));
        if number < 0 {
            return Err(self.last_error(handle));
        }
        Ok(number)
    }

    fn count(&mut self, export: &str, arguments: &[Argument]) -> Answer<usize> {
        let number = self.number(self.handle, export, arguments)?;
        Ok(usize::try_from(number).expect("a number that is no error"))
    }

    /// The bytes of a result: pointer << 32 + length; 0 is an error.
    fn bytes(&mut self, export: &str, arguments: &[Argument]) -> Answer<Vec<u8>> {
        match self.packed(export, arguments) {
            Some(bytes) => Ok(bytes),
            None => Err(self.last_error(self.handle)),
        }
    }

    fn packed(&mut self, export: &str, arguments: &[Argument]) -> Option<Vec<u8>> {
        let packed = self.guest.call(export, arguments) as u64;
        if packed == 0 {
            return None;
        }
        let (pointer, length) = ((packed >> 32) as usize, packed as u32 as usize);
        let memory = self.guest.memory();
        Some(
            memory
                .get(pointer..pointer + length)
                .unwrap_or_else(|| panic!("`{export}` gives bytes of the module's memory"))
                .to_vec(),
        )
    }

    /// The JSON of a handle's last error; handle 0 for the last `rule_open`.
    pub fn last_error(&mut self, handle: i32) -> Vec<u8> {
        self.packed("rule_last_error", &[Argument::I32(handle)])
            .expect("`rule_last_error` never fails")
    }

    /// Bytes into the module's memory, and pointer and length as arguments. None
    /// where the module has no memory for them.
    pub fn put(&mut self, bytes: &[u8]) -> Option<[Argument; 2]> {
        let length = i32::try_from(bytes.len()).expect("bytes that fit a module");
        let pointer = self.guest.call("malloc", &[Argument::I32(length)]) as u32 as usize;
        if pointer == 0 {
            return None;
        }
        self.guest.memory()[pointer..pointer + bytes.len()].copy_from_slice(bytes);
        Some([Argument::I32(pointer as i32), Argument::I32(length)])
    }

    /// Gives back what [`Client::put`] took.
    pub fn take_back(&mut self, bytes: [Argument; 2]) {
        if let [Argument::I32(pointer), _] = bytes {
            self.guest.free(pointer);
        }
    }

    /// A call that is given bytes.
    fn with_bytes<T>(
        &mut self,
        bytes: &[u8],
        call: impl FnOnce(&mut Self, Argument, Argument) -> T,
    ) -> T {
        let at = self
            .put(bytes)
            .expect("the module has memory for the bytes");
        let result = call(self, at[0], at[1]);
        self.take_back(at);
        result
    }

    fn of_handle(&self) -> Argument {
        Argument::I32(self.handle)
    }
}

impl<G: Guest> Host for Client<G> {
    fn open(&mut self, config: &[u8]) -> Answer<()> {
        if self.handle != 0 {
            let closed = self.guest.call("rule_close", &[Argument::I32(self.handle)]);
            assert_eq!(closed, 0, "an open session can be closed");
            self.handle = 0;
        }
        self.handle = self.with_bytes(config, |client, at, length| {
            client.number(0, "rule_open", &[at, length])
        })?;
        assert!(self.handle > 0, "a handle is above 0");
        Ok(())
    }

    fn input(&mut self, settings: &[u8]) -> Answer<()> {
        let handle = self.of_handle();
        self.with_bytes(settings, |client, at, length| {
            client.count("rule_input", &[handle, at, length]).map(drop)
        })
    }

    fn push(&mut self, bytes: &[u8]) -> Answer<usize> {
        let handle = self.of_handle();
        self.with_bytes(bytes, |client, at, length| {
            client.count("rule_push", &[handle, at, length])
        })
    }

    fn advance(&mut self, now_ms: i64) -> Answer<usize> {
        let handle = self.of_handle();
        self.count("rule_advance", &[handle, Argument::I64(now_ms)])
    }

    fn finish(&mut self) -> Answer<usize> {
        let handle = self.of_handle();
        self.count("rule_finish", &[handle])
    }

    fn some_alerts(&mut self) -> Vec<u8> {
        let handle = self.of_handle();
        self.bytes("rule_alerts", &[handle])
            .expect("a session has alerts, or none")
    }

    fn counters(&mut self) -> Vec<u8> {
        let handle = self.of_handle();
        self.bytes("rule_counters", &[handle])
            .expect("a session has counters")
    }

    fn describe(&mut self) -> Vec<u8> {
        let handle = self.of_handle();
        self.bytes("rule_describe", &[handle])
            .expect("a session can be described")
    }

    fn explain(&mut self, record: &[u8]) -> Answer<Vec<u8>> {
        let handle = self.of_handle();
        self.with_bytes(record, |client, at, length| {
            client.bytes("rule_explain", &[handle, at, length])
        })
    }

    fn snapshot(&mut self) -> Answer<Vec<u8>> {
        let handle = self.of_handle();
        self.bytes("rule_snapshot", &[handle])
    }

    fn restore(&mut self, snapshot: &[u8]) -> Answer<()> {
        let handle = self.of_handle();
        self.with_bytes(snapshot, |client, at, length| {
            client
                .count("rule_restore", &[handle, at, length])
                .map(drop)
        })
    }

    fn merge(&mut self, snapshot: &[u8]) -> Answer<usize> {
        let handle = self.of_handle();
        self.with_bytes(snapshot, |client, at, length| {
            client.count("rule_merge", &[handle, at, length])
        })
    }
}
