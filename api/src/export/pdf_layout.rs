use std::ops::Range;

use krilla::Document;
use krilla::action::{Action, LinkAction};
use krilla::annotation::{Annotation, LinkAnnotation, Target};
use krilla::color::rgb;
use krilla::destination::XyzDestination;
use krilla::geom::{Point, Rect};
use krilla::num::NormalizedF32;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::MetadataProvider as _;
use skrifa::instance::{LocationRef, Size};

/// A4, in points.
const PAGE_WIDTH: f32 = 595.0;
const PAGE_HEIGHT: f32 = 842.0;
const MARGIN: f32 = 56.0;
const LINE_HEIGHT: f32 = 1.5;

/// How a piece of text looks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ink {
    pub size: f32,
    pub indent: f32,
    /// The space above it.
    pub above: f32,
    pub grey: bool,
}

/// A font with what it takes to set text in it.
pub(super) struct Typeface {
    data: Vec<u8>,
    index: u32,
    font: Font,
}

impl Typeface {
    /// Reads a face of a font file; none when it holds no such face.
    pub(super) fn new(data: Vec<u8>, index: u32) -> Option<Self> {
        let font = Font::new(data.clone().into(), index)?;
        skrifa::FontRef::from_index(&data, index).ok()?;
        Some(Self { data, index, font })
    }

    /// Maps each character to its glyph and width. Characters the font has not show as its box for unknown ones.
    fn glyphs(&self, text: &str) -> Vec<KrillaGlyph> {
        let Ok(face) = skrifa::FontRef::from_index(&self.data, self.index) else { return Vec::new() };
        let (characters, metrics) = (face.charmap(), face.glyph_metrics(Size::unscaled(), LocationRef::default()));
        let units_per_em = self.font.units_per_em();
        text.char_indices()
            .map(|(at, character)| {
                let glyph = characters.map(character).unwrap_or_default();
                let advance = metrics.advance_width(glyph).unwrap_or_default() / units_per_em;
                let range = at..at + character.len_utf8();
                KrillaGlyph::new(GlyphId::new(glyph.to_u32()), advance, 0.0, 0.0, 0.0, range, None)
            })
            .collect()
    }
}

/// Where a link leads, and the stretch of the text that is the link.
pub(super) struct TextLink<'a> {
    pub range: Range<usize>,
    pub url: &'a str,
}

/// Sets text on pages, from top to bottom. Lines break between words, and anywhere in Chinese but before closing
/// punctuation.
pub(super) struct PdfLayout<'a> {
    typeface: &'a Typeface,
    lines: Vec<SetLine>,
    headings: Vec<(String, usize)>,
}

struct SetLine {
    text: String,
    glyphs: Vec<KrillaGlyph>,
    ink: Ink,
    /// The links on it: from where to where, and the address.
    links: Vec<(f32, f32, String)>,
    above: f32,
}

impl<'a> PdfLayout<'a> {
    pub(super) const fn new(typeface: &'a Typeface) -> Self {
        Self { typeface, lines: Vec::new(), headings: Vec::new() }
    }

    /// Adds a paragraph.
    pub(super) fn add(&mut self, text: &str, ink: Ink, link: Option<&TextLink<'_>>) {
        let glyphs = self.typeface.glyphs(text);
        let room = (PAGE_WIDTH - 2.0 * MARGIN - ink.indent) / ink.size;
        for (number, range) in break_lines(text, &glyphs, room).into_iter().enumerate() {
            let on_line = glyphs.get(range.clone()).unwrap_or_default();
            let Some(start) = on_line.first().map(|glyph| glyph.text_range.start) else { continue };
            let end = on_line.last().map_or(start, |glyph| glyph.text_range.end);
            let x_of = |at: usize| -> f32 {
                let before = on_line.iter().take_while(|glyph| glyph.text_range.start < at);
                before.map(|glyph| glyph.x_advance).sum::<f32>() * ink.size
            };
            let links = link.filter(|link| link.range.start < end && link.range.end > start);
            let links = links.map(|link| (x_of(link.range.start), x_of(link.range.end), link.url.to_owned()));
            let glyphs = on_line.iter().cloned().map(|mut glyph| {
                glyph.text_range = glyph.text_range.start - start..glyph.text_range.end - start;
                glyph
            });
            self.lines.push(SetLine {
                text: text.get(start..end).unwrap_or_default().to_owned(),
                glyphs: glyphs.collect(),
                ink,
                links: links.into_iter().collect(),
                above: if number == 0 { ink.above } else { 0.0 },
            });
        }
    }

    /// Adds a heading, which the outline lists too.
    pub(super) fn add_heading(&mut self, text: &str, ink: Ink) {
        self.headings.push((text.to_owned(), self.lines.len()));
        self.add(text, ink, None);
    }

    /// Draws everything on as many pages as it takes.
    pub(super) fn draw(self, document: &mut Document) {
        let mut outline = Outline::new();
        let mut placed: Vec<(usize, f32)> = Vec::new();
        let mut lines = self.lines.iter().peekable();
        let mut page_index = 0;
        while lines.peek().is_some() {
            let Some(settings) = PageSettings::from_wh(PAGE_WIDTH, PAGE_HEIGHT) else { return };
            let mut page = document.start_page_with(settings);
            let mut surface = page.surface();
            let mut links = Vec::new();
            let mut y = MARGIN;
            while let Some(line) = lines.peek() {
                let above = if y > MARGIN { line.above } else { 0.0 };
                let bottom = y + above + line.ink.size * LINE_HEIGHT;
                if bottom > PAGE_HEIGHT - MARGIN && y > MARGIN {
                    break;
                }
                let (x, baseline) = (MARGIN + line.ink.indent, y + above + line.ink.size);
                surface.set_fill(Some(fill(line.ink.grey)));
                let start = Point::from_xy(x, baseline);
                surface.draw_glyphs(start, &line.glyphs, self.typeface.font.clone(), &line.text, line.ink.size, false);
                for (from, to, url) in &line.links {
                    let rect = Rect::from_ltrb(x + from, y + above, x + to, bottom);
                    links.extend(rect.map(|rect| (rect, url.clone())));
                }
                placed.push((page_index, y + above));
                y = bottom;
                lines.next();
            }
            surface.finish();
            for (rect, url) in links {
                let target = Target::Action(Action::Link(LinkAction::new(url.clone())));
                page.add_annotation(Annotation::new_link(LinkAnnotation::new(rect, target), Some(url)));
            }
            page.finish();
            page_index += 1;
        }
        for (text, line) in self.headings {
            let Some((page, y)) = placed.get(line) else { continue };
            outline.push_child(OutlineNode::new(text, XyzDestination::new(*page, Point::from_xy(MARGIN, *y))));
        }
        document.set_outline(outline);
    }
}

fn fill(grey: bool) -> Fill {
    let shade = if grey { 110 } else { 20 };
    Fill { paint: rgb::Color::new(shade, shade, shade).into(), opacity: NormalizedF32::ONE, ..Fill::default() }
}

/// Cuts glyphs into lines no wider than `room` (in ems).
fn break_lines(text: &str, glyphs: &[KrillaGlyph], room: f32) -> Vec<Range<usize>> {
    let character = |at: usize| glyphs.get(at).and_then(|glyph| text.get(glyph.text_range.clone())?.chars().next());
    let mut lines = Vec::new();
    let (mut start, mut width, mut last_break) = (0, 0.0, None);
    for (at, glyph) in glyphs.iter().enumerate() {
        if at > start && may_break(character(at - 1), character(at)) {
            last_break = Some(at);
        }
        width += glyph.x_advance;
        let is_space = character(at).is_some_and(char::is_whitespace);
        if width > room && at > start && !is_space {
            let end = last_break.filter(|place| *place > start).unwrap_or(at);
            lines.push(start..end);
            start = end;
            width = glyphs.get(start..=at).unwrap_or_default().iter().map(|glyph| glyph.x_advance).sum();
            last_break = None;
        }
    }
    if start < glyphs.len() {
        lines.push(start..glyphs.len());
    }
    lines
}

/// Says whether a line may end between two characters.
fn may_break(before: Option<char>, after: Option<char>) -> bool {
    let (Some(before), Some(after)) = (before, after) else { return false };
    let is_wide = |c: char| matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ff60}');
    let closes = "，。、；：？！）》」』】”’…,.;:?!)]}%".contains(after);
    let opens = "（《「『【“‘([{".contains(before);
    !closes && !opens && (before.is_whitespace() || before == '-' || is_wide(before) || is_wide(after))
}

#[cfg(test)]
mod tests {
    use krilla::text::{GlyphId, KrillaGlyph};

    use super::break_lines;

    fn check(text: &str, room: f32, expected: &[&str]) {
        let glyphs: Vec<KrillaGlyph> = text
            .char_indices()
            .map(|(at, c)| KrillaGlyph::new(GlyphId::new(1), 1.0, 0.0, 0.0, 0.0, at..at + c.len_utf8(), None))
            .collect();
        let lines: Vec<String> = break_lines(text, &glyphs, room)
            .into_iter()
            .map(|range| glyphs[range].iter().filter_map(|glyph| text.get(glyph.text_range.clone())).collect())
            .collect();
        assert_eq!(lines, expected, "{text}");
    }

    #[test]
    fn lines_break_between_words_and_between_chinese_characters() {
        check("two words here", 9.0, &["two words ", "here"]);
        check("我们决定发布。", 6.0, &["我们决定发", "布。"]);
        check("我们用Rust写", 5.0, &["我们用", "Rust写"]);
        check("abcdefgh", 3.0, &["abc", "def", "gh"]);
        check("", 3.0, &[]);
        check("好", 0.5, &["好"]);
    }
}
