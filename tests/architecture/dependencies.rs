//! Which package may depend on which.

use crate::packages::{self, Dependency, Kind, Package};
use crate::{assert_none, root};

/// The dependencies of one of our packages on others of ours.
struct Layer {
    package: &'static str,
    /// Allowed in the product.
    product: &'static [&'static str],
    /// Allowed in addition in its tests.
    tests: &'static [&'static str],
}

const LAYERS: [Layer; 16] = [
    Layer {
        package: "sms-text",
        product: &[],
        tests: &[],
    },
    Layer {
        package: "sms-keywords",
        product: &["sms-text"],
        tests: &[],
    },
    Layer {
        package: "sms-domain",
        product: &["sms-text", "sms-keywords"],
        tests: &["sms-scenarios"],
    },
    Layer {
        package: "sms-scenarios",
        product: &["sms-domain"],
        tests: &[],
    },
    Layer {
        package: "sms-lab",
        product: &["sms-domain"],
        tests: &["sms-scenarios"],
    },
    Layer {
        package: "sms-application",
        product: &["sms-domain", "sms-lab"],
        tests: &["sms-testkit"],
    },
    Layer {
        package: "sms-postgres",
        product: &["sms-domain"],
        tests: &["sms-testkit"],
    },
    Layer {
        package: "sms-telnyx",
        product: &["sms-domain"],
        tests: &["sms-testkit"],
    },
    Layer {
        package: "sms-keyring",
        product: &["sms-domain"],
        tests: &[],
    },
    Layer {
        package: "sms-outbound",
        product: &["sms-domain"],
        tests: &[],
    },
    Layer {
        package: "telnyx-sim",
        product: &["sms-domain"],
        tests: &[],
    },
    Layer {
        package: "pg-launcher",
        product: &[],
        tests: &[],
    },
    Layer {
        package: "sms-testkit",
        product: &["sms-domain", "sms-postgres", "pg-launcher"],
        tests: &[],
    },
    Layer {
        package: "sms-api",
        product: &[
            "sms-keywords",
            "sms-domain",
            "sms-scenarios",
            "sms-lab",
            "sms-application",
            "sms-postgres",
            "sms-telnyx",
            "sms-outbound",
            "sms-keyring",
            "telnyx-sim",
            "pg-launcher",
        ],
        tests: &["sms-testkit"],
    },
    Layer {
        package: "sms-tests",
        product: &[
            "sms-domain",
            "sms-application",
            "sms-postgres",
            "sms-telnyx",
            "sms-outbound",
            "sms-keyring",
            "telnyx-sim",
            "pg-launcher",
            "sms-testkit",
            "sms-api",
        ],
        tests: &[],
    },
    Layer {
        package: "sms-bench",
        product: &[
            "sms-domain",
            "sms-application",
            "sms-postgres",
            "sms-telnyx",
            "telnyx-sim",
            "pg-launcher",
            "sms-api",
        ],
        tests: &[],
    },
];

/// A third-party library that only some of our packages may use, in any kind of dependency.
struct Reserved {
    /// A name, or the prefix of a family of names if it ends in `*`.
    library: &'static str,
    for_packages: &'static [&'static str],
    because: &'static str,
}

const LAUNCHER: &[&str] = &["pg-launcher"];
const STORE: &[&str] = &["sms-postgres"];
const SQL: &[&str] = &["sms-postgres", "pg-launcher", "sms-bench"];
const CLIENTS: &[&str] = &["sms-telnyx", "sms-outbound", "telnyx-sim", "sms-tests"];
const SPEAKERS: &[&str] = &[
    "sms-telnyx",
    "sms-outbound",
    "telnyx-sim",
    "sms-tests",
    "sms-api",
];
const SERVERS: &[&str] = &["sms-api", "telnyx-sim"];
const PROGRAMS: &[&str] = &["sms-api", "telnyx-sim", "sms-tests", "sms-bench"];
const ALL_BUT_PURE: &[&str] = &[
    "sms-application",
    "sms-postgres",
    "sms-telnyx",
    "sms-outbound",
    "telnyx-sim",
    "pg-launcher",
    "sms-testkit",
    "sms-api",
    "sms-tests",
    "sms-bench",
];

const fn reserved(
    library: &'static str,
    for_packages: &'static [&'static str],
    because: &'static str,
) -> Reserved {
    Reserved {
        library,
        for_packages,
        because,
    }
}

const RESERVED: [Reserved; 17] = [
    reserved("diesel*", STORE, "SQL lives in one crate"),
    reserved(
        "tokio-postgres",
        SQL,
        "SQL lives in one crate, in what starts a server, and in what compares it with plain Postgres",
    ),
    reserved(
        "tokio-postgres-*",
        STORE,
        "connections are made in one crate",
    ),
    reserved(
        "x509*",
        STORE,
        "only connections to the database look into certificates",
    ),
    reserved(
        "rcgen",
        STORE,
        "only tests of connections to the database make certificates",
    ),
    reserved("deadpool*", STORE, "connections are made in one crate"),
    reserved("reqwest", CLIENTS, "only adapters speak HTTP to others"),
    reserved(
        "hyper*",
        SPEAKERS,
        "only adapters speak HTTP to others, and only the API's listener to clients",
    ),
    reserved("poem*", SERVERS, "only programs serve HTTP"),
    reserved(
        "rustix",
        &["sms-api", "pg-launcher"],
        "only the launcher of Postgres and the program speak to the operating system",
    ),
    reserved("clap", PROGRAMS, "only programs have a command line"),
    reserved(
        "anyhow",
        PROGRAMS,
        "libraries have an error type for each thing a caller can do",
    ),
    reserved(
        "tokio",
        ALL_BUT_PURE,
        "the domain and what it stands on do no I/O",
    ),
    reserved(
        "tracing*",
        ALL_BUT_PURE,
        "the domain and what it stands on do not log",
    ),
    reserved(
        "metrics*",
        ALL_BUT_PURE,
        "the domain and what it stands on do not measure",
    ),
    reserved(
        "rand*",
        ALL_BUT_PURE,
        "the domain and what it stands on have no randomness",
    ),
    reserved(
        "libc",
        LAUNCHER,
        "only the launcher of Postgres speaks to the operating system",
    ),
];

fn violations(packages: &[Package]) -> Vec<String> {
    packages
        .iter()
        .flat_map(|one| [ours(one, packages), theirs(one)].concat())
        .collect()
}

/// Violations in dependencies on our own packages.
fn ours(package: &Package, all: &[Package]) -> Vec<String> {
    let Some(layer) = LAYERS.iter().find(|layer| layer.package == package.name) else {
        return vec![format!("{} has no row in LAYERS", package.name)];
    };
    let is_ours = |name: &str| all.iter().any(|one| one.name == name);
    let wrong = |used: &&Dependency| is_ours(&used.name) && !layer.allows(used);
    let wrong = package.dependencies.iter().filter(wrong);
    wrong
        .map(|used| format!("{} must not depend on {}", package.name, used.name))
        .collect()
}

impl Layer {
    fn allows(&self, used: &Dependency) -> bool {
        let name = used.name.as_str();
        self.product.contains(&name)
            || (used.kind == Kind::Development && self.tests.contains(&name))
    }
}

/// Violations in dependencies on third-party libraries.
fn theirs(package: &Package) -> Vec<String> {
    let names = package.dependencies.iter().map(|used| used.name.as_str());
    names
        .filter_map(|name| {
            let reserved = RESERVED
                .iter()
                .find(|one| one.refuses(&package.name, name))?;
            Some(format!(
                "{} must not depend on {name}: {}",
                package.name, reserved.because
            ))
        })
        .collect()
}

impl Reserved {
    fn refuses(&self, package: &str, library: &str) -> bool {
        let meant = match self.library.strip_suffix('*') {
            Some(family) => library.starts_with(family),
            None => library == self.library,
        };
        meant && !self.for_packages.contains(&package)
    }
}

#[test]
fn packages_depend_only_on_the_layers_below_them() {
    assert_none(&violations(&packages::of_workspace(&root())));
}

#[test]
fn every_layer_is_a_package() {
    let packages = packages::of_workspace(&root());
    let gone = LAYERS
        .iter()
        .filter(|layer| !packages.iter().any(|one| one.name == layer.package));
    assert_none(
        &gone
            .map(|layer| format!("{} does not exist", layer.package))
            .collect::<Vec<_>>(),
    );
}

/// A workspace of two: the package in question, and everything of ours it could depend on.
fn depends(package: &str, on: &str, kind: Kind) -> Vec<String> {
    let name = on.to_owned();
    let mut all: Vec<_> = LAYERS
        .iter()
        .map(|layer| Package {
            name: layer.package.to_owned(),
            dependencies: Vec::new(),
        })
        .filter(|one| one.name != package)
        .collect();
    all.push(Package {
        name: package.to_owned(),
        dependencies: vec![Dependency { name, kind }],
    });
    violations(&all)
}

#[test]
fn the_domain_may_depend_only_on_what_is_pure() {
    let pure = ["sms-text", "sms-keywords"];
    for layer in LAYERS.iter().filter(|layer| layer.package != "sms-domain") {
        let refused = |may: bool| usize::from(!may);
        let is_pure = pure.contains(&layer.package);
        let product = depends("sms-domain", layer.package, Kind::Product);
        assert_eq!(product.len(), refused(is_pure));
        // Its tests run scenarios, which the crate above it reads.
        let may_test = is_pure || layer.package == "sms-scenarios";
        let tests = depends("sms-domain", layer.package, Kind::Development);
        assert_eq!(tests.len(), refused(may_test));
    }
}

#[test]
fn what_reads_texts_may_not_depend_on_the_domain() {
    for package in ["sms-text", "sms-keywords"] {
        assert_eq!(depends(package, "sms-domain", Kind::Product).len(), 1);
        assert_eq!(depends(package, "sms-domain", Kind::Development).len(), 1);
    }
}

#[test]
fn an_adapter_may_not_depend_on_the_use_cases_or_on_another_adapter() {
    for used in ["sms-application", "sms-telnyx", "telnyx-sim"] {
        let violations = depends("sms-postgres", used, Kind::Product);
        assert_eq!(
            violations,
            [format!("sms-postgres must not depend on {used}")]
        );
    }
}

#[test]
fn the_test_kit_may_not_be_part_of_the_product() {
    assert_eq!(depends("sms-api", "sms-testkit", Kind::Product).len(), 1);
    assert!(depends("sms-api", "sms-testkit", Kind::Development).is_empty());
}

#[test]
fn a_library_reserved_for_one_package_is_refused_elsewhere_even_in_tests() {
    for (package, library) in [
        ("sms-application", "diesel-async"),
        ("sms-api", "diesel_migrations"),
        ("sms-postgres", "reqwest"),
        ("sms-tests", "poem"),
        ("sms-domain", "tokio"),
        ("sms-postgres", "anyhow"),
    ] {
        assert_eq!(
            depends(package, library, Kind::Development).len(),
            1,
            "{package} {library}"
        );
    }
    assert!(depends("sms-postgres", "diesel", Kind::Product).is_empty());
    assert!(depends("sms-telnyx", "reqwest", Kind::Product).is_empty());
}

#[test]
fn a_new_package_needs_a_row() {
    assert_eq!(
        depends("sms-new", "serde", Kind::Product),
        ["sms-new has no row in LAYERS"]
    );
}
