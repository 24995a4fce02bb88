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
        let logo = match raw.logo {
            None => None,
            Some(logo) => {
                let file = path.parent().unwrap_or(Path::new("")).join(&logo);
                let wrong = |reason: String| format!("theme `{shown}`: logo `{}`{reason}", logo.display());
                let bytes = std::fs::read(&file).map_err(|error| wrong(format!(": {}", error.kind())))?;
                Some(picture(bytes).map_err(|reason| wrong(format!(" {reason}")))?)
            }
        };
        let theme =
            Self::of(&raw.name, raw.accent.as_deref()).map_err(|reason| format!("theme `{shown}`: {reason}"))?;
        Ok(Self { contact: raw.contact, footer: raw.footer, logo, ..theme })
    }

    /// A theme with a name, and a colour such as `#1f4e79`.
    ///
    /// # Errors
    ///
    /// When the name is empty, or the colour is none or too light for paper.
    pub fn of(name: &str, accent: Option<&str>) -> Result<Self, String> {
        let mut theme = Self { name: name.to_owned(), ..Self::default() };
        if theme.name.trim().is_empty() {
            return Err("`name` must not be empty".to_owned());
        }
        if let Some(accent) = accent {
            theme.accent = color(accent).ok_or_else(|| format!("`accent = \"{accent}\"`: write #1f4e79"))?;
            let contrast = contrast(theme.accent);
            if contrast < CONTRAST {
                return Err(format!(
                    "`accent = \"{accent}\"` has a contrast of {contrast:.1} with paper; texts need {CONTRAST}: take a darker one"
                ));
            }
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

/// A logo: its kind and bytes.
///
/// # Errors
///
/// When it is neither PNG nor JPEG, or too large.
pub fn picture(bytes: Vec<u8>) -> Result<(&'static str, Vec<u8>), String> {
    let kind = match bytes.as_slice() {
        [0x89, b'P', b'N', b'G', ..] => "png",
        [0xff, 0xd8, 0xff, ..] => "jpeg",
        _ => return Err("is neither PNG nor JPEG".to_owned()),
    };
    if bytes.len() > LARGEST { Err(format!("is larger than {} KiB", LARGEST / 1024)) } else { Ok((kind, bytes)) }
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
