// The rules for all JavaScript here. Prettier decides the layout, so no rule is about that
// but the width of comments, which Prettier leaves alone. tsc checks the types.
import js from "@eslint/js";
import globals from "globals";

const browser = { ...globals.browser, ...globals.webextensions };

// These are put into pages as plain scripts; the others are modules.
const pageScripts = ["extension/{dom,region,describe,type,pick,fill,popup_loader}.js"];

export default [
  { ignores: ["build/", "**/node_modules/"] },
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  js.configs.recommended,
  {
    languageOptions: { ecmaVersion: "latest", sourceType: "module", globals: browser },
    rules: {
      complexity: ["error", 16],
      curly: ["error", "multi-line"],
      eqeqeq: "error",
      "max-depth": ["error", 4],
      "max-len": ["error", { code: 110, ignoreUrls: true }],
      "max-lines-per-function": ["error", { max: 60, skipBlankLines: true, skipComments: true }],
      "no-nested-ternary": "error",
      "no-shadow": ["error", { builtinGlobals: false }],
      "no-unused-expressions": "error",
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": ["error", { destructuring: "all" }],
    },
  },
  { files: [...pageScripts, "scripts/**/*.js"], languageOptions: { sourceType: "script" } },
  {
    // Each of these is one function, which holds what would otherwise be names of the page.
    files: ["extension/{region,describe,type,pick,fill}.js", "scripts/score/*.js", "scripts/bench/tap.js"],
    rules: { "max-lines-per-function": "off" },
  },
  {
    // Go puts these into a larger expression, and fills in or defines the names that they lack.
    files: ["scripts/{score,fill,screenshots}/*.js", "scripts/bench/tap.js"],
    languageOptions: { globals: { SET: "readonly", desk: "readonly" } },
    rules: { "no-unused-expressions": "off" },
  },
  { files: ["scripts/score/desk.js"], languageOptions: { globals: { reader: "readonly" } } },
  { files: ["scripts/score/reader.js"], rules: { "no-unused-vars": "off" } },
  {
    files: ["extension/test/*.js"],
    languageOptions: { globals: globals.node },
    rules: { "max-len": ["error", { code: 110, ignoreStrings: true, ignoreTemplateLiterals: true }] },
  },
];
