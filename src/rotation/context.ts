import type { Task } from "./model";
import { Oracle } from "./oracle";
import type { Ports } from "./ports";

/** What every step of a run needs. */
export interface Context {
  readonly task: Task;
  readonly ports: Ports;
  readonly oracle: Oracle;
}

export function contextOf(task: Task, ports: Ports): Context {
  return { task, ports, oracle: new Oracle(ports, task.settleMs) };
}
