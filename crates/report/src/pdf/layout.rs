//! Pages, texts that break into lines, tables, bars: as much typesetting as a report needs.

use krilla::action::{Action, LinkAction};
use krilla::annotation::{Annotation, LinkAnnotation, Target};
use krilla::color::rgb;
use krilla::destination::{Destination, XyzDestination};
use krilla::geom::{PathBuilder, Point, Rect, Size};
use krilla::image::Image;
use krilla::metadata::{DateTime, Metadata};
use krilla::num::NormalizedF32;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule};
use krilla::text::{Font, TextDirection};
use krilla::{Data, Document};
use ttf_parser::Face;

/// A4 in points.
pub(super) const WIDTH: f32 = 595.0;
pub(super) const HEIGHT: f32 = 842.0;
pub(super) const MARGIN: f32 = 56.0;
/// Width of the text.
pub(super) const MEASURE: f32 = WIDTH - 2.0 * MARGIN;
const BOTTOM: f32 = HEIGHT - 64.0;

pub(super) type Color = [u8; 3];
pub(super) const INK: Color = [0x1d, 0x24, 0x30];
pub(super) const SOFT: Color = [0x5b, 0x66, 0x75];
pub(super) const LINE: Color = [0xdf, 0xe4, 0xea];
pub(super) const GROUND: Color = [0xf4, 0xf6, 0xf8];
pub(super) const WHITE: Color = [0xff, 0xff, 0xff];

/// A face of the family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Bold,
    Mono,
}

/// Something on a page.
enum Mark {
    Text {
        x: f32,
        y: f32,
        size: f32,
        style: Style,
        color: Color,
        text: String,
    },
    Box {
        x: f32,
        y: f32,
        width: f32,
        height: f32,
        color: Color,
    },
    Picture {
        x: f32,
        y: f32,
        width: f32,
        height: f32,
    },
    /// A link to a heading by its number, or to an address.
    Link {
        x: f32,
        y: f32,
        width: f32,
        height: f32,
        to: Link,
    },
}

enum Link {
    Heading(usize),
    Address(String),
}

/// A heading of the contents.
pub(super) struct Heading {
    pub title: String,
    pub level: u8,
    page: usize,
    y: f32,
}

/// A document as it is set.
pub(super) struct Sheets {
    pages: Vec<Vec<Mark>>,
    /// Where the next line goes.
    pub y: f32,
    pub headings: Vec<Heading>,
    pub accent: Color,
    footer: String,
    page_word: String,
    logo: Option<(Image, f32, f32)>,
}

fn bytes(style: Style) -> &'static [u8] {
    match style {
        Style::Plain => dejavu::sans_condensed::regular(),
        Style::Bold => dejavu::sans_condensed::bold(),
        Style::Mono => dejavu::sans_mono::regular(),
    }
}

struct Metrics {
    faces: Vec<Face<'static>>,
}

thread_local! {
    static METRICS: Metrics = Metrics {
        faces: [Style::Plain, Style::Bold, Style::Mono].into_iter().filter_map(|style| Face::parse(bytes(style), 0).ok()).collect(),
    };
}

/// Width of a text in points.
pub(super) fn width(text: &str, size: f32, style: Style) -> f32 {
    METRICS.with(|metrics| {
        let Some(face) = metrics.faces.get(style as usize) else { return 0.0 };
        let units: u32 = text
            .chars()
            .map(|char| {
                let glyph = face.glyph_index(char).unwrap_or_default();
                u32::from(face.glyph_hor_advance(glyph).unwrap_or(0))
            })
            .sum();
        units as f32 * size / f32::from(face.units_per_em())
    })
}

/// Breaks a text into lines; words that are too long are cut.
pub(super) fn lines(text: &str, size: f32, style: Style, measure: f32) -> Vec<String> {
    let mut out = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            for piece in pieces(word, size, style, measure) {
                let longer = if line.is_empty() { piece.clone() } else { format!("{line} {piece}") };
                if width(&longer, size, style) <= measure {
                    line = longer;
                } else {
                    if !line.is_empty() {
                        out.push(std::mem::take(&mut line));
                    }
                    line = piece;
                }
            }
        }
        out.push(line);
    }
    while out.last().is_some_and(String::is_empty) && out.len() > 1 {
        out.pop();
    }
    out
}

fn pieces(word: &str, size: f32, style: Style, measure: f32) -> Vec<String> {
    if width(word, size, style) <= measure {
        return vec![word.to_owned()];
    }
    let mut out = Vec::new();
    let mut piece = String::new();
    for char in word.chars() {
        piece.push(char);
        if width(&piece, size, style) > measure && piece.chars().count() > 1 {
            piece.pop();
            out.push(std::mem::take(&mut piece));
            piece.push(char);
        }
    }
    out.push(piece);
    out
}

impl Sheets {
    pub(super) fn new(accent: Color, footer: &str, page_word: &str, logo: Option<(&'static str, &[u8])>) -> Self {
        let logo = logo.and_then(|(kind, bytes)| {
            let data: Data = bytes.to_vec().into();
            let image = match kind {
                "png" => Image::from_png(data, true),
                _ => Image::from_jpeg(data, true),
            };
            let image = image.ok()?;
            let (width, height) = image.size();
            Some((image, width as f32, height as f32))
        });
        Self {
            pages: vec![Vec::new()],
            y: MARGIN,
            headings: Vec::new(),
            accent,
            footer: footer.to_owned(),
            page_word: page_word.to_owned(),
            logo,
        }
    }

    fn mark(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }

    /// A new page.
    pub(super) fn turn(&mut self) {
        self.pages.push(Vec::new());
        self.y = MARGIN;
    }

    /// A new page, unless this much room is left.
    pub(super) fn room(&mut self, height: f32) {
        if self.y + height > BOTTOM {
            self.turn();
        }
    }

    pub(super) fn skip(&mut self, height: f32) {
        self.y += height;
    }

    /// A line of text, its foot at `y` below the top of the page.
    pub(super) fn text_at(&mut self, x: f32, y: f32, size: f32, style: Style, color: Color, text: &str) {
        // What the fonts do not have would become boxes.
        let text = text.replace(['\t', '\r'], " ");
        if !text.is_empty() {
            self.mark(Mark::Text { x, y, size, style, color, text });
        }
    }

    pub(super) fn fill(&mut self, x: f32, y: f32, width: f32, height: f32, color: Color) {
        if width > 0.0 && height > 0.0 {
            self.mark(Mark::Box { x, y, width, height, color });
        }
    }

    /// The logo, at most this large.
    pub(super) fn logo(&mut self, x: f32, y: f32, most_width: f32, most_height: f32) -> bool {
        let Some((_, width, height)) = &self.logo else { return false };
        let scale = (most_width / width).min(most_height / height).min(1.0);
        let (width, height) = (width * scale, height * scale);
        self.mark(Mark::Picture { x, y, width, height });
        true
    }

    /// A paragraph from `x` on, this wide.
    pub(super) fn paragraph(&mut self, x: f32, measure: f32, size: f32, style: Style, color: Color, text: &str) {
        for line in lines(text, size, style, measure) {
            self.room(size * 1.45);
            self.y += size * 1.1;
            self.text_at(x, self.y, size, style, color, &line);
            self.y += size * 0.35;
        }
    }

    /// A heading of the contents.
    pub(super) fn heading(&mut self, level: u8, title: &str) {
        let size = if level == 1 { 17.0 } else { 12.0 };
        self.room(size * 4.0);
        self.skip(if level == 1 { 6.0 } else { 10.0 });
        let entry = Heading { title: title.to_owned(), level, page: self.pages.len() - 1, y: self.y };
        self.headings.push(entry);
        let color = if level == 1 { self.accent } else { INK };
        self.paragraph(MARGIN, MEASURE, size, Style::Bold, color, title);
        if level == 1 {
            self.skip(3.0);
            let (y, accent) = (self.y, self.accent);
            self.fill(MARGIN, y, MEASURE, 1.2, accent);
            self.skip(8.0);
        }
    }

    /// A link over the last line of text.
    pub(super) fn link(&mut self, x: f32, width: f32, address: &str) {
        let y = self.y - 10.0;
        self.mark(Mark::Link { x, y, width, height: 13.0, to: Link::Address(address.to_owned()) });
    }

    /// Puts the contents behind the first page, and numbers the pages.
    pub(super) fn contents(&mut self, title: &str) {
        let per_page = 44;
        let added = self.headings.len().div_ceil(per_page).max(1);
        let mut pages: Vec<Vec<Mark>> = Vec::new();
        for (number, part) in (0..self.headings.len()).collect::<Vec<_>>().chunks(per_page).enumerate() {
            let mut page = Vec::new();
            let mut y = MARGIN + 24.0;
            if number == 0 {
                page.push(Mark::Text {
                    x: MARGIN,
                    y,
                    size: 17.0,
                    style: Style::Bold,
                    color: self.accent,
                    text: title.to_owned(),
                });
            }
            y += 14.0;
            for at in part {
                let Some(heading) = self.headings.get(*at) else { continue };
                let (size, style, indent) =
                    if heading.level == 1 { (10.5, Style::Bold, 0.0) } else { (9.5, Style::Plain, 14.0) };
                y += 15.5;
                let page_number = (heading.page + added + 1).to_string();
                let room = MEASURE - indent - 40.0;
                let text = lines(&heading.title, size, style, room).into_iter().next().unwrap_or_default();
                page.push(Mark::Text { x: MARGIN + indent, y, size, style, color: INK, text });
                let right = WIDTH - MARGIN - width(&page_number, size, style);
                page.push(Mark::Text { x: right, y, size, style, color: SOFT, text: page_number });
                page.push(Mark::Link { x: MARGIN, y: y - 11.0, width: MEASURE, height: 14.0, to: Link::Heading(*at) });
            }
            pages.push(page);
        }
        if pages.is_empty() {
            pages.push(Vec::new());
        }
        for heading in &mut self.headings {
            heading.page += added;
        }
        let rest = self.pages.split_off(1);
        self.pages.extend(pages);
        self.pages.extend(rest);
    }

    /// The file. `time` is in seconds since 1970.
    pub(super) fn write(self, title: &str, author: &str, language: &str, time: i64) -> Result<Vec<u8>, String> {
        let mut document = Document::new();
        let fonts: Vec<Font> = [Style::Plain, Style::Bold, Style::Mono]
            .into_iter()
            .filter_map(|style| Font::new(bytes(style).to_vec().into(), 0))
            .collect();
        if fonts.len() != 3 {
            return Err("the fonts cannot be read".to_owned());
        }
        let (year, month, day) = castellan_model::calendar::civil(time.div_euclid(86_400));
        let number = |value: i64| u8::try_from(value).unwrap_or(1);
        document.set_metadata(
            Metadata::new()
                .title(title.to_owned())
                .authors(vec![author.to_owned()])
                .creator("Castellan".to_owned())
                .language(language.to_owned())
                .creation_date(
                    DateTime::new(u16::try_from(year).unwrap_or(1970)).month(number(month)).day(number(day)),
                ),
        );
        let total = self.pages.len();
        for (index, marks) in self.pages.iter().enumerate() {
            let settings = PageSettings::from_wh(WIDTH, HEIGHT).ok_or("no page")?;
            let mut page = document.start_page_with(settings);
            for mark in marks {
                if let Mark::Link { x, y, width, height, to } = mark
                    && let Some(rect) = Rect::from_xywh(*x, *y, *width, *height)
                {
                    let target = match to {
                        Link::Address(address) => Target::Action(Action::Link(LinkAction::new(address.clone()))),
                        Link::Heading(at) => match self.headings.get(*at) {
                            None => continue,
                            Some(heading) => Target::Destination(Destination::Xyz(place(heading))),
                        },
                    };
                    page.add_annotation(Annotation::new_link(LinkAnnotation::new(rect, target), None));
                }
            }
            let mut surface = page.surface();
            for mark in marks {
                match mark {
                    Mark::Text { x, y, size, style, color, text } => {
                        let Some(font) = fonts.get(*style as usize) else { continue };
                        surface.set_fill(Some(paint(*color)));
                        surface.draw_text(
                            Point::from_xy(*x, *y),
                            font.clone(),
                            *size,
                            text,
                            false,
                            TextDirection::Auto,
                        );
                    }
                    Mark::Box { x, y, width, height, color } => {
                        let Some(rect) = Rect::from_xywh(*x, *y, *width, *height) else { continue };
                        let mut path = PathBuilder::new();
                        path.push_rect(rect);
                        if let Some(path) = path.finish() {
                            surface.set_fill(Some(paint(*color)));
                            surface.draw_path(&path);
                        }
                    }
                    Mark::Picture { x, y, width, height } => {
                        if let (Some((image, ..)), Some(size)) = (&self.logo, Size::from_wh(*width, *height)) {
                            surface.push_transform(&krilla::geom::Transform::from_translate(*x, *y));
                            surface.draw_image(image.clone(), size);
                            surface.pop();
                        }
                    }
                    Mark::Link { .. } => {}
                }
            }
            if index > 0 {
                let said = format!("{} {} / {total}", self.page_word, index + 1);
                let x = WIDTH - MARGIN - width(&said, 8.0, Style::Plain);
                for (x, text) in [(MARGIN, self.footer.as_str()), (x, said.as_str())] {
                    if let Some(font) = fonts.first().filter(|_| !text.is_empty()) {
                        surface.set_fill(Some(paint(SOFT)));
                        surface.draw_text(
                            Point::from_xy(x, HEIGHT - 32.0),
                            font.clone(),
                            8.0,
                            text,
                            false,
                            TextDirection::Auto,
                        );
                    }
                }
            }
            surface.finish();
            page.finish();
        }
        let mut outline = Outline::new();
        let mut chapter: Option<OutlineNode> = None;
        for heading in &self.headings {
            let node = OutlineNode::new(heading.title.clone(), place(heading));
            if heading.level == 1 {
                if let Some(done) = chapter.replace(node) {
                    outline.push_child(done);
                }
            } else if let Some(chapter) = &mut chapter {
                chapter.push_child(node);
            }
        }
        if let Some(last) = chapter {
            outline.push_child(last);
        }
        document.set_outline(outline);
        document.finish().map_err(|error| format!("the PDF cannot be written: {error:?}"))
    }
}

fn place(heading: &Heading) -> XyzDestination {
    XyzDestination::new(heading.page, Point::from_xy(MARGIN, heading.y))
}

fn paint(color: Color) -> Fill {
    let [red, green, blue] = color;
    Fill { paint: rgb::Color::new(red, green, blue).into(), opacity: NormalizedF32::ONE, rule: FillRule::NonZero }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_fit_their_measure_and_lose_nothing() {
        let text = "a rather long sentence that goes on, with averyveryverylongwordthatisnoword/that/is/a/path/and/goes/on/and/on in it";
        let broken = lines(text, 10.0, Style::Plain, 120.0);
        assert!(broken.len() > 3 && broken.iter().all(|line| width(line, 10.0, Style::Plain) <= 120.0), "{broken:?}");
        let without = |text: &str| text.chars().filter(|char| !char.is_whitespace()).collect::<String>();
        assert_eq!(without(&broken.concat()), without(text));
    }
}
