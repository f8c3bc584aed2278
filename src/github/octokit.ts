import type { getOctokit } from "@actions/github";
import type { Secret } from "../text/secret";
import type { Octokit } from "./client";

/** `@actions/github`'s octokit, which does not retry. One chunk with `@actions/core`, because both bring undici. */
export async function loadOctokit(token: Secret, apiUrl: URL): Promise<Octokit> {
  const make = await importWithoutEvent();
  return make(token.reveal(), {
    baseUrl: apiUrl.href.replace(/\/$/, ""),
    userAgent: "rotate-snaptrade-user-secret",
  });
}

/** It reads the event file while loading, and throws if that is incomplete. The event is not needed here. */
async function importWithoutEvent(): Promise<typeof getOctokit> {
  const name = "GITHUB_EVENT_PATH";
  const file = process.env[name];
  Reflect.deleteProperty(process.env, name);
  try {
    return (await import(/* webpackChunkName: "services" */ "@actions/github")).getOctokit;
  } finally {
    if (file !== undefined) process.env[name] = file;
  }
}
