import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { EventFlaw, StepOptions } from "./types";

type Described = Pick<StepOptions, "causedBy" | "event" | "eventInputs"> & { readonly repository: string };

const WORKFLOW = ".github/workflows/rotate.yml";

function repositoryNamed(fullName: string): object {
  const [login = "", name = ""] = fullName.split("/");
  return { id: 1, name, full_name: fullName, private: true, fork: false, owner: { login } };
}

function causeOf({ causedBy, repository }: Described): object {
  const { event, headRepository } = causedBy ?? { event: "push", headRepository: repository };
  return {
    action: "completed",
    workflow: { id: 1, name: "test", path: ".github/workflows/test.yml" },
    workflow_run: {
      id: 2,
      name: "test",
      event,
      head_branch: "main",
      status: "completed",
      conclusion: "success",
      repository: repositoryNamed(repository),
      head_repository: { ...repositoryNamed(headRepository), fork: headRepository !== repository },
    },
  };
}

function ownPart(described: Described): object {
  switch (described.event ?? "workflow_dispatch") {
    case "workflow_dispatch":
      return { inputs: described.eventInputs ?? null, ref: "refs/heads/main", workflow: WORKFLOW };
    case "schedule":
      return { schedule: "17 3 * * 1", workflow: WORKFLOW };
    case "workflow_run":
      return causeOf(described);
    default:
      return {};
  }
}

/** What GitHub tells of the event, as far as a run may ask for it. */
function eventText(described: Described): string {
  const common = { repository: repositoryNamed(described.repository), sender: { login: "octocat" } };
  return JSON.stringify({ ...ownPart(described), ...common }, undefined, 2);
}

/** Writes the event's file, as the runner does whenever a step starts. */
export async function writeEvent(file: string, described: Described, flaw: EventFlaw | undefined): Promise<void> {
  const whole = eventText(described);
  // A step may have emptied RUNNER_TEMP.
  await mkdir(dirname(file), { recursive: true });
  if (flaw === "missing") {
    await rm(file, { force: true });
    return;
  }
  const isTorn = flaw === "torn" || typeof flaw === "object";
  await writeFile(file, flaw === "empty" ? "" : isTorn ? whole.slice(0, whole.length / 2) : whole);
  if (typeof flaw === "object") {
    // By then the job may be over, and its folder gone.
    setTimeout(() => void writeFile(file, whole).catch(() => undefined), flaw.tornForMs).unref();
  }
}
