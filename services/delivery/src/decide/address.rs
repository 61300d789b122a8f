//! Which addresses a webhook may lead to: those of the public Internet, and what the installation names beside them. A
//! vendor writes the URL and the relay calls it from inside its own network; it must not be made to knock at doors there.

// The types alone: nothing here reaches for the network.
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

/// Whether a webhook may be called at this address: a public one, or one of these ranges. What is not known to be public
/// is not.
#[must_use]
pub fn may_call(address: IpAddr, allowed: &[IpNet]) -> bool {
    let public = match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    };
    public || allowed.iter().any(|range| range.contains(&address))
}

/// By the IANA registry of special-purpose addresses (RFC 6890), multicast and the reserved rest.
fn is_public_v4(address: Ipv4Addr) -> bool {
    let special = match address.octets() {
        // This network; private; shared; loopback; link-local; private.
        [0 | 10 | 127, ..] | [169, 254, ..] | [192, 168, ..] => true,
        [100, second, ..] => (64..128).contains(&second),
        [172, second, ..] => (16..32).contains(&second),
        // Protocol assignments, documentation, the old anycast of 6to4, benchmarks.
        [192, 0, 0 | 2, _] | [192, 88, 99, _] | [198, 18 | 19, ..] | [198, 51, 100, _] | [203, 0, 113, _] => {
            true
        }
        // Multicast, reserved, broadcast.
        [224..=255, ..] => true,
        _ => false,
    };
    !special
}

/// Global unicast (2000::/3) without what leads elsewhere: Teredo and its neighbours, documentation, 6to4. Loopback,
/// unspecified, IPv4-mapped and -translated, unique-local, link-local and multicast all lie outside of it.
fn is_public_v6(address: Ipv6Addr) -> bool {
    match address.segments() {
        [0x2001, second, ..] => 0x200 <= second && second != 0xdb8,
        [0x2002, ..] => false,
        [0x3fff, second, ..] => 0x1000 <= second,
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn open(text: &str) -> bool {
        may_call(text.parse().unwrap(), &[])
    }

    #[test]
    fn public_addresses_and_no_others() {
        for public in [
            "8.8.8.8",
            "133.237.16.1",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.0.1",
            "172.32.0.1",
            "2001:4860:4860::8888",
            "2400:4000::1",
        ] {
            assert!(open(public), "{public}");
        }
        for closed in [
            "0.0.0.0",
            "10.0.0.1",
            "100.64.0.1",
            "127.0.0.1",
            "127.255.255.255",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.168.1.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:8.8.8.8",
            "::ffff:127.0.0.1",
            "::7f00:1",
            "64:ff9b::7f00:1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::1",
        ] {
            assert!(!open(closed), "{closed}");
        }
    }

    #[test]
    fn a_named_range_opens_itself_and_nothing_else() {
        let named: Vec<IpNet> = vec!["10.1.0.0/16".parse().unwrap(), "fd00::/8".parse().unwrap()];
        for (text, may) in [
            ("10.1.2.3", true),
            ("10.2.0.1", false),
            ("127.0.0.1", false),
            ("fd12::1", true),
            ("::ffff:10.1.2.3", false),
            ("8.8.8.8", true),
        ] {
            assert_eq!(may_call(text.parse().unwrap(), &named), may, "{text}");
        }
    }

    proptest! {
        /// What the standard library knows to be special is never public.
        #[test]
        fn nothing_special_of_v4_is_public(bits in any::<u32>()) {
            let address = Ipv4Addr::from(bits);
            let special = address.is_loopback() || address.is_private() || address.is_link_local() || address.is_multicast()
                || address.is_unspecified() || address.is_broadcast() || address.is_documentation();
            prop_assert!(!(special && may_call(address.into(), &[])));
        }

        #[test]
        fn nothing_special_of_v6_is_public(bits in any::<u128>(), head in 0_u16..=u16::MAX) {
            let address = Ipv6Addr::from((bits >> 16) | (u128::from(head) << 112));
            let special = address.is_loopback() || address.is_multicast() || address.is_unspecified()
                || address.is_unique_local() || address.is_unicast_link_local() || address.to_ipv4_mapped().is_some();
            prop_assert!(!(special && may_call(address.into(), &[])));
        }

        /// Written as IPv6 no address of IPv4 gets through.
        #[test]
        fn mapped_is_closed(bits in any::<u32>()) {
            let address = Ipv4Addr::from(bits);
            prop_assert!(!may_call(address.to_ipv6_mapped().into(), &[]));
            prop_assert!(!may_call(address.to_ipv6_compatible().into(), &[]));
        }

        #[test]
        fn a_range_of_everything_opens_everything_of_its_family(bits in any::<u32>()) {
            let all: IpNet = "0.0.0.0/0".parse().unwrap();
            prop_assert!(may_call(Ipv4Addr::from(bits).into(), &[all]));
        }
    }
}
