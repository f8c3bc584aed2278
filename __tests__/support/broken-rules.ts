import { join } from "node:path";
import { ESLint } from "eslint";
import tseslint from "typescript-eslint";

/** The project's rules but those that need types, since the texts are in no file. */
const eslint = new ESLint({
  cwd: join(import.meta.dirname, "../.."),
  overrideConfig: [
    tseslint.configs.disableTypeChecked,
    { languageOptions: { parserOptions: { projectService: false, project: null, program: null } } },
  ],
});

/** The rules that a text breaks, and in which of its lines, as if it stood in that file. */
export async function brokenRules(
  filePath: string,
  text: string,
): Promise<{ readonly rule: string | null; readonly line: number }[]> {
  const [result] = await eslint.lintText(text, { filePath });
  const fatal = result?.messages.find((message) => message.fatal === true);
  if (fatal !== undefined) throw new Error(`${filePath}: ${fatal.message}`);
  return result?.messages.map(({ ruleId, line }) => ({ rule: ruleId, line })) ?? [];
}
