import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const made: string[] = [];

const ACTION = `name: Fake
runs:
  using: node24
  main: index.js
  post: post.js
inputs:
  given: { description: a }
  with-default: { description: b, default: 90s }
  two words: { description: c, default: false }
  nothing: { description: d }
`;

/** A Node action in a folder of its own, made of two scripts in CommonJS. */
export async function fakeAction(main: string, post = ""): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "fake-action-"));
  made.push(root);
  await writeFile(join(root, "action.yml"), ACTION);
  await writeFile(join(root, "index.js"), main);
  await writeFile(join(root, "post.js"), post);
  return root;
}

/** To be called when the tests of a file are over. */
export async function removeFakeActions(): Promise<void> {
  for (const root of made.splice(0)) await rm(root, { recursive: true, force: true });
}
