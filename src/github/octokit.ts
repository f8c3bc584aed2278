import type { getOctokit } from "@actions/github";
import type { Secret } from "../text/secret";
import type { Octokit } from "./client";

/** `@actions/github`'s octokit, which does not repeat requests. In one chunk with `@actions/core`, since both bring undici. */
export async function loadOctokit(token: Secret, apiUrl: URL): Promise<Octokit> {
  const make = await importWithoutEvent();
  return make(token.reveal(), {
    baseUrl: apiUrl.href.replace(/\/$/, ""),
    userAgent: "rotate-snaptrade-user-secret",
  });
}

/** It reads the event's file while it is loaded, and throws where that is torn. Nothing here needs the event. */
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
