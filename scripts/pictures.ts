// Renders the README's pictures of job summaries as GitHub shows them, from runs that are played for it.
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { marked } from "marked";
import { MEASURED, PICTURED, summaryOf } from "./picture-plays";

const run = promisify(execFile);
const ROOT = process.cwd();
const FOLDER = join(ROOT, "docs", "pictures");

/** The width of a README on GitHub's page. */
const WIDTH = 1012;
const SIZE_MAX = 60_000;

/** How far down the first command may begin, in px, by the width of the page: a red summary is read on a telephone. */
const COMMAND_TOP_MAX: Readonly<Record<number, number>> = { [WIDTH]: 420, 400: 600 };

const THEMES = ["light", "dark"] as const;

type Theme = (typeof THEMES)[number];

const PAGE_COLOURS: Readonly<Record<Theme, string>> = { light: "#ffffff", dark: "#0d1117" };
const BORDERS: Readonly<Record<Theme, string>> = { light: "#d1d9e0", dark: "#3d444d" };

/** Markdown knows no alert boxes: GitHub makes them of block quotes. */
function withAlerts(html: string): string {
  const quotes = /<blockquote>\s*<p>\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]\s*(?:<br>)?([\s\S]*?)<\/blockquote>/g;
  return html.replaceAll(quotes, (_, kind: string, rest: string) => {
    const title = kind.charAt(0) + kind.slice(1).toLowerCase();
    const box = `markdown-alert markdown-alert-${kind.toLowerCase()}`;
    return `<div class="${box}"><p class="markdown-alert-title">${title}</p><p>${rest}</div>`;
  });
}

async function pageOf(summary: string, theme: Theme, width: number): Promise<string> {
  const css = await readFile(join(ROOT, "node_modules", "github-markdown-css", `github-markdown-${theme}.css`), "utf8");
  const html = withAlerts(await marked.parse(summary));
  const frame = `border: 1px solid ${BORDERS[theme]}; border-radius: 6px; padding: 24px; margin: 0 1px`;
  return `<!doctype html><meta charset="utf-8"><style>${css} body { width: ${width}px; margin: 0; padding: 1px 0; background: ${PAGE_COLOURS[theme]} }</style>
<body><article class="markdown-body" style="${frame}">${html}</article>
<script>
const command = document.querySelector("pre")?.getBoundingClientRect().top ?? 0;
document.title = "height " + document.documentElement.scrollHeight + " command " + Math.round(command);
</script></body>`;
}

async function chromium(args: readonly string[]): Promise<string> {
  const usual = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--hide-scrollbars",
    "--force-device-scale-factor=1",
  ];
  const { stdout } = await run(process.env["CHROMIUM"] ?? "chromium", [...usual, ...args], { timeout: 60_000 });
  return stdout;
}

/** In px: how high a page is, and where its first command begins. */
async function measure(url: string): Promise<{ readonly height: number; readonly command: number }> {
  const dom = await chromium([`--window-size=${WIDTH},200`, "--dump-dom", url]);
  const [, height, command] = /<title>height (\d+) command (\d+)<\/title>/.exec(dom) ?? [];
  if (height === undefined) throw new Error("Chromium did not measure the page.");
  return { height: Number(height), command: Number(command) };
}

async function checkCommand(name: string, summary: string): Promise<void> {
  for (const [width, topMax] of Object.entries(COMMAND_TOP_MAX)) {
    const page = join(folder, `${name}-${width}.html`);
    await writeFile(page, await pageOf(summary, "light", Number(width)));
    const { command } = await measure(pathToFileURL(page).href);
    process.stdout.write(`${command.toString().padStart(7)}  px above the command of ${name}, ${width} px wide\n`);
    if (command > topMax) throw new Error(`The command begins more than ${topMax} px down.`);
  }
}

async function photograph(page: string, picture: string): Promise<void> {
  const url = pathToFileURL(page).href;
  const { height } = await measure(url);
  await chromium([`--window-size=${WIDTH},${height}`, `--screenshot=${picture}`, url]);
  await run("pngquant", ["--force", "--strip", "--speed", "1", "--output", picture, "64", picture]);
  const { size } = await stat(picture);
  process.stdout.write(`${size.toString().padStart(7)}  ${picture.slice(ROOT.length + 1)}, ${height} px high\n`);
  if (size > SIZE_MAX) throw new Error(`The picture has more than ${SIZE_MAX} bytes.`);
}

const folder = await mkdtemp(join(tmpdir(), "pictures-"));
try {
  await checkCommand(MEASURED, await summaryOf(MEASURED, ROOT));
  await mkdir(FOLDER, { recursive: true });
  for (const name of PICTURED) {
    const summary = await summaryOf(name, ROOT);
    await checkCommand(name, summary);
    for (const theme of THEMES) {
      const page = join(folder, `${name}-${theme}.html`);
      await writeFile(page, await pageOf(summary, theme, WIDTH));
      await photograph(page, join(FOLDER, `${name}-${theme}.png`));
    }
    // Last, so that it never claims more than what was rendered.
    await writeFile(join(FOLDER, `${name}.txt`), summary);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
