import { mkdir, mkdtemp, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import ncc from "@vercel/ncc";
import { transform } from "esbuild";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const DIST = join(ROOT, "dist");

/** Everything that a runner downloads for a run without `recovery-recipient`. */
const ACTION_BYTES_MAX = 2_000_000;

/** What ncc and webpack leave behind for an import that they could not resolve, while ncc still exits 0. */
const UNRESOLVED = /@@notfound|webpackMissingModule|Cannot find module|eval\("require"\)/;

/** Only age's own format line can tell its chunk from the others, which are named by number. */
const AGE = "age-encryption.org/v1";

const POST = `// Tells the one bundle that it runs as post.
process.argv.push("post");
await import("./index.js");
`;

/** Must parse and run on any Node, however old, so that an old one gets a sentence and not a syntax error. */
const DOOR = `// The sandbox needs Node 20. This file needs none of what came after Node 10, so that it can say so.
process.exitCode = 1;
if (Number(process.versions.node.split(".")[0]) < 20) {
  process.stderr.write("npm start needs Node 20 or later; this is Node " + process.versions.node + ".\\n");
} else {
  import("./sandbox.js");
}
`;

/** Every file of the packages that went into a bundle, modules that webpack has joined into one included. */
function* bundledFiles(modules) {
  for (const module of modules) {
    if (typeof module.resource === "string") yield module.resource.split("?")[0];
    if (module.modules) yield* bundledFiles(module.modules);
  }
}

function packageFolder(file) {
  const marker = `${sep}node_modules${sep}`;
  const start = file.lastIndexOf(marker);
  if (start === -1) return undefined;
  const [first, second] = file.slice(start + marker.length).split(sep);
  return join(file.slice(0, start + marker.length), first.startsWith("@") ? join(first, second) : first);
}

/** ncc's own listing misses the packages that webpack joins into one module, so this one is made from webpack's record. */
async function licensesOf(modules) {
  const folders = new Set();
  for (const file of bundledFiles(modules)) {
    const folder = packageFolder(file);
    if (folder !== undefined) folders.add(folder);
  }
  const entries = new Map();
  for (const folder of folders) {
    const { name, version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    const texts = (await readdir(folder)).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file)).sort();
    const bodies = await Promise.all(texts.map((file) => readFile(join(folder, file), "utf8")));
    const text = bodies.map((body) => body.replaceAll("\r\n", "\n").trim()).join("\n\n");
    entries.set(`${name} ${version} (${license ?? "see below"})`, text);
  }
  const titles = [...entries.keys()].sort();
  return titles.map((title) => [title, entries.get(title)].filter(Boolean).join("\n\n")).join("\n\n---\n\n") + "\n";
}

/** ncc would minify the entry alone, and with terser, which takes seconds. */
async function minified(name, source) {
  if (!name.endsWith(".js")) return source;
  const options = { format: "esm", target: "node20", charset: "utf8", legalComments: "none", minify: true };
  return (await transform(source.toString(), options)).code;
}

async function bundle(entry, folder, filename) {
  const { code, assets, stats } = await ncc(join(ROOT, entry), {
    cache: false,
    filename,
    minify: false,
    quiet: true,
    transpileOnly: true,
  });
  const files = new Map([[filename, await minified(filename, code)]]);
  for (const [name, { source }] of Object.entries(assets)) files.set(name, await minified(name, source));
  files.set("licenses.txt", await licensesOf(stats.compilation.modules));
  await mkdir(folder, { recursive: true });
  for (const [name, content] of files) await writeFile(join(folder, name), content);
}

async function filesUnder(folder) {
  if (!existsSync(folder)) return [];
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}

/** Prints each file's size; throws where a bundle cannot run or has grown too large. */
async function inspect(folder) {
  let actionBytes = 0;
  for (const name of await filesUnder(folder)) {
    const content = await readFile(join(folder, name));
    const text = content.toString("latin1");
    if (name.endsWith(".js") && UNRESOLVED.test(text)) throw new Error(`dist/${name} lacks a module it imports.`);
    const isSandbox = name.startsWith(`sandbox${sep}`);
    const isAge = !isSandbox && name.endsWith(".js") && text.includes(AGE);
    if (isAge && name === "index.js") throw new Error("age must stay in a chunk of its own: import it dynamically.");
    if (!isSandbox && !isAge) actionBytes += content.length;
    process.stdout.write(
      `${content.length.toString().padStart(9)}  dist/${name}${isAge ? "  (only with a recovery-recipient)" : ""}\n`,
    );
  }
  process.stdout.write(
    `${actionBytes.toString().padStart(9)}  the action, of at most ${ACTION_BYTES_MAX.toString()}\n`,
  );
  if (actionBytes > ACTION_BYTES_MAX) throw new Error("The action has grown too large.");
}

async function buildInto(folder) {
  await bundle("src/index.ts", folder, "index.js");
  await writeFile(join(folder, "post.js"), POST);
  await bundle("sandbox/index.ts", join(folder, "sandbox"), "sandbox.js");
  await writeFile(join(folder, "sandbox", "index.js"), DOOR);
  await inspect(folder);
}

/** Names what differs, byte for byte, between the fresh build and what is committed. */
async function differences(fresh) {
  const names = new Set([...(await filesUnder(fresh)), ...(await filesUnder(DIST))]);
  const different = [];
  for (const name of [...names].sort()) {
    const [ours, theirs] = [join(fresh, name), join(DIST, name)];
    const same = existsSync(ours) && existsSync(theirs) && (await readFile(ours)).equals(await readFile(theirs));
    if (!same) different.push(`dist/${name}`);
  }
  return different;
}

async function check() {
  const fresh = await mkdtemp(join(tmpdir(), "dist-"));
  try {
    await buildInto(fresh);
    const different = await differences(fresh);
    for (const name of different) process.stderr.write(`${name} is not what the sources build. Run: npm run build\n`);
    if (different.length > 0) process.exitCode = 1;
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

/** Builds beside dist and swaps, so that stale chunks vanish and a failed build leaves the old one standing. */
async function build() {
  const fresh = await mkdtemp(join(ROOT, ".dist-"));
  try {
    await mkdir(join(fresh, "new"));
    await buildInto(join(fresh, "new"));
    if (existsSync(DIST)) await rename(DIST, join(fresh, "old"));
    await rename(join(fresh, "new"), DIST);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

const { values } = parseArgs({ options: { check: { type: "boolean", default: false } } });
await (values.check ? check() : build());
