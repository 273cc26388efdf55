use axum::http::{HeaderMap, header};
use model::Language;

/// Returns the language in which the caller wants to be told things, English when nothing we speak is asked for.
pub(crate) fn preferred_language(headers: &HeaderMap) -> Language {
    let text = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut best: Option<(f32, Language)> = None;
    for part in text.split(',') {
        let mut pieces = part.split(';');
        let tag = pieces.next().unwrap_or_default().trim().to_ascii_lowercase();
        let language = match tag.split('-').next() {
            Some("zh") => Language::Mandarin,
            Some("en") => Language::English,
            _ => continue,
        };
        let quality = pieces.find_map(|piece| piece.trim().strip_prefix("q=")?.parse::<f32>().ok()).unwrap_or(1.0);
        if quality > 0.0 && best.is_none_or(|(best_quality, _)| quality > best_quality) {
            best = Some((quality, language));
        }
    }
    best.map_or(Language::English, |(_, language)| language)
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header};
    use model::Language;

    use super::preferred_language;

    #[test]
    fn the_best_language_we_speak_wins() {
        let check = |text: &'static str, expected: Language| {
            let headers = HeaderMap::from_iter([(header::ACCEPT_LANGUAGE, HeaderValue::from_static(text))]);
            assert_eq!(preferred_language(&headers), expected, "{text}");
        };
        check("zh-CN,zh;q=0.9,en;q=0.8", Language::Mandarin);
        check("en-GB;q=0.5, zh;q=0.7", Language::Mandarin);
        check("fr-FR, de;q=0.9", Language::English);
        check("fr, zh-Hant;q=0.1", Language::Mandarin);
        check("zh;q=0", Language::English);
        check(",,;q=x", Language::English);
    }
}
