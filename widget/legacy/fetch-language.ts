/** `imChatFile(name)`, which the build writes in place of the `import()` of a language: these engines cannot even parse `import()`. */
{
  const { currentScript } = document
  const source = currentScript ? (currentScript as HTMLScriptElement).src : ''
  const folder = source.slice(0, source.lastIndexOf('/') + 1)
  const file = (name: string): Promise<unknown> =>
    fetch(folder + name).then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(name))))
  Object.assign(window, { imChatFile: file })
}
