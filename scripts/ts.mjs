// Runs a TypeScript file of this repository, and whatever of it that imports, with nothing but the compiler that is
// installed anyway:  node scripts/ts.mjs FILE [ARGUMENTS]
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import ts from "typescript";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const OPTIONS = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023, verbatimModuleSyntax: true };

/** The file that a relative import without extension means. */
function fileOf(importer, specifier) {
  const base = resolve(dirname(importer), specifier);
  const found = [`${base}.ts`, join(base, "index.ts")].find((file) => existsSync(file));
  if (found === undefined) throw new Error(`${relative(ROOT, importer)} imports ${specifier}, which is not there.`);
  return found;
}

/** Node wants extensions where the sources have none. */
function withExtensions(file, source) {
  const imported = new Set();
  let text = source;
  for (const { fileName, pos } of ts.preProcessFile(source).importedFiles.toReversed()) {
    if (!fileName.startsWith(".")) continue;
    const target = fileOf(file, fileName);
    const specifier = relative(dirname(file), target).replace(/\.ts$/, ".mjs");
    const dotted = specifier.startsWith(".") ? specifier : `./${specifier}`;
    text = `${text.slice(0, pos)}"${dotted}"${text.slice(pos + fileName.length + '""'.length)}`;
    imported.add(target);
  }
  return { text, imported };
}

async function transpileInto(folder, entry) {
  const done = new Set();
  const queue = [entry];
  for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
    if (done.has(file)) continue;
    done.add(file);
    const { text, imported } = withExtensions(file, await readFile(file, "utf8"));
    const { outputText } = ts.transpileModule(text, { compilerOptions: OPTIONS, fileName: file });
    const output = join(folder, relative(ROOT, file)).replace(/\.ts$/, ".mjs");
    await mkdir(dirname(output), { recursive: true });
    await writeFile(output, outputText);
    queue.push(...imported);
  }
  return join(folder, relative(ROOT, entry)).replace(/\.ts$/, ".mjs");
}

const [file, ...args] = process.argv.slice(2);
if (file === undefined) throw new Error("Which file? node scripts/ts.mjs FILE [ARGUMENTS]");
const folder = await mkdtemp(join(tmpdir(), "ts-"));
try {
  const script = await transpileInto(folder, resolve(file));
  await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"), "junction");
  process.argv = [process.argv[0], script, ...args];
  await import(pathToFileURL(script).href);
} finally {
  await rm(folder, { recursive: true, force: true });
}
