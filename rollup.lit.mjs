/**
 * Lit as the phone's script carries it: the element of widget/slim, and lit-html without what no template of `<im-chat>`
 * has: SVG and MathML roots, expressions in comments, in raw text and on elements, listeners with options, compiled templates,
 * directives that outlive their place. Each cut is looked for, so that another version of the package ends the build.
 */
import { editing } from './rollup.trace.mjs'

const CUTS = [
  // SVG and MathML roots
  ['l=2===i?"<svg>":3===i?"<math>":""', 'l=""'],
  ['+(2===i?"</svg>":3===i?"</math>":"")'],
  [/if\((this\.el=S.*?this\.el\.content),2===i\|\|3===i\)\{.*?childNodes\)\}/, '$1;'],
  // expressions in comments and raw text, and on elements
  [/else\{let t=-1;for\(;-1!==\(t=r\.data.*?o\.length-1\}/],
  [/if\(y\.test\(r\.tagName\)\)\{.*?r\.append\(t\[i\],c\(\)\)\}\}/],
  ['(y.test(u[2])&&(n=RegExp("</"+u[2],"g")),c=p)', '(c=p)'],
  ['c=n??v', 'c=v'],
  ['else t.startsWith(o)&&(d.push({type:6,index:l}),r.removeAttribute(t))'],
  ['1===r.type?i=new r.ctor(h,r.name,r.strings,this,t):6===r.type&&(i=new Z(h,this,t))', 'i=new r.ctor(h,r.name,r.strings,this,t)'],
  // listeners are functions
  ['||t.capture!==s.capture||t.once!==s.once||t.passive!==s.passive'],
  [/"function"==typeof this\._\$AH\?(this\._\$AH\.call\(.*?,t\)):this\._\$AH\.handleEvent\(t\)/, '$1'],
  // compiled templates, nodes as values, other iterables than arrays, other documents
  [/"number"==typeof s\?this\._\$AC\(t\):\(.*?,s\)/, 'this._$AC(t)'],
  ['void 0!==t.nodeType?this.T(t):'],
  ['||"function"==typeof t?.[Symbol.iterator]'],
  ['(t?.creationScope??l)', 'l'],
  // directives that are told of their end
  ['h?._$AO?.(!1),'],
  ['for(this._$AP?.(!1,!0,s);', 'for(;'],
  [/setConnected\(t\)\{.*?\}(?=\})/],
  [/get _\$AU\(\)\{return this\._\$AM\?\._\$AU\?\?this\._\$Cv\}/],
  [/get tagName\(\)\{return this\.element\.tagName\}get _\$AU\(\)\{return this\._\$AM\._\$AU\}/],
  [',this._$Cv=e?.isConnected??!0'],
  // what others may ask for
  [/const j=\{.*?\},B=.*?push\("[\d.]+"\);const D=/, 'const j={I:k},D='],
]

export const slimLit = () => ({
  name: 'slim-lit',
  resolveId(source, importer) {
    return source === 'lit' && !/slim/.test(importer) ? new URL('widget/slim/lit.ts', import.meta.url).pathname : null
  },
  transform(code, id) {
    if (!id.endsWith('lit-html/lit-html.js')) return null
    const text = editing(code)
    for (const [what, instead = ''] of CUTS) if (!text.replace(what, instead)) this.error(`lit-html no longer has ${what}`)
    return text.result()
  },
})
