import { stat } from "node:fs/promises";
import { join, sep } from "node:path";
import ncc from "@vercel/ncc";
import type { Module } from "@vercel/ncc";
import { ROOT } from "./world";

/** What one package adds to one file of the bundle. */
export interface Share {
  readonly file: string;
  /** A package of npm's, or `this action`. */
  readonly of: string;
  readonly bytes: number;
}

/** Joined modules are one to webpack, and several here. */
function* singleModules(modules: Iterable<Module>): Generator<Module> {
  for (const module of modules) {
    if (module.modules === undefined) yield module;
    else yield* singleModules(module.modules);
  }
}

function packageOf({ resource = "" }: Module): string {
  const parts = resource.split(`node_modules${sep}`);
  if (parts.length === 1) return "this action";
  const [scope = "", name = ""] = (parts.at(-1) ?? "").split(sep);
  return scope.startsWith("@") ? `${scope}/${name}` : scope;
}

/**
 * Whose code the files of the bundle are. The size of a file is that of the one in dist; it is divided in proportion to
 * the sizes of the modules before minifying, since nothing tells them apart afterwards.
 */
export async function bundleShares(): Promise<Share[]> {
  const { stats } = await ncc(join(ROOT, "src", "index.ts"), {
    cache: false,
    filename: "index.js",
    minify: false,
    quiet: true,
    transpileOnly: true,
  });
  const { chunks, chunkGraph } = stats.compilation;
  const shares: Share[] = [];
  for (const chunk of chunks) {
    const [file] = [...chunk.files].filter((name) => name.endsWith(".js"));
    if (file === undefined) continue;
    const sizes = new Map<string, number>();
    for (const module of singleModules(chunkGraph.getChunkModulesIterable(chunk))) {
      const of = packageOf(module);
      sizes.set(of, (sizes.get(of) ?? 0) + module.size());
    }
    const whole = [...sizes.values()].reduce((sum, size) => sum + size, 0);
    const { size: bytes } = await stat(join(ROOT, "dist", file));
    for (const [of, size] of sizes) shares.push({ file, of, bytes: Math.round((bytes * size) / whole) });
  }
  return shares.sort((a, b) => (a.file === b.file ? b.bytes - a.bytes : a.file < b.file ? -1 : 1));
}
