/**
 * Lit as the phone's script carries it: the element of widget/slim, and lit-html without what no template of `<im-chat>` has: SVG and
 * MathML roots, comments, raw text, expressions on elements, attributes with capitals, compiled templates, directives, listeners that have
 * options or change between something and nothing. Each cut is looked for, so that another version of the package ends the build.
 */
import { editing } from './rollup.trace.mjs'

const SLIM = new URL('widget/slim/', import.meta.url).pathname

const CUTS = [
  // markup is put together by widget/slim/markup.ts, lists are shown by widget/slim/list.ts
  [/^/, `import{list}from'${SLIM}list.ts';import{markup}from'${SLIM}markup.ts';`],
  [/,d=t=>u\(t\)\|\|.*?,x=/, ',x='],
  [/const N=.*?(?=class S)/, 'const N=t=>V(t,markup(t,{name:h,value:o,node:r}));'],
  [/k\(t\)\{u\(this\._\$AH\).*?\}(?=_\$AR)/, 'k(t){u(this._$AH)||(this._$AR(),this._$AH=[]),list(this,t)}'],
  [':d(t)?', ':u(t)?'],
  // a template is markup and the places in it where values go
  [/constructor\(\{strings:t,_\$litType\$:i\},e\)\{.*?return s\.innerHTML=t,s\}/, `constructor({strings:t}){
    let i,s=0;
    for(this.parts=[],this.el=l.createElement('template'),this.el.innerHTML=N(t),P.currentNode=this.el.content;i=P.nextNode();s++)
      if(8===i.nodeType)i.data===n&&this.parts.push({index:s});
      else for(const t of i.getAttributeNames())if(t.endsWith(h)){
        const e=t[0];
        this.parts.push({index:s,name:t.slice(/\\w/.test(e)?0:1,-h.length),strings:i.getAttribute(t).split(o),ctor:{'.':I,'?':L,'@':z}[e]||H}),
        i.removeAttribute(t)
      }
  }`],
  ['2===r.type?i=new k(h,h.nextSibling,this,t):1===r.type?i=new r.ctor(h,r.name,r.strings,this,t):6===r.type&&(i=new Z(h,this,t))',
    'i=r.ctor?new r.ctor(h,r.name,r.strings,t):new k(h,h.nextSibling,t)'],
  ['void 0!==s&&(void 0!==s.strings?(s._$AI(t,s,i),i+=s.strings.length-2):s._$AI(t[i])),i++',
    "s._$AI(s.strings?s.strings.reduce((s,e)=>s+(t[i++]??'')+e):t[i++])"],
  ['const{values:i,_$litType$:s}=t', 'const{values:i}=t'],
  [/"number"==typeof s\?this\._\$AC\(t\):\(.*?,s\)/, 'this._$AC(t)'],
  ['new R(e,this)', 'new R(e)'],
  // parts know their place and nothing of each other
  [/constructor\(t,i\)\{this\._\$AV=\[\],.*?(?=u\(t\)\{const)/, 'constructor(t){this._$AV=[],this._$AD=t}'],
  [/get _\$AU\(\)\{return this\._\$AM\?.*?(?=_\$AI)/, 'constructor(t,i,s){this._$AH=A,this._$AA=t,this._$AB=i,this.options=s}'],
  [/get tagName\(\)\{return this\.element\.tagName\}get _\$AU\(\)\{return this\._\$AM\._\$AU\}/],
  [/constructor\(t,i,s,e,h\)\{this\.type=1,.*?(?=_\$AI)/,
    'constructor(t,i,s,e){this._$AH=A,this.element=t,this.name=i,this.options=e,s.join("")&&(this.strings=s)}'],
  ['constructor(){super(...arguments),this.type=3}'],
  ['constructor(){super(...arguments),this.type=4}'],
  ['constructor(t,i,s,e,h){super(t,i,s,e,h),this.type=5}'],
  // values are no directives
  [/function M\(t,i,s=t,e\).*?(?=class R)/],
  ['_$AI(t,i=this){t=M(this,t,i),a(t)', '_$AI(t){a(t)'],
  ['t!==this._$AH&&t!==E&&this._(t)', 't!==this._$AH&&this._(t)'],
  [/_\$AI\(t,i=this,s,e\)\{.*?\}(?=j\(t\))/, '_$AI(t){t!==this._$AH&&this.j(this._$AH=t)}'],
  [/_\$AI\(t,i=this\)\{if\(\(t=M.*?(?=handleEvent)/,
    '_$AI(t){this._$AH===A&&this.element.addEventListener(this.name,this),this._$AH=t}'],
  [/"function"==typeof this\._\$AH\?.*?this\._\$AH\.handleEvent\(t\)/, 'this._$AH.call(this.options.host,t)'],
  [/class Z\{.*?(?=const j=)/],
  // nodes as values, other documents, what others may ask for
  ['void 0!==t.nodeType?this.T(t):'],
  ['(t?.creationScope??l)', 'l'],
  ['t=globalThis,i=t=>t,s=t.', 's=window.'],
  [/for\(this\._\$AP\?\.\(!1,!0,s\);(.*?)const s=i\(t\)\.nextSibling;i\(t\)\.remove\(\)/, 'for(;$1const s=t.nextSibling;t.remove()'],
  [/setConnected\(t\)\{.*?\}(?=\})/],
  [/const j=\{.*?return h\._\$AI\(t\),h\}/, 'const D=(t,i,s)=>(s.part??=new k(i.insertBefore(c(),s.renderBefore),s.renderBefore,s))._$AI(t)'],
  ['j as _$LH,'],
]

const REPLACED = { lit: 'lit.ts', '../slim/repeat.ts': 'keyed.ts' }

export const slimLit = () => ({
  name: 'slim-lit',
  resolveId: (source, importer) => (source in REPLACED && !/slim/.test(importer) ? SLIM + REPLACED[source] : null),
  transform(code, id) {
    if (!id.endsWith('lit-html/lit-html.js')) return null
    const text = editing(code)
    for (const [what, instead = ''] of CUTS) if (!text.replace(what, instead)) this.error(`lit-html no longer has ${what}`)
    return text.result()
  },
})
