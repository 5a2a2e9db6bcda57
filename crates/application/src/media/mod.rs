//! Files of organizations: taking uploads, and addresses under which files are read for a while.

mod addresses;
mod keep_media;

pub use addresses::MediaAddresses;
pub use keep_media::{KeepMedia, MediaError, MediaService, Upload, Uploaded};
