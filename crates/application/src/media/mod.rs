//! Files of organizations: taking uploads, addresses under which files are read for a while, and the files that a
//! message is sent with.

mod addresses;
mod fetch_received;
mod keep_media;
mod outgoing;

pub use addresses::MediaAddresses;
pub use fetch_received::FetchReceivedMedia;
pub use keep_media::{KeepMedia, MediaError, MediaService, Upload, Uploaded};
pub use outgoing::OutgoingMedia;
