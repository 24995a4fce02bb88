//! Bills of materials: what a deployment is made of, in the forms that other programs read.

mod components;
mod cyclonedx;
mod licence;
mod spdx;

pub use cyclonedx::cyclonedx;
pub use spdx::spdx;
