import { transformSync } from "esbuild";

/** Jest's transform: takes the types away and leaves the ES module as it is. `npm run typecheck` looks at the types. */
export default {
  process: (source, file) =>
    transformSync(source, {
      loader: "ts",
      format: "esm",
      target: "node20.19",
      sourcefile: file,
      sourcemap: "inline",
      sourcesContent: false,
    }),
};
