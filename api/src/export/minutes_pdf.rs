use krilla::Document;
use krilla::metadata::Metadata;

use super::minutes_document::{DocumentEntry, MinutesDocument};
use super::pdf_layout::{Ink, PdfLayout, TextLink, Typeface};
use crate::error::ApiError;

/// Where the distributions put a font with Chinese and Latin characters, and which face of it is for simplified Chinese.
const FONTS: &[(&str, u32)] = &[
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/google-noto-sans-cjk-fonts/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc", 2),
];

const TITLE: Ink = Ink { size: 20.0, indent: 0.0, above: 0.0, grey: false };
const HEADING: Ink = Ink { size: 14.0, indent: 0.0, above: 16.0, grey: false };
const LINE: Ink = Ink { size: 10.5, indent: 0.0, above: 6.0, grey: false };
const EVIDENCE: Ink = Ink { size: 9.0, indent: 18.0, above: 1.0, grey: true };

/// Writes minutes as a PDF with the characters it uses embedded, so that it looks the same everywhere and its text can be
/// selected. Headings are in the outline, and each piece of evidence links to its second.
///
/// Reads a font file and costs CPU time; call it off the async threads.
///
/// # Errors
/// [`ApiError::Internal`] when no font with Chinese characters is installed, or the document cannot be written.
pub(crate) fn minutes_pdf(document: &MinutesDocument) -> Result<Vec<u8>, ApiError> {
    let typeface = FONTS.iter().find_map(|(path, index)| Typeface::new(std::fs::read(path).ok()?, *index));
    let missing = "a PDF needs a font with Chinese characters: install the package fonts-noto-cjk";
    let typeface = typeface.ok_or_else(|| ApiError::internal(missing))?;
    let mut layout = PdfLayout::new(&typeface);
    layout.add(&document.title, TITLE, None);
    for section in &document.sections {
        layout.add_heading(&section.heading, HEADING);
        for entry in &section.entries {
            add_entry(&mut layout, entry);
        }
    }
    layout.add(&document.colophon, Ink { above: 20.0, indent: 0.0, ..EVIDENCE }, None);
    let mut pdf = Document::new();
    pdf.set_metadata(
        Metadata::new()
            .title(document.title.clone())
            .language(document.language.as_str().to_owned())
            .creator("Huiji".to_owned()),
    );
    layout.draw(&mut pdf);
    pdf.finish().map_err(|error| ApiError::internal(format!("write minutes as PDF: {error:?}")))
}

fn add_entry(layout: &mut PdfLayout<'_>, entry: &DocumentEntry) {
    let mark = match entry.done {
        Some(true) => "[x]",
        Some(false) => "[ ]",
        None => "•",
    };
    let terms = entry.terms.as_ref().map(|terms| format!(" — {terms}")).unwrap_or_default();
    let doubt = entry.doubt.as_ref().map(|doubt| format!(" ({doubt})")).unwrap_or_default();
    let text = format!("{mark} {}{terms}{doubt}", entry.text);
    layout.add(&text, LINE, None);
    for evidence in &entry.evidence {
        let link = TextLink { range: 0..evidence.position.len(), url: &evidence.url };
        layout.add(&format!("{} “{}”", evidence.position, evidence.quote), EVIDENCE, Some(&link));
    }
}
