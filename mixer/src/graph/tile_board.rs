use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use gst::prelude::*;

use crate::picture::{Canvas, HIGHLIGHT, Overlay, PictureRuns, Scene, TileArea};

const HIGHLIGHT_PX: u32 = 4;

/// One video branch as the compositor sees it.
#[derive(Debug)]
pub(crate) struct VideoTile {
    pub(crate) runs: PictureRuns,
    dress: Mutex<Dress>,
    placed: Mutex<Placed>,
}

/// What is drawn on a tile's frames.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Dress {
    pub(crate) label: Option<Arc<Overlay>>,
    pub(crate) highlighted: bool,
}

#[derive(Debug, Default)]
struct Placed {
    pad: Option<gst::Pad>,
    place: Option<(TileArea, u32)>,
}

impl VideoTile {
    pub(crate) fn new(linger_ns: i64) -> Self {
        Self { runs: PictureRuns::new(linger_ns), dress: Mutex::default(), placed: Mutex::default() }
    }

    /// Gives the tile the compositor's pad, hidden until a scene shows it.
    pub(crate) fn set_pad(&self, pad: Option<gst::Pad>) {
        if let Some(pad) = &pad {
            pad.set_property("alpha", 0.0_f64);
        }
        *self.placed.lock().unwrap_or_else(PoisonError::into_inner) = Placed { pad, place: None };
    }

    /// Sets what is drawn from the next frame on.
    pub(crate) fn set_dress(&self, dress: Dress) {
        *self.dress.lock().unwrap_or_else(PoisonError::into_inner) = dress;
    }

    /// Returns what is drawn at the moment.
    pub(crate) fn dress(&self) -> Dress {
        self.dress.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Draws the label and the speaker's frame on a picture.
    pub(crate) fn draw(&self, canvas: &mut Canvas) {
        let dress = self.dress();
        if let Some(label) = dress.label {
            let bottom = canvas.height().saturating_sub(label.height()) & !1;
            canvas.lay(&label, 0, bottom);
        }
        if dress.highlighted {
            let area = TileArea { x: 0, y: 0, width: canvas.width() as u32, height: canvas.height() as u32 };
            canvas.outline(area, HIGHLIGHT_PX, HIGHLIGHT);
        }
    }

    fn place(&self, place: Option<(TileArea, u32)>) {
        let mut placed = self.placed.lock().unwrap_or_else(PoisonError::into_inner);
        if placed.place == place {
            return;
        }
        let Some(pad) = &placed.pad else { return };
        match place {
            None => pad.set_property("alpha", 0.0_f64),
            Some((area, order)) => {
                pad.set_property("xpos", area.x as i32);
                pad.set_property("ypos", area.y as i32);
                pad.set_property("width", area.width as i32);
                pad.set_property("height", area.height as i32);
                pad.set_property("zorder", order);
                pad.set_property("alpha", 1.0_f64);
            }
        }
        placed.place = place;
    }
}

/// Every video branch by serial number.
#[derive(Debug, Default)]
pub(crate) struct TileBoard {
    tiles: RwLock<BTreeMap<u64, Arc<VideoTile>>>,
}

impl TileBoard {
    pub(crate) fn insert(&self, serial: u64, tile: Arc<VideoTile>) {
        self.tiles.write().unwrap_or_else(PoisonError::into_inner).insert(serial, tile);
    }

    pub(crate) fn remove(&self, serial: u64) {
        self.tiles.write().unwrap_or_else(PoisonError::into_inner).remove(&serial);
    }

    /// Places every tile for the frame from `at_ns` to `until_ns`.
    pub(crate) fn apply(&self, scene: &Scene, at_ns: i64, until_ns: i64) {
        let tiles = self.tiles.read().unwrap_or_else(PoisonError::into_inner);
        for (serial, tile) in tiles.iter() {
            let place = scene.tiles.iter().position(|(shown, _)| shown == serial);
            let place = place.filter(|_| tile.runs.visible(at_ns, until_ns));
            tile.place(place.map(|index| (scene.tiles[index].1, index as u32 + 1)));
        }
    }
}
