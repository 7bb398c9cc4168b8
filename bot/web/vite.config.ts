import { defineConfig } from "vite";

/** The three pages: demo, chat, desk. `vite.loader.config.ts` adds the script that other sites include. */
export default defineConfig({
  base: "/",
  build: {
    outDir: "dist",
    emptyOutDir: true,
    assetsDir: "assets",
    // data: addresses would need a looser content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: { input: ["index.html", "widget.html", "desk.html"] },
  },
});
