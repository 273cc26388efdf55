// @vitest-environment jsdom
import { expect, test } from "vitest";
import { commandOf, keepsKey } from "./keyboard";

const press = (key: string, modifiers = {}) =>
  commandOf({ key, ctrlKey: false, metaKey: false, altKey: false, ...modifiers });

test("keys do what players have taught people", () => {
  expect(press(" ")).toEqual({ kind: "toggle" });
  expect(press("K")).toEqual({ kind: "toggle" });
  expect(press("j")).toEqual({ kind: "seekBy", deltaMs: -10_000 });
  expect(press("l")).toEqual({ kind: "seekBy", deltaMs: 10_000 });
  expect(press("ArrowLeft")).toEqual({ kind: "seekBy", deltaMs: -5_000 });
  expect(press(">")).toEqual({ kind: "faster" });
  expect(press("]")).toEqual({ kind: "chapter", direction: 1 });
  expect(press(",")).toEqual({ kind: "line", direction: -1 });
  expect(press("x")).toBeNull();
});

test("the browser keeps its own shortcuts", () => {
  expect(press("f", { ctrlKey: true })).toBeNull();
  expect(press("ArrowLeft", { altKey: true })).toBeNull();
  expect(press("c", { metaKey: true })).toBeNull();
});

test("fields and buttons keep the keys they need", () => {
  const element = (html: string): Element => {
    const host = document.createElement("div");
    host.innerHTML = html;
    return host.firstElementChild as Element;
  };
  expect(keepsKey(element("<input>"), "k")).toBe(true);
  expect(keepsKey(element("<textarea></textarea>"), " ")).toBe(true);
  expect(keepsKey(element("<button></button>"), " ")).toBe(true);
  expect(keepsKey(element("<button></button>"), "k")).toBe(false);
  expect(keepsKey(element("<div role='tab'></div>"), "ArrowLeft")).toBe(true);
  expect(keepsKey(element("<p></p>"), " ")).toBe(false);
  const menu = (state: string) =>
    element(`<div class="ant-dropdown ${state}"><i role="menuitem"></i></div>`).firstChild;
  expect(keepsKey(menu(""), "c")).toBe(true);
  expect(keepsKey(menu("ant-dropdown-hidden"), "c")).toBe(false);
});
