use reqwest::Url;

use crate::{AddressPolicy, Error};

const LENGTH_MAX: usize = 2048;

/// The address of an endpoint, as far as it can be checked before a name is resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointUrl(Url);

impl EndpointUrl {
    /// Checks an address.
    ///
    /// # Errors
    /// [`Error::Url`] when it is no HTTP address, is longer than 2048 characters, holds a password, or goes where the
    /// policy does not.
    pub fn parse(text: &str, policy: AddressPolicy) -> Result<Self, Error> {
        let refuse = |problem| Err(Error::Url { problem });
        if text.len() > LENGTH_MAX {
            return refuse("is longer than 2048 characters");
        }
        let Ok(url) = Url::parse(text) else { return refuse("is not a URL") };
        if !url.username().is_empty() || url.password().is_some() {
            return refuse("must not hold a name or password; requests are signed instead");
        }
        match (url.scheme(), policy) {
            ("https", _) | ("http", AddressPolicy::Anywhere) => {}
            ("http", AddressPolicy::PublicOnly) => return refuse("must begin with https://"),
            _ => return refuse("must be an HTTP address"),
        }
        // A host that is an address is never resolved, so it is checked here; brackets are IPv6's.
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
        if host.parse().is_ok_and(|address| !policy.admits(address)) {
            return refuse("must be public");
        }
        if host.is_empty() {
            return refuse("has no host");
        }
        Ok(Self(url))
    }

    /// Returns the address in its normal form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

#[cfg(test)]
mod tests {
    use super::EndpointUrl;
    use crate::AddressPolicy;

    #[test]
    fn addresses_inside_the_network_are_refused_in_every_spelling() {
        for bad in [
            "",
            "example.com/hook",
            "ftp://example.com/",
            "http://example.com/",
            "https://user:secret@example.com/",
            "https://127.0.0.1/",
            "https://127.1/",
            "https://0x7f000001/",
            "https://2130706433/",
            "https://[::1]:8080/",
            "https://[::ffff:169.254.169.254]/latest",
            "https://169.254.169.254/",
        ] {
            assert!(EndpointUrl::parse(bad, AddressPolicy::PublicOnly).is_err(), "{bad}");
        }
        assert!(EndpointUrl::parse(&format!("https://e.com/{}", "x".repeat(2048)), AddressPolicy::Anywhere).is_err());
        let good = EndpointUrl::parse("https://example.com/hook?a=b", AddressPolicy::PublicOnly).expect("valid");
        assert_eq!(good.as_str(), "https://example.com/hook?a=b");
        assert!(EndpointUrl::parse("http://127.0.0.1:9/", AddressPolicy::Anywhere).is_ok());
    }
}
