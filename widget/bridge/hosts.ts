/**
 * The ways to an app. Each is there or not; a page in a browser finds none.
 *
 *   window.ImChatHost.postMessage(json)                     Android, by addJavascriptInterface or WebViewCompat.addWebMessageListener;
 *                                                           the latter also calls `onmessage` with what the app says
 *   webkit.messageHandlers.imChat.postMessage(json)         iOS
 *   window.ReactNativeWebView.postMessage(json)             React Native
 */
interface Host {
  postMessage(json: string): void
  addEventListener?(type: 'message', listener: (event: { readonly data: unknown }) => void): void
  removeEventListener?(type: 'message', listener: (event: { readonly data: unknown }) => void): void
}

interface HostWindow {
  readonly ImChatHost?: Host
  readonly ReactNativeWebView?: Host
  readonly webkit?: { readonly messageHandlers?: { readonly imChat?: Host } }
}

/** Tells the app; one that fails is its own affair. */
export function tellHosts(json: string): void {
  for (const host of hosts()) {
    try {
      host.postMessage(json)
    } catch (error) {
      console.warn('<im-chat>: the app did not take a message.', error)
    }
  }
}

/** Hears what an app posts into its own object; returns the way to stop. */
export function hearHosts(hear: (message: unknown) => void): () => void {
  const onMessage = ({ data }: { readonly data: unknown }): void => hear(data)
  const heard = hosts().filter((host) => typeof host.addEventListener === 'function')
  for (const host of heard) host.addEventListener!('message', onMessage)
  return () => {
    for (const host of heard) host.removeEventListener?.('message', onMessage)
  }
}

/** Asked each time: the page that made them may take them away. */
function hosts(): readonly Host[] {
  const { ImChatHost, ReactNativeWebView, webkit } = window as HostWindow
  const all = [ImChatHost, ReactNativeWebView, webkit?.messageHandlers?.imChat]
  return all.filter((host): host is Host => typeof host?.postMessage === 'function')
}
