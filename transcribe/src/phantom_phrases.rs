/// Says whether the text is one of the phrases that speech engines invent in silence and noise, learnt from subtitles.
pub(crate) fn is_phantom_phrase(text: &str) -> bool {
    let folded: String =
        text.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    WHOLE.contains(&folded.as_str()) || BEGINNINGS.iter().any(|beginning| folded.starts_with(beginning))
}

/// Short phrases that people say too: only the whole text counts. Letters only, lower case.
const WHOLE: &[&str] = &[
    "you",
    "bye",
    "byebye",
    "thankyou",
    "thankyouverymuch",
    "thanksforwatching",
    "thankyouforwatching",
    "thankyouforlistening",
    "谢谢",
    "謝謝",
    "谢谢大家",
    "謝謝大家",
    "谢谢观看",
    "謝謝觀看",
    "感谢观看",
    "感謝觀看",
    "谢谢收看",
    "謝謝收看",
    "谢谢大家观看",
    "謝謝大家觀看",
    "中文字幕",
    "下期再见",
    "下期再見",
];

/// What nobody says in a meeting, however it goes on.
const BEGINNINGS: &[&str] = &[
    "pleasesubscribe",
    "likeandsubscribe",
    "dontforgettosubscribe",
    "subtitlesby",
    "seeyouinthenextvideo",
    "请不吝点赞",
    "請不吝點贊",
    "請不吝點讚",
    "明镜需要您的支持",
    "明鏡需要您的支持",
    "字幕由amara",
    "字幕志愿者",
    "字幕志願者",
    "优优独播剧场",
    "優優獨播劇場",
    "请订阅我的频道",
    "請訂閱我的頻道",
];
