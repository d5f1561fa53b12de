import js from "@eslint/js";

export default [
  js.configs.recommended,
  {
    languageOptions: { ecmaVersion: 2023, sourceType: "module" },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      eqeqeq: "error",
      "no-control-regex": "off", // control characters are what is refused and escaped
      "no-undef": "off", // tsc knows what there is, and its types
      "no-var": "error",
      "prefer-const": "error",
      "max-lines": ["error", 400],
      "max-lines-per-function": ["error", { max: 60, skipComments: true }],
    },
  },
  { files: ["lib/worker.js", "pages/offline.js"], languageOptions: { sourceType: "script" } },
];
