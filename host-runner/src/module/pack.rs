//! A configuration packed into a module: what it is after it was opened, as a module.
//!
//! The module is run up to the point where its rules are planned, and its memory as
//! it is then becomes the memory that it starts with [wasmtime-wizer].

use serde_json::Value;
use wasm_encoder::{ConstExpr, DataSection, RawSection};
use wasmparser::{DataKind, Parser, Payload, ValType};
use wasmtime::{TypedFunc, Val};
use wasmtime_wizer::{InstanceState, SnapshotVal, Wizer};

use super::compiler::{self, not_a_module};
use super::{Compiler, Instance, ModuleError, Source};

/// The export that packs; a packed module does not have it.
const EXPORT: &str = "rule_pack";

impl Compiler {
    /// A module that carries `configuration`, the JSON that `rule_open` takes, over
    /// what the given module carries, and starts with its rules planned. The same input
    /// gives the same bytes.
    ///
    /// # Errors
    ///
    /// As [`Compiler::module`]; where the module is packed already; and
    /// [`ModuleError::Refused`] where it says what is wrong with the configuration.
    pub fn pack(&self, source: &Source, configuration: &Value) -> Result<Vec<u8>, ModuleError> {
        let name = source.name();
        // What takes it apart takes for granted that it is sound.
        compiler::validate(source)?;
        let mut wizer = Wizer::new();
        wizer.init_func(EXPORT);
        let opened = wizer.instrument(source.content());
        let (parts, open) = opened.map_err(|error| not_a_module(name, &error))?;
        let mut instance = self.bytes(name, &open)?.instantiate()?;
        instance.pack(configuration)?;
        let mut state = Packed(&mut instance);
        let packed = pollster::block_on(wizer.snapshot(&parts, &mut state));
        let packed = packed.map_err(|error| not_a_module(name, &error))?;
        without_empty_segments(&packed).map_err(|error| ModuleError::NotAModule {
            module: name.to_owned(),
            reason: error.to_string(),
        })
    }
}

/// The module without the data that was put into memory at its start and is part of
/// the memory now: what is left of it asks for a runtime with bulk memory. Where code
/// may ask for data by its number, all of it stays.
fn without_empty_segments(module: &[u8]) -> wasmparser::Result<Vec<u8>> {
    let mut out = wasm_encoder::Module::new();
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::DataCountSection { .. } => return Ok(module.to_vec()),
            Payload::DataSection(segments) => {
                let mut data = DataSection::new();
                for segment in segments {
                    let segment = segment?;
                    if let DataKind::Active {
                        memory_index,
                        offset_expr,
                    } = segment.kind
                    {
                        let offset = ConstExpr::raw(bytes_of(&offset_expr)?);
                        data.active(memory_index, &offset, segment.data.iter().copied());
                    }
                }
                out.section(&data);
            }
            other => {
                if let Some((id, range)) = other.as_section() {
                    let data = module.get(range).unwrap_or_default();
                    out.section(&RawSection { id, data });
                }
            }
        }
    }
    Ok(out.finish())
}

/// A constant expression as it is written, without its end.
fn bytes_of(expression: &wasmparser::ConstExpr<'_>) -> wasmparser::Result<Vec<u8>> {
    let mut reader = expression.get_binary_reader();
    let length = reader.bytes_remaining();
    let bytes = reader.read_bytes(length)?;
    Ok(bytes.strip_suffix(&[0x0b]).unwrap_or(bytes).to_vec())
}

impl Instance {
    fn pack(&mut self, configuration: &Value) -> Result<(), ModuleError> {
        let function: TypedFunc<(u32, u32), i32> = self
            .whole
            .get_typed_func(&mut self.store, EXPORT)
            .map_err(|_| ModuleError::Packed {
                module: self.module.to_string(),
            })?;
        let text = configuration.to_string();
        let answer = self.with_bytes(EXPORT, text.as_bytes(), |this, at, length| {
            this.call(EXPORT, &function, (at, length))
        })?;
        match answer {
            0 => Ok(()),
            _ => Err(self.refusal(EXPORT, 0)),
        }
    }
}

/// An instance whose state is read.
struct Packed<'i>(&'i mut Instance);

impl InstanceState for Packed<'_> {
    async fn global_get(&mut self, name: &str, kind: ValType) -> SnapshotVal {
        let Instance { whole, store, .. } = &mut *self.0;
        let global = whole.get_global(&mut *store, name);
        match (global.map(|global| global.get(&mut *store)), kind) {
            (Some(Val::I32(value)), _) => SnapshotVal::I32(value),
            (Some(Val::I64(value)), _) => SnapshotVal::I64(value),
            (Some(Val::F32(bits)), _) => SnapshotVal::F32(bits),
            (Some(Val::F64(bits)), _) => SnapshotVal::F64(bits),
            (Some(Val::V128(value)), _) => SnapshotVal::V128(value.as_u128()),
            // It asks for the globals that it gave these names, and of those for
            // numbers alone.
            _ => SnapshotVal::I32(0),
        }
    }

    async fn memory_contents(&mut self, name: &str, contents: impl FnOnce(&[u8]) + Send) {
        let Instance { whole, store, .. } = &mut *self.0;
        if let Some(memory) = whole.get_memory(&mut *store, name) {
            contents(memory.data(&*store));
        }
    }
}
