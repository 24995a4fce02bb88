//! White label: the name, logo and colours of an agency, from a small TOML file.

use std::path::Path;

use data_encoding::BASE64;
use serde::Deserialize;

/// The largest logo.
const LARGEST: usize = 512 * 1024;
/// Least contrast with white paper: WCAG 2.2, 1.4.3.
const CONTRAST: f64 = 4.5;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Raw {
    name: String,
    #[serde(default)]
    contact: String,
    #[serde(default)]
    footer: String,
    accent: Option<String>,
    logo: Option<std::path::PathBuf>,
}

/// How a report looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    /// Whose report it is.
    pub name: String,
    /// How they are reached; empty: not told.
    pub contact: String,
    /// Last line of every page; empty: none.
    pub footer: String,
    /// Colour of headings and bars: red, green, blue.
    pub accent: [u8; 3],
    /// Logo: its kind (`png`, `jpeg`) and bytes.
    pub logo: Option<(&'static str, Vec<u8>)>,
}

impl Default for Theme {
    fn default() -> Self {
        Self {
            name: "Castellan".to_owned(),
            contact: String::new(),
            footer: String::new(),
            accent: [0x1f, 0x4e, 0x79],
            logo: None,
        }
    }
}

impl Theme {
    /// Reads a theme file; the logo is beside it.
    ///
    /// # Errors
    ///
    /// File, line and what is wrong.
    pub fn load(path: &Path) -> Result<Self, String> {
        let shown = path.display();
        let text = std::fs::read_to_string(path).map_err(|error| format!("theme `{shown}`: {}", error.kind()))?;
        let raw: Raw = toml::from_str(&text).map_err(|error| {
            let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
            format!("theme `{shown}`, line {line}: {}", error.message())
        })?;
        let mut theme = Self { name: raw.name, contact: raw.contact, footer: raw.footer, ..Self::default() };
        if theme.name.trim().is_empty() {
            return Err(format!("theme `{shown}`: `name` must not be empty"));
        }
        if let Some(accent) = raw.accent {
            theme.accent =
                color(&accent).ok_or_else(|| format!("theme `{shown}`: `accent = \"{accent}\"`: write #1f4e79"))?;
            let contrast = contrast(theme.accent);
            if contrast < CONTRAST {
                return Err(format!(
                    "theme `{shown}`: `accent = \"{accent}\"` has a contrast of {contrast:.1} with paper; texts need {CONTRAST}: take a darker one"
                ));
            }
        }
        if let Some(logo) = raw.logo {
            let file = path.parent().unwrap_or(Path::new("")).join(&logo);
            let bytes = std::fs::read(&file)
                .map_err(|error| format!("theme `{shown}`: logo `{}`: {}", logo.display(), error.kind()))?;
            let kind = match bytes.as_slice() {
                [0x89, b'P', b'N', b'G', ..] => "png",
                [0xff, 0xd8, 0xff, ..] => "jpeg",
                _ => return Err(format!("theme `{shown}`: logo `{}` is neither PNG nor JPEG", logo.display())),
            };
            if bytes.len() > LARGEST {
                return Err(format!(
                    "theme `{shown}`: logo `{}` is larger than {} KiB",
                    logo.display(),
                    LARGEST / 1024
                ));
            }
            theme.logo = Some((kind, bytes));
        }
        Ok(theme)
    }

    /// `#1f4e79`.
    #[must_use]
    pub fn accent_text(&self) -> String {
        let [red, green, blue] = self.accent;
        format!("#{red:02x}{green:02x}{blue:02x}")
    }

    /// A lighter shade that reads well on a dark ground.
    #[must_use]
    pub fn accent_on_dark(&self) -> String {
        let lighter = |part: u8| u8::try_from(u16::from(part) + (255 - u16::from(part)) * 6 / 10).unwrap_or(255);
        let [red, green, blue] = self.accent.map(lighter);
        format!("#{red:02x}{green:02x}{blue:02x}")
    }

    /// The logo as a data URL.
    #[must_use]
    pub fn logo_url(&self) -> Option<String> {
        self.logo.as_ref().map(|(kind, bytes)| format!("data:image/{kind};base64,{}", BASE64.encode(bytes)))
    }
}

fn color(text: &str) -> Option<[u8; 3]> {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
    let part = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    Some([part(0)?, part(2)?, part(4)?])
}

/// Contrast with white, by WCAG's relative luminance.
fn contrast(color: [u8; 3]) -> f64 {
    let linear = |part: u8| {
        let part = f64::from(part) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    };
    let [red, green, blue] = color.map(linear);
    1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn themes_are_read_and_pale_colours_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("theme.toml");
        let load = |text: &str| {
            std::fs::write(&file, text).unwrap();
            Theme::load(&file)
        };
        let theme = load("name = \"Agency\"\naccent = \"#14532d\"\n").unwrap();
        assert_eq!((theme.accent_text().as_str(), theme.name.as_str()), ("#14532d", "Agency"));
        assert!(load("name = \"A\"\naccent = \"#ffff00\"\n").unwrap_err().contains("contrast of 1.1"));
        assert!(load("name = \"A\"\ncolour = \"x\"\n").unwrap_err().contains("line 2"));
        assert!(load("name = \"A\"\nlogo = \"x.png\"\n").unwrap_err().contains("x.png"));
        std::fs::write(folder.path().join("x.png"), "<svg/>").unwrap();
        assert!(load("name = \"A\"\nlogo = \"x.png\"\n").unwrap_err().contains("neither PNG nor JPEG"));
    }
}
