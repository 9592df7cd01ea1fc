//! The colours of a tenant's pages, from the one colour of its brand. Every pair of text and ground has a contrast of at
//! least 4.5 (WCAG 2.2, criterion 1.4.3), whatever the brand.

use slotwerk::mail::Colour;

/// The contrast that text needs.
const READABLE: f64 = 4.5;

/// The ground of a card in dark mode. `portal.css` has the same.
const DARK_CARD: Rgb = Rgb([0x1c, 0x23, 0x29]);
const DARK_GROUND: Rgb = Rgb([0x12, 0x18, 0x1c]);
const WHITE: Rgb = Rgb([255; 3]);
const BLACK: Rgb = Rgb([0; 3]);

#[derive(Clone, Copy)]
struct Rgb([u8; 3]);

impl Rgb {
    /// This colour with so many percent of the other one.
    fn mixed(self, other: Self, percent: u16) -> Self {
        let mut channels = self.0;
        for (own, other) in channels.iter_mut().zip(other.0) {
            let sum = u16::from(*own) * (100 - percent) + u16::from(other) * percent;
            *own = u8::try_from((sum + 50) / 100).unwrap_or(u8::MAX);
        }
        Self(channels)
    }

    fn hex(self) -> String {
        let [red, green, blue] = self.0;
        format!("#{red:02x}{green:02x}{blue:02x}")
    }

    fn contrast(self, other: Self) -> f64 {
        let of = |colour: Self| Colour::parse(&colour.hex()).unwrap_or(Colour::BLACK);
        of(self).contrast(of(other))
    }

    /// This colour, mixed with `towards` as little as makes it readable on `ground`, or under text of that colour.
    fn readable(self, ground: Self, towards: Self) -> Self {
        let mut steps = (0..=100)
            .step_by(5)
            .map(|percent| self.mixed(towards, percent));
        steps
            .find(|colour| colour.contrast(ground) >= READABLE)
            .unwrap_or(towards)
    }
}

impl From<Colour> for Rgb {
    fn from(colour: Colour) -> Self {
        let hex = colour.to_hex();
        let number = u32::from_str_radix(hex.trim_start_matches('#'), 16).unwrap_or_default();
        let [_, red, green, blue] = number.to_be_bytes();
        Self([red, green, blue])
    }
}

/// The three custom properties: `--brand` carries white text, `--accent` stands on the card, `--ground` lies below it.
pub(crate) fn brand_style(colour: Colour) -> String {
    let colour = Rgb::from(colour);
    let rule = |brand: Rgb, accent: Rgb, ground: Rgb| {
        let (brand, accent, ground) = (brand.hex(), accent.hex(), ground.hex());
        format!("body {{ --brand: {brand}; --accent: {accent}; --ground: {ground}; }}")
    };
    let brand = colour.readable(WHITE, BLACK);
    let light = rule(brand, brand, colour.mixed(WHITE, 92));
    let accent = colour.readable(DARK_CARD, WHITE);
    let dark = rule(brand, accent, DARK_GROUND.mixed(colour, 4));
    format!("{light}\n@media (prefers-color-scheme: dark) {{ {dark} }}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn property(style: &str, name: &str) -> Vec<Colour> {
        let name = format!("{name}: ");
        let values = style.split(&name).skip(1);
        let hex = values.map(|value| value.split(';').next().unwrap());
        hex.map(|hex| Colour::parse(hex).unwrap()).collect()
    }

    #[test]
    fn every_brand_is_readable() {
        let card = Colour::parse(&DARK_CARD.hex()).unwrap();
        for number in (0..=0xff_ff_ff_u32).step_by(0x01_03_07).chain([0xff_ff_ff]) {
            let colour = Colour::parse(&format!("#{number:06x}")).unwrap();
            let style = brand_style(colour);
            for brand in property(&style, "--brand") {
                assert!(brand.contrast(Colour::WHITE) >= READABLE, "{style}");
            }
            let [light, dark] = property(&style, "--accent")[..] else {
                panic!("{style}")
            };
            assert!(light.contrast(Colour::WHITE) >= READABLE, "{style}");
            assert!(dark.contrast(card) >= READABLE, "{style}");
        }
    }

    #[test]
    fn readable_brand_stays() {
        let style = brand_style(Colour::parse("#0b5c8a").unwrap());
        assert!(
            style.starts_with("body { --brand: #0b5c8a; --accent: #0b5c8a; --ground: #ebf2f6; }")
        );
    }
}
