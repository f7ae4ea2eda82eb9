/**
 * How each kind of app reaches the page in its WebView, and how it hears it. `install(view, hear)` adds what the app adds before the page's
 * scripts run; `say(view, message)` delivers a message as that app does. It resolves with the bridge's answer, or with undefined where
 * that platform cannot see what a call returns: then the answer comes as an `answer` message.
 */
const receive = (view, message) => (view.imChatBridge ? view.imChatBridge.receive(message) : { ok: false, why: 'The bridge is not there yet.' })

/** Android's evaluateJavascript and Flutter's runJavaScriptReturningResult give the value as JSON text. */
const evaluated = async (view, message) => JSON.parse(JSON.stringify(receive(view, message)))

/** The app evaluates a script and learns nothing of its value. */
const injected = async (view, message) => void receive(view, JSON.stringify(message))

const addImChatHost = (view, hear) => {
  view.ImChatHost = { postMessage: hear }
}

export const PLATFORMS = {
  'android-interface': { title: 'Android: addJavascriptInterface', hasBack: true, install: addImChatHost, say: evaluated },
  'android-listener': {
    title: 'Android: addWebMessageListener',
    hasBack: true,
    install(view, hear) {
      view.ImChatHost = Object.assign(new view.EventTarget(), { postMessage: hear })
    },
    say: async (view, message) => void view.ImChatHost.dispatchEvent(new view.MessageEvent('message', { data: JSON.stringify(message) })),
  },
  ios: {
    title: 'iOS: WKScriptMessageHandler',
    install(view, hear) {
      view.webkit = { messageHandlers: { imChat: { postMessage: hear } } }
    },
    say: evaluated,
  },
  'ios-reply': {
    title: 'iOS: WKScriptMessageHandlerWithReply',
    install(view, hear) {
      view.webkit = { messageHandlers: { imChat: { postMessage: async (json) => hear(json) } } }
    },
    say: evaluated,
  },
  'react-native': {
    title: 'React Native: react-native-webview',
    hasBack: true,
    install(view, hear) {
      view.ReactNativeWebView = { postMessage: hear }
    },
    say: injected,
  },
  flutter: { title: 'Flutter: webview_flutter', hasBack: true, install: addImChatHost, say: evaluated },
  'flutter-inappwebview': {
    title: 'Flutter: flutter_inappwebview',
    hasBack: true,
    install(view, hear) {
      view.flutter_inappwebview = {
        callHandler: async (name, json) => {
          if (name !== 'imChat') throw new Error(`No handler ${name}`)
          hear(json)
        },
      }
    },
    say: evaluated,
  },
  harmony: { title: 'HarmonyOS: ArkWeb registerJavaScriptProxy', hasBack: true, install: addImChatHost, say: evaluated },
}
