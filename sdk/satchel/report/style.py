"""How the page looks: the colours and type of the demo page, light and dark, narrow and printed."""

ICON = (
    '<svg viewBox="0 0 32 32" width="26" height="26" aria-hidden="true">'
    '<path d="M10.5 11V9a5.5 5.5 0 0 1 11 0v2" fill="none" stroke="#8a4b22" stroke-width="2.4" stroke-linecap="round"/>'
    '<rect x="4" y="10" width="24" height="18" rx="5" fill="#b0642f"/>'
    '<path d="M4 15a5 5 0 0 1 5-5h14a5 5 0 0 1 5 5v1.2c0 3.2-5.4 5.3-12 5.3S4 19.4 4 16.2z" fill="#c97b42"/>'
    '<rect x="13.2" y="18.6" width="5.6" height="6" rx="1.8" fill="#f6e7d3"/></svg>'
)

_COLOURS = """
:root { color-scheme: light dark; --paper: #f3f5f5; --card: #fff; --sunk: #ebeff0; --line: #dee4e6; --ink: #12191c;
  --soft: #55636a; --accent: #0a5a68; --fill: #17808f; --wash: #e2f1f3; --warn: #8a4b00; --warn-wash: #fdf0dc; }
@media (prefers-color-scheme: dark) { :root { --paper: #0f1416; --card: #171d20; --sunk: #22292d; --line: #2c3539;
  --ink: #eaf0f1; --soft: #9dabb0; --accent: #6fcbd8; --fill: #35a3b2; --wash: #16343a; --warn: #f0b46a;
  --warn-wash: #33260f; } }
"""
_TYPE = """
*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 400 16px/1.5 Inter, -apple-system, "Segoe UI",
  Roboto, "Noto Sans", "Helvetica Neue", Arial, sans-serif; font-variant-numeric: tabular-nums; }
main, footer { width: min(1080px, 100% - clamp(32px, 6vw, 80px)); margin-inline: auto; }
h1, h2, h3, p, ul, ol, dl, dd, figure { margin: 0; padding: 0; }
h1 { font-size: clamp(30px, 5vw, 46px); line-height: 1.1; letter-spacing: -.035em; overflow-wrap: anywhere; }
h2 { font-size: 22px; line-height: 1.25; letter-spacing: -.025em; }
h3 { font-size: 14px; font-weight: 600; color: var(--soft); overflow-wrap: anywhere; }
small { font-size: 13px; color: var(--soft); }
code { font: 13px/1.45 ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace;
  overflow-wrap: anywhere; }
.soft, .note, footer { color: var(--soft); font-size: 14px; }
.note { margin-top: 12px; max-width: 80ch; }
.brand { display: flex; align-items: center; gap: 8px; padding-top: 22px; font-weight: 700; letter-spacing: -.02em; }
.task { display: inline-block; margin-bottom: 12px; padding: 3px 12px; border-radius: 999px; background: var(--wash);
  color: var(--accent); font-size: 14px; font-weight: 600; }
.version { color: var(--soft); font-weight: 400; font-size: .55em; letter-spacing: 0; }
.lead { margin-top: 12px; max-width: 64ch; color: var(--soft); font-size: 18px; overflow-wrap: anywhere; }
"""
_PARTS = """
header { padding-block: clamp(22px, 4vw, 44px); }
header .facts { margin-top: 22px; max-width: 760px; }
section { margin-bottom: 24px; padding: clamp(18px, 2.6vw, 30px); border: 1px solid var(--line); border-radius: 16px;
  background: var(--card); }
.facts > div { display: grid; grid-template-columns: minmax(90px, 150px) minmax(0, 1fr); gap: 4px 18px;
  padding-block: 8px; border-top: 1px solid var(--line); font-size: 14px; }
.facts > div:last-child { border-bottom: 1px solid var(--line); }
.facts dt { color: var(--soft); overflow-wrap: anywhere; }
.facts dd { overflow-wrap: anywhere; }
section > .facts, .wide, .columns, .warnings, section > .soft { margin-top: 16px; }
.wide { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: 15px; }
th, td { padding: 10px 24px 10px 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top;
  font-weight: 400; }
thead th { color: var(--soft); font-size: 13px; white-space: nowrap; }
tbody tr:last-child > * { border-bottom: 0; }
tbody th strong { white-space: nowrap; }
.number { text-align: right; white-space: nowrap; }
.bar { display: block; width: 100%; min-width: 70px; height: 6px; margin-top: 6px; border-radius: 999px;
  background: linear-gradient(var(--fill) 0 0) 0 0 / calc(var(--share) * 100%) 100% no-repeat var(--sunk); }
.number .bar { background-position: 100% 0; }
.case { display: grid; grid-template-columns: minmax(0, 256px) minmax(0, 1fr); gap: 6px 28px; padding-block: 22px;
  border-bottom: 1px solid var(--line); }
.case:last-of-type { border-bottom: 0; padding-bottom: 0; }
.case h3 { grid-column: 1 / -1; }
.case .wide { margin-top: 0; }
.case thead { display: none; }
.case table { table-layout: fixed; }
.case tbody th { width: 176px; }
.case tbody th strong { white-space: normal; overflow-wrap: anywhere; }
.case td { overflow-wrap: anywhere; }
.looks, .answers { display: grid; gap: 16px; align-content: start; min-width: 0; }
.case img { display: block; max-width: 100%; height: auto; border-radius: 10px; background: var(--sunk); }
.case .pixels { image-rendering: pixelated; }
figcaption { margin-top: 6px; color: var(--soft); font-size: 13px; }
.signal { display: block; width: 100%; border-radius: 10px; background: var(--sunk); }
polyline { fill: none; stroke: var(--fill); stroke-width: 1.5; vector-effect: non-scaling-stroke; }
.line-1 { stroke: #c7873c; } .line-2 { stroke: #8a74cc; } .line-3 { stroke: #5a8f4e; } .line-4 { stroke: #c65b7c; }
.line-5 { stroke: #7a8a96; }
.best .bar { max-width: 320px; }
.other { display: inline-block; margin-top: 6px; padding: 1px 9px; border-radius: 999px; background: var(--warn-wash);
  color: var(--warn); font-size: 12px; font-weight: 600; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(320px, 100%), 1fr)); gap: 26px 40px; }
.steps { margin-top: 8px; padding-left: 24px; font-size: 15px; }
.steps li { padding-block: 4px; overflow-wrap: anywhere; }
.steps li::marker { color: var(--soft); font-size: 13px; }
.steps small { display: block; }
.columns .soft { margin-top: 8px; overflow-wrap: anywhere; }
.warnings { display: grid; gap: 10px; list-style: none; }
.warnings li { padding: 10px 14px; border-radius: 10px; background: var(--warn-wash); color: var(--warn);
  font-size: 14px; overflow-wrap: anywhere; }
footer { padding-block: 8px 44px; }
@media (max-width: 640px) { .case { grid-template-columns: minmax(0, 1fr); gap: 12px; }
  .facts > div { grid-template-columns: minmax(0, 1fr); gap: 0; }
  .case tr { display: block; border-bottom: 1px solid var(--line); } .case tr:last-child { border-bottom: 0; }
  .case tbody th, .case td { display: block; width: auto; border-bottom: 0; padding: 10px 0 0; }
  .case td { padding: 0 0 10px; } .wide:not(.case .wide) :is(th, td) { padding-right: 10px; font-size: 14px; } }
@media print { :root { color-scheme: light; --paper: #fff; --card: #fff; --sunk: #ebeff0; --line: #c9d1d4; --ink: #000;
  --soft: #44525a; --accent: #0a5a68; --fill: #17808f; --wash: #fff; --warn: #6b3a00; --warn-wash: #fff; }
  body { font-size: 12px; } main, footer { width: 100%; } section { padding: 0; border: 0; margin-bottom: 28px; }
  h2, h3 { break-after: avoid; } .case, tr, .facts > div, .steps li { break-inside: avoid; }
  .wide { overflow: visible; }
  .bar { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
"""
STYLE = _COLOURS + _TYPE + _PARTS
