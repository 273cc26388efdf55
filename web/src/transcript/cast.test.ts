import { expect, test } from "vitest";
import { Cast } from "./cast";

const spoken = (participantId: string, startMs: number, endMs: number) => ({ participantId, startMs, endMs });

test("everybody has a name, a colour and a share", () => {
  const roster = ["a", "b", "c"].map((id) => ({ id, display_name: id.toUpperCase(), user_id: null, language: null }));
  const cast = new Cast(roster, [spoken("b", 0, 3000), spoken("a", 3000, 4000), spoken("guest", 4000, 4000)]);
  expect(cast.voices().map((voice) => [voice.name, cast.sharePercent(voice)])).toEqual([
    ["B", 75],
    ["A", 25],
  ]);
  expect(cast.speaker("guest").name).toBeNull();
  expect(cast.speaker("nobody").name).toBeNull();
  expect(new Set(["a", "b", "c", "guest"].map((id) => cast.speaker(id).colour)).size).toBe(4);
});
