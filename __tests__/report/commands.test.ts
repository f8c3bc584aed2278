import { readersWords } from "../../src/report/command-words";
import { commandOf } from "../../src/rotation/commands";
import type { Audience } from "../../src/rotation/model";
import { Secret } from "../../src/text/secret";
import { NEW, World } from "../support/world";

function selected(...selectedRepositoryIds: readonly number[]): Audience {
  return { visibility: "selected", selectedRepositoryIds };
}

const MANY = Array.from({ length: 12 }, (_, index) => index + 1);

describe("whom a command lets read an organization's secret", () => {
  test.each<[Audience, string]>([
    [{ visibility: "all", selectedRepositoryIds: null }, "every repository of the organization"],
    [
      { visibility: "private", selectedRepositoryIds: null },
      "every private and internal repository of the organization",
    ],
    [selected(), "no repository"],
    [selected(7), "one repository (ID 7)"],
    [selected(7, 8), "2 repositories (IDs 7, 8)"],
    [selected(...MANY), "12 repositories (IDs 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, …)"],
  ])("%j", (audience, readers) => {
    expect(readersWords(audience)).toBe(`The command lets ${readers} read the secret.`);
  });
});

describe("a command", () => {
  test("is told with its destination, and with whom it lets read the secret", () => {
    const { primary } = new World();
    primary.audience = selected(7);
    const box = primary.seal(new Secret(NEW), primary.sealingKey());
    expect(commandOf(primary, box)).toEqual({
      label: "primary",
      command: `command for primary: ${NEW} key 1`,
      audience: selected(7),
    });
  });

  test("has no readers where the secret is not an organization's", () => {
    const { primary } = new World();
    const box = primary.seal(new Secret(NEW), primary.sealingKey());
    expect(commandOf(primary, box)).not.toHaveProperty("audience");
  });
});
