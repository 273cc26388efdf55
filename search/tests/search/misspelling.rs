use std::collections::HashMap;

use pinyin::ToPinyin as _;

/// Misspells as speech recognition does: one character becomes another that sounds the same.
pub(crate) struct Misspelling {
    /// How often each character comes up; a frequent one is put in the place of a rare one.
    frequency: HashMap<char, usize>,
}

impl Misspelling {
    pub(crate) fn new<'a>(texts: impl Iterator<Item = &'a str>) -> Self {
        let mut frequency: HashMap<char, usize> = HashMap::new();
        for character in texts.flat_map(str::chars) {
            *frequency.entry(character).or_default() += 1;
        }
        Self { frequency }
    }

    /// Returns a query with one character written wrong. None when it has no character that any other sounds like, or
    /// none beside another.
    pub(crate) fn of(&self, query: &str) -> Option<String> {
        let characters: Vec<char> = query.chars().collect();
        let sound = |character: char| character.to_pinyin().map(pinyin::Pinyin::plain);
        let is_beside = |place: usize| {
            let beside = [place.checked_sub(1), Some(place + 1)].into_iter().flatten();
            beside.filter_map(|place| characters.get(place)).any(|other| sound(*other).is_some())
        };
        // Which of them is arbitrary, but the same each time.
        let start = query.bytes().map(usize::from).sum::<usize>() % characters.len().max(1);
        let places = (0..characters.len()).map(|step| (start + step) % characters.len());
        for place in places.filter(|place| is_beside(*place)) {
            let wanted = sound(characters[place]);
            let alike = self.frequency.iter().filter(|(other, _)| wanted.is_some() && sound(**other) == wanted);
            let alike = alike.filter(|(other, _)| **other != characters[place]);
            if let Some((other, _)) = alike.max_by_key(|(other, count)| (**count, **other)) {
                let mut misspelled = characters.clone();
                misspelled[place] = *other;
                return Some(misspelled.into_iter().collect());
            }
        }
        None
    }
}
