//! The database's file system fills up under load. This needs a small file system of its own, which only root
//! can mount, so this kind runs only on demand.

use crate::folder::Folder;
use crate::process::sh;
use crate::world::World;

/// Size of the file system, with room for a new cluster and its log; filling the disk takes the rest.
const MEGABYTES: u32 = 320;

/// Puts the database of this folder on a file system of its own.
pub(crate) fn make_small(folder: &Folder) -> anyhow::Result<()> {
    let place = folder.path().join("postgres");
    let place = place.display();
    sh(&format!(
        "mkdir -p {place} && mount -t tmpfs -o size={MEGABYTES}m faults {place}"
    ))
}

/// Unmounts the file system and discards its contents.
pub(crate) fn give_back(folder: &Folder) -> anyhow::Result<()> {
    let place = folder.path().join("postgres");
    sh(&format!("umount --lazy {}", place.display()))
}

pub(super) fn begin(world: &World) -> anyhow::Result<()> {
    let place = world.folder.path().join("postgres");
    let place = place.display();
    // Writes until there is no space left; the failure is intended.
    sh(&format!(
        "! dd if=/dev/zero of={place}/filler bs=64k status=none 2>{place}/../filler.log"
    ))
}

pub(super) async fn end(world: &mut World) -> anyhow::Result<()> {
    let filler = world.folder.path().join("postgres/filler");
    std::fs::remove_file(filler)?;
    world.database.start_if_ended().await
}
