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
      // an endless body would fill the phone
      xhr.onprogress = ({ loaded }) => {
        if (loaded > 8_388_608) xhr.abort()
      }
      xhr.onreadystatechange = () => {
        if (xhr.readyState !== 4) return
        const { status, responseText } = xhr
        if (!status) return reject(new TypeError('Failed to fetch'))
        const text = (): Promise<string> => Promise.resolve(responseText)
        resolve({ ok: status >= 200 && status < 300, status, text, json: () => text().then(JSON.parse) })
      }
      xhr.send(body)
    })
  class PlainHeaders {
    set(name: string, value: string): void {
      Object.assign(this, { [name]: value })
    }
  }
  const page: { fetch?: unknown; Headers?: unknown } = window
  if (!page.fetch) Object.assign(page, { fetch: overXhr, Headers: PlainHeaders })
}
