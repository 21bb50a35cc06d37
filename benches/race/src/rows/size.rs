//! How large the modules are, as they are and compressed.

use std::fs;
use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::{Race, Results};
use crate::figure::Figure;
use crate::place::Build;

impl Race<'_> {
    pub(super) fn size(&self, results: &mut Results) {
        for (build, id) in [(Build::Portable, "size"), (Build::Simd, "size-simd")] {
            let compressed = format!("{id}-compressed");
            if !self.wants(id) && !self.wants(&compressed) {
                continue;
            }
            let file = self.place.module(build);
            let module = fs::read(&file).map_err(|error| format!("`{}`: {error}", file.display()));
            let packed = module.as_ref().map_err(String::clone).and_then(|module| {
                let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
                let written = encoder.write_all(module).and_then(|()| encoder.finish());
                written.map_err(|error| error.to_string())
            });
            for (id, bytes) in [(id, module), (&compressed, packed)] {
                let figure = bytes.map(|bytes| Figure::exactly(bytes.len() as f64 / 1024.0));
                self.note(results, id, figure);
            }
        }
    }
}
