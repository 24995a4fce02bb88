//! Who it is: passwords, one-time passwords, single sign-on, random tokens.

pub mod password;
pub mod sso;
pub mod token;
pub mod totp;
