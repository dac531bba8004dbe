/** The style of the reference page. Colours are named once and follow the reader's light or dark. */
import { Html } from './html.ts';

export const STYLE = new Html(`
:root {
  --page: #fdfdfc; --raised: #f5f5f2; --line: #e5e4df; --text: #22262b; --quiet: #66707a; --link: #0a6659;
  --get: #1d5f96; --post: #2c6e2f; --put: #8a5a00;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #15181b; --raised: #1d2125; --line: #2d3238; --text: #dadee3; --quiet: #98a1ab; --link: #74c9ba;
    --get: #86bdf0; --post: #8fce93; --put: #e3b566;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1.5rem; -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--page); color: var(--text);
  font: 16px/1.6 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
a { color: var(--link); text-decoration: none; }
a:hover { text-decoration: underline; }
code, pre, .path, dt { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
code { font-size: .9em; }
h1 { margin: 0; font-size: 2rem; line-height: 1.2; }
h2 { font-size: 1.5rem; margin: 0 0 .5rem; }
h3 { font-size: 1.15rem; margin: 0 0 .25rem; }
h3 a { color: inherit; }
h4 { font-size: .8rem; font-weight: 600; color: var(--quiet); margin: 1.5rem 0 .25rem; }
p { margin: .5rem 0; }
.summary { font-size: 1.15rem; color: var(--quiet); }
nav { padding: 1.25rem; border-bottom: 1px solid var(--line); font-size: .875rem; }
nav .title { color: inherit; font-size: 1.05rem; font-weight: 600; }
nav small { color: var(--quiet); font-weight: 400; }
nav h2 { font-size: .8rem; font-weight: 600; margin: 1rem 0 .25rem; }
nav h2 a { color: var(--quiet); }
nav ul { list-style: none; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: .15rem 1rem; }
nav li a { color: var(--text); display: flex; align-items: baseline; padding: .15rem 0; }
main { padding: 1.5rem 1.25rem 4rem; max-width: 56rem; }
section { margin-top: 2rem; padding-top: 2rem; border-top: 1px solid var(--line); }
section.tag { margin-top: 3.5rem; }
section.tag + section { border-top: 0; margin-top: 0; padding-top: .75rem; }
section:target h3, tr:target { color: var(--link); }
.path { overflow-wrap: anywhere; }
.method { font: 600 .7rem/1 ui-monospace, Menlo, Consolas, monospace; text-transform: uppercase; margin-right: .6em; }
.get { color: var(--get); } .post { color: var(--post); } .put { color: var(--put); }
.status { font-weight: 600; font-variant-numeric: tabular-nums; margin-right: .4em; }
.note { color: var(--quiet); }
dl { margin: .25rem 0; }
dt { font-size: .85rem; margin-top: .6rem; overflow-wrap: anywhere; }
dt small { color: var(--quiet); margin-left: .6em; font-family: system-ui, sans-serif; font-size: .8rem; }
dd { margin: 0; }
dd dl { margin: .4rem 0 .6rem; padding-left: .9rem; border-left: 2px solid var(--line); }
details { margin: .5rem 0; }
summary { cursor: pointer; color: var(--quiet); font-size: .9rem; padding: .2rem 0; }
pre {
  margin: .5rem 0; padding: .9rem 1rem; overflow-x: auto; background: var(--raised); border: 1px solid var(--line);
  border-radius: 6px; font-size: .82rem; line-height: 1.5; tab-size: 2;
}
pre code { font-size: inherit; }
pre b { font-weight: 400; color: var(--link); }
table { width: 100%; border-collapse: collapse; font-size: .9rem; margin-top: 1rem; }
th { text-align: left; font-size: .8rem; color: var(--quiet); font-weight: 600; }
th, td { padding: .45rem .75rem .45rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
@media (min-width: 60rem) {
  body { display: grid; grid-template-columns: 18rem minmax(0, 1fr); }
  nav { position: sticky; top: 0; height: 100vh; overflow-y: auto; border: 0; border-right: 1px solid var(--line); }
  nav ul { display: block; }
  main { padding: 3rem 3.5rem 6rem; }
  dl { display: grid; grid-template-columns: minmax(13rem, 2fr) 5fr; column-gap: 1.5rem; }
  dt, dd { padding: .4rem 0; margin: 0; }
  dt small { display: block; margin: 0; }
  dd dl { display: block; }
  dd dt, dd dd { padding: .1rem 0; }
  dd dt small { display: inline; margin-left: .6em; }
}
@media print { nav { display: none; } }
`);
