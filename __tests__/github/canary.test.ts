import { canaryName, isOwnCanary, looksLikeCanary } from "../../src/github/canary";

const HERE = { secrets: "/repos/octo-org/brokerage/actions/secrets", name: "NAME" };

describe("the name of a canary", () => {
  const canary = canaryName(HERE);

  test("begins with the destination's and is another each time", () => {
    expect(canary).toMatch(/^NAME_CANARY_[0-9A-F]{16}$/);
    expect(canaryName(HERE)).not.toBe(canary);
    expect(looksLikeCanary(canary.toLowerCase())).toBe(true);
  });

  test("is known for ours, however the owner is spelt", () => {
    expect(isOwnCanary(canary, HERE)).toBe(true);
    expect(isOwnCanary(canary, { ...HERE, secrets: HERE.secrets.replace("octo", "OCTO") })).toBe(true);
  });

  test.each([
    ["another scope", canary, { ...HERE, secrets: "/orgs/octo-org/actions/secrets" }],
    ["another destination", canary, { ...HERE, name: "OTHER" }],
    ["another destination whose name it has", canary.replace("NAME", "OTHER"), { ...HERE, name: "OTHER" }],
    ["somebody's secret", "NAME_CANARY", HERE],
    ["a date", "NAME_CANARY_20251101", HERE],
    ["digits that do not fit", "NAME_CANARY_0123456789ABCDEF", HERE],
  ])("is not that of %s", (_, name, beside) => {
    expect(isOwnCanary(name, beside)).toBe(false);
  });
});
