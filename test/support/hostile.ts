/*
 * Texts that run, or break the page, where a screen takes text for anything else. Whatever one of them brings to life leaves a trace: it sets
 * `ran`, opens a dialog, or makes an element with the attribute `data-alive`.
 */

const RUN = 'globalThis.ran=1';
const LIVE = 'data-alive';

export const hostileTexts: readonly string[] = [
  // Elements, with and without what closes them.
  `<script ${LIVE}>${RUN}</script>`,
  `<ScRiPt ${LIVE}>${RUN}</ScRiPt >`,
  `<script src=//127.0.0.1:9/x ${LIVE}></script>`,
  `</script><script ${LIVE}>${RUN}</script>`,
  `</title><script ${LIVE}>${RUN}</script>`,
  `</textarea><img src=x onerror=${RUN} ${LIVE}>`,
  `<img src=x onerror=${RUN} ${LIVE}>`,
  `<img src=x onerror="${RUN}" ${LIVE}`,
  `<img/src/onerror=${RUN} ${LIVE}>`,
  `<img src="x\`y" onerror=${RUN} ${LIVE}>`,
  `<svg onload=${RUN} ${LIVE}>`,
  `<svg><script ${LIVE}>${RUN}</script></svg>`,
  `<svg><animate onbegin=${RUN} attributeName=x ${LIVE}>`,
  `<svg><a xlink:href="javascript:${RUN}" ${LIVE}><text>x</text></a></svg>`,
  `<math><mtext><table><mglyph><style><img src=x onerror=${RUN} ${LIVE}>`,
  `<body onload=${RUN} ${LIVE}>`,
  `<iframe srcdoc="<script>parent.ran=1</script>" ${LIVE}></iframe>`,
  `<iframe src="javascript:parent.ran=1" ${LIVE}></iframe>`,
  `<object data="data:text/html,<script>${RUN}</script>" ${LIVE}></object>`,
  `<embed src="javascript:${RUN}" ${LIVE}>`,
  `<a href="javascript:${RUN}" ${LIVE}>x</a>`,
  `<form action="javascript:${RUN}" ${LIVE}><button autofocus>x</button></form>`,
  `<input autofocus onfocus=${RUN} ${LIVE}>`,
  `<select autofocus onfocus=${RUN} ${LIVE}></select>`,
  `<details open ontoggle=${RUN} ${LIVE}>x</details>`,
  `<video><source onerror=${RUN} ${LIVE}></video>`,
  `<audio src=x onerror=${RUN} ${LIVE}></audio>`,
  `<marquee onstart=${RUN} ${LIVE}>x</marquee>`,
  `<style ${LIVE}>*{background:url(//127.0.0.1:9)}</style>`,
  `<link rel=stylesheet href=//127.0.0.1:9/x ${LIVE}>`,
  `<meta http-equiv=refresh content="0;url=/sign-out" ${LIVE}>`,
  `<base href=//127.0.0.1:9/ ${LIVE}>`,
  `<template><script ${LIVE}>${RUN}</script></template>`,
  `<noscript><p title="</noscript><img src=x onerror=${RUN} ${LIVE}>">`,
  `<!--><img src=x onerror=${RUN} ${LIVE}>-->`,
  `<![CDATA[<img src=x onerror=${RUN} ${LIVE}>]]>`,
  `<x onclick=${RUN} ${LIVE} tabindex=0 autofocus onfocus=${RUN}>x</x>`,
  `<b ${LIVE}>bold</b>`,
  // Out of an attribute, a script, a style.
  `" onmouseover=${RUN} ${LIVE} x="`,
  `' onmouseover=${RUN} ${LIVE} x='`,
  `" autofocus onfocus=${RUN} ${LIVE} x="`,
  `\`onmouseover=${RUN}\``,
  `";${RUN};//`,
  `';${RUN};//`,
  `\\";${RUN};//`,
  `*/${RUN}/*`,
  `}</style><script ${LIVE}>${RUN}</script>`,
  `x;background:url(javascript:${RUN})`,
  // As an address.
  `javascript:${RUN}`,
  `JaVaScRiPt:${RUN}`,
  `data:text/html,<script>${RUN}</script>`,
  // Templates of several kinds.
  `{{constructor.constructor('${RUN}')()}}`,
  `\${${RUN}}`,
  `<%= ${RUN} %>`,
  `#{${RUN}}`,
  // Entities, encodings, other ways to write the signs.
  `&lt;script&gt;${RUN}&lt;/script&gt;`,
  `&#60;img src=x onerror=${RUN}&#62;`,
  `%3Cscript%3E${RUN}%3C/script%3E`,
  `\\u003cscript\\u003e${RUN}\\u003c/script\\u003e`,
  `＜script＞${RUN}＜/script＞`,
  // What turns the writing round, or cannot be seen.
  '\u202Etxet siht sdaer ohw\u202C',
  '\u2067rtl\u2069\u200F\u200Bzero\u200Bwidth\uFEFF',
  'Z̸̡̢̛͔͎̼̮̗a̷̛̜͙̙̠l̵̢̛͙̠̦g̶̡̛͔̘̠o̸̡̢̧̳̮',
  '𝕬🧨👩‍👩‍👧‍👦'.repeat(8),
  'x'.repeat(90),
];
