//! What the artefacts are made of: the crates, what npm brings, the tools.

use std::path::Path;

use super::bom::{Bom, own_reference};
use super::licences::Work;
use super::modules;
use crate::failure::Failure;
use crate::supply::lock::{self, Locked};
use crate::supply::npm;
use crate::supply::packages::{self, Linked};
use crate::web;
use crate::workspace::Workspace;

/// The crates of each artefact, and what they have in common.
pub(super) struct Parts {
    /// The version of everything here.
    pub(super) version: String,
    /// This machine's target, for which the program is.
    pub(super) target: String,
    program: Linked,
    module: Linked,
    rule_web: Linked,
    evtx_web: Linked,
    npm: Vec<npm::Package>,
    lock: Vec<Locked>,
    /// Tools and what they say of their version.
    tools: Vec<(&'static str, String)>,
}

const REMEDY: &str = "mend the crate's entry, or take another crate";

/// The program's package.
const PROGRAM: &str = "host-runner";

impl Parts {
    pub(super) fn gather(workspace: &Workspace) -> Result<Self, Failure> {
        let target = packages::host(workspace)?;
        let program = packages::linked(workspace, PROGRAM, &target)?;
        let own = program.packages.iter().find(|of| of.name == PROGRAM);
        let version = own.map(|package| package.version.clone());
        let modules = modules::toolchain(workspace)?;
        let rustc = modules
            .compiler_says(&["--version"])
            .map_err(|why| Failure::new(why, "see what `rustc --version` says"))?;
        let browser = |package| packages::linked(workspace, package, web::TARGET);
        Ok(Self {
            version: version.unwrap_or_default(),
            program,
            module: packages::linked(workspace, "rule-wasm", module_build::TARGET)?,
            rule_web: browser("rule-web")?,
            evtx_web: browser("evtx-web")?,
            npm: npm::shipped(workspace)?,
            lock: lock::read(&workspace.root().join("Cargo.lock"))?,
            tools: vec![("rustc", rustc.trim().replace("rustc ", ""))],
            target,
        })
    }

    /// What the modules were built with, for who builds them again.
    pub(super) fn made_with(&self) -> String {
        let lines = self
            .tools
            .iter()
            .map(|(name, version)| format!("{name} {version}\n"));
        lines.collect()
    }

    /// What others wrote of the program, the module and the page inside it included.
    pub(super) fn in_program(&self, root: &Path) -> Vec<Work> {
        let mut works = self.in_page(root);
        works.extend(Work::of_crates(&self.program.packages));
        works.extend(self.in_module());
        works
    }

    /// What others wrote of the hosts' module.
    pub(super) fn in_module(&self) -> Vec<Work> {
        Work::of_crates(&self.module.packages).collect()
    }

    /// What others wrote of the package for JavaScript.
    pub(super) fn in_package(&self) -> Vec<Work> {
        let works = Work::of_crates(&self.rule_web.packages);
        works
            .chain(Work::of_crates(&self.evtx_web.packages))
            .collect()
    }

    /// What others wrote of the page.
    pub(super) fn in_page(&self, root: &Path) -> Vec<Work> {
        let mut works = self.in_package();
        works.extend(Work::of_npm(&self.npm, &root.join(npm::FOLDER)));
        works
    }

    /// The bills of materials, by the names of their files.
    pub(super) fn bills(&self) -> Result<Vec<(&'static str, String)>, Failure> {
        let write = |file, bill: Result<String, String>| {
            bill.map(|bill| (file, bill))
                .map_err(|why| Failure::new(format!("`{file}`: {why}"), REMEDY))
        };
        Ok(vec![
            write("host-runner.cdx.json", self.program_bill())?,
            write("rule.cdx.json", self.module_bill())?,
            write("rule-web.cdx.json", self.browser_bill(PACKAGE, false))?,
            write("triage-page.cdx.json", self.browser_bill(PAGE, true))?,
        ])
    }

    fn program_bill(&self) -> Result<String, String> {
        let mut bom = Bom::default();
        bom.crates(&self.program, &self.lock)?;
        bom.crates(&self.module, &self.lock)?;
        let page = self.add_browser(&mut bom, PAGE, true)?;
        let program = self.own(PROGRAM);
        bom.depend(&program, &self.own("rule-wasm"));
        bom.depend(&program, &page);
        self.write(bom, &program)
    }

    fn module_bill(&self) -> Result<String, String> {
        let mut bom = Bom::default();
        bom.crates(&self.module, &self.lock)?;
        self.write(bom, &self.own("rule-wasm"))
    }

    fn browser_bill(&self, name: &str, with_npm: bool) -> Result<String, String> {
        let mut bom = Bom::default();
        let root = self.add_browser(&mut bom, name, with_npm)?;
        self.write(bom, &root)
    }

    /// Adds what has the browser's modules; gives its reference.
    fn add_browser(&self, bom: &mut Bom, name: &str, with_npm: bool) -> Result<String, String> {
        bom.crates(&self.rule_web, &self.lock)?;
        bom.crates(&self.evtx_web, &self.lock)?;
        let above = bom.ours(name, &self.version);
        bom.depend(&above, &self.own("rule-web"));
        bom.depend(&above, &self.own("evtx-web"));
        if with_npm {
            bom.npm(&above, &self.npm)?;
        }
        Ok(above)
    }

    fn write(&self, bom: Bom, root: &str) -> Result<String, String> {
        bom.write(root, "application", &self.tools)
    }

    fn own(&self, name: &str) -> String {
        own_reference(name, &self.version)
    }
}

/// The page, as a component.
const PAGE: &str = "triage-page";

/// The package for npm, as a component: `rule-web` is the crate in it.
const PACKAGE: &str = "rule-web-package";
