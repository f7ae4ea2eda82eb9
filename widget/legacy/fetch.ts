/** As much of `fetch` as the client uses, over XMLHttpRequest; only in the legacy bundle. */
{
  interface Request {
    readonly method?: string
    readonly headers?: Readonly<Record<string, string>>
    readonly body?: string
  }
  const overXhr = (url: string, { method, headers, body }: Request = {}): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const xhr = new XMLHttpRequest()
      xhr.open(method || 'GET', url)
      for (const name in headers) xhr.setRequestHeader(name, headers[name] || '')
      xhr.onload = () => {
        const { status, responseText } = xhr
        const text = (): Promise<string> => Promise.resolve(responseText)
        resolve({ ok: status >= 200 && status < 300, status, text, json: () => text().then(JSON.parse) })
      }
      xhr.onerror = xhr.ontimeout = () => reject(new TypeError('Failed to fetch'))
      xhr.send(body)
    })
  const page: { fetch?: unknown } = window
  if (!page.fetch) page.fetch = overXhr
}
