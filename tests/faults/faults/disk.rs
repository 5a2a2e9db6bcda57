//! The file system of the database fills up under load. It needs one of its own, of a few megabytes,
//! which only root can mount: this kind runs by command.

use crate::folder::Folder;
use crate::process::sh;
use crate::world::World;

/// Room for a fresh cluster and its log; the rest is taken when the disk fills up.
const MEGABYTES: u32 = 320;

/// Puts the database of this folder on a file system of its own.
pub(crate) fn make_small(folder: &Folder) -> anyhow::Result<()> {
    let place = folder.path().join("postgres");
    let place = place.display();
    sh(&format!(
        "mkdir -p {place} && mount -t tmpfs -o size={MEGABYTES}m faults {place}"
    ))
}

/// Gives it back, with what is on it.
pub(crate) fn give_back(folder: &Folder) -> anyhow::Result<()> {
    let place = folder.path().join("postgres");
    sh(&format!("umount --lazy {}", place.display()))
}

pub(super) fn begin(world: &World) -> anyhow::Result<()> {
    let place = world.folder.path().join("postgres");
    let place = place.display();
    // Writes until there is no room: that it fails is what is wanted.
    sh(&format!(
        "! dd if=/dev/zero of={place}/filler bs=64k status=none 2>{place}/../filler.log"
    ))
}

pub(super) async fn end(world: &mut World) -> anyhow::Result<()> {
    let filler = world.folder.path().join("postgres/filler");
    std::fs::remove_file(filler)?;
    world.database.start_if_ended().await
}
