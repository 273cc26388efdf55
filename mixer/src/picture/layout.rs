use model::{Layout, ParticipantId, VideoFormat};

const GRID_TILES_MAX: usize = 16;
const STRIP_TILES: usize = 5;
/// With more people than this, [`Layout::Auto`] shows the speaker large.
const AUTO_GRID_MAX: usize = 9;

/// A rectangle of the picture in pixels; all four numbers are even.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TileArea {
    /// Left edge.
    pub x: u32,
    /// Top edge.
    pub y: u32,
    /// Width.
    pub width: u32,
    /// Height.
    pub height: u32,
}

/// What a tile shows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum TileContent {
    /// A person: the camera, or a card with the name while there is no picture.
    Camera(ParticipantId),
    /// The screen a person shares.
    Screen(ParticipantId),
}

/// A part of the mixed picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tile {
    /// What it shows.
    pub content: TileContent,
    /// Where.
    pub area: TileArea,
}

/// Who is there, in the order they came, and who speaks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stage {
    /// Everyone with a track.
    pub participants: Vec<ParticipantId>,
    /// Those who share a screen, the latest last.
    pub screens: Vec<ParticipantId>,
    /// Who spoke last.
    pub speaker: Option<ParticipantId>,
}

/// Divides the picture among the participants. Tiles do not overlap; none for [`Layout::Audio`] or an empty stage.
#[must_use]
pub fn arrange(layout: Layout, stage: &Stage, format: VideoFormat) -> Vec<Tile> {
    let screen = stage.screens.last();
    match layout {
        Layout::Audio => Vec::new(),
        Layout::Auto => {
            let chosen = match (screen, stage.participants.len()) {
                (Some(_), _) => Layout::Screen,
                (None, 0..=AUTO_GRID_MAX) => Layout::Grid,
                (None, _) => Layout::Speaker,
            };
            arrange(chosen, stage, format)
        }
        Layout::Grid => grid(stage, format),
        Layout::Single => {
            let speaker = speaker_first(stage).into_iter().next();
            let area = TileArea { x: 0, y: 0, width: format.width, height: format.height };
            speaker.map(|id| Tile { content: TileContent::Camera(id), area }).into_iter().collect()
        }
        Layout::Speaker => beside_strip(speaker_first(stage).into_iter().map(TileContent::Camera).collect(), format),
        Layout::Screen => match screen {
            Some(screen) => {
                let people = speaker_first(stage).into_iter().map(TileContent::Camera);
                beside_strip(std::iter::once(TileContent::Screen(screen.clone())).chain(people).collect(), format)
            }
            None => arrange(Layout::Speaker, stage, format),
        },
    }
}

/// Everyone, the one who spoke last in front.
fn speaker_first(stage: &Stage) -> Vec<ParticipantId> {
    let mut people = stage.participants.clone();
    if let Some(at) = people.iter().position(|id| Some(id) == stage.speaker.as_ref()) {
        people[..=at].rotate_right(1);
    }
    people
}

fn grid(stage: &Stage, format: VideoFormat) -> Vec<Tile> {
    let screens = stage.screens.iter().cloned().map(TileContent::Screen);
    let mut shown: Vec<TileContent> =
        screens.chain(stage.participants.iter().cloned().map(TileContent::Camera)).collect();
    if shown.len() > GRID_TILES_MAX {
        let speaker = stage.speaker.clone().map(TileContent::Camera);
        let hidden = shown.split_off(GRID_TILES_MAX);
        if let Some(speaker) = speaker.filter(|speaker| hidden.contains(speaker)) {
            shown[GRID_TILES_MAX - 1] = speaker;
        }
    }
    let count = shown.len() as u32;
    let columns = count.isqrt() + u32::from(count.isqrt().pow(2) < count);
    let columns = columns.max(1);
    let rows = count.div_ceil(columns).max(1);
    // Tiles keep the picture's shape, so a row less than there are columns leaves a margin above and below.
    let (width, height) = (even(format.width / columns), even(format.height / columns));
    let top = even((format.height - height * rows) / 2);
    let place = |(index, content): (usize, TileContent)| {
        let (row, column) = (index as u32 / columns, index as u32 % columns);
        let in_row = (count - row * columns).min(columns);
        let left = even((format.width - width * in_row) / 2);
        Tile { content, area: TileArea { x: left + column * width, y: top + row * height, width, height } }
    };
    shown.into_iter().enumerate().map(place).collect()
}

/// The first large, the next in a column at the right; alone it fills the picture.
fn beside_strip(contents: Vec<TileContent>, format: VideoFormat) -> Vec<Tile> {
    let parts = STRIP_TILES as u32;
    let (strip_width, strip_height) = (even(format.width / parts), even(format.height / parts));
    let alone = contents.len() == 1;
    let place = |(index, content): (usize, TileContent)| {
        let area = match index.checked_sub(1) {
            None if alone => TileArea { x: 0, y: 0, width: format.width, height: format.height },
            None => {
                let (width, height) = (format.width - strip_width, even(format.height * (parts - 1) / parts));
                TileArea { x: 0, y: even((format.height - height) / 2), width, height }
            }
            Some(row) => TileArea {
                x: format.width - strip_width,
                y: row as u32 * strip_height,
                width: strip_width,
                height: strip_height,
            },
        };
        Tile { content, area }
    };
    contents.into_iter().take(1 + STRIP_TILES).enumerate().map(place).collect()
}

const fn even(pixels: u32) -> u32 {
    pixels & !1
}

#[cfg(test)]
mod tests {
    use model::{Layout, ParticipantId, Profile, VideoFormat};

    use super::{Stage, Tile, TileContent, arrange};

    fn stage(people: usize, screens: &[usize], speaker: Option<usize>) -> Stage {
        let id = |index: usize| ParticipantId::new(format!("p{index}")).expect("valid");
        Stage {
            participants: (0..people).map(id).collect(),
            screens: screens.iter().copied().map(id).collect(),
            speaker: speaker.map(id),
        }
    }

    fn text(tiles: &[Tile]) -> String {
        let one = |tile: &Tile| {
            let name = match &tile.content {
                TileContent::Camera(id) => id.to_string(),
                TileContent::Screen(id) => format!("{id}'s screen"),
            };
            let area = tile.area;
            format!("{name} {}x{}+{}+{}", area.width, area.height, area.x, area.y)
        };
        tiles.iter().map(one).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn arrangements() {
        let format = Profile::High.video_format();
        let check = |layout, stage: &Stage, expect: &str| assert_eq!(text(&arrange(layout, stage, format)), expect);
        check(Layout::Grid, &stage(0, &[], None), "");
        check(Layout::Grid, &stage(1, &[], None), "p0 1280x720+0+0");
        check(Layout::Grid, &stage(2, &[], None), "p0 640x360+0+180, p1 640x360+640+180");
        check(Layout::Grid, &stage(3, &[], None), "p0 640x360+0+0, p1 640x360+640+0, p2 640x360+320+360");
        check(Layout::Speaker, &stage(3, &[], Some(1)), "p1 1024x576+0+72, p0 256x144+1024+0, p2 256x144+1024+144");
        check(Layout::Screen, &stage(1, &[0], None), "p0's screen 1024x576+0+72, p0 256x144+1024+0");
        check(Layout::Screen, &stage(1, &[], None), "p0 1280x720+0+0");
        check(Layout::Single, &stage(3, &[], Some(2)), "p2 1280x720+0+0");
        check(Layout::Audio, &stage(3, &[], Some(2)), "");
        check(
            Layout::Auto,
            &stage(2, &[1], Some(1)),
            &text(&arrange(Layout::Screen, &stage(2, &[1], Some(1)), format)),
        );
        check(Layout::Auto, &stage(9, &[], None), &text(&arrange(Layout::Grid, &stage(9, &[], None), format)));
        check(Layout::Auto, &stage(10, &[], None), &text(&arrange(Layout::Speaker, &stage(10, &[], None), format)));
    }

    #[test]
    fn tiles_are_even_inside_and_apart() {
        let odd = VideoFormat { width: 962, height: 542, frames_per_second: 15, bitrate_kbps: 500 };
        for format in [odd, Profile::Full.video_format(), Profile::Economy.video_format()] {
            for layout in Layout::ALL {
                for people in 0..20 {
                    let tiles = arrange(*layout, &stage(people, &[0][..usize::from(people > 4)], Some(18)), format);
                    for (index, Tile { area, .. }) in tiles.iter().enumerate() {
                        assert!([area.x, area.y, area.width, area.height].iter().all(|side| side % 2 == 0));
                        assert!(area.x + area.width <= format.width && area.y + area.height <= format.height);
                        let apart = |other: &Tile| {
                            let other = other.area;
                            area.x + area.width <= other.x
                                || other.x + other.width <= area.x
                                || area.y + area.height <= other.y
                                || other.y + other.height <= area.y
                        };
                        assert!(tiles[index + 1..].iter().all(apart), "{layout} with {people}: {}", text(&tiles));
                    }
                }
            }
        }
    }

    #[test]
    fn a_speaker_beyond_the_grid_takes_the_last_tile() {
        let tiles = arrange(Layout::Grid, &stage(20, &[], Some(18)), Profile::High.video_format());
        assert_eq!(tiles.len(), 16);
        assert_eq!(tiles[15].content, TileContent::Camera(ParticipantId::new("p18").expect("valid")));
    }
}
