use std::collections::BTreeMap;
use std::sync::Arc;

use model::{Layout, Participant, ParticipantId, TrackSource, VideoFormat};

use crate::graph::Dress;
use crate::picture::{Canvas, Overlay, Scene, Stage, TextRenderer, Tile, TileArea, TileContent, arrange, paint};

const CARD: [u8; 3] = [48, 134, 124];
const PAUSED_TEXTS: [&str; 2] = ["录制已暂停", "Recording paused"];
const PICTURE_OFF_TEXTS: [&str; 2] = ["磁盘空间不足，仅录制声音", "Disk nearly full: sound only"];

/// Decides what the picture shows: knows who is there, with which tracks, and who speaks.
#[derive(Debug)]
pub(crate) struct Director {
    format: VideoFormat,
    title: String,
    layout: Layout,
    paused: bool,
    picture_off: bool,
    speaker: Option<ParticipantId>,
    people: Vec<Person>,
    texts: TextRenderer,
}

#[derive(Debug)]
struct Person {
    id: ParticipantId,
    name: String,
    tracks: BTreeMap<u64, (TrackSource, bool)>,
}

/// What becomes of a video branch in a scene.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Placement {
    pub(crate) area: TileArea,
    pub(crate) dress: Dress,
}

impl Person {
    /// Returns the latest track of a source.
    fn track(&self, source: TrackSource) -> Option<(u64, bool)> {
        let of_source = self.tracks.iter().rev().find(|(_, (other, _))| *other == source);
        of_source.map(|(&serial, &(_, muted))| (serial, muted))
    }
}

impl Director {
    pub(crate) fn new(format: VideoFormat, layout: Layout, title: String) -> Self {
        let texts = TextRenderer::default();
        Self { format, title, layout, paused: false, picture_off: false, speaker: None, people: Vec::new(), texts }
    }

    pub(crate) fn set_layout(&mut self, layout: Layout) {
        self.layout = layout;
    }

    pub(crate) fn set_paused(&mut self, paused: bool) {
        self.paused = paused;
    }

    pub(crate) fn set_picture_off(&mut self, off: bool) {
        self.picture_off = off;
    }

    /// Says why no tile is shown, if none is.
    const fn cover(&self) -> Option<[&'static str; 2]> {
        match (self.paused, self.picture_off) {
            (true, _) => Some(PAUSED_TEXTS),
            (false, true) => Some(PICTURE_OFF_TEXTS),
            (false, false) => None,
        }
    }

    /// Notes who speaks; silence leaves the last speaker in place.
    pub(crate) fn set_speaker(&mut self, speaker: Option<ParticipantId>) {
        if speaker.is_some() {
            self.speaker = speaker;
        }
    }

    pub(crate) fn add_track(&mut self, participant: &Participant, serial: u64, source: TrackSource) {
        let known = self.people.iter_mut().find(|person| person.id == participant.id);
        let person = if let Some(person) = known {
            person
        } else {
            let (id, name) = (participant.id.clone(), String::new());
            self.people.push(Person { id, name, tracks: BTreeMap::new() });
            self.people.last_mut().expect("just pushed")
        };
        person.name.clone_from(&participant.display_name);
        person.tracks.insert(serial, (source, false));
    }

    /// Forgets a track, and the person with the last one.
    pub(crate) fn remove_track(&mut self, serial: u64) {
        for person in &mut self.people {
            person.tracks.remove(&serial);
        }
        self.people.retain(|person| !person.tracks.is_empty());
        if !self.people.iter().any(|person| Some(&person.id) == self.speaker.as_ref()) {
            self.speaker = None;
        }
    }

    pub(crate) fn set_muted(&mut self, serial: u64, muted: bool) {
        if let Some(track) = self.people.iter_mut().find_map(|person| person.tracks.get_mut(&serial)) {
            track.1 = muted;
        }
    }

    /// Draws the scene that begins at `from_ns` and says what becomes of each video branch in it.
    pub(crate) fn compose(&mut self, from_ns: i64) -> Result<(Scene, BTreeMap<u64, Placement>), gst::glib::Error> {
        let tiles = arrange(self.layout, &self.stage(), self.format);
        let mut placements = BTreeMap::new();
        let mut shown = Vec::new();
        for tile in &tiles {
            if let Some((serial, placement)) = self.place(tile)? {
                shown.push((serial, placement.area));
                placements.insert(serial, placement);
            }
        }
        let background = self.background(&tiles)?;
        let tiles = if self.cover().is_some() { Vec::new() } else { shown };
        Ok((Scene { from_ns, background, tiles }, placements))
    }

    fn stage(&self) -> Stage {
        let ids = |people: &mut dyn Iterator<Item = &Person>| people.map(|person| person.id.clone()).collect();
        let shares = |person: &&Person| person.track(TrackSource::Screen).is_some_and(|(_, muted)| !muted);
        Stage {
            participants: ids(&mut self.people.iter()),
            screens: ids(&mut self.people.iter().filter(shares)),
            speaker: self.speaker.clone(),
        }
    }

    fn person(&self, content: &TileContent) -> Option<(&Person, TrackSource)> {
        let (id, source) = match content {
            TileContent::Camera(id) => (id, TrackSource::Camera),
            TileContent::Screen(id) => (id, TrackSource::Screen),
        };
        self.people.iter().find(|person| person.id == *id).map(|person| (person, source))
    }

    fn place(&mut self, tile: &Tile) -> Result<Option<(u64, Placement)>, gst::glib::Error> {
        let Some((person, source)) = self.person(&tile.content) else { return Ok(None) };
        let Some((serial, _)) = person.track(source) else { return Ok(None) };
        let name = match source {
            TrackSource::Screen => format!("{} · 屏幕 Screen", person.name),
            _ => person.name.clone(),
        };
        let silent = source != TrackSource::Screen && is_silent(person);
        let highlighted =
            source == TrackSource::Camera && self.people.len() > 1 && Some(&person.id) == self.speaker.as_ref();
        let size_px = (tile.area.height / 14).clamp(12, 28);
        let text = self.texts.label(&name, silent, size_px, tile.area.width * 3 / 4)?;
        let label = Some(Arc::new(Overlay::new(&text, (size_px / 4) as usize)));
        Ok(Some((serial, Placement { area: tile.area, dress: Dress { label, highlighted } })))
    }

    fn background(&mut self, tiles: &[Tile]) -> Result<gst::Buffer, gst::glib::Error> {
        let (width, height) = (self.format.width, self.format.height);
        let whole = TileArea { x: 0, y: 0, width, height };
        let mut cards = Vec::new();
        let mut lines = Vec::new();
        if let Some(texts) = self.cover() {
            for text in texts {
                lines.push(self.texts.line(text, height / 12, width)?);
            }
        } else if tiles.is_empty() {
            lines.push(self.texts.line(&self.title, height / 16, width * 7 / 8)?);
        } else {
            for tile in tiles {
                let Some((person, source)) = self.person(&tile.content) else { continue };
                let (name, silent) = (person.name.clone(), source == TrackSource::Camera && is_silent(person));
                let size_px = (tile.area.height / 9).clamp(12, 64);
                cards.push((tile.area, self.texts.label(&name, silent, size_px, tile.area.width * 7 / 8)?));
            }
        }
        let info = gst_video::VideoInfo::builder(gst_video::VideoFormat::I420, width, height).build();
        let painted = info.and_then(|info| {
            paint(&info, |canvas| {
                for (area, text) in &cards {
                    let TileArea { x, y, width, height } = *area;
                    canvas.fill(TileArea { x: x + 2, y: y + 2, width: width - 4, height: height - 4 }, CARD);
                    centre(canvas, *area, std::slice::from_ref(text));
                }
                centre(canvas, whole, &lines);
            })
        });
        painted.map_err(|error| gst::glib::Error::new(gst::ResourceError::Failed, &error.to_string()))
    }
}

fn is_silent(person: &Person) -> bool {
    person.track(TrackSource::Microphone).is_none_or(|(_, muted)| muted)
}

fn centre(canvas: &mut Canvas, area: TileArea, lines: &[crate::picture::Bitmap]) {
    let total: usize = lines.iter().map(|line| line.height).sum();
    let mut y = area.y as usize + (area.height as usize).saturating_sub(total) / 2;
    for line in lines {
        let x = area.x as usize + (area.width as usize).saturating_sub(line.width) / 2;
        canvas.text(line, x & !1, y & !1);
        y += line.height;
    }
}

#[cfg(test)]
mod tests {
    use model::{Layout, Participant, ParticipantId, Profile, TrackSource};

    use super::Director;

    fn person(id: &str) -> Participant {
        let id = ParticipantId::new(id).expect("valid");
        Participant { id, display_name: "王小明".to_owned(), user_id: None, language: None }
    }

    #[test]
    fn pausing_hides_every_tile_and_keeps_the_arrangement() {
        crate::installation::initialise().expect("GStreamer starts");
        let mut director = Director::new(Profile::High.video_format(), Layout::Grid, "周会".to_owned());
        director.add_track(&person("a"), 1, TrackSource::Camera);
        director.add_track(&person("a"), 2, TrackSource::Microphone);
        director.add_track(&person("b"), 3, TrackSource::Microphone);
        let (scene, placements) = director.compose(0).expect("drawn");
        assert_eq!(scene.tiles.iter().map(|(serial, _)| *serial).collect::<Vec<_>>(), vec![1]);
        assert_eq!(placements[&1].area.width, 640);
        director.set_picture_off(true);
        assert!(director.compose(1).expect("drawn").0.tiles.is_empty(), "sound only");
        director.set_paused(true);
        director.set_picture_off(false);
        let (paused, placements) = director.compose(1).expect("drawn");
        assert!(paused.tiles.is_empty());
        assert!(placements.contains_key(&1));
        director.set_paused(false);
        director.remove_track(3);
        assert_eq!(director.compose(2).expect("drawn").1[&1].area.width, 1280, "b left with the last track");
    }
}
