import { defineConfig } from "vite";

/** `widget.js`: one classic script under a fixed name, because other sites write that name into their pages. */
export default defineConfig({
  build: {
    outDir: "dist",
    emptyOutDir: false,
    lib: { entry: "loader/main.ts", formats: ["iife"], name: "carelineLoader", fileName: () => "widget.js" },
  },
});
