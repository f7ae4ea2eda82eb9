/** The body of a response as text; rejects once it is longer than `limitBytes`, because an endless one would fill the phone's memory. */
export async function boundedText(response: Response, limitBytes: number): Promise<string> {
  // engines without streams buffer it themselves; the `fetch` polyfill of the oldest has a limit of its own
  if (!response.body || typeof TextDecoder === 'undefined') return response.text()
  if (Number(response.headers.get('content-length')) > limitBytes) throw new Error('answer too long')
  const reader = response.body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  for (let bytes = 0; ;) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    bytes += value.length
    if (bytes > limitBytes) {
      // cancelling may fail when the connection is broken already
      void reader.cancel().catch(() => {})
      throw new Error('answer too long')
    }
    text += decoder.decode(value, { stream: true })
  }
}
