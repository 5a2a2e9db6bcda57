//! Punycode labels of host names (`xn--…`).

/// The Unicode form of a label that begins with `xn--` (RFC 3492); `None` for any other label and for
/// an invalid one. It is for reading only: whether the label may be registered is not checked.
#[must_use]
pub fn punycode_decoded(label: &str) -> Option<String> {
    let code = label.strip_prefix("xn--")?;
    let (plain, deltas) = code.rsplit_once('-').unwrap_or(("", code));
    let mut decoded: Vec<char> = plain.chars().collect();
    let mut state = State {
        n: 128,
        i: 0,
        bias: 72,
        is_first: true,
    };
    let mut rest = deltas.bytes();
    while rest.len() > 0 {
        let (at, c) = state.next(&mut rest, decoded.len())?;
        decoded.insert(at, c);
    }
    (decoded.len() > plain.len()).then(|| decoded.into_iter().collect())
}

/// The state of the decoder (RFC 3492, section 6.2).
struct State {
    n: u32,
    i: u32,
    bias: u32,
    is_first: bool,
}

impl State {
    /// The next character and its position in the label.
    fn next(&mut self, digits: &mut std::str::Bytes<'_>, written: usize) -> Option<(usize, char)> {
        let before = self.i;
        let (mut weight, mut k) = (1_u32, 36_u32);
        loop {
            let digit = digit(digits.next()?)?;
            self.i = self.i.checked_add(digit.checked_mul(weight)?)?;
            let threshold = k.saturating_sub(self.bias).clamp(1, 26);
            if digit < threshold {
                break;
            }
            weight = weight.checked_mul(36_u32.checked_sub(threshold)?)?;
            k = k.checked_add(36)?;
        }
        let length = u32::try_from(written).ok()?.checked_add(1)?;
        self.adapt(self.i.checked_sub(before)?, length);
        self.n = self.n.checked_add(self.i.checked_div(length)?)?;
        let at = self.i.checked_rem(length)?;
        self.i = at.checked_add(1)?;
        Some((usize::try_from(at).ok()?, char::from_u32(self.n)?))
    }

    /// The bias adaptation of section 6.1.
    fn adapt(&mut self, delta: u32, length: u32) {
        let mut delta = delta / if self.is_first { 700 } else { 2 };
        self.is_first = false;
        delta = delta.saturating_add(delta.checked_div(length).unwrap_or(0));
        let mut k: u32 = 0;
        while delta > 455 {
            delta /= 35;
            k = k.saturating_add(36);
        }
        let part = delta.saturating_mul(36) / delta.saturating_add(38);
        self.bias = k.saturating_add(part);
    }
}

fn digit(byte: u8) -> Option<u32> {
    match byte {
        b'a'..=b'z' => Some(u32::from(byte.saturating_sub(b'a'))),
        b'A'..=b'Z' => Some(u32::from(byte.saturating_sub(b'A'))),
        b'0'..=b'9' => Some(u32::from(byte.saturating_sub(b'0')).saturating_add(26)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn labels_are_read_as_the_standard_writes_them() {
        for (label, meant) in [
            ("xn--mnchen-3ya", "münchen"),
            ("xn--bcher-kva", "bücher"),
            ("xn--80ak6aa92e", "аррӏе"),
            ("xn--bt-nja", "bít"),
            ("xn--fiqs8s", "中国"),
        ] {
            assert_eq!(punycode_decoded(label).as_deref(), Some(meant), "{label}");
        }
    }

    #[test]
    fn another_label_has_no_such_form() {
        for label in ["", "bit", "xn--", "xn--a-", "xn--99999999999", "xn--!"] {
            assert_eq!(punycode_decoded(label), None, "{label}");
        }
    }

    proptest! {
        #[test]
        fn any_label_is_read(label in any::<String>()) {
            let _ = punycode_decoded(&format!("xn--{label}"));
        }
    }
}
