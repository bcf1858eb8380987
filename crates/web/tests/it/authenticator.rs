//! A phone with an authenticator app, as RFC 6238 describes it.

use aws_lc_rs::hmac;

pub(crate) struct Authenticator {
    base32: String,
    secret: Vec<u8>,
}

impl Authenticator {
    /// Scans a QR code.
    pub(crate) fn scan(uri: &str) -> Self {
        let uri = url::Url::parse(uri).unwrap();
        assert_eq!((uri.scheme(), uri.host_str()), ("otpauth", Some("totp")));
        let secret = uri.query_pairs().find(|(name, _)| name == "secret");
        Self::typed(&secret.unwrap().1)
    }

    /// Takes the secret as somebody typed it.
    pub(crate) fn typed(text: &str) -> Self {
        let base32: String = text.chars().filter(|sign| !sign.is_whitespace()).collect();
        let mut secret = Vec::new();
        let (mut bits, mut count) = (0_u32, 0);
        for sign in base32.bytes() {
            let value = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
                .iter()
                .position(|known| *known == sign)
                .unwrap();
            bits = (bits << 5) | u32::try_from(value).unwrap();
            count += 5;
            if count >= 8 {
                count -= 8;
                secret.push((bits >> count) as u8);
                bits &= (1 << count) - 1;
            }
        }
        Self { base32, secret }
    }

    pub(crate) fn secret(&self) -> &str {
        &self.base32
    }

    /// The code that it shows at this time (unix milliseconds).
    pub(crate) fn code(&self, now_ms: i64) -> String {
        let step = u64::try_from(now_ms / 30_000).unwrap();
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.secret);
        let mac = hmac::sign(&key, &step.to_be_bytes());
        let mac = mac.as_ref();
        let offset = usize::from(mac[19] & 0xf);
        let four: [u8; 4] = mac[offset..offset + 4].try_into().unwrap();
        format!(
            "{:06}",
            (u32::from_be_bytes(four) & 0x7fff_ffff) % 1_000_000
        )
    }
}
