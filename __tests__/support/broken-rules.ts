import { join } from "node:path";
import { ESLint } from "eslint";
import tseslint from "typescript-eslint";

type BrokenRules = (
  filePath: string,
  text: string,
) => Promise<{ readonly rule: string | null; readonly line: number }[]>;

/** The project's rules that a text breaks, and in which of its lines, as if it stood in that file. */
export const brokenRules = askedOf(() => true);

/** The same, but only this rule is asked, which takes less time. */
export const brokenRule = (rule: string): BrokenRules => askedOf(({ ruleId }) => ruleId === rule);

/** None that needs types is asked, since the texts are in no file. */
function askedOf(ruleFilter: (rule: { readonly ruleId: string }) => boolean): BrokenRules {
  const eslint = new ESLint({
    cwd: join(import.meta.dirname, "../.."),
    ruleFilter,
    overrideConfig: [
      tseslint.configs.disableTypeChecked,
      { languageOptions: { parserOptions: { projectService: false, project: null, program: null } } },
    ],
  });
  return async (filePath, text) => {
    const [result] = await eslint.lintText(text, { filePath });
    const fatal = result?.messages.find((message) => message.fatal === true);
    if (fatal !== undefined) throw new Error(`${filePath}: ${fatal.message}`);
    return result?.messages.map(({ ruleId, line }) => ({ rule: ruleId, line })) ?? [];
  };
}
