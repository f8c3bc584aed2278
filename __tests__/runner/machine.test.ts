import { spawn } from "node:child_process";
import { EventEmitter } from "node:events";
import { PassThrough } from "node:stream";
import type { Clock } from "../../src/rotation/ports";
import { SystemClock } from "../../src/runner/clock";
import { awaitEnd } from "../../src/runner/predecessor";
import { catchInterruptions } from "../../src/runner/signals";
import { START, VirtualClock } from "../support/virtual-clock";

/** A process that can be told anything. */
function fakeProcess(platform: NodeJS.Platform = "linux"): {
  fake: NodeJS.Process;
  events: EventEmitter;
  stdout: PassThrough;
} {
  const events = new EventEmitter();
  const stdout = new PassThrough();
  const own = new Map<string | symbol, unknown>([
    ["platform", platform],
    ["on", events.on.bind(events)],
    ["stdout", stdout],
    ["stderr", new PassThrough()],
  ]);
  const fake = new Proxy(process, { get: (_, name) => own.get(name) });
  return { fake, events, stdout };
}

describe("a signal", () => {
  test.each(["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"])("%s is noted, once and for all", async (signal) => {
    const { fake, events } = fakeProcess();
    const interruptions = catchInterruptions(fake);
    expect(interruptions.seen).toBeNull();
    events.emit(signal, signal);
    events.emit("SIGTERM", "SIGTERM");
    expect([interruptions.seen, await interruptions.arrived]).toEqual([signal, signal]);
  });

  test("is told to whoever listens, each of them", () => {
    const { fake, events } = fakeProcess();
    const told: string[] = [];
    catchInterruptions(fake).listen({ onSignal: (signal) => told.push(signal), onError: () => undefined });
    events.emit("SIGINT", "SIGINT");
    events.emit("SIGTERM", "SIGTERM");
    expect(told).toEqual(["SIGINT", "SIGTERM"]);
  });

  test("SIGBREAK is one on Windows only, where no other system has it", () => {
    const linux = fakeProcess();
    catchInterruptions(linux.fake);
    const windows = fakeProcess("win32");
    catchInterruptions(windows.fake);
    expect([linux.events.listenerCount("SIGBREAK"), windows.events.listenerCount("SIGBREAK")]).toEqual([0, 1]);
  });
});

describe("what nobody caught", () => {
  test.each(["uncaughtException", "unhandledRejection"])("%s is told by its name, never by its message", (event) => {
    const { fake, events } = fakeProcess();
    const told: string[] = [];
    const interruptions = catchInterruptions(fake);
    events.emit(event, new TypeError("before anybody listens"));
    interruptions.listen({ onSignal: () => undefined, onError: (name) => told.push(name) });
    events.emit(event, new TypeError("the-secret"));
    events.emit(event, "the-secret");
    expect(told).toEqual(["TypeError", "string"]);
    expect(interruptions.seen).toBeNull();
  });

  test("a reader of the log that goes away is no error", () => {
    const { fake, stdout } = fakeProcess();
    catchInterruptions(fake);
    expect(() => stdout.emit("error", new Error("EPIPE"))).not.toThrow();
  });
});

describe("the clock", () => {
  test("sleeps at least so long, and never runs backwards", async () => {
    const clock = new SystemClock(new AbortController().signal);
    const before = clock.now();
    await clock.sleep(30);
    expect(clock.now() - before).toBeGreaterThanOrEqual(29);
    expect(Math.abs(clock.now() - Date.now())).toBeLessThan(60_000);
  });

  test("wakes nobody after the end, and keeps nothing alive", async () => {
    const lifetime = new AbortController();
    const clock = new SystemClock(lifetime.signal);
    let woken = false;
    void clock.sleep(20).then(() => (woken = true));
    lifetime.abort();
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(woken).toBe(false);
  });
});

describe("the process before", () => {
  test("is waited for until it is really dead", async () => {
    const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60000)"], { stdio: "ignore" });
    const ended = new Promise((resolve) => child.once("exit", resolve));
    const clock = new VirtualClock();
    const killing: Clock = {
      now: () => clock.now(),
      sleep: async (ms) => {
        child.kill("SIGKILL");
        await ended;
        await clock.sleep(ms);
      },
    };
    expect(await awaitEnd(child.pid ?? 0, killing, 30_000)).toBe(true);
    expect([child.signalCode, clock.now() - START]).toEqual(["SIGKILL", 200]);
  });

  test("is not waited for where it is dead, or was this very process", async () => {
    const clock = new VirtualClock();
    expect(await awaitEnd(2 ** 22 + 1, clock, 30_000)).toBe(true);
    expect(await awaitEnd(process.pid, clock, 30_000)).toBe(true);
    expect(clock.now()).toBe(START);
  });

  test("is not waited for without end, and that it lives is told", async () => {
    const clock = new VirtualClock();
    expect(await awaitEnd(process.ppid, clock, 30_000)).toBe(false);
    expect(clock.now() - START).toBe(30_000);
  });
});
