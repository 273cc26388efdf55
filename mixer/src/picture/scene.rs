use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use super::layout::TileArea;

const SCENES_MAX: usize = 1024;
const KEPT_NS: i64 = 60_000_000_000;

/// What the picture looks like from a moment on.
#[derive(Debug)]
pub(crate) struct Scene {
    /// From when on the timeline.
    pub(crate) from_ns: i64,
    /// What lies under the tiles: black, name cards, or the pause card.
    pub(crate) background: gst::Buffer,
    /// The branches shown, by serial number, and where; later ones lie above.
    pub(crate) tiles: Vec<(u64, TileArea)>,
}

/// The scenes of the recording by time. Frames are composed later than they are captured, so a change takes effect at
/// its moment of the timeline, whatever the latency.
#[derive(Debug, Default)]
pub(crate) struct SceneTimeline {
    scenes: Mutex<VecDeque<Arc<Scene>>>,
}

impl SceneTimeline {
    /// Adds a scene, which must not begin before those added earlier.
    pub(crate) fn push(&self, scene: Scene) {
        let mut scenes = self.scenes.lock().unwrap_or_else(PoisonError::into_inner);
        let from_ns = scene.from_ns;
        scenes.push_back(Arc::new(scene));
        while scenes.len() > SCENES_MAX || scenes.get(1).is_some_and(|next| next.from_ns < from_ns - KEPT_NS) {
            scenes.pop_front();
        }
    }

    /// Returns the scene at a moment; the first one for moments before it.
    pub(crate) fn at(&self, at_ns: i64) -> Option<Arc<Scene>> {
        let scenes = self.scenes.lock().unwrap_or_else(PoisonError::into_inner);
        scenes.iter().rev().find(|scene| scene.from_ns <= at_ns).or_else(|| scenes.front()).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::{Scene, SceneTimeline};

    #[test]
    fn a_change_takes_effect_at_its_moment() {
        crate::installation::initialise().expect("GStreamer starts");
        let timeline = SceneTimeline::default();
        assert!(timeline.at(0).is_none());
        for from_ns in [10, 20] {
            timeline.push(Scene { from_ns, background: gst::Buffer::new(), tiles: Vec::new() });
        }
        let from = |at_ns| timeline.at(at_ns).expect("some").from_ns;
        assert_eq!([0, 10, 19, 20, 99].map(from), [10, 10, 10, 20, 20]);
    }
}
