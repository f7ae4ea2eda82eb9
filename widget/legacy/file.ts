/** What the build puts in place of `import()` of a language: engines that need this script cannot even read the word. */
{
  const { currentScript } = document
  const folder = currentScript ? (currentScript as HTMLScriptElement).src.replace(/[^/]*$/, '') : ''
  const file = (name: string): Promise<unknown> =>
    fetch(folder + name).then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(name))))
  Object.assign(window, { imChatFile: file })
}
