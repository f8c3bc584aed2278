import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parsed } from "../support/json";

const root = join(import.meta.dirname, "../..");

interface Lock {
  readonly packages: Readonly<Record<string, { readonly resolved?: string; readonly integrity?: string }>>;
}

/** Every file that is, or is about to be, part of the project and holds text of ours. */
function files(): readonly string[] {
  const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
  });
  return listed.split("\n").filter((file) => file !== "" && !file.startsWith("dist/") && !file.startsWith(".dist-"));
}

function read(file: string): string {
  try {
    return readFileSync(join(root, file), "utf8");
  } catch {
    return "";
  }
}

test("dist is what the sources build, and lacks no module", () => {
  const run = spawnSync(process.execPath, ["scripts/build.mjs", "--check"], { cwd: root, encoding: "utf8" });
  expect([run.stderr, run.status]).toEqual(["", 0]);
}, 180_000);

test("the lock names no host from which packages come, and every package has its checksum", () => {
  const lock = parsed<Lock>(read("package-lock.json"));
  const packages = Object.entries(lock.packages).filter(([name]) => name !== "");
  expect(packages.length).toBeGreaterThan(100);
  expect(packages.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
  expect(packages.filter(([, { integrity }]) => integrity === undefined).map(([name]) => name)).toEqual([]);
});

test("no file names a path of a machine that it was written on", () => {
  // In pieces, so that this file does not name them either.
  const paths = [
    ["/wo", "rk/"],
    ["/ro", "ot/"],
    ["/tm", "p/plan"],
    ["C:\\\\Us", "ers"],
  ].map((parts) => parts.join(""));
  const naming = files().filter((file) =>
    paths.some((path) => new RegExp(`(^|[\\s"'\`(=:])${path}`, "m").test(read(file))),
  );
  expect(naming).toEqual([]);
});

test("CONTRIBUTING's tree is the tree: every file and room of src, and every folder of programs", () => {
  const [, tree = ""] = /^## The house\n+```\n([^]*?)```/m.exec(read("CONTRIBUTING.md")) ?? [];
  const told = [...tree.matchAll(/^(\S+(?: {2}\S+\/)*) {2,}/gm)].flatMap(([, names = ""]) => names.split(/ +/));
  const roomOf = (file: string): string => /^src\/(?:[^/]+\/?)|^[^/]+\//.exec(file)?.[0] ?? file;
  const rooms = new Set(
    files()
      .filter((file) => file.endsWith(".ts"))
      .map(roomOf),
  );
  // It is two lines that call main.
  rooms.delete("src/index.ts");
  rooms.delete("scripts/");
  expect(told.toSorted()).toEqual([...rooms, "action.yml"].toSorted());
});
