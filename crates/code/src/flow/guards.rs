//! Checks that a function performs, and what it does to the outside.

use bitflags::bitflags;

bitflags! {
    /// Checks that make an access legitimate.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    pub struct Guards: u16 {
        /// A token or signature was compared.
        const TOKEN = 1;
        /// Access rights or record rules were checked.
        const ACCESS = 1 << 1;
        /// Membership of a group was checked.
        const GROUP = 1 << 2;
        /// The record was tied to the current user.
        const OWNER = 1 << 3;
        /// The record is published for everybody.
        const PUBLISHED = 1 << 4;
        /// A CAPTCHA or CSRF token was verified.
        const HUMAN = 1 << 5;
        /// A secret was refused when it was empty.
        const NOT_EMPTY = 1 << 6;
    }

    /// What a function does to the outside, itself or through its callees.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    pub struct Effects: u16 {
        /// Creates, changes or deletes records.
        const WRITES = 1;
        /// Reads records or runs a SELECT.
        const READS = 1 << 1;
        /// Works as superuser.
        const SUDO = 1 << 2;
        /// Writes as superuser.
        const SUDO_WRITES = 1 << 3;
        /// Runs SQL.
        const SQL = 1 << 4;
        /// Runs SQL that changes rows or tables.
        const SQL_WRITES = 1 << 5;
        /// Sends requests to other machines.
        const NETWORK = 1 << 6;
        /// Uses the body or parameters of a request.
        const BODY = 1 << 7;
        /// Builds an environment of its own.
        const ENVIRONMENT = 1 << 8;
        /// Sends mail.
        const MAIL = 1 << 9;
        /// Calls `super()`.
        const SUPER = 1 << 10;
        /// Raises an exception.
        const RAISES = 1 << 11;
    }
}

/// The guard that a call of this name performs.
#[must_use]
pub(super) fn guard_of_call(name: &str) -> Guards {
    match name {
        "consteq"
        | "compare_digest"
        | "_document_check_access"
        | "_check_access_token"
        | "check_token"
        | "_check_token"
        | "verify_token"
        | "verify_hash"
        | "verify_signature"
        | "_verify_signature"
        | "hmac_verify"
        | "_verify_notification_signature"
        | "construct_event"
        | "verify"
        | "_portal_ensure_token"
        | "verify_hmac"
        | "hash_verify"
        | "verify_jwt" => Guards::TOKEN,
        "check_access"
        | "check_access_rights"
        | "check_access_rule"
        | "has_access"
        | "_check_access"
        | "_filter_access_rules"
        | "_filter_access_rules_python"
        | "_filtered_access"
        | "check_field_access_rights"
        | "can_access_from_current_website"
        | "_can_access"
        | "check_access_rule_or_token" => Guards::ACCESS,
        "has_group" | "user_has_groups" | "_is_admin" | "_is_system" | "is_admin" | "is_system" | "_is_superuser"
        | "has_groups" | "_has_group" | "_is_internal" => Guards::GROUP,
        "validate_csrf"
        | "verify_recaptcha"
        | "_verify_request_recaptcha_token"
        | "_verify_recaptcha_token"
        | "_verify_turnstile_token" => Guards::HUMAN,
        _ => guard_by_words(name),
    }
}

/// Helpers of other modules: a verb of checking together with what is checked.
fn guard_by_words(name: &str) -> Guards {
    let lower = name.to_ascii_lowercase();
    let verb = ["check", "verify", "validate", "ensure", "authenticate", "authorize", "require", "assert"]
        .iter()
        .any(|verb| lower.contains(verb));
    if !verb {
        return Guards::empty();
    }
    if ["token", "signature", "hmac", "hash", "secret", "api_key", "apikey", "digest", "webhook", "auth"]
        .iter()
        .any(|word| lower.contains(word))
    {
        return Guards::TOKEN;
    }
    if ["access", "right", "permission", "allowed"].iter().any(|word| lower.contains(word)) {
        return Guards::ACCESS;
    }
    if ["owner", "partner", "group", "admin", "manager"].iter().any(|word| lower.contains(word)) {
        return Guards::GROUP;
    }
    Guards::empty()
}

/// Words in a search domain that tie a record to its owner or a token, or keep to what is public.
#[must_use]
pub(super) fn guard_of_domain(text: &str) -> Guards {
    let mut guards = Guards::empty();
    if ["access_token", "'token'", "\"token\"", "_token'", "_token\"", "uuid", "access_key"]
        .iter()
        .any(|word| text.contains(word))
    {
        guards |= Guards::TOKEN;
    }
    if ["user.id", "env.uid", ".uid", "partner_id.id", "user.partner", "user_id.id", "env.user", "commercial_partner"]
        .iter()
        .any(|word| text.contains(word))
    {
        guards |= Guards::OWNER;
    }
    if ["is_published", "website_published", "'active_public'", "website_domain()", "is_public"]
        .iter()
        .any(|word| text.contains(word))
    {
        guards |= Guards::PUBLISHED;
    }
    guards
}
