import { admits, evaluate, evaluateText } from "../../harness/workflow/expressions";
import type { Scope } from "../../harness/workflow/expressions";

const contexts = {
  secrets: { TOKEN: "t-1" },
  vars: { LIST: '["a", "b"]', EMPTY: "" },
  needs: { rotate: { result: "Failure" } },
};

function scope(status: Scope["status"] = "success"): Scope {
  return { contexts, status };
}

test.each([
  ["${{ secrets.TOKEN }}", "t-1"],
  ["a ${{ secrets.TOKEN }} b ${{vars.EMPTY}}c", "a t-1 b c"],
  ["${{ secrets.MISSING }}", ""],
  ["${{ needs.rotate.result == 'failure' }}", "true"],
  ["${{ needs.rotate.result != 'failure' || secrets.TOKEN }}", "t-1"],
  ["${{ vars.EMPTY && 'never' || 'it''s' }}", "it's"],
  ["${{ !(success()) }}", "false"],
  ["${{ format('{0}, {1}', 1, secrets.TOKEN) }}", "1, t-1"],
  ["no expression, $NOT_ONE", "no expression, $NOT_ONE"],
])("%s is %j", (text, expected) => {
  expect(evaluateText(text, scope())).toBe(expected);
});

test("an expression alone keeps the type of its value", () => {
  expect(evaluate("${{ fromJSON(vars.LIST) }}", scope())).toEqual(["a", "b"]);
});

test.each([
  [undefined, true, false],
  ["needs.rotate.result == 'failure'", true, false],
  ["${{ always() }}", true, true],
  ["failure()", false, true],
  ["always() && secrets.MISSING != ''", false, false],
])("if: %s lets a step run after success %s, after failure %s", (condition, afterSuccess, afterFailure) => {
  expect([admits(condition, scope()), admits(condition, scope("failure"))]).toEqual([afterSuccess, afterFailure]);
});

test.each(["${{ rot13('a') }}", "${{ unknown.context }}", "${{ 'open }}", "${{ a ==  }}"])("%s is refused", (text) => {
  expect(() => evaluate(text, scope())).toThrow("does not understand");
});
