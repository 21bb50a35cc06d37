//! `web-bindgen MODULE FOLDER NAME`: writes the JavaScript and the types that go with
//! a module, and the module made ready for them.
//!
//! It is wasm-bindgen's command as a library, in the version that the bindings are
//! built with: there is no tool to install, and none that could be of another version.

use std::error::Error;
use std::process::ExitCode;

use wasm_bindgen_cli_support::Bindgen;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [module, folder, name] = arguments.as_slice() else {
        eprintln!("error: usage: web-bindgen MODULE FOLDER NAME");
        return ExitCode::FAILURE;
    };
    match bind(module, folder, name) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: `{module}`: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn bind(module: &str, folder: &str, name: &str) -> Result<(), Box<dyn Error>> {
    Bindgen::new()
        .input_path(module)
        .web(true)?
        .typescript(true)
        .omit_default_module_path(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .out_name(name)
        .generate(folder)?;
    Ok(())
}
