/** What `lowerBriefly` makes of es2018 to es2020 says the same, but for what its own comment excepts. */
import { expect, test } from 'vitest'
import { built, said } from './built.ts'
import { lowerBriefly } from './plugins.mjs'

const SAME = {
  'spread of objects': `const a = { x: 1, y: 2 }; say({ ...a, y: 3 }, { z: 0, ...a, ...null, ...(a.x && { w: 1 }), ...false, ...'ab' }, { ...a } === a)`,
  'spread keeps the order of what is asked': `const at = (n) => (say(n), { [n]: n }); say({ [say('k') || 'k']: 0, ...at('a'), b: say('b'), ...at('c') })`,
  'spread of getters takes their value, and leaves the source alone': `const a = { get x() { return say('asked') || 1 } }; const b = { ...a, y: 1 }; say(b, Object.keys(a))`,
  'accessors beside a spread': 'const a = { x: 1 }; const b = { ...a, get y() { return this.x + 1 }, set x(v) { say(v) } }; say(b.y, Object.keys(b))',
  'spread of arguments and iterables': 'const f = (...all) => all; say(f(...[1, 2], ...new Set([3])), [...new Map([[1, 2]]), ..."ab"])',
  'spread in a spread, in an arrow, in a default': 'const f = (a, b = { ...a }) => ({ ...b, c: { ...a, d: 1 } }); say(f({ x: 1 }))',
  'rest in patterns': 'const { a, ...rest } = { a: 1, b: 2 }; const f = ({ b, ...more }) => more; say(a, rest, f({ b: 1, c: 3 }))',
  '?? before an object': 'const a = null, b = [1]; say(a ?? [], b ?? [], undefined ?? { x: 1 }, (a ?? (() => 4))())',
  '?? before other things keeps falsy values': `say(0 ?? 1, '' ?? 'x', false ?? true, null ?? '', undefined ?? 'x', null ?? 'a' ?? 'b')`,
  '?? asks once, and the right side only if wanted': `const f = (x) => (say('f'), x); say(f(null) ?? [say('right')], f([1]) ?? [say('never')])`,
  '?. to a name': `for (const a of [{ x: 1 }, null, undefined, 0, '', 'text', false]) say(a?.x, a?.name)`,
  '?. to names that primitives have': `for (const a of ['', 'ab', null]) say(a?.length, a?.constructor === String)`,
  '?. behind every expression': `let x; const o = { x: 1 }; say((x ? null : o)?.x, (x = o)?.x, (x, o)?.x, (x && o)?.x, (null ?? o)?.x, (() => o)()?.x, (await o)?.x, x)`,
  '?. asks once': `const f = () => (say('f'), null); say(f()?.x, f()?.x.y.z, f()?.run(say('never')))`,
  '?. to a method keeps its this': 'const o = { n: 1, run(b) { return this.n + b }, in: { m: 2, get() { return this.m } } }; say(o?.run(2), o.in?.get(), o.run?.(3), o.in.get?.())',
  '?. to a method of nothing asks no argument': `const o = { a: null }; say(!o.a?.run(say('never')), !o.none?.run(...[say('never')]))`,
  '?. to a method that numbers and texts have': `for (const a of [0, 5, null]) say(a?.toFixed(1)); for (const a of ['', 'a,b', null]) say(a?.split(','), a?.trim(), a?.concat('x'))`,
  'a computed name, a longer chain, two questions': `const a = { b: { c: (x) => x, d: null } }, k = 'b'; say(a?.[k].c(1), a?.b.c, a?.b?.c(2), a?.b.d?.e.f, a.x?.[say('never')])`,
  'calls behind a chain': `const a = { f: () => ({ g: 3, h: (x) => [x] }) }; say(a?.f().g, a?.f().h(...[4])[0], a.f?.().g)`,
  'delete, typeof, !, brackets': `const a = { b: 1, c: 2 }; let n; say(delete a?.b, delete n?.b, typeof n?.x, !n?.x, (a?.c), new (a?.constructor)(), a)`,
  'brackets end a chain': `let n = { x: { y: 1 } }; say((n?.x).y); n = null; (n?.x).y`,
  'private names': 'class A { #n = 1; of(a) { return a?.#n } call(a) { return a?.#m(2) } #m(x) { return x } } const a = new A(); say(a.of(a), a.of(null), a.call(a))',
  'a line without a semicolon before a chain': `const o = { run() { say('run') } }
    const f = () => say('f')
    f()
    o?.run()
    if (o) o?.run()
    else o?.run()
    f`,
  'assignments': 'const o = { a: null, b: 0 }; o.a ??= []; o.b ??= 1; o.c ||= {}; say(o)',
  'strings and templates': 'const a = null; say("a?.b ?? []", `${a ?? []} a?.b {...a} ${a?.b}`)',
}

test.for(Object.entries(SAME))('%s', async ([, snippet]) => {
  const code = await built(snippet, [lowerBriefly()])
  expect(await said(code)).toBe(await said(snippet))
  expect(await said(snippet)).not.toBe('[]')
})

test('where it differs, it differs as its comment says: what is falsy counts as nothing before an object or 0', async () => {
  const snippet = `say('' ?? [], 0 ?? {}, null?.x, ((a) => a?.run())(null))`
  expect(await said(snippet)).toBe('["",0,"undefined","undefined"]')
  expect(await said(await built(snippet, [lowerBriefly()]))).toBe('[[],{},"undefined",null]')
})

test('it does lower', async () => {
  const code = await built('say({ ...a, b }, a ?? [], a?.name, a?.run(b))', [lowerBriefly()])
  expect(code).not.toMatch(/\.\.\.|\?\?|\?\./)
})
