/** A class does the same before and after `unfoldClasses`; what would not ends the build with a sentence. */
import { expect, test } from 'vitest'
import { built, said } from './built.ts'
import { unfoldClasses } from './plugins.mjs'

const through = (snippet: string): Promise<string> => built(snippet, [unfoldClasses()])

const CLOSURES = {
  'private fields, with and without a value': `class A { #n = 1; #m; set(x) { this.#m = x; this.#n++ } get all() { return [this.#n, this.#m] } }
    const a = new A(); say(a.all); a.set('x'); say(a.all)`,
  'each instance its own': 'class A { #n = 0; up() { return ++this.#n } } const [a, b] = [new A(), new A()]; a.up(); say(a.up(), b.up())',
  'public fields, getters, setters': `class A { x = 1; y; #z = 3; get z() { return this.#z } set z(v) { this.#z = v * 2 } }
    const a = new A(); a.z = 5; a.x += a.z; say(a.x, a.y, a.z, 'y' in a)`,
  'private getters and methods': `class A { #a = 2; get #twice() { return this.#a * 2 } #sum(b, c = this.#twice) { return b + c }
    run() { return this.#sum(1) } }
    say(new A().run())`,
  'a private method as a value': 'class A { #n = 4; #get = () => this.#n; #also() { return this.#n } run() { return [this.#get, () => this.#also()].map((f) => f()) } } say(new A().run())',
  'the order of fields and constructor': `class A { a = say('a'); #b = say('b'); constructor(x) { say('c', x) } d = say('d') } new A('x')`,
  'fields that use earlier ones': 'class A { #a = 1; #b = this.#a + 1; c = this.#b + 1 } say(new A().c)',
  'default parameters and destructuring': `class A { #p;
    constructor({ p = 1, ...rest } = {}, [q] = [2], ...more) { this.#p = [p, q, rest, more] } get p() { return this.#p } }
    say(new A().p, new A({ p: 3, x: 4 }, [5], 6, 7).p)`,
  'destructuring into private names': 'class A { #a; #b; set(x) { ({ a: this.#a, b: this.#b = 9 } = x); [this.#a] = [this.#a + 1]; return [this.#a, this.#b] } } say(new A().set({ a: 1 }))',
  'async methods': `class A { #n = 1; async #later() { await null;
    return ++this.#n } async run() { return [await this.#later(), await this.#later()] } }
    say(await new A().run())`,
  'generators': `class A { #n = 2; *#up() { for (let i = 0; i < this.#n; i++) yield i } *all() { yield* this.#up(); yield 'end' } async *late() { yield this.#n } }
    say([...new A().all()]); for await (const each of new A().late()) say(each)`,
  'assignments of every kind': 'class A { #n = null; run() { this.#n ??= 3; this.#n **= 2; this.#n ||= 1; this.#n &&= this.#n - 1; return this.#n-- + this.#n } } say(new A().run())',
  'optional chains on private names': 'class A { #a = null; #f = () => 1; run() { return [this.#a?.b.c, this.#f?.(), this?.a] } } say(new A().run())',
  'this given away': 'class A { #n = 5; constructor(to) { to(this) } get n() { return this.#n } } new A((a) => say(a.n)); ',
  'a shared name of parameter and method parameter': 'class A { #n; constructor(n) { this.#n = n } plus(n) { return this.#n + n } } say(new A(1).plus(2))',
  'a class as a value': 'const make = (C, ...all) => new C(...all); class A { #x; constructor(x) { this.#x = x } get x() { return this.#x } } say(make(A, 7).x)',
  'shorthands of the same name': 'class A { #a = 1; all(a) { return { a, b: this.#a } } } say(new A().all(2))',
  'strings and templates that look like private names': 'class A { #a = 1; run() { return "this.#a" + `#a ${this.#a}` } } say(new A().run())',
}

test.for(Object.entries(CLOSURES))('%s: a closure that says the same', async ([, snippet]) => {
  const code = await through(snippet)
  expect(await said(code)).toBe(await said(snippet))
  expect(await said(snippet)).not.toMatch(/threw|\[\]$/)
  expect(code).not.toMatch(/\bclass\b|(?<!")this\.#/)
})

const KEPT = {
  'inheritance, super calls': `class A { #n = 1; constructor(x) { this.x = x } who() { return 'A' + this.#n + this.x } }
    class B extends A { #n = 2; constructor() { super('b') } who() { return super.who() + this.#n } } say(new B().who(), new B() instanceof A)`,
  'statics of a class that is extended': `class A { static n = 1; static #m = 2; static get m() { return A.#m } } class B extends A { static k = A.m } say(B.n, B.k)`,
  'private accessors and methods': `class A { #v = 1;
    get #x() { return this.#v } set #x(v) { this.#v = v } #up() { this.#x += 2 } run() { this.#up(); return this.#x } }
    class B extends A {} say(new B().run())`,
  'private names of another of the kind': 'class A { #n = 1; same(b) { return this.#n === b.#n } } class B extends A {} say(new B().same(new A()))',
  'a mixin': 'const Loud = (Base) => class extends Base { say() { return super.say() + "!" } }; class A { #w = "a"; say() { return this.#w } } class B extends Loud(A) {} say(new B().say())',
}

test.for(Object.entries(KEPT))('%s: still a class, and says the same', async ([, snippet]) => {
  const code = await through(snippet)
  expect(await said(code)).toBe(await said(snippet))
  expect(code).toMatch(/\bclass A\b/)
  expect(code).not.toMatch(/\.#/)
})

const REFUSED = {
  'has something static': 'class A { static n = 1 } say(A.n)',
  'has a member whose name is not a plain name': 'class A { "a-b"() {} } say(new A())',
  'has a private setter, #x': 'class A { set #x(v) {} run() { this.#x = 1 } } say(new A())',
  'asks another than `this` for #n': 'class A { #n = 1; same(a) { return a.#n === this.#n } } say(new A())',
  'asks for a private name with `in`': 'class A { #n = 1; is(a) { return #n in a } } say(new A())',
  'has a function inside whose `this` is another': 'class A { run() { return { f() { return this } } } } say(new A())',
  'has a class inside': 'class A { run() { return class { x = this.y } } } say(new A())',
  'says `super`': 'class A { toString() { return super.toString() } } say(new A())',
  'says `new.target`': 'class A { constructor() { say(new.target.name) } } new A()',
  'says `this` among the parameters of its constructor': 'class A { constructor(a = this) { say(a) } } new A()',
  'returns from its constructor': 'class A { constructor(x) { if (x) return; say(x) } } new A()',
  'has two things called clock, one of them in its constructor': 'const clock = 1; class A { #c = clock; constructor(clock) { say(clock, this.#c) } } new A()',
  'has two things called now, one of them in its constructor': 'const now = 1; class A { constructor() { const now = 2; say(now) } run() { return { now } } } new A()',
  'is asked for with `instanceof`': 'class A {} say(new A() instanceof A)',
  'is asked for its properties': 'class A { run() {} } say(A.prototype)',
  'cannot become a function': 'const A = class { #n = 1 }; say(new A())',
}

test.for(Object.entries(REFUSED))('a class that %s ends the build', async ([why, snippet]) => {
  await expect(through(snippet)).rejects.toThrow(new RegExp(`unfold: class .* ${why.replace(/[.#]/g, '\\$&')}, in /widget/snippet.js`))
})
