import { explore } from "../../proof/model/explore";
import { SCENE } from "../../proof/model/scene";
import { readable } from "../../proof/model/trace";
import { writeFileSync } from "node:fs";
test("scratch", async () => {
  const scene = { ...SCENE, ...JSON.parse(process.env["SCENE"] ?? "{}") };
  const got = await explore(scene, Number(process.env["LIMIT"] ?? 60) * 1000);
  const { findings, ...rest } = got;
  const text = JSON.stringify(rest, null, 1) + "\n" + findings.map((f) => `## ${f.kind} ×${f.count}\n${f.detail}\n${readable(f.events)}\n`).join("\n");
  writeFileSync(process.env["OUT"] ?? "/tmp/c/out.txt", text);
}, 3_600_000);
