//! Who it is: passwords, one-time passwords, passkeys, single sign-on, random tokens.

pub mod passkey;
pub mod password;
pub mod sso;
pub mod token;
pub mod totp;
