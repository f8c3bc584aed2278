import { AREAS } from "../../src/github/areas";
import { permissionName, permissionsIn } from "../../src/github/permissions";

test.each([
  ["environments", "write", "Environments: Read and write"],
  ["secrets", "read", "Secrets: Read-only"],
  ["dependabot_secrets", "write", "Dependabot secrets: Read and write"],
  ["agent_secrets", "write", "Agent secrets: Read and write"],
  ["organization_secrets", "write", "Organization permissions, Secrets: Read and write"],
  ["organization_agent_secrets", "read", "Organization permissions, Agent secrets: Read-only"],
  ["codespaces_secrets", "read", "Codespaces secrets: Read and write"],
] as const)("%s=%s is called %s", (key, level, name) => {
  expect(permissionName(key, level)).toBe(name);
});

test("the table of areas calls each of its permissions so", () => {
  for (const { permissionKey, permission } of AREAS) expect(permission).toBe(permissionName(permissionKey, "write"));
});

test.each([
  ["environments=read", "Environments: Read and write"],
  ["secrets=write,environments=read", "Secrets: Read and write and Environments: Read and write"],
  ["secrets=read; environments=write", "Secrets: Read-only, or Environments: Read and write"],
  ["environments=read; environments=write", "Environments: Read and write"],
  ["", null],
  ["repo", null],
])("what GitHub would accept, %j, is %p", (list, words) => {
  expect(permissionsIn(list, "environments")).toBe(words);
});
