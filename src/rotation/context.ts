import type { Task } from "./model";
import { Oracle } from "./oracle";
import type { Ports } from "./ports";

/** What every step of one run works with. */
export interface Context {
  readonly task: Task;
  readonly ports: Ports;
  /** The one who asks SnapTrade, and knows what may be believed of its answers. */
  readonly oracle: Oracle;
}

export function contextOf(task: Task, ports: Ports): Context {
  return { task, ports, oracle: new Oracle(ports, task.settleMs) };
}
