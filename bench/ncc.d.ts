declare module "@vercel/ncc" {
  interface Module {
    readonly resource?: string;
    readonly modules?: Iterable<Module>;
    size(): number;
  }
  interface Chunk {
    readonly files: ReadonlySet<string>;
  }
  interface Compilation {
    readonly chunks: Iterable<Chunk>;
    readonly chunkGraph: { getChunkModulesIterable(chunk: Chunk): Iterable<Module> };
  }
  export default function ncc(
    entry: string,
    options: Readonly<Record<string, boolean | string>>,
  ): Promise<{ readonly stats: { readonly compilation: Compilation } }>;
}
