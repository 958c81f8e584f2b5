import { expect, test } from "vitest";
import { readRoute, routeTo } from "./use-route.ts";

test("an address leads to a screen and what it shows, and back", () => {
  expect(readRoute(routeTo("orders", "A/1 %2F", 7))).toEqual({ screen: "orders", rest: ["A/1 %2F", "7"] });
  expect(readRoute("")).toEqual({ screen: "", rest: [] });
  expect(readRoute("#/set-aside/%E0%A4%A")).toEqual({ screen: "set-aside", rest: ["%E0%A4%A"] });
});
