use std::sync::OnceLock;

use crate::Error;

/// A GStreamer element that is not installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MissingElement {
    /// The element's name.
    pub element: &'static str,
    /// The Debian 12 package that has it.
    pub debian_package: &'static str,
}

/// Every element a mix may use and the Debian package it comes in. `cmafmux` is linked into this crate.
const ELEMENTS: &[(&str, &str)] = &[
    ("alawdec", "gstreamer1.0-plugins-good"),
    ("appsink", "gstreamer1.0-plugins-base"),
    ("appsrc", "gstreamer1.0-plugins-base"),
    ("audioconvert", "gstreamer1.0-plugins-base"),
    ("audiomixer", "gstreamer1.0-plugins-base"),
    ("audioresample", "gstreamer1.0-plugins-base"),
    ("audiotestsrc", "gstreamer1.0-plugins-base"),
    ("avdec_g722", "gstreamer1.0-libav"),
    ("avdec_h264", "gstreamer1.0-libav"),
    ("avenc_aac", "gstreamer1.0-libav"),
    ("capsfilter", "libgstreamer1.0-0"),
    ("cmafmux", "huiji"),
    ("compositor", "gstreamer1.0-plugins-base"),
    ("imagefreeze", "gstreamer1.0-plugins-good"),
    ("mulawdec", "gstreamer1.0-plugins-good"),
    ("opusdec", "gstreamer1.0-plugins-base"),
    ("opusenc", "gstreamer1.0-plugins-base"),
    ("queue", "libgstreamer1.0-0"),
    ("rtph264depay", "gstreamer1.0-plugins-good"),
    ("rtpvp8depay", "gstreamer1.0-plugins-good"),
    ("rtpvp9depay", "gstreamer1.0-plugins-good"),
    ("tee", "libgstreamer1.0-0"),
    ("textoverlay", "gstreamer1.0-x"),
    ("videoconvertscale", "gstreamer1.0-plugins-base"),
    ("videotestsrc", "gstreamer1.0-plugins-base"),
    ("vp8dec", "gstreamer1.0-plugins-good"),
    ("vp9dec", "gstreamer1.0-plugins-good"),
    ("x264enc", "gstreamer1.0-plugins-ugly"),
];

static INITIALISED: OnceLock<()> = OnceLock::new();

/// Initialises GStreamer and registers the linked plugins; does nothing the second time.
pub(crate) fn initialise() -> Result<(), Error> {
    if INITIALISED.get().is_some() {
        return Ok(());
    }
    gst::init().map_err(Error::Initialise)?;
    gstfmp4::plugin_register_static().map_err(|error| Error::Register(gst::glib::bool_error!("{error}")))?;
    INITIALISED.get_or_init(|| ());
    Ok(())
}

/// Returns every missing element at once; empty when the mixer can run.
///
/// # Errors
/// [`Error::Initialise`] or [`Error::Register`] when GStreamer itself does not start.
pub fn check_installation() -> Result<Vec<MissingElement>, Error> {
    initialise()?;
    let missing = |element: &str| gst::ElementFactory::find(element).is_none();
    let missing = ELEMENTS.iter().filter(|(element, _)| missing(element));
    Ok(missing.map(|&(element, debian_package)| MissingElement { element, debian_package }).collect())
}

#[cfg(test)]
mod tests {
    use super::check_installation;

    #[test]
    fn this_machine_has_every_element() {
        assert_eq!(check_installation().expect("GStreamer starts"), vec![]);
    }
}
