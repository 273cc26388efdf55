import type { components } from "./schema";

type Schemas = components["schemas"];

export type User = Schemas["User"];
export type Recording = Schemas["Recording"];
export type RecordingState = Recording["state"];
export type RecordingPage = Schemas["RecordingPage"];
export type StageOutcome = Schemas["StageOutcome"];
export type Participant = Schemas["Participant"];
export type RecorderStatus = Schemas["RecorderStatus"];
export type TrackStatistics = Schemas["TrackStatistics"];
export type TimelineEvent = Schemas["TimelineEvent"];
export type Transcript = Schemas["Transcript"];
export type Utterance = Schemas["Utterance"];
export type Word = Schemas["Word"];
export type Minutes = Schemas["Minutes"];
export type CitedLine = Schemas["CitedLine"];
export type ActionItem = Schemas["ActionItem"];
export type Chapter = Schemas["Chapter"];
export type Citation = Schemas["Citation"];
export type Job = Schemas["Job"];
export type Playback = Schemas["Playback"];
export type SearchPage = Schemas["SearchPage"];
export type SearchGroup = Schemas["SearchGroup"];
export type SearchHit = Schemas["SearchHit"];
export type Plan = Schemas["Plan"];
export type Problem = Schemas["Problem"];
