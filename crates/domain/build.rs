//! Identifies the code that decides: a hash of the sources of this crate and of the pure crates below it. A
//! package version would not change with every rule.

use std::path::Path;
use std::{fs, io};

/// The folders whose files decide, relative to this crate.
const SOURCES: [&str; 5] = [
    "src",
    "data",
    "../text/src",
    "../keywords/src",
    "../keywords/phrases",
];

fn main() -> io::Result<()> {
    let mut hash = Fnv::default();
    for folder in SOURCES {
        println!("cargo::rerun-if-changed={folder}");
        // Cargo runs this program in the crate's folder, wherever it was compiled.
        hash.add_folder(Path::new(folder), folder)?;
    }
    println!("cargo::rustc-env=RULES_BUILD={:016x}", hash.0);
    Ok(())
}

/// FNV-1a, 64 bits. It distinguishes builds; it need not resist attacks.
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Fnv {
    /// Adds the files of a folder by name, so that the order of the file system does not matter.
    fn add_folder(&mut self, folder: &Path, name: &str) -> io::Result<()> {
        let mut entries: Vec<_> = fs::read_dir(folder)?.collect::<io::Result<_>>()?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let name = format!("{name}/{}", entry.file_name().to_string_lossy());
            if entry.file_type()?.is_dir() {
                self.add_folder(&entry.path(), &name)?;
            } else {
                self.add(name.as_bytes());
                self.add(&fs::read(entry.path())?);
            }
        }
        Ok(())
    }

    /// Adds bytes and a separator that occurs in no text.
    fn add(&mut self, bytes: &[u8]) {
        for byte in bytes.iter().chain(&[0xff]) {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}
