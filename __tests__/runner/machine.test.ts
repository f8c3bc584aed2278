import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { EventEmitter } from "node:events";
import { readFileSync } from "node:fs";
import { PassThrough } from "node:stream";
import { SystemClock } from "../../src/runner/clock";
import { isStill, lifeOf, send, thisProcess } from "../../src/runner/process";
import type { ProcessId } from "../../src/runner/process";
import { catchInterruptions } from "../../src/runner/signals";

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
  test.each(["uncaughtException", "unhandledRejection"])("%s is handed on once somebody listens", (event) => {
    const { fake, events } = fakeProcess();
    const told: unknown[] = [];
    const interruptions = catchInterruptions(fake);
    events.emit(event, new TypeError("before anybody listens"));
    interruptions.listen({ onSignal: () => undefined, onError: (error) => told.push(error) });
    events.emit(event, new TypeError("unforeseen"));
    events.emit(event, "a string");
    expect(told).toEqual([new TypeError("unforeseen"), "a string"]);
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

describe("a process", () => {
  const running = (): ChildProcess =>
    spawn(process.execPath, ["-e", "setTimeout(() => {}, 60000)"], { stdio: "ignore" });
  const startedAt = (pid: number): bigint => {
    const fields = readFileSync(`/proc/${pid}/stat`, "latin1").split(") ").at(-1)?.split(" ") ?? [];
    return BigInt(fields[19] ?? "");
  };
  const idOf = ({ pid = 0 }: ChildProcess): ProcessId => ({ pid, startedAt: startedAt(pid) });
  const endOf = async (child: ChildProcess): Promise<unknown> =>
    await new Promise((resolve) => child.once("exit", resolve));

  test("lives until it is ended, and is then gone", async () => {
    const child = running();
    const id = idOf(child);
    expect(lifeOf(id)).toBe("lives");
    const ended = endOf(child);
    send("SIGKILL", id);
    await ended;
    expect([lifeOf(id), child.signalCode]).toEqual(["gone", "SIGKILL"]);
  });

  test("that is frozen lives and does nothing, until it goes on or is ended", async () => {
    const child = running();
    const id = idOf(child);
    expect(isStill(id)).toBe(false);
    send("SIGSTOP", id);
    while (!isStill(id)) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(lifeOf(id)).toBe("lives");
    send("SIGCONT", id);
    while (isStill(id)) await new Promise((resolve) => setTimeout(resolve, 1));
    send("SIGSTOP", id);
    const ended = endOf(child);
    send("SIGKILL", id);
    await ended;
    expect([lifeOf(id), isStill(id)]).toEqual(["gone", true]);
  });

  test("is gone where another has its number, and that other is left alone", async () => {
    const child = running();
    const id = idOf(child);
    const before = { ...id, startedAt: (id.startedAt ?? 0n) - 1n };
    expect(lifeOf(before)).toBe("gone");
    send("SIGKILL", before);
    expect(lifeOf(id)).toBe("lives");
    const ended = endOf(child);
    child.kill("SIGKILL");
    await ended;
  });

  test("that nobody has waited for does nothing any more", async () => {
    // The shell becomes another program, which does not know of the child, so that nobody waits for it.
    const child = spawn("sh", ["-c", "sleep 0.1 & echo $!; exec sleep 60"], { stdio: ["ignore", "pipe", "ignore"] });
    const pid = Number(
      await new Promise<string>((resolve) => child.stdout.once("data", (text) => resolve(String(text)))),
    );
    const id = { pid, startedAt: startedAt(pid) };
    while (!/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "latin1")))
      await new Promise((resolve) => setTimeout(resolve, 5));
    expect(lifeOf(id)).toBe("gone");
    const ended = endOf(child);
    child.kill("SIGKILL");
    await ended;
  });

  test("whose start nobody tells may live where its number is in use, and is not ended", async () => {
    const child = running();
    const id = { pid: child.pid ?? 0, startedAt: null };
    send("SIGKILL", id);
    expect(lifeOf(id)).toBe("may-live");
    const ended = endOf(child);
    child.kill("SIGKILL");
    await ended;
    expect(lifeOf(id)).toBe("gone");
  });

  test("knows itself, and does not wait for itself", () => {
    expect(thisProcess()).toEqual({ pid: process.pid, startedAt: startedAt(process.pid) });
    expect(lifeOf(thisProcess())).toBe("gone");
  });
});
