import { expect, test } from "vitest";
import { testPorts } from "../testing/context.ts";
import { checkHosts, hostOf, refusedHost, tlsOptions } from "./tcp-address.ts";
import { DeadlinePassed, within } from "./within.ts";

test("work that ends in time gives its result or its own failure; what does not is given up, and leaves no rejection behind", async () => {
  const ports = testPorts();
  expect(await within(ports, 1_000, Promise.resolve(7))).toBe(7);
  await expect(within(ports, 1_000, Promise.reject(new Error("its own")))).rejects.toThrow("its own");
  const late = Promise.withResolvers<never>();
  await expect(within(ports, 5, late.promise)).rejects.toBeInstanceOf(DeadlinePassed);
  late.reject(new Error("after all"));
  await new Promise((resolve) => setImmediate(resolve));
});

test("a deadline that is not needed any more is not waited for", async () => {
  let waiting = 0;
  const sleep = (_ms: number, signal?: AbortSignal): Promise<void> => {
    waiting += 1;
    return new Promise((resolve) => signal?.addEventListener("abort", () => resolve(void (waiting -= 1))));
  };
  await within({ sleep }, 60_000, Promise.resolve());
  expect(waiting).toBe(0);
});

test("hosts: literals are looked at, names are left to the connection", () => {
  const guarded = { allowPrivateNetwork: false };
  expect(refusedHost(["db.example", "93.184.216.34", "2606:4700::1111"], guarded)).toBeUndefined();
  expect(refusedHost(["db.example", "10.0.0.1"], guarded)).toBe("10.0.0.1");
  expect(refusedHost(["::1"], { allowPrivateNetwork: true })).toBeUndefined();
  expect(() => checkHosts(["::ffff:127.0.0.1"], guarded)).toThrow("private network");
  expect(hostOf("amqp://[::1]:5672/")).toBe("::1");
});

test("TLS is verified, with the name where there is one", () => {
  expect(tlsOptions({ tls: "off" }, "db.example")).toBe(false);
  expect(tlsOptions({ tls: "verify" }, "db.example")).toEqual({ rejectUnauthorized: true, servername: "db.example" });
  expect(tlsOptions({ tls: "verify", ca: "PEM" }, "93.184.216.34")).toEqual({ rejectUnauthorized: true, ca: "PEM" });
});
