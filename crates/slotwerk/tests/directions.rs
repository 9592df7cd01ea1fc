//! Guards the direction of the crates and a budget of third-party crates per leaf, over what
//! `cargo metadata` resolves.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use cargo_metadata::semver::VersionReq;
use cargo_metadata::{
    Dependency, DependencyKind, Metadata, MetadataCommand, Node, Package, PackageId,
};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Command;

/// Crate, the crates of ours it may use, and how many third-party crates may stand behind it in all,
/// with every feature that the workspace turns on. Two versions of one crate count as two. One of them, `serde_core`,
/// is behind four of the leaves in this workspace only: the drivers of sqlx turn on a feature of `bitflags`.
///
/// Two are no leaves, but stand alone like one: `slotwerk-breach`, which reads files, and the contract
/// `slotwerk-words`.
const LEAVES: [(&str, &[&str], usize); 10] = [
    ("slotwerk-breach", &[], 35),
    ("slotwerk-keys", &[], 41),
    ("slotwerk-throttle", &[], 6),
    ("slotwerk-policy", &[], 45),
    ("slotwerk-password", &["slotwerk-keys"], 73),
    ("slotwerk-totp", &[], 62),
    ("slotwerk-qr", &[], 22),
    ("slotwerk-reset", &["slotwerk-keys"], 72),
    ("slotwerk-recovery", &["slotwerk-keys"], 41),
    ("slotwerk-words", &[], 31),
];

/// What the crates above the leaves may use of ours, at most.
const ABOVE: [(&str, &[&str]); 9] = [
    ("slotwerk-store", &["slotwerk-throttle"]),
    ("slotwerk-mail", &["slotwerk-qr", "slotwerk-words"]),
    ("slotwerk-sqlx", &["slotwerk-store", "slotwerk-throttle"]),
    ("slotwerk-redis", &["slotwerk-store", "slotwerk-throttle"]),
    (
        "slotwerk-axum",
        &["slotwerk", "slotwerk-policy", "slotwerk-words"],
    ),
    (
        "slotwerk-service",
        &["slotwerk", "slotwerk-axum", "slotwerk-mail", "slotwerk-redis"],
    ),
    (
        "slotwerk-testkit",
        &["slotwerk-store", "slotwerk-mail", "slotwerk-throttle"],
    ),
    (
        "slotwerk-cli",
        &[
            "slotwerk",
            "slotwerk-breach",
            "slotwerk-keys",
            "slotwerk-password",
            "slotwerk-policy",
            "slotwerk-sqlx",
            "slotwerk-throttle",
        ],
    ),
    (
        "slotwerk",
        &[
            "slotwerk-breach",
            "slotwerk-keys",
            "slotwerk-mail",
            "slotwerk-password",
            "slotwerk-policy",
            "slotwerk-qr",
            "slotwerk-recovery",
            "slotwerk-reset",
            "slotwerk-sqlx",
            "slotwerk-store",
            "slotwerk-throttle",
            "slotwerk-totp",
        ],
    ),
];

/// The adapters that the facade re-exports behind a feature, so that a host needs one dependency line.
const RE_EXPORTED: [&str; 1] = ["slotwerk-sqlx"];

/// The tools of the outer ring, which may use an adapter as hosts do.
const TOOLS: [&str; 2] = ["slotwerk-cli", SERVICE];

/// A whole service, which composes the adapters as a host does.
const SERVICE: &str = "slotwerk-service";

/// The adapters below the facade implement its store.
const STORES: [&str; 2] = ["slotwerk-redis", "slotwerk-sqlx"];

/// The adapter above the facade is its web layer.
const WEB: &str = "slotwerk-axum";

const ADAPTERS: [&str; 3] = ["slotwerk-axum", "slotwerk-redis", "slotwerk-sqlx"];

/// The crates of others that only the web layer needs.
const FRAMEWORK: [&str; 5] = ["axum", "axum-server", "cookie", "hyper", "tower"];

/// How many third-party crates the web layer may add to the facade's. Some are behind its feature `metrics`:
/// `prometheus-client` and what that needs.
const WEB_BUDGET: usize = 43;

const DRIVERS: [&str; 7] = [
    "async-std",
    "lettre",
    "libsqlite3-sys",
    "redis",
    "sqlx",
    "sqlx-core",
    "tokio",
];

#[test]
fn a_leaf_uses_no_other_crate_of_ours_but_keys() {
    let graph = Graph::load();
    for (leaf, allowed, _) in LEAVES {
        assert_eq!(graph.ours(leaf), set(allowed), "what {leaf} uses of ours");
    }
}

#[test]
fn every_crate_has_its_place_and_uses_nothing_above_it() {
    let graph = Graph::load();
    let placed: BTreeSet<&str> = LEAVES
        .iter()
        .map(|(leaf, ..)| *leaf)
        .chain(ABOVE.iter().map(|(name, _)| *name))
        .collect();
    for name in &graph.libraries {
        assert!(placed.contains(name.as_str()), "{name} has no place yet");
    }
    for (name, allowed) in ABOVE {
        if graph.libraries.contains(name) {
            let allowed = set(allowed);
            let ours = graph.ours(name);
            assert!(ours.is_subset(&allowed), "{name} uses {ours:?}");
        }
    }
}

#[test]
fn contracts_and_facade_need_no_driver() {
    let graph = Graph::load();
    for name in [
        "slotwerk-store",
        "slotwerk-words",
        "slotwerk-mail",
        "slotwerk",
    ] {
        for driver in DRIVERS {
            let reached = graph.needed(name).contains(driver);
            assert!(!reached, "{name} cannot do without {driver}");
        }
    }
    // The mailer behind a feature is for the host to choose, not for the facade.
    for dependency in &graph.packages["slotwerk"].dependencies {
        if dependency.name == "slotwerk-mail" && dependency.kind == DependencyKind::Normal {
            assert!(dependency.features.is_empty(), "{:?}", dependency.features);
        }
    }
}

#[test]
fn stores_never_use_the_facade() {
    let graph = Graph::load();
    for adapter in STORES {
        let ours = graph.ours(adapter);
        assert!(
            ours.contains("slotwerk-store"),
            "{adapter} implements the store"
        );
        assert!(!ours.contains("slotwerk"), "{adapter} reaches the facade");
    }
}

/// A host chooses its database: the web layer works with any store.
#[test]
fn web_layer_uses_no_database() {
    let graph = Graph::load();
    let ours = graph.ours(WEB);
    assert!(ours.contains("slotwerk"), "{ours:?}");
    let needed = graph.needed(WEB);
    for driver in ["libsqlite3-sys", "redis", "sqlx", "sqlx-core"] {
        assert!(!needed.contains(driver), "{WEB} cannot do without {driver}");
    }
}

#[test]
fn only_the_web_layer_needs_a_framework() {
    let graph = Graph::load();
    for framework in FRAMEWORK {
        assert!(
            graph.needed(WEB).contains(framework),
            "{framework}: a control"
        );
        let others = graph.libraries.iter();
        let others = others.filter(|name| ![WEB, SERVICE].contains(&name.as_str()));
        for name in others {
            let needed = graph.needed(name).contains(framework);
            assert!(!needed, "{name} cannot do without {framework}");
        }
    }
}

#[test]
fn web_layer_stays_within_its_budget() {
    let graph = Graph::load();
    let of_facade = graph.third_party_behind("slotwerk");
    let behind = graph.third_party_behind(WEB);
    let added: BTreeSet<_> = behind.difference(&of_facade).collect();
    let fits = added.len()..=added.len() + 2;
    assert!(
        fits.contains(&WEB_BUDGET),
        "{WEB} adds {}, its budget is {WEB_BUDGET}: {added:?}",
        added.len()
    );
}

/// A small host needs the facade, its store and the web layer, and names no leaf.
#[test]
fn small_host_names_no_leaf() {
    let graph = Graph::load();
    let ours = graph.ours("axum-host");
    assert_eq!(ours, set(&["slotwerk", "slotwerk-axum"]));
}

#[test]
fn only_hosts_and_tools_use_adapters() {
    let graph = Graph::load();
    let tools = set(&TOOLS);
    let others = graph.libraries.iter();
    for name in others.filter(|name| !tools.contains(name.as_str())) {
        for adapter in ADAPTERS {
            let may = name == "slotwerk" && RE_EXPORTED.contains(&adapter);
            let used = graph.ours(name).contains(adapter);
            assert!(may || !used, "{name} uses the adapter {adapter}");
        }
    }
}

/// The facade knows no adapter: it is optional, and one line of one file names it.
#[test]
fn facade_only_re_exports_adapters() {
    let graph = Graph::load();
    for adapter in RE_EXPORTED {
        assert!(graph.ours("slotwerk").contains(adapter), "a control");
        let declared = graph.packages["slotwerk"].dependencies.iter();
        let normal = |dep: &&Dependency| dep.kind == DependencyKind::Normal;
        let mut edges = declared.filter(normal).filter(|dep| dep.name == adapter);
        assert!(edges.all(|dep| dep.optional), "{adapter} is not optional");
        let (module, mut lines) = (adapter.replace('-', "_"), Vec::new());
        for (file, source) in sources(concat!(env!("CARGO_MANIFEST_DIR"), "/src")) {
            let naming = source.lines().filter(|line| line.contains(&module));
            lines.extend(naming.map(|line| (file.clone(), line.to_owned())));
        }
        let [(file, line)] = lines.as_slice() else {
            panic!("{adapter} is named in {lines:?}")
        };
        assert!(file.ends_with("src/lib.rs"), "{file:?}");
        assert!(line.starts_with("pub use "), "{line}");
    }
}

/// Each file below a folder, with its text.
fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let (mut open, mut found) = (vec![PathBuf::from(folder)], Vec::new());
    while let Some(next) = open.pop() {
        if next.is_dir() {
            let entries = std::fs::read_dir(next).unwrap();
            open.extend(entries.map(|entry| entry.unwrap().path()));
        } else {
            found.push((next.clone(), std::fs::read_to_string(next).unwrap()));
        }
    }
    found
}

/// Some crates are there for hosts that ask for them, and cost nobody else anything.
#[test]
fn facade_needs_no_optional_crate() {
    let graph = Graph::load();
    let used: BTreeSet<&str> = graph
        .uses("slotwerk")
        .iter()
        .map(|id| graph.name(id))
        .collect();
    assert!(used.contains("tracing"), "a control: its tests ask for it");
    for name in ["tracing", "tracing-core", "bcrypt", "scrypt", "lettre"] {
        assert!(!graph.needed("slotwerk").contains(name), "{name}");
    }
}

#[test]
fn each_leaf_stays_within_its_third_party_budget() {
    let graph = Graph::load();
    let mut over = Vec::new();
    for (leaf, _, budget) in LEAVES {
        let third_party = graph.third_party_behind(leaf);
        let count = third_party.len();
        if count > budget {
            over.push(format!(
                "{leaf} has {count}, its budget is {budget}: {third_party:?}"
            ));
        }
        assert!(
            budget <= count + 2,
            "the budget of {leaf} is {budget}, and {count} are used: tighten it"
        );
    }
    assert!(over.is_empty(), "{over:#?}");
}

/// `cargo package` leaves dev-dependencies without a version out of the manifest. With a version it would look
/// for them in the registry, and store and testkit, which use each other, could not be packaged.
#[test]
fn dev_dependencies_have_no_version() {
    let (mut development, mut normal) = (0, 0);
    let metadata = metadata();
    let members = metadata.workspace_packages();
    let names: BTreeSet<&str> = members.iter().map(|member| member.name.as_str()).collect();
    for member in members {
        let ours = member.dependencies.iter();
        for dependency in ours.filter(|used| names.contains(used.name.as_str())) {
            let has_version = dependency.req != VersionReq::STAR;
            let edge = format!("{} on {}", member.name, dependency.name);
            assert!(dependency.path.is_some(), "{edge}: no path");
            if dependency.kind == DependencyKind::Development {
                development += 1;
                assert!(!has_version, "{edge}: a dev-dependency with a version");
            } else {
                normal += 1;
                assert!(has_version, "{edge}: no version");
            }
        }
    }
    assert!(
        development >= 10 && normal >= 20,
        "the dependencies were found: {development}, {normal}"
    );
}

#[test]
fn the_guard_sees_what_it_guards_against() {
    // A negative control: the facade does use the leaves, and the graph says so.
    let graph = Graph::load();
    assert!(graph.ours("slotwerk").contains("slotwerk-totp"));
    assert!(graph.needed("slotwerk-sqlx").contains("sqlx-core"));
    assert!(graph.needed("slotwerk").contains("chacha20poly1305"));
    let behind = graph.third_party_behind("slotwerk-keys");
    assert!(
        behind
            .iter()
            .any(|label| label.starts_with("chacha20poly1305 "))
    );
}

fn set<'a>(names: &[&'a str]) -> BTreeSet<&'a str> {
    names.iter().copied().collect()
}

struct Graph {
    /// By name: the packages of this workspace, and of the others the one met last.
    packages: BTreeMap<String, Package>,
    names: BTreeMap<PackageId, String>,
    /// Name and epoch.
    labels: BTreeMap<PackageId, String>,
    /// What each package uses outside of tests and build scripts.
    direct: BTreeMap<PackageId, BTreeSet<PackageId>>,
    /// The packages below `crates/`.
    libraries: BTreeSet<String>,
}

impl Graph {
    fn load() -> Self {
        let metadata = metadata();
        let names = metadata
            .packages
            .iter()
            .map(|package| (package.id.clone(), package.name.to_string()))
            .collect();
        let labels = metadata
            .packages
            .iter()
            .map(|package| {
                let label = format!("{} {}", package.name, package.version);
                (package.id.clone(), label)
            })
            .collect();
        let resolve = metadata.resolve.as_ref().expect("a resolved graph");
        let direct = resolve
            .nodes
            .iter()
            .map(|node| (node.id.clone(), normal(node).cloned().collect()))
            .collect();
        let libraries = metadata
            .workspace_packages()
            .iter()
            .filter(|package| {
                package
                    .manifest_path
                    .components()
                    .rev()
                    .nth(2)
                    .is_some_and(|dir| dir.as_str() == "crates")
            })
            .map(|package| package.name.to_string())
            .collect();
        let packages = metadata
            .packages
            .iter()
            .map(|package| (package.name.to_string(), package.clone()))
            .collect();
        Self {
            packages,
            names,
            labels,
            direct,
            libraries,
        }
    }

    fn uses(&self, name: &str) -> &BTreeSet<PackageId> {
        let package = self
            .packages
            .get(name)
            .unwrap_or_else(|| panic!("{name} is in the workspace"));
        &self.direct[&package.id]
    }

    fn name(&self, id: &PackageId) -> &str {
        &self.names[id]
    }

    /// Which crates of ours a crate of ours uses directly.
    fn ours(&self, name: &str) -> BTreeSet<&str> {
        self.uses(name)
            .iter()
            .map(|id| self.names[id].as_str())
            .filter(|used| used.starts_with("slotwerk"))
            .collect()
    }

    /// Everything of others that a crate uses, directly or not.
    fn third_party_behind(&self, name: &str) -> BTreeSet<&str> {
        self.behind(self.uses(name).iter().cloned().collect())
            .iter()
            .filter(|id| !self.names[*id].starts_with("slotwerk"))
            .map(|id| self.labels[id].as_str())
            .collect()
    }

    fn behind(&self, mut open: Vec<PackageId>) -> BTreeSet<PackageId> {
        let mut seen = BTreeSet::new();
        while let Some(next) = open.pop() {
            if seen.insert(next.clone()) {
                open.extend(self.direct[&next].iter().cloned());
            }
        }
        seen
    }

    /// The names of everything that a crate of ours cannot do without: what is behind the dependencies
    /// that it and the crates of ours behind it declare as not optional. What another member of the
    /// workspace turns on does not count.
    fn needed(&self, name: &str) -> BTreeSet<String> {
        let mut needed = BTreeSet::new();
        let mut open = vec![name.to_owned()];
        while let Some(next) = open.pop() {
            let package = &self.packages[&next];
            let declared: BTreeSet<&str> = package
                .dependencies
                .iter()
                .filter(|dep| dep.kind == DependencyKind::Normal && !dep.optional)
                .map(|dep| dep.name.as_str())
                .collect();
            for id in self.uses(&next) {
                let used = &self.names[id];
                if !declared.contains(used.as_str()) || !needed.insert(used.clone()) {
                    continue;
                }
                if used.starts_with("slotwerk") {
                    open.push(used.clone());
                } else {
                    let behind = self.behind(vec![id.clone()]);
                    needed.extend(behind.iter().map(|id| self.names[id].clone()));
                }
            }
        }
        needed
    }
}

fn normal(node: &Node) -> impl Iterator<Item = &PackageId> {
    node.deps
        .iter()
        .filter(|dep| {
            dep.dep_kinds
                .iter()
                .any(|kind| kind.kind == DependencyKind::Normal)
        })
        .map(|dep| &dep.pkg)
}

fn metadata() -> Metadata {
    // Only this platform's crates: a test must not fetch those of the others.
    let rustc = Command::new("rustc")
        .arg("-vV")
        .output()
        .expect("rustc runs");
    let epoch = String::from_utf8(rustc.stdout).expect("rustc prints UTF-8");
    let host = epoch
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .expect("rustc names its host");
    MetadataCommand::new()
        .manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.toml"))
        .other_options([
            "--filter-platform".to_owned(),
            host.to_owned(),
            "--locked".to_owned(),
        ])
        .exec()
        .expect("cargo metadata")
}

/// A file of `tests/` that its `it.rs` does not list would never run.
#[test]
fn test_programs_list_their_files() {
    let mut programs = 0;
    for member in metadata().workspace_packages() {
        let folder = member.manifest_path.with_file_name("tests");
        let Ok(program) = std::fs::read_to_string(folder.join("it.rs")) else {
            continue;
        };
        programs += 1;
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap();
            let is_module = path.extension().is_some_and(|end| end == "rs") && name != "it";
            let own_program = member
                .targets
                .iter()
                .any(|target| target.is_test() && target.name == name);
            if is_module && !own_program {
                assert!(
                    program.lines().any(|line| line == format!("mod {name};")),
                    "{} does not list {name}.rs",
                    member.name
                );
            }
        }
    }
    assert!(programs >= 10, "the programs were found");
}
