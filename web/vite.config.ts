import { defineConfig } from "vitest/config";

export default defineConfig({
  // The page works from any folder of a file server.
  base: "./",
  build: {
    target: "es2022",
    // The page fetches nothing but its own files, and puts nothing into itself.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
  plugins: [
    {
      // The folder is in the repository and what is in it is not, so that a program that
      // is built before the page sees when the page comes.
      name: "gitignore",
      generateBundle() {
        this.emitFile({ type: "asset", fileName: ".gitignore", source: "*\n!.gitignore\n" });
      },
    },
  ],
  worker: { format: "es" },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  test: { testTimeout: 120_000, hookTimeout: 120_000 },
});
