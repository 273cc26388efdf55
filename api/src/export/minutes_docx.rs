use std::io::Cursor;

use docx_rs::{
    AbstractNumbering, Docx, Hyperlink, HyperlinkType, IndentLevel, Level, LevelJc, LevelText, NumberFormat, Numbering,
    NumberingId, Paragraph, Run, RunFonts, SpecialIndentType, Start, Style, StyleType,
};

use super::minutes_document::{DocumentEntry, MinutesDocument};
use crate::error::ApiError;

/// Sizes are in half points.
const BODY_SIZE: usize = 21;
const HEADING_SIZE: usize = 28;
const TITLE_SIZE: usize = 40;
const EVIDENCE_SIZE: usize = 18;
const GREY: &str = "666666";
const LINK_BLUE: &str = "1F5FBF";
const BULLETS: usize = 2;

/// Writes minutes as a Word document. Headings are headings, and each piece of evidence links to its second.
///
/// # Errors
/// [`ApiError::Internal`] when the document cannot be packed.
pub(crate) fn minutes_docx(document: &MinutesDocument) -> Result<Vec<u8>, ApiError> {
    // Without a font for East Asian text Word falls back to whatever it finds.
    let fonts = RunFonts::new().ascii("Calibri").hi_ansi("Calibri").east_asia("Microsoft YaHei").cs("Calibri");
    let heading = |id: &str, name: &str, size: usize, level: usize| {
        Style::new(id, StyleType::Paragraph).name(name).size(size).bold().outline_lvl(level)
    };
    let bullet = Level::new(0, Start::new(1), NumberFormat::new("bullet"), LevelText::new("•"), LevelJc::new("left"))
        .indent(Some(420), Some(SpecialIndentType::Hanging(420)), None, None);
    let mut docx = Docx::new()
        .default_fonts(fonts)
        .default_size(BODY_SIZE)
        .add_style(heading("Title", "Title", TITLE_SIZE, 0))
        .add_style(heading("Heading1", "heading 1", HEADING_SIZE, 0))
        .add_abstract_numbering(AbstractNumbering::new(BULLETS).add_level(bullet))
        .add_numbering(Numbering::new(BULLETS, BULLETS))
        .add_paragraph(paragraph("Title", &document.title));
    for section in &document.sections {
        docx = docx.add_paragraph(paragraph("Heading1", &section.heading));
        for entry in &section.entries {
            docx = add_entry(docx, entry);
        }
    }
    let colophon = Run::new().add_text(&document.colophon).size(EVIDENCE_SIZE).color(GREY);
    docx = docx.add_paragraph(Paragraph::new().add_run(colophon));
    let mut file = Cursor::new(Vec::new());
    docx.build().pack(&mut file).map_err(|error| ApiError::internal(format!("pack minutes as DOCX: {error}")))?;
    Ok(file.into_inner())
}

fn paragraph(style: &str, text: &str) -> Paragraph {
    Paragraph::new().style(style).add_run(Run::new().add_text(text))
}

fn add_entry(docx: Docx, entry: &DocumentEntry) -> Docx {
    let mark = match entry.done {
        Some(true) => "☑ ",
        Some(false) => "☐ ",
        None => "",
    };
    let mut line = Paragraph::new()
        .numbering(NumberingId::new(BULLETS), IndentLevel::new(0))
        .add_run(Run::new().add_text(format!("{mark}{}", entry.text)));
    if let Some(terms) = &entry.terms {
        line = line.add_run(Run::new().add_text(format!(" — {terms}")).bold());
    }
    if let Some(doubt) = &entry.doubt {
        line = line.add_run(Run::new().add_text(format!(" ({doubt})")).italic().color(GREY));
    }
    let mut docx = docx.add_paragraph(line);
    for evidence in &entry.evidence {
        let time = Run::new().add_text(&evidence.position).size(EVIDENCE_SIZE).color(LINK_BLUE).underline("single");
        let quote = Run::new().add_text(format!(" “{}”", evidence.quote)).size(EVIDENCE_SIZE).color(GREY);
        let link = Hyperlink::new(&evidence.url, HyperlinkType::External).add_run(time);
        docx =
            docx.add_paragraph(Paragraph::new().indent(Some(840), None, None, None).add_hyperlink(link).add_run(quote));
    }
    docx
}
