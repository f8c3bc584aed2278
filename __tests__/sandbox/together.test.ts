import { faults } from "../../sandbox/faults";
import { startStage } from "../../sandbox/stage";
import { together } from "../../sandbox/together";

function named(...names: readonly string[]): ReturnType<typeof together> {
  return together(
    names.map((name) => {
      const fault = faults.get(name);
      if (fault === undefined) throw new Error(`${name} is no fault`);
      return { ...fault, name };
    }),
  );
}

test("a fault by itself is what it was", async () => {
  const one = named("environment-misspelt");
  expect([one.name, one.of]).toEqual(["environment-misspelt", "somebody else"]);
  const stage = await startStage();
  const { inputs } = await one.apply(stage);
  expect(inputs).toEqual({ ...stage.inputs, "save-to": "SNAPTRADE_USER_SECRET --env prodution" });
  await stage.close();
});

test("several are one world: their stages, what they set, and what they change about the step", async () => {
  const all = named(
    "token-young-401",
    "names-fail-at-first",
    "put-unanswered",
    "probe-500-twice",
    "environment-misspelt",
  );
  expect(all.of).toBe("GitHub and the network and SnapTrade and somebody else");
  expect(all.says.match(/\.(?: |$)/g)).toHaveLength(5);
  expect(all.stage).toMatchObject({ tokenKind: "ghs_", secure: true, inputs: { "save-timeout": "10m" } });
  const stage = await startStage(all.stage);
  const change = await all.apply(stage);
  expect(stage.github.faults.armed).toHaveLength(2);
  expect(change.apiUrl).toBe(`https://api.corp.test:${stage.github.port}`);
  expect(change.inputs).toMatchObject({ "save-timeout": "10m", "save-to": "SNAPTRADE_USER_SECRET --env prodution" });
  expect([change.env?.["NODE_EXTRA_CA_CERTS"], change.nodeArgs?.length]).toEqual([stage.caFile, 2]);
  await stage.close();
});
